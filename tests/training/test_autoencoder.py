"""Training of the autoencoder: it learns, and a killed run ends as an undisturbed one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from dtl.grid.build import Grid
from dtl.networks.autoencoder import Autoencoder
from dtl.training.autoencoder import label_targets, train_autoencoder
from dtl.training.metrics import pca_mse
from dtl.training.settings import TrainingSettings
from dtl.training.split import Split

Run = tuple[Grid, Split, TrainingSettings]


@pytest.fixture(scope="module")
def trained(run: Run, tmp_path_factory) -> Autoencoder:
    return train_autoencoder(*run, tmp_path_factory.mktemp("undisturbed") / "autoencoder.pt")


def same(first: Autoencoder, second: Autoencoder) -> bool:
    pairs = zip(first.state_dict().items(), second.state_dict().items(), strict=True)
    return all(key == other and torch.equal(a, b) for (key, a), (other, b) in pairs)


class Killed(Exception):
    """In place of the signal."""


def killer(fraction: float):
    def progress(done: float, text: str) -> None:
        if done >= fraction:
            raise Killed(text)

    return progress


def test_it_learns(trained: Autoencoder, grid: Grid, split: Split) -> None:
    """On nodes it never saw: far better than the mean spectrum, and than two principal components."""
    flux = grid.flux[split.test]
    with torch.inference_mode():
        out = trained(torch.from_numpy(flux)).numpy()
    mse = np.mean((out - flux) ** 2)
    assert mse < 0.2 * flux.var(axis=0).mean() and mse < pca_mse(grid.flux[split.train], flux, 1)
    assert not trained.training


def test_latents_are_standardised_and_alive(trained: Autoencoder, grid: Grid, split: Split) -> None:
    with torch.inference_mode():
        latents = trained.encode(torch.from_numpy(grid.flux[split.train])).numpy()
    np.testing.assert_allclose(latents.mean(axis=0), 0.0, atol=1e-4)
    np.testing.assert_allclose(latents.std(axis=0, ddof=1), 1.0, rtol=1e-3)
    assert (trained.latent_scale > 1e-3).all()


@pytest.mark.parametrize("epoch", [4, 11])
def test_killed_run_ends_the_same(trained: Autoencoder, run: Run, tmp_path: Path, epoch: int) -> None:
    checkpoint = tmp_path / "autoencoder.pt"
    with pytest.raises(Killed):
        train_autoencoder(*run, checkpoint, progress=killer(epoch / 13))
    fractions: list[float] = []
    resumed = train_autoencoder(*run, checkpoint, progress=lambda f, text: fractions.append(f))
    first = 11 if epoch > 10 else 1  # a checkpoint is written after every tenth epoch
    assert fractions[0] == pytest.approx(first / 13) and fractions[-1] == 1.0
    assert same(resumed, trained)
    assert not list(tmp_path.glob("*.part"))
    again = train_autoencoder(*run, checkpoint, progress=killer(0.0))  # nothing is left to do
    assert same(again, trained)


@pytest.mark.parametrize("change", ["settings", "grid"])
def test_checkpoint_of_another_run_is_not_taken(run: Run, tmp_path: Path, change: str) -> None:
    grid, split, settings = run
    short = replace(settings, autoencoder=replace(settings.autoencoder, epochs=2))
    checkpoint = tmp_path / "autoencoder.pt"
    first = train_autoencoder(grid, split, short, checkpoint)
    if change == "settings":
        short = replace(short, seed=6)
    else:
        grid = replace(grid, flux=grid.flux * np.float32(0.999))
    with pytest.raises(Killed):
        train_autoencoder(grid, split, short, checkpoint, progress=killer(0.5))
    assert not same(first, train_autoencoder(grid, split, short, checkpoint))


def test_label_targets() -> None:
    targets = label_targets(np.array([[3500.0, 4.8, -0.1, 10.0]]))
    np.testing.assert_allclose(targets, [[3500.0, 4.8, -0.1, np.log(10.0)]], rtol=1e-6)

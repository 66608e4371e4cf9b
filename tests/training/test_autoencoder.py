"""Training of the autoencoder: it learns, and a killed run ends as an undisturbed one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from dtl.bundle.projection import dead_latents
from dtl.evaluation.node_metrics import pca_mse
from dtl.grid.build import Grid
from dtl.networks.autoencoder import Autoencoder
from dtl.networks.published import PublishedAutoencoder
from dtl.training.autoencoder import label_targets, train_autoencoder
from dtl.training.settings import AutoencoderSettings, TrainingSettings
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


@pytest.mark.parametrize("weight", [0.0, 0.1])
def test_contractive_training_makes_the_encoder_smoother(run: Run, tmp_path: Path, weight: float) -> None:
    """Noise moves the latents less than without the term, in units of their spread over the grid."""
    grid, split, settings = run
    usual = replace(settings, autoencoder=replace(settings.autoencoder, jacobian_weight=0.0))
    smooth = replace(settings, autoencoder=replace(settings.autoencoder, jacobian_weight=weight))
    flux = torch.from_numpy(grid.flux[split.validation])
    norms = []
    for name, chosen in (("usual", usual), ("smooth", smooth)):
        model = train_autoencoder(grid, split, chosen, tmp_path / f"{name}.pt")
        norms.append(float(model.squared_gradients(flux).sum(1).mean().detach()))  # after standardisation
    assert norms[1] == norms[0] if weight == 0 else norms[1] < 0.7 * norms[0]


@pytest.fixture(scope="module")
def published(settings: TrainingSettings) -> TrainingSettings:
    config = replace(AutoencoderSettings.published(first=32), epochs=12, batch=16, learning_rate=1e-3)
    return replace(settings, autoencoder=config)


def test_published_layout_learns_and_goes_on(
    published: TrainingSettings, grid: Grid, split: Split, tmp_path: Path
) -> None:
    whole = train_autoencoder(grid, split, published, tmp_path / "whole.pt")
    assert isinstance(whole, PublishedAutoencoder) and not whole.training
    assert torch.equal(whole.mean, torch.zeros(3501)) and torch.equal(whole.scale, torch.ones(3501))
    flux = torch.from_numpy(grid.flux[split.test])
    with torch.inference_mode():
        assert float((whole(flux) - flux).square().mean()) < 0.5 * float((flux - flux.mean()).square().mean())
    with pytest.raises(Killed):
        train_autoencoder(grid, split, published, tmp_path / "killed.pt", progress=killer(11 / 12))
    fractions: list[float] = []
    resumed = train_autoencoder(
        grid, split, published, tmp_path / "killed.pt", progress=lambda f, text: fractions.append(f)
    )
    assert fractions == pytest.approx([11 / 12, 1.0])  # from the checkpoint after the tenth epoch
    assert same(resumed, whole)


def test_dead_latents_keep_their_unit(published: TrainingSettings, grid: Grid, split: Split, tmp_path: Path) -> None:
    """A ReLU that is silent over the grid is no unit of length: what wakes it is not blown up by a million."""
    strong = replace(published, autoencoder=replace(published.autoencoder, l1=1.0, epochs=30))
    model = train_autoencoder(grid, split, strong, tmp_path / "autoencoder.pt")
    with torch.inference_mode():
        latents = model.encode(torch.from_numpy(grid.flux[split.train])).numpy()
    dead = dead_latents(latents)
    assert dead.any()
    assert (model.latent_scale[torch.from_numpy(dead)] == 1).all() and (latents[:, dead] == 0).all()


@pytest.mark.parametrize("layout", ["compact", "published"])
def test_steps_win_over_epochs(layout: str, published: TrainingSettings, run: Run, tmp_path: Path) -> None:
    """So many steps of the optimiser, whatever the epochs say; a killed run ends the same."""
    grid, split, settings = run
    base = published if layout == "published" else settings
    config = replace(base, autoencoder=replace(base.autoencoder, steps=127, epochs=1))
    batches = len(split.train) // 16
    assert 127 % batches  # the last epoch is cut
    whole = train_autoencoder(grid, split, config, tmp_path / "whole.pt")
    state = torch.load(tmp_path / "whole.pt", weights_only=True)
    assert state["optimiser"]["state"][0]["step"] == 127 and state["epoch"] == -(-127 // batches) > 10
    with pytest.raises(Killed):
        train_autoencoder(grid, split, config, tmp_path / "killed.pt", progress=killer(10.5 / state["epoch"]))
    assert torch.load(tmp_path / "killed.pt", weights_only=True)["epoch"] == 10
    assert same(train_autoencoder(grid, split, config, tmp_path / "killed.pt"), whole)


def test_no_checkpoint_where_none_is_wanted(run: Run, trained: Autoencoder, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert same(train_autoencoder(*run), trained) and not list(tmp_path.iterdir())


def test_label_targets() -> None:
    targets = label_targets(np.array([[3500.0, 4.8, -0.1, 10.0]]))
    np.testing.assert_allclose(targets, [[3500.0, 4.8, -0.1, np.log(10.0)]], rtol=1e-6)

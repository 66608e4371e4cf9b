"""Training of the regressors: they learn, members differ, and done members are kept by their own run only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from dtl.grid.build import Grid
from dtl.networks.autoencoder import Autoencoder
from dtl.result import PARAMETERS
from dtl.training.autoencoder import train_autoencoder
from dtl.training.regressors import latents_of_copies, train_regressors
from dtl.training.settings import TrainingSettings
from dtl.training.split import Split


@pytest.fixture(scope="module")
def model(grid: Grid, split: Split, settings: TrainingSettings, tmp_path_factory) -> Autoencoder:
    return train_autoencoder(grid, split, settings, tmp_path_factory.mktemp("run") / "autoencoder.pt")


def values(members: dict, model: Autoencoder, flux: np.ndarray) -> dict[str, np.ndarray]:
    with torch.inference_mode():
        latents = model.encode(torch.from_numpy(flux))
        return {name: np.stack([member(latents).numpy() for member in of]) for name, of in members.items()}


def test_they_learn_and_resume(
    model: Autoencoder, grid: Grid, split: Split, settings: TrainingSettings, tmp_path: Path
) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "killed").mkdir()
    whole = train_regressors(model, grid, split, settings, tmp_path / "whole")
    assert list(whole) == list(PARAMETERS) and {len(of) for of in whole.values()} == {2}
    test = grid.flux[split.test]
    found = values(whole, model, test)
    for column, name in enumerate(PARAMETERS):
        truth = grid.nodes[split.test, column]
        assert np.sqrt(np.mean((found[name].mean(axis=0) - truth) ** 2)) < 0.75 * truth.std(), name
        assert not np.allclose(found[name][0], found[name][1])

    def kill(fraction: float, text: str) -> None:
        if fraction >= 3 / 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_regressors(model, grid, split, settings, tmp_path / "killed", progress=kill)
    done = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "killed").iterdir()}
    assert len(done) == 3
    resumed = train_regressors(model, grid, split, settings, tmp_path / "killed")
    assert all((tmp_path / "killed" / name).stat().st_mtime_ns == when for name, when in done.items())
    for name, rows in values(resumed, model, test).items():
        np.testing.assert_array_equal(rows, found[name])


def test_members_of_another_autoencoder_are_not_taken(
    model: Autoencoder, grid: Grid, split: Split, settings: TrainingSettings, tmp_path: Path
) -> None:
    quick = replace(settings, regressor=replace(settings.regressor, members=1, steps=3, draws=1))
    train_regressors(model, grid, split, quick, tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    other = Autoencoder(3501, settings.autoencoder.hidden, settings.autoencoder.n_latent).eval()
    train_regressors(other, grid, split, quick, tmp_path)
    assert all(p.read_bytes() != before[p.name] for p in tmp_path.iterdir())


def test_latents_of_copies(model: Autoencoder, grid: Grid, settings: TrainingSettings) -> None:
    copies = latents_of_copies(model, grid.flux[:20], settings, 3, seed=1)
    assert copies.shape == (3, 20, 8)
    assert torch.equal(copies, latents_of_copies(model, grid.flux[:20], settings, 3, seed=1))
    assert not torch.allclose(copies[0], copies[1])
    with torch.inference_mode():
        clean = model.encode(torch.from_numpy(grid.flux[:20]))
    assert (copies - clean).std() < 0.5 * clean.std()  # a disturbed star is still itself

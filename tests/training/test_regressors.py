"""Training of the regressors: they learn, members differ, and done members are kept by their own run only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from dtl.grid.build import Grid
from dtl.networks.autoencoder import Autoencoder
from dtl.networks.published import PublishedRegressor
from dtl.networks.regressor import Regressor
from dtl.result import PARAMETERS
from dtl.training.autoencoder import train_autoencoder
from dtl.training.regressors import keep_best, latents_of_copies, train_regressors
from dtl.training.settings import RegressorSettings, TrainingSettings
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


def test_published_members(
    model: Autoencoder, grid: Grid, split: Split, settings: TrainingSettings, tmp_path: Path
) -> None:
    """They learn from clean latents, the better ones are kept, and a killed run ends the same."""
    config = replace(RegressorSettings.published(), members=3, epochs=6, batch=32, keep=0.6)
    settings = replace(settings, regressor=config)
    (tmp_path / "whole").mkdir()
    (tmp_path / "killed").mkdir()
    whole = train_regressors(model, grid, split, settings, tmp_path / "whole")
    assert {len(of) for of in whole.values()} == {2}  # round(0.6 x 3)
    assert {type(member) for of in whole.values() for member in of} == {PublishedRegressor}
    test = grid.flux[split.test]
    found = values(whole, model, test)
    for column, name in enumerate(PARAMETERS):
        truth = grid.nodes[split.test, column]
        assert np.sqrt(np.mean((found[name].mean(axis=0) - truth) ** 2)) < 0.75 * truth.std(), name
        errors = [torch.load(tmp_path / "whole" / f"regressor-{name}-{i}.pt")["error"] for i in range(3)]
        kept = [torch.load(tmp_path / "whole" / f"regressor-{name}-{i}.pt")["model"]
                for i in sorted(np.argsort(errors)[:2])]  # fmt: skip
        for member, weights in zip(whole[name], kept, strict=True):
            assert all(torch.equal(value, weights[key]) for key, value in member.state_dict().items())

    def kill(fraction: float, text: str) -> None:
        if fraction >= 7 / 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_regressors(model, grid, split, settings, tmp_path / "killed", progress=kill)
    assert len(list((tmp_path / "killed").iterdir())) == 7
    for name, rows in values(train_regressors(model, grid, split, settings, tmp_path / "killed"), model, test).items():
        np.testing.assert_array_equal(rows, found[name])


def test_the_best_epoch_is_kept(
    model: Autoencoder, grid: Grid, split: Split, settings: TrainingSettings, tmp_path: Path
) -> None:
    """More epochs never end worse on what was held out, even at a rate at which the training diverges."""
    errors = []
    for epochs in (1, 6):
        config = RegressorSettings(members=1, epochs=epochs, batch=16, learning_rate=0.3, layout="published")
        train_regressors(model, grid, split, replace(settings, regressor=config), tmp_path)
        errors.append([torch.load(tmp_path / f"regressor-{name}-0.pt")["error"] for name in PARAMETERS])
    assert np.isfinite(errors).all() and (np.array(errors[1]) <= errors[0]).all()


def test_compact_members_are_kept_by_their_error(
    model: Autoencoder, grid: Grid, split: Split, settings: TrainingSettings, tmp_path: Path
) -> None:
    config = replace(settings.regressor, members=3, steps=10, draws=2, keep=0.3)
    members = train_regressors(model, grid, split, replace(settings, regressor=config), tmp_path)
    for name, (member,) in members.items():
        states = [torch.load(tmp_path / f"regressor-{name}-{i}.pt") for i in range(3)]
        best = min(states, key=lambda state: state["error"])
        assert best["error"] > 0 and torch.equal(best["model"]["network.1.weight"], member.network[1].weight)


def test_keep_best() -> None:
    members = [Regressor(4) for _ in range(5)]
    errors = [0.3, 0.1, float("inf"), 0.2, 0.4]
    trained = list(zip(errors, members, strict=True))
    assert keep_best(trained, 80 / 130) == [members[0], members[1], members[3]]
    assert keep_best(trained, 1.0) == members and keep_best(trained, 0.01) == [members[1]]

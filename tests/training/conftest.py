"""A small run: grid, split and settings that train in seconds."""

from __future__ import annotations

import pytest

from dtl.grid.build import Grid
from dtl.training.augmentation import Augmentation
from dtl.training.settings import AutoencoderSettings, RegressorSettings, TrainingSettings
from dtl.training.split import Split, split_nodes
from tests.builders import WINDOW, tiny_grid


@pytest.fixture(scope="session")
def grid() -> Grid:
    return tiny_grid()


@pytest.fixture(scope="session")
def split(grid: Grid) -> Split:
    return split_nodes(len(grid.nodes), 5)


@pytest.fixture(scope="session")
def settings() -> TrainingSettings:
    return TrainingSettings(
        "tiny",
        WINDOW,
        seed=5,
        autoencoder=AutoencoderSettings(hidden=(24,), n_latent=8, epochs=13, batch=16),
        regressor=RegressorSettings(members=2, steps=80, batch=64, draws=4),
        augmentation=Augmentation(snr=(100.0, 500.0), depth=0.0),
    )


@pytest.fixture(scope="session")
def run(grid: Grid, split: Split, settings: TrainingSettings) -> tuple[Grid, Split, TrainingSettings]:
    """The three together."""
    return grid, split, settings

"""Training the networks of a bundle on a small made-up grid, and what its card says then."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtl.bundle.model import ModelBundle
from dtl.result import PARAMETERS
from dtl.training.bundle_training import card_of_networks, train_networks
from dtl.training.settings import AutoencoderSettings, MapSettings, RegressorSettings, TrainingSettings
from tests.builders import WINDOW
from tests.training.toys import QUIET, toy_grid

SETTINGS = TrainingSettings(
    "small",
    WINDOW,
    seed=3,
    limits=("made up",),
    autoencoder=AutoencoderSettings(hidden=(24,), n_latent=6, epochs=4, batch=32, jacobian_weight=0.0),
    regressor=RegressorSettings(members=2, steps=60, batch=64, draws=1),
    augmentation=QUIET,
    maps=MapSettings(neighbours=10),
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> ModelBundle:
    return train_networks(toy_grid(), SETTINGS, tmp_path_factory.mktemp("run"))


def test_everything_of_a_source_bundle_is_there(trained: ModelBundle) -> None:
    bundle = trained
    grid, count = toy_grid(), len(toy_grid().nodes)
    assert bundle.target_encoder is None and bundle.gap is None and not bundle.references
    np.testing.assert_allclose(bundle.encode(grid.flux[:20]), bundle.latents[:20], rtol=1e-4, atol=1e-4)
    assert {name: len(members) for name, members in bundle.regressors.items()} == dict.fromkeys(PARAMETERS, 2)
    assert bundle.map_flux.shape == bundle.map_latent.shape == (count, 2)
    assert np.isfinite(bundle.map_flux).all() and np.isfinite(bundle.map_latent).all()
    assert set(bundle.card["projector_error"]) == {"flux", "latent"}


def test_templates_are_of_about_solar_metallicity(trained: ModelBundle) -> None:
    bundle = trained
    assert len(set(bundle.template_nodes)) == len(bundle.template_nodes) > 4
    assert np.abs(bundle.nodes[bundle.template_nodes, 2]).max() < 0.01


def test_the_card_of_networks_claims_no_measurement() -> None:
    card = card_of_networks(toy_grid(), replace(SETTINGS, name="other"))
    assert card["name"] == "other" and card["limits"] == ["made up"]
    assert card["metrics"] == {} and card["data"]["observed"] == "none"
    assert {value["floor"] for value in card["calibration"].values()} == {0.0}
    for column, name in enumerate(PARAMETERS):
        values = toy_grid().nodes[:, column]
        np.testing.assert_allclose(card["parameters"][name]["range"], [values.min(), values.max()], atol=1e-3)

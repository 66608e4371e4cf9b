"""A bundle in memory: latents, networks and nodes that belong together, on whatever device."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dtl.result import PARAMETERS
from tests.builders import shipped


def test_latents_are_those_of_the_nodes() -> None:
    """The stored latents, the encoder and the decoder belong together."""
    bundle = shipped()
    flux = bundle.decode(bundle.latents[::50])
    assert np.sqrt(np.mean((bundle.source.encode(flux) - bundle.latents[::50]) ** 2)) < 0.25  # in spreads of the grid
    np.testing.assert_allclose(bundle.latents.mean(axis=0), 0.0, atol=0.1)
    np.testing.assert_allclose(bundle.latents.std(axis=0), 1.0, atol=0.1)


def test_regressors_know_the_nodes() -> None:
    """Decoded nodes come back as themselves, far better than guessing."""
    bundle = shipped()
    some = slice(None, None, 20)
    for column, name in enumerate(PARAMETERS):
        found = bundle.regress(bundle.latents[some], name).mean(axis=0)
        truth = bundle.nodes[some, column]
        assert np.sqrt(np.mean((found - truth) ** 2)) < 0.35 * truth.std(), name
        assert np.corrcoef(found, truth)[0, 1] > 0.95


def test_a_device_takes_a_copy_of_every_network() -> None:
    """torch's device ``meta``, which every machine has, keeps shapes alone."""
    bundle = shipped()
    assert bundle.device == torch.device("cpu") and bundle.on("cpu") is bundle
    moved = bundle.on("meta")
    assert moved.device == torch.device("meta") and bundle.device == torch.device("cpu")
    for there, here in (
        (moved.autoencoder, bundle.autoencoder),
        (moved.target_encoder, bundle.target_encoder),
        *((a, b) for name in PARAMETERS for a, b in zip(moved.regressors[name], bundle.regressors[name], strict=True)),
    ):
        assert {tensor.device.type for tensor in there.state_dict().values()} == {"meta"}
        assert {tensor.device.type for tensor in here.state_dict().values()} == {"cpu"}
    assert moved.source.on("meta").target_encoder is None


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a graphics card")
def test_a_graphics_card_gives_the_same_answers() -> None:
    bundle, flux = shipped(), shipped().decode(shipped().latents[:3])
    np.testing.assert_allclose(bundle.on("cuda").parameters(flux), bundle.parameters(flux), rtol=1e-3, atol=1e-3)

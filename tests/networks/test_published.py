"""The published layout: widths, activations, and the interface of the other autoencoder."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from dtl.networks.autoencoder import Autoencoder
from dtl.networks.layouts import LAYOUTS, make_autoencoder, make_regressor
from dtl.networks.published import PublishedAutoencoder, PublishedRegressor
from dtl.networks.regressor import Regressor


def test_widths_and_size() -> None:
    model = PublishedAutoencoder()
    widths = [3501, 1024, 768, 512, 256, 128, 32]
    halves = [[layer.out_features for layer in half if isinstance(layer, nn.Linear)] for half in
              (model.encoder, model.decoder)]  # fmt: skip
    assert halves == [widths[1:], widths[-2::-1]]
    both = [*pairwise(widths), *pairwise(reversed(widths))]
    assert sum(p.numel() for p in model.parameters()) == sum(a * b + b for a, b in both)


def test_activations() -> None:
    torch.manual_seed(1)
    model = PublishedAutoencoder(50, (24, 16), 6)
    kinds = [type(layer) for layer in [*model.encoder, *model.decoder][1::2]]
    assert kinds == [nn.ReLU] * 5 + [nn.Sigmoid]
    flux = 5 * torch.randn(200, 50)
    encoder, decoder = model.activities(flux)
    assert [h.shape[1] for h in encoder] == [24, 16, 6] and [h.shape[1] for h in decoder] == [16, 24, 50]
    assert torch.equal(encoder[-1], model.encode(flux)) and torch.equal(decoder[-1], model(flux))
    assert (encoder[-1] >= 0).all() and (encoder[-1] == 0).any()
    assert (decoder[-1] > 0).all() and (decoder[-1] < 1).all()


def test_starting_weights() -> None:
    """Glorot & Bengio (2010): uniform within sqrt(6 / (in + out)), no bias."""
    torch.manual_seed(2)
    for network in (PublishedAutoencoder(200, (100, 60), 32), PublishedRegressor(32)):
        for layer in network.modules():
            if isinstance(layer, nn.Linear | nn.Conv1d):
                taps = layer.kernel_size[0] if isinstance(layer, nn.Conv1d) else 1
                bound = np.sqrt(6 / (taps * sum(layer.weight.shape[:2])))
                assert 0.9 * bound < float(layer.weight.detach().abs().max()) <= bound
                assert (layer.bias == 0).all()


def test_standardisation_of_the_latents_cancels() -> None:
    torch.manual_seed(3)
    model = PublishedAutoencoder(50, (16,), 4).eval()
    flux = torch.rand(200, 50)
    with torch.inference_mode():
        before, raw = model(flux), model.encode(flux)
        model.latent_mean.copy_(raw.mean(0))
        model.latent_scale.copy_(raw.std(0) + 0.1)
        np.testing.assert_allclose(model.encode(flux).mean(0), np.zeros(4), atol=1e-5)
        np.testing.assert_allclose(model(flux), before, atol=1e-6)
    assert set(Autoencoder(50, (16,), 4).state_dict()) == set(model.state_dict())


def test_regressor() -> None:
    torch.manual_seed(4)
    model = PublishedRegressor(32)
    kinds = {type(layer) for layer in model.network}
    assert nn.ReLU in kinds and nn.SiLU not in kinds
    assert [tuple(p.shape) for p in model.parameters()] == [tuple(p.shape) for p in Regressor(32).parameters()]
    latent = torch.randn(5, 32)
    value = latent.numpy()[:, None, :]  # channels before places, as in the formula below
    for layer in (layer for layer in model.network if isinstance(layer, nn.Conv1d)):
        weight, padded = layer.weight.detach().numpy(), np.pad(value, ((0, 0), (0, 0), (0, 1)))
        value = sum(np.einsum("oi,kip->kop", weight[:, :, t], padded[:, :, t : t + 32]) for t in (0, 1))
        value = np.maximum(value, 0)
    value = value.reshape(5, -1)
    for layer in (dense := [layer for layer in model.network if isinstance(layer, nn.Linear)]):
        value = value @ layer.weight.detach().numpy().T
        value = value if layer is dense[-1] else np.maximum(value, 0)
    np.testing.assert_allclose(model(latent).detach(), value[:, 0], rtol=1e-3, atol=1e-5)


def test_by_name() -> None:
    assert LAYOUTS == ("compact", "published")
    kinds = [type(make_autoencoder(layout, 20, (8,), 4)) for layout in LAYOUTS]
    assert kinds == [Autoencoder, PublishedAutoencoder]
    assert [type(make_regressor(layout, 4)) for layout in LAYOUTS] == [Regressor, PublishedRegressor]
    for make in (lambda: make_autoencoder("square", 20, (8,), 4), lambda: make_regressor("square", 4)):
        with pytest.raises(KeyError, match="square"):
            make()

"""Autoencoder, regressor and pixel noise: shapes, standardisation, and nothing that can die."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dtl.networks.autoencoder import Autoencoder
from dtl.networks.regressor import Regressor
from dtl.networks.resampled_noise import pixel_noise


@pytest.mark.parametrize(("points", "hidden", "n_latent"), [(3501, (256, 128, 64), 32), (50, (16,), 4)])
def test_autoencoder_shapes(points: int, hidden: tuple[int, ...], n_latent: int) -> None:
    model = Autoencoder(points, hidden, n_latent)
    flux = torch.rand(3, points)
    assert model.encode(flux).shape == (3, n_latent)
    assert model.decode(model.encode(flux)).shape == model(flux).shape == (3, points)
    widths = [layer.out_features for layer in model.encoder if isinstance(layer, torch.nn.Linear)]
    assert widths == [*hidden, n_latent]


def test_standardisation_of_the_latents_cancels() -> None:
    torch.manual_seed(1)
    model = Autoencoder(50, (16,), 4).eval()
    flux = torch.rand(200, 50)
    with torch.inference_mode():
        before, raw = model(flux), model.encode(flux)
        model.latent_mean.copy_(raw.mean(0))
        model.latent_scale.copy_(raw.std(0))
        np.testing.assert_allclose(model.encode(flux).mean(0), np.zeros(4), atol=1e-5)
        np.testing.assert_allclose(model.encode(flux).std(0), np.ones(4), rtol=1e-5)
        np.testing.assert_allclose(model(flux), before, atol=1e-6)
    assert {"mean", "scale", "latent_mean", "latent_scale"} <= set(model.state_dict())


def test_standardisation_of_the_flux() -> None:
    """Spectra scaled by their own mean and spread give the same latents as standard ones without."""
    torch.manual_seed(1)
    model = Autoencoder(50, (16,), 4)
    flux = torch.rand(20, 50)
    plain = model.encode(flux)
    model.mean.fill_(0.7)
    model.scale.fill_(0.2)
    np.testing.assert_allclose(model.encode(flux * 0.2 + 0.7).detach(), plain.detach(), atol=1e-5)


def test_no_latent_and_no_output_can_die() -> None:
    """Every latent and every output takes both signs and has a gradient everywhere."""
    torch.manual_seed(2)
    model = Autoencoder(30, (16, 8), 6)
    flux = (20 * torch.randn(500, 30)).requires_grad_()
    latent = model.encode(flux)
    assert ((latent > 0).any(0) & (latent < 0).any(0)).all()
    for i in range(6):
        (gradient,) = torch.autograd.grad(latent[:, i].sum(), flux, retain_graph=True)
        assert (gradient.abs().sum(1) > 0).all()
    out = model.decode(torch.randn(500, 6) * 5)
    assert ((out > 1).any() and (out < 0).any()).item()  # neither clipped at 0 nor squeezed below 1


@pytest.mark.parametrize("hidden", [(24,), (24, 12), (20, 16, 12)])
def test_squared_gradients_against_automatic_differentiation(hidden: tuple[int, ...]) -> None:
    torch.manual_seed(5)
    model = Autoencoder(40, hidden, 6).double()
    for buffer in (model.mean, model.scale, model.latent_mean, model.latent_scale):
        buffer.copy_(0.2 + torch.rand(buffer.shape))
    flux = 3 * torch.randn(7, 40, dtype=torch.float64)
    jacobian = torch.func.vmap(torch.func.jacrev(lambda row: model.encode(row[None])[0]))(flux)
    found = model.squared_gradients(flux)
    torch.testing.assert_close(found, jacobian.square().sum(-1), rtol=1e-10, atol=0.0)
    torch.testing.assert_close(found.sum(1), torch.linalg.matrix_norm(jacobian).square(), rtol=1e-10, atol=0.0)

    weights = [layer.weight for layer in model.encoder if isinstance(layer, torch.nn.Linear)]
    mine = torch.autograd.grad(found.sum(), weights)
    theirs = torch.autograd.grad(jacobian.square().sum(), weights)
    for a, b in zip(mine, theirs, strict=True):  # what a training step sees
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-12)


def test_regressor() -> None:
    torch.manual_seed(3)
    regressor = Regressor(32)
    latent = torch.randn(7, 32)
    assert regressor(latent).shape == (7,)
    convolutions = [layer for layer in regressor.network if isinstance(layer, torch.nn.Conv1d)]
    assert [(c.out_channels, c.kernel_size) for c in convolutions] == [(64, (2,)), (32, (2,))]
    dense = [layer.out_features for layer in regressor.network if isinstance(layer, torch.nn.Linear)]
    assert dense == [256, 128, 64, 1]
    plain = regressor(latent)
    regressor.centre.fill_(3500.0)
    regressor.spread.fill_(300.0)
    np.testing.assert_allclose(regressor(latent).detach(), plain.detach() * 300 + 3500, rtol=1e-6)
    far = regressor(torch.randn(2000, 32) * 1e4).detach()
    assert far.max() > 3500 + 3000 and far.min() < 3500 - 3000  # no bound at the grid's range


def test_rows_do_not_see_each_other() -> None:
    torch.manual_seed(4)
    model, regressor = Autoencoder(40, (16,), 8).eval(), Regressor(8).eval()
    flux = torch.rand(9, 40)
    with torch.inference_mode():
        together = regressor(model.encode(flux))
        alone = torch.cat([regressor(model.encode(row[None])) for row in flux])
    np.testing.assert_allclose(together, alone, atol=1e-6)


@pytest.mark.parametrize("pixel", [1, 2, 3, 5, 7])
def test_pixel_noise(pixel: int) -> None:
    noise = pixel_noise(3000, 211, pixel, torch.Generator().manual_seed(1)).numpy()
    assert noise.shape == (3000, 211)
    variance = noise.var(axis=0)
    if pixel % 2:  # a point lies on each pixel's centre: white there, less in between
        centres = np.arange(pixel // 2, 211, pixel)
        np.testing.assert_allclose(variance[centres], 1.0, atol=0.15)
        between = noise[:, centres[:-1]] * noise[:, centres[1:]]
        assert np.abs(between.mean(axis=0)).max() < 0.1
    expected = np.mean([(1 - f) ** 2 + f**2 for f in (np.arange(pixel) + (0 if pixel % 2 else 0.5)) / pixel])
    assert variance.mean() == pytest.approx(expected, rel=0.03)
    slopes = np.diff(noise, n=2, axis=1)
    if pixel > 2:  # linear between centres: bent only there
        assert np.sort(np.abs(slopes).mean(axis=0))[: slopes.shape[1] // 3].max() < 1e-5

"""What is minimised: each loss against the same formula in numpy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from dtl.networks.published import PublishedAutoencoder
from dtl.training.losses import contractive_term, make_loss, published_contractive_term
from dtl.training.settings import AutoencoderSettings, TrainingSettings
from tests.builders import WINDOW


def test_contractive_term() -> None:
    """It knows no units: shrunken latents and scaled flux cost the same, noise that moves no latent costs nothing."""
    torch.manual_seed(1)
    gradients, latent = torch.rand(5, 3), torch.randn(40, 3)
    term = contractive_term(gradients, latent, torch.tensor(0.5))
    expected = 0.25 * (gradients.numpy() / latent.numpy().var(axis=0, ddof=1)).sum(axis=1).mean()
    assert float(term) == pytest.approx(expected, rel=1e-5)
    shrunk = contractive_term(gradients * 1e-4, latent * 1e-2 + 7, torch.tensor(0.5))
    assert float(shrunk) == pytest.approx(expected, rel=1e-3)
    assert float(contractive_term(gradients * 0, latent, torch.tensor(0.5))) == 0.0


def test_published_term_against_its_formula() -> None:
    rng = np.random.default_rng(1)
    latent, weight = rng.uniform(0, 3, (6, 4)), rng.normal(size=(4, 5))
    expected = np.mean(
        [sum((h[j] * (1 - h[j])) ** 2 * sum(weight[j, i] ** 2 for i in range(5)) for j in range(4)) for h in latent]
    )
    found = published_contractive_term(torch.tensor(latent), torch.tensor(weight))
    assert float(found) == pytest.approx(expected, rel=1e-12)
    still = torch.tensor([[0.0, 1.0, 1.0, 0.0]], dtype=torch.float64)
    assert float(published_contractive_term(still, torch.tensor(weight))) == 0.0


def test_published_term_is_not_the_jacobian() -> None:
    """Latents of exactly 1 cost nothing, though they move with the flux; and the true slope is blind to h."""
    torch.manual_seed(2)
    model = PublishedAutoencoder(12, (8, 6), 3)
    with torch.no_grad():
        for dense in model.encoder[::2]:
            dense.weight.abs_()
        flux = torch.rand(1, 12)
        model.bottleneck.bias.copy_(1 - model.encoder(flux)[0])
    assert float(published_contractive_term(model.encode(flux), model.bottleneck.weight).detach()) < 1e-9
    jacobian = torch.func.jacrev(lambda row: model.encode(row[None])[0])(flux[0])
    assert float(jacobian.detach().square().sum()) > 0.1


@pytest.mark.parametrize(("l1", "weight"), [(0.0, 0.0), (1e-3, 0.0), (0.0, 1e-2), (1e-7, 1e-4)])
def test_published_loss_against_numpy(l1: float, weight: float) -> None:
    torch.manual_seed(3)
    config = replace(AutoencoderSettings.published(16, l1), n_latent=4, jacobian_weight=weight)
    model = PublishedAutoencoder(20, config.hidden, 4)
    flux = torch.rand(9, 20)
    loss_of = make_loss(model, flux, torch.zeros(9, 4), TrainingSettings("x", WINDOW, autoencoder=config))
    chosen = torch.tensor([3, 1, 7, 0])
    found = float(loss_of(chosen, 0, torch.Generator()).detach())

    value = clean = flux[chosen].numpy().astype(float)
    layers = [layer for layer in [*model.encoder, *model.decoder] if isinstance(layer, torch.nn.Linear)]
    activity, latent, encoder_layers = 0.0, value, len(config.hidden) + 1
    for number, layer in enumerate(layers, 1):
        value = value @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()
        value = 1 / (1 + np.exp(-value)) if number == len(layers) else np.maximum(value, 0)
        activity += np.abs(value).sum() if number > 1 else 0.0
        latent = value if number == encoder_layers else latent
    slopes = (latent * (1 - latent)) ** 2
    contractive = (slopes * (model.bottleneck.weight.detach().numpy() ** 2).sum(axis=1)).sum(axis=1).mean()
    expected = np.mean((value - clean) ** 2) + l1 * activity / len(clean) + weight * contractive
    assert found == pytest.approx(expected, rel=1e-5)


def test_published_optimiser_is_constant() -> None:
    config = replace(AutoencoderSettings.published(16), n_latent=4)
    model = PublishedAutoencoder(20, config.hidden, 4)
    optimiser, schedule = make_loss(
        model, torch.rand(9, 20), torch.zeros(9, 4), TrainingSettings("x", WINDOW, autoencoder=config)
    ).optimiser(50)
    for _ in range(50):
        assert optimiser.param_groups[0]["lr"] == 1e-4
        optimiser.step()
        schedule.step()

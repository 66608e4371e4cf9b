"""Transfer by other means, for comparison: fine-tuning on reconstruction, and alignment of distributions.

``published`` is that of Mas-Buitrago et al. (2024): the encoder is frozen but for its last layers, which learn
together with the decoder to reconstruct the observed spectra. The others add to the loss of the models (their latents
stay where they are) that of reconstructing observed spectra, and a distance between the latents of both: of their means
and covariances (CORAL; Sun & Saenko 2016), of their kernel means (MMD; Long et al. 2015), or what a discriminator can
tell apart (adversarial; Ganin et al. 2016). Models are drawn with population priors, not as the grid is.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from dtl.bundle.model import ModelBundle
from dtl.training.augmentation import Augmentation, augment
from dtl.training.split import split_of
from dtl.transfer.population import Population

__all__ = ["METHODS", "align", "coral", "mmd"]

METHODS = ("published", "joint", "coral", "mmd", "adversarial")
#: Of the encoder's four layers the last one learns in the published transfer, and the whole decoder.
_LEARNING = 1
_BATCH = 64


def align(
    bundle: ModelBundle,
    flux: np.ndarray,
    method: str,
    *,
    epochs: int = 60,
    learning_rate: float = 1e-4,
    weight: float = 0.3,
    population: Population = Population(),
    augmentation: Augmentation = Augmentation(),
    seed: int = 42,
) -> ModelBundle:
    """A bundle whose encoder for observed spectra was fine-tuned by one of `METHODS`.

    Args:
        bundle: trained on models alone.
        flux: observed spectra, prepared; shape ``(k, n)``. 80 % are learned from.
        method: one of `METHODS`.
        epochs: over the observed spectra for ``published``; over as many steps of both kinds for the others.
        learning_rate: of Adam.
        weight: of the alignment beside the other losses.
        population: how models are drawn.
        augmentation: of the models.
        seed: of everything random.

    Raises:
        ValueError: for an unknown method.
    """
    if method not in METHODS:
        raise ValueError(f"{method} is none of {', '.join(METHODS)}")
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(flux), generator=generator)
    observed = torch.as_tensor(flux[order[: max(round(0.8 * len(flux)), 1)].numpy()], dtype=torch.float32)
    model = copy.deepcopy(bundle.autoencoder)
    if method == "published":
        _reconstruct(model, observed, epochs, learning_rate, generator)
    else:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            _joint(
                model,
                bundle,
                observed,
                method,
                generator,
                epochs=epochs,
                learning_rate=5 * learning_rate,
                weight=weight,
                population=population,
                augmentation=augmentation,
            )
    return replace(bundle, target_encoder=model.eval())


def _reconstruct(
    model: nn.Module, observed: torch.Tensor, epochs: int, learning_rate: float, generator: torch.Generator
) -> None:
    layers = [layer for layer in model.encoder if isinstance(layer, nn.Linear)][-_LEARNING:]
    parameters = [*(p for layer in layers for p in layer.parameters()), *model.decoder.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=learning_rate)
    for _ in range(epochs):
        for chosen in torch.randperm(len(observed), generator=generator).split(_BATCH):
            loss = (model(observed[chosen]) - observed[chosen]).square().mean() / model.scale.square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()


def _joint(
    model: nn.Module,
    bundle: ModelBundle,
    observed: torch.Tensor,
    method: str,
    generator: torch.Generator,
    *,
    epochs: int,
    learning_rate: float,
    weight: float,
    population: Population,
    augmentation: Augmentation,
) -> None:
    train = split_of(bundle).train
    latents = torch.from_numpy(bundle.latents[train])
    clean = torch.from_numpy(bundle.decode(bundle.latents[train]))
    often = torch.from_numpy(population.weights(bundle.nodes[train]))
    variance = (clean - clean.mean(0)).square().mean()
    critic = nn.Sequential(nn.Linear(latents.shape[1], 64), nn.SiLU(), nn.Linear(64, 1))
    steps = epochs * max(len(observed) // _BATCH, 1)
    optimiser = torch.optim.Adam(model.parameters(), lr=learning_rate)
    of_critic = torch.optim.Adam(critic.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, learning_rate, total_steps=steps, pct_start=0.2)
    for _ in range(steps):
        chosen = torch.multinomial(often, 2 * _BATCH, replacement=True, generator=generator)
        seen = observed[torch.randint(len(observed), (2 * _BATCH,), generator=generator)]
        source = model.encode(augment(clean[chosen], augmentation, bundle.window, generator))
        target = model.encode(seen)
        loss = (source - latents[chosen]).square().mean()
        loss = loss + ((model.decode(source) - clean[chosen]).square().mean() / variance)
        loss = loss + ((model.decode(target) - seen).square().mean() / variance)
        if method in _DISTANCES:
            loss = loss + weight * _DISTANCES[method](source, target)
        elif method == "adversarial":
            told = critic(torch.cat([source, target]).detach())[:, 0]
            truth = torch.cat([torch.zeros(len(source)), torch.ones(len(target))])
            worse = nn.functional.binary_cross_entropy_with_logits(told, truth)
            of_critic.zero_grad()
            worse.backward()
            of_critic.step()
            # Observed spectra are to be taken for models.
            fooled = critic(target)[:, 0]
            loss = loss + weight * nn.functional.binary_cross_entropy_with_logits(fooled, torch.zeros(len(target)))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()


def coral(source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Squared differences of the means and of the covariances of latents ``(k, d)``, over d and over d squared."""
    covariance = (torch.cov(source.T) - torch.cov(target.T)).square().mean()
    return (source.mean(0) - target.mean(0)).square().mean() + covariance


def mmd(source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Squared maximum mean discrepancy (Gretton et al. 2012), Gaussian kernels of 1/2, 1, 2 times the median width."""
    both = torch.cat([source, target])
    squared = torch.cdist(both, both).square()
    scale = squared.detach().median().clamp_min(1e-6)
    kernel = sum(torch.exp(-squared / (factor * scale)) for factor in (0.5, 1.0, 2.0)) / 3.0
    k = len(source)
    return kernel[:k, :k].mean() + kernel[k:, k:].mean() - 2.0 * kernel[:k, k:].mean()


_DISTANCES: dict[str, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {"coral": coral, "mmd": mmd}

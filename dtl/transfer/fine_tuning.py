"""Deep transfer learning: an encoder for observed spectra that gives the latents their models would have.

The gap between observed spectra and models is learned from unlabelled spectra, in rounds:

1. the networks as they are estimate the parameters, which are moved as a whole to agree with what is known of the
   population (`dtl.transfer.population`);
2. observed minus model at these parameters is the gap: its part common to all stars, linear in Teff, and its
   variation from star to star;
3. the encoder learns from model spectra gap-augmented with this gap and variations of it: their latents have to be
   those of the bare models, and the regressors, which stay as they are, have to find the parameters. Models are met as
   often as stars of their [M/H] are in the sample, whose spread is measured too.

The variation is taken to be the gap itself, stronger here and weaker there along the wavelengths; only its strength
is measured. Principal components of what single stars have beyond the common part, the other choice, lack what the
estimates have taken for parameters, which is just what the encoder has to learn to bear.

Decoder, regressors, latents of the nodes and maps are those from before. Fine-tuning for the reconstruction of observed
spectra instead, as published, is in `dtl.transfer.alignment`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from dtl.bundle.learned_gap import LearnedGap, rotated
from dtl.bundle.model import ModelBundle
from dtl.networks.layouts import AnyAutoencoder
from dtl.networks.resampled_noise import pixel_noise
from dtl.result import PARAMETERS
from dtl.simulation.observation import models_at
from dtl.training.augmentation import Augmentation, augment
from dtl.training.split import Split, split_nodes
from dtl.transfer.population import Population, main_sequence

__all__ = ["GapShape", "Transfer", "TransferSettings", "held_out", "learn_gap", "parameters_of", "transfer"]

#: Stars that turn faster have their gap smeared out and say little of it, km/s.
_FASTEST = 8.0
#: Widths of the instrumental profile (FWHM) over which the strength of the gap varies in a star: from line to line.
_VARIES = 2.2
#: Between which relative standard deviations its strength is believed to lie.
_STRENGTH = (0.1, 0.6)
#: Errors that the regressors' loss is measured in: K, dex, dex, km/s and its growth with v sin i.
_UNIT = torch.tensor([30.0, 0.06, 0.06, 0.3])
_UNIT_GROWTH = 0.1
#: Of what disturbs the models that the spread of [M/H] is measured with: the same in each round.
_SPREAD_SEED = 7


@dataclass(frozen=True)
class TransferSettings:
    """Of a transfer.

    Attributes:
        rounds: at most; it ends where the held-out spectra are fitted 5 % worse than before.
        epochs: over the training nodes in each round.
        batch: spectra a step.
        learning_rate: peak of the one-cycle schedule.
        rank: principal components of the variation from star to star; 0 lets the gap itself vary.
        depth: at least this mean amplitude of errors of the line depths, see
            `dtl.training.augmentation.Augmentation`: stars differ from models in their lines by more than the
            networks have to bear before.
        measured: whether the spread of [M/H] is measured and its mean aimed beyond what it misses, or both believed.
        parameter_weight: of the regressors' loss beside that of the latents.
        held_out: part of the observed spectra that only judges when to stop.
        population: what is known of the sample.
    """

    rounds: int = 14
    epochs: int = 4
    batch: int = 128
    learning_rate: float = 5e-4
    rank: int = 0
    depth: float = 0.1
    measured: bool = True
    parameter_weight: float = 0.05
    held_out: float = 0.2
    population: Population = Population()


@dataclass(frozen=True)
class GapShape:
    """The gap common to all stars and how it varies.

    Attributes:
        gap: common part.
        strength: relative standard deviation by which it varies along the wavelengths of a star.
        variation: principal components times their standard deviation, in place of that; shape ``(rank, n)``.
    """

    gap: LearnedGap
    strength: float
    variation: np.ndarray


@dataclass(frozen=True)
class Transfer:
    """What a transfer gives.

    Attributes:
        bundle: with the encoder for observed spectra and the learned gap.
        history: one row a round: loss, rms of the held-out residuals.
    """

    bundle: ModelBundle
    history: list[dict[str, float]]


def transfer(
    bundle: ModelBundle,
    flux: np.ndarray,
    settings: TransferSettings = TransferSettings(),
    augmentation: Augmentation = Augmentation(),
    *,
    seed: int = 42,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
    watch: Callable[[dict[str, float]], None] = lambda row: None,
) -> Transfer:
    """Adapt a bundle to observed spectra without labels.

    Args:
        bundle: trained on models alone.
        flux: observed spectra, prepared and without gaps; shape ``(k, n)``.
        settings: of the transfer.
        augmentation: disturbances the encoder learns to bear.
        seed: of everything random.
        progress: called with the fraction done and a word.
        watch: called with each row of the history as soon as it is known.

    Raises:
        ValueError: for fewer than four spectra, from which no gap can be learned.
    """
    if len(flux) < 4:
        raise ValueError(f"a transfer needs at least 4 spectra, there are {len(flux)}")
    generator = torch.Generator().manual_seed(seed)
    order = np.random.default_rng(seed).permutation(len(flux))
    held = order[: held_out(len(flux), settings)]
    used = np.setdiff1d(order, held)
    augmentation = replace(augmentation, depth=max(augmentation.depth, settings.depth))
    best, history, current = None, [], bundle
    population = aim = settings.population
    for turn in range(settings.rounds):
        estimates = parameters_of(current, flux[used])
        if turn and settings.measured:
            aim = aim.aimed(estimates, settings.population)
        shape = learn_gap(current, flux[used], replace(settings, population=aim), estimates)
        if turn and settings.measured:  # networks that are still misled by the gap do not see the spread
            population = _measured(current, shape, estimates, settings.population, augmentation)
        encoder = copy.deepcopy(current.observed_encoder)
        loss = _fit(
            encoder,
            bundle,
            shape,
            settings,
            generator,
            population=population,
            augmentation=augmentation,
            progress=lambda part, turn=turn: progress((turn + part) / settings.rounds, f"round {turn + 1}"),
        )
        current = replace(bundle, target_encoder=encoder, gap=shape.gap)
        judged = flux[held] if len(held) else flux
        residual = float(np.sqrt(np.mean((judged - current.reconstruct(current.encode(judged))) ** 2)))
        history.append({"round": turn + 1, "loss": loss, "held_out_rms": residual})
        watch(history[-1])
        if best is not None and residual > 1.05 * best[0]:
            break
        best = (min(residual, best[0] if best else residual), current)
    return Transfer(best[1], history)


def held_out(count: int, settings: TransferSettings = TransferSettings()) -> int:
    """How many of ``count`` spectra only judge when to stop; of fewer than ten none can be spared."""
    return round(settings.held_out * count) if count >= 10 else 0


def parameters_of(bundle: ModelBundle, flux: np.ndarray) -> np.ndarray:
    """Mean of the members for spectra ``(k, n)``; shape ``(k, 4)``."""
    latents = bundle.encode(flux)
    return np.stack([bundle.regress(latents, name).mean(axis=0) for name in PARAMETERS], axis=1)


def learn_gap(
    bundle: ModelBundle,
    flux: np.ndarray,
    settings: TransferSettings = TransferSettings(),
    estimates: np.ndarray | None = None,
) -> GapShape:
    """The gap of observed spectra ``(k, n)`` as the bundle in its present state sees it.

    Args:
        bundle: in its present state.
        flux: observed; shape ``(k, n)``.
        settings: of the transfer.
        estimates: what `parameters_of` gives for the spectra, where that is known already.
    """
    low, high = bundle.nodes.min(axis=0), bundle.nodes.max(axis=0)
    estimates = parameters_of(bundle, flux) if estimates is None else estimates
    estimates = settings.population.correct(estimates, main_sequence(bundle.nodes), low, high)
    slow = estimates[:, 3] <= max(_FASTEST, float(np.median(estimates[:, 3])))
    estimates, residual = estimates[slow], flux[slow] - models_at(estimates[slow], bundle)
    gap = LearnedGap(np.zeros(flux.shape[1]), np.zeros(flux.shape[1]), float(np.median(estimates[:, 0])))
    weights = gap.weights(estimates[:, 0])
    design = np.stack([np.ones_like(weights), weights], axis=1)
    ridge = np.diag([1e-6, 20.0])  # few stars, or stars alike, give no slope
    trust = np.ones(len(residual))
    for _ in range(3):  # stars that are unlike the others count less
        weighted = design * trust[:, None]
        level, slope = np.linalg.solve(design.T @ weighted + ridge, weighted.T @ residual)
        left = residual - design @ np.stack([level, slope])
        size = np.sqrt(np.mean(left**2, axis=1))
        trust = 1.0 / (1.0 + (size / np.median(size)) ** 2)
    gap = replace(gap, level=level, slope=slope)
    rank = min(settings.rank, len(left) - 3)
    if rank < 1:
        return GapShape(gap, _strength(left, level), np.zeros((0, flux.shape[1])))
    _, singular, axes = np.linalg.svd(left - left.mean(axis=0), full_matrices=False)
    return GapShape(gap, 0.0, axes[:rank] * (singular[:rank, None] / np.sqrt(len(left))))


def _strength(left: np.ndarray, level: np.ndarray) -> float:
    """How much stars vary in their gap: the slope of their mean squared residuals against the squared level.

    Photon noise, which is the same everywhere, stays in the intercept.

    Args:
        left: residuals beyond the common part, of which two numbers a point were fitted; shape ``(k, n)``.
        level: of the common part; shape ``(n,)``.
    """
    square = level**2 - np.mean(level**2)
    variance = (left**2).sum(axis=0) / (len(left) - 2)
    slope = square @ variance / max(float(square @ square), 1e-30)
    return float(np.clip(np.sqrt(max(slope, 0.0)), *_STRENGTH))


def _fit(
    encoder: AnyAutoencoder,
    bundle: ModelBundle,
    shape: GapShape,
    settings: TransferSettings,
    generator: torch.Generator,
    *,
    population: Population,
    augmentation: Augmentation,
    progress: Callable[[float], None],
) -> float:
    """Train the encoder on gap-augmented models; returns the mean loss of the last epoch."""
    train = _split(bundle).train
    latents = torch.from_numpy(bundle.latents[train])
    clean = torch.from_numpy(bundle.decode(bundle.latents[train]))
    often = torch.from_numpy(population.weights(bundle.nodes[train]))
    nodes = torch.as_tensor(bundle.nodes[train], dtype=torch.float32)
    inject = _gap_injector(shape, bundle, train)
    regressors = {name: copy.deepcopy(nn.ModuleList(bundle.regressors[name])) for name in PARAMETERS}
    for members in regressors.values():
        members.requires_grad_(False)
    unit = _UNIT.repeat(len(nodes), 1)
    unit[:, 3] += _UNIT_GROWTH * nodes[:, 3]
    batches = max(len(clean) // settings.batch, 1)
    steps = settings.epochs * batches
    optimiser = torch.optim.Adam(encoder.encoder.parameters(), lr=settings.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.learning_rate, total_steps=steps, pct_start=0.2)
    losses = []
    for step in range(steps):
        chosen = torch.multinomial(often, settings.batch, replacement=True, generator=generator)
        found = encoder.encode(augment(inject(clean[chosen], chosen, generator), augmentation, generator))
        loss = (found - latents[chosen]).square().mean()
        for column, name in enumerate(PARAMETERS):
            member = regressors[name][step % len(regressors[name])]
            error = (member(found) - nodes[chosen, column]) / unit[chosen, column]
            loss = loss + settings.parameter_weight * error.square().clamp(max=25.0).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
        if step % 8 == 7:
            progress((step + 1) / steps)
    return float(np.mean(losses[-batches:]))


def _measured(
    bundle: ModelBundle, shape: GapShape, estimates: np.ndarray, population: Population, augmentation: Augmentation
) -> Population:
    """The population with its spread of [M/H], from estimates ``(k, 4)`` and from gap-augmented validation nodes."""
    rows = _split(bundle).validation
    generator = torch.Generator().manual_seed(_SPREAD_SEED)
    clean = torch.from_numpy(bundle.decode(bundle.latents[rows]))
    augmented = _gap_injector(shape, bundle, rows)(clean, torch.arange(len(rows)), generator)
    found = parameters_of(bundle, augment(augmented, augmentation, generator).numpy())
    return population.measured(estimates, bundle.nodes[rows], found)


def _split(bundle: ModelBundle) -> Split:
    return split_nodes(len(bundle.nodes), int(bundle.card["training"]["seed"]))


def _gap_injector(shape: GapShape, bundle: ModelBundle, rows: np.ndarray) -> _GapInjector:
    width = float(np.mean(bundle.wavelength) / bundle.resolution / np.diff(bundle.wavelength[:2])[0])
    return _GapInjector(shape, bundle.nodes[rows], round(_VARIES * width))


class _GapInjector:
    """Adds the gap, and a random variation of it, to the spectra of nodes, each broadened as the node rotates.

    Args:
        shape: of the gap.
        nodes: of the spectra; shape ``(m, 4)``.
        scale: points over which the strength of the gap varies.
    """

    def __init__(self, shape: GapShape, nodes: np.ndarray, scale: int) -> None:
        speeds, self.speed = np.unique(nodes[:, 3], return_inverse=True)
        curves = np.concatenate([[shape.gap.level, shape.gap.slope], shape.variation])
        self.bank = torch.tensor(np.stack([rotated(curves, float(v)) for v in speeds]), dtype=torch.float32)
        self.strength, self.scale = shape.strength, max(scale, 1)
        self.weights = torch.tensor(shape.gap.weights(nodes[:, 0]), dtype=torch.float32)

    def __call__(self, clean: torch.Tensor, chosen: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        varied = torch.randn(len(chosen), self.bank.shape[1] - 2, generator=generator)
        amounts = torch.cat([torch.ones(len(chosen), 1), self.weights[chosen, None], varied], dim=1)
        added = torch.empty_like(clean)
        speed = self.speed[chosen.numpy()]
        for value in np.unique(speed):
            of_speed = torch.from_numpy(np.flatnonzero(speed == value))
            added[of_speed] = amounts[of_speed] @ self.bank[value]
        if self.strength:
            # Linear between its knots, this noise has two thirds of their variance in the mean.
            varies = 1.5**0.5 * pixel_noise(*clean.shape, self.scale, generator)
            added = added * (1.0 + self.strength * varies)
        return clean + added

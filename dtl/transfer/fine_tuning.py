"""Deep transfer learning: an encoder for observed spectra that gives the latents their models would have.

The gap between observed spectra and models is learned from unlabelled spectra, in rounds:

1. the networks as they are estimate the parameters, which are moved as a whole to agree with what is known of the
   population (`dtl.transfer.population`);
2. observed minus model at these parameters is the gap: its part common to all stars, linear in Teff, and its
   variation from star to star;
3. the encoder learns from model spectra gap-augmented with this gap and variations of it: their latents have to be
   those of the bare models, and the regressors, which stay as they are, have to find the parameters. Models are met as
   often as stars of their [M/H] are in the sample, whose spread is measured too.

The gap is learned in `dtl.transfer.gap_learning` and added to models in `dtl.transfer.gap_injection`.

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

from dtl.bundle.model import ModelBundle
from dtl.networks.layouts import AnyAutoencoder
from dtl.result import PARAMETERS
from dtl.training.augmentation import Augmentation, augment
from dtl.training.split import split_of
from dtl.training.transfer_settings import FamilySettings, GapLearningSettings
from dtl.transfer.gap_injection import GapInjector
from dtl.transfer.gap_learning import GapShape, learn_gap
from dtl.transfer.plausibility import often_in_sample
from dtl.transfer.population import Population

__all__ = ["Transfer", "TransferSettings", "fit_encoder", "held_out", "transfer"]

#: Errors that the regressors' loss is measured in: K, dex, dex, km/s and its growth with v sin i.
_UNIT = torch.tensor([30.0, 0.06, 0.06, 0.3])
_UNIT_GROWTH = 0.1
#: Errors beyond this many units count by their size, not its square.
_OUTLYING = 4.0
#: Of what disturbs the models that the spread of [M/H] is measured with: the same in each round.
_SPREAD_SEED = 7


@dataclass(frozen=True)
class TransferSettings(GapLearningSettings):
    """Of a transfer.

    Attributes:
        rounds, epochs: see `dtl.training.transfer_settings.GapLearningSettings`. Teff settles by the number of rounds,
            whether each has two epochs or four: where the gap is of a kind that was not met before, its error goes
            on falling over 20 of them.
        batch: spectra a step.
        learning_rate: peak of the one-cycle schedule.
        latent_weight, parameter_weight: of the loss of the latents, and of that of the regressors.
        held_out: part of the observed spectra that only judges when to stop.
        width_error: standard deviation of errors of the line widths, see `dtl.transfer.gap_injection.wrong_widths`.
        trusted: what the networks that it starts from find to tell the stars apart is kept, log g aside: their means
            alone are moved. Followed round after round, differences drift where the learned gap changes with Teff.
        population: what is known of the sample.
    """

    rounds: int = 20
    epochs: int = 2
    batch: int = 128
    learning_rate: float = 5e-4
    latent_weight: float = 1.0
    parameter_weight: float = 0.05
    held_out: float = 0.2
    width_error: float = 0.1
    trusted: bool = False
    population: Population = Population()


@dataclass(frozen=True)
class Transfer:
    """What a transfer gives.

    Attributes:
        bundle: with the encoder for observed spectra and the learned gap.
        history: one row a round: loss, rms of the held-out residuals.
        strength: relative standard deviation by which the gap varies in a star, see
            `dtl.transfer.gap_learning.GapShape`.
    """

    bundle: ModelBundle
    history: list[dict[str, float]]
    strength: float = 0.0


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
    held, used = _parted(len(flux), settings, seed)
    augmentation = replace(augmentation, depth=max(augmentation.depth, settings.depth))
    best, history, current, train = None, [], bundle, split_of(bundle).train
    start = estimates = bundle.parameters(flux[used])
    population = aim = known = settings.population.resolved(estimates)
    for turn in range(settings.rounds):
        if turn and settings.measured:
            aim = aim.aimed(estimates, known)
        places = np.column_stack([start[:, 0], estimates[:, 1], start[:, 2:]]) if settings.trusted else estimates
        shape = learn_gap(current, flux[used], aim, rank=settings.rank, estimates=places)
        if turn and settings.measured:  # networks that are still misled by the gap do not see the spread
            population = _measured(current, shape, estimates, known, augmentation)
        encoder = copy.deepcopy(current.observed_encoder)
        loss = fit_encoder(
            encoder,
            bundle,
            GapInjector.of_nodes(shape, bundle, train, width_error=settings.width_error),
            settings,
            generator,
            often=often_in_sample(bundle, train, population),
            augmentation=augmentation,
            progress=lambda part, turn=turn: progress((turn + part) / settings.rounds, f"round {turn + 1}"),
        )
        current = replace(bundle, target_encoder=encoder, gap=shape.gap)
        estimates = current.parameters(flux[used])
        judged = flux[held] if len(held) else flux
        residual = float(np.sqrt(np.mean((judged - current.reconstruct(current.encode(judged))) ** 2)))
        history.append({"round": turn + 1, "loss": loss, "held_out_rms": residual})
        watch(history[-1])
        if best is not None and residual > 1.05 * best[0]:
            break
        best = (min(residual, best[0] if best else residual), current, shape.strength)
    return Transfer(best[1], history, best[2])


def held_out(count: int, settings: TransferSettings = TransferSettings()) -> int:
    """How many of ``count`` spectra only judge when to stop; of fewer than ten none can be spared."""
    return round(settings.held_out * count) if count >= 10 else 0


def _parted(count: int, settings: TransferSettings, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the spectra that only judge, and of those that are learned from."""
    order = np.random.default_rng(seed).permutation(count)
    held = order[: held_out(count, settings)]
    return held, np.setdiff1d(order, held)


def fit_encoder(
    encoder: AnyAutoencoder,
    bundle: ModelBundle,
    inject: Callable[[torch.Tensor, torch.Tensor, torch.Generator], torch.Tensor],
    settings: TransferSettings | FamilySettings,
    generator: torch.Generator,
    *,
    often: np.ndarray,
    augmentation: Augmentation,
    progress: Callable[[float], None],
) -> float:
    """Train an encoder on gap-augmented models; returns the mean loss of the last epoch.

    Args:
        encoder: that learns.
        bundle: as trained on models, with the split of its nodes.
        inject: adds a gap to clean spectra of training nodes, see `dtl.transfer.gap_injection.GapInjector`.
        settings: epochs, batch, learning rate and weights.
        generator: of what is drawn.
        often: how often each training node is drawn, relative to each other; shape ``(m,)``.
        augmentation: disturbances that the encoder learns to bear.
        progress: called with the fraction done.
    """
    train = split_of(bundle).train
    latents = torch.from_numpy(bundle.latents[train])
    clean = torch.from_numpy(bundle.decode(bundle.latents[train]))
    often = torch.from_numpy(often)
    nodes = torch.as_tensor(bundle.nodes[train], dtype=torch.float32)
    regressors = {name: copy.deepcopy(nn.ModuleList(bundle.regressors[name])) for name in PARAMETERS}
    for members in regressors.values():
        members.requires_grad_(False)
    batches = max(len(clean) // settings.batch, 1)
    steps = settings.epochs * batches
    optimiser = torch.optim.Adam(encoder.encoder.parameters(), lr=settings.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.learning_rate, total_steps=steps, pct_start=0.2)
    losses = []
    for step in range(steps):
        chosen = torch.multinomial(often, settings.batch, replacement=True, generator=generator)
        found = encoder.encode(
            augment(inject(clean[chosen], chosen, generator), augmentation, bundle.window, generator)
        )
        loss = settings.latent_weight * (found - latents[chosen]).square().mean()
        loss = loss + settings.parameter_weight * _parameter_loss(found, nodes[chosen], regressors, step)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
        if step % 8 == 7:
            progress((step + 1) / steps)
    return float(np.mean(losses[-batches:]))


def _parameter_loss(
    latents: torch.Tensor, nodes: torch.Tensor, regressors: dict[str, nn.ModuleList], step: int
) -> torch.Tensor:
    """Huber loss of the parameters that one member each finds in latents ``(k, n_latent)`` of nodes ``(k, 4)``."""
    unit = _UNIT.repeat(len(nodes), 1)
    unit[:, 3] += _UNIT_GROWTH * nodes[:, 3]
    found = torch.stack([regressors[name][step % len(regressors[name])](latents) for name in PARAMETERS], dim=1)
    wrong = (found - nodes) / unit
    return 2.0 * len(PARAMETERS) * nn.functional.huber_loss(wrong, torch.zeros_like(wrong), delta=_OUTLYING)


def _measured(
    bundle: ModelBundle, shape: GapShape, estimates: np.ndarray, population: Population, augmentation: Augmentation
) -> Population:
    """The population with its spread of [M/H], from estimates ``(k, 4)`` and from gap-augmented validation nodes."""
    rows = split_of(bundle).validation
    generator = torch.Generator().manual_seed(_SPREAD_SEED)
    clean = torch.from_numpy(bundle.decode(bundle.latents[rows]))
    augmented = GapInjector.of_nodes(shape, bundle, rows)(clean, torch.arange(len(rows)), generator)
    found = bundle.parameters(augment(augmented, augmentation, bundle.window, generator).numpy())
    usual = often_in_sample(bundle, rows, replace(population, mean_mh=None))
    return population.measured(estimates, bundle.nodes[rows], found, usual)

"""Training of the regressors on latents, the encoder held fixed."""

from __future__ import annotations

import copy
import hashlib
import math
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import numpy as np
import torch
from torch import nn

from dtl.grid.build import Grid
from dtl.networks.layouts import AnyAutoencoder, make_regressor
from dtl.networks.regressor import Regressor
from dtl.result import PARAMETERS
from dtl.training.augmentation import augment
from dtl.training.settings import RegressorSettings, TrainingSettings
from dtl.training.split import Split, split_stratified

__all__ = ["keep_best", "latents_of_copies", "train_regressors"]

#: Part of the training nodes that chooses epochs and members.
_HELD_OUT = 0.2


def latents_of_copies(
    model: AnyAutoencoder, flux: np.ndarray, settings: TrainingSettings, copies: int, seed: int
) -> torch.Tensor:
    """Latents of disturbed copies of spectra; shape ``(copies, m, n_latent)`` from flux ``(m, n)``."""
    generator = torch.Generator().manual_seed(seed)
    clean = torch.from_numpy(flux)
    latents = torch.empty(copies, len(clean), model.latent_mean.numel())
    with torch.inference_mode():
        for of_copy in latents:
            for chunk, out in zip(clean.split(256), of_copy.split(256), strict=True):
                out.copy_(model.encode(augment(chunk, settings.augmentation, settings.window, generator)))
    return latents


def train_regressors(
    model: AnyAutoencoder,
    grid: Grid,
    split: Split,
    settings: TrainingSettings,
    folder: Path,
    *,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> dict[str, list[Regressor]]:
    """Members for each parameter, each written to ``folder`` when done and not trained again by the same run.

    The compact layout learns from latents of disturbed spectra, the published one from those of clean spectra. Where
    an epoch or a member has to be chosen, a fifth of the training nodes, stratified on the parameter, is held out:
    neither the validation nor the test nodes choose, for they calibrate and judge.

    Args:
        model: trained autoencoder.
        grid: spectra and nodes.
        split: only ``train`` is learned from.
        settings: of the run.
        folder: of the checkpoints.
        progress: called with the fraction done and a word.

    Returns:
        Parameter name -> members that are kept, in evaluation mode, in the order of their training.
    """
    config = settings.regressor
    if config.layout == "published":
        with torch.no_grad():  # tensors of the inference mode could not be learned from
            latents = model.encode(torch.from_numpy(grid.flux[split.train]))[None]
    else:
        latents = latents_of_copies(model, grid.flux[split.train], settings, config.draws, settings.seed + 1)
    # A member belongs to one encoder. Its weights name the run, not the latents: these differ in the last bit with the
    # number of threads, and a run may go on with another one.
    digest = hashlib.sha256(b"".join(p.detach().numpy().tobytes() for p in model.parameters())).hexdigest()
    run = repr((astuple(config), settings.seed, grid.digest(), digest))
    members: dict[str, list[Regressor]] = {}
    done = 0
    for column, name in enumerate(PARAMETERS):
        target = torch.tensor(grid.nodes[split.train, column], dtype=torch.float32)
        trained: list[tuple[float, Regressor]] = []
        learn, held = _sets(latents, target, settings, settings.seed + column)
        for member in range(config.members):
            seed = settings.seed + 1000 * column + member
            file = folder / f"regressor-{name}-{member}.pt"
            trained.append(_train_one(learn, held, settings, seed, file, run=run))
            done += 1
            progress(done / (len(PARAMETERS) * config.members), f"{name}, member {member + 1}")
        members[name] = keep_best(trained, config.keep)
    return members


def keep_best(trained: list[tuple[float, Regressor]], fraction: float) -> list[Regressor]:
    """The part of the members with the lowest errors, at least one, in their own order.

    Args:
        trained: error and member.
        fraction: of the members, above 0 and up to 1.
    """
    count = max(round(fraction * len(trained)), 1)
    order = np.argsort([error for error, _ in trained], kind="stable")
    return [trained[i][1] for i in sorted(order[:count])]


_Set = tuple[torch.Tensor, torch.Tensor]


def _sets(latents: torch.Tensor, target: torch.Tensor, settings: TrainingSettings, seed: int) -> tuple[_Set, _Set]:
    """Latents ``(., n_latent)`` and targets ``(.,)`` to learn from, and those held out, all where nothing is chosen."""

    def rows(chosen: np.ndarray | slice) -> _Set:
        part = latents[:, chosen]
        return part.reshape(-1, latents.shape[-1]), target[chosen].repeat(len(latents))

    if settings.regressor.layout == "compact" and settings.regressor.keep == 1:
        return rows(slice(None)), rows(slice(0))
    learn, held = split_stratified(target.numpy(), _HELD_OUT, seed)
    return rows(learn), rows(held)


def _train_one(
    learn: _Set, held: _Set, settings: TrainingSettings, seed: int, file: Path, *, run: str
) -> tuple[float, Regressor]:
    """A member and its error on what was held out, in standard units, 0 where nothing was."""
    config = settings.regressor
    torch.manual_seed(seed)
    regressor = make_regressor(config.layout, learn[0].shape[1])
    if file.exists():
        content = torch.load(file, weights_only=True)
        if content.get("run") == run:
            regressor.load_state_dict(content["model"])
            return content["error"], regressor.eval()
    regressor.centre.copy_(learn[1].mean())
    regressor.spread.copy_(learn[1].std().clamp_min(1e-6))
    generator = torch.Generator().manual_seed(seed)
    fit = _fit_published if config.layout == "published" else _fit_compact
    error = fit(regressor, learn, held, config, generator)
    partial = file.with_suffix(".part")
    torch.save({"run": run, "model": regressor.state_dict(), "error": error}, partial)
    partial.replace(file)
    return error, regressor.eval()


def _fit_compact(
    regressor: Regressor, learn: _Set, held: _Set, config: RegressorSettings, generator: torch.Generator
) -> float:
    """Adam with a one-cycle schedule over random batches."""
    optimiser = torch.optim.Adam(regressor.parameters(), lr=config.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, config.learning_rate, total_steps=config.steps, pct_start=0.2
    )
    for _ in range(config.steps):
        chosen = torch.randint(len(learn[1]), (config.batch,), generator=generator)
        loss = _error(regressor, learn[0][chosen], learn[1][chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return _validation(regressor, held) if len(held[1]) else 0.0


def _fit_published(
    regressor: Regressor, learn: _Set, held: _Set, config: RegressorSettings, generator: torch.Generator
) -> float:
    """Adam at a constant rate over epochs, as published, then back to the best epoch.

    At the published rate of 0.01 many members leave their minimum again and some end at the mean; the weights of
    the epoch with the lowest error on what was held out are therefore kept, which the paper does not mention.
    """
    optimiser = torch.optim.Adam(regressor.parameters(), lr=config.learning_rate, eps=1e-7)
    best, weights = math.inf, copy.deepcopy(regressor.state_dict())
    for _ in range(config.epochs):
        for chosen in torch.randperm(len(learn[1]), generator=generator).split(config.batch):
            loss = _error(regressor, learn[0][chosen], learn[1][chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        error = _validation(regressor, held)
        if error < best:  # never true for a network that has become NaN
            best, weights = error, copy.deepcopy(regressor.state_dict())
    regressor.load_state_dict(weights)
    return best


def _error(regressor: Regressor, latents: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return nn.functional.mse_loss(regressor(latents) / regressor.spread, target / regressor.spread)


def _validation(regressor: Regressor, held: _Set) -> float:
    """Mean squared error on what was held out, in standard units; infinite where the network diverged."""
    with torch.inference_mode():
        error = float(_error(regressor, *held))
    return error if math.isfinite(error) else math.inf

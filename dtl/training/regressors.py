"""Training of the regressors on latents, the encoder held fixed."""

from __future__ import annotations

import copy
import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import astuple
from pathlib import Path

import numpy as np
import torch
from torch import nn

from dtl.grid.build import Grid
from dtl.networks.layouts import AnyAutoencoder, make_regressor
from dtl.networks.regressor import Regressor
from dtl.parallel.engine import Engine
from dtl.parallel.outcome import Lost
from dtl.result import PARAMETERS
from dtl.spectrum import UnusableInput
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
    engine: Engine = Engine(),
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
        engine: what trains the members.
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
    jobs = [(column, member) for column in range(len(PARAMETERS)) for member in range(config.members)]
    files = {job: folder / f"regressor-{tuple(PARAMETERS)[job[0]]}-{job[1]}.pt" for job in jobs}
    trained = {job: found for job, file in files.items() if (found := _stored(file, run)) is not None}
    missing = [job for job in jobs if job not in trained]
    shared = (latents.numpy(), grid.nodes[split.train], settings)
    for number, found in engine.answers(_train_member, missing, shared):
        job = missing[number]
        if isinstance(found[-1], Lost):
            raise UnusableInput(
                f"{files[job].name}: the process that trained it was ended, probably because memory is lacking; run "
                "the same command again with fewer workers, which goes on where it stopped."
            )
        trained[job] = found[-1]
        _store(files[job], run, *found[-1])
        progress(len(trained) / len(jobs), f"{tuple(PARAMETERS)[job[0]]}, member {job[1] + 1}")
    return {
        name: keep_best(
            [_member(*trained[column, member], settings, latents.shape[-1]) for member in range(config.members)],
            config.keep,
        )
        for column, name in enumerate(PARAMETERS)
    }


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
#: Error on what was held out, in standard units, 0 where nothing was, and the weights of the member by their names.
_Trained = tuple[float, dict[str, np.ndarray]]


def _sets(latents: torch.Tensor, target: torch.Tensor, settings: TrainingSettings, seed: int) -> tuple[_Set, _Set]:
    """Latents ``(., n_latent)`` and targets ``(.,)`` to learn from, and those held out, all where nothing is chosen."""

    def rows(chosen: np.ndarray | slice) -> _Set:
        part = latents[:, chosen]
        return part.reshape(-1, latents.shape[-1]), target[chosen].repeat(len(latents))

    if settings.regressor.layout == "compact" and settings.regressor.keep == 1:
        return rows(slice(None)), rows(slice(0))
    learn, held = split_stratified(target.numpy(), _HELD_OUT, seed)
    return rows(learn), rows(held)


def _train_member(
    job: tuple[int, int], latents: np.ndarray, nodes: np.ndarray, settings: TrainingSettings
) -> Iterator[_Trained]:
    """Train a member, by the column of its parameter and its number, on latents ``(copies, m, n_latent)`` of nodes."""
    column, member = job
    config, seed = settings.regressor, settings.seed + 1000 * column + member
    target = torch.tensor(nodes[:, column], dtype=torch.float32)
    learn, held = _sets(torch.from_numpy(latents), target, settings, settings.seed + column)
    torch.manual_seed(seed)
    regressor = make_regressor(config.layout, learn[0].shape[1])
    regressor.centre.copy_(learn[1].mean())
    regressor.spread.copy_(learn[1].std().clamp_min(1e-6))
    generator = torch.Generator().manual_seed(seed)
    fit = _fit_published if config.layout == "published" else _fit_compact
    error = fit(regressor, learn, held, config, generator)
    yield error, {name: value.numpy() for name, value in regressor.state_dict().items()}


def _member(
    error: float, weights: dict[str, np.ndarray], settings: TrainingSettings, n_latent: int
) -> tuple[float, Regressor]:
    """Error and network of a member that was trained."""
    regressor = make_regressor(settings.regressor.layout, n_latent)
    regressor.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})
    return error, regressor.eval()


def _stored(file: Path, run: str) -> _Trained | None:
    """The member in a file, None where there is none of this run."""
    content = torch.load(file, weights_only=True) if file.exists() else {}
    if content.get("run") != run:
        return None
    return content["error"], {name: value.numpy() for name, value in content["model"].items()}


def _store(file: Path, run: str, error: float, weights: dict[str, np.ndarray]) -> None:
    partial = file.with_suffix(".part")
    model = {name: torch.tensor(value) for name, value in weights.items()}
    torch.save({"run": run, "model": model, "error": error}, partial)
    partial.replace(file)


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

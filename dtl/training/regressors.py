"""Training of the regressors on latents of disturbed spectra, the encoder held fixed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import numpy as np
import torch
from torch import nn

from dtl.grid.build import Grid
from dtl.networks.autoencoder import Autoencoder
from dtl.networks.regressor import Regressor
from dtl.result import PARAMETERS
from dtl.training.augment import augment
from dtl.training.settings import TrainingSettings
from dtl.training.split import Split

__all__ = ["latents_of_copies", "train_regressors"]


def latents_of_copies(
    model: Autoencoder, flux: np.ndarray, settings: TrainingSettings, copies: int, seed: int
) -> torch.Tensor:
    """Latents of disturbed copies of spectra; shape ``(copies, m, n_latent)`` from flux ``(m, n)``."""
    generator = torch.Generator().manual_seed(seed)
    clean = torch.from_numpy(flux)
    latents = torch.empty(copies, len(clean), model.latent_mean.numel())
    with torch.inference_mode():
        for copy in range(copies):
            for chunk, out in zip(clean.split(256), latents[copy].split(256), strict=True):
                out.copy_(model.encode(augment(chunk, settings.augmentation, generator)))
    return latents


def train_regressors(
    model: Autoencoder,
    grid: Grid,
    split: Split,
    settings: TrainingSettings,
    folder: Path,
    *,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> dict[str, list[Regressor]]:
    """Members for each parameter, each written to ``folder`` when done and not trained again by the same run.

    Args:
        model: trained autoencoder.
        grid: spectra and nodes.
        split: only ``train`` is learned from.
        settings: of the run.
        folder: of the checkpoints.
        progress: called with the fraction done and a word.

    Returns:
        Parameter name -> members in evaluation mode.
    """
    config = settings.regressor
    latents = latents_of_copies(model, grid.flux[split.train], settings, config.draws, settings.seed + 1)
    copies, count = latents.shape[:2]
    latents = latents.reshape(copies * count, -1)
    # A member belongs to one autoencoder: its latents are part of the name of the run.
    digest = hashlib.sha256(latents.numpy().tobytes()).hexdigest()
    run = repr((astuple(config), settings.seed, grid.digest(), digest))
    members: dict[str, list[Regressor]] = {}
    done = 0
    for column, name in enumerate(PARAMETERS):
        target = torch.tensor(grid.nodes[split.train, column], dtype=torch.float32).repeat(copies)
        members[name] = []
        for member in range(config.members):
            seed = settings.seed + 1000 * column + member
            file = folder / f"regressor-{name}-{member}.pt"
            members[name].append(_train_one(latents, target, settings, seed, file, run=run))
            done += 1
            progress(done / (len(PARAMETERS) * config.members), f"{name}, member {member + 1}")
    return members


def _train_one(
    latents: torch.Tensor, target: torch.Tensor, settings: TrainingSettings, seed: int, file: Path, *, run: str
) -> Regressor:
    config = settings.regressor
    torch.manual_seed(seed)
    regressor = Regressor(latents.shape[1])
    if file.exists():
        content = torch.load(file, weights_only=True)
        if content.get("run") == run:
            regressor.load_state_dict(content["model"])
            return regressor.eval()
    regressor.centre.copy_(target.mean())
    regressor.spread.copy_(target.std().clamp_min(1e-6))
    optimiser = torch.optim.Adam(regressor.parameters(), lr=config.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, config.learning_rate, total_steps=config.steps, pct_start=0.2
    )
    generator = torch.Generator().manual_seed(seed)
    for _ in range(config.steps):
        chosen = torch.randint(len(target), (config.batch,), generator=generator)
        loss = nn.functional.mse_loss(regressor(latents[chosen]) / regressor.spread, target[chosen] / regressor.spread)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    partial = file.with_suffix(".part")
    torch.save({"run": run, "model": regressor.state_dict()}, partial)
    partial.replace(file)
    return regressor.eval()

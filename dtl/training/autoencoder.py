"""Training of the autoencoder: disturbed spectra in, clean spectra out, latents shaped by the labels too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import numpy as np
import torch
from torch import nn

from dtl.grid.build import Grid
from dtl.networks.autoencoder import Autoencoder
from dtl.training.augment import augment
from dtl.training.settings import TrainingSettings
from dtl.training.split import Split

__all__ = ["label_targets", "train_autoencoder"]


def label_targets(nodes: np.ndarray) -> torch.Tensor:
    """Teff, log g, [M/H] and the logarithm of v sin i; shape ``(m, 4)`` in and out."""
    return torch.tensor(np.c_[nodes[:, :3], np.log(nodes[:, 3])], dtype=torch.float32)


def train_autoencoder(
    grid: Grid,
    split: Split,
    settings: TrainingSettings,
    checkpoint: Path,
    *,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> Autoencoder:
    """Train, or go on from a checkpoint with the same result as without the stop.

    The loss is the mean squared reconstruction error over the variance of the grid, plus ``label_weight``
    times that of a small regression head on the latents, which is thrown away afterwards.

    Args:
        grid: spectra and nodes.
        split: only ``train`` is learned from.
        settings: of the run.
        checkpoint: file written after every tenth epoch, and read where it exists and belongs to this run.
        progress: called with the fraction done and a word on the loss.

    Returns:
        The autoencoder in evaluation mode, its latents standardised over the training nodes.
    """
    config = settings.autoencoder
    torch.manual_seed(settings.seed)
    flux = torch.from_numpy(grid.flux[split.train])
    targets = label_targets(grid.nodes[split.train])
    targets = (targets - targets.mean(0)) / targets.std(0).clamp_min(1e-6)

    model = Autoencoder(flux.shape[1], config.hidden, config.n_latent)
    model.mean.copy_(flux.mean(0))
    overall = (flux - model.mean).std()
    # Between no weighting and full standardisation: deep lines keep a say, the near-continuum is not all noise.
    model.scale.copy_((flux.std(0).clamp_min(1e-3) * overall).sqrt())
    head = nn.Sequential(nn.Linear(config.n_latent, 128), nn.SiLU(), nn.Linear(128, targets.shape[1]))
    parameters = [*model.parameters(), *head.parameters()]
    batch = min(config.batch, len(flux))
    batches = len(flux) // batch
    optimiser = torch.optim.Adam(parameters, lr=config.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, config.learning_rate, total_steps=config.epochs * batches, pct_start=0.2
    )
    generator = torch.Generator().manual_seed(settings.seed)
    run = repr((astuple(config), astuple(settings.augmentation), settings.seed, grid.digest()))
    state = {"model": model, "head": head, "optimiser": optimiser, "schedule": schedule}
    start = _restore(checkpoint, run, state, generator)

    for epoch in range(start, config.epochs):
        order = torch.randperm(len(flux), generator=generator)
        total = 0.0
        for i in range(batches):
            chosen = order[i * batch : (i + 1) * batch]
            clean = flux[chosen]
            latent = model.encode(augment(clean, settings.augmentation, generator))
            loss = ((model.decode(latent) - clean) / overall).square().mean()
            if config.label_weight > 0:
                loss = loss + config.label_weight * (head(latent) - targets[chosen]).square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        progress((epoch + 1) / config.epochs, f"loss {total / batches:.5f}")
        if epoch % 10 == 9 or epoch == config.epochs - 1:
            _store(checkpoint, run, state, generator, epoch + 1)

    model.eval()
    with torch.inference_mode():
        latent = model.encode(flux)
        model.latent_mean.copy_(latent.mean(0))
        model.latent_scale.copy_(latent.std(0).clamp_min(1e-6))
    return model


def _store(checkpoint: Path, run: str, state: dict, generator: torch.Generator, epoch: int) -> None:
    content = {name: part.state_dict() for name, part in state.items()}
    content |= {"run": run, "epoch": epoch, "generator": generator.get_state()}
    partial = checkpoint.with_suffix(".part")
    torch.save(content, partial)
    partial.replace(checkpoint)  # never half a checkpoint, whenever the run is killed


def _restore(checkpoint: Path, run: str, state: dict, generator: torch.Generator) -> int:
    """The epoch to go on from, 0 where there is no checkpoint of this very run."""
    if not checkpoint.exists():
        return 0
    content = torch.load(checkpoint, weights_only=True)
    if content["run"] != run:
        return 0
    for name, part in state.items():
        part.load_state_dict(content[name])
    generator.set_state(content["generator"])
    return int(content["epoch"])

"""Training of the autoencoder, of either layout, resumable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import numpy as np
import torch
from torch.optim.lr_scheduler import LRScheduler

from dtl.bundle.projection import dead_latents
from dtl.grid.build import Grid
from dtl.networks.layouts import AnyAutoencoder, make_autoencoder
from dtl.training.losses import make_loss
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
    checkpoint: Path | None = None,
    *,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> AnyAutoencoder:
    """Train, or resume from a checkpoint with the same result as without the interruption.

    The loss is that of the layout, see `dtl.training.losses`. For the compact one it is the mean squared
    reconstruction error over the variance of the grid, plus ``label_weight`` times that of a small regression head
    on the latents, which is thrown away afterwards, plus ``jacobian_weight`` times the contractive term.

    Args:
        grid: spectra and nodes.
        split: only ``train`` is learned from.
        settings: of the run.
        checkpoint: file written after every tenth epoch, and read where it exists and belongs to this run; None
            keeps none.
        progress: called with the fraction done and a word on the loss.

    Returns:
        The autoencoder in evaluation mode, its latents standardised over the training nodes.
    """
    config = settings.autoencoder
    torch.manual_seed(settings.seed)
    flux = torch.from_numpy(grid.flux[split.train])
    targets = _standard(label_targets(grid.nodes[split.train]))
    model = make_autoencoder(config.layout, flux.shape[1], config.hidden, config.n_latent)
    loss_of = make_loss(model, flux, targets, settings)
    batch = min(config.batch, len(flux))
    batches = len(flux) // batch
    steps = config.steps or config.epochs * batches
    epochs = -(-steps // batches)
    optimiser, schedule = loss_of.optimiser(steps)
    generator = torch.Generator().manual_seed(settings.seed)
    state = {"model": model, **loss_of.parts, "optimiser": optimiser, "schedule": schedule}
    run, start = "", 0
    if checkpoint is not None:
        run = repr((astuple(config), astuple(settings.augmentation), settings.seed, grid.digest()))
        start = _restore(checkpoint, run, state, generator)

    for epoch in range(start, epochs):
        total = 0.0
        order = torch.randperm(len(flux), generator=generator)
        done = range(epoch * batches, min((epoch + 1) * batches, steps))
        for i, step in enumerate(done):
            loss = loss_of(order[i * batch : (i + 1) * batch], step, generator)
            total += _descend(loss, optimiser, schedule)
        progress((epoch + 1) / epochs, f"loss {total / len(done):.5f}")
        if checkpoint is not None and (epoch % 10 == 9 or epoch == epochs - 1):
            _store(checkpoint, run, state, generator, epoch + 1)

    model.eval()
    _standardise(model, flux)
    return model


def _descend(loss: torch.Tensor, optimiser: torch.optim.Optimizer, schedule: LRScheduler) -> float:
    """One step of the optimiser and its schedule; gives the loss."""
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    schedule.step()
    return loss.item()


def _standard(labels: torch.Tensor) -> torch.Tensor:
    """Labels ``(m, 4)`` in units of their spread."""
    return (labels - labels.mean(0)) / labels.std(0).clamp_min(1e-6)


def _standardise(model: AnyAutoencoder, flux: torch.Tensor) -> None:
    """Give latents zero mean and unit spread over spectra of shape ``(m, n)``."""
    with torch.inference_mode():
        latent = model.encode(flux)
        model.latent_mean.copy_(latent.mean(0))
        model.latent_scale.copy_(latent.std(0).clamp_min(1e-6))
        # A dead latent has no spread to be measured in; a tiny unit would blow up whatever wakes it.
        model.latent_scale[torch.from_numpy(dead_latents(latent.numpy()))] = 1.0


def _store(checkpoint: Path, run: str, state: dict, generator: torch.Generator, epoch: int) -> None:
    content = {name: part.state_dict() for name, part in state.items()}
    content |= {"run": run, "epoch": epoch, "generator": generator.get_state()}
    partial = checkpoint.with_suffix(".part")
    torch.save(content, partial)
    partial.replace(checkpoint)  # never half a checkpoint, whenever the run is interrupted


def _restore(checkpoint: Path, run: str, state: dict, generator: torch.Generator) -> int:
    """The epoch to resume from, 0 where there is no checkpoint of this very run."""
    if not checkpoint.exists():
        return 0
    content = torch.load(checkpoint, weights_only=True)
    if content["run"] != run:
        return 0
    for name, part in state.items():
        part.load_state_dict(content[name])
    generator.set_state(content["generator"])
    return int(content["epoch"])

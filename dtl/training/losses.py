"""What an autoencoder is trained for: the loss of each layout, with its optimiser."""

from __future__ import annotations

import torch
from torch import nn

from dtl.networks.autoencoder import Autoencoder
from dtl.networks.layouts import AnyAutoencoder
from dtl.networks.published import PublishedAutoencoder
from dtl.training.augmentation import augment
from dtl.training.settings import TrainingSettings

__all__ = ["CompactLoss", "PublishedLoss", "contractive_term", "make_loss", "published_contractive_term"]

#: The contractive term costs as much as the rest of a step, most of it whatever the number of spectra: it is taken
#: every so many steps with so many times its weight, on so many spectra of the batch.
_EVERY, _PENALISED = 4, 32


def make_loss(
    model: AnyAutoencoder, flux: torch.Tensor, targets: torch.Tensor, settings: TrainingSettings
) -> CompactLoss | PublishedLoss:
    """The loss that belongs to a layout.

    Args:
        model: untrained; its standardisation of the flux is set here.
        flux: clean spectra to learn from; shape ``(m, n)``.
        targets: standardised labels; shape ``(m, 4)``.
        settings: of the run.
    """
    if isinstance(model, PublishedAutoencoder):
        return PublishedLoss(model, flux, settings)
    return CompactLoss(model, flux, targets, settings)


def contractive_term(squared_gradients: torch.Tensor, latent: torch.Tensor, spread: torch.Tensor) -> torch.Tensor:
    """Mean squared Frobenius norm of the encoder's Jacobian (Rifai et al. 2011), in standard units.

    Latents count in units of their own spread and the flux in units of ``spread``. Without this the encoder would
    shrink its latents and the decoder stretch them again, and the term would fall while nothing became smoother.

    Args:
        squared_gradients: of each latent with respect to the flux; shape ``(j, n_latent)``.
        latent: of a batch, whose spread is the unit; shape ``(k, n_latent)``.
        spread: of the flux over the grid.
    """
    return (squared_gradients / latent.var(0).clamp_min(1e-12)).sum(1).mean() * spread**2


def published_contractive_term(latent: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """The contractive term as Mas-Buitrago et al. (2024) give it: sum over j of (h_j (1 - h_j))^2 sum_i W_ji^2.

    This is not the squared Jacobian of the encoder, which it is named after: h (1 - h) is the slope of a sigmoid,
    while the bottleneck is a ReLU, and W is the weight of the last layer alone, as if there were no others. What it
    does is to draw each latent towards 0 or 1. It is here for comparison; `contractive_term` is the Jacobian.

    Args:
        latent: output h of the bottleneck; shape ``(k, n_latent)``.
        weight: W of the bottleneck; shape ``(n_latent, width)``.

    Returns:
        Mean over the batch.
    """
    return ((latent * (1 - latent)).square() @ weight.square().sum(1)).mean()


class CompactLoss:
    """Reconstruction of clean spectra from disturbed ones, labels from latents, and the contractive term.

    Attributes:
        parts: modules beside the autoencoder that are trained and stored with it.
    """

    def __init__(
        self, model: Autoencoder, flux: torch.Tensor, targets: torch.Tensor, settings: TrainingSettings
    ) -> None:
        self._model, self._flux, self._targets, self._settings = model, flux, targets, settings
        model.mean.copy_(flux.mean(0))
        self._spread = (flux - model.mean).std()
        # Between no weighting and full standardisation: deep lines keep a say, the near-continuum is not all noise.
        model.scale.copy_((flux.std(0).clamp_min(1e-3) * self._spread).sqrt())
        head = nn.Sequential(nn.Linear(settings.autoencoder.n_latent, 128), nn.SiLU(), nn.Linear(128, targets.shape[1]))
        self.parts = {"head": head}

    def optimiser(self, steps: int) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
        """Adam with a one-cycle schedule of so many steps."""
        rate = self._settings.autoencoder.learning_rate
        optimiser = torch.optim.Adam([*self._model.parameters(), *self.parts["head"].parameters()], lr=rate)
        return optimiser, torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.2)

    def __call__(self, chosen: torch.Tensor, step: int, generator: torch.Generator) -> torch.Tensor:
        """Loss of a batch.

        Args:
            chosen: its spectra, as indices; shape ``(k,)``.
            step: number of the step, from 0.
            generator: of the disturbances.
        """
        config = self._settings.autoencoder
        clean = self._flux[chosen]
        disturbed = augment(clean, self._settings.augmentation, self._settings.window, generator)
        latent = self._model.encode(disturbed)
        loss = ((self._model.decode(latent) - clean) / self._spread).square().mean()
        if config.label_weight > 0:
            labels = self.parts["head"](latent)
            loss = loss + config.label_weight * (labels - self._targets[chosen]).square().mean()
        if config.jacobian_weight > 0 and step % _EVERY == 0:
            gradients = self._model.squared_gradients(disturbed[:_PENALISED])
            loss = loss + _EVERY * config.jacobian_weight * contractive_term(gradients, latent, self._spread)
        return loss


class PublishedLoss:
    """Mean squared error, `published_contractive_term`, and L1 of the activities of all layers but the first.

    The activities' sum is divided by the number of spectra, as Keras does. Adam has a constant rate and the epsilon
    of Keras. Spectra are learned as they are: no disturbance, no standardisation, no labels.

    Attributes:
        parts: none beside the autoencoder.
    """

    def __init__(self, model: PublishedAutoencoder, flux: torch.Tensor, settings: TrainingSettings) -> None:
        self._model, self._flux, self._settings = model, flux, settings
        self.parts: dict[str, nn.Module] = {}

    def optimiser(self, steps: int) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
        """Adam and a schedule that leaves the rate as it is, however many steps."""
        optimiser = torch.optim.Adam(self._model.parameters(), lr=self._settings.autoencoder.learning_rate, eps=1e-7)
        return optimiser, torch.optim.lr_scheduler.ConstantLR(optimiser, factor=1.0)

    def __call__(self, chosen: torch.Tensor, step: int, generator: torch.Generator) -> torch.Tensor:
        """Loss of a batch; arguments as those of `CompactLoss`, nothing here is random."""
        config = self._settings.autoencoder
        clean = self._flux[chosen]
        encoder, decoder = self._model.activities(clean)
        loss = (decoder[-1] - clean).square().mean()
        loss = loss + config.l1 * sum(each.abs().sum() for each in [*encoder[1:], *decoder]) / len(clean)
        return loss + config.jacobian_weight * published_contractive_term(encoder[-1], self._model.bottleneck.weight)

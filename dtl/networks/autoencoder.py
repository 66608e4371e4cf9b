"""The autoencoder: a dense encoder to the latent vector and a mirrored decoder."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn

__all__ = ["Autoencoder"]


def _dense(widths: Sequence[int]) -> nn.Sequential:
    """Dense layers with SiLU between them and nothing after the last."""
    layers: list[nn.Module] = []
    for i, (width_in, width_out) in enumerate(pairwise(widths)):
        if i:
            layers.append(nn.SiLU())
        layers.append(nn.Linear(width_in, width_out))
    return nn.Sequential(*layers)


class Autoencoder(nn.Module):
    """Normalised flux -> latent vector -> normalised flux.

    Differs from Mas-Buitrago et al. (2024) in what was measured to be better: the flux is standardised, the
    activations are SiLU, bottleneck and output are linear. No ReLU, so no latent can die; no sigmoid, so the
    continuum is not squeezed against 1.

    Args:
        n_wavelength: points of a spectrum.
        hidden: widths of the encoder's layers, mirrored in the decoder.
        n_latent: length of the latent vector.
    """

    def __init__(self, n_wavelength: int = 3501, hidden: Sequence[int] = (256, 128, 64), n_latent: int = 32) -> None:
        super().__init__()
        self.encoder = _dense((n_wavelength, *hidden, n_latent))
        self.decoder = _dense((n_latent, *reversed(hidden), n_wavelength))
        # Standardisation of the flux, part of the weights so that a bundle cannot lose it.
        self.register_buffer("mean", torch.zeros(n_wavelength))
        self.register_buffer("scale", torch.ones(n_wavelength))
        # Standardisation of the latents over the grid, set after training; regressors and distances see it.
        self.register_buffer("latent_mean", torch.zeros(n_latent))
        self.register_buffer("latent_scale", torch.ones(n_latent))

    def encode(self, flux: torch.Tensor) -> torch.Tensor:
        """Flux ``(k, n_wavelength)`` -> latent vectors ``(k, n_latent)``, standardised over the grid."""
        return (self.encoder((flux - self.mean) / self.scale) - self.latent_mean) / self.latent_scale

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """Latent vectors ``(k, n_latent)`` -> normalised flux ``(k, n_wavelength)``."""
        return self.decoder(latent * self.latent_scale + self.latent_mean) * self.scale + self.mean

    def forward(self, flux: torch.Tensor) -> torch.Tensor:
        """Reconstruction of flux ``(k, n_wavelength)``."""
        return self.decode(self.encode(flux))

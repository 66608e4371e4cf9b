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
    continuum is not compressed against 1.

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

    def squared_gradients(self, flux: torch.Tensor) -> torch.Tensor:
        """Squared length of each latent's gradient with respect to the flux, exact, and itself differentiable.

        With hidden units z_i, weights W_i and the derivatives D_i of the activation at z_i, the Jacobian of
        `encode` is J = diag(1/latent_scale) W_L D_{L-1} W_{L-1} ... D_1 W_1 diag(1/scale). It is never formed: with
        A the part before W_1, the squared lengths of its rows are the diagonal of A G A^T, where the Gram matrix
        G of the rows of W_1 diag(1/scale) is the same for every spectrum.

        Args:
            flux: normalised; shape ``(k, n_wavelength)``.

        Returns:
            Latents after their standardisation, flux in units of the continuum; shape ``(k, n_latent)``. The sum
            over the latents is the squared Frobenius norm of the Jacobian.
        """
        first, *others = (layer for layer in self.encoder if isinstance(layer, nn.Linear))
        hidden = first((flux - self.mean) / self.scale)
        slopes = []
        for layer in others:
            sigmoid = torch.sigmoid(hidden)
            slopes.append(sigmoid * (1 + hidden * (1 - sigmoid)))  # derivative of SiLU, z sigmoid(z)
            hidden = layer(hidden * sigmoid)
        rows = torch.diag(1 / self.latent_scale).expand(len(flux), -1, -1)
        for layer, slope in zip(reversed(others), reversed(slopes), strict=True):
            rows = (rows @ layer.weight) * slope[:, None, :]
        weight = first.weight / self.scale
        return ((rows @ (weight @ weight.T)) * rows).sum(-1)

"""The networks as Mas-Buitrago et al. (2024, A&A 687, A205) laid them out, for comparison with this project's own.

Starting weights are those of Keras, in which the published networks were written: Glorot's uniform, no bias.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn

from dtl.networks.regressor import Regressor

__all__ = ["PublishedAutoencoder", "PublishedRegressor"]


def _start(network: nn.Module) -> None:
    for layer in network.modules():
        if isinstance(layer, nn.Linear | nn.Conv1d):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)


class PublishedAutoencoder(nn.Module):
    """Normalised flux -> latent vector -> normalised flux; ReLU everywhere, also after the bottleneck, then a sigmoid.

    Same interface as `dtl.networks.autoencoder.Autoencoder`. The flux is taken as it is: ``mean`` and ``scale`` are
    there so that nothing else need know which autoencoder it has. A ReLU bottleneck may have dead latents, see
    `dtl.bundle.projection.dead_latents`; a sigmoid cannot reach a flux of 1.

    Args:
        n_wavelength: points of a spectrum.
        hidden: widths of the encoder's layers, mirrored in the decoder.
        n_latent: length of the latent vector.
    """

    def __init__(
        self, n_wavelength: int = 3501, hidden: Sequence[int] = (1024, 768, 512, 256, 128), n_latent: int = 32
    ) -> None:
        super().__init__()
        self.encoder = nn.Sequential()
        self.decoder = nn.Sequential()
        for half, widths in (
            (self.encoder, (n_wavelength, *hidden, n_latent)),
            (self.decoder, (n_latent, *reversed(hidden), n_wavelength)),
        ):
            for width_in, width_out in pairwise(widths):
                half.append(nn.Linear(width_in, width_out)).append(nn.ReLU())
        self.decoder[-1] = nn.Sigmoid()
        _start(self)
        self.register_buffer("mean", torch.zeros(n_wavelength))
        self.register_buffer("scale", torch.ones(n_wavelength))
        # Standardisation of the latents over the grid, set after training; regressors and distances see it.
        self.register_buffer("latent_mean", torch.zeros(n_latent))
        self.register_buffer("latent_scale", torch.ones(n_latent))

    @property
    def bottleneck(self) -> nn.Linear:
        """The layer whose output, after its ReLU, is the latent vector before standardisation."""
        return self.encoder[-2]

    def encode(self, flux: torch.Tensor) -> torch.Tensor:
        """Flux ``(k, n_wavelength)`` -> latent vectors ``(k, n_latent)``, standardised over the grid."""
        return (self.encoder(flux) - self.latent_mean) / self.latent_scale

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """Latent vectors ``(k, n_latent)`` -> normalised flux ``(k, n_wavelength)``."""
        return self.decoder(latent * self.latent_scale + self.latent_mean)

    def forward(self, flux: torch.Tensor) -> torch.Tensor:
        """Reconstruction of flux ``(k, n_wavelength)``."""
        return self.decode(self.encode(flux))

    def activities(self, flux: torch.Tensor) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Output of each layer of the encoder and of the decoder, after its activation.

        Args:
            flux: shape ``(k, n_wavelength)``.

        Returns:
            Shapes ``(k, width)``: the last of the encoder are the latents before standardisation, the last of the
            decoder the reconstruction.
        """
        halves: tuple[list[torch.Tensor], list[torch.Tensor]] = ([], [])
        value = flux
        for half, outputs in zip((self.encoder, self.decoder), halves, strict=True):
            for dense, activation in zip(half[::2], half[1::2], strict=True):
                value = activation(dense(value))
                outputs.append(value)
        return halves


class PublishedRegressor(Regressor):
    """The convolutional network with ReLU as published, and the same interface.

    Args:
        n_latent: length of the latent vector.
    """

    def __init__(self, n_latent: int = 32) -> None:
        super().__init__(n_latent, activation=nn.ReLU)
        _start(self)

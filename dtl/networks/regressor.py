"""The regressor: a one-dimensional convolutional network from the latent vector to one stellar parameter."""

from __future__ import annotations

import torch
from torch import nn

__all__ = ["Regressor"]


class Regressor(nn.Module):
    """Latent vector ``(k, n_latent)`` -> one parameter ``(k,)``.

    The layout is that of Mas-Buitrago et al. (2024): convolutions of kernel 2 with 64 and 32 filters, dense
    layers of 256, 128, 64 and 1, here with SiLU. The output is linear in standard units, scaled to the
    parameter's unit by ``centre`` and ``spread``, so that it may leave the grid's range and be seen to do so.

    Args:
        n_latent: length of the latent vector.
        filters: of the two convolutions.
        dense: widths of the dense layers before the output.
        activation: between the layers.
    """

    def __init__(
        self,
        n_latent: int = 32,
        filters: tuple[int, int] = (64, 32),
        dense: tuple[int, ...] = (256, 128, 64),
        activation: type[nn.Module] = nn.SiLU,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.ConstantPad1d((0, 1), 0.0),  # "same" for kernel 2
            nn.Conv1d(1, filters[0], 2),
            activation(),
            nn.ConstantPad1d((0, 1), 0.0),
            nn.Conv1d(filters[0], filters[1], 2),
            activation(),
            nn.Flatten(),
        ]
        width = filters[1] * n_latent
        for wanted in dense:
            layers += [nn.Linear(width, wanted), activation()]
            width = wanted
        self.network = nn.Sequential(*layers, nn.Linear(width, 1))
        self.register_buffer("centre", torch.zeros(()))
        self.register_buffer("spread", torch.ones(()))

    def forward(self, latent: torch.Tensor) -> torch.Tensor:
        """The parameter in its own unit."""
        return self.network(latent[:, None, :])[:, 0] * self.spread + self.centre

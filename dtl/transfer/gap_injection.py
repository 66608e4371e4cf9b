"""Gap-augmented models: spectra of nodes with the learned synthetic gap, and a random variation of it, added."""

from __future__ import annotations

import numpy as np
import torch

from dtl.bundle.learned_gap import rotated
from dtl.bundle.model import ModelBundle
from dtl.networks.resampled_noise import pixel_noise
from dtl.transfer.gap_learning import GapShape

__all__ = ["GapInjector"]

#: Widths of the instrumental profile (FWHM) over which the strength of the gap varies in a star: from line to line.
_VARIES = 2.2


class GapInjector:
    """Adds the gap, and a random variation of it, to the spectra of nodes, each broadened as the node rotates.

    Args:
        shape: of the gap.
        nodes: of the spectra; shape ``(m, 4)``.
        scale: points over which the strength of the gap varies.
    """

    def __init__(self, shape: GapShape, nodes: np.ndarray, scale: int) -> None:
        speeds, self.speed = np.unique(nodes[:, 3], return_inverse=True)
        curves = np.concatenate([[shape.gap.level, shape.gap.slope], shape.variation])
        self.bank = torch.tensor(
            np.stack([rotated(curves, float(v), shape.gap.window) for v in speeds]), dtype=torch.float32
        )
        self.strength, self.scale = shape.strength, max(scale, 1)
        self.weights = torch.tensor(shape.gap.weights(nodes[:, 0]), dtype=torch.float32)

    @classmethod
    def of_nodes(cls, shape: GapShape, bundle: ModelBundle, rows: np.ndarray) -> GapInjector:
        """For the nodes of a bundle with these indices; the gap varies from line to line."""
        width = float(np.mean(bundle.wavelength) / bundle.resolution / np.diff(bundle.wavelength[:2])[0])
        return cls(shape, bundle.nodes[rows], round(_VARIES * width))

    def __call__(self, clean: torch.Tensor, chosen: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Spectra with their gap.

        Args:
            clean: normalised flux of nodes; shape ``(k, n)``.
            chosen: which of the nodes they are; shape ``(k,)``.
            generator: of the variation.
        """
        varied = torch.randn(len(chosen), self.bank.shape[1] - 2, generator=generator)
        amounts = torch.cat([torch.ones(len(chosen), 1), self.weights[chosen, None], varied], dim=1)
        added = torch.empty_like(clean)
        speed = self.speed[chosen.numpy()]
        for value in np.unique(speed):
            of_speed = torch.from_numpy(np.flatnonzero(speed == value))
            added[of_speed] = amounts[of_speed] @ self.bank[value]
        if self.strength:
            # Linear between its knots, this noise has two thirds of their variance in the mean.
            varies = 1.5**0.5 * pixel_noise(*clean.shape, self.scale, generator)
            added = added * (1.0 + self.strength * varies)
        return clean + added

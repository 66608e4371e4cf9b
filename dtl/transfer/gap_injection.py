"""Gap-augmented models: spectra of nodes with the learned synthetic gap, and a random variation of it, added."""

from __future__ import annotations

import numpy as np
import torch

from dtl.bundle.learned_gap import rotated
from dtl.bundle.model import ModelBundle
from dtl.networks.resampled_noise import pixel_noise
from dtl.transfer.gap_learning import GapShape

__all__ = ["GapInjector", "width_step", "wrong_widths"]

#: Widths of the instrumental profile (FWHM) over which the strength of the gap varies in a star: from line to line.
_VARIES = 2.2
#: Over how much of the instrumental profile (FWHM) the curvature is taken that widens lines.
_BEND = 0.34


def width_step(profile: float) -> int:
    """Points over which `wrong_widths` takes the curvature of spectra whose profile has this FWHM in points."""
    return max(round(_BEND * profile), 1)


def wrong_widths(flux: torch.Tensor, error: float, step: int, normal: torch.Tensor) -> torch.Tensor:
    """Spectra whose lines are wider or narrower than they should be.

    Args:
        flux: normalised; shape ``(k, n)``.
        error: standard deviation of the errors of the widths, relative to the profile's, squared; cut at twice this.
        step: see `width_step`.
        normal: random numbers of unit variance; shape ``(k, 1)``.
    """
    bend = torch.zeros_like(flux)
    bend[:, step:-step] = flux[:, 2 * step :] - 2.0 * flux[:, step:-step] + flux[:, : -2 * step]
    return flux + error * normal.clamp(-2.0, 2.0) * bend


class GapInjector:
    """Adds the gap, and a random variation of it, to the spectra of nodes, each broadened as the node rotates.

    Args:
        shape: of the gap.
        nodes: of the spectra; shape ``(m, 4)``.
        profile: FWHM of the instrumental profile in points; the strength of the gap varies over twice as many.
        width_error: see `wrong_widths`.
    """

    def __init__(self, shape: GapShape, nodes: np.ndarray, profile: float, *, width_error: float = 0.0) -> None:
        speeds, self.speed = np.unique(nodes[:, 3], return_inverse=True)
        curves = np.concatenate([[shape.gap.level, shape.gap.slope], shape.variation])
        self.bank = torch.tensor(
            np.stack([rotated(curves, float(v), shape.gap.window) for v in speeds]), dtype=torch.float32
        )
        self.strength, self.scale = shape.strength, max(round(_VARIES * profile), 1)
        self.width_error, self.step = width_error, width_step(profile)
        self.weights = torch.tensor(shape.gap.weights(nodes[:, 0]), dtype=torch.float32)

    @classmethod
    def of_nodes(
        cls, shape: GapShape, bundle: ModelBundle, rows: np.ndarray, *, width_error: float = 0.0
    ) -> GapInjector:
        """For the nodes of a bundle with these indices; the gap varies from line to line."""
        profile = float(np.mean(bundle.wavelength) / bundle.resolution / np.diff(bundle.wavelength[:2])[0])
        return cls(shape, bundle.nodes[rows], profile, width_error=width_error)

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
        flux = clean + added
        if not self.width_error:
            return flux
        return wrong_widths(flux, self.width_error, self.step, torch.randn(len(flux), 1, generator=generator))

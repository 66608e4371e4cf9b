"""The latent vector of one spectrum, number by number, among those of the models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtl.bundle.projection import dead_latents

__all__ = ["BANDS", "LatentProfile", "profile"]

#: Percentages of the models inside each band, wide to narrow.
BANDS = (98, 68)


@dataclass(frozen=True)
class LatentProfile:
    """Latents in units of the models' standard deviation from their mean.

    Attributes:
        values: of the spectra; shape ``(k, n_latent)``.
        bands: per cent of the models inside -> lower and upper edge; shape ``(2, n_latent)`` each.
        median: of the models; shape ``(n_latent,)``.
        percentile: of the models that are below each value, 0 to 100; shape ``(k, n_latent)``.
        dead: latents that say nothing, see `dtl.bundle.projection.dead_latents`; shape ``(n_latent,)``.
    """

    values: np.ndarray
    bands: dict[int, np.ndarray]
    median: np.ndarray
    percentile: np.ndarray
    dead: np.ndarray

    @property
    def outside(self) -> np.ndarray:
        """Which values no model reaches; shape ``(k, n_latent)``."""
        return (self.percentile <= 0.0) | (self.percentile >= 100.0)


def profile(latents: np.ndarray, models: np.ndarray) -> LatentProfile:
    """Profile of latent vectors ``(k, n_latent)`` among those of the models ``(m, n_latent)``."""
    dead = dead_latents(models)
    mean, spread = models.mean(axis=0, dtype=float), models.std(axis=0, dtype=float)
    scale = np.where(dead, np.inf, spread)
    known = np.sort((models - mean) / scale, axis=0)
    values = (np.asarray(latents, dtype=float) - mean) / scale
    below = np.stack([np.searchsorted(column, value) for column, value in zip(known.T, values.T, strict=True)], axis=1)
    edges = {band: np.percentile(known, [50 - band / 2, 50 + band / 2], axis=0) for band in BANDS}
    return LatentProfile(values, edges, np.median(known, axis=0), 100.0 * below / len(known), dead)

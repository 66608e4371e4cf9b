"""The synthetic gap of observed spectra without labels, as networks in their present state see it.

The variation from star to star is taken to be the gap itself, stronger here and weaker there along the wavelengths;
only its strength is measured. Principal components of what single stars have beyond the common part, the other choice,
lack what the estimates have taken for parameters, which is just what the encoder has to learn to bear.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dtl.bundle.learned_gap import LearnedGap
from dtl.bundle.model import ModelBundle
from dtl.inference.interpolation import models_at
from dtl.transfer.plausibility import sequence_of
from dtl.transfer.population import Population

__all__ = ["GapShape", "learn_gap"]

#: Stars that turn faster have their gap smeared out and say little of it, km/s.
_FASTEST = 8.0
#: Between which relative standard deviations the strength of the gap is taken to lie.
_STRENGTH = (0.1, 0.6)


@dataclass(frozen=True)
class GapShape:
    """The gap common to all stars and how it varies.

    Attributes:
        gap: common part.
        strength: relative standard deviation by which it varies along the wavelengths of a star.
        variation: principal components times their standard deviation, in place of that; shape ``(rank, n)``.
    """

    gap: LearnedGap
    strength: float
    variation: np.ndarray


def learn_gap(
    bundle: ModelBundle,
    flux: np.ndarray,
    population: Population = Population(),
    *,
    rank: int = 0,
    estimates: np.ndarray | None = None,
) -> GapShape:
    """The gap of observed spectra ``(k, n)`` as the bundle in its present state sees it.

    Args:
        bundle: in its present state.
        flux: observed; shape ``(k, n)``.
        population: what is known of the sample.
        rank: principal components of the variation from star to star; 0 lets the gap itself vary.
        estimates: the bundle's parameters of the spectra, where they are known already; shape ``(k, 4)``.
    """
    low, high = bundle.nodes.min(axis=0), bundle.nodes.max(axis=0)
    estimates = bundle.parameters(flux) if estimates is None else estimates
    estimates = population.correct(estimates, sequence_of(bundle), low, high)
    slow = estimates[:, 3] <= max(_FASTEST, float(np.median(estimates[:, 3])))
    estimates, residual = estimates[slow], flux[slow] - models_at(estimates[slow], bundle)
    nothing = np.zeros(flux.shape[1])
    gap = LearnedGap(nothing, nothing, float(np.median(estimates[:, 0])), bundle.window)
    weights = gap.weights(estimates[:, 0])
    design = np.stack([np.ones_like(weights), weights], axis=1)
    ridge = np.diag([1e-6, 20.0])  # few stars, or stars alike, give no slope
    trust = np.ones(len(residual))
    for _ in range(3):  # stars that are unlike the others count less
        weighted = design * trust[:, None]
        level, slope = np.linalg.solve(design.T @ weighted + ridge, weighted.T @ residual)
        left = residual - design @ np.stack([level, slope])
        size = np.sqrt(np.mean(left**2, axis=1))
        trust = 1.0 / (1.0 + (size / np.median(size)) ** 2)
    gap = replace(gap, level=level, slope=slope)
    rank = min(rank, len(left) - 3)
    if rank < 1:
        return GapShape(gap, _strength(left, level), np.zeros((0, flux.shape[1])))
    _, singular, axes = np.linalg.svd(left - left.mean(axis=0), full_matrices=False)
    return GapShape(gap, 0.0, axes[:rank] * (singular[:rank, None] / np.sqrt(len(left))))


def _strength(left: np.ndarray, level: np.ndarray) -> float:
    """How much stars vary in their gap: the slope of their mean squared residuals against the squared level.

    Photon noise, which is the same everywhere, stays in the intercept.

    Args:
        left: residuals beyond the common part, of which two numbers a point were fitted; shape ``(k, n)``.
        level: of the common part; shape ``(n,)``.
    """
    square = level**2 - np.mean(level**2)
    variance = (left**2).sum(axis=0) / (len(left) - 2)
    slope = square @ variance / max(float(square @ square), 1e-30)
    return float(np.clip(np.sqrt(max(slope, 0.0)), *_STRENGTH))

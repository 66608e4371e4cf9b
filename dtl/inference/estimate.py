"""From the values of an ensemble to one estimate: mode with lower and upper 1 sigma."""

from __future__ import annotations

import numpy as np

from dtl.bundle.calibration import Calibration
from dtl.result import Estimate

__all__ = ["estimate"]

#: Places at which a density is taken, of the way from the lowest to the highest.
_AXIS = np.linspace(0.0, 1.0, 256)


def estimate(values: np.ndarray, calibration: Calibration = Calibration()) -> list[Estimate]:
    """Modes of Gaussian kernel density estimates and the distances to their 16 % and 84 % quantiles.

    As in Mas-Buitrago et al. (2024), with Scott's rule for the bandwidth; members that agree exactly, where no
    density exists, give their common value.

    Args:
        values: of the ensemble for each spectrum, in the parameter's unit; those that are not finite do not count;
            shape ``(k, n)``.
        calibration: applied to both distances.

    Raises:
        ValueError: where no value of a spectrum is finite.
    """
    values = np.asarray(values, dtype=float)
    finite = np.isfinite(values)
    count = finite.sum(axis=1, keepdims=True)
    if not count.all():
        raise ValueError("no finite value in the ensemble")
    values = np.where(finite, values, np.nan)
    mean = np.nanmean(values, axis=1, keepdims=True)
    spread = np.nanstd(values, axis=1, keepdims=True)
    agree = (count < 2) | (spread <= 1e-9 * np.maximum(1.0, np.abs(mean)))
    start = np.nanmin(values, axis=1, keepdims=True) - spread
    axis = start + (np.nanmax(values, axis=1, keepdims=True) + spread - start) * _AXIS
    bandwidth = spread * np.sqrt(count / np.maximum(count - 1, 1)) * count**-0.2  # Scott (1992), one dimension
    bandwidth[agree] = 1.0
    density = _density((axis - start) / bandwidth, (values - start) / bandwidth)
    mode = np.take_along_axis(axis, density.argmax(axis=1, keepdims=True), axis=1)
    cumulative = np.cumsum(density, axis=1) - 0.5 * density  # at the points, not between them
    cumulative /= density.sum(axis=1, keepdims=True)
    ends = [np.interp([0.1587, 0.8413], *row) for row in zip(cumulative, axis, strict=True)]
    # A mode in the tail of a skewed density may lie outside its own quantiles.
    distances = np.where(agree, 0.0, np.maximum((mode - ends) * (1, -1), 0.0))
    found = np.hstack([np.where(agree, mean, mode), calibration.widen(distances)])
    return [Estimate(*row) for row in found.tolist()]


def _density(axis: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sums of unit Gaussians about values ``(k, n)`` at points of axes ``(k, m)``, not normalised; shape ``(k, m)``.

    In single precision, as most time of an answer would be spent here.
    """
    axis = axis.astype(np.float32)
    values = np.nan_to_num(values, nan=np.inf).astype(np.float32)  # infinitely far, what does not count
    density = np.empty(axis.shape)
    for row, points, centres in zip(density, axis, values, strict=True):  # the distances of one fit into a cache
        distance = points[:, None] - centres
        distance *= distance
        distance *= -0.5
        np.exp(distance, out=distance).sum(axis=1, dtype=float, out=row)
    return density

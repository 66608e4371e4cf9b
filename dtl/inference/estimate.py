"""From the values of an ensemble to one estimate: mode with lower and upper 1 sigma."""

from __future__ import annotations

import numpy as np

from dtl.bundle.calibration import Calibration
from dtl.result import Estimate

__all__ = ["estimate"]

#: Places at which a density is taken, of the way from the lowest to the highest.
_AXIS = np.linspace(0.0, 1.0, 256)


def estimate(values: np.ndarray, calibration: Calibration = Calibration()) -> Estimate:
    """Mode of a Gaussian kernel density estimate and the distances to its 16 % and 84 % quantiles.

    As in Mas-Buitrago et al. (2024), with Scott's rule for the bandwidth; members that agree exactly, where no
    density exists, give their common value.

    Args:
        values: of the ensemble, in the parameter's unit; shape ``(n,)``.
        calibration: applied to both distances.

    Raises:
        ValueError: where no value is finite.
    """
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    if values.size == 0:
        raise ValueError("no finite value in the ensemble")
    spread = values.std()
    if values.size < 2 or spread <= 1e-9 * max(1.0, abs(values.mean())):
        width = float(calibration.widen(0.0))
        return Estimate(float(values.mean()), width, width)
    start = values.min() - spread
    axis = start + (values.max() + spread - start) * _AXIS
    width = spread * np.sqrt(values.size / (values.size - 1)) * values.size ** (-1 / 5)  # Scott (1992), one dimension
    density = _density((axis - axis[0]) / width, (values - axis[0]) / width)
    mode = float(axis[np.argmax(density)])
    cumulative = (np.cumsum(density) - 0.5 * density) / density.sum()  # at the points, not between them
    low, high = np.interp([0.1587, 0.8413], cumulative, axis)
    # A mode in the tail of a skewed density may lie outside its own quantiles.
    lower, upper = max(mode - low, 0.0), max(high - mode, 0.0)
    return Estimate(mode, float(calibration.widen(lower)), float(calibration.widen(upper)))


def _density(axis: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sum of unit Gaussians about values at points of an axis, not normalised; in single precision, as most time of an
    answer would be spent here."""
    distance = axis.astype(np.float32)[:, None] - values.astype(np.float32)
    distance *= distance
    distance *= -0.5
    return np.exp(distance, out=distance).sum(axis=1, dtype=float)

"""What a range of wavelengths of one spectrum holds: mean, scatter, signal-to-noise ratio and equivalent width."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtl.result import InferenceResult

__all__ = ["RangeStatistics", "range_statistics"]


@dataclass(frozen=True)
class RangeStatistics:
    """Numbers of the points of a prepared spectrum between two wavelengths; those left out do not count.

    Attributes:
        lower, upper: ends of the range, vacuum Angstrom, within the window.
        points, used: number of points in it, and of those that count.
        mean, scatter: mean and standard deviation of the normalised flux.
        snr: median of flux over uncertainty, per point of the bundle's grid.
        residual_rms: root of the mean squared residual to the reconstruction.
        equivalent_width: integral of 1 - flux over the points that count, Angstrom, positive for absorption.
        equivalent_width_error: 1 sigma of it from uncertainties that do not go together from point to point, Angstrom.
        model_equivalent_width: the same integral of the reconstruction, Angstrom.
    """

    lower: float
    upper: float
    points: int
    used: int
    mean: float
    scatter: float
    snr: float
    residual_rms: float
    equivalent_width: float
    equivalent_width_error: float
    model_equivalent_width: float


def range_statistics(result: InferenceResult, lower: float, upper: float) -> RangeStatistics | None:
    """The numbers of a range; None where fewer than two of its points count.

    Args:
        result: of the spectrum.
        lower, upper: ends in either order, vacuum Angstrom.
    """
    prepared = result.prepared
    low, high = sorted((lower, upper))
    low, high = max(low, float(prepared.wavelength[0])), min(high, float(prepared.wavelength[-1]))
    inside = (prepared.wavelength >= low) & (prepared.wavelength <= high)
    used = inside & prepared.good & np.isfinite(prepared.flux)
    if used.sum() < 2:
        return None
    flux, sigma = prepared.flux[used].astype(float), prepared.uncertainty[used].astype(float)
    model, step = result.reconstruction[used].astype(float), np.gradient(prepared.wavelength)[used]
    return RangeStatistics(
        low,
        high,
        int(inside.sum()),
        int(used.sum()),
        mean=float(flux.mean()),
        scatter=float(flux.std(ddof=1)),
        snr=float(np.median(flux / np.maximum(sigma, 1e-9))),
        residual_rms=float(np.sqrt(np.mean((flux - model) ** 2))),
        equivalent_width=float(np.sum((1.0 - flux) * step)),
        equivalent_width_error=float(np.sqrt(np.sum((sigma * step) ** 2))),
        model_equivalent_width=float(np.sum((1.0 - model) * step)),
    )

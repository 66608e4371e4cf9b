"""Continuum normalisation, the same for both domains.

Of the kind of GISIC: the smoothed spectrum's concave segments (tops between lines) propose the continuum, of
their points the upper quantile counts, and a smooth curve goes through them. Two things are done otherwise.
The smoothing and the range are in Angstrom in the star's rest frame, never in pixels, so that the sampling of
the input does not matter; and the curve is fitted to the *logarithm* of the flux by quantile regression, so that
any smooth tilt of the input (blaze, slit losses, extinction) drops out, to 0.05 % typically and 0.2 % at worst.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.linalg.lapack import dgesv
from scipy.ndimage import gaussian_filter1d

from dtl.wavelengths import Window

__all__ = ["fit_continuum"]

#: Points of the internal grid, Angstrom apart.
_STEP = 0.02
#: Sigma of the smoothing, Angstrom: wide enough to calm noise, narrower than the gaps between strong lines.
_SMOOTHING = 0.15
#: Which part of the proposed points the continuum passes above.
_QUANTILE = 0.85
#: Rounds of re-weighting. They end before the fit does: in half of all spectra the curve is still 2e-5 from where it
#: goes, in one of ten 3e-4, at worst 7e-3; what is reached by then is what networks were trained on.
_ITERATIONS = 40
#: Nearer to the curve than this, in log flux, a point weighs no more.
_NEAREST = 1e-3


def fit_continuum(wavelength: np.ndarray, flux: np.ndarray, *, window: Window) -> np.ndarray:
    """Pseudo-continuum of one spectrum or of many on the same wavelengths.

    Args:
        wavelength: rest frame, vacuum Angstrom, increasing; shape ``(n,)``.
        flux: any linear unit, NaN where there is none; shape ``(..., n)``.
        window: that is normalised, with the margin that is used on each side of it where the input has it.

    Returns:
        Continuum in the unit of ``flux``; shape ``(..., n)``. NaN where the fit failed (no positive flux).

    Raises:
        ValueError: where fewer than 50 points lie in the window.
    """
    used = (wavelength >= window.lower - window.margin - 0.5) & (wavelength <= window.upper + window.margin + 0.5)
    if np.count_nonzero(used) < 50:
        raise ValueError(f"only {np.count_nonzero(used)} points in {window}")
    spectra = np.atleast_2d(flux)
    near = wavelength[used]
    lower, upper = max(window.lower - window.margin, near[0]), min(window.upper + window.margin, near[-1])
    grid = np.arange(lower, upper, _STEP)
    smooth = np.stack([_smoothed(grid, near, row[used]) for row in spectra])
    scale = np.array([[np.nanmedian(row)] for row in smooth])  # with an axis it takes twice as long
    with np.errstate(invalid="ignore", divide="ignore"):
        log_flux = np.log(smooth / scale)
    # Concave segments: tops of the smoothed spectrum. A quadratic tilt adds next to nothing to these curvatures.
    curvature = np.gradient(np.gradient(log_flux, axis=1), axis=1)
    candidate = np.isfinite(log_flux) & (curvature < 0)
    powers = _powers(grid, window)
    pairs = zip(log_flux, candidate, strict=True)
    coefficients = np.stack([_quantile_fit(powers.compress(use, axis=1), values[use]) for values, use in pairs])
    # Beyond the fitted range the curve is held, not extrapolated.
    curve = np.exp(coefficients @ _powers(np.clip(wavelength, lower, upper), window)) * scale
    return curve.reshape(np.shape(flux))


def _smoothed(grid: np.ndarray, wavelength: np.ndarray, flux: np.ndarray) -> np.ndarray:
    """Flux on ``grid`` smoothed by a Gaussian over what there is; NaN where half the kernel has no data."""
    good = np.isfinite(flux)
    if good.sum() < 10:
        return np.full(grid.shape, np.nan)
    value, sigma = np.interp(grid, wavelength[good], flux[good]), _SMOOTHING / _STEP
    if good.all():
        smooth = gaussian_filter1d(value, sigma, mode="nearest")
        return np.where(smooth > 0, smooth, np.nan)
    weight = np.interp(grid, wavelength, good.astype(float))
    weight = (weight > 0.99).astype(float)
    norm = gaussian_filter1d(weight, sigma, mode="nearest")
    smooth = gaussian_filter1d(value * weight, sigma, mode="nearest") / np.maximum(norm, 1e-9)
    return np.where((norm > 0.5) & (smooth > 0), smooth, np.nan)


def _powers(wavelength: np.ndarray, window: Window) -> np.ndarray:
    """One, the place in the window from -1 to 1, and its square; shape ``(3, n)``.

    The curve is exp(quadratic): enough for a blaze over 45 Angstrom, too stiff to follow molecular bands.
    """
    x = (wavelength - window.centre) / (0.5 * window.width)
    return np.stack([np.ones(x.shape), x, x**2])


def _quantile_fit(powers: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Quantile regression by iteratively re-weighted least squares (Hunter & Lange 2000, JCGS 9, 60).

    Args:
        powers: of a variable, from 0 on; shape ``(k, n)``.
        values: shape ``(n,)``.

    Returns:
        Coefficients of the powers, shape ``(k,)``; NaN where there are too few values.
    """
    size, count = powers.shape
    if count <= 5 * size:
        return np.full(size, np.nan)
    # What the weights multiply is the same each time: the products in the normal equations, which are powers too, up to
    # twice the highest, and those of their right side.
    products = np.concatenate([powers, powers[1:] * powers[-1], powers * values])
    # Each round writes to the same places: for so few numbers a new array costs as much as what is done with it.
    sums, weight, residual = np.empty(len(products)), np.ones(count), np.empty(count)
    above, nearest = np.empty(count, dtype=bool), np.full(count, _NEAREST)
    left, right = sliding_window_view(sums[:-size], size), sums[-size:]
    for _ in range(_ITERATIONS):
        np.dot(products, weight, out=sums)
        *_, coefficients, _ = dgesv(left, right)
        np.dot(coefficients, powers, out=residual)
        np.subtract(values, residual, out=residual)
        np.greater(residual, 0.0, out=above)
        weight.fill(1.0 - _QUANTILE)
        np.putmask(weight, above, _QUANTILE)
        np.maximum(np.abs(residual, out=residual), nearest, out=residual)
        weight /= residual
    return coefficients

"""How far neighbouring pixels of a spectrum scatter, correlated pixels allowed for."""

from __future__ import annotations

import numpy as np

__all__ = ["measure_scatter"]

#: Distance over which lines change too much for differences to be noise, Angstrom: half of the FWHM at R = 50,000.
_LINES = 0.09
#: Largest stride looked at, pixels; and the growth from one stride to the next that ends the search.
_MAX_STRIDE, _GROWTH = 24, 1.12
#: Part of the noise of a pixel that linear (0.82) and cubic (0.94) interpolation leave, in the middle; and the noise at
#: stride 1 over that found below which neighbours are correlated.
_INTERPOLATED, _CORRELATED = 0.86, 0.75
#: The same where neighbours lie on straight lines, which linear interpolation to much finer pixels alone makes.
_LINEAR, _STRAIGHT = 0.8, 0.04


def measure_scatter(flux: np.ndarray, pixel: float | None = None) -> tuple[float, int]:
    """Noise per independent pixel, from differences of neighbours.

    DER_SNR (Stoehr et al. 2008, ASPC 394, 505) takes the median of ``|2 f(i) - f(i - k) - f(i + k)|`` at k = 2. Where
    a spectrum was resampled to finer pixels these are correlated and the median is too small; here k grows until the
    median does no more, but not so far that lines of R = 50,000 change within it. What interpolation takes away of
    the noise is put back. Lines narrower than four pixels count as noise, so that it is an upper limit.

    Args:
        flux: on even steps, NaN where bad; shape ``(n,)``.
        pixel: step in Angstrom; None where it is not known, which allows strides up to 24.

    Returns:
        1 sigma in the unit of ``flux``, and the stride; 0 where fewer than five pixels are finite.
    """
    flux = flux[np.isfinite(flux)]
    if flux.size < 5:
        return 0.0, 0
    reach = _MAX_STRIDE if pixel is None or not pixel > 0 else int(_LINES / pixel)
    reach = int(np.clip(min(reach, flux.size // 8), 2, _MAX_STRIDE))
    nearest, found, stride = _differences(flux, 1), _differences(flux, 2), 2
    while stride < reach and (further := _differences(flux, stride + 1)) > _GROWTH * found:
        found, stride = further, stride + 1
    if nearest < _CORRELATED * found:
        found /= _LINEAR if nearest < _STRAIGHT * found else _INTERPOLATED
    return found, stride


def _differences(flux: np.ndarray, stride: int) -> float:
    middle = flux[stride:-stride]
    second = 2.0 * middle - flux[: -2 * stride] - flux[2 * stride :]
    return float(1.482602 / np.sqrt(6.0) * np.median(np.abs(second)))

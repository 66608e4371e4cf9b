"""What the preparation makes of photon noise: white between the input's pixels, correlated and smaller after it."""

from __future__ import annotations

import numpy as np

from dtl.preparation.broadening import gaussian_transfer

__all__ = ["noise_transfer", "remaining_part"]

#: Frequencies that are integrated over, in units of one over the pixel, and how many.
_HIGHEST, _COUNT = 4.0, 1001


def noise_transfer(frequency: np.ndarray, pixel: float, fwhm: float) -> np.ndarray:
    """Amplitude that cubic splines and a Gaussian leave of the noise of pixels, by frequency.

    A cubic spline through values at even steps is their convolution with the cardinal spline, whose Fourier transform
    is ``sinc^4(u) 3 / (2 + cos 2 pi u)`` with ``u`` the frequency times the step (Unser, Aldroubi & Eden 1993, IEEE
    Trans. Signal Process. 41, 821).

    Args:
        frequency: per Angstrom; any shape.
        pixel: size of an input pixel, Angstrom.
        fwhm: of the Gaussian, Angstrom; none where 0.

    Returns:
        1 at frequency 0; shape of ``frequency``.
    """
    return _of_splines(np.asarray(frequency, dtype=float) * pixel) * gaussian_transfer(frequency, fwhm)


def _of_splines(u: np.ndarray) -> np.ndarray:
    """What cubic splines leave by frequency in units of one over the pixel; shape of ``u``."""
    return np.sinc(u) ** 4 * 3.0 / (2.0 + np.cos(2.0 * np.pi * u))


#: In these units, where it is integrated, and what splines leave there; shape ``(1001,)`` each.
_U = np.linspace(0.0, _HIGHEST, _COUNT)
_SPLINES = _of_splines(_U)


def remaining_part(pixel: float, fwhm: float) -> float:
    """1 sigma of the prepared flux, in the mean over a pixel, as a part of that of the input's pixels.

    Args:
        pixel: size of an input pixel, Angstrom.
        fwhm: of the Gaussian that degrades the resolution, Angstrom.
    """
    left = _SPLINES * gaussian_transfer(_U, fwhm / pixel)
    return float(np.sqrt(2.0 * np.trapezoid(left**2, dx=_HIGHEST / (_COUNT - 1))))

"""What splines and smoothing leave of noise, against noise that went through them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from dtl.preparation.broadening import broaden
from dtl.preparation.noise_transfer import noise_transfer, remaining_part
from dtl.wavelengths import SPEED_OF_LIGHT

CENTRE = 8817.5
#: Pixel in Angstrom and FWHM in km/s: HPF, CARMENES and NEID at R = 50,000, NEID at 94,600, and none.
CASES = [(0.055, 2.50), (0.035, 5.09), (0.03, 5.40), (0.03, 1.81), (0.05, 0.0)]


def realised(pixel: float, fwhm: float, count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Unit noise of pixels on a fine grid, by the functions of the preparation; wavelengths and flux ``(count, n)``."""
    pixels = np.arange(CENTRE - 25, CENTRE + 25, pixel)
    noise = np.random.default_rng(1).standard_normal((pixels.size, count))
    work = (CENTRE - 20) * np.exp(np.arange(4500) * 0.3 / SPEED_OF_LIGHT)
    flux = broaden(CubicSpline(pixels, noise)(work).T, 0.3, fwhm=fwhm)
    points = np.arange(CENTRE - 17.5, CENTRE + 17.5, 0.01)
    return points, CubicSpline(work, flux, axis=1)(points)


@pytest.mark.parametrize(("pixel", "fwhm"), CASES)
def test_remaining_part(pixel: float, fwhm: float) -> None:
    _, flux = realised(pixel, fwhm)
    assert remaining_part(pixel, fwhm / SPEED_OF_LIGHT * CENTRE) == pytest.approx(flux.std(), rel=0.01)


@pytest.mark.parametrize(("pixel", "fwhm"), CASES)
def test_correlation_of_points(pixel: float, fwhm: float) -> None:
    """The autocorrelation that belongs to the transfer function is that of the noise."""
    _, flux = realised(pixel, fwhm)
    frequency = np.linspace(0, 4 / pixel, 2001)
    power = noise_transfer(frequency, pixel, fwhm / SPEED_OF_LIGHT * CENTRE) ** 2
    for lag in (1, 3, 6, 12):
        expected = np.trapezoid(power * np.cos(2 * np.pi * frequency * 0.01 * lag), frequency) / np.trapezoid(
            power, frequency
        )
        found = np.mean(flux[:, lag:] * flux[:, :-lag]) / flux.var()
        assert found == pytest.approx(expected, abs=0.02)

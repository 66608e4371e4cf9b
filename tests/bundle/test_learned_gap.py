"""The learned gap: linear in Teff within its reach, and widened as its star rotates."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.bundle.learned_gap import LearnedGap, rotated
from dtl.wavelengths import SPEED_OF_LIGHT
from tests.builders import WINDOW
from tests.fakes import WAVELENGTH

_CENTRE, _SIGMA = 8817.0, 0.12


def line(wavelength: np.ndarray) -> np.ndarray:
    return -0.1 * np.exp(-0.5 * ((wavelength - _CENTRE) / _SIGMA) ** 2)


GAP = LearnedGap(line(WAVELENGTH), 0.5 * line(WAVELENGTH + 3.0), 3400.0, WINDOW)


def test_weights() -> None:
    """One for 300 K, held beyond 600 K on either side."""
    teff = np.array([[2300.0, 2800.0, 3100.0, 3400.0], [3475.0, 3999.0, 4000.0, 9000.0]])
    expected = [[-2.0, -2.0, -1.0, 0.0], [0.25, 599 / 300, 2.0, 2.0]]
    np.testing.assert_allclose(GAP.weights(teff), expected, rtol=1e-12)


def test_slow_stars_have_the_gap_as_learned() -> None:
    teff, vsini = np.array([3400.0, 3700.0, 3250.0, 5000.0]), np.array([0.0, 1.5, 2.9, 3.0])
    curves = GAP.curves(teff, vsini)
    assert curves.dtype == np.float32 and curves.shape == (4, len(WAVELENGTH))
    for curve, weight in zip(curves, (0.0, 1.0, -0.5, 2.0), strict=True):
        np.testing.assert_array_equal(curve, (GAP.level + weight * GAP.slope).astype(np.float32))
    both = np.stack([GAP.level, GAP.slope])
    np.testing.assert_array_equal(rotated(both, 3.0, WINDOW), both)


@pytest.mark.parametrize("vsini", [3.5, 10.0, 40.0])
def test_rotation_moves_light_but_keeps_it(vsini: float) -> None:
    curve = GAP.curves(np.array([3600.0]), np.array([vsini]))[0].astype(float)
    still = GAP.level + 2 / 3 * GAP.slope
    assert curve.sum() == pytest.approx(still.sum(), rel=1e-5)
    assert np.abs(curve).max() < np.abs(still).max()
    places = [np.sum(c * WAVELENGTH) / np.sum(c) for c in (curve, still)]
    assert places[0] == pytest.approx(places[1], abs=1e-3)


@pytest.mark.parametrize("vsini", [5.0, 15.0])
def test_rotation_against_an_integral(vsini: float) -> None:
    """The line is summed over the stellar disc, limb darkening 0.6 (Gray 2005, eq. 18.14)."""
    x = np.linspace(-1.0, 1.0, 4001)
    profile = 2 * 0.4 * np.sqrt(1 - x**2) + 0.5 * np.pi * 0.6 * (1 - x**2)
    profile /= profile.sum()
    points = np.flatnonzero(np.abs(WAVELENGTH - _CENTRE) < 1.0)[::10]
    shifts = 1.0 - vsini * x / SPEED_OF_LIGHT
    expected = np.array([np.sum(profile * line(WAVELENGTH[i] * shifts)) for i in points])
    np.testing.assert_allclose(rotated(GAP.level, vsini, WINDOW)[points], expected, atol=2e-4)

"""Numbers of a range of wavelengths against integrals known in closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtl.exploration.wavelength_range import range_statistics
from tests import fakes

WAVELENGTH = np.linspace(8800.0, 8835.0, 3501)


def with_flux(flux: np.ndarray, sigma: float = 0.01, good: np.ndarray | None = None):
    """A result with another spectrum in it; the reconstruction is the continuum."""
    result = fakes.make_result()
    good = np.ones(flux.size, bool) if good is None else good
    prepared = replace(
        result.prepared, wavelength=WAVELENGTH, flux=flux, uncertainty=np.full(flux.size, sigma), good=good
    )
    return replace(result, prepared=prepared, reconstruction=np.ones(flux.size))


def test_equivalent_width_of_a_gaussian_line() -> None:
    """Depth 0.5, sigma 0.3 A: 0.5 x 0.3 x sqrt(2 pi)."""
    found = range_statistics(with_flux(1 - 0.5 * np.exp(-0.5 * ((WAVELENGTH - 8815.0) / 0.3) ** 2)), 8817.5, 8812.5)
    assert found.equivalent_width == pytest.approx(0.5 * 0.3 * np.sqrt(2 * np.pi), rel=1e-3)
    assert found.equivalent_width_error == pytest.approx(0.01 * 0.01 * np.sqrt(501), rel=1e-3)
    assert found.model_equivalent_width == 0.0
    assert (found.lower, found.upper, found.points, found.used) == (8812.5, 8817.5, 501, 501)


def test_mean_scatter_and_snr_of_noise() -> None:
    noise = np.random.default_rng(4).normal(0.0, 0.02, WAVELENGTH.size)
    found = range_statistics(with_flux(0.9 + noise, sigma=0.02), 8801.0, 8834.0)
    assert found.mean == pytest.approx(0.9, abs=0.002) and found.scatter == pytest.approx(0.02, rel=0.05)
    assert found.snr == pytest.approx(45.0, rel=0.02)
    assert found.residual_rms == pytest.approx(np.hypot(0.1, 0.02), rel=0.03)


def test_points_left_out_do_not_count() -> None:
    good = WAVELENGTH < 8810.0
    flux = np.where(good, 1.0, np.nan)
    found = range_statistics(with_flux(flux, good=good), 8805.0, 8815.0)
    assert found.points == 1001 and found.used == 500 and found.mean == 1.0
    assert range_statistics(with_flux(flux, good=good), 8811.0, 8815.0) is None


def test_a_range_ends_with_the_window() -> None:
    found = range_statistics(with_flux(np.ones(WAVELENGTH.size)), 8000.0, 9000.0)
    assert (found.lower, found.upper) == (8800.0, 8835.0)

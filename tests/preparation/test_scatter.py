"""Noise that is known is measured on pixels that were resampled."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from dtl.preparation.noise import estimate_snr
from dtl.preparation.scatter import measure_scatter
from tests.builders import star_flux

PIXEL = 0.05


def resampled(oversampling: float, cubic: bool, snr: float, star: bool, phase: float) -> tuple[np.ndarray, np.ndarray]:
    """Flux with white noise in pixels of 0.05 Angstrom, interpolated to others, and its flux without noise."""
    rng = np.random.default_rng(int(100 * oversampling))
    own = np.arange(8780.0, 8855.0, PIXEL)
    flux = (star_flux(own) if star else np.ones_like(own)) + rng.normal(0, 1 / snr, own.size)
    where = np.arange(8790.0, 8845.0, PIXEL / oversampling) + phase * PIXEL
    found = CubicSpline(own, flux)(where) if cubic else np.interp(where, own, flux)
    return found, star_flux(where) if star else np.ones_like(where)


@pytest.mark.parametrize("cubic", [False, True], ids=["linear", "cubic"])
@pytest.mark.parametrize("oversampling", [0.5, 0.7, 1.0, 1.3, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0])
def test_resampled_white_noise(oversampling: float, cubic: bool) -> None:
    """Within 20 % of the noise of the first pixels, or, where these were averaged in coarser ones, of what is left."""
    flux, _ = resampled(oversampling, cubic, 50.0, star=False, phase=0.1)
    pixel = PIXEL / oversampling
    sigma, _ = measure_scatter(flux, pixel)
    truth = 1 / np.std(flux) if oversampling < 1 else 50.0
    assert 1 / sigma == pytest.approx(truth, rel=0.2)
    with_lines, model = resampled(oversampling, cubic, 50.0, star=True, phase=0.1)
    snr, stated = estimate_snr(with_lines, None, lambda: model, pixel=pixel)
    assert not stated and snr == pytest.approx(truth * np.median(with_lines), rel=0.2)


def test_the_ratio_does_not_rise_by_resampling_alone() -> None:
    plain, _ = resampled(1.0, False, 50.0, star=False, phase=0.0)
    fine, _ = resampled(5.0, False, 50.0, star=False, phase=0.0)
    assert 1 / measure_scatter(fine, PIXEL / 5)[0] < 1.2 / measure_scatter(plain, PIXEL)[0]


def test_without_noise_or_pixels() -> None:
    assert measure_scatter(np.ones(50))[0] == 0.0
    assert measure_scatter(np.array([1.0, np.nan, 2.0, 1.0, 1.0])) == (0.0, 0)


def test_lines_of_coarse_pixels_are_not_taken_for_correlated_noise() -> None:
    """Differences that grow with the distance are lines where it is more than 0.09 Angstrom."""
    flux = np.sin(np.arange(2000) * 0.05) + np.random.default_rng(3).normal(0, 1e-3, 2000)
    strides = {pixel: measure_scatter(flux, pixel)[1] for pixel in (None, 0.0, -1.0, 0.004, 0.01, 0.03, 0.05, 2.0)}
    # a curvature grows with the square of the distance, from 17 on by less than an eighth from one to the next
    assert strides[None] == strides[0.0] == strides[-1.0] == strides[0.004] == 17
    assert strides[0.01] == 9 and strides[0.03] == 3
    assert strides[0.05] == strides[2.0] == 2
    assert estimate_snr(flux + 5, None, pixel=0.05)[0] > 5 * estimate_snr(flux + 5, None)[0]


def test_five_pixels_are_enough() -> None:
    assert measure_scatter(np.array([1.0, 1.0, 4.0, 1.0, 1.0]))[1] == 2

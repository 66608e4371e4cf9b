"""Signal-to-noise ratios of noise that is known."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.preparation.noise import estimate_snr, scatter_snr
from tests.builders import star_flux

WAVELENGTH = np.arange(8800.0, 8835.0, 0.01)
MODEL = star_flux(WAVELENGTH)


@pytest.mark.parametrize("snr", [5.0, 50.0, 500.0])
def test_white_noise(snr: float) -> None:
    flux = 7.0 * (1 + np.random.default_rng(1).normal(0, 1 / snr, 20_000))
    assert scatter_snr(flux) == pytest.approx(snr, rel=0.04)
    flux[::50] = np.nan
    assert scatter_snr(flux) == pytest.approx(snr, rel=0.06)


def test_without_noise_or_pixels() -> None:
    assert scatter_snr(np.ones(50)) == np.inf
    assert scatter_snr(np.array([1.0, np.nan, 2.0, 1.0, 1.0])) == 0.0


def test_of_the_file_where_stated() -> None:
    flux = 100 * MODEL
    snr, stated = estimate_snr(flux, flux / 80.0)
    assert stated and snr == pytest.approx(80.0)
    # uncertainties for less than half of the pixels are none
    sparse = np.where(np.arange(flux.size) % 3 == 0, flux / 80.0, np.nan)
    assert not estimate_snr(flux, sparse)[1]


def test_lines_are_not_noise_where_a_model_is_known() -> None:
    coarse = slice(None, None, 8)
    flux = MODEL[coarse] + np.random.default_rng(2).normal(0, 0.01, MODEL[coarse].size)
    plain, _ = estimate_snr(flux, None)
    modelled, stated = estimate_snr(flux, None, lambda: MODEL[coarse])
    assert not stated and plain < 80
    assert modelled == pytest.approx(np.median(MODEL) / 0.01, rel=0.12)
    # a wrong model never lowers the ratio
    assert estimate_snr(flux, None, lambda: MODEL[coarse][::-1])[0] >= plain

"""Which points of the window a spectrum covers, where its pixels are not all of one size."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.preparation.prepare import prepare
from dtl.spectrum import Spectrum, UnusableInput
from tests.builders import star_flux, target


def seen(*parts: np.ndarray) -> Spectrum:
    wave = np.concatenate(parts)
    flux = star_flux(wave) + np.random.default_rng(4).normal(0.0, 0.005, wave.size)
    return Spectrum(wave, flux, np.full(wave.size, 0.005), file="a.txt", resolution=50_000.0, frame="barycentric")


@pytest.mark.parametrize("steps", [(0.02, 0.04), (0.05, 0.1), (0.1, 0.03), (0.02, 0.1)])
def test_the_detectors_of_a_mosaic_have_pixels_of_their_own(steps: tuple[float, float]) -> None:
    """All of one of them was missing, and the spectrum refused."""
    prepared = prepare(seen(np.arange(8780.0, 8815.0, steps[0]), np.arange(8815.0, 8860.0, steps[1])), target())
    assert prepared.good.all()
    assert np.abs(prepared.flux - star_flux(prepared.wavelength)).std() < 0.02


@pytest.mark.parametrize("gap", [(8810.0, 8813.0), (8813.5, 8816.5)])
def test_a_gap_between_detectors_is_missing(gap: tuple[float, float]) -> None:
    prepared = prepare(seen(np.arange(8780.0, gap[0], 0.03), np.arange(gap[1], 8860.0, 0.06)), target())
    away = np.abs(prepared.wavelength - np.mean(gap)) - 1.5
    assert not prepared.good[away < -0.2].any() and prepared.good[away > 0.3].all()


def test_steps_wider_than_a_line_are_no_pixels() -> None:
    with pytest.raises(UnusableInput, match="has no usable pixel"):
        prepare(seen(np.arange(8780.0, 8815.0, 0.03), np.arange(8815.0, 8860.0, 0.3)), target())
    prepared = prepare(
        seen(np.arange(8780.0, 8820.0, 0.03), np.arange(8820.0, 8824.0, 0.3), np.arange(8824.0, 8860.0, 0.03)), target()
    )
    assert not prepared.good[np.abs(prepared.wavelength - 8822.0) < 1.5].any()


def test_rows_that_are_lacking_here_and_there_are_missing() -> None:
    wave = np.arange(8780.0, 8860.0, 0.05)
    kept = np.arange(wave.size) % 40 > 1
    prepared = prepare(seen(wave[kept]), target())
    assert 0.03 < 1.0 - prepared.good.mean() < 0.12


@pytest.mark.parametrize("apart", [0.1, 0.25, 0.33])
def test_two_spectra_that_are_mixed_row_by_row_have_no_pixels_of_their_own(apart: float) -> None:
    """Steps that take turns passed for those of a mosaic, and two stars for one."""
    even = np.arange(8780.0, 8860.0, 0.05)
    wave = np.sort(np.concatenate([even, even + apart * 0.05]))
    with pytest.raises(UnusableInput, match="unevenly spaced throughout"):
        prepare(seen(wave), target())

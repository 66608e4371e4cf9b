"""What a mask marks, whatever its polarity and its bits."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.readers.pixels.bad_pixels import bad_by_mask, bad_by_value
from tests.readers.reading import read_spectrum


@pytest.mark.parametrize("good", [0.0, 1.0])
def test_most_pixels_are_good(good: float) -> None:
    mask = np.full(100, good)
    mask[[3, 40]] = 1.0 - good
    assert np.flatnonzero(bad_by_mask(mask)).tolist() == [3, 40]


@pytest.mark.parametrize("share", [0.35, 0.47, 0.6])
def test_a_bit_that_many_pixels_carry_is_no_fault(share: float) -> None:
    """Of bits that few carry each marks its pixels, beside it too."""
    quality = np.where(np.arange(1000) < 1000 * share, 2, 0)
    quality[[5, 800]] |= 64
    assert np.flatnonzero(bad_by_mask(quality)).tolist() == [5, 800]


def test_an_uncertainty_that_makes_a_pixel_useless_marks_it() -> None:
    """Sixty times that of the others; twelve times, as in the core of a telluric line, does not."""
    sigma = np.ones(200)
    sigma[40], sigma[90] = 60.0, 12.0
    found = bad_by_value(np.random.default_rng(1).normal(100.0, 1.0, 200), sigma)
    assert {words: np.flatnonzero(bad).tolist() for words, bad in found.items()} == {
        "with an uncertainty beyond use": [40]
    }


@pytest.mark.parametrize("name", ["telluric_mask", "bad_pixel", "reject", "flag"])
@pytest.mark.parametrize("sense", [1, 0])
def test_a_mask_that_marks_most_pixels_elsewhere_marks_few_here(name: str, sense: int) -> None:
    """All of the window was taken for bad; what marks most of the window too is still good where most pixels are."""
    rng = np.random.default_rng(2)
    wave = np.arange(8500.0, 9200.0, 0.05)
    near = np.abs(wave - 8817.0) < 60
    marked = np.where(near, rng.random(wave.size) < 0.03, rng.random(wave.size) < 0.75)
    flux, sigma = rng.normal(1000.0, 10.0, wave.size), np.full(wave.size, 10.0)
    values = marked if sense else ~(near & (rng.random(wave.size) < 0.03))
    rows = [f"{w:.2f},{f:.2f},{e:.0f},{int(m)}" for w, f, e, m in zip(wave, flux, sigma, values, strict=True)]
    found = read_spectrum("\n".join([f"wave,flux,err,{name}", *rows]).encode())
    bad = marked if sense else ~values
    here = np.searchsorted(np.round(wave, 2), np.round(found.wavelength, 2))
    np.testing.assert_array_equal(np.isnan(found.flux), bad[here])

"""What a mask marks, whatever its polarity and its bits."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.readers.bad_pixels import bad_by_mask, bad_by_value


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

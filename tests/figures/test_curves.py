"""What figures along wavelengths share."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dtl.figures.curves import ordinates

#: Smallest positive number in single precision that has all its bits.
_TINY = float(np.finfo(np.float32).tiny)


@given(
    arrays(np.float64, 20, elements=st.floats(-1e30, 1e30).filter(lambda x: x == 0 or abs(x) > 2 * _TINY)),
    st.integers(6, 20),
)
def test_ordinates_are_rounded_to_the_bits_that_are_seen(values, seen):
    drawn = ordinates(values, seen)
    assert drawn.dtype == np.float32 and not np.any(drawn.view(np.uint32) & (2 ** (23 - seen) - 1))
    np.testing.assert_allclose(drawn, values.astype(np.float32), rtol=2.0 ** -(seen + 1), atol=0)


def test_gaps_of_a_curve_stay_and_it_is_not_changed_itself():
    curve = np.array([1.0, np.nan, 1 / 3, np.inf], dtype=np.float32)
    kept = curve.copy()
    drawn = ordinates(curve)
    np.testing.assert_array_equal(np.isnan(drawn), [False, True, False, False])
    assert drawn[3] == np.inf
    np.testing.assert_array_equal(curve, kept)

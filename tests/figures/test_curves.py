"""What figures along wavelengths share."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dtl.figures.curves import mark_simulated, ordinates
from dtl.figures.palette import palette

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


@pytest.mark.parametrize(
    ("lines", "side"),
    [
        ((8826.6,), "left"),
        ((8809.2, 8826.6), "center"),
        ((8817.0,), "right"),
        ((8817.0, 8830.0), "left"),
        ((), "right"),
    ],
)
def test_the_words_of_a_simulation_cover_no_line(lines, side):
    wavelength = np.linspace(8800.0, 8835.0, 3501)
    flux = 1.0 - sum((0.5 * np.exp(-((wavelength - line) ** 2) / 0.08) for line in lines), np.zeros(3501))
    figure = go.Figure()
    mark_simulated(figure, palette(False), wavelength, np.where(wavelength > 8834.0, np.nan, flux))
    assert figure.layout.annotations[0].xanchor == side


def test_the_words_of_a_simulation_need_no_flux():
    for x, flux in ((np.array([]), np.array([])), (np.array([1.0]), np.array([np.nan]))):
        figure = go.Figure()
        mark_simulated(figure, palette(False), x, flux)
        assert figure.layout.annotations[0].text == "Simulated observation"

"""Air and vacuum against PyAstronomy, Doppler shifts against their own algebra."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyAstronomy import pyasl

from dtl.wavelengths import SPEED_OF_LIGHT, Window, air_to_vacuum, doppler_shift, refractive_index, vacuum_to_air

WAVELENGTH = np.linspace(3100.0, 16_800.0, 2001)


def test_against_pyastronomy() -> None:
    np.testing.assert_allclose(vacuum_to_air(WAVELENGTH), pyasl.vactoair2(WAVELENGTH, mode="ciddor"), atol=1e-9)
    np.testing.assert_allclose(
        air_to_vacuum(vacuum_to_air(WAVELENGTH)), pyasl.airtovac2(vacuum_to_air(WAVELENGTH), mode="ciddor"), atol=1e-6
    )


def test_round_trip() -> None:
    np.testing.assert_allclose(air_to_vacuum(vacuum_to_air(WAVELENGTH)), WAVELENGTH, rtol=0, atol=1e-9)


def test_in_the_window() -> None:
    assert air_to_vacuum(8815.0) - 8815.0 == pytest.approx(2.420, abs=1e-3)
    # Ca II 8542 in air and in vacuum, NIST
    assert air_to_vacuum(8542.09) == pytest.approx(8544.44, abs=5e-3)
    assert (np.diff(refractive_index(WAVELENGTH)) < 0).all()


velocities = st.floats(-1000.0, 1000.0)


@given(velocities, velocities)
def test_doppler_composes_relativistically(first: float, second: float) -> None:
    together = (first + second) / (1.0 + first * second / SPEED_OF_LIGHT**2)
    assert doppler_shift(doppler_shift(8815.0, first), second) == pytest.approx(
        doppler_shift(8815.0, together), rel=1e-13
    )


def test_doppler() -> None:
    assert doppler_shift(8815.0, 100.0) > 8815.0  # receding is red
    # 1 + z = gamma (1 + beta)
    beta = 0.1
    expected = 5000.0 * (1 + beta) / np.sqrt(1 - beta**2)
    assert doppler_shift(5000.0, beta * SPEED_OF_LIGHT) == pytest.approx(expected, rel=1e-14)


def test_a_window_holds_its_ends():
    window = Window(8800.0, 8835.0)
    assert window.holds([8799.9, 8800.0, 8817.5, 8835.0, 8835.1]).tolist() == [False, True, True, True, False]
    assert window.covers(Window(8800.0, 8830.0, 9.0)) and not window.covers(Window(8799.0, 8830.0))
    assert (window.centre, window.width, window.margin, str(window)) == (8817.5, 35.0, 5.0, "8800–8835 Å")

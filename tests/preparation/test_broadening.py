"""Broadening against PyAstronomy and against transforms done numerically."""

from __future__ import annotations

import numpy as np
import pytest
from PyAstronomy import pyasl
from scipy.integrate import quad
from scipy.interpolate import CubicSpline

from dtl.preparation.broadening import broaden, degrading_velocity, gaussian_transfer, log_grid, rotation_transfer
from dtl.wavelengths import SPEED_OF_LIGHT
from tests.builders import line_flux

STEP = 0.3
WORK = log_grid(8780.0, 8855.0, STEP)
LINES = line_flux(WORK)
LINEAR = np.arange(8806.0, 8829.0, 0.005)  # what PyAstronomy works on
ON_LINEAR = CubicSpline(WORK, LINES)(LINEAR)
INNER = slice(400, -400)


def test_log_grid() -> None:
    assert WORK[0] == 8780.0 and WORK[-2] < 8855.0 <= WORK[-1]
    np.testing.assert_allclose(np.diff(np.log(WORK)) * SPEED_OF_LIGHT, STEP, rtol=1e-6)


@pytest.mark.parametrize("vsini", [2.0, 5.0, 15.0, 30.0])
@pytest.mark.parametrize("limb", [0.0, 0.6, 1.0])
def test_rotation_against_pyastronomy(vsini: float, limb: float) -> None:
    expected = pyasl.fastRotBroad(LINEAR, ON_LINEAR, limb, vsini, effWvl=8817.5)
    found = CubicSpline(WORK, broaden(LINES, STEP, vsini=vsini, limb_darkening=limb))(LINEAR)
    assert np.ptp(ON_LINEAR - found) > 0.02
    np.testing.assert_allclose(found[INNER], expected[INNER], atol=6e-4)


def test_rotation_against_the_wavelength_dependent_kernel() -> None:
    part = slice(800, 3800)
    expected = pyasl.rotBroad(LINEAR[part], ON_LINEAR[part], 0.6, 12.0)
    found = CubicSpline(WORK, broaden(LINES, STEP, vsini=12.0))(LINEAR[part])
    np.testing.assert_allclose(found[INNER], expected[INNER], atol=1e-4)


@pytest.mark.parametrize("resolution", [50_000, 94_600])
def test_gaussian_against_pyastronomy(resolution: int) -> None:
    expected = pyasl.instrBroadGaussFast(LINEAR, ON_LINEAR, resolution, edgeHandling="firstlast")
    found = CubicSpline(WORK, broaden(LINES, STEP, fwhm=SPEED_OF_LIGHT / resolution))(LINEAR)
    np.testing.assert_allclose(found[INNER], expected[INNER], atol=4e-4)


@pytest.mark.parametrize("kind", [{"vsini": 30.0}, {"fwhm": 6.0}, {"vsini": 8.0, "fwhm": 3.0}])
def test_equivalent_width(kind: dict[str, float]) -> None:
    flux = np.where((WORK > 8800) & (WORK < 8835), LINES, 1.0)
    assert (1 - broaden(flux, STEP, **kind)).sum() == pytest.approx((1 - flux).sum(), rel=1e-10)


def test_constant_stays_and_edges_do_not_wrap() -> None:
    np.testing.assert_allclose(broaden(np.full(100, 3.0), STEP, vsini=20.0, fwhm=5.0), 3.0, rtol=1e-12)
    ramp = np.linspace(0.0, 1.0, 500)
    out = broaden(ramp, STEP, vsini=10.0)
    assert out[0] < 0.1 and out[-1] > 0.9


def test_nothing_asked_and_many_at_once() -> None:
    np.testing.assert_array_equal(broaden(LINES, STEP), LINES)
    many = np.stack([LINES, LINES**2])
    for row, alone in zip(broaden(many, STEP, vsini=7.0, fwhm=3.0), many, strict=True):
        np.testing.assert_allclose(row, broaden(alone, STEP, vsini=7.0, fwhm=3.0), atol=1e-13)


@pytest.mark.parametrize("limb", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("product", [0.01, 0.1, 0.61, 2.0, 7.3])
def test_rotation_transfer_is_the_transform_of_grays_profile(limb: float, product: float) -> None:
    """Gray (2005), eq. 18.14, integrated numerically at ``frequency * vsini = product``."""

    def profile(x: float) -> float:
        disc, sphere = 2 * (1 - limb) * np.sqrt(1 - x**2), 0.5 * np.pi * limb * (1 - x**2)
        return (disc + sphere) / (np.pi * (1 - limb / 3))

    expected = 2 * quad(profile, 0, 1, weight="cos", wvar=2 * np.pi * product)[0]
    assert rotation_transfer(product / 8.0, 8.0, limb) == pytest.approx(expected, abs=1e-8)


def test_rotation_transfer_where_series_and_closed_form_meet() -> None:
    u = 1e-2 * np.array([1 - 1e-9, 1 + 1e-9])
    below, above = rotation_transfer(u / (2 * np.pi), 1.0)
    assert below == pytest.approx(above, abs=1e-8)
    assert rotation_transfer(np.zeros(1), 5.0)[0] == pytest.approx(1.0, abs=1e-15)


def test_no_rotation_and_that_of_an_m_dwarf() -> None:
    """Limb darkening is 0.6 where none is given, and slow rotation is no special case."""
    frequency = np.linspace(0.0, 1.0, 9)
    np.testing.assert_array_equal(rotation_transfer(frequency, 0.0), np.ones(9))
    np.testing.assert_array_equal(rotation_transfer(frequency, 0.5), rotation_transfer(frequency, 0.5, 0.6))
    np.testing.assert_allclose(rotation_transfer(frequency, 0.5), rotation_transfer(frequency / 16, 8.0), rtol=1e-12)


def test_negative_vsini() -> None:
    with pytest.raises(ValueError, match=r"negative.*-1"):
        rotation_transfer(np.zeros(3), -1.0)
    with pytest.raises(ValueError, match="negative"):
        broaden(LINES, STEP, vsini=-2.0)


def test_degrading() -> None:
    assert degrading_velocity(50_000, 50_000) == degrading_velocity(40_000, 50_000) == 0.0
    # two Gaussians in a row are one whose widths add in squares
    first, second = SPEED_OF_LIGHT / 94_600, degrading_velocity(94_600, 50_000)
    frequency = np.linspace(0, 1, 50)
    np.testing.assert_allclose(
        gaussian_transfer(frequency, first) * gaussian_transfer(frequency, second),
        gaussian_transfer(frequency, SPEED_OF_LIGHT / 50_000),
        atol=1e-12,
    )
    # half the peak at half the width
    width = 5.0
    kernel = np.fft.fftshift(np.fft.irfft(gaussian_transfer(np.fft.rfftfreq(4000, 0.05), width), 4000))
    above = kernel > kernel.max() / 2
    assert above.sum() * 0.05 == pytest.approx(width, abs=0.11)

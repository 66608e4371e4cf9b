"""IRAF's dispersion functions: splines against those of scipy, and what is not read told as such."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from astropy.io import fits
from scipy.interpolate import BSpline, make_lsq_spline

from dtl.spectrum import UnusableInput
from dtl.wavelengths import air_to_vacuum
from tests.readers import layouts
from tests.readers.reading import read_spectrum

N, PIECES = 2048, 7
PIXEL = np.arange(1.0, N + 1)
WAVE = 8765.0 + 0.05 * PIXEL + 4e-7 * (PIXEL - 900.0) ** 2


def with_function(function: str) -> bytes:
    """A file of one order, whose wavelengths follow a function."""
    hdu = fits.open(io.BytesIO(layouts.multispec()))[0]
    hdu.data = layouts.truth(air_to_vacuum(WAVE))[None].astype("f4")
    for card in [key for key in hdu.header if key.startswith("WAT2")]:
        del hdu.header[card]
    text = f'wtype=multispec spec1 = "1 40 2 8766.5 0.05 {N} 0. 3. 4. {function}"'
    for start in range(0, len(text), 68):
        hdu.header[f"WAT2_{start // 68 + 1:03d}"] = text[start : start + 68]
    return layouts.to_bytes(hdu)


def words(numbers: np.ndarray) -> str:
    return " ".join(f"{number:.12g}" for number in numbers)


def check(content: bytes, wave: np.ndarray) -> None:
    spectrum = read_spectrum(content)
    expected = air_to_vacuum(wave)
    first = int(np.abs(expected - spectrum.wavelength[0]).argmin())
    np.testing.assert_allclose(spectrum.wavelength, expected[first : first + spectrum.wavelength.size], atol=1e-6)


def test_linear_spline() -> None:
    values = np.interp(np.linspace(1.0, N, PIECES + 1), PIXEL, WAVE)
    wave = np.interp(PIXEL, np.linspace(1.0, N, PIECES + 1), values)
    check(with_function(f"1. 0. 4 {PIECES} 1. {N}. {words(values)}"), wave)


@pytest.mark.parametrize(("low", "high"), [(1.0, float(N)), (31.0, 2000.0)])
def test_cubic_spline(low: float, high: float) -> None:
    """IRAF's basis is six times that of scipy; beyond the pixels that were fitted its outer pieces go on."""
    knots = low + (high - low) / PIECES * np.arange(-3.0, PIECES + 4)
    fit = (
        make_lsq_spline(PIXEL, WAVE, knots)
        if low == 1.0
        else BSpline(knots, WAVE[:: N // (PIECES + 2)][: PIECES + 3], 3)
    )
    check(with_function(f"1. 0. 3 {PIECES} {low} {high} {words(fit.c / 6.0)}"), fit(PIXEL))


def test_functions_are_added_with_their_weights() -> None:
    half = np.interp(np.linspace(1.0, N, PIECES + 1), PIXEL, WAVE)
    wave = np.interp(PIXEL, np.linspace(1.0, N, PIECES + 1), half)
    spline = f"4 {PIECES} 1. {N}. {words(half)}"
    check(with_function(f"0.25 0. {spline} 0.75 1. {spline}"), wave + 0.75)


def test_wavelengths_of_all_pixels_or_of_some() -> None:
    """IRAF's ``scoords`` writes the first (Valdes 1993)."""
    check(with_function(f"1. 0. 5 {N} {words(WAVE)}"), WAVE)
    knots = np.r_[np.arange(1.0, N, 50.0), N]
    values = np.interp(knots, PIXEL, WAVE)
    pairs = words(np.column_stack([knots, values]).ravel())
    wave = np.interp(PIXEL, knots, values)
    check(with_function(f"1. 0. 6 {len(knots)} 0. {pairs}"), wave)
    spline = f"4 {len(knots) - 1} 1. {N}. {words(np.interp(np.linspace(1, N, len(knots)), PIXEL, WAVE))}"
    both = 0.5 * wave + 0.5 * np.interp(
        PIXEL, np.linspace(1, N, len(knots)), np.interp(np.linspace(1, N, len(knots)), PIXEL, WAVE)
    )
    check(with_function(f"0.5 0. 6 {len(knots)} 0. {pairs} 0.5 0. {spline}"), both)


@pytest.mark.parametrize("function", [f"1. 0. 5 {N} {words(WAVE)}", f"1. 0. 4 1 1. {N}. 8765. 8867.4"])
def test_pixels_keep_their_wavelengths_where_others_were_cut_off(function: str) -> None:
    whole = read_spectrum(with_function(function))
    hdu = fits.open(io.BytesIO(with_function(function)))[0]
    hdu.data = hdu.data[:, 300:]
    hdu.header["LTV1"], hdu.header["LTM1_1"] = -300.0, 1.0
    cut = read_spectrum(layouts.to_bytes(hdu))
    same = np.isin(whole.wavelength.round(6), cut.wavelength.round(6))
    assert same.sum() == cut.wavelength.size > 1000
    np.testing.assert_array_equal(whole.flux[same], cut.flux)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (f"1. 0. 5 {N} 8765. 8765.05", "WAT2 cards are incomplete"),
        ("1. 0. 6 3 0 1. 8765. 9. 8766. 5. 8767.", "WAT2 cards are incomplete"),
        ("1. 0. 7 3 0 1. 8765.", "WAT2 cards are incomplete"),
        (f"1. 0. 3 7 1. {N}. 1. 2. 3.", "WAT2 cards are incomplete"),
        (f"1. 0. 4 0 1. {N}. 8765.", "WAT2 cards are incomplete"),
        (f"1. 0. 3 inf 1. {N}. 8765.", "WAT2 cards are incomplete"),
    ],
)
def test_what_is_not_understood(function: str, message: str) -> None:
    with pytest.raises(UnusableInput, match=message):
        read_spectrum(with_function(function))


def cut(rows: slice, pixels: slice, **cards: float) -> bytes:
    """The echelle spectrum of the layouts after IRAF copied a part of it, which keeps all formulae."""
    hdu = fits.open(io.BytesIO(layouts.multispec()))[0]
    hdu.data = hdu.data[rows, pixels].copy()
    hdu.header.update(cards)
    return layouts.to_bytes(hdu)


@pytest.mark.parametrize(
    ("rows", "pixels", "cards"),
    [
        (slice(None), slice(100, 2000), {"LTV1": -100.0, "LTM1_1": 1.0}),
        (slice(1, 3), slice(None), {"LTV2": -1.0, "LTM2_2": 1.0}),
        (slice(1, 2), slice(300, 1900), {"LTV1": -300.0, "LTV2": -1.0}),
        (slice(None), slice(None, None, 2), {"LTV1": 0.5, "LTM1_1": 0.5}),
        (slice(None), slice(None), {"LTV1": -50.0}),
        (slice(None), slice(None), {"LTV2": -7.0, "LTM1_1": 1.0}),
        (slice(None), slice(None), {"LTV1": 0.0, "LTM1_1": 0.0}),
    ],
)
def test_formulae_are_those_of_the_image_before_it_was_cut(rows: slice, pixels: slice, cards: dict[str, float]) -> None:
    """A cut of 100 pixels moved all wavelengths by 187 km/s; cards that were there before the formulae do not count."""
    whole, part = read_spectrum(layouts.multispec()), read_spectrum(cut(rows, pixels, **cards))
    places = np.abs(whole.wavelength[:, None] - part.wavelength).argmin(axis=0)
    inside = (part.wavelength > 8800.0) & (part.wavelength < 8835.0)
    np.testing.assert_allclose(part.wavelength[inside], whole.wavelength[places][inside], atol=1e-6)
    np.testing.assert_allclose(part.flux[inside], whole.flux[places][inside])


def without_solution(*orders: int, formula: str = "-1 1. 1.") -> bytes:
    """The echelle spectrum of the layouts, some orders of which were never given wavelengths."""
    hdu = fits.open(io.BytesIO(layouts.multispec()))[0]
    cards = [key for key in hdu.header if key.startswith("WAT2")]
    text = "".join(str(hdu.header[key]).ljust(68) for key in cards)
    for order in orders:
        text = re.sub(rf'spec{order} = "(\d+) (\d+) [^"]*"', rf'spec{order} = "\1 \2 {formula} {N} 0. 1. 2."', text)
    for key in cards:
        del hdu.header[key]
    for start in range(0, len(text), 68):
        hdu.header[f"WAT2_{start // 68 + 1:03d}"] = text[start : start + 68]
    return layouts.to_bytes(hdu)


def test_orders_without_wavelengths() -> None:
    """One order that was not identified made the others unreadable, and incomplete cards were blamed."""
    whole, part = read_spectrum(layouts.multispec()), read_spectrum(without_solution(1))
    inside = (whole.wavelength > 8800.0) & (whole.wavelength < 8835.0)
    np.testing.assert_allclose(part.flux[np.isin(part.wavelength, whole.wavelength[inside])], whole.flux[inside])
    with pytest.raises(UnusableInput, match=r"without a wavelength solution \(dispersion type -1\)"):
        read_spectrum(without_solution(1, 2, 3))
    with pytest.raises(UnusableInput, match=r"and misses|with a gap at"):
        read_spectrum(without_solution(2))


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("0 1. 1.", r"without a wavelength solution \(only numbers of pixels\)"),
        ("0 nan nan", r"whose wavelength solution holds no numbers \('1 41 0 nan nan"),
        ("0 inf 0.05", "whose wavelength solution holds no numbers"),
    ],
)
def test_a_solution_without_wavelengths_is_told(formula: str, message: str) -> None:
    with pytest.raises(UnusableInput, match=message):
        read_spectrum(without_solution(1, 2, 3, formula=formula))
    whole, part = read_spectrum(layouts.multispec()), read_spectrum(without_solution(1, formula=formula))
    inside = (whole.wavelength > 8800.0) & (whole.wavelength < 8835.0)
    np.testing.assert_allclose(part.flux[np.isin(part.wavelength, whole.wavelength[inside])], whole.flux[inside])

"""Several spectra in one file: the one that a user numbers is read, and none is mixed with another."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from dtl.readers.arrays.spectra import drop_repeats, separate
from dtl.readers.options import ReadOptions
from dtl.readers.pixels.orders import Order
from dtl.spectrum import Spectrum, UnusableInput
from tests.builders import observe
from tests.readers.layouts import grid, to_bytes, truth
from tests.readers.reading import read_spectrum

WAVE = grid()
STARS = [(1.0 + 0.2 * k) * truth(WAVE + 0.3 * k) for k in range(3)]


def rows() -> bytes:
    """A row a star, as surveys write them."""
    parts = {"WAVE": np.array([WAVE] * 3), "FLUX": np.array(STARS)}
    columns = [fits.Column(name, f"{WAVE.size}D", array=values) for name, values in parts.items()]
    return to_bytes(fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns))


def image() -> bytes:
    """A row a star, on one axis in the header."""
    hdu = fits.PrimaryHDU(np.array(STARS))
    for key, value in {"CRVAL1": WAVE[0], "CRPIX1": 1.0, "CDELT1": 0.05, "CUNIT1": "Angstrom"}.items():
        hdu.header[key] = value
    return to_bytes(hdu)


def appended() -> bytes:
    """One star below the other in a text."""
    lines = [f"{w:.4f} {f:.6f}" for star in STARS for w, f in zip(WAVE, star, strict=True)]
    return "\n".join(["wave flux", *lines]).encode()


@pytest.mark.parametrize("data", [rows(), image(), appended()], ids=["rows", "image", "appended"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_row_that_is_wanted(data: bytes, number: int) -> None:
    spectrum = read_spectrum(data, name="s", options=ReadOptions(row=number))
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, STARS[number - 1]), rtol=1e-4)
    assert spectrum.spectra == 3 and "several_spectra" not in spectrum.flags
    assert "several_spectra" in read_spectrum(data, name="s").flags


@pytest.mark.parametrize("dark", ["zeros", "noise", "gaps"])
def test_the_first_row_with_light(dark: str) -> None:
    """Fibres may be broken or unused; the one that is read, and its errors, are of the first that saw a star."""
    rng = np.random.default_rng(3)
    none = {"zeros": 0.0 * WAVE, "noise": 0.02 * rng.normal(size=WAVE.size), "gaps": np.nan + WAVE}[dark]
    flux = np.array([none, none[::-1], *(star + 0.01 * rng.normal(size=WAVE.size) for star in STARS)])
    parts = {"WAVE": np.array([WAVE] * 5), "FLUX": flux, "ERR": 0.01 + 0 * flux}
    columns = [fits.Column(name, f"{WAVE.size}D", array=values) for name, values in parts.items()]
    data = to_bytes(fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns))
    spectrum = read_spectrum(data, name="s")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, flux[2]), rtol=1e-6)
    np.testing.assert_allclose(spectrum.uncertainty, 0.01)
    assert spectrum.flags == ("medium_guessed", "several_spectra")
    found = next(f for f in spectrum.findings if f.name == "spectra")
    assert found.value.endswith("used") and found.reason.endswith("those before it have no light")


@pytest.mark.parametrize("data", [rows(), image(), appended()], ids=["rows", "image", "appended"])
def test_a_row_that_is_not_there(data: bytes) -> None:
    with pytest.raises(UnusableInput, match="--row 1 to 3, or --row all"):
        read_spectrum(data, name="s", options=ReadOptions(row=4))


def test_a_row_of_the_only_spectrum() -> None:
    data = "\n".join(f"{w:.4f} {f:.6f}" for w, f in zip(WAVE, STARS[0], strict=True)).encode()
    assert read_spectrum(data, name="s", options=ReadOptions(row=1)).spectra == 1
    with pytest.raises(UnusableInput, match="holds 1; choose --row 1"):
        read_spectrum(data, name="s", options=ReadOptions(row=2))


def test_orders_of_several_spectra_go_with_their_own() -> None:
    """Two stars of two orders each, the orders meeting at their ends."""
    blue, red = np.linspace(8700, 8800, 500), np.linspace(8790, 8890, 500)
    orders = [Order(w, np.full(500, float(k)), number=k) for k, w in enumerate((blue, red, blue, red))]
    first, second = separate(orders)
    assert [o.number for o in first] == [0, 1] and [o.number for o in second] == [2, 3]
    kept, repeats = drop_repeats([*orders, Order(blue, np.zeros(500), number=4)])
    assert repeats == 1 and len(kept) == 4


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("velocity", [0.0, 3.0, 15.0, 60.0])
@pytest.mark.parametrize(
    ("one", "other"),
    [((8780, 8860), (8795, 8842)), ((8796, 8841), (8770, 8880)), ((8790, 8845), (8798, 8860)), ((8780, 8860),) * 2],
)
def test_epochs_of_different_reach_are_not_averaged(
    one: tuple[int, int], other: tuple[int, int], velocity: float, seed: int
) -> None:
    first = observe(reach=one, seed=seed, snr=150.0)
    second = observe(reach=other, seed=seed + 10, snr=80.0, velocity=20.0 + velocity, pixel=0.057)
    spectrum = read_spectrum(table(first, second))
    assert "several_spectra" in spectrum.flags and spectrum.spectra == 2
    inside = (first.wavelength > 8800) & (first.wavelength < 8835)
    found = np.interp(first.wavelength[inside], spectrum.wavelength, spectrum.flux)
    np.testing.assert_allclose(found, first.flux[inside], rtol=1e-5)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.2, 0.35])
def test_orders_that_share_a_third_stay_orders(share: float) -> None:
    width = 60.0
    starts = 8780.0 + (1.0 - share) * width * np.arange(-2, 3)
    orders = [observe(reach=(start, start + width), seed=i, snr=150.0) for i, start in enumerate(starts)]
    spectrum = read_spectrum(table(*orders))
    assert "several_spectra" not in spectrum.flags and spectrum.spectra == 1


def test_a_wrong_wavelength_makes_no_second_spectrum() -> None:
    seen = observe(snr=150.0)
    seen.wavelength[600] = 8850.0
    assert "several_spectra" not in read_spectrum(table(seen)).flags


@pytest.mark.parametrize("names", ["lambda_rest,lambda_obs,flux,err", "wave_obs,wave_rest,flux,err"])
def test_wavelengths_as_observed_go_before_those_at_rest(names: str) -> None:
    seen = observe(velocity=40.0)
    rest = seen.wavelength / (1 + 40.0 / 299_792.458)
    waves = (rest, seen.wavelength) if names.startswith("lambda_rest") else (seen.wavelength, rest)
    rows = zip(*waves, seen.flux, seen.uncertainty, strict=True)
    text = "\n".join([names, *(",".join(f"{x:.8g}" for x in row) for row in rows)])
    np.testing.assert_allclose(read_spectrum(text.encode()).wavelength, seen.wavelength, atol=1e-3)


def table(*spectra: Spectrum) -> bytes:
    rows = [row for s in spectra for row in zip(s.wavelength, s.flux, s.uncertainty, strict=True)]
    return "\n".join(["wave flux err", *(" ".join(f"{x:.9g}" for x in row) for row in rows)]).encode()


def test_a_coarse_preview_before_the_spectrum() -> None:
    rng = np.random.default_rng(3)
    fine = truth(WAVE) + 0.01 * rng.normal(size=WAVE.size)
    tables = []
    for name, step in (("PREVIEW", 40), ("SPECTRUM", 1)):
        parts = {"WAVE": WAVE[::step], "FLUX": fine[::step], "ERR": 0.01 + 0 * WAVE[::step]}
        columns = [fits.Column(key, "D", array=values) for key, values in parts.items()]
        tables.append(fits.BinTableHDU.from_columns(columns, name=name))
    spectrum = read_spectrum(to_bytes(fits.PrimaryHDU(), *tables), name="s.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, fine))

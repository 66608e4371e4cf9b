"""Images of orders whatever way they lie: orders as columns, and fibres of each order as planes."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from dtl.readers.fits_files.image_rows import fibres_first, is_turned, row_names
from dtl.readers.options import ReadOptions
from dtl.spectrum import UnusableInput
from tests.readers import layouts
from tests.readers.reading import read_spectrum

WAVE = layouts.echelle(orders=8, pixels=1500, home=3)
RNG = np.random.default_rng(5)
SIGMA = np.full(WAVE.shape, 0.01)
FLUX = layouts.truth(WAVE) + SIGMA * RNG.normal(size=WAVE.shape)


def images(**parts: np.ndarray) -> bytes:
    hdus = [fits.ImageHDU(np.ascontiguousarray(values), name=name) for name, values in parts.items()]
    return layouts.to_bytes(fits.PrimaryHDU(), *hdus)


@pytest.mark.parametrize("direction", [1, -1])
def test_orders_as_columns(direction: int) -> None:
    turned = images(FLUX=FLUX[::direction].T, ERR=SIGMA.T, WAVE=WAVE[::direction].T)
    spectrum = read_spectrum(turned, name="t.fits")
    upright = read_spectrum(images(FLUX=FLUX, ERR=SIGMA, WAVE=WAVE), name="u.fits")
    np.testing.assert_array_equal(spectrum.wavelength, upright.wavelength)
    np.testing.assert_array_equal(spectrum.flux, upright.flux)
    np.testing.assert_array_equal(spectrum.uncertainty, upright.uncertainty)


def test_what_is_turned() -> None:
    assert is_turned(WAVE.T) and is_turned(WAVE[::-1].T) and is_turned(WAVE[:, ::-1].T)
    assert not is_turned(WAVE)  # wider than high
    assert not is_turned(np.broadcast_to(WAVE[0], (3000, 1500)))  # stars that share their wavelengths


def test_fibres_of_each_order() -> None:
    sky = 0.01 * RNG.normal(size=WAVE.shape)
    data = images(FLUX=np.array([FLUX, sky]), ERR=np.array([SIGMA, SIGMA]), WAVE=np.array([WAVE, WAVE]))
    spectrum = read_spectrum(data, name="f.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE[3], FLUX[3]))
    assert spectrum.spectra == 2 and "several_spectra" in spectrum.flags


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_fibres_that_share_the_wavelengths_of_their_orders(axis: int) -> None:
    """GHOST's fibres stand along the last axis."""
    sky = 0.01 * RNG.normal(size=WAVE.shape)
    cubes = {"FLUX": np.stack([FLUX, sky], axis), "ERR": np.stack([SIGMA, 0.1 * SIGMA], axis)}
    spectrum = read_spectrum(images(**cubes, WAVE=WAVE), name="f.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE[3], FLUX[3]))
    np.testing.assert_allclose(spectrum.uncertainty, 0.01)
    assert spectrum.spectra == 2


def test_a_cube_of_three_equal_axes_is_turned_in_no_way() -> None:
    assert fibres_first((8, 8, 8), {(8, 8)}) == (0, 1, 2)
    assert fibres_first((8, 1500, 2), {(8, 1500)}) == (2, 0, 1) and fibres_first((8, 1500, 2), {(8, 99)}) == (0, 1, 2)
    assert fibres_first((8, 1500), {(8, 1500)}) == (0, 1)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_wavelength_flux_and_error_along_any_axis_of_a_cube(axis: int) -> None:
    cube = np.ascontiguousarray(np.moveaxis(np.array([WAVE, FLUX, SIGMA]), 0, axis))
    spectrum = read_spectrum(layouts.to_bytes(fits.PrimaryHDU(cube)), name="p.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE[3], FLUX[3]))
    np.testing.assert_allclose(spectrum.uncertainty, 0.01)


@pytest.mark.parametrize("fibre", ["AB", "A", "C"])
def test_names_that_end_in_their_fibre(fibre: str) -> None:
    blaze = 0.2 + np.sin(np.linspace(0.3, 2.8, WAVE.shape[1])) * np.ones(WAVE.shape)
    parts = {f"Flux{fibre}": blaze * FLUX, f"Wave{fibre}": WAVE / 10, f"Blaze{fibre}": blaze}
    spectrum = read_spectrum(images(**parts), name="s.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE[3], FLUX[3]), rtol=1e-6)


def test_a_table_with_the_orders_in_its_cells() -> None:
    parts = {"WAVE": WAVE, "FLUX": FLUX, "ERR": SIGMA}
    cells = [fits.Column(name, f"{len(WAVE)}D", array=values.T) for name, values in parts.items()]
    spectrum = read_spectrum(layouts.to_bytes(fits.PrimaryHDU(), fits.BinTableHDU.from_columns(cells)), name="c.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE[3], FLUX[3]))


@pytest.mark.parametrize(
    ("cards", "names"),
    [
        ({"ROW1": "wavelength", "ROW2": "flux", "ROW3": "sigma"}, ["wavelength", "flux", "sigma"]),
        ({"ROW0": "wavelength", "ROW1": "flux", "ROW2": "sigma"}, ["wavelength", "flux", "sigma"]),
        ({"BANDID1": "spectrum - background fit", "BANDID3": "sky"}, ["spectrum", "", "sky"]),
        ({"BANDID1": "spectrum: background fit, clean yes", "BANDID2": "raw: none"}, ["spectrum", "raw", ""]),
    ],
)
def test_names_of_rows_by_cards_that_count_from_zero_or_one(cards: dict[str, str], names: list[str]) -> None:
    assert row_names(fits.Header(cards), 3) == names


def star_and_sky(orders: bool = False) -> bytes:
    """ESPaDOnS with a fibre on the sky: seven kinds of numbers in four versions, each row named by a card."""
    wave = np.arange(8690.0, 8950.0, 0.05)
    flux = 1000.0 * layouts.truth(wave) + np.random.default_rng(2).normal(0.0, 5.0, wave.size)
    sky, error = np.full(wave.size, 50.0), np.full(wave.size, 5.0)
    kinds = {"Wavelength": wave / 10, "Star": flux, "Star+sky": flux + sky, "Sky": sky}
    kinds |= {"ErrorBar1": error, "ErrorBar2": 1.1 * error, "ErrorBar3": 0.4 * error}
    primary = fits.PrimaryHDU(np.array(4 * list(kinds.values())))
    for number, kind in enumerate(4 * list(kinds), 1):
        if not orders:
            primary.header[f"COL{number}"] = kind
    return layouts.to_bytes(primary)


def test_more_rows_than_kinds_of_numbers_where_cards_name_each() -> None:
    spectrum = read_spectrum(star_and_sky(), name="s.fits", options=ReadOptions(medium="vacuum"))
    inside = (spectrum.wavelength > 8790) & (spectrum.wavelength < 8840)
    expected = 1000.0 * layouts.truth(spectrum.wavelength[inside])
    assert np.nanmedian(np.abs(spectrum.flux[inside] - expected)) < 6.0
    np.testing.assert_allclose(spectrum.uncertainty[inside & np.isfinite(spectrum.flux)], 5.0)
    assert "several_spectra" not in spectrum.flags


def test_as_many_rows_without_names_are_orders() -> None:
    with pytest.raises(UnusableInput, match=r"^s\.fits has fluxes of 28 orders but no wavelengths"):
        read_spectrum(star_and_sky(orders=True), name="s.fits")

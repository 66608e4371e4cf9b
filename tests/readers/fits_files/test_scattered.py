"""Arrays of one spectrum in several extensions, tables among them."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from dtl.spectrum import UnusableInput
from tests.readers import layouts
from tests.readers.reading import read_spectrum

WAVE = layouts.grid()
SIGMA = np.full(WAVE.size, 0.005)
FLUX = layouts.truth(WAVE) + SIGMA * np.random.default_rng(3).normal(size=WAVE.size)


def table(name: str, **columns: np.ndarray) -> fits.BinTableHDU:
    return fits.BinTableHDU.from_columns([fits.Column(k, "D", array=v) for k, v in columns.items()], name=name)


@pytest.mark.parametrize(
    "hdus",
    [
        [fits.PrimaryHDU(FLUX), table("GRID", wavelength=WAVE, error=SIGMA)],
        [fits.PrimaryHDU(), table("GRID", wavelength=WAVE), table("LIGHT", flux=FLUX, error=SIGMA)],
        [fits.PrimaryHDU(), table("L", lam=WAVE), table("F", flux=FLUX), table("S", sigma=SIGMA)],
        [fits.PrimaryHDU(), fits.ImageHDU(WAVE, name="WAVE"), table("LIGHT", flux=FLUX, error=SIGMA)],
    ],
)
def test_wavelengths_here_and_fluxes_there(hdus: list) -> None:
    spectrum = read_spectrum(layouts.to_bytes(*hdus), name="s.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, FLUX))
    np.testing.assert_allclose(spectrum.uncertainty, 0.005)


@pytest.mark.parametrize("image", [True, False])
def test_orders_as_rows_of_two_extensions(image: bool) -> None:
    wave = layouts.echelle(orders=8, pixels=1500, home=3)
    flux = layouts.truth(wave)
    cells = [fits.Column(k, "1500D", array=v) for k, v in (("WAVE", wave), ("FLUX", flux), ("ERR", 0 * flux + 0.005))]
    waves = fits.ImageHDU(wave, name="WAVE") if image else fits.BinTableHDU.from_columns(cells[:1])
    light = fits.BinTableHDU.from_columns(cells[1:])
    spectrum = read_spectrum(layouts.to_bytes(fits.PrimaryHDU(), waves, light), name="o.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, wave[3], flux[3]))
    np.testing.assert_allclose(spectrum.uncertainty, 0.005)


def test_two_tables_with_wavelengths_stay_apart() -> None:
    """It would not be known to which of them a further flux belongs."""
    hdus = [table("A", wavelength=WAVE + 500), table("B", wavelength=WAVE), table("C", flux=FLUX)]
    with pytest.raises(UnusableInput):
        read_spectrum(layouts.to_bytes(fits.PrimaryHDU(), *hdus), name="s.fits")

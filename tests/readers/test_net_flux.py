"""A flux that the sky was taken from goes before one that still has it: its lines are the deeper ones."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from tests.readers import layouts
from tests.readers.reading import read_spectrum

WAVE = layouts.grid()
SIGMA = np.full(WAVE.size, 0.005)
STAR = layouts.truth(WAVE) + SIGMA * np.random.default_rng(3).normal(size=WAVE.size)
SKY = 0.3 + 0.002 * np.random.default_rng(4).normal(size=WAVE.size)


@pytest.mark.parametrize(
    "names",
    [
        ("GROSS", "BACKGROUND", "NET"),
        ("RAW", "SKY", "SKYSUB"),
        ("OBJ", "SKY", "OBJ-SKY"),
        ("SCI", "SKY", "SCI_MINUS_SKY"),
        ("FLUX", "SKY", "FLUX_BKGSUB"),
        ("FLUX", "SKY", "FLUX_SKY_SUBTRACTED"),
        ("FLUX_TOT", "FLUX_SKY", "FLUX_NET"),
        ("COUNTS", "BKG", "NET_COUNTS"),
    ],
)
@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("turn", [1, -1])
def test_without_the_sky(names: tuple[str, str, str], turn: int, alone: bool) -> None:
    """``alone``: without a column of the sky itself."""
    columns = list(zip(names, (STAR + SKY, SKY, STAR), strict=True))[:: turn * (1 + alone)]
    cells = [fits.Column(name, "D", array=values) for name, values in [("WAVE", WAVE), *columns, ("ERR", SIGMA)]]
    spectrum = read_spectrum(layouts.to_bytes(fits.PrimaryHDU(), fits.BinTableHDU.from_columns(cells)), name="n.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, STAR))
    np.testing.assert_allclose(spectrum.uncertainty, 0.005)
    assert "several_spectra" not in spectrum.flags


def test_a_flux_goes_before_the_counts_it_was_made_from() -> None:
    """As in the tables of Hubble's spectrographs, whose error is that of the flux."""
    parts = {"WAVELENGTH": WAVE, "GROSS": 900 * (STAR + SKY), "BACKGROUND": 900 * SKY, "NET": 900 * STAR}
    parts |= {"FLUX": 1e-15 * STAR, "ERROR": 1e-15 * SIGMA}
    cells = [fits.Column(name, f"{WAVE.size}D", array=values[None]) for name, values in parts.items()]
    spectrum = read_spectrum(layouts.to_bytes(fits.PrimaryHDU(), fits.BinTableHDU.from_columns(cells)), name="h.fits")
    np.testing.assert_allclose(spectrum.flux, 1e-15 * np.interp(spectrum.wavelength, WAVE, STAR))


def test_a_difference_from_a_model_is_no_flux() -> None:
    cells = [("WAVE", WAVE), ("DATA_MINUS_MODEL", STAR - layouts.truth(WAVE)), ("DATA", STAR), ("ERR", SIGMA)]
    table = fits.BinTableHDU.from_columns([fits.Column(name, "D", array=values) for name, values in cells])
    spectrum = read_spectrum(layouts.to_bytes(fits.PrimaryHDU(), table), name="r.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, STAR))


@pytest.mark.parametrize("name", ["FLUX_TELLCORR", "FLUX_TELLURIC_CORRECTED", "TELLURIC_REMOVED_FLUX"])
@pytest.mark.parametrize("turn", [1, -1])
def test_without_the_lines_of_the_atmosphere(name: str, turn: int) -> None:
    through = 1 - 0.3 * np.exp(-(((WAVE - 8816) / 0.2) ** 2))
    columns = [("FLUX", STAR * through), (name, STAR)][::turn]
    cells = [fits.Column(key, "D", array=values) for key, values in [("WAVE", WAVE), *columns, ("ERR", SIGMA)]]
    spectrum = read_spectrum(layouts.to_bytes(fits.PrimaryHDU(), fits.BinTableHDU.from_columns(cells)), name="t.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, STAR))

"""Programs for many spectrographs, whose wavelengths are theirs whatever the spectrograph's own pipeline writes."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from tests.builders import star_flux
from tests.readers.layouts import grid, to_bytes
from tests.readers.reading import read_spectrum

WAVE = grid()


def coadded(**cards: object) -> bytes:
    """One merged spectrum of UVES, whose own pipeline writes air."""
    primary = fits.PrimaryHDU()
    primary.header["INSTRUME"] = "UVES"
    columns = {"wave": WAVE, "flux": star_flux(WAVE), "sigma": 0.01 * star_flux(WAVE)}
    table = fits.BinTableHDU.from_columns([fits.Column(n, "D", array=a) for n, a in columns.items()], name="SPECTRUM")
    for header in (primary.header, table.header):
        header.update(cards)
    return to_bytes(primary, table)


def test_pypeit_writes_vacuum() -> None:
    """It was moved by 82 km/s, as UVES comes in air, and no flag said so."""
    spectrum = read_spectrum(coadded(PYP_SPEC="vlt_uves"), name="coadd.fits")
    expected = np.interp(spectrum.wavelength, WAVE, star_flux(WAVE))
    assert np.isclose(spectrum.flux, expected, rtol=1e-3).mean() > 0.95
    medium = next(f for f in spectrum.findings if f.name == "medium")
    assert (medium.value, medium.source) == ("vacuum", "file") and "medium_guessed" not in spectrum.flags
    assert spectrum.frame == "unknown"


def test_without_its_card_the_instrument_says_the_medium() -> None:
    found = read_spectrum(coadded(PIPELINE="another"), name="coadd.fits").findings
    assert next(f.value for f in found if f.name == "medium") == "air"


@pytest.mark.parametrize(
    ("said", "frame"),
    [
        ("heliocentric", "barycentric"),
        ("barycentric", "barycentric"),
        ("topocentric", "observatory"),
        ("none", "unknown"),
    ],
)
def test_pypeit_says_the_frame(said: str, frame: str) -> None:
    assert read_spectrum(coadded(PYP_SPEC="keck_hires", VEL_TYPE=said, VEL_CORR=1.00002)).frame == frame


def test_wavelengths_that_were_brought_to_air_afterwards() -> None:
    """The type of the axis is of the numbers, the card of PypeIt may be of what they were made from."""
    header = {"PYP_SPEC": "keck_hires", "CTYPE1": "AWAV", "CUNIT1": "Angstrom", "CRVAL1": 8760.0, "CDELT1": 0.05}
    hdu = fits.PrimaryHDU(star_flux(8760.0 + 0.05 * np.arange(2400)))
    hdu.header.update(header)
    found = read_spectrum(to_bytes(hdu), name="air.fits")
    assert next(f.value for f in found.findings if f.name == "medium") == "air" and "medium_guessed" in found.flags

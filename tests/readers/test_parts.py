"""What a file with several spectra offers: rows that share their wavelengths, or extensions."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from dtl.readers.options import ReadOptions
from dtl.readers.parts import name_part, parts_of
from dtl.spectrum import Spectrum, UnusableInput
from tests.readers.layouts import to_bytes
from tests.readers.reading import read_spectrum
from tests.readers.test_kinds import FLUX, SIGMA, WAVE, table

OTHER = FLUX * (1 + 0.3 * np.sin(WAVE))


def two_tables() -> bytes:
    """Two stars in tables of other columns, and one far from the window."""
    star = fits.BinTableHDU.from_columns(
        [fits.Column(n, "D", array=a) for n, a in (("lambda", WAVE / 10), ("counts", OTHER))], name="SECOND"
    )
    blue = fits.BinTableHDU.from_columns(
        [fits.Column(n, "D", array=a) for n, a in (("wl", np.linspace(400, 500, 900)), ("f", np.ones(900)))]
    )
    return to_bytes(fits.PrimaryHDU(), table(WAVE, FLUX, SIGMA, "FIRST"), star, blue)


def test_rows_are_parts_by_their_number() -> None:
    spectrum = Spectrum(WAVE, FLUX, spectra=3, extensions=(("1", "extension 1"), ("2", "extension 2")))
    parts = parts_of(spectrum, ReadOptions(unit="nm", row=2))
    assert [part.title for part in parts] == ["1 of 3", "2 of 3", "3 of 3"]
    assert [part.options for part in parts] == [ReadOptions(unit="nm", row=row) for row in (1, 2, 3)]
    assert name_part("a.fits", parts[1].title) == "a.fits [2 of 3]" and name_part("a.fits", "") == "a.fits"


def test_one_spectrum_has_no_parts() -> None:
    assert parts_of(Spectrum(WAVE, FLUX), ReadOptions()) == []


def test_extensions_that_hold_the_window_are_offered() -> None:
    data = two_tables()
    spectrum = read_spectrum(data)
    assert spectrum.extensions == (("1", "extension 1 'FIRST'"), ("2", "extension 2 'SECOND'"))
    first, second = parts_of(spectrum, ReadOptions())
    assert (first.title, second.title) == ("extension 1", "extension 2")
    other = read_spectrum(data, options=second.options)
    assert other.extensions == spectrum.extensions  # the way back
    np.testing.assert_allclose(other.flux, np.interp(other.wavelength, WAVE, OTHER), rtol=1e-6)
    with pytest.raises(UnusableInput, match="extension 1 'FIRST'; extension 2 'SECOND'; extension 3"):
        read_spectrum(data, options=ReadOptions(extension="7"))


def test_arrays_of_one_spectrum_are_no_choice() -> None:
    """Wavelengths, flux and uncertainties in extensions of their own; a flux with an axis, and its noise beside it."""
    names = {"WAVE": WAVE, "FLUX": FLUX, "ERR": SIGMA, "MASK": np.zeros(WAVE.size)}
    images = [fits.ImageHDU(values, name=name) for name, values in names.items()]
    assert read_spectrum(to_bytes(fits.PrimaryHDU(), *images)).extensions == ()
    header = fits.Header({"CRVAL1": WAVE[0], "CDELT1": 0.05, "CRPIX1": 1.0, "CTYPE1": "WAVE", "CUNIT1": "Angstrom"})
    noise = fits.ImageHDU(SIGMA, header=header, name="ERR")
    assert read_spectrum(to_bytes(fits.PrimaryHDU(FLUX, header=header), noise)).extensions == ()

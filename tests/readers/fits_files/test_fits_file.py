"""Tables whose columns have no names, or twice the same."""

from __future__ import annotations

import numpy as np
from astropy.io import fits

from tests.readers import layouts
from tests.readers.reading import read_spectrum

WAVE = layouts.grid()
SIGMA = 0.005 + 0.001 * layouts.truth(WAVE)
FLUX = layouts.truth(WAVE) + SIGMA * np.random.default_rng(3).normal(size=WAVE.size)


def table(names: tuple[str, str, str]) -> bytes:
    cells = zip(names, (WAVE, FLUX, SIGMA), strict=True)
    hdu = fits.BinTableHDU.from_columns([fits.Column(name, "D", array=values) for name, values in cells])
    return layouts.to_bytes(fits.PrimaryHDU(), hdu)


def test_columns_without_names() -> None:
    """The standard asks for none (section 7.3.2)."""
    data = table(("a", "b", "c"))
    for number in (1, 2, 3):
        data = data.replace(f"TTYPE{number}".encode(), b"COMMENT"[:6])
    spectrum = read_spectrum(data, name="t.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, FLUX))
    assert spectrum.uncertainty is not None


def test_two_columns_of_one_name() -> None:
    spectrum = read_spectrum(table(("WAVE", "FLUX", "FLUY")).replace(b"FLUY", b"FLUX"), name="t.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, FLUX))

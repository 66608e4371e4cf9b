"""Several spectra in one file: the one that a user numbers is read, and none is mixed with another."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from dtl.readers.options import ReadOptions
from dtl.readers.orders import Order
from dtl.readers.spectra import drop_repeats, separate
from dtl.spectrum import UnusableInput
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

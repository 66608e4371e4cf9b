"""FITS files whose length does not fit: harmless where only the filling of the last block is concerned."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.io import fits

from dtl.readers.fits_opening import open_fits
from dtl.spectrum import UnusableInput
from tests.readers.layouts import to_bytes
from tests.readers.reading import read_spectrum

BLOCK = 2880
FLUX = 1.0 + 0.1 * np.sin(np.arange(3100.0))  # no end of a block


def image() -> bytes:
    return to_bytes(fits.PrimaryHDU(FLUX))


def table() -> bytes:
    return to_bytes(fits.PrimaryHDU(), fits.BinTableHDU.from_columns([fits.Column("FLUX", "D", array=FLUX)]))


def text() -> bytes:
    column = fits.Column("FLUX", "E15.7", array=FLUX, ascii=True)
    return to_bytes(fits.PrimaryHDU(), fits.TableHDU.from_columns([column]))


def compressed() -> bytes:
    packed = fits.CompImageHDU(np.tile(FLUX, (2, 1)), compression_type="GZIP_1", quantize_level=0)
    return to_bytes(fits.PrimaryHDU(), packed)


MAKERS = pytest.mark.parametrize("make", [image, table, text])


def refuse(words: str) -> UnusableInput:
    return UnusableInput(f"star.fits {words}")


def end_of_numbers(content: bytes) -> int:
    with fits.open(io.BytesIO(content)) as hdus:
        table = getattr(hdus[-1], "_bintable", None) or hdus[-1]
        return hdus[-1].fileinfo()["datLoc"] + table.size


@MAKERS
@pytest.mark.parametrize("count", [1, 80, 100, 1000])
def test_lost_and_inserted_bytes_are_told(make, count) -> None:
    content = make()
    place = end_of_numbers(content) - 5000
    assert len(content) - end_of_numbers(content) > count
    with pytest.raises(UnusableInput, match=f"bytes were lost in its middle, {count:,} by its size"):
        open_fits(content[:place] + content[place + count :], refuse)
    more = content[place : place + count]
    with pytest.raises(UnusableInput, match=f"bytes were inserted in its middle, {count:,} by its size"):
        open_fits(content[:place] + more + content[place:], refuse)


def test_lines_ended_as_of_text_are_told() -> None:
    content = table()
    with pytest.raises(UnusableInput, match="inserted in its middle"):
        open_fits(content.replace(b"\n", b"\r\n"), refuse)


@pytest.mark.parametrize("make", [image, table, text, compressed])
def test_a_filling_that_is_missing_short_long_or_odd_is_harmless(make) -> None:
    content = make()
    end = end_of_numbers(content)
    odd = content[:end] + b"?" * (len(content) - end)
    long = (content + more * n for more in (b"\0", b" ", b"\n", b"\r\n") for n in (1, 100, BLOCK, BLOCK + 1))
    for whole in (content[:end], content[: end + 7], *long, odd):
        with open_fits(whole, refuse) as hdus:
            values = hdus[-1].data["FLUX"] if make in (table, text) else hdus[-1].data
            assert np.allclose(values, FLUX, rtol=1e-6)


@pytest.mark.parametrize("count", [1, 7, 100, 1000])
def test_zeros_of_the_data_are_no_filling(count: int) -> None:
    """A mask of zeros, or a flux that ends in some, before a filling that is not whole."""
    edge = FLUX.copy()
    edge[-300:] = 0.0
    for last in (fits.ImageHDU(np.zeros(3100), name="MASK"), fits.ImageHDU(edge)):
        content = to_bytes(fits.PrimaryHDU(FLUX), last)
        with open_fits(content[:-count], refuse) as hdus:
            assert np.array_equal(hdus[1].data, last.data)


def test_arrays_of_variable_length_without_filling() -> None:
    column = fits.Column("FLUX", "PD()", array=np.array([FLUX, FLUX[:10]], dtype=object))
    content = to_bytes(fits.PrimaryHDU(), fits.BinTableHDU.from_columns([column]))
    with fits.open(io.BytesIO(content)) as hdus:
        end = hdus[1].fileinfo()["datLoc"] + hdus[1].size
    with open_fits(content[:end], refuse) as hdus:
        assert np.array_equal(hdus[1].data["FLUX"][0], FLUX)


@pytest.mark.parametrize("kind", ["RICE_1", "GZIP_1", "GZIP_2"])
def test_a_compressed_image_that_does_not_unpack_is_told(kind: str) -> None:
    header = fits.Header({"CRVAL1": 8760.0, "CDELT1": 0.04, "CTYPE1": "WAVE", "CUNIT1": "Angstrom"})
    content = to_bytes(fits.PrimaryHDU(), fits.CompImageHDU(FLUX.astype("f4"), header, compression_type=kind))
    read_spectrum(content)
    place = len(content.rstrip(b"\0")) - 300
    for instead in (b"", b"\xff\x01" * 20):
        damaged = content[:place] + instead + content[place + 40 :] + bytes(40 - len(instead))
        with pytest.raises(UnusableInput, match="a compressed image that cannot be unpacked"):
            read_spectrum(damaged)


def test_numbers_that_end_in_zeros_need_no_filling() -> None:
    content = to_bytes(fits.PrimaryHDU(np.r_[FLUX, np.zeros(400)]))
    with open_fits(content[: end_of_numbers(content)], refuse) as hdus:
        assert np.array_equal(hdus[0].data[: len(FLUX)], FLUX)


@pytest.mark.parametrize("form", ["9999999D", "3101D"])
def test_columns_that_need_more_than_a_row(form: str) -> None:
    """A card that was edited, in a table of one row; the numbers would go on behind the table."""
    column = fits.Column("FLUX", "3100D", array=FLUX[None])
    content = to_bytes(fits.PrimaryHDU(), fits.BinTableHDU.from_columns([column]))
    edited = content.replace(b"'3100D   '", f"'{form:8}'".encode())
    assert edited != content
    with pytest.raises(UnusableInput, match="columns need more than the 24,800 bytes that a row has"):
        read_spectrum(edited, name="star.fits")


@pytest.mark.parametrize(
    ("card", "key", "value"),
    [
        (b"SNR     =                  NaN / at 8800", "SNR", "NaN"),
        (b"OBJECT  = GJ 699", "OBJECT", "GJ 699"),
        (b"SNR     = 12,5 / at 8800", "SNR", "12,5"),
        (b"NOTE1   = of another with its name", "NOTE1", 1),
        (b"SNR     = 012.50d0", "SNR", 12.5),
        (b"SNR     =", "SNR", None),
    ],
)
def test_what_is_no_value_by_the_standard_is_text(card: bytes, key: str, value: object) -> None:
    content = to_bytes(fits.PrimaryHDU(FLUX, fits.Header({"NOTE1": 1, "NOTE2": 2})))
    place = content.index(b"NOTE2")
    hdus = open_fits(content[:place] + card.ljust(80) + content[place + 80 :], refuse)
    assert hdus[0].header[key] == value

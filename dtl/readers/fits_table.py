"""FITS tables: one row of vectors as in ESO's phase 3, or one row a pixel as most programs write them.

The ESO layout is that of the Science Data Products Standard (ESO-044286): columns WAVE, FLUX, ERR in one row, SPECSYS
for the frame, and a UCD of the wavelengths that ends in ``obs.atmos`` for air.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from dtl.readers.columns import Column, contents_from_columns
from dtl.readers.contents import Claim, Contents
from dtl.readers.fits_file import VALUE_LIMIT, tables
from dtl.readers.headers import describe_header
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source

__all__ = ["columns", "identify", "identify_vectors", "read", "read_vectors", "vector_columns"]

_MIN_POINTS = 10


def identify_vectors(source: Source) -> bool:
    """Whether a table has one row with at least two vectors."""
    return source.is_fits and _vectors(source) is not None


def identify(source: Source) -> bool:
    """Whether a table has many rows and at least two columns of numbers."""
    return source.is_fits and _rows(source) is not None


def vector_columns(source: Source) -> list[Column]:
    """The vectors of the one row."""
    return _columns(source, _vectors(source))


def columns(source: Source) -> list[Column]:
    """The columns of numbers of a table with one row a pixel."""
    return _columns(source, _rows(source))


def read_vectors(source: Source, options: ReadOptions) -> Contents:
    """Read the one row of an ESO phase-3 product."""
    hdu = _vectors(source)
    contents = _read(source, hdu, options, "ESO phase 3 table")
    header = hdu.header
    for key, ucd in ((key, str(header[key]).lower()) for key in header if key.startswith("TUCD")):
        if ucd.startswith("em.wl") and not contents.medium:
            medium = "air" if "obs.atmos" in ucd else "vacuum"
            contents.medium = Claim(medium, "file", f"card {key} = '{ucd}', as ESO's standard defines it")
    describe_header(contents, source.hdus[0].header, header)
    return contents


def read(source: Source, options: ReadOptions) -> Contents:
    """Read a table with one row a pixel."""
    hdu = _rows(source)
    contents = _read(source, hdu, options, "FITS table")
    describe_header(contents, source.hdus[0].header, hdu.header)
    return contents


def _read(source: Source, hdu: Any, options: ReadOptions, label: str) -> Contents:
    return contents_from_columns(label, _columns(source, hdu), source, options)


def _is_number(column: Any) -> bool:
    code = str(column.format).lstrip("0123456789").strip("()")[:1].upper()
    return code in "BIJKEDFL" and code != ""


def _vectors(source: Source) -> Any | None:
    for hdu in tables(source):
        if hdu.header["NAXIS2"] == 1 and sum(_is_vector(c) for c in hdu.columns) >= 2:
            return hdu
    return None


def _is_vector(column: Any) -> bool:
    text = str(column.format)
    digits = text[: len(text) - len(text.lstrip("0123456789"))]
    # variable-length columns (1PE(123), 1QD(123)) hold vectors too
    return (digits.isdigit() and int(digits) >= _MIN_POINTS and _is_number(column)) or text.lstrip("01")[:1] in (
        "P",
        "Q",
    )


def _rows(source: Source) -> Any | None:
    for hdu in tables(source):
        if hdu.header["NAXIS2"] >= _MIN_POINTS and sum(_is_number(c) and not _is_vector(c) for c in hdu.columns) >= 2:
            return hdu
    return None


def _columns(source: Source, hdu: Any) -> list[Column]:
    """The numeric columns of one length, as floats; strings, bits and objects are left alone."""
    size = hdu.header.get("NAXIS1", 0) * hdu.header["NAXIS2"]
    if size > 8 * VALUE_LIMIT:
        raise source.refuse(f"has a table of {size / 1e6:,.0f} MB, too large for one spectrum; give a single spectrum.")
    vector = hdu.header["NAXIS2"] == 1
    found = []
    for number, column in enumerate(hdu.columns, 1):
        if _is_vector(column) != vector or not (_is_number(column) or vector):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values = np.array(hdu.data[column.name][0] if vector else hdu.data[column.name], dtype=float).ravel()
        found.append(Column(column.name, values, column.unit or "", str(hdu.header.get(f"TCOMM{number}", ""))))
    lengths = [len(column.values) for column in found]
    common = max(set(lengths), key=lengths.count) if lengths else 0
    return [column for column in found if len(column.values) == common]

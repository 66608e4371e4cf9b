"""What an opened FITS file holds: its images, tables and their values, within limits."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from astropy.io import fits

from dtl.readers.source import Source

__all__ = [
    "VALUE_LIMIT",
    "describe",
    "image_extensions",
    "images",
    "pixels",
    "table_values",
    "tables",
]

#: Largest array that is read, in values; a CARMENES exposure has 250,000.
VALUE_LIMIT = 20_000_000

_IMAGES = (fits.PrimaryHDU, fits.ImageHDU, fits.CompImageHDU)
_TABLES = (fits.BinTableHDU, fits.TableHDU)


def images(source: Source) -> dict[str, Any]:
    """Image extensions that hold data, by name in upper case; of equal names the first counts."""
    found: dict[str, Any] = {}
    for number, hdu in enumerate(source.hdus):
        if isinstance(hdu, _IMAGES) and len(hdu.shape) > 0 and math.prod(hdu.shape) > 0:
            found.setdefault(hdu.name.strip().upper() or f"#{number}", hdu)
    return found


def image_extensions(source: Source) -> list[tuple[int, Any]]:
    """Number and extension of all images that hold data."""
    return [
        (number, hdu)
        for number, hdu in enumerate(source.hdus)
        if isinstance(hdu, _IMAGES) and len(hdu.shape) > 0 and math.prod(hdu.shape) > 0
    ]


def tables(source: Source) -> list[tuple[int, Any]]:
    """Number and extension of all tables that have rows and columns."""
    found = [(number, hdu) for number, hdu in enumerate(source.hdus) if isinstance(hdu, _TABLES)]
    return [(n, hdu) for n, hdu in found if hdu.header.get("NAXIS2", 0) > 0 and len(hdu.columns) > 0]


def table_values(hdu: Any, column: Any) -> np.ndarray | None:
    """Numbers of a column of a table, NaN where TNULL says that there is none; None for text and objects.

    Returns:
        Shape ``(rows,)``, or ``(rows, n)`` for vectors; those of variable length end in NaN.
    """
    code = str(column.format).lstrip("0123456789").strip("()")[:1].upper()
    if code in ("P", "Q"):
        if str(column.format).lstrip("01")[1:2].upper() not in "BIJKEDFL":
            return None
        cells = [np.atleast_1d(np.array(cell, dtype=float)).ravel() for cell in hdu.data[column.name]]
        length = max((len(cell) for cell in cells), default=0)
        if len(cells) * length > VALUE_LIMIT:
            return None
        return np.array([np.pad(cell, (0, length - len(cell)), constant_values=np.nan) for cell in cells])
    if code not in ("B", "I", "J", "K", "E", "D", "F", "L") or not code:
        return None
    raw = np.asarray(hdu.data[column.name])
    values = np.array(raw, dtype=float)
    if column.null is not None and code in "BIJK" and str(column.null).lstrip("-").isdigit():
        scale, zero = column.bscale or 1.0, column.bzero or 0.0
        values = np.where(np.isclose(values, int(column.null) * scale + zero, rtol=0, atol=1e-9), np.nan, values)
    return values


def pixels(source: Source, hdu: Any) -> np.ndarray:
    """The image of an extension as native floats, any shape.

    Raises:
        UnusableInput: too large to be a spectrum.
    """
    if math.prod(hdu.shape) > VALUE_LIMIT:
        raise source.refuse(
            f"has an image of {math.prod(hdu.shape):,} values in extension {hdu.name or 'without name'}, more than the "
            f"limit of {VALUE_LIMIT:,}; give an extracted spectrum, not a raw frame or a cube."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.array(hdu.data, dtype=float)


def describe(source: Source) -> str:
    """The extensions in words, for the message that none of them is a spectrum."""
    words = []
    for number, hdu in enumerate(source.hdus):
        name = hdu.name.strip() or f"extension {number}"
        if isinstance(hdu, _IMAGES):
            shape = " × ".join(str(n) for n in reversed(hdu.shape)) if hdu.shape else "no data"
            words.append(f"{name} ({shape})")
        elif isinstance(hdu, _TABLES):
            words.append(f"{name} (table: {', '.join(hdu.columns.names[:6])})")
    return "; ".join(words[:8]) + ("; ..." if len(words) > 8 else "")

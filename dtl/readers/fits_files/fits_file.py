"""What an opened FITS file holds: its images, tables and their values, within limits."""

from __future__ import annotations

import math
import warnings
import zlib
from typing import Any

import numpy as np
from astropy.io import fits

from dtl.readers import limits
from dtl.readers.arrays.complex_numbers import without_imaginary
from dtl.readers.source import Source, sanitise
from dtl.readers.words.names import parse_name
from dtl.spectrum import UnusableInput

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
VALUE_LIMIT = limits.most("values")

#: Bytes of a value in a cell of variable length, by the letter of its kind.
_BYTES = {"L": 1, "B": 1, "I": 2, "J": 4, "K": 8, "E": 4, "F": 4, "D": 8}
_IMAGES = (fits.PrimaryHDU, fits.ImageHDU, fits.CompImageHDU)
_TABLES = (fits.BinTableHDU, fits.TableHDU)


def images(source: Source) -> dict[str, Any]:
    """Image extensions that hold data, by name in upper case; of equal names the first counts."""
    found: dict[str, Any] = {}
    for number, hdu in image_extensions(source):
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
    """Number and extension of all tables that have rows and columns.

    Raises:
        UnusableInput: more cells of variable length than any has, which are read one by one, or columns that need more
            room than a row has.
    """
    found = [(number, hdu) for number, hdu in enumerate(source.hdus) if isinstance(hdu, _TABLES)]
    found = [(n, hdu) for n, hdu in found if hdu.header.get("NAXIS2", 0) > 0 and len(hdu.columns) > 0]
    for _, hdu in found:
        _name_columns(hdu)
        _check_room(source, hdu)
    limits.check("ragged_cells", sum(_count_ragged(hdu) for _, hdu in found), source.refuse)
    return found


def _name_columns(hdu: Any) -> None:
    """Give columns without a name, which the standard allows, and further ones of one name a name of their own."""
    known: set[str] = set()
    for number, column in enumerate(hdu.columns, 1):
        if not column.name or column.name in known:
            column.name = f"{column.name}_{number}" if column.name else f"col{number}"
        known.add(column.name)


def _check_room(source: Source, hdu: Any) -> None:
    """Make sure that the columns of a binary table fit into its rows.

    Raises:
        UnusableInput: where they do not.
    """
    if not isinstance(hdu, fits.BinTableHDU):
        return
    try:
        fits_in = hdu.columns.dtype.itemsize <= hdu.header["NAXIS1"]
    except (ValueError, OverflowError):  # of a column that is larger than any array
        fits_in = False
    if not fits_in:
        raise source.refuse(
            f"has a table whose columns need more than the {hdu.header['NAXIS1']:,} bytes that a row has, probably "
            "because a card (TFORM or NAXIS1) was damaged or edited by hand; fetch the file again."
        )


def _count_ragged(hdu: Any) -> int:
    forms = [str(form).lstrip("01")[:1].upper() for form in hdu.columns.formats]
    return hdu.header["NAXIS2"] * sum(form in ("P", "Q") for form in forms)


def table_values(source: Source, hdu: Any, column: Any) -> np.ndarray | None:
    """Numbers of a column of a table, NaN where TNULL says that there is none; None for text and objects.

    Returns:
        Shape ``(rows,)``, or ``(rows, n)`` for vectors; those of variable length end in NaN.

    Raises:
        UnusableInput: too large to be of a spectrum, or damaged.
    """
    form = str(column.format)
    code = form.lstrip("0123456789").strip("()")[:1].upper()
    if code in tuple("PQBIJKEDFL"):
        _check_scale(source, hdu, column)
    if code in ("P", "Q"):
        return _ragged_values(source, hdu, column) if form.lstrip("01")[1:2].upper() in tuple("BIJKEDFL") else None
    if code == "A" and parse_name(column.name).role in ("wavelength", "flux", "uncertainty"):
        return _spelt_values(source, hdu, column)
    if code not in ("B", "I", "J", "K", "E", "D", "F", "L", "C", "M"):
        return None
    raw = without_imaginary(np.asarray(hdu.data[column.name]))
    if raw.dtype.kind == "c":
        return None
    source.claim(raw.size)
    values = np.array(raw, dtype=float)
    if column.null is not None and code in "BIJK" and str(column.null).lstrip("-").isdigit():
        scale, zero = column.bscale or 1.0, column.bzero or 0.0
        values = np.where(np.isclose(values, int(column.null) * scale + zero, rtol=0, atol=1e-9), np.nan, values)
    return values


def _spelt_values(source: Source, hdu: Any, column: Any) -> np.ndarray | None:
    """Numbers of a column that was written as text; None where a cell is none, or they are names without a point."""
    raw = np.asarray(hdu.data[column.name])
    source.claim(raw.size)
    try:
        if (np.char.find(raw.astype(str), ".") >= 0).mean() <= 0.5:  # bytes where letters are none of ASCII
            return None
        return raw.astype(float)
    except ValueError:
        return None


def _check_scale(source: Source, hdu: Any, column: Any) -> None:
    """Make sure that what the numbers of a column are multiplied with and moved by are numbers themselves.

    Raises:
        UnusableInput: where they are not.
    """
    for key, value in (("TSCAL", column.bscale), ("TZERO", column.bzero)):
        if value not in ("", None) and not isinstance(value, int | float):
            place = hdu.columns.names.index(column.name) + 1
            raise source.refuse(
                f"has the card {key}{place} = '{sanitise(value, 20)}' where a number belongs, probably because it was "
                "edited by hand; fetch the file again."
            )


def _ragged_values(source: Source, hdu: Any, column: Any) -> np.ndarray:
    """A column of variable length; its descriptors are measured before a cell is read, as they may share their bytes.

    Raises:
        UnusableInput: negative or absurd lengths, or cells outside the file.
    """
    lengths, offsets = np.rec.recarray.field(hdu.data, column.name).astype(np.int64).T
    longest = int(lengths.max(initial=0))
    if lengths.min(initial=0) < 0:
        raise source.refuse("has a table with cells of negative length, so it is damaged; fetch the file again.")
    source.claim(len(lengths) * longest)
    header, size = hdu.header, _BYTES[str(column.format).lstrip("01")[1:2].upper()]
    before = header["NAXIS1"] * header["NAXIS2"]  # bytes of the table, which cells of other length follow
    start = header.get("THEAP", before)
    end = before + header.get("PCOUNT", 0)
    outside = (lengths > 0) & ((offsets < 0) | (start + offsets + size * lengths > end))
    if start < before or outside.any():
        raise source.refuse(
            "has a table that looks for its numbers outside of itself, so it is damaged; fetch the file again."
        )
    values = np.full((len(lengths), longest), np.nan)
    for row, cell in zip(values, hdu.data[column.name], strict=True):
        flat = np.asarray(cell, dtype=float).ravel()
        row[: len(flat)] = flat
    return values


def pixels(source: Source, hdu: Any) -> np.ndarray:
    """The image of an extension as native floats, any shape; the same array each time, which nobody may change.

    Raises:
        UnusableInput: too large to be a spectrum.
    """
    known = source.arrays.get(id(hdu))
    if known is None:
        source.claim(math.prod(hdu.shape))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            known = _unpacked(source, hdu) if isinstance(hdu, fits.CompImageHDU) else np.array(hdu.data, dtype=float)
        known.setflags(write=False)
        source.arrays[id(hdu)] = known
    return known


def _unpacked(source: Source, hdu: Any) -> np.ndarray:
    """The numbers of a compressed image.

    Raises:
        UnusableInput: where it cannot be unpacked.
    """
    try:
        _check_tiles(source, hdu)
        return np.array(hdu.data, dtype=float)
    except (UnusableInput, MemoryError):
        raise
    except Exception as error:  # each way of packing has errors of its own
        raise source.refuse(
            "has a compressed image that cannot be unpacked, probably because bytes of it were lost or changed in a "
            "download or a copy; fetch the file again."
        ) from error


def _check_tiles(source: Source, hdu: Any) -> None:
    """Unpack the gzipped tiles of an image as far as its values may reach: a tile may hold more than it claims.

    Raises:
        UnusableInput: where it does.
    """
    table = getattr(hdu, "_bintable", None)
    if table is None:
        return
    room = 8 * math.prod(hdu.shape) + 2880
    header = table.header
    heap = hdu.fileinfo()["datLoc"] + header.get("THEAP", header["NAXIS1"] * header["NAXIS2"])
    for name in {"COMPRESSED_DATA", "GZIP_COMPRESSED_DATA"} & set(table.columns.names):
        for length, offset in np.rec.recarray.field(table.data, name).reshape(-1, 2).astype(np.int64).tolist():
            packed = source.data[heap + offset : heap + offset + length]
            if packed.startswith(b"\x1f\x8b"):
                room -= len(zlib.decompressobj(wbits=31).decompress(packed, room + 1))
            if room < 0:
                raise source.refuse(
                    "has a compressed image that unpacks to more than it claims, so it is damaged; fetch the file "
                    "again."
                )


def describe(source: Source) -> str:
    """The extensions in words, or the arrays of NumPy, for the message that none of them is a spectrum."""
    words = []
    for number, hdu in enumerate(source.hdus):
        if number == 0 and not source.is_fits:
            continue
        name = hdu.name.strip() or f"{'extension' if source.is_fits else 'array'} {number}"
        if isinstance(hdu, _IMAGES):
            shape = " × ".join(str(n) for n in reversed(hdu.shape)) if hdu.shape else "no data"
            words.append(f"{name} ({shape})")
        elif isinstance(hdu, _TABLES):
            words.append(f"{name} (table: {', '.join(hdu.columns.names[:6])})")
    return "; ".join(words[:8]) + ("; ..." if len(words) > 8 else "")

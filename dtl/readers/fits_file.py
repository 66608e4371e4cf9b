"""Opening FITS bytes from a stranger: no memory map, no pickle, sizes checked before anything is allocated."""

from __future__ import annotations

import io
import math
import re
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.io import fits

if TYPE_CHECKING:
    from dtl.readers.source import Source

__all__ = [
    "VALUE_LIMIT",
    "describe",
    "image_extensions",
    "images",
    "open_fits",
    "pixels",
    "table_values",
    "tables",
]

#: Largest array that is read, in values; a CARMENES exposure has 250,000.
VALUE_LIMIT = 20_000_000

_IMAGES = (fits.PrimaryHDU, fits.ImageHDU, fits.CompImageHDU)
_TABLES = (fits.BinTableHDU, fits.TableHDU)
_DAMAGED = "has a damaged FITS header, probably from a failed download or an edit by hand; fetch the file again."
#: Text, truth, number or nothing, and a comment: most cards, told from the rest without parsing them.
_PLAIN_CARD = re.compile(r"^[A-Z0-9_-]{1,8} *= +('[^']*'|[TF]|[-+]?[0-9.]+([ED][-+]?[0-9]+)?)? *(/[ -~]*)?$")
_TRUNCATED = (
    "is a truncated FITS file ({detail}), probably from an interrupted download or copy; fetch it again and compare "
    "its size with the archive's."
)


def open_fits(source: Source) -> fits.HDUList:
    """Open the extensions of a FITS file and make sure that none of them is cut off.

    Raises:
        UnusableInput: truncated or damaged.
    """
    if _absurd(source.data):
        raise source.refuse(_DAMAGED)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            hdus = fits.open(io.BytesIO(source.data), mode="readonly", memmap=False, lazy_load_hdus=False)
            needed = max(_end(hdu) for hdu in hdus)
        except Exception as error:
            # astropy raises OSError, ValueError, KeyError, VerifyError and more for damaged headers
            if len(source.data) < 2880 or "END" in str(error) or "truncated" in str(error):
                raise source.refuse(_TRUNCATED.format(detail="its header has no end")) from error
            raise source.refuse(_DAMAGED) from error
    if needed > len(source.data):
        raise source.refuse(_TRUNCATED.format(detail=f"{len(source.data):,} of {needed:,} bytes"))
    if any("Error validating header" in str(w.message) for w in caught):
        raise source.refuse(_TRUNCATED.format(detail=f"the header of extension {len(hdus)} is incomplete"))
    for hdu in hdus:
        _drop_unreadable_cards(hdu.header)
    return hdus


def _absurd(data: bytes) -> bool:
    """Whether a header promises more axes or columns than any file has; astropy would make a list of them first."""
    for keyword, limit in ((b"NAXIS   =", 9), (b"ZNAXIS  =", 9), (b"TFIELDS =", 999)):
        place = data.find(keyword)
        while place >= 0:
            number = re.match(rb" *\+?(\d{1,20})", data[place + 9 : place + 80])
            if place % 80 == 0 and number and int(number[1]) > limit:
                return True
            place = data.find(keyword, place + 1)
    return False


def _drop_unreadable_cards(header: fits.Header) -> None:
    """Remove cards whose value is no FITS, as ``SNR = NaN``: one of them should not cost the whole file."""
    for card in list(header.cards):
        if _PLAIN_CARD.match(card.image):
            continue
        try:
            _ = card.value
        except fits.VerifyError:
            header.remove(card.keyword, ignore_missing=True)


def _end(hdu: Any) -> int:
    """Position of the last byte of data of an extension; the padding after it may be missing without harm."""
    info = hdu.fileinfo()
    size = hdu.size
    compressed = getattr(hdu, "compressed", None) or getattr(hdu, "_bintable", None)
    if compressed is not None:
        size = info["datSpan"] - 2879  # of a compressed image hdu.size is the unpacked one
    return int(info["datLoc"] + max(size, 0))


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

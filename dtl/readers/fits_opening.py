"""Opening FITS bytes from a stranger: no memory map, no pickle, sizes checked before anything is allocated.

Extensions are opened one after the other, each header measured before it is parsed, so that what there may be too many
of (`dtl.readers.limits`) is never counted to its end.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from typing import Any

from astropy.io import fits

from dtl.readers import limits
from dtl.spectrum import UnusableInput

__all__ = ["open_fits"]

_DAMAGED = "has a damaged FITS header, probably from a failed download or an edit by hand; fetch the file again."
_CARD, _BLOCK = 80, 2880
#: Cards whose numbers must be neither negative nor larger than any file has; None where only the former is asked.
_COUNTS = {b"NAXIS": 9, b"ZNAXIS": 9, b"TFIELDS": 999, b"PCOUNT": None, b"GCOUNT": None, b"ZTILE": None}
_COUNT_CARD = re.compile(rb"^(Z?NAXIS|TFIELDS|PCOUNT|GCOUNT|ZTILE)(\d{0,3}) *= *'? *([-+]?)(\d{1,40})")
_CONTINUE = b"CONTINUE"
_END_CARD = b"END" + b" " * (_CARD - 3)
_TRUNCATED = (
    "is a truncated FITS file ({detail}), probably from an interrupted download or copy; fetch it again and compare "
    "its size with the archive's."
)
_SHIFTED = (
    "is a damaged FITS file (bytes were {change} in its middle, {count:,} by its size, so the numbers behind them are "
    "not at their places), probably from a transfer in text mode or an edit by hand; fetch it again and compare its "
    "size with the archive's."
)
#: Bytes of a number: so many zeros may stand at its end.
_LONGEST_NUMBER = 8
#: What blocks are filled up with: zeros, or blanks after tables of text.
_FILLING = b"\0 "


def open_fits(data: bytes, refuse: Callable[[str], UnusableInput]) -> fits.HDUList:
    """Open the extensions of a FITS file and make sure that none of them is cut off or shifted.

    Args:
        data: of the whole file.
        refuse: makes the error of a sentence that goes on after the name of the file.

    Raises:
        UnusableInput: truncated or damaged.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            hdus = _open_one_by_one(data, refuse)
            needed = max(_end(hdu) for hdu in hdus)
        except UnusableInput:
            raise
        except Exception as error:
            # astropy raises OSError, ValueError, KeyError, VerifyError and more for damaged headers
            if len(data) < _BLOCK or "END" in str(error) or "truncated" in str(error):
                raise refuse(_TRUNCATED.format(detail="its header has no end")) from error
            raise refuse(_DAMAGED) from error
    if needed > len(data):
        raise refuse(_TRUNCATED.format(detail=f"{len(data):,} of {needed:,} bytes"))
    _check_places(data, hdus[-1], refuse)
    if any("Error validating header" in str(w.message) for w in caught):
        raise refuse(_TRUNCATED.format(detail=f"the header of extension {len(hdus)} is incomplete"))
    for hdu in hdus:
        _mend_cards(hdu.header)
    return hdus


def _check_places(data: bytes, last: Any, refuse: Callable[[str], UnusableInput]) -> None:
    """Make sure that the numbers of the last extension stand where its header says; those before it end at its header.

    A file without its filling, with a part of it, or with more is whole as long as the numbers end where they should:
    no filling where numbers belong, and no numbers in a filling that is followed by more.

    Raises:
        UnusableInput: where bytes are missing before them, or too many.
    """
    info = last.fileinfo()
    full = info["datLoc"] + info["datSpan"]
    if not info["datSpan"] or _is_compressed(last):  # what is compressed does not unpack
        return
    end, size = _end(last), len(data)
    lost, more = full - size, size - full
    if 0 < lost < full - end and lost <= _filled(data[info["datLoc"] : end]) < lost + _LONGEST_NUMBER:
        raise refuse(_SHIFTED.format(change="lost", count=lost))
    if more > 0 and data[end:full].strip(_FILLING):
        raise refuse(_SHIFTED.format(change="inserted", count=more))


def _filled(data: bytes) -> int:
    """How many bytes at the end are like a filling; data may end in zeros of their own."""
    return len(data) - len(data.rstrip(_FILLING))


def _open_one_by_one(data: bytes, refuse: Callable[[str], UnusableInput]) -> fits.HDUList:
    """All extensions, within the limits of their number, their cards and their columns.

    Raises:
        UnusableInput: beyond the limits.
    """
    room = {
        "cards": limits.most("cards"),
        "columns": 10 * limits.most("columns"),
        "continued": limits.most("continued"),
    }
    _check_header(data, 0, room, refuse)
    whole = io.BytesIO(data + bytes(-len(data) % _BLOCK))  # Astropy wants the filling where arrays vary in length
    hdus = fits.open(whole, mode="readonly", memmap=False, lazy_load_hdus=True)
    number = end = 0
    while True:
        try:
            hdu = hdus[number]
        except IndexError:
            return hdus
        except OSError:
            if number and not data[end:].strip(_FILLING + b"\r\n"):  # more blanks than a block needs, or an end of line
                return _open_one_by_one(data[:end], refuse)
            raise
        number += 1
        limits.check("hdus", number, refuse)
        place = hdu.fileinfo()
        end = place["datLoc"] + place["datSpan"]
        _check_header(data, end, room, refuse)


def _check_header(data: bytes, start: int, room: dict[str, int], refuse: Callable[[str], UnusableInput]) -> None:
    """Measure the header that begins at a place, before it is parsed, and take it from what there is room for.

    Raises:
        UnusableInput: longer than all headers may be together, or with numbers that no file has.
    """
    most = _CARD * room["cards"]
    end = data.find(_END_CARD, start, start + most)
    while end >= 0 and (end - start) % _CARD:
        end = data.find(_END_CARD, end + 1, start + most)
    if end < 0:
        if len(data) - start > most:
            raise limits.refusal("cards", refuse)
        end = min(len(data), start + most)  # cut off, which the parser says
    room["cards"] -= (end - start) // _CARD
    for place in range(start, end, _CARD):
        if data.startswith(_CONTINUE, place):
            room["continued"] -= 1
            if room["continued"] < 0:
                raise limits.refusal("continued", refuse)
        match = _COUNT_CARD.match(data[place : place + _CARD]) if data[place : place + 1] in b"ZNTPG" else None
        if match is None:
            continue
        word, number, sign, digits = match.groups()
        count = int(digits)
        largest = _COUNTS[word] if not number else None
        if (sign == b"-" and count) or count >= 2**62 or (largest is not None and count > largest):
            raise refuse(_DAMAGED)
        if word == b"ZTILE":
            limits.check("values", count, refuse)
        elif word == b"TFIELDS":
            limits.check("columns", count, refuse)
            room["columns"] -= count
            if room["columns"] < 0:
                raise limits.refusal("columns", refuse, 10 * limits.most("columns"))


def _mend_cards(header: fits.Header) -> None:
    """Take for text what is no value by the standard, as in ``SNR = NaN``: it should not cost the whole file."""
    for card in header.cards:
        try:
            _ = card.value
        except fits.VerifyError:
            card.verify("silentfix")


def _end(hdu: Any) -> int:
    """Position of the last byte of data of an extension; the padding after it may be missing without harm."""
    info = hdu.fileinfo()
    size = hdu.size
    if _is_compressed(hdu):
        size = info["datSpan"] - 2879  # of a compressed image hdu.size is the unpacked one
    return int(info["datLoc"] + max(size, 0))


def _is_compressed(hdu: Any) -> bool:
    return (getattr(hdu, "compressed", None) or getattr(hdu, "_bintable", None)) is not None

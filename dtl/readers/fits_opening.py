"""Opening FITS bytes from a stranger: no memory map, no pickle, sizes checked before anything is allocated."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from typing import Any

from astropy.io import fits

from dtl.spectrum import UnusableInput

__all__ = ["open_fits"]

_DAMAGED = "has a damaged FITS header, probably from a failed download or an edit by hand; fetch the file again."
#: Text, truth, number or nothing, and a comment: most cards, told from the rest without parsing them.
_PLAIN_CARD = re.compile(r"^[A-Z0-9_-]{1,8} *= +('[^']*'|[TF]|[-+]?[0-9.]+([ED][-+]?[0-9]+)?)? *(/[ -~]*)?$")
_TRUNCATED = (
    "is a truncated FITS file ({detail}), probably from an interrupted download or copy; fetch it again and compare "
    "its size with the archive's."
)


def open_fits(data: bytes, refuse: Callable[[str], UnusableInput]) -> fits.HDUList:
    """Open the extensions of a FITS file and make sure that none of them is cut off.

    Args:
        data: of the whole file.
        refuse: makes the error of a sentence that goes on after the name of the file.

    Raises:
        UnusableInput: truncated or damaged.
    """
    if _absurd(data):
        raise refuse(_DAMAGED)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            hdus = fits.open(io.BytesIO(data), mode="readonly", memmap=False, lazy_load_hdus=False)
            needed = max(_end(hdu) for hdu in hdus)
        except Exception as error:
            # astropy raises OSError, ValueError, KeyError, VerifyError and more for damaged headers
            if len(data) < 2880 or "END" in str(error) or "truncated" in str(error):
                raise refuse(_TRUNCATED.format(detail="its header has no end")) from error
            raise refuse(_DAMAGED) from error
    if needed > len(data):
        raise refuse(_TRUNCATED.format(detail=f"{len(data):,} of {needed:,} bytes"))
    if any("Error validating header" in str(w.message) for w in caught):
        raise refuse(_TRUNCATED.format(detail=f"the header of extension {len(hdus)} is incomplete"))
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

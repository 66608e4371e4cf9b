"""What a FITS file says of each spectrum in single values: columns of a table, short images, cards with long names."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.io import fits

from dtl.readers.arrays.row_values import apply_pairs, named_columns
from dtl.readers.contents import Contents
from dtl.readers.facts.metadata import key_of
from dtl.readers.fits_files.fits_file import image_extensions, pixels
from dtl.readers.source import Source
from dtl.readers.words.resolutions import IN_KMS, is_own

__all__ = ["apply_long_cards", "of_images", "of_table"]

#: Extensions that are looked at.
_MOST = 200
#: Letters of the names of cards of the FITS standard, at most.
_SHORT = 8
#: Cards whose names say nothing where no table of stars is around them.
_OF_ANYTHING = ("name",)
#: Columns of a FITS table with one value a row: truth, whole and real numbers; text of any length.
_KINDS = tuple("LBIJKED")


def of_table(hdu: Any) -> dict[str, np.ndarray]:
    """Columns of a FITS table with one number or text a row, by their names; shape ``(rows,)`` each."""
    plain = [c for c in hdu.columns if str(c.format).lstrip("1") in _KINDS or str(c.format).endswith("A")]
    return named_columns(
        (column.name, column.unit, _known(column, np.asarray(hdu.data[column.name]))) for column in plain
    )


def of_images(source: Source, rows: int) -> dict[str, np.ndarray]:
    """One-dimensional images with a number a row of others, or one for all, by their names; shape ``(rows,)`` each."""
    own = [hdu for _, hdu in image_extensions(source)[:_MOST] if hdu.shape in ((rows,), (1,))]
    every = ((hdu, np.broadcast_to(pixels(source, hdu), rows)) for hdu in own)
    return named_columns((hdu.name.strip(), hdu.header.get("BUNIT"), values) for hdu, values in every)


def apply_long_cards(contents: Contents, header: Any) -> None:
    """Take what cards say whose names are words as those of tables are, ``HIERARCH spectral_resolution``, where the
    standard ones leave it open; groups of an observatory, as ``HIERARCH ESO ...``, have names of their own.

    Args:
        contents: changed in place.
        header: of FITS.
    """
    pairs = {}
    for card in header.cards:
        key = card.keyword
        claim = getattr(contents, str(key_of(key)[0]), None)
        if not key or " " in key or (len(key) <= _SHORT and key.isupper()) or getattr(claim, "value", claim):
            continue
        if isinstance(card.value, fits.card.Undefined) or key.lower() in _OF_ANYTHING:
            continue
        width = "resol" in key.lower() and IN_KMS.search(card.comment)
        if "resol" in key.lower() and not (width or is_own(card.comment)):  # pixels, or of a template
            continue
        velocity = bool(width or "velocity" in str(key_of(key)[0])) and isinstance(card.value, int | float)
        if velocity and "template" in card.comment.lower():
            continue
        pairs[key] = f"{card.value} {card.comment}".strip() if velocity else card.value
    apply_pairs(contents, pairs, "card")


def _known(column: Any, values: np.ndarray) -> np.ndarray:
    """Values of a column of a FITS table without those that TNULL says are none."""
    null = str(column.null if values.dtype.kind in "iu" else "")
    return np.ma.masked_equal(values, int(null)) if null.lstrip("-").isdigit() else values

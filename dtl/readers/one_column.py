"""Fluxes alone, one in each line, whose wavelengths are those of the cards ``CRVAL1`` and ``CDELT1`` above them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from dtl.readers.decimal_marks import COMMENT, MISSING
from dtl.readers.number_rows import number

__all__ = ["has_one_column", "with_wavelengths"]

#: Part of the lines that are numbers, and how many there are at least.
_MOST, _MIN_ROWS = 0.8, 10


def _rows(lines: Sequence[str]) -> list[int]:
    """The lines that are one number each, where nearly all that are no comments are such."""
    said = [line.strip().lower() for line in lines]
    own = [i for i, line in enumerate(said) if line and (line in MISSING or not COMMENT.match(line))]
    rows = [i for i in own if number(lines[i]) is not None]  # a pixel without a number is one too
    full = sum(bool(re.search(r"\d", lines[i])) for i in rows)
    return rows if full >= max(_MIN_ROWS, _MOST * len(own)) else []


def has_one_column(lines: Sequence[str]) -> bool:
    """Whether a text holds one number in each line."""
    return bool(_rows(lines))


def with_wavelengths(lines: Sequence[str], cards: Mapping[str, tuple[object, str]]) -> list[str] | None:
    """Lines with the wavelength before each flux; None where there is more than fluxes, or no card says where they are.

    Args:
        lines: of a text in which no table of two columns was found.
        cards: keys, values and comments of FITS cards among the comments.
    """
    names = ("CRVAL1", "CD1_1" if "CD1_1" in cards else "CDELT1", "CRPIX1")
    start, step, pixel = (cards.get(name, (1.0 if name == "CRPIX1" else None, ""))[0] for name in names)
    rows = _rows(lines) if isinstance(start, float) and isinstance(step, float) and step else []
    if not rows or not isinstance(pixel, float):
        return None
    waves = start + (np.arange(len(rows)) + 1.0 - pixel) * step
    found = list(lines)
    for i, wave in zip(rows, waves.tolist(), strict=True):
        found[i] = f"{wave!r} {lines[i].strip()}"
    return found

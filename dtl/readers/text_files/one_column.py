"""Fluxes alone, one in each line, whose wavelengths are those of the cards ``CRVAL1`` and ``CDELT1`` above them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from dtl.readers.source import Source
from dtl.readers.words.decimal_marks import COMMENT, MISSING
from dtl.readers.words.number_rows import number

__all__ = ["has_one_column", "with_wavelengths"]

#: Part of the lines that are numbers, and how many there are at least.
_MOST, _MIN_ROWS = 0.8, 10
#: What programs write for no number, and what else stands for one between numbers though it looks like a comment.
_NO_NUMBER = r"[-+]?\d+\.?\d*#\w+|[-+]?nan\(\w*\)|#(?:n/?a|[\w/]+!)"
_GAP = re.compile(rf"{_NO_NUMBER}|\*+|-{{1,3}}")
_WORD = re.compile(rf"{_NO_NUMBER}|{'|'.join(re.escape(word) for word in sorted(MISSING) if word.isalpha())}|n/a")
#: A card about the axis, marked as a comment or not.
_CARD = re.compile(
    r"\W*(crval1|cdelt1|cd1_1|crpix1)(?:\s*[=:]\s*|\s+)'?\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[ed][-+]?\d+)?)", re.IGNORECASE
)


def _rows(lines: Sequence[str]) -> list[int]:
    """The lines that are one number each, and those between them that stand for one, where nearly all that are no
    comments are such."""
    said = [line.strip().strip("\"'").lower() for line in lines]
    own = [i for i, line in enumerate(said) if lines[i].strip() and (_is_gap(line) or not COMMENT.match(lines[i]))]
    full = [i for i in own if re.search(r"\d", said[i]) and number(lines[i]) is not None]
    if len(full) < max(_MIN_ROWS, _MOST * len(own)):
        return []
    # each word alone between numbers is a pixel too, as 1.#QNAN: without it all behind would be shifted
    between = {i for i in own if full[0] < i < full[-1] and len(said[i].split()) < 2}
    ends = {*_marks_from(said, full[0], -1), *_marks_from(said, full[-1], 1)}
    return sorted({*full, *between, *ends, *(i for i in own if _WORD.fullmatch(said[i]))})


def _marks_from(said: Sequence[str], place: int, step: int) -> Iterator[int]:
    """The lines next to a number that stand for none, from there on one way: two dashes are no line below a title."""
    while 0 <= (place := place + step) < len(said) and (said[place] == "--" or _WORD.fullmatch(said[place])):
        yield place


def _is_gap(line: str) -> bool:
    return line in MISSING or bool(_GAP.fullmatch(line))


def _empty_between(lines: Sequence[str], rows: Sequence[int]) -> bool:
    """Whether lines between the numbers are empty where no rule of layout leaves them so."""
    empty = [i for i in range(rows[0], rows[-1]) if not lines[i].strip()]
    counts = np.diff(np.searchsorted(rows, [rows[0], *empty, rows[-1] + 1]))
    stretches = counts[counts > 0]
    return bool(empty) and (len(stretches) < 3 or len(set(stretches[:-1].tolist())) > 1 or stretches[-1] > stretches[0])


def has_one_column(lines: Sequence[str]) -> bool:
    """Whether a text holds one number in each line."""
    return bool(_rows(lines))


def with_wavelengths(source: Source, lines: Sequence[str], words: Iterable[str]) -> list[str] | None:
    """Lines with the wavelength before each flux; None where there is more than fluxes, or no card says where they are.

    Args:
        source: for the name in the message.
        lines: of a text in which no table of two columns was found.
        words: the lines above the numbers, in which cards of FITS are looked for.

    Raises:
        UnusableInput: empty lines may be pixels or not.
    """
    found = [card for card in map(_CARD.match, words) if card]
    cards = {card[1].upper(): float(card[2].lower().replace("d", "e")) for card in reversed(found)}
    start, step = cards.get("CRVAL1"), cards.get("CD1_1", cards.get("CDELT1"))
    rows = _rows(lines) if start is not None and step else []
    if not rows:
        return None
    if _empty_between(lines, rows):
        raise source.refuse(
            "has empty lines among its fluxes, which may be pixels without a number or none at all, so that the "
            "wavelengths of all behind are not known; write NaN for such a pixel, or a column of wavelengths."
        )
    waves = start + (np.arange(len(rows)) + 1.0 - cards.get("CRPIX1", 1.0)) * step
    paired = list(lines)
    for i, wave in zip(rows, waves.tolist(), strict=True):
        paired[i] = f"{wave!r} {lines[i].strip() if number(lines[i]) is not None else 'nan'}"
    return paired

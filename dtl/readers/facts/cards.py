"""The cards of a FITS header by their names, and those that stand above a table of text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from astropy.io import fits

from dtl.readers.words.number_rows import number

__all__ = ["Cards", "header_texts", "is_written_card", "number_of", "written_cards"]

#: A card as text: SPECSYS = 'TOPOCENT' / frame
_WRITTEN = re.compile(
    r"^\s*(HIERARCH +)?([A-Z][A-Z0-9_ -]{0,40}?)\s*=\s*('[^']*'|[TF]|[-+]?[0-9.]+(?:[EDed][-+]?[0-9]+)?)\s*(/.*)?$"
)


class Cards:
    """A header that tells at once that a card is not there, for which astropy's own raises and catches an error.

    Headers are asked for each of a hundred names that cards have in one place or another. Of equal names the first
    counts.
    """

    def __init__(self, header: fits.Header) -> None:
        self._cards: dict[str, fits.Card] = {}
        for card in header.cards:
            self._cards.setdefault(card.keyword.upper(), card)

    def __iter__(self) -> Iterator[str]:
        return iter(self._cards)

    def __contains__(self, key: str) -> bool:
        return key in self._cards

    def among(self, keys: Iterable[str]) -> list[str]:
        """Those of some names that cards have."""
        return [key for key in keys if key in self._cards]

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a card, or another where there is no such card or nothing in it."""
        value = self._cards[key].value if key in self._cards else default
        return default if isinstance(value, fits.card.Undefined) else value

    def comment(self, key: str) -> str:
        """What stands behind the value of a card; empty where there is no such card."""
        return self._cards[key].comment if key in self._cards else ""

    def number(self, key: str) -> float | None:
        """The number of a card, which some write as text; None where it holds none."""
        return number_of(self.get(key))


def number_of(value: Any) -> float | None:
    """The number that a value is or spells; None where it is none, or no finite one."""
    try:
        found = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None
    return found if np.isfinite(found) else None


def is_written_card(line: str) -> bool:
    """Whether a line of a text is a card."""
    return bool(_WRITTEN.match(line))


def written_cards(lines: Iterable[str]) -> dict[str, tuple[object, str]]:
    """Values and comments of the cards among the lines of a text, by their names."""
    found: dict[str, tuple[object, str]] = {}
    for match in filter(None, map(_WRITTEN.match, lines)):
        text = match[3]
        if text.startswith("'"):
            value = text.strip("'").strip()
        else:
            value = text == "T" if text in ("T", "F") else number(text)
        found[match[2].strip()] = (value, (match[4] or "").lstrip("/ "))
    return {key: card for key, card in found.items() if card[0] is not None}


def header_texts(header: Any, key: str) -> list[str]:
    """The last of the HISTORY or COMMENT cards of a FITS header."""
    return [str(card) for card in header[key]][-400:] if key in header else []

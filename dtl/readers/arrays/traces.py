"""Fibres of a spectrograph that saw the sky or a lamp, told by what a file calls them, and not by what they hold."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from dtl.readers.facts.cards import Cards
from dtl.readers.words.names import parse_name, split_words
from dtl.readers.words.treatments import is_treated

__all__ = ["called_by_trace", "rows_beside"]

#: Cards that say what a fibre saw, and its number: "TRACE1  = 'SKY'" of the EPRV standard, "FIBER5  = 'Etalon'".
_CARD = re.compile(r"(TRACE|FIBER|FIBRE)_?0*(\d{1,3})")
_NUMBERED = re.compile(r"(?i)(trace|fiber|fibre)_?\d")
#: Columns that say so of each row.
_COLUMNS = {"fiber", "fibre", "trace", "objtype"}
#: What a fibre beside that of the star sees.
_BESIDE = ("sky", "lamp")
#: What stands in a list for a fibre without light.
_NOTHING = {"", "none", "dark"}
#: Letters of a text that are looked at.
_LONGEST = 40


def called_by_trace(cards: Cards, names: list[str]) -> list[str]:
    """Names of extensions, those of the sky and of lamps with that word before them, as ``SKY TRACE1_FLUX``.

    Args:
        cards: of the first header, which may say what each fibre saw.
        names: of extensions, with the word and the number of a fibre in them.

    Returns:
        The names as they are where none is of another fibre.
    """
    found = list(names)
    for match in filter(None, map(_CARD.fullmatch, cards)):
        role = _beside(cards.get(match[0]))
        own = re.compile(rf"(?i){match[1]}_?0*{match[2]}(?!\d)")
        if role:
            found = [f"{role} {name}" if own.search(name) else name for name in found]
    own = [called == name for called, name in zip(found, names, strict=True) if _NUMBERED.search(name)]
    return found if any(own) else names


def rows_beside(said: Mapping[str, np.ndarray], cards: Cards) -> tuple[np.ndarray, str] | None:
    """Which rows of a table a column says to be of the sky or of a lamp, and its name; None where none or all are.

    Args:
        said: columns with one value a row, by their names; shape ``(rows,)`` each.
        cards: of the first header, which may say what the fibre of a number saw.
    """
    numbered, listed = _seen_by_number(cards)
    for name, cells in said.items():
        if cells.dtype.kind in "USiu" and _COLUMNS & set(split_words(name)):
            own = [int(cell) if str(cell).strip().isdecimal() else cell for cell in cells.tolist()]
            counted = set(own) <= listed.keys() and not any(listed[number] in _NOTHING for number in set(own))
            seen = numbered if set(own) <= numbered.keys() else listed if counted else {}
            beside = np.array([bool(_beside(seen.get(cell, cell))) for cell in own])
            if beside.any() and not beside.all():
                return beside, name
    return None


def _seen_by_number(cards: Cards) -> tuple[dict[object, object], dict[object, str]]:
    """What the fibre of each number saw: by cards of its own, and by a list of all.

    "none&thar&GJ 699" of NRES counts from 0 and has no rows of a fibre that saw nothing.
    """
    numbered = {int(match[2]): cards.get(match[0]) for match in filter(None, map(_CARD.fullmatch, cards))}
    listed = [seen.strip().lower() for seen in str(cards.get("OBJECTS", "")).split("&")]
    return numbered, dict(enumerate(listed)) if len(listed) > 1 else {}


def _beside(value: object) -> str:
    """The role of what a fibre saw where that is not the star, nor the star and something else, as "star+sky", or
    without it, as "sky-subtracted"."""
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    words = split_words(text.strip().lower()[:_LONGEST]) if isinstance(text, str) else []
    roles = [parse_name(word).role for word in words]
    return "" if "flux" in roles or is_treated(words) else next((role for role in roles if role in _BESIDE), "")

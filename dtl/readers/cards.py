"""The cards of a FITS header by their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from astropy.io import fits

__all__ = ["Cards"]


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
        value = self.get(key)
        try:
            number = float("nan") if isinstance(value, bool) else float(value)
        except (TypeError, ValueError):
            return None
        return number if np.isfinite(number) else None

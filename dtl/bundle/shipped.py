"""The bundles that come with the program: their names, cards and resolutions, without loading a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dtl.bundle.card import CARD_FILE
from dtl.bundle.window import window_of
from dtl.resources import asset
from dtl.spectrum import UnusableInput
from dtl.wavelengths import Window

__all__ = ["SHIPPED_BUNDLES", "damaged", "read_card", "shipped_bundles", "shipped_resolutions", "shipped_windows"]

#: The folder that holds one folder a bundle.
SHIPPED_BUNDLES = asset("models")


def shipped_bundles() -> list[str]:
    """Names of the bundles that come with the program."""
    return sorted(path.parent.name for path in SHIPPED_BUNDLES.glob(f"*/{CARD_FILE}"))


def read_card(name: str) -> dict[str, Any]:
    """The card of a bundle that comes with the program, without its networks.

    Raises:
        UnusableInput: where it cannot be read.
    """
    path = SHIPPED_BUNDLES / name / CARD_FILE
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise damaged(path, error) from error
    if not isinstance(card, dict):
        raise damaged(path, "it holds no facts")
    return card


def shipped_resolutions() -> dict[str, float]:
    """Name of each bundle that comes with the program -> lambda/FWHM of its spectra, from the cards alone.

    Raises:
        UnusableInput: where a card cannot be read.
    """
    resolutions = {}
    for name in shipped_bundles():
        card = read_card(name)
        try:
            resolutions[name] = float(card["resolution"])
        except (LookupError, ValueError, TypeError) as error:
            raise damaged(SHIPPED_BUNDLES / name / CARD_FILE, error) from error
    return resolutions


def shipped_windows() -> dict[str, Window]:
    """Name of each bundle that comes with the program -> its window, from the cards alone.

    Raises:
        UnusableInput: where a card cannot be read.
    """
    windows = {}
    for name in shipped_bundles():
        try:
            windows[name] = window_of(read_card(name))
        except (LookupError, ValueError, TypeError) as error:
            raise damaged(SHIPPED_BUNDLES / name / CARD_FILE, error) from error
    return windows


def damaged(path: str | Path, reason: object) -> UnusableInput:
    """The sentence about a bundle that cannot be read, to be raised."""
    return UnusableInput(f"{path}: the bundle is damaged ({reason}); fetch it again.")

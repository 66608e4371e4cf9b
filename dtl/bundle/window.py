"""The window of a bundle with its lines, as its card gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dtl.lines import Line
from dtl.wavelengths import Window

__all__ = ["lines_of", "telluric_lines_of", "window_entries", "window_of"]

_IRON = "NIST Atomic Spectra Database; Nave et al. 1994, ApJS 94, 221"
_MAGNESIUM = "NIST Atomic Spectra Database; Kaufman & Martin 1991, JPCRD 20, 83"
#: What a card that says nothing of it means: all bundles had this window when it did not yet stand in their cards.
_FORMER = {
    "window": {"lower": 8800.0, "upper": 8835.0, "margin": 5.0},
    "lines": [
        {"species": "Fe I", "air": 8804.624, "reference": _IRON},
        {"species": "Mg I", "air": 8806.757, "reference": _MAGNESIUM},
        {"species": "Fe I", "air": 8824.220, "reference": _IRON},
    ],
    "telluric_lines": [8802.35, 8805.85, 8814.14, 8821.63, 8822.66, 8824.83],
}


def window_of(card: Mapping[str, Any]) -> Window:
    """The window that a bundle's networks look at.

    Raises:
        LookupError, TypeError, ValueError: where the card gives none that makes sense.
    """
    entry = _entry(card, "window")
    window = Window(float(entry["lower"]), float(entry["upper"]), float(entry["margin"]))
    if not (1000.0 < window.lower < window.upper < 1e6 and 0.0 <= window.margin <= 100.0 and window.width <= 1000.0):
        raise ValueError(f"{window} is no window")
    return window


def lines_of(card: Mapping[str, Any]) -> tuple[Line, ...]:
    """The lines of the window whose identification is beyond doubt, in the order of wavelength."""
    return tuple(
        Line(str(line["species"]), float(line["air"]), str(line["reference"])) for line in _entry(card, "lines")
    )


def telluric_lines_of(card: Mapping[str, Any]) -> tuple[float, ...]:
    """Telluric lines of the window that reach 3 % and more, vacuum Angstrom in the observatory's frame."""
    return tuple(float(line) for line in _entry(card, "telluric_lines"))


def window_entries(window: Window, lines: tuple[Line, ...], telluric_lines: tuple[float, ...]) -> dict[str, Any]:
    """The same as entries of a card."""
    return {
        "window": {"lower": window.lower, "upper": window.upper, "margin": window.margin},
        "lines": [{"species": line.species, "air": line.air, "reference": line.reference} for line in lines],
        "telluric_lines": list(telluric_lines),
    }


def _entry(card: Mapping[str, Any], name: str) -> Any:
    # Cards of old held the two ends alone.
    entry = card.get(name, _FORMER[name])
    return (
        {**_FORMER["window"], "lower": entry[0], "upper": entry[1]}
        if isinstance(entry, list | tuple) and (name == "window")
        else entry
    )

"""Colours that carry a meaning, for light and dark pages.

Text stands out from the ground by 4.5 to 1 or more, curves by 3 to 1. What is drawn together (data and model,
star and grid) differs in lightness as well as in hue, so they keep apart without colour vision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from itertools import cycle, islice

__all__ = ["Palette", "palette", "translate"]


@dataclass(frozen=True)
class Palette:
    """Colours of one appearance of the page.

    Attributes:
        ground: behind a figure.
        text: labels on ``ground``.
        data: what was measured.
        model: what a network or a model says.
        muted: what is not used, and guides.
        band: translucent fill of an uncertainty.
        star: the user's star on a map of models.
        others: further curves, in order.
        scale: sequential colour scale (cividis, its faint end left out), low to high.
    """

    ground: str
    text: str
    data: str
    model: str
    muted: str
    band: str
    star: str
    others: tuple[str, ...]
    scale: tuple[str, ...]

    def cycle(self, number: int) -> Iterator[str]:
        """``number`` colours for curves: data, model, then the others."""
        return islice(cycle((self.data, self.model, *self.others)), number)


_LIGHT = Palette(
    ground="#ffffff",
    text="#0b0f14",
    data="#1c2127",
    model="#c24e00",
    muted="#767e88",
    band="rgba(90, 98, 109, 0.22)",
    star="#d3006b",
    others=("#0b5fa5", "#00735c", "#8a4fa3"),
    scale=("#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#d9c45b"),
)
_DARK = Palette(
    ground="#12171d",
    text="#e4e8ec",
    data="#e4e8eb",
    model="#ff9d5c",
    muted="#87919c",
    band="rgba(169, 178, 189, 0.25)",
    star="#ff6fb5",
    others=("#6cb4f5", "#3fc9a5", "#cfa0e8"),
    scale=("#46618f", "#5a6a84", "#6f757d", "#858078", "#9b9272", "#b3a56a", "#c9b85d", "#e1cc55", "#fee838"),
)


def palette(dark: bool = False) -> Palette:
    """The colours for a dark or a light page."""
    return _DARK if dark else _LIGHT


def translate(value: object) -> object:
    """A part of a figure with the colours of a dark page replaced by those of a light one; others stay."""
    if isinstance(value, str):
        return _TO_LIGHT.get(value, value)
    if isinstance(value, Mapping):
        return {key: translate(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(translate(part) for part in value)
    return value


def _flat(colours: Palette) -> list[str]:
    return [c for field in astuple(colours) for c in (field if isinstance(field, tuple) else (field,))]


#: No two colours of the dark page are the same, so that each leads to one of the light page.
_TO_LIGHT = dict(zip(_flat(_DARK), _flat(_LIGHT), strict=True))

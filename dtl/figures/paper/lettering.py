"""Text of a figure: from the few tags that Plotly understands to the formulas of Matplotlib, and colours."""

from __future__ import annotations

import re
from html import unescape

__all__ = ["colour", "lettering"]

_TAG = re.compile(r"<(/?)(i|b|sub|sup|br|span)\b[^>]*>", re.IGNORECASE)
_FORMULAS = {"i": r"\mathit{%s}", "sub": r"_{\mathregular{%s}}", "sup": r"^{\mathregular{%s}}"}
#: Signs that the fonts of formulas lack by themselves.
_SIGNS = {"☉": r"\odot", "−": "-", "\u00a0": r"\ ", " ": r"\ "}


def lettering(text: str | None) -> str:
    """Text with the tags ``<i> <sub> <sup> <br> <b> <span>`` as Matplotlib writes it."""
    parts, open_tags, place = [], [], 0
    text = text or ""
    for found in _TAG.finditer(text):
        parts.append(_part(text[place : found.start()], open_tags))
        place, (closing, tag) = found.end(), (found[1], found[2].lower())
        if tag == "br":
            parts.append("\n")
        elif closing:
            if tag in open_tags:
                open_tags.remove(tag)
        else:
            open_tags.append(tag)
    parts.append(_part(text[place:], open_tags))
    return "".join(parts).replace("$$", "").strip("\n ")


def _part(text: str, tags: list[str]) -> str:
    """A stretch of text under some tags."""
    text = unescape(text)
    formulas = [tag for tag in tags if tag in _FORMULAS]
    if not text or ("span" in tags and not text.strip()):
        return ""
    if not formulas:
        return text.replace("$", r"\$")
    inner = "".join(_SIGNS.get(c, "\\" + c if c in "#$%&_{}" else c) for c in text)
    for tag in (t for t in ("i", "sub", "sup") if t in formulas):
        inner = _FORMULAS[tag] % inner
    return f"${inner}$"


def colour(value: object, opacity: float = 1.0) -> tuple[float, float, float, float] | str:
    """A colour of Plotly as Matplotlib takes it."""
    from matplotlib.colors import to_rgba

    text = str(value)
    if found := re.fullmatch(r"rgba?\(([^)]*)\)", text):
        numbers = [float(part) for part in found[1].split(",")]
        alpha = numbers[3] if len(numbers) > 3 else 1.0
        return (numbers[0] / 255, numbers[1] / 255, numbers[2] / 255, alpha * opacity)
    red, green, blue, alpha = to_rgba(text)
    return (red, green, blue, alpha * opacity)

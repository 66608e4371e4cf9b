"""What free words say of a spectrum: air or vacuum, the frame, whether Earth's motion is removed.

Comment lines, HISTORY cards, IRAF's WAT cards: ``air wavelengths``, ``vacuum: False``, ``barycentric corrected``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from dtl.readers.contents import Claim, Contents

__all__ = ["apply_statements", "frame_of", "header_texts", "medium_of"]

_FALSE = r"(false|f|no|0|none|n)"
_TRUE = r"(true|t|yes|1|y)"
_ABOUT = r"(wave|lambda|angstrom|λ|in air|in vac|convert|dispersion|ciddor|edlen|vac(uum)?\b|\bair\b)"
_NO_MEDIUM = re.compile(
    r"air ?mass|air ?temp|air ?press|air ?humid|vacuum (chamber|vessel|tank|press|pump)|airy|air flow", re.I
)
_FRAMES = (
    ("rest", r"\b(rest[- ]?frame|rest wavelengths?|at rest|stellar frame|laboratory frame|shifted to rest)\b"),
    ("barycentric", r"\b(bary|helio)[a-z]*\b"),
    ("observatory", r"\b(topocent|observatory|observed frame|telescope frame|geocent)[a-z]*"),
)
_NOT = r"\b(not?|without|un|uncorrected|before|no)\b"
_DONE = r"\b(corrected|applied|removed|frame|corr|included|shifted|rest|wavelengths?|system|vacuum|air)\b"


def medium_of(text: str) -> str | None:
    """``air`` or ``vacuum`` where one sentence or card says so of wavelengths, else None."""
    lowered = _NO_MEDIUM.sub(" ", text.lower()).replace("_", " ")
    for word, other in (("vacuum", "air"), ("vac", "air"), ("air", "vacuum")):
        if re.search(rf"\b{word}\s*(wavelengths?)?\s*[:=]\s*'?{_FALSE}\b", lowered):
            return other
        if re.search(rf"\b{word}\s*(wavelengths?)?\s*[:=]\s*'?{_TRUE}\b", lowered):
            return "vacuum" if word == "vac" else word
    change = re.search(r"\b(air)\s*(to|->|2)\s*(vac)|\b(vac)[a-z]*\s*(to|->|2)\s*(air)", lowered)
    if change and re.search(r"convert|transform|appl|done|changed|using|from", lowered):
        return "vacuum" if change[1] else "air"
    if re.search(r"airtovac|air2vac", lowered):
        return "vacuum"
    if re.search(r"vactoair|vac2air", lowered):
        return "air"
    negated = re.search(r"\bnot (in )?(air|vac)", lowered)
    if negated:
        return "vacuum" if negated[2] == "air" else "air"
    vacuum, air = bool(re.search(r"\bvac(uum)?\b", lowered)), bool(re.search(r"\bair\b", lowered))
    if vacuum == air or not re.search(_ABOUT, lowered):
        return None
    return "vacuum" if vacuum else "air"


def frame_of(text: str) -> str | None:
    """``barycentric``, ``observatory`` or ``rest`` where a sentence says in what frame the wavelengths are."""
    lowered = text.lower().replace("_", " ")
    for frame, words in _FRAMES:
        found = re.search(words, lowered)
        if not found:
            continue
        if re.search(r"\b(julian|jd|bjd|hjd|time|mid)\b", lowered):
            continue
        if frame == "barycentric":
            velocity = re.search(r"[:=]\s*[-+]?\d", lowered)
            if velocity or (re.search(r"\b(radial )?velocity\b", lowered) and not re.search(_DONE, lowered)):
                continue
            if re.search(_NOT, lowered) or re.search(rf"[:=]\s*'?{_FALSE}\b", lowered):
                return "observatory"
            if not re.search(_DONE + rf"|[:=]\s*'?{_TRUE}\b", lowered):
                continue
        return frame
    if re.search(r"\b(berv|earth'?s? motion|bary\w*)\b.*\b(applied|removed|corrected)\b", lowered):
        return "observatory" if re.search(_NOT, lowered) else "barycentric"
    return None


def apply_statements(contents: Contents, texts: Iterable[str], where: str) -> None:
    """Fill medium and frame, where they are open or only guessed, from free words.

    Args:
        contents: changed in place.
        texts: sentences, as comment lines.
        where: what they are, for people, as "a comment".
    """
    for text in texts:
        for name, find in (("medium", medium_of), ("frame", frame_of)):
            claim = getattr(contents, name)
            if claim is not None and claim.source != "guessed" and claim.value != "unknown":
                continue
            value = find(text)
            if value:
                short = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:60]
                setattr(contents, name, Claim(value, "file", f"{where}: '{short}'"))


def header_texts(header: Any) -> list[str]:
    """HISTORY and COMMENT cards, and those of IRAF's attributes, of a FITS header."""
    found: list[str] = []
    for key in ("HISTORY", "COMMENT"):
        if key in header:
            found += [str(card) for card in header[key]]
    return found[-400:]

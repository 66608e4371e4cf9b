"""Sentences that say that uncertainties are several sigma, as "3-sigma errors"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from dtl.readers.contents import Contents
from dtl.readers.source import sanitise

__all__ = ["SINGLE", "apply_multiple"]

#: What a column of uncertainties is made to.
SINGLE = "1 sigma per pixel"
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5}
_SIGMAS = rf"(?P<count>[1-9]|{'|'.join(_COUNTS)})\s?-?\s?(?:sigma|σ)"
_ERRORS = r"(?:errors?|uncertaint(?:y|ies)|error ?bars?)"
_STATED = (
    re.compile(rf"(?<![\w.]){_SIGMAS}\b (?:flux |per pixel |photon |statistical )*{_ERRORS}\b"),
    re.compile(
        rf"\b{_ERRORS}(?: column| values?| bars?| per pixel)?(?: (?:are|is|gives?|given|as|at|the|level)|[ :=(\[,])*"
        rf"(?<![\w.]){_SIGMAS}(?![\w-])"
    ),
)
#: Why a column is taken for one of 1 sigma by its name, where that says no more.
_BY_NAME = re.compile(r"column \d+(?: '[^']*')?")
#: What else is done with so many sigma.
_CLIPPED = re.compile(r"clip|reject|outlier|detect|limit|remov|mask|above|below|beyond|threshold|cosmic|multipl|scaled")
#: Letters of a sentence that are looked at.
_LONGEST = 300


def _multiple_in(text: str) -> int:
    """How many sigma uncertainties are by a sentence; 0 where it does not say."""
    if "sigma" not in text.lower() and "σ" not in text:
        return 0
    lowered = " ".join(text[:_LONGEST].lower().split())
    found = None if _CLIPPED.search(lowered) else next(filter(None, (one.search(lowered) for one in _STATED)), None)
    return (_COUNTS.get(found["count"]) or int(found["count"])) if found else 0


def apply_multiple(contents: Contents, texts: Iterable[str], where: str) -> None:
    """Note what a sentence says that uncertainties are times 1 sigma, by which they are divided.

    Their own name, and what the user says, go before it.

    Args:
        contents: changed in place.
        texts: sentences, as comment lines.
        where: what they are, for people.
    """
    told = next((finding for finding in contents.findings if finding.name == "uncertainty"), None)
    own = told is not None and told.value == SINGLE and told.source == "file" and re.fullmatch(_BY_NAME, told.reason)
    said = [(count, text) for text in texts if (count := _multiple_in(text))] if own else []
    if told is None or contents.uncertainty is None or len({count for count, _ in said}) != 1 or said[0][0] == 1:
        return
    count, text = said[0]
    contents.sigmas = count
    reason = f"a part of {told.reason}, which holds {count} sigma by {where}: '{sanitise(text, 60)}'"
    contents.findings[contents.findings.index(told)] = replace(told, reason=reason)

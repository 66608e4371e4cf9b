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
_COUNTS = {"two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0}
_SIGMAS = rf"(?P<count>[1-9](?:\.\d+)?|{'|'.join(_COUNTS)})\s?[-*x×]?\s?sigma"
#: Parts of all that lie within an interval, in per cent, and half of it in sigma.
_CONFIDENCE = re.compile(
    r"(?<![\d.])(68|90|95|99|99\.7)\s?%(?: confidence)? (?:levels?|intervals?|limits?|confidence)\b"
)
_WITHIN = {"68": "1", "90": "1.645", "95": "1.96", "99": "2.576", "99.7": "2.968"}
_ERRORS = r"(?:err(?:ors?)?|uncertaint(?:y|ies)|error ?bars?)"
_STATED = (
    re.compile(rf"(?<![\w.]){_SIGMAS}\b (?:flux |per pixel |photon |statistical )*{_ERRORS}\b"),
    re.compile(
        rf"\b{_ERRORS}(?: column| values?| bars?| per pixel)?"
        rf"(?: (?:are|is|quoted|gives?|given|as|at|the|level|correspond to)|[ :=(\[,])*"
        rf"(?<![\w.]){_SIGMAS}(?![\w-])"
    ),
)
#: Why a column is taken for one of 1 sigma by its name, where that says no more.
_BY_NAME = re.compile(r"column \d+(?: '[^']*')?")
#: Ends of what is said at once, and its words where it is about the errors of the spectrum and nothing else: those of
#: a velocity, of a template or of former times are others, and much else is done with so many sigma.
_BREAKS = re.compile(r"[;,!]|\.(?=\s|$)|\s[-\u2013\u2014]\s|\b(?:but|while)\b")
_WAVES_TOO = re.compile(r"\b(?:wave|wl|wavelength|lambda)s?,? (?=(?:and )?flux)")
_ABOUT_ERRORS = frozenset(
    "a all an and are as at bar bars by col column columns confidence contain contains correspond corresponding"
    " corresponds data dflux err errors error file first fifth flux fluxes formal fourth give given gives here hold"
    " holds in intensity is last level levels list listed lists normalised normalized note of on per photon pixel"
    " quoted quote reported second sigma so spectra spectrum spectral standard star stated statistical that the their"
    " these they third this to unc uncert uncertainties uncertainty value values which with two three four five".split()
)
#: Letters of a sentence that are looked at.
_LONGEST = 300


def _multiple_in(text: str) -> float:
    """How many sigma uncertainties are by a sentence; 0 where it does not say."""
    if "sigma" not in text.lower() and "σ" not in text and "%" not in text:
        return 0.0
    lowered = _WAVES_TOO.sub("", " ".join(text[:_LONGEST].lower().replace("σ", " sigma ").split()))
    lowered = _CONFIDENCE.sub(lambda found: f"{_WITHIN[found[1]]} sigma", lowered)
    for part in _BREAKS.split(lowered):
        found = next(filter(None, (one.search(part) for one in _STATED)), None)
        if found and _ABOUT_ERRORS.issuperset(re.findall(r"[^\W\d_]+", part)):
            return _COUNTS.get(found["count"]) or float(found["count"])
    return 0.0


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
    reason = f"a part of {told.reason}, which holds {count:g} sigma by {where}: '{sanitise(text, 60)}'"
    contents.findings[contents.findings.index(told)] = replace(told, reason=reason)

"""What a sentence about an array says it is: comments of columns, and the words of the Virtual Observatory (UCDs)."""

from __future__ import annotations

import re
from dataclasses import replace

from dtl.readers.words.names import LONGEST, NO_NAME, Name, parse_name
from dtl.readers.words.vocabulary import OTHERS

__all__ = ["kind_by_unit", "parse_description", "unit_in"]

#: What the words of the Virtual Observatory say (UCD1+, IVOA Recommendation 2018-05-27).
_UCDS = {
    "em.wl": Name("wavelength"),
    "em.freq": Name("wavelength"),
    "em.wavenumber": Name("wavelength"),
    "em.energy": Name("wavelength"),
    "stat.error": Name("uncertainty"),
    "stat.stdev": Name("uncertainty"),
    "stat.variance": Name("uncertainty", "variance"),
    "stat.snr": Name("uncertainty", "snr"),
    "phot.flux": Name("flux"),
    "spect.continuum": Name("continuum"),
    "meta.code.qual": Name("mask"),
}
#: Ends of utypes of the Spectrum Data Model (IVOA Recommendation 2011-11-20).
_UTYPES = {
    "spectralaxis.value": Name("wavelength"),
    "fluxaxis.value": Name("flux"),
    "fluxaxis.accuracy.staterror": Name("uncertainty"),
    "fluxaxis.accuracy.qualitystatus": Name("mask"),
    "backgroundmodel.value": Name("sky"),
}
#: Classes of uncertainties of astropy that are no standard deviations.
_CLASSES = {"inversevariance": "ivar", "varianceuncertainty": "variance"}
#: Where a description passes from what an array is to its unit or its place.
_REST = re.compile(
    r"[;,]|\.\s|\b(?:per|in|at|as a function|versus|vs|for each|of (?:the|each) pixels?|where|with)\b", re.IGNORECASE
)
#: The square of a unit or its inverse: of a whole bracket, of electrons, or of one unit of light among others.
_SQUARES = re.compile(r"(?P<below>1\s*/\s*)?(?:\(.+\)|e-?)\s*(?:\*\*|\^)?\s*\(?(?P<minus>-?)2\)?", re.IGNORECASE)
_SQUARE_OF_LIGHT = re.compile(
    r"(?P<below>/\s*\(?\s*)?(?<![a-z])(?:ergs?|w|j|adu|electrons?|counts?|cts?|dn|ph(?:oton)?s?|[munk]?jy)"
    r"(?:\s*(?:\*\*|\^)\s*)?\(?(?P<minus>-?)2\)?(?![\d.])",
    re.IGNORECASE,
)
#: A unit at the end of a name.
_UNIT = re.compile(r"[\[(](.+)[\])]\s*$")


def kind_by_unit(name: Name, unit: str, note: str = "") -> Name:
    """What the name of an uncertainty says, or its unit where that is a square or a percentage, or its class in
    astropy, which is all of its note then."""
    unit = unit.strip()
    if name.role == "uncertainty" and note.lower() in _CLASSES:
        return replace(name, kind=_CLASSES[note.lower()])
    if name.role != "uncertainty" or name.kind != "sigma" or not unit:
        return name
    square = _SQUARES.fullmatch(unit) or _SQUARE_OF_LIGHT.search(unit)
    if square:
        inverse = bool(square["below"]) != bool(square["minus"])
        return replace(name, kind="ivar" if inverse else "variance")
    return replace(name, kind="percent") if unit in ("%", "percent") else name


def unit_in(name: str) -> str:
    """The unit that a name ends with in brackets, as "err [adu^2]", empty where it has none."""
    unit = _UNIT.search(name)
    return unit[1] if unit else ""


def parse_description(text: str) -> Name:
    """The role of an array by what a sentence says of it, as "1-sigma error of the flux per pixel", or an empty one.

    What stands after "per", "in", "at" describes a unit or a place. Of the words left over only those count that name
    something else than the star, as sky.
    """
    for part in text[:LONGEST].split(";"):  # also between a description and a UCD, and in a UCD after its main word
        said = _parse_clause(part.strip())
        if said.role:
            return said
    return NO_NAME


def _parse_clause(text: str) -> Name:
    lowered = text.lower()
    known = next((meaning for word, meaning in _UCDS.items() if lowered.startswith(word)), None)
    known = known or next((meaning for end, meaning in _UTYPES.items() if lowered.endswith("." + end)), None)
    if known is not None:
        return known
    said = parse_name(_REST.split(text, maxsplit=1)[0])
    foreign = {word for _, words in OTHERS for word in words} | {"wavelength"}
    return replace(said, stem=said.stem & foreign)

"""Columns that hold several times the uncertainty: two sigma, a full width at half maximum, parts of a million."""

from __future__ import annotations

import re
from itertools import pairwise

__all__ = ["COUNTING", "IN_DEX", "OF_NO_PIXEL", "PPM", "multiple_of"]

#: An uncertainty of several sigma, "err [2 sigma]", "2*sigma" and "k=2", but neither "flux 2 sigma" nor "2 s".
_MULTIPLE = re.compile(
    r"(?:^|[\[(]\s*|(?:err|errors?|unc|uncertainty)[\s_]+)([2-9]|two|three)\s*[-*x·_]?\s*sig(?:ma)?(?![a-z])"
    r"(?=[_ ]?err|\s*[\])]|\s*$)"
    r"|(?<![^\W_])k\s*=\s*([2-9])(?![^\W_])"
    r"|(?:err|errors?|unc|uncertainty)_?([2-9])s$|(?<![^\W_])([2-9])s[_ ](?:err|unc)"
)
#: A unit of logarithms, as in "err [dex]".
IN_DEX = re.compile(r"[\[(]\s*dex\b", re.IGNORECASE)
#: What a signal-to-noise ratio is called that is not one of a pixel: a logarithm of one power or another, one of a
#: resolution element or of a length.
OF_NO_PIXEL = re.compile(
    r"(?<![^\W_])(db|resel|res(olution)?[ _]?el(em(ent)?)?|per[ _](\d[\d.]*[ _]?)?(a|aa|å|angstrom|nm|km))(?![^\W_])",
    re.IGNORECASE,
)
#: Parts of a million of the flux.
PPM = 1e6
_SIGMAS = {"two": 2.0, "three": 3.0}
_FACTORS = {
    "errfwhm": 2.354820,
    "errorfwhm": 2.354820,
    "fwhmerr": 2.354820,
    "ci95": 1.959964,
    "error95": 1.959964,
    "err95": 1.959964,
    "ppm": PPM,
}
_FACTORS |= {"expandeduncertainty": 2.0, "expandedunc": 2.0, "expandederror": 2.0}
#: Words of a name that say so.
COUNTING = {*"23456789", "two", "three", "95", "ppm", "fwhm", "expanded"}
COUNTING |= {f"{count}{end}" for count in range(2, 10) for end in ("s", "sig", "sigma")}


def multiple_of(text: str) -> float:
    """How many times the plain uncertainty a column holds by its name."""
    text = text.lower().replace("σ", "sigma")
    found = _MULTIPLE.search(text)
    if found:
        return _SIGMAS.get(found[1]) or float(next(filter(None, found.groups())))
    words = re.split(r"[\W_]+", text.replace("(", " of "))
    pairs = [one + two for one, two in pairwise(words)]
    return next((_FACTORS[word] for word in [*words, *pairs] if word in _FACTORS), 1.0)

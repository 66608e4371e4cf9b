"""The words that may stand beside the resolution of a spectrum, and its numbers written in one way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dtl.readers.instruments import INSTRUMENTS

__all__ = ["BESIDE", "LISTED", "NOUN", "RATIO", "as_width", "is_clean", "is_width", "plain"]

#: The word for it in a sentence, in keys of metadata and cards, and in other languages; and what it is.
NOUN = (
    r"(?<!\w)(?:(?i:resolution|resolving ?power|spec(?:tral)? ?(?:res(?:olution)?|rp)|resolutn|r power|res\.? ?power"
    r"|res|r[ée]solution(?: spectrale)?|pouvoir r[ée]solvant|aufl(?:ö|oe)sung(?:sverm(?:ö|oe)gen)?"
    r"|(?:resoluci[óo]n|resolução)(?: espectral)?"
    r"|potere risolutivo|risoluzione(?: spettrale)?|разрешающая способность|разрешение|rozlišení)\b|分辨率|分解能)"
)
RATIO = r"(?<!\w)(?i:(?:lambda|λ|lam|l) ?/ ?(?:(?:d|delta ?|Δ) ?(?:lambda|λ|lam|l)|fwhm))\b"
#: Words that stand beside the resolution of a spectrum without saying that it is another's.
BESIDE = frozenset(
    "a about all an and approximately around at ca each estimated for from full had has have high hr in instrument"
    " instrumental is its lambda λ mean measured average median mode nearly nominal now observation observations"
    " observed obtained of on original originally our over r res resolution resolving power resolved recorded roughly"
    " spectra spectral spectrograph spectrometer spectrum echelle the these this thar throughout to typical was were"
    " are stellar everywhere orders coadded combined with wavelength wavelengths taken star data dwarf final fiber"
    " fibre slit fwhm air vacuum vac simulated effective"
    # in other languages
    " spektrale spektrales spectrale espectral pouvoir de poder spettrale спектральное спектральная der die das des du"
    " la le el il"
    # what was done to bring it there
    " resampled convolved degraded smoothed broadened brought reduced lowered lower binned blurred changed converted"
    " gaussian kernel by then been it"
    # what begins a note
    " note notes remark remarks comment comments info"
    # names of stars and their kind
    " gj gl gliese hd hip toi lhs ltt lp tic tyc bd wolf ross g m".split()
)
#: Words of the other parts of a sentence, "sky subtracted, R = 50000".
LISTED = BESIDE | frozenset(
    "sky subtracted blaze corrected uncorrected not correction continuum normalised normalized flux fluxes error errors"
    " uncertainty uncertainties calibrated merged orders order exposure exposures time seeing airmass column"
    " columns unit units angstrom nm sigma extracted frame date target object name rv berv snr night"
    " wave err created written file pipeline drs ceres iraf ispec parameters properties exptime width"
    " setup mode bary helio"
    # of other languages
    " vakuum luft vide aire aria vuoto vacío vácuo im ruhesystem barycentrique baricéntrico baricentrico".split()
)
#: What leaves a sentence as it is: S/N, lengths, frames, tellurics that were removed, names of spectrographs.
_NAMES = sorted({word for known in INSTRUMENTS for word in (known.name.lower(), *known.words)}, key=len, reverse=True)
_NEUTRAL = re.compile(
    r"\b(?:s/n|snr)\b[ =~:]*\d+(?:\.\d+)?(?: per pixel)?|\b\d(?:\.\d+)?[ -]pixel sampling\b"
    r"|\b(?:berv|rv)[ =:]*[-+]?\d+(?:\.\d+)?(?: km/s)?"
    r"|\b\d+(?:\.\d+)? ?(?:Å|AA?\b|angstroms?\b|nm\b|um\b|µm|microns?\b|km/s|arcsec\b|s\b|sec\b)"
    r"|(?:\bin |\bthe )*\b(?:(?:bary|helio|topo|geo)(?:cent(?:ric|re|er)|zentri\w+)|rest|observatory|observer's|star's)"
    r"(?: rest)?(?: frame)?(?: corrected)?\b|\bframe ?[:=]? (?:bary|helio|topo)centric"
    r"|\bper (?:fwhm|resolution element)\b"
    r"|\b(?:no )?telluric(?:s| lines?)? (?:were |was |not )*(?:correct|remov|mask)\w*"
    rf"|\bresampled to \d+ (?:pixels|points)\b|{RATIO}|{NOUN}"
    rf"|(?<![a-z])(?:{'|'.join(map(re.escape, _NAMES))})(?![a-z])|(?<=\w)['’]s\b",
    re.IGNORECASE,
)
#: What stands between words.
_PUNCTUATION = re.compile(r"->|=>| / |[\s=~≈≃≅:：()\[\]{}\"'’.,;|_→@–—-]")
#: Names of stars are codes: GJ411, J17578+046, 2MASS, K2; those of molecules, runs and detectors are like them.
_CODE_OR_NUMBER = re.compile(
    r"\d+|1d|2mass|k\d|(?:gj|gl|hd|hip|toi|lhs|ltt|lp|tic|tyc|bd|g|m|j)\+?\d[\d+]*", re.IGNORECASE
)
#: A width of lines in a unit of wavelengths, behind the word for it; where that is not said it may hold at any of them.
_LENGTHS = {"nm": 10.0, "um": 1e4, "µm": 1e4, "micron": 1e4, "ma": 1e-3, "må": 1e-3, "pm": 0.01}
_UNIT = r"(?:m?Å|m?A|AA|[Aa]ngstroms?|nm|um|µm|pm|microns?)"
_WIDTH = re.compile(rf"{NOUN}[^\d,;]{{0,40}}?(?<![\w.-])(?P<width>\d{{0,4}}\.?\d+) ?(?P<unit>{_UNIT})(?!\w)")
_UNIT_ALONE = re.compile(
    rf"\s*(?:[\[(]\s*(?:{_UNIT}|m/s|m)\s*[\])]|(?:fwhm )?(?:in )?(?:{_UNIT}|m/s|m)\W*$)", re.IGNORECASE
)
#: A unit of wavelengths that is no small one, and of how many neither a line is wide nor a wavelength long.
_WAVES_ALONE, _TOO_WIDE = re.compile(r"\W*(?:Å|A|AA|angstroms?|nm)\W*", re.IGNORECASE), 30_000.0
_HERE = 8817.5  # Angstrom
_RAISED = str.maketrans("⁴⁵", "45")


def is_clean(text: str, words: frozenset[str]) -> bool:
    """Whether a text holds nothing but given words, names of stars and spectrographs, and numbers."""
    return all(word in words or _CODE_OR_NUMBER.fullmatch(word) for word in _words(text))


def is_width(value: float, comment: str) -> bool:
    """Whether the comment of a card begins with a unit of lengths or m/s, or is one: its number is no resolution.

    94600 nm are no width, and the number is one all the same.
    """
    found = _UNIT_ALONE.match(comment)
    return bool(found) and not (value > _TOO_WIDE and _WAVES_ALONE.fullmatch(comment))


def as_width(line: str) -> str:
    """What a line says that gives a resolution as a width of lines, for people; empty where it gives none."""
    text = plain(line)
    found = _WIDTH.search(text)
    unit = found["unit"] if found else ""
    width = float(found["width"]) * _LENGTHS.get(unit.lower().rstrip("s"), 1.0) if found else 0.0
    if not width or not is_clean(text[: found.start("width")] + text[found.end() :], LISTED | {"element"}):
        return ""
    return f"is a width of lines, {_HERE / width:,.0f} if it holds at {_HERE:,.0f} Å"


def _words(text: str) -> Iterator[str]:
    return filter(None, _PUNCTUATION.split(_NEUTRAL.sub(" ", text).lower()))


def plain(line: str) -> str:
    """One line with numbers in one way: "50k", "50 000", "50.000", "5.0 x 10^4" and "5e4" are 50000."""
    text = " ".join(re.sub(r"^[\s\"#%!;*/-]+|[\"_]", " ", line).split())
    text = re.sub(r"\s*(?:\+ ?/? ?-|±)\s*[\d.,]+ ?[k%]?", "", text)
    power = r"(?<![\d.])(\d{1,2}(?:\.\d+)?)(?: ?[x×*·] ?10 ?(?:\^|\*\*)?|[eE]\+?0?)([3-6⁴⁵])(?![\d.])"
    text = re.sub(power, lambda one: f"{float(one[1]) * 10 ** int(one[2].translate(_RAISED)):.0f}", text)
    text = re.sub(r"(?<![\d.,])(\d{1,3}(?:\.\d+)?)(?: ?k|K)\b", lambda one: f"{1000 * float(one[1]):.0f}", text)
    text = re.sub(r"(?<![\d.,])(\d{1,3})((?:,\d{3})+)(?!\d)", lambda one: one[1] + one[2].replace(",", ""), text)
    text = re.sub(r"(?<![\d.,])(\d{2,3})[ '’\u2009\u00a0\u202f](\d{3})(?![\d.,]*\d)", r"\1\2", text)
    text = re.sub(r"(?<![\d.,])([2-9]\d|1\d\d)\.(\d00)(?![\d.]*\d)", r"\1\2", text)  # a full stop marks thousands
    return re.sub(r"(?<![\d.])(\d{4,7})\.0*(?!\d)", r"\1", text)

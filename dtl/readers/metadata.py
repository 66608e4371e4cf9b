"""Lines ``# key: value`` above a text table, and the meta data of ECSV."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dtl.readers.barycentre import earth_velocity, sexagesimal
from dtl.readers.contents import Claim, Contents
from dtl.readers.instruments import find_instrument
from dtl.readers.source import sanitise
from dtl.readers.statements import frame_of, medium_of, stated_frame, stated_medium
from dtl.readers.units import parse_unit

__all__ = ["apply_metadata", "parse_comments"]

_NAMES = {
    "star": ("star", "object", "target", "name", "targname"),
    "instrument": ("instrument", "instrume", "spectrograph"),
    "medium": ("medium", "wavelength medium", "airorvac", "air or vacuum", "wavelengths"),
    "frame": ("frame", "specsys", "rest frame", "velocity frame"),
    "resolution": ("resolution", "resolving power", "r", "spec res", "specres", "resolutn"),
    "barycentric_velocity": ("berv", "barycentric velocity", "barycentric correction", "barycorr"),
    "star_velocity": ("rv", "radial velocity", "vrad", "star velocity", "systemic velocity", "radvel", "stellar rv"),
    "unit": ("unit", "wavelength unit", "units"),
    "simulated": ("simulated", "simulat"),
    "ra": ("ra", "right ascension", "raj2000", "ra j2000"),
    "dec": ("dec", "declination", "dej2000", "dec j2000"),
}
#: A number that can be a resolution, with nothing behind it that says otherwise; a resolution in the middle of a
#: sentence, one that no word or sign tells from a code, which is a round number then, and one that it is brought to.
_NUMBER = (
    r"(\d{1,3}(?:,\d{3})+|\d{5,7}|\d{4}(?![-/:]\d))\b"
    r"(?!\.\d|\s*[-\u2013]\s*\d|\s*(?:pix|px|point|bin|sampl|m/s|km|nm|K\b|s\b|sec|\u00c5|[Aa]ngstrom|count|cts|e-|ADU"
    r"|DN\b|phot|elec|mag|ly\b|pc\b))"
)
_RATIO = r"(?i:lambda|\u03bb) ?/ ?(?i:d|delta[ _]?|\u0394) ?(?i:lambda|\u03bb)"
_WORDS = rf"(?:R\)?|(?i:(?:spectral )?resolution|resolving power)(?: of)?|{_RATIO})"
_SIGN = r"(?:=|~|\u2248|:|about|approximately|to|is)"
_RESOLUTION = re.compile(rf"\b(?:{_WORDS} ?{_SIGN}|(?!R){_WORDS}) ?{_NUMBER}")
_BARE = re.compile(r"\bR ?((?:[2-9]\d|1\d\d)[\d]00)\b(?!\.\d)(?!\s*[-\u2013/]\s*\d)(?!\s*[A-Za-z]+-?(?:\s|$))")
_BROUGHT = re.compile(
    r"(?i:\b(?:resampl|convol|degrad|smooth|broaden|bring|brought|reduc|lower|bin|blur|chang|convert|from)\w*\b[^;]{0,80}?"
    rf"\bto|->|=>|\u2192) ?(?:an? )?(?:{_WORDS})? ?[=~\u2248:]? ?{_NUMBER}"
)
_CLAIMED = re.compile(_NUMBER)
_SIMULATED = re.compile(r"\bsimulated\b", re.IGNORECASE)
_NOT_SIMULATED = re.compile(
    r"\b(not?|non|never|isn.t|un|nor|without|than|like|with|from|and)\W+(a |any |yet )*simulated", re.IGNORECASE
)
_KEYS = {word: key for key, words in _NAMES.items() for word in words}


def parse_comments(lines: list[str]) -> dict[str, str]:
    """Keys and values of comment lines, as ``# star: GJ 699``; a bare word *simulated* in any of them counts too."""
    found: dict[str, str] = {}
    lines = [" ".join(line.split()) for line in lines]  # else a search over blanks takes the square of their number
    for line in lines:
        match = re.match(r"^\W*([A-Za-z][A-Za-z _-]{0,40}?)\s*[:=]\s*(\S.*)$", line)
        if match:
            found.setdefault(match[1], match[2].strip().strip("'\""))
        if not match and _SIMULATED.search(line) and not _NOT_SIMULATED.search(line):
            found.setdefault("simulated", "true")
    if not any(_key(name) == "resolution" for name in found):
        said = {number for number in map(_resolution_in, lines) if number} or set(_BARE.findall(" ; ".join(lines)))
        if len(said) == 1:
            found["resolution"] = said.pop()
    return found


def _resolution_in(line: str) -> str | None:
    """The resolution in a sentence: what it was brought to, else the only one; None where it cannot be told."""
    if not re.search(r"\bR\b|resol|convol|degrad|resampl|(lambda|λ) ?/ ?[dΔ]", line, re.IGNORECASE):
        return None
    line = _with_digits(line)
    brought = list(_BROUGHT.finditer(line))
    if brought:
        return None if _is_range(line, brought[-1]) else brought[-1][1]
    said = {number[1] for number in _RESOLUTION.finditer(line)}
    return said.pop() if len(said) == 1 else None


def _is_range(line: str, brought: re.Match[str]) -> bool:
    """Whether "from 40,000 to 60,000" is meant, as nothing raises a resolution."""
    before = [_whole(said) for said in _CLAIMED.findall(line[: brought.start(1)])]
    return any(10_000 <= said < _whole(brought[1]) for said in before)


def _with_digits(text: str) -> str:
    """Thousands as they are written: "50k" and "50 000" are 50000."""
    text = re.sub(r"\b(\d{1,3}(?:\.\d)?) ?k\b", lambda found: f"{1000 * float(found[1]):.0f}", text)
    return re.sub(r"(?<![\d.])(\d{1,3})[ '\u2009\u00a0\u202f](000)(?![\d.])", r"\1\2", text)


def _whole(text: str) -> float:
    return float(text.replace(",", ""))


def _key(name: str) -> str | None:
    return _KEYS.get(re.sub(r"[\s_-]+", " ", name).strip().lower())


def apply_metadata(contents: Contents, pairs: Mapping[str, object]) -> None:
    """Turn keys and values into claims; they go before what a table's column names say.

    Args:
        contents: changed in place.
        pairs: keys in any case, with blanks, ``_`` or ``-``.
    """
    place: dict[str, float] = {}
    for raw, value in pairs.items():
        if not isinstance(raw, str) or not isinstance(value, str | int | float):  # a tree may be endless as text
            continue
        key = _key(raw)
        text = sanitise(value)
        if key is None or not text:
            continue
        reason = f"line '{sanitise(raw, 30)}: {sanitise(text, 40)}'"
        if key == "simulated":
            contents.simulated = contents.simulated or text.lower() in ("true", "t", "yes", "1")
            continue
        if key in ("ra", "dec"):
            angle = _angle(key, text)
            if angle is not None:
                place[key] = angle
            continue
        if key == "barycentric_velocity":
            velocity, words = earth_velocity(text)
            if velocity is not None:
                contents.barycentric_velocity = Claim(velocity, "file", reason + words)
            continue
        parsed = _parse(key, text)
        if key in ("medium", "frame"):
            parsed = parsed or (medium_of if key == "medium" else frame_of)(f"{raw}: {text}")
        if parsed is not None:
            _settle(contents, key, Claim(parsed, "file", reason))
        elif key == "frame" and not re.fullmatch(r"(?i)false|f|no|n|0", text):  # "rest_frame: no" leaves it open
            contents.frame = Claim("unknown", "file", f"{reason}, which is not understood")
    if len(place) == 2:
        contents.position = Claim((place["ra"], place["dec"]), "file", "lines of right ascension and declination")


def _settle(contents: Contents, key: str, claim: Claim) -> None:
    """Set a claim before what the file said so far, which still counts where it contradicts it."""
    earlier = getattr(contents, key)
    setattr(contents, key, claim)
    if key in ("medium", "frame"):
        contents.state(key, earlier)


def _angle(key: str, text: str) -> float | None:
    """Degrees of right ascension or declination; text is in hours or degrees, a plain number in degrees."""
    found = sexagesimal(text)
    if found is not None:
        value = 15.0 * found if key == "ra" else found
    elif number := re.match(r"^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?", text):
        value = float(number[0])
    else:
        return None
    limits = (0.0, 360.0) if key == "ra" else (-90.0, 90.0)
    return value if limits[0] <= value <= limits[1] else None


def _parse(key: str, text: str) -> str | float | None:
    if key == "star":
        return text.replace("_", " ")
    if key == "instrument":
        known = find_instrument(text)
        return known.name if known else text
    if key == "medium":
        return stated_medium(text)
    if key == "frame":
        return stated_frame(text)
    if key == "unit":
        return parse_unit(text)
    if key == "resolution":
        text = _with_digits(text)
    number = re.search(r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", text))
    value = float(number[0]) if number else None
    if value is None:
        return None
    if key == "resolution":
        rivals = [_whole(said) for said in _CLAIMED.findall(text)]
        if len({rival for rival in rivals if rival >= 10_000}) > 1:  # "R: 100000 -> 55000", or "40000 to 60000"
            brought = list(_BROUGHT.finditer(f"from {text}"))
            settled = brought and not _is_range(f"from {text}", brought[-1])
            value = _whole(brought[-1][1]) if settled else 0.0
        return value if 100 <= value <= 1e7 else None
    if re.search(r"(?<![k\w])m\s*/\s*s", text):
        value /= 1000
    return value if 0 < abs(value) < 500 else None

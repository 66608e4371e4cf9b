"""Lines ``# key: value`` above a text table, and the meta data of ECSV."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dtl.readers.barycentre import sexagesimal
from dtl.readers.contents import Claim, Contents
from dtl.readers.instruments import find_instrument
from dtl.readers.source import sanitise
from dtl.readers.units import parse_frame, parse_medium, parse_unit

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
#: A resolution in the middle of a sentence.
_RESOLUTION = re.compile(r"\b(?:R|(?:resolution|resolving power)(?: of)?)\s*[=~≈:]?\s*(\d[\d,]{3,8})\b")
_KEYS = {word: key for key, words in _NAMES.items() for word in words}


def parse_comments(lines: list[str]) -> dict[str, str]:
    """Keys and values of comment lines, as ``# star: GJ 699``; a bare word *simulated* in any of them counts too."""
    found: dict[str, str] = {}
    for line in lines:
        match = re.match(r"^\W*([A-Za-z][A-Za-z _-]{0,40}?)\s*[:=]\s*(\S.*)$", line)
        if match:
            found.setdefault(match[1], match[2].strip().strip("'\""))
        if not match and re.search(r"\bsimulated\b", line, re.IGNORECASE):
            found.setdefault("simulated", "true")
    resolution = next((said[1] for said in map(_RESOLUTION.search, lines) if said), None)
    if resolution and not any(_key(name) == "resolution" for name in found):
        found["resolution"] = resolution
    return found


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
        parsed = _parse(key, text)
        if parsed is not None:
            setattr(contents, key, Claim(parsed, "file", reason))
        elif key == "frame":
            contents.frame = Claim("unknown", "file", f"{reason}, which is not understood")
    if len(place) == 2:
        contents.position = Claim((place["ra"], place["dec"]), "file", "lines of right ascension and declination")


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
        return parse_medium(text)
    if key == "frame":
        return parse_frame(text)
    if key == "unit":
        return parse_unit(text)
    number = re.search(r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", text))
    value = float(number[0]) if number else None
    if value is None:
        return None
    if key == "resolution":
        return value if 100 <= value <= 1e7 else None
    if re.search(r"(?<![k\w])m\s*/\s*s", text):
        value /= 1000
    if key == "star_velocity":
        return value if 0 < abs(value) < 500 else None
    return value if abs(value) < 40 else None  # Earth does not move faster

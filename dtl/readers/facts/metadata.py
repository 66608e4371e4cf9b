"""Lines ``# key: value`` above a text table, and the meta data of ECSV."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from dtl.readers.contents import Claim, Contents
from dtl.readers.facts.barycentre import earth_velocity, sexagesimal
from dtl.readers.facts.headers import star_of
from dtl.readers.instruments import find_instrument
from dtl.readers.source import sanitise
from dtl.readers.words.names import parse_name
from dtl.readers.words.statements import frame_of, medium_of, stated_frame, stated_medium
from dtl.readers.words.units import parse_unit

__all__ = ["IN_SENTENCE", "apply_metadata", "in_words", "key_of", "named_after", "parse_comments"]

#: What is said by several names is said best by the first.
_NAMES = {
    "star": (
        *("star", "star name", "starname", "object", "object name", "objname"),
        *("targname", "target name", "target", "name"),
    ),
    "instrument": ("instrument", "instrume", "spectrograph"),
    "medium": ("medium", "wavelength medium", "airorvac", "air or vacuum", "wavelengths"),
    "frame": ("frame", "specsys", "rest frame", "velocity frame"),
    "barycentric_velocity": (
        *("berv", "barycentric velocity", "barycentric correction", "barycorr", "heliocentric correction"),
        "velocity of earth",
    ),
    "star_velocity": ("rv", "radial velocity", "vrad", "star velocity", "systemic velocity", "radvel", "stellar rv"),
    "unit": ("unit", "wavelength unit", "units"),
    "simulated": ("simulated", "simulat"),
    "ra": ("ra", "right ascension", "raj2000", "ra j2000"),
    "dec": ("dec", "declination", "dej2000", "dec j2000"),
}
#: Where that counts; all that is said of a medium or a frame does.
_RANKED = ("star", "star_velocity")
_KEYS = {word: key for key, words in _NAMES.items() for word in words}
#: Below these a name is that of the star, as it is where it stands below nothing.
_OF_ALL = {"header", "primary header", "fits header", "meta", "metadata", "info", "general", "properties", "keywords"}
_OF_ALL |= {"spectrum", "observation", "source", "data", "attrs", "primary", "stellar parameters", "id", "identifiers"}
#: Which of several stars this is, before the word for it.
_THIS = {"host", "science", "sci", "main", "primary"}
#: The word by which a comment says that all is simulated, and where it is denied or said of something else.
_SIMULATED = re.compile(r"\bsimulated\b", re.IGNORECASE)
_NOT_SIMULATED = re.compile(
    r"\b(not?|non|never|isn.t|un|nor|without|than|like|with|from|and)\W+(a |any |yet )*simulated", re.IGNORECASE
)
_OF_MEDIUM = re.compile(r"vac|air", re.IGNORECASE)
#: Whose velocity is not the star's.
_OF_OTHERS = re.compile(r"\b(template(?! match)|tpl|model|synthetic|planet|companion|moon|sun|ism)\b", re.IGNORECASE)
#: Stars that are no targets, where all below their key is of them.
_NO_TARGET = re.compile(r"(?:\w+ )*(?:standards?|calibrators?|comparison|reference)(?: stars?)?")
#: A unit of velocities behind a name, as in "BERV (km/s)" or "berv_kms".
_UNIT = r"(?:,?[\s_-]+(?:in )?|(?=[(\[]))[(\[]?(k?m)(?:[ _.·]?/?[ _]?|p)s(?:[ec]{2})?(?: ?(?:\^|\*\*)?-1|⁻¹)?[)\]]?"
#: That a correction is still to be made, behind the key of its value: "BERV (not applied)".
_REMARK = r"\s*[\[(](?:still |yet )*(?:not|to be)(?: yet)? (?:applied|corrected|removed|added)\b[^\])]{0,30}[\])]"
#: A key and its value.
_NAMED = re.compile(rf"^\W*([A-Za-z][A-Za-z _-]{{0,40}}?(?:{_UNIT})?)(?:{_REMARK})?\s*[:=]\s*(\S.*)$")
#: The same with a tabulator between them and nowhere else, and what stands there in a line of names.
_TABBED = re.compile(r"([^\t]{1,60}?)[^\S\t]*\t\s*([^\t]{0,80}\S)\s*")
_HEADINGS = {*"value values unit units description comment notes type file filename resolution".split()}
_HEADINGS |= {*"date time exptime jd bjd mjd".split()}
#: The key of Earth's velocity within a sentence, as "barycentric correction of 15 km/s not applied", which gives way to
#: a line or a card of its own.
IN_SENTENCE = "velocity of Earth"
#: A velocity alone may be the star's. A number that other words go on with is one of something else.
_SPEED = r" ?k?m ?(?:/ ?s|s ?\^?-1)"
_SPOKEN = re.compile(
    r"\b(?:(?:bary|helio)centric (?:(?:radial )?(?:velocity )?correction|(?P<any>velocity))|berv)"
    rf"(?: z)?[ :=]*(?:of |is )?(?P<said>[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?:{_SPEED})?)"
    rf"(?:\s*(?:\+/?-|\u00b1) ?[\d.]+(?:{_SPEED})?)?"
    r"(?=\W*$|[;.,]\s|\s*\(| (?:is|was|has|had|not|to be|still|yet|must|needs?|should|from)\b)",
    re.IGNORECASE,
)
#: What is done with it, and sentences of it that are looked at.
_TO_APPLY = re.compile(r"appl|correct|remov|subtract|account|\badd", re.IGNORECASE)
_SENTENCES = 100


def parse_comments(lines: list[str]) -> dict[str, str]:
    """Keys and values of comment lines, as ``# star: GJ 699``; a bare word *simulated* in any of them counts too, and a
    velocity of Earth in a sentence that says that it is still in the wavelengths."""
    found: dict[str, str] = {}
    # without blanks, else a search over them takes the square of their number
    lines = [" ".join(_with_colon(line).split()) for line in lines]
    for line in lines:
        match = _NAMED.match(line)
        if match:
            found.setdefault(match[1], match[3].strip().strip("'\""))
        if not match and _SIMULATED.search(line) and not _NOT_SIMULATED.search(line):
            found.setdefault("simulated", "true")
    for said in islice(filter(None, map(_SPOKEN.search, lines)), _SENTENCES):
        line = said.string
        if (not said["any"] or _TO_APPLY.search(line)) and frame_of(line) == "observatory":
            found.setdefault(IN_SENTENCE, said["said"])
    return found


def _with_colon(line: str) -> str:
    """A line of a known key, a tabulator and its value with a colon between them; any other as it is."""
    found = _TABBED.fullmatch(line)
    key = key_of(found[1].strip(" #%!;*/"))[0] if found else None
    if found is None or key is None or found[1].endswith((":", "=")):
        return line
    value = found[2].lower()
    names_columns = value in _HEADINGS or key_of(value)[0] or parse_name(value).role
    names_columns = names_columns or (key == "star" and not re.search(r"\d|\S\s+\S|['\u2019]", value))
    return line if names_columns and value != "no" else f"{found[1]}: {found[2]}"


def key_of(name: str) -> tuple[str | None, str]:
    """What a name means, and the unit of velocities behind it."""
    known = _KEYS.get(_words(name))
    unit = re.search(f"{_UNIT}$", name.rstrip().lower())
    key = _KEYS.get(_words(name[: unit.start()])) if unit and known is None else None
    return (key, f" {unit[1]}/s") if key and "velocity" in key else (known, "")


def named_after(key: str, pairs: Mapping[object, object]) -> dict[object, object]:
    """What stands below a key, a bare name or value as that of the key: ``instrument: {name: HARPS}`` names no star.

    Its unit is that of the wavelengths only below them. Nothing where the key is of another body, as ``companion``.
    """
    if _OF_OTHERS.search(key) or _NO_TARGET.fullmatch(_words(key)):
        return {}
    own = " ".join(word for word in _words(key).split() if word not in _THIS)
    if own in _OF_ALL or _words(key) in _OF_ALL:
        return dict(pairs)
    key = own if _KEYS.get(own) == "star" else key
    of_waves = parse_name(key).role == "wavelength"
    words = {name: _words(str(name)) for name in pairs}
    kept = {name: value for name, value in pairs.items() if of_waves or words[name] not in ("unit", "units")}
    return {key if words[name] in ("name", "value") else name: value for name, value in kept.items()}


def in_words(pairs: Mapping[str, object]) -> list[str]:
    """Names and values as sentences, where these are words, true or false, or where 1 and 0 are that of a medium."""
    return [
        f"{name}: {value}"
        for name, value in pairs.items()
        if isinstance(value, str | bool)
        or (isinstance(value, int) and value in (0, 1) and _OF_MEDIUM.search(str(name)))
    ]


def _rank(pair: tuple[object, object]) -> int:
    """The place of a name among those that mean the same; what is set last stays."""
    known = _words(pair[0]) if isinstance(pair[0], str) else ""
    return _NAMES[_KEYS[known]].index(known) if _KEYS.get(known) in _RANKED else 0


def _words(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).strip().lower()


def apply_metadata(contents: Contents, pairs: Mapping[str, object], what: str = "line") -> None:
    """Turn keys and values into claims; they go before what a table's column names say.

    Args:
        contents: changed in place.
        pairs: keys in any case, with blanks, ``_`` or ``-``.
        what: what each of them is, for people.
    """
    place: dict[str, float] = {}
    for raw, value in sorted(pairs.items(), key=_rank, reverse=True):
        if not isinstance(raw, str) or not isinstance(value, str | int | float):  # a tree may be endless as text
            continue
        key, unit = key_of(raw)
        text = sanitise(value) + unit
        if key is None or not text:
            continue
        reason = f"{what} '{sanitise(raw, 30)}: {sanitise(value, 40)}'"
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
            known = getattr(contents.barycentric_velocity, "value", None) is not None
            if velocity is not None and not (raw == IN_SENTENCE and known):
                contents.barycentric_velocity = Claim(velocity, "file", reason + words)
            continue
        parsed = _parse(key, text)
        if key in ("medium", "frame"):
            parsed = parsed or (medium_of if key == "medium" else frame_of)(f"{raw}: {text}")
        if parsed is not None:
            _settle(contents, key, Claim(parsed, "file", reason))
        elif key == "frame" and not re.fullmatch(r"(?i)false|f|no|n|0", text):  # "rest_frame: no" leaves it open
            contents.state("frame", Claim("unknown", "file", f"{reason}, which is not understood"))
    if len(place) == 2 and any(place.values()):
        contents.position = Claim((place["ra"], place["dec"]), "file", f"{what}s of right ascension and declination")


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
        return star_of(text)
    if key == "instrument":
        known = find_instrument(text)
        return known.name if known else text
    if key == "medium":
        return stated_medium(text)
    if key == "frame":
        return stated_frame(text)
    if key == "unit":
        return parse_unit(text)
    if _OF_OTHERS.search(text):
        return None
    number = re.search(r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", text))
    if number is None:
        return None
    value = float(number[0]) / (1000.0 if re.search(r"(?<![k\w])m\s*/\s*s", text) else 1.0)
    return value if 0 < abs(value) < 500 else None

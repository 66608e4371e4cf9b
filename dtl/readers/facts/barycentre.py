"""Barycentric velocity of an observatory towards a star, from header cards and without any network.

Earth's orbit is from Moisson & Bretagnon 2001 (ERFA ``epv00``, good to 5 mm/s in this century), its rotation from the
IAU 2006/2000A precession-nutation and the Earth rotation angle. UT1 is taken equal to UTC and polar motion as zero,
which costs below 0.1 m/s; the tables of the IERS, which astropy would load or fetch, are not needed then.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import erfa
import numpy as np

from dtl.readers.contents import Claim
from dtl.readers.facts.cards import Cards, number_of
from dtl.readers.instruments import Instrument

__all__ = [
    "ambiguous_velocity",
    "barycentric_velocity",
    "earth_velocity",
    "find_position",
    "middle_of_exposure",
    "sexagesimal",
    "velocity_from_header",
]

#: Where modified Julian dates begin.
_MJD_ZERO = datetime(1858, 11, 17)

_METRES_PER_AU = 149597870700.0
_SPEED_OF_LIGHT = 299792458.0  # m/s
_AU_A_DAY = _METRES_PER_AU / 86400.0 / 1000.0  # km/s
#: Earth moves no faster, km/s; and a velocity as text, which may go on with its unit.
_FASTEST = 40.0
_UNIT = re.compile(
    r"(?<![a-z])(au\s*(/|per)\s*d(ay)?(?![a-z])|k?m(\s*/\s*s(ec)?|[ .*]?s\s*(\*\*|\^)?\s*-\s*1)(?![a-z]))"
    r"|(?<![a-z])(kilo)?met(er|re)s? (per|/) s"
)
#: What programs write where they know no velocity; and a redshift, km/s being too small by far.
_UNKNOWN = re.compile(r"([-+]?0*\.?0*|-0*1(\.0*)?|[-+]?9{2,}(\.[09]*)?)(e[-+]?0+)?")
_REDSHIFT = 1.2e-4
_SPEED = re.compile(r"[~\u2248=:\s]*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(?=[\s(\[,;\u00b1a-z]|$)")
#: Cards of such a velocity, or of a correction for it, that say neither its sign nor whether it was applied.
_OF_EARTH = re.compile(r"(BARY|HEL(?!IUM)I?O?|BCV|HCV|SSB)(?!\w*(JD|TIME|DATE|UT))[A-Z]*_?(V|VEL\w*|COR\w*)?")
_OF_VELOCITY = re.compile(r"\bvel|m/s", re.IGNORECASE)
#: That it is the star's, by its key and by its comment, unless this is about Earth or a correction.
_OF_STAR = re.compile(r"\w*RV")
_OF_A_STAR = re.compile(
    r"^(?!.*\b(corr|earth|observ|toward|site)).*\b(stars?|stellar|target|object|source|radial|systemic)\b",
    re.IGNORECASE,
)
_MAS = np.pi / 180 / 3.6e6  # radian


def barycentric_velocity(
    right_ascension: float,
    declination: float,
    time: datetime,
    instrument: Instrument,
    proper_motion: tuple[float, float] = (0.0, 0.0),
) -> float:
    """Velocity in km/s to be added to one measured in the observatory's frame (Wright & Eastman 2014, PASP 126, 838).

    The gravitational redshift in the Solar System is neglected (3 m/s).

    Args:
        right_ascension: degrees, J2000.
        declination: degrees, J2000.
        time: UTC of the middle of the exposure, without time zone.
        instrument: with the position of its telescope.
        proper_motion: mas/yr in right ascension (times cos declination) and declination, since J2000.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", erfa.ErfaWarning)  # "dubious year": leap seconds to come are not known
        seconds = time.second + time.microsecond / 1e6
        utc = erfa.dtf2d("UTC", time.year, time.month, time.day, time.hour, time.minute, seconds)
        terrestrial = erfa.taitt(*erfa.utctai(*utc))
    _, earth = erfa.epv00(*terrestrial)
    orbit = earth["v"] * _METRES_PER_AU / 86400.0
    rotation = erfa.pvtob(
        np.radians(instrument.longitude),
        np.radians(instrument.latitude),
        instrument.altitude,
        0,
        0,
        0,
        erfa.era00(*utc),
    )["v"]
    velocity = orbit + erfa.c2i06a(*terrestrial).T @ rotation  # from the intermediate to the celestial system
    years = (sum(terrestrial) - 2451545.0) / 365.25
    dec = np.radians(declination) + proper_motion[1] * _MAS * years
    ra = np.radians(right_ascension) + proper_motion[0] * _MAS * years / np.cos(np.radians(declination))
    star = np.array([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])
    beta = velocity / _SPEED_OF_LIGHT
    shift = (1.0 + star @ beta) / np.sqrt(1.0 - beta @ beta) - 1.0
    return float(shift * _SPEED_OF_LIGHT / 1000.0)


def velocity_from_header(cards: Cards, instrument: Instrument | None, trust_pointing: bool = True) -> Claim:
    """Barycentric velocity from coordinates, time and exposure of a header; None where they do not allow it.

    Args:
        cards: of the header.
        instrument: for the position of its telescope.
        trust_pointing: whether RA and DEC may stand in for missing QRA and QDEC.
    """
    if instrument is None or instrument.latitude is None:
        return Claim(None, "guessed", "not computed, as the telescope is not known")
    keys, position = find_position(cards, trust_pointing)
    if position is None:
        return Claim(
            None,
            "guessed",
            "not computed: the coordinates of the target (QRA, QDEC) are missing and those of the telescope are not "
            "trusted"
            if "RA" in cards
            else "not computed: the header has no usable coordinates of the target",
        )
    middle = _middle(cards)
    if middle is None:
        return Claim(None, "guessed", "not computed: the header has no usable date of the observation (DATE-OBS)")
    motion = (0.0, 0.0)
    if keys[0] == "QRA":
        motion = (cards.number("QPMRA") or 0.0, cards.number("QPMDEC") or 0.0)
        if max(abs(m) for m in motion) > 11_000:  # no star moves faster than Barnard's
            motion = (0.0, 0.0)
    value = barycentric_velocity(*position, middle, instrument, motion)
    reason = f"computed for {instrument.name} from {keys[0]}, {keys[1]} and the middle of the exposure"
    return Claim(value, "file", reason + (" with the proper motion" if any(motion) else ""))


def earth_velocity(value: Any, factor: float = 1.0, note: str = "") -> tuple[float | None, str]:
    """A barycentric velocity in km/s as a file gives it, and what its reason should add; None where it can be none.

    Args:
        value: a number, or text that may name the unit, as "26.49 km/s".
        factor: from the unit that belongs to a number alone to km/s.
        note: what stands beside it, as the comment of a card, which may name the unit.
    """
    text = re.sub(r"(?<=\d),(?=\d{3})", "", str(value).strip().lower())
    number = _SPEED.match(text)
    if number is None:
        return None, ""
    stated = float(number[1])
    if _UNKNOWN.fullmatch(number[1]) or abs(stated) < 1e-7:
        return None, ""
    unit = _UNIT.search(text[number.end() :]) or _UNIT.search(note.lower())
    if unit:
        factor = _AU_A_DAY if unit[0].startswith("au") else 1.0 if unit[0].startswith("k") else 1e-3
    elif factor == 1.0 and 1000.0 < abs(stated) < 1000.0 * _FASTEST:
        return stated / 1000.0, ", taken for m/s, as Earth moves at most at 30 km/s"
    elif factor == 1.0 and abs(stated) < _REDSHIFT:
        return stated * _SPEED_OF_LIGHT / 1000.0, ", taken for a redshift, as it is next to nothing in km/s"
    found = stated * factor
    words = {1e-3: " in m/s", _AU_A_DAY: " in AU a day"}.get(factor, "")
    return (found, words) if abs(found) < _FASTEST else (None, "")


def ambiguous_velocity(cards: Cards) -> tuple[str, float] | None:
    """A card of Earth's velocity that says neither its sign nor whether it was applied, and its km/s; None without."""
    for key in filter(_OF_EARTH.fullmatch, cards):
        number, comment = cards.number(key), cards.comment(key)
        said = _OF_VELOCITY.search(comment) or re.search("V$|VEL|COR", key)
        if number is None or not said or re.search(r"(?i)\btime|\bday|\[(s|min|d)\]", comment):
            continue
        if _OF_STAR.fullmatch(key) or _OF_A_STAR.search(comment):
            continue
        velocity, _ = earth_velocity(number, note=comment)
        if velocity is not None:
            return key, velocity
    return None


def find_position(cards: Cards, trust_pointing: bool = True) -> tuple[tuple[str, str], tuple[float, float] | None]:
    """Cards of the position of the star, and right ascension and declination in degrees, or None.

    Those of the target go before those of the telescope, which are taken where they may stand in.
    """
    for keys in (("QRA", "QDEC"), ("RA", "DEC"))[: 1 + trust_pointing]:
        position = _position_of(cards, *keys)
        if position is not None:
            break
    return keys, position


def _position_of(cards: Cards, ra_key: str, dec_key: str) -> tuple[float, float] | None:
    """Right ascension and declination in degrees by two cards, or None.

    Text is sexagesimal with hours of right ascension; numbers are degrees only where said so, and where they could be
    hours only where the card itself does.
    """
    ra, dec = cards.get(ra_key), cards.get(dec_key)
    if isinstance(ra, str) and isinstance(dec, str):
        ra, dec = sexagesimal(ra), sexagesimal(dec)
        position = None if ra is None or dec is None else (15.0 * ra, dec)
    else:
        comment = cards.comment(ra_key)
        where = f"{cards.get('ORIGIN', '')} {cards.get('TELESCOP', '')} {comment}"
        ra, dec = cards.number(ra_key), cards.number(dec_key)
        if ra is not None and 0 <= ra <= 24:
            where = comment
        position = (ra, dec) if ra is not None and dec is not None and re.search("ESO|deg", where) else None
    if position is None or not (0 <= position[0] <= 360 and -90 <= position[1] <= 90) or position == (0.0, 0.0):
        return None
    return position


def sexagesimal(text: str) -> float | None:
    """A number of hours or degrees from text as ``17:57:48.5``, or None."""
    match = re.match(r"^\s*([+-]?)(\d{1,3})[\s:hd°]+(\d{1,2})[\s:m']+(\d{1,2}(?:\.\d*)?)", text)
    if not match:
        return None
    value = int(match[2]) + int(match[3]) / 60 + float(match[4]) / 3600
    return -value if match[1] == "-" else value


def middle_of_exposure(cards: Cards | Mapping[str, Any]) -> float | None:
    """Modified Julian date (UTC) of the middle of the exposure, None where the cards do not say."""
    middle = _middle(cards)
    return None if middle is None else (middle - _MJD_ZERO) / timedelta(days=1)


def _middle(cards: Cards | Mapping[str, Any]) -> datetime | None:
    """UTC of the middle of the exposure: DATE-OBS (with UT where it holds only the day) and half of the exposure."""
    text = str(cards.get("DATE-OBS", "")).strip()
    old = re.match(r"^(\d\d)/(\d\d)/(\d\d)$", text)  # the form of FITS until 1999, whose years are 19yy
    if old:
        text = f"19{old[3]}-{old[2]}-{old[1]}"
    if len(text) == 10:
        text += f"T{str(cards.get('UT') or cards.get('UTC') or '').strip()}"
    try:
        start = datetime.fromisoformat(text.rstrip("Z")).replace(tzinfo=None)
    except ValueError:
        return None
    if not 1980 <= start.year <= 2100 or "T" not in text.replace(" ", "T"):
        return None
    exposure = next((v for k in ("ITIME", "EXPTIME", "TEXPTIME") if (v := number_of(cards.get(k))) is not None), 0.0)
    return start + timedelta(seconds=exposure / 2 if 0 < exposure < 86400 else 0.0)

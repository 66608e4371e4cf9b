"""What FITS headers say beside the arrays: star, instrument, resolution, frame, medium, simulation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dtl.readers.barycentre import earth_velocity, find_position, middle_of_exposure, velocity_from_header
from dtl.readers.cards import Cards
from dtl.readers.contents import Claim, Contents
from dtl.readers.instruments import Instrument, find_instrument
from dtl.readers.names import parse_name
from dtl.readers.programs import program_of
from dtl.readers.resolutions import is_own, resolution_of_card
from dtl.readers.source import sanitise
from dtl.readers.statements import frame_of, medium_of, names_only_media_and_frames, stated_frame, stated_medium

__all__ = ["describe_header", "known_instrument", "star_of", "stated_velocities"]

#: Cards of the star, of the spectrograph and of its resolution, the strongest first.
_STAR = ("OBJECT", "TARGNAME", "TARGET", "STAR", "ESO OBS TARG NAME", "OBJNAME")
#: What is no name of a star: categories of exposures too, as ESO has them, "STD,TELLURIC".
_NO_NAME = re.compile(
    r"(?i:unknown|none|null|n/?a|nan|masked|true|false|object|science|star|std|target)|-\d+|[-?*. ]+"
    r"|(OBJECT|SCIENCE|STAR|STD)(,([A-Z]{3,}|[OBAFGKM]\d[IV]*))*"
)
_INSTRUMENT = ("INSTRUME", "INSTRUMENT", "INSTRUM", "SPECTROG", "FPA", "SPECTRO", "INST")
_RESOLUTION = ("RESOLUTN", "SPEC_RES", "SPECRES", "SPECRP", "SPEC_RP", "RESOLUT", "RESOLUTI", "RESOLVE", "RES_POW")
_RESOLUTION += ("RESOLVPW", "RPOWER", "R_POWER", "RESPOW", "RESPOWER", "RP", "R")
#: Cards of these whose name says little: their comment must speak of nothing else.
_VAGUE = ("RP", "R", "RESOL")
#: Cards that count where none of these does, as some programs write something else there.
_RESOLUTION_ELSE = ("SPE_RPOW", "BSS_ITRP", "RESOL")
#: Relative difference of what two cards may say of one resolution, nominal and measured.
_SAME_RESOLUTION = 0.15
#: Cards of the medium.
_MEDIUM = ("AIRORVAC", "INAIR", "INVACUUM", "VACUUM", "AIR_VAC", "WAVEMED", "MEDIUM", "WAVETYPE", "WAVEFORM", "LAMTYPE")
#: Further ones, of words for a medium and for wavelengths, and those that say yes or no: they name one medium.
_OF_MEDIUM = re.compile(r"((IN|IS|OR|WAVE?S?|WL|LAM(BDA)?|AIR|VAC(UUM)?)_?)+")
#: Cards that say whether Earth's motion was removed, unless they hold how fast it is.
_OF_CORRECTION = re.compile(
    r"(BARY|HELIO)([_ ]?CENT(RIC)?)?|(BARY|HELI?O?|BERV|BCV?|SSB)[_ ]?(CENT(RIC)?)?[_ ]?V?"
    r"(APP(L|LIED)?|DONE|(CORR?N?|CORRECT(ED|ION)?)([_ ]?(APP(L|LIED)?|DONE))?)"
)
#: Cards that hold that velocity, and words of comments on what was done with it.
_OF_EARTH = re.compile(r"(.*[_ ])?V?(BARY|HEL(?!IUM)I?O?|BERV|BCV|SSB).*")
_WAS_DONE = re.compile(r"\b(applied|removed|included)\b|\bwav\w+ .*corrected", re.IGNORECASE)
#: Cards that say yes where wavelengths are at rest or as observed; those of the wavelengths and their frame.
_IN_FRAME = re.compile(r"((AT|IN)[_ ]?)?REST([_ ]?(FRAME?|WAVE?S?|WAVELENGTHS?))?|(TOPO|GEO)CENT(RIC)?")
_OF_WAVES = re.compile(r"(WAV|WL|LAM(?!P)|WSC)[\w ]*|(W|REF|SPEC\w*?)?[_ ]?FRAME?|VEL_TYPE")
#: A number with its unit.
_NUMBER = re.compile(r"\s*[-+.\d]+([eEdD][-+]?\d+)?.{0,6}")
#: Cards of Earth's motion -> factor to km/s.
_VELOCITY = {"CARACAL BERV": 1.0, "BRVCORR": 1e-3, "BERV_FLUXWEIGHTED_FRD": 1e-3, "BERV_FLUXWEIGHTED_PC": 1e-3}
_VELOCITY |= dict.fromkeys(("ESO QC BERV", "ESO DRS BERV", "ESO DRS BARYCORR", "BERV", "BERV_KMS"), 1.0)
#: Columns of a table that are looked at.
_COLUMNS = 30
#: Beginnings of cards that observatories' own pipelines write.
_PIPELINES = ("ESO DRS", "ESO PRO", "ESO QC", "TNG DRS", "TNG QC", "OHP DRS")
#: Earth's motion as a header states it is not off by more from what position and time say, km/s.
_SAME_MOTION = 2.0
#: Cards of the star's velocity, km/s but where the comment says m/s; measured before catalogued.
_STAR_VELOCITY = ("CARACAL SERVAL RV", "ESO QC CCF RV", "ESO DRS CCF RVC", "ESO DRS CCF RV", "TNG DRS CCF RVC")
_STAR_VELOCITY += ("TNG QC CCF RV", "CCFRVMOD", "RADVEL", "VRAD", "TARGRADV", "ESO TEL TARG RADVEL")


def describe_header(contents: Contents, *headers: Any, pointing: bool = True) -> None:
    """Fill the claims of ``contents`` that are still open from the first header that makes them.

    Args:
        contents: changed in place.
        headers: FITS headers, the one that goes before the others first.
        pointing: whether RA and DEC are the star's, for the barycentric velocity.
    """
    all_cards = [Cards(header) for header in headers]
    for cards in all_cards:
        contents.star = contents.star or _find_star(cards)
        contents.instrument = contents.instrument or _find_instrument(cards)
        contents.resolution = contents.resolution or _find_resolution(cards)
        for claim in _frames(cards):
            contents.state("frame", claim)
        for claim in _media(cards):
            contents.state("medium", claim)
        contents.position = contents.position or _find_position(cards, pointing)
        contents.mjd = contents.mjd or middle_of_exposure(cards)
        contents.star_velocity = contents.star_velocity or _find_star_velocity(cards)
        contents.official = contents.official or any(key.startswith(_PIPELINES) for key in cards)
        contents.simulated = contents.simulated or cards.get("SIMULAT") in (True, 1, "T", "True", "true")
    if contents.barycentric_velocity is None:
        contents.barycentric_velocity = _find_velocity(contents, all_cards, pointing)


def star_of(text: str) -> str | None:
    """The name of a star by the text or number that stands for it; None where that is no name."""
    name = re.sub(r"(?<=^\d)(\d*)\.0+$", r"\1", text)  # a number of a catalogue that was kept as a real one
    return None if not name or _NO_NAME.fullmatch(name) else name.replace("_", " ")


def known_instrument(contents: Contents) -> Instrument | None:
    """The row of the table of instruments that belongs to the claimed instrument."""
    return find_instrument(contents.instrument.value) if contents.instrument else None


def _find_resolution(cards: Cards) -> Claim | None:
    """Resolution of a header; numbers that can be none (a width in Angstrom, a radius) are passed over.

    Where two cards contradict each other none is known, and no nominal value stands in for it.
    """
    found = _resolutions(cards, _RESOLUTION, 500) or _resolutions(cards, _RESOLUTION_ELSE, 5_000)
    if not found:
        return None
    (first, value), *_ = found.items()
    other = next((key for key in found if abs(found[key] / value - 1.0) > _SAME_RESOLUTION), None)
    if other is None:
        return Claim(value, "file", f"card {first}")
    reason = f"card {first} = {value:,.0f} and card {other} = {found[other]:,.0f} contradict each other; state it"
    return Claim(None, "guessed", reason)


def _resolutions(cards: Cards, keys: tuple[str, ...], least: float) -> dict[str, float]:
    """Cards and what they hold, where that can be a resolution."""
    found = {}
    for key in cards.among(keys):
        said = cards.get(key)
        if key in _VAGUE and not is_own(cards.comment(key)):
            continue
        if key == "R" and isinstance(said, float) and said != round(said):  # a date, a magnitude
            continue
        value = resolution_of_card(said, cards.comment(key))
        if value is not None and value >= least:
            found[key] = value
    return found


def _find_star_velocity(cards: Cards) -> Claim | None:
    """Radial velocity of the star in km/s; 0 is what programs write where they have none."""
    for key in cards.among(_STAR_VELOCITY):
        comment = cards.comment(key).replace(" ", "").lower()
        value = (cards.number(key) or 0.0) / (1000.0 if "m/s" in comment.replace("km/s", "") else 1.0)
        if 0 < abs(value) < 500:
            return Claim(value, "file", f"card {key}")
    return None


def _frames(cards: Cards) -> Iterator[Claim]:
    """Frames of the wavelengths by the card SPECSYS of the FITS standard (Greisen et al. 2006, A&A 446, 747)."""
    program = program_of(cards)
    if program and program.frame:
        yield Claim(program.frame, "file", f"{program.said} its wavelengths are {program.frame}")
    for key in cards.among(("SPECSYS", "SPECSYS1")):
        text = sanitise(cards.get(key, ""), 20)
        frame = stated_frame(text)
        if frame:
            near = ", within 0.02 km/s of the barycentre" if text.upper().startswith("HELIO") else ""
            yield Claim(frame, "file", f"card {key} = '{text}'{near}")
        elif text:
            yield Claim("unknown", "file", f"card {key} = '{text}', which is not used here")
    for key in cards:
        frame = _frame_of_card(cards, key)
        if frame:
            yield Claim(frame, "file", f"card {key} = {sanitise(cards.get(key), 30)}")
        comment = cards.comment(key) if _OF_EARTH.fullmatch(key) else ""
        done = re.sub(r"^\s*[\[(].*?[\])]", " ", comment)  # without the unit, which is a clause of its own
        frame = frame_of(f"barycentric motion: {done}") if _WAS_DONE.search(comment) else None
        if frame and (cards.number(key) != 0 or frame == "observatory"):  # where it is 0, nothing was done
            yield Claim(frame, "file", f"card {key}: '{sanitise(comment, 60)}'")


def _frame_of_card(cards: Cards, key: str) -> str | None:
    """The frame by one card that says yes or no, or by words alone that name a frame."""
    if _OF_CORRECTION.fullmatch(key):
        value = cards.get(key)
        said = isinstance(value, bool | str) or (isinstance(value, int) and value == 1)  # 0 stands for no velocity too
        return frame_of(f"barycentric correction: {value}") if said else None
    if _IN_FRAME.fullmatch(key):
        frame = "rest" if "REST" in key else "observatory"
        return frame if _as_yes_or_no(cards.get(key)) is True else None
    value = cards.get(key) if _OF_WAVES.fullmatch(key) else None
    return stated_frame(value) if isinstance(value, str) and names_only_media_and_frames(value) else None


def _media(cards: Cards) -> Iterator[Claim]:
    """Air or vacuum by the cards that say so, the clearest first; CTYPE 'WAVE' is written too freely to be more than a
    guess."""
    of_waves = [key for key in filter(_OF_WAVES.fullmatch, cards) if names_only_media_and_frames(str(cards.get(key)))]
    for key in dict.fromkeys([*cards.among(_MEDIUM), *filter(_OF_MEDIUM.fullmatch, cards), *of_waves]):
        value = _as_yes_or_no(cards.get(key))
        own = {"vacuum" if "VAC" in word else "air" for word in re.findall("AIR|VAC", key)}
        if isinstance(value, bool | int) and value in (0, 1) and len(own) == 1:
            medium = own.pop()
            yield Claim(medium if value else {"air": "vacuum"}.get(medium, "air"), "file", f"card {key} = {value}")
            continue
        said = isinstance(value, str) and not _NUMBER.fullmatch(value)  # a number is the pressure in a vessel
        medium = stated_medium(value) or medium_of(f"{key} = {value}") if said else None
        if medium:
            yield Claim(medium, "file", f"card {key} = '{sanitise(value, 30)}'")
    ctype = str(cards.get("CTYPE1", "")).strip().upper()
    if ctype.startswith("AWAV"):
        yield Claim("air", "file", f"CTYPE1 = '{sanitise(ctype, 20)}', wavelengths in air by the FITS standard")
    program = program_of(cards)
    if program:
        yield Claim(program.medium, "file", f"{program.said} its wavelengths are in {program.medium}")
    for key in cards.among(("CTYPE1", "CUNIT1", *_cards_of_wavelengths(cards), "WAT1_001")):
        for text in (str(cards.get(key, "")), cards.comment(key)):
            medium = stated_medium(text)
            if medium:
                yield Claim(medium, "file", f"card {key}: '{sanitise(text, 60)}'")
    if ctype in ("WAVE", "WAVE-LOG"):
        yield Claim("vacuum", "guessed", f"CTYPE1 = '{ctype}' means vacuum in the FITS standard")


def _as_yes_or_no(value: Any) -> Any:
    """The value of a card, a letter or word for yes or no as what it means."""
    word = value.strip().upper() if isinstance(value, str) else ""
    return {"T": True, "TRUE": True, "YES": True, "F": False, "FALSE": False, "NO": False}.get(word, value)


def _cards_of_wavelengths(cards: Cards) -> tuple[str, ...]:
    """Cards about the wavelengths of a table; none where it may hold several, each with its own medium."""
    if f"TTYPE{_COLUMNS + 1}" in cards:
        return ()
    names = {number: str(cards.get(f"TTYPE{number}", "")) for number in range(1, _COLUMNS + 1)}
    places = [number for number, name in names.items() if name and parse_name(name).role == "wavelength"] or [1]
    return (f"TUNIT{places[0]}", f"TTYPE{places[0]}") if len(places) < 2 else ()


def _find_star(cards: Cards) -> Claim | None:
    names = ((star_of(sanitise(cards.get(key, ""))), key) for key in cards.among(_STAR))
    return next((Claim(name, "file", f"card {key}") for name, key in names if name), None)


def _find_instrument(cards: Cards) -> Claim | None:
    texts = ((sanitise(cards.get(key, "")), key) for key in cards.among(_INSTRUMENT))
    text, key = next((pair for pair in texts if pair[0] and not _NO_NAME.fullmatch(pair[0])), ("", ""))
    known = find_instrument(text)
    if known:
        return Claim(known.name, "file", f"card {key} = '{text}'")
    return Claim(text, "file", f"card {key}") if text else None


def _find_position(cards: Cards, pointing: bool) -> Claim | None:
    keys, position = find_position(cards, pointing)
    return Claim(position, "file", f"cards {keys[0]} and {keys[1]}") if position else None


def _find_velocity(contents: Contents, all_cards: list[Cards], pointing: bool) -> Claim | None:
    """Barycentric velocity: a card of the pipeline, else computed where the spectrum is as observed.

    Where both are there and differ, the card is taken and flagged.
    """
    stated = next(stated_velocities(all_cards), None)
    if not contents.frame or contents.frame.value != "observatory":
        return stated
    told = next((cards for cards in all_cards if cards.get("DATE-OBS")), all_cards[0])
    computed = velocity_from_header(told, known_instrument(contents), pointing)
    if stated is None:
        return computed
    if computed.value is None or abs(stated.value - computed.value) < _SAME_MOTION:
        return stated
    contents.flags.add("frame_guessed")
    reason = f"{stated.reason}, but {computed.value:+.1f} km/s is {computed.reason}"
    return Claim(stated.value, "guessed", reason)


def stated_velocities(all_cards: list[Cards]) -> Iterator[Claim]:
    """Barycentric velocities that cards hold, km/s."""
    for cards in all_cards:
        for key in cards.among(_VELOCITY):
            value, words = earth_velocity(cards.get(key), _VELOCITY[key], cards.comment(key))
            if value is not None:
                yield Claim(value, "file", f"card {key}{words}")

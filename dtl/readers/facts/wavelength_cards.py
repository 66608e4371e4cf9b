"""Medium and frame of the wavelengths, as cards of a FITS header state them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dtl.readers.contents import Claim
from dtl.readers.facts.cards import Cards
from dtl.readers.facts.programs import program_of
from dtl.readers.source import sanitise
from dtl.readers.words.names import parse_name
from dtl.readers.words.statements import frame_of, medium_of, names_only_media_and_frames, stated_frame, stated_medium

__all__ = ["frames_of_cards", "media_of_cards"]

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
#: Columns of a table that are looked at.
_COLUMNS = 30


def frames_of_cards(cards: Cards) -> Iterator[Claim]:
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


def media_of_cards(cards: Cards) -> Iterator[Claim]:
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

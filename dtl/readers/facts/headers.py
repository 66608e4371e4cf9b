"""What FITS headers say beside the arrays: star, instrument, resolution, frame, medium, simulation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dtl.readers.contents import Claim, Contents
from dtl.readers.facts.barycentre import earth_velocity, find_position, middle_of_exposure, velocity_from_header
from dtl.readers.facts.cards import Cards
from dtl.readers.facts.wavelength_cards import frames_of_cards, media_of_cards
from dtl.readers.instruments import Instrument, find_instrument
from dtl.readers.source import sanitise
from dtl.readers.words.resolutions import is_own, resolution_of_card

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
#: Cards of Earth's motion -> factor to km/s.
_VELOCITY = {"CARACAL BERV": 1.0, "BRVCORR": 1e-3, "BERV_FLUXWEIGHTED_FRD": 1e-3, "BERV_FLUXWEIGHTED_PC": 1e-3}
_VELOCITY |= dict.fromkeys(("ESO QC BERV", "ESO DRS BERV", "ESO DRS BARYCORR", "BERV", "BERV_KMS"), 1.0)
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
        for claim in frames_of_cards(cards):
            contents.state("frame", claim)
        for claim in media_of_cards(cards):
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

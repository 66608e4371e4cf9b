"""Settling what is said about a file: the user goes before the file, the file before the instrument and any guess."""

from __future__ import annotations

import numpy as np

from dtl.readers.contents import Claim, Contents
from dtl.readers.facts.headers import known_instrument
from dtl.readers.options import ReadOptions
from dtl.readers.words.units import INVERSE, guess_unit, holds_window, show_unit
from dtl.wavelengths import AIR_SHIFT, Window, atmosphere_reach

__all__ = [
    "confirm_medium",
    "resolve_frame",
    "resolve_medium",
    "resolve_resolution",
    "resolve_unit",
    "resolve_velocity",
]


def resolve_unit(contents: Contents, options: ReadOptions, window: Window) -> Claim:
    """Unit of the wavelengths: the user's, the file's where its numbers allow it, else a guess."""
    if options.unit is not None:
        return Claim(options.unit, "user", "given by the user")
    return contents.once(("unit", contents.unit), lambda: _unit_by_numbers(contents, window))


def _unit_by_numbers(contents: Contents, window: Window) -> Claim:
    values, claim = np.asarray(contents.wavelength, dtype=float), contents.unit
    if claim is not None and holds_window(values, claim.value, window):
        return claim
    guess = guess_unit(values, window)
    if claim is None:
        return guess
    if holds_window(values, guess.value, window):
        return Claim(
            guess.value,
            "guessed",
            f"{claim.reason} says {show_unit(claim.value)}, but {guess.reason.partition('; ')[2]}",
        )
    return claim


def resolve_medium(contents: Contents, options: ReadOptions, unit: str) -> Claim:
    """Vacuum or air: the user's word, the file's, the instrument's, a reader's guess, else vacuum."""
    if options.medium is not None:
        contents.flags.discard("medium_guessed")
        return Claim(options.medium, "user", "given by the user")
    if contents.medium and (contents.medium.source == "file" or "medium_guessed" in contents.flags):
        return contents.medium  # as the file states it, also where it contradicts itself
    if unit.rsplit(" ", maxsplit=1)[-1] in INVERSE:
        return Claim("vacuum", "file", "frequencies, wavenumbers and energies do not depend on the medium")
    instrument = known_instrument(contents)
    if instrument and instrument.medium:
        usual = Claim(instrument.medium, "guessed", f"wavelengths of {instrument.name} come in {instrument.medium}")
        return _weighed(contents, usual, instrument.sure)
    contents.flags.add("medium_guessed")
    if contents.medium:
        return contents.medium
    return Claim(
        "vacuum", "guessed", "not stated; vacuum as in the method's own data, and 82 km/s wrong if it should be air"
    )


def _weighed(contents: Contents, usual: Claim, sure: bool) -> Claim:
    """What an instrument is known for, or the reader's guess where that is not sure; flagged where they differ."""
    own = contents.medium
    if own is None or own.value == usual.value:
        if not sure or (own is None and usual.value == "air" and _is_of_others(contents)):
            contents.flags.add("medium_guessed")
        return usual
    contents.flags.add("medium_guessed")
    first, second = (usual, own) if sure else (own, usual)
    return Claim(first.value, "guessed", f"{first.reason}, but {second.reason}")


def _is_of_others(contents: Contents) -> bool:
    """Whether wavelengths of several orders come without a card of the spectrograph's own pipeline.

    General programs, as PyReduce or PypeIt, write orders too, and mostly in vacuum; merged ones in air are usual.
    """
    return np.ndim(contents.wavelength) == 2 and len(contents.wavelength) > 1 and not contents.official


def confirm_medium(contents: Contents, oxygen: float | None, medium: Claim, frame: Claim) -> tuple[Claim, float | None]:
    """The medium as the oxygen lines of Earth's atmosphere show it, where the file states none.

    Args:
        contents: whose flag of a guess is withdrawn where it is none any more.
        oxygen: velocity of the oxygen lines in km/s, with the medium as settled so far; None where they are not seen.
        medium: as settled so far.
        frame: of the wavelengths.

    Returns:
        The medium, and the velocity of the oxygen lines in it.
    """
    if oxygen is None:
        return medium, None
    shown = _shown_by_oxygen(medium, frame.value, oxygen)
    if shown is not medium:
        contents.flags.discard("medium_guessed")
    if shown.value != medium.value:
        oxygen -= AIR_SHIFT if shown.value == "air" else -AIR_SHIFT
    contents.note("oxygen lines", f"{oxygen:+.1f} km/s", "file", "those of Earth's atmosphere near 7600 Å")
    return shown, oxygen


def _shown_by_oxygen(medium: Claim, frame: str, oxygen: float) -> Claim:
    """The claim that the velocity of the oxygen lines with a guessed medium allows, or the guess."""
    if medium.source != "guessed" or frame == "rest":
        return medium
    place = f"the oxygen lines of Earth's atmosphere near 7600 Å lie at {oxygen:+.1f} km/s"
    if abs(oxygen) < atmosphere_reach(frame):
        return Claim(medium.value, "file", f"{place}, as they do in {medium.value} only")
    other, shift = ("air", AIR_SHIFT) if medium.value == "vacuum" else ("vacuum", -AIR_SHIFT)
    if frame != "unknown" and abs(oxygen - shift) < atmosphere_reach(frame):
        return Claim(other, "file", f"{place} if {medium.value} is taken")
    return medium


def resolve_frame(contents: Contents, options: ReadOptions) -> Claim:
    """Frame: the user's word, the file's, else what a barycentric velocity beside it suggests."""
    if options.frame is not None:
        contents.flags.discard("frame_guessed")
        return Claim(options.frame, "user", "given by the user")
    if contents.frame:
        return contents.frame
    instrument = known_instrument(contents)
    if instrument and instrument.frame:
        contents.flags.add("frame_guessed")
        return Claim(instrument.frame, "guessed", f"wavelengths of {instrument.name} come so from its pipeline")
    if contents.barycentric_velocity and contents.barycentric_velocity.value is not None:
        contents.flags.add("frame_guessed")
        reason = "a barycentric velocity is given, so it is taken as not yet applied; if it was, state barycentric"
        return Claim("observatory", "guessed", reason)
    return Claim("unknown", "guessed", "the file does not say whether Earth's motion is removed")


def resolve_velocity(contents: Contents, frame: Claim) -> float | None:
    """Barycentric velocity, only where it has still to be applied: correcting twice is the classic error."""
    claim = contents.barycentric_velocity or Claim(None, "guessed", "neither stated nor computable")
    name, as_observed = "barycentric velocity", frame.value == "observatory"
    if claim.value is None:
        if as_observed:
            contents.note(name, "unknown", claim.source, f"{claim.reason}; velocities stay in the observatory's frame")
        return None
    shown = f"{claim.value:+.3f} km/s"
    if not as_observed:
        contents.note(name, f"{shown}, not applied again", claim.source, f"{claim.reason}; frame {frame.value}")
        return None
    contents.note(name, shown, claim.source, claim.reason)
    return float(claim.value)


def resolve_resolution(contents: Contents, options: ReadOptions) -> Claim:
    """Resolution: the user's word, the file's, else the instrument's."""
    if options.resolution is not None:
        return Claim(options.resolution, "user", "given by the user")
    if contents.resolution:
        return contents.resolution
    instrument = known_instrument(contents)
    if instrument and instrument.resolution:
        return Claim(instrument.resolution, "guessed", f"nominal value of {instrument.name}, {instrument.reference}")
    if contents.unread_resolution:
        return Claim(None, "guessed", f"{contents.unread_resolution}; state it to be safe")
    return Claim(None, "guessed", "stated neither in the file nor by a known instrument; state it to be safe")

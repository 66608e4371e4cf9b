"""What a reader of one format hands on: arrays as they stand in the file, and what the file says about them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dtl.spectrum import Finding

__all__ = ["Claim", "Contents"]


@dataclass(frozen=True)
class Claim:
    """One statement about a file: a value, who says so and where.

    Attributes:
        value: a word or a number.
        source: ``file``, ``guessed`` or ``user``.
        reason: where it stands in the file, or the rule of the guess.
    """

    value: Any
    source: str
    reason: str


@dataclass
class Contents:
    """Arrays of one file before anything is converted, and the claims found beside them.

    Attributes:
        format: label of the format.
        wavelength: in the unit of ``unit``; shape ``(n,)``, or ``(orders, n)`` of an echelle spectrum.
        flux: any linear unit; same shape.
        uncertainty: ``sigmas`` times 1 sigma in the unit of ``flux``; same shape, or None.
        sky: flux of a sky fibre on ``wavelength``; same shape, or None.
        bad: True where the file flags a pixel; same shape, or None.
        sigmas: what the uncertainties are to be divided by.
        unit: ``Angstrom``, ``nm``, ``um``, ``cm`` or ``m``, or one of these after ``log10`` or ``ln``; None: a guess
            is wanted.
        medium: ``vacuum`` or ``air``; a guess here gives way to the table of instruments.
        frame: ``observatory``, ``barycentric``, ``rest`` or ``unknown``.
        resolution: lambda/FWHM.
        star: name of the star.
        instrument: name of the spectrograph.
        barycentric_velocity: km/s, to be added to a velocity measured in the observatory's frame.
        position: right ascension and declination of the star, degrees.
        mjd: modified Julian date (UTC) of the middle of the exposure.
        star_velocity: radial velocity of the star in km/s.
        simulated: whether the file says that it is a simulation.
        unread_resolution: what speaks of a resolution that was not understood as the spectrum's own, in words.
        official: whether a card is there that an observatory's own pipeline writes.
        findings: what else the reader understood.
        flags: doubts about the reading, in the words of `dtl.flags`.
        extensions: number and words of each extension that could be read in its place, this one among them.
        describe: add what only the header or row of the spectrum that is wanted says; called with these contents,
            the source, the options and the window. None of them where all is said already.
        known: what takes long and is the same for each of the spectra of a file, see `once`; the same dict for these.
    """

    format: str
    wavelength: np.ndarray
    flux: np.ndarray
    uncertainty: np.ndarray | None = None
    sky: np.ndarray | None = None
    bad: np.ndarray | None = None
    sigmas: float = 1.0
    unit: Claim | None = None
    medium: Claim | None = None
    frame: Claim | None = None
    resolution: Claim | None = None
    star: Claim | None = None
    instrument: Claim | None = None
    barycentric_velocity: Claim | None = None
    position: Claim | None = None
    star_velocity: Claim | None = None
    mjd: float | None = None
    simulated: bool = False
    unread_resolution: str = ""
    official: bool = False
    findings: list[Finding] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    extensions: tuple[tuple[str, str], ...] = ()
    describe: tuple[Callable[..., None], ...] = ()
    known: dict[Hashable, Any] = field(default_factory=dict)

    def note(self, name: str, value: str, source: str, reason: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(name, value, source, reason))

    def once(self, key: Hashable, find: Callable[[], Any]) -> Any:
        """What is found the first time that it is asked for, whichever spectrum of the file is wanted.

        Args:
            key: all that it depends on besides the arrays.
            find: finds it.
        """
        if key not in self.known:
            self.known[key] = find()
        return self.known[key]

    def state(self, name: str, found: Claim | None) -> None:
        """Take what is said of ``medium`` or ``frame``; what contradicts an earlier word of the file makes it a guess.

        Args:
            name: ``medium`` or ``frame``.
            found: what a further place in the file says; the earlier ones are the stronger.
        """
        own = getattr(self, name)
        if found is None:
            return
        doubted = f"{name}_guessed" in self.flags
        if own is None or own.value == "unknown" or (own.source == "guessed" and not doubted):
            if own is None or found.source == "file":
                setattr(self, name, found)
        elif found.source == "file" and found.value not in (own.value, "unknown") and not doubted:
            self.flags.add(f"{name}_guessed")
            setattr(self, name, Claim(own.value, "guessed", f"{own.reason}, but {found.reason}"))

"""What a user may say about a file, where the guess of a reader is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import Any

from dtl.readers.instruments import INSTRUMENTS
from dtl.readers.words.units import parse_frame, parse_medium, parse_unit
from dtl.spectrum import UnusableInput

__all__ = ["KINDS", "KIND_WORDS", "ReadOptions"]

#: Kinds of uncertainty as a reason or a choice says them.
KIND_WORDS = {
    "sigma": "1 sigma",
    "variance": "variance",
    "ivar": "inverse variance",
    "percent": "per cent of the flux",
    "relative": "part of the flux",
    "snr": "signal-to-noise ratio",
}
#: What a column of uncertainties can hold, in words.
KINDS = {
    "sigma": "1 sigma",
    "variance": "square root of the variances in",
    "ivar": "inverse root of the inverse variances in",
    "percent": "per cent of the flux in",
    "relative": "part of the flux in",
    "snr": "flux over the signal-to-noise ratios in",
}

#: Words of the user for kinds of uncertainty that have another here.
_ALIASES = {"inverse": "ivar"}


@dataclass(frozen=True)
class ReadOptions:
    """Answers that replace what a reader would read or guess; None leaves it to the reader.

    Other spellings, as ``AA`` or ``heliocentric``, become those that are given here.

    Attributes:
        unit: of the wavelengths: ``Angstrom``, ``nm``, ``um`` or another that a header may have.
        medium: ``vacuum`` or ``air``.
        frame: ``observatory``, ``barycentric`` or ``rest``.
        resolution: lambda/FWHM.
        columns: names or numbers (from 1) of the columns for wavelength, flux and uncertainty
            (the last may be None, or left out) of a table.
        uncertainty: what the column of uncertainties holds: ``sigma``, ``variance``, ``ivar`` (inverse variance),
            ``percent``, ``relative``, ``snr``, or ``none`` to leave it aside; None goes by its name and numbers.
        instrument: name of the spectrograph, see `dtl.readers.instruments`; gives the resolution and the medium that
            the file does not state.
        order: number of the echelle order to use, from 0, of those that reach into the window.
        row: number of the spectrum to use, from 1, of several in one file that share their wavelengths.
        extension: number or name of the FITS extension, or of the table of a VOTable, that holds the spectrum.

    Raises:
        UnusableInput: for a value that cannot be, with one sentence that names the attribute and what it may be.
    """

    unit: str | None = None
    medium: str | None = None
    frame: str | None = None
    resolution: float | None = None
    columns: tuple[str, str, str | None] | None = None
    uncertainty: str | None = None
    instrument: str | None = None
    order: int | None = None
    row: int | None = None
    extension: str | None = None

    def __post_init__(self) -> None:
        for name, (understood, allowed) in _MEANINGS.items():
            value = getattr(self, name)
            if value is None:
                continue
            meaning = understood(value)
            if meaning is None:
                raise UnusableInput(f"The {name} {str(value)[:40]!r} cannot be used; give {allowed}.")
            object.__setattr__(self, name, meaning)

    @classmethod
    def told(cls, **known: Any) -> ReadOptions:
        """Options from keywords of a caller.

        Raises:
            TypeError: for a keyword that is none of them.
            UnusableInput: as the class itself.
        """
        names = [field.name for field in fields(cls)]
        if unknown := [name for name in known if name not in names]:
            raise TypeError(f"{unknown[0]!r} is no argument; what may be told of a file: {', '.join(names)}.")
        return cls(**known)


def _word(parse: Callable[[str], str | None]) -> Callable[[object], str | None]:
    """What a function makes of a text; None for anything else."""
    return lambda value: parse(value) if isinstance(value, str) else None


def _whole(least: int) -> Callable[[object], int | None]:
    def understood(value: object) -> int | None:
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        return int(value) if whole and value >= least else None

    return understood


def _resolution(value: object) -> float | None:
    number = isinstance(value, Real) and not isinstance(value, bool)
    return float(value) if number and 100 <= value <= 10_000_000 else None


def _key(value: object) -> str | None:
    """The name or number of a column or an extension."""
    if isinstance(value, Integral) and not isinstance(value, bool):
        return str(int(value))
    return value if isinstance(value, str) and value.strip() else None


def _columns(value: object) -> tuple[str, str, str | None] | None:
    if not isinstance(value, list | tuple) or len(value) not in (2, 3):
        return None
    wave, flux, sigma = (*value, None)[:3]
    keys = _key(wave), _key(flux), None if sigma is None else _key(sigma)
    return None if None in keys[:2] or (sigma is not None and keys[2] is None) else keys


def _kind(value: str) -> str | None:
    kind = _ALIASES.get(value, value)
    return kind if kind in (*KINDS, "none") else None


_INSTRUMENTS = {instrument.name.lower(): instrument.name for instrument in INSTRUMENTS}
#: Attribute -> what a value means, None where it means nothing, and what it may be.
_MEANINGS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "unit": (_word(parse_unit), "Angstrom, nm, um or another, as cm-1, Hz or log10(nm)"),
    "medium": (_word(parse_medium), "vacuum or air"),
    "frame": (_word(parse_frame), "observatory, barycentric or rest"),
    "resolution": (_resolution, "λ/FWHM, a number from 100 to 10,000,000, as 94600"),
    "columns": (_columns, "two or three names, or numbers from 1: of wavelength, flux and uncertainty"),
    "uncertainty": (_word(_kind), "sigma, variance, ivar, percent, relative, snr or none"),
    "instrument": (
        _word(lambda name: _INSTRUMENTS.get(name.strip().lower())),
        f"one of {', '.join(_INSTRUMENTS.values())}, or resolution and medium instead",
    ),
    "order": (_whole(0), "a whole number from 0"),
    "row": (_whole(1), "a whole number from 1"),
    "extension": (_key, "its number or name"),
}

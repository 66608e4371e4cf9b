"""Which column of a table is what: by its name, by the user's word, or by its numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from dtl.readers.contents import Claim, Contents
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source, sanitise
from dtl.readers.units import guess_unit, holds_window, parse_medium, parse_unit

__all__ = ["KINDS", "Column", "assign", "contents_from_columns", "usable"]

#: What a column of uncertainties can hold -> the power that makes it 1 sigma, and words for it.
KINDS = {"sigma": (1.0, ""), "variance": (0.5, "square root of "), "inverse": (-0.5, "inverse root of ")}

_WAVELENGTH = {"awav", "spectral", "arg", "x", "wl", "wvl", "λ", "ll", "loglam", "lnwave", "angstrom", "nm"}
_FLUX = {"flux", "fluxes", "spec", "spectrum", "intensity", "int", "fun", "counts", "flam", "f", "i", "y", "normflux"}
_SIGMA = {"err", "error", "errors", "unc", "uncertainty", "uncertainties", "sigma", "sig", "std", "stddev", "stdev"}
_SIGMA |= {"noise", "e", "dflux", "eflux", "fluxerr", "errflux", "errorbar", "flux_err"}
_VARIANCE = {"var", "variance"}
_INVERSE = {"ivar", "invvar"}
_FLAGS = {"qual", "quality", "dq", "flags", "flag", "bpm", "badpix"}


@dataclass
class Column:
    """One column of a table.

    Attributes:
        name: as in the file, empty where it has none.
        values: floats, shape ``(n,)``.
        unit: words of the file for its unit.
        note: further words about it, as a UCD.
    """

    name: str
    values: np.ndarray
    unit: str = ""
    note: str = ""


def contents_from_columns(label: str, columns: list[Column], source: Source, options: ReadOptions) -> Contents:
    """Assign the columns and take from the wavelengths' name and unit what they say.

    Raises:
        UnusableInput: fewer than two columns, or columns that cannot be told apart.
    """
    columns = usable(columns)
    if len(columns) < 2:
        raise source.refuse(
            f"has {len(columns)} column{'' if len(columns) == 1 else 's'} of numbers, while wavelength and flux "
            "are needed; "
            "save both in one table."
        )
    if options.columns is not None:
        wave, flux, sigma = (_asked(columns, key, source) if key else None for key in options.columns)
        kind = _kind(sigma.name) if sigma is not None and _kind(sigma.name) in KINDS else "sigma"
        how = Claim("", "user", "named by the user")
    else:
        wave, flux, sigma, kind, how = assign(columns, source)
    if options.uncertainty is not None and options.uncertainty not in KINDS:
        raise source.refuse(
            f"was to be read with uncertainties as '{sanitise(options.uncertainty, 20)}', which is unknown; use "
            "sigma, variance or inverse."
        )
    kind = options.uncertainty or kind
    contents = Contents(label, wave.values, flux.values)
    contents.note("columns", f"{_show(columns, wave)}, {_show(columns, flux)}", how.source, how.reason)
    if sigma is not None:
        with np.errstate(invalid="ignore", divide="ignore"):
            power, words = KINDS[kind]
            contents.uncertainty = sigma.values**power
        contents.note(
            "uncertainty",
            "1 sigma per pixel",
            "user" if options.uncertainty else how.source,
            f"{words}{_show(columns, sigma)}",
        )
    contents.bad = next((c.values != 0 for c in columns if _kind(c.name) == "flags" and c is not sigma), None)
    _describe_wavelength(contents, wave)
    return contents


def usable(columns: list[Column]) -> list[Column]:
    """The columns that can be named; a nameless one without a number is a separator at the end of each line."""
    return [column for column in columns if column.name or np.isfinite(column.values).any() or len(columns) < 3]


def _describe_wavelength(contents: Contents, wave: Column) -> None:
    """Unit and medium as name, unit and note of the column give them."""
    name = sanitise(wave.name, 40)
    bracket = re.search(r"[(\[]([^)\]]*)[)\]]", wave.name)
    tail = re.split(r"[_\s]+", wave.name.strip())[-1] if len(wave.name.strip()) > 2 else ""
    logarithm = re.match(r"^(log10|log|ln)[ _]?(w|l|λ)", wave.name.strip().lower())
    for text in (wave.unit, bracket[1] if bracket else "", tail):
        unit = parse_unit(text) if text else None
        if unit:
            if logarithm and " " not in unit:
                unit = f"{'ln' if logarithm[1] == 'ln' else 'log10'} {unit}"
            contents.unit = Claim(unit, "file", f"column '{name}' has '{sanitise(text, 30)}'")
            break
    for text in (wave.name.replace("_", " "), wave.unit, wave.note):
        medium = parse_medium(text)
        if medium:
            contents.medium = Claim(medium, "file", f"column '{name}': '{sanitise(text, 40)}'")
            break


def _kind(name: str) -> str:
    """What a name stands for: ``wavelength``, ``flux``, ``sigma``, ``variance``, ``inverse``, ``flags`` or nothing."""
    plain = re.sub(r"[\[(].*", "", name.strip().lower())
    words = set(re.split(r"[^a-zλ0-9]+", plain)) | {plain} | set(re.split(r"\d+", plain))
    words = {word for word in words if len(word) > 1 or word == plain}  # "S/N" is no flux, "e_flux" no wavelength
    if plain.startswith("e_"):
        return "sigma"
    for kind, known in (("flags", _FLAGS), ("inverse", _INVERSE), ("variance", _VARIANCE), ("sigma", _SIGMA)):
        if words & known:
            return kind
    if any(word.startswith(("wave", "lam", "wavl")) for word in words) or words & _WAVELENGTH:
        return "wavelength"
    return "flux" if words & _FLUX else ""


def assign(columns: list[Column], source: Source) -> tuple[Column, Column, Column | None, str, Claim]:
    """Wavelength, flux, uncertainty, the kind of the latter (`KINDS`), and how they were told apart.

    Raises:
        UnusableInput: where they cannot be told apart.
    """
    kinds = [_kind(column.name) for column in columns]

    def first(kind: str) -> Column | None:
        return columns[kinds.index(kind)] if kind in kinds else None

    wave, flux = first("wavelength"), first("flux")
    if wave is not None and flux is not None:
        kind = next((k for k in ("sigma", "variance", "inverse") if k in kinds), "sigma")
        return wave, flux, first(kind), kind, Claim("", "file", "by the names of the columns")
    return _by_numbers(columns, source)


def _by_numbers(columns: list[Column], source: Source) -> tuple[Column, Column, Column | None, str, Claim]:
    """The first column that can be wavelengths, the next one as flux, a third as its uncertainty where it can be."""

    def runs(values: np.ndarray) -> bool:
        finite = values[np.isfinite(values)]
        steps = np.diff(finite)
        return len(finite) > 9 and finite.min() > 0 and max((steps > 0).mean(), (steps < 0).mean()) > 0.9

    running = [i for i, column in enumerate(columns[:-1]) if runs(column.values)]
    places = [i for i in running if holds_window(columns[i].values, guess_unit(columns[i].values).value)] or running
    if not places and all(column.name for column in columns):
        raise source.refuse(
            f"has no column of wavelengths (it has {', '.join(_show(columns, c) for c in columns[:8])}), probably "
            "because they "
            "are in another file; put wavelength and flux into one table."
        )
    place = places[0] if places else 0
    wave, flux = columns[place], columns[place + 1]
    rule = "no names; the first column that can be wavelengths, and the next" if places else "no names; in this order"
    if place + 2 < len(columns):
        third = columns[place + 2].values
        level = np.nanmedian(np.abs(flux.values)) if np.isfinite(flux.values).any() else 0.0
        finite = third[np.isfinite(third)]
        if finite.size and (finite >= 0).all() and (finite > 0).any() and np.median(finite) < level:
            return (
                wave,
                flux,
                columns[place + 2],
                "sigma",
                Claim("", "guessed", f"{rule}; the third is positive and below the flux"),
            )
    return wave, flux, None, "sigma", Claim("", "guessed", rule)


def _asked(columns: list[Column], key: str, source: Source) -> Column:
    """The column that the user named or numbered from 1."""
    key = str(key).strip()
    for column in columns:
        if column.name and column.name.strip().lower() == key.lower():
            return column
    if key.isdigit() and 1 <= int(key) <= len(columns):
        return columns[int(key) - 1]
    names = ", ".join(_show(columns, column) for column in columns[:12])
    raise source.refuse(f"has no column '{sanitise(key, 40)}'; it has {names}.")


def _show(columns: list[Column], column: Column) -> str:
    number = next(i for i, c in enumerate(columns, 1) if c is column)
    return f"column {number}" + (f" '{sanitise(column.name, 30)}'" if column.name else "")

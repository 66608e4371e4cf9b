"""Which array holds the wavelengths: by its name, its unit, and numbers that run and hold the window."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dtl.readers.arrays.several import has_light, same_but_for_number
from dtl.readers.words.descriptions import kind_by_unit, parse_description, unit_in
from dtl.readers.words.names import Name, parse_name, says_nothing, split_words
from dtl.readers.words.units import ends_of, guess_unit, holds_window, parse_unit, to_angstrom
from dtl.wavelengths import Window

__all__ = [
    "Candidate",
    "Column",
    "Part",
    "frame_of_name",
    "likely_unit",
    "medium_of_name",
    "rank_wavelengths",
    "runs",
    "runs_one_way",
    "stated_unit",
    "wavelength_of_same_stem",
    "without_elsewhere",
]

#: Finest step between pixels of a spectrum, Angstrom.
_FINEST = 1e-4
#: Units that fall as the wavelength rises, which names as "wavenumber" leave open.
_FALLING = ("1/cm", "1/m", "Hz", "GHz", "THz", "eV")
_WAVENUMBER, _FREQUENCY, _ENERGY = ("1/cm", "1/m", "1/um"), ("Hz", "GHz", "THz"), ("eV", "keV", "J")
_QUANTITIES = {"wavenumber": _WAVENUMBER, "wavenum": _WAVENUMBER, "wavenumbers": _WAVENUMBER, "frequency": _FREQUENCY}
_QUANTITIES |= {"kayser": _WAVENUMBER, "kaysers": _WAVENUMBER, "wn": _WAVENUMBER}
_QUANTITIES |= {"freq": _FREQUENCY, "energy": _ENERGY}
_NEAR_VISIBLE = (2000.0, 60_000.0)  # Angstrom
_FRAMES = {"barycentric": {"bary", "barycentric", "helio", "heliocentric"}, "rest": {"rest", "restframe"}}
_MEDIA = {"air": "air", "vac": "vacuum", "vacuum": "vacuum"}
#: Of several wavelengths those at the barycentre go first, and those at rest, which hold no velocity of the star, last.
_PREFERENCE = {"barycentric": 0.05, "rest": -0.2}
#: What stands behind another goes after it, where nothing else tells them apart in a table of a hundred columns.
_LATER = 1e-4
#: What is looked at beyond the window, Angstrom, as the medium and the velocity are not known yet.
_REACH = 12.0
#: What a column is that belongs to other wavelengths.
_ELSEWHERE = Name("elsewhere")
#: Names of times, which may have such numbers too: days since a date, or seconds.
_TIMES = {"time", "jd", "bjd", "hjd", "mjd", "rjd", "tjd", "btjd", "bkjd"}
#: Part of the steps that are 1 where numbers count pixels.
_COUNTED = 0.9
#: Rows are alike where they hold this part of the pixels there of the row that holds most.
_AS_MANY = 0.9


@dataclass
class Column:
    """One array of a file: a column, a row, a plane or an extension.

    Attributes:
        name: as in the file, empty where it has none.
        values: floats, shape ``(n,)`` or ``(orders, n)``.
        unit: words of the file for its unit.
        note: further words about it, as a UCD.
        number: in a table of the file, from 1; 0 where it is not known.
    """

    name: str
    values: np.ndarray
    unit: str = ""
    note: str = ""
    number: int = 0

    @property
    def meaning(self) -> Name:
        """What its name says, or where that is next to nothing, the words about it."""
        own = parse_name(self.name)
        if own.role and not says_nothing(self.name):
            return kind_by_unit(own, self.unit or unit_in(self.name), self.note)
        described = parse_description(self.note)
        return described if described.role else own


@dataclass(frozen=True)
class Candidate:
    """An array that can have a role.

    Attributes:
        column: the array.
        reason: what speaks for it or against it, in words.
    """

    column: Column
    reason: str


def stated_unit(column: Column) -> str | None:
    """The unit of wavelengths that a column's unit, its name or a bracket in it gives."""
    bracket = re.search(r"[(\[]([^)\]]*)[)\]]", column.name)
    words = column.name.strip()
    tail = re.split(r"[_\s]+", words)[-1] if len(words) > 2 else ""
    for text in (column.unit, bracket[1] if bracket else "", tail):
        unit = parse_unit(text) if text else None
        if unit:
            scale = column.meaning.scale
            return f"{scale} {unit}" if scale in ("log10", "ln") and " " not in unit else unit
    return _unit_of_quantity(column)


def likely_unit(column: Column, window: Window) -> str:
    """The unit that wavelengths state; where there is none, or they miss the window in it, the one that is guessed."""
    unit, ends = stated_unit(column), ends_of(column.values)
    if unit and holds_window(ends, unit, window):
        return unit
    guess = str(guess_unit(column.values, window).value)
    return guess if unit is None or holds_window(ends, guess, window) else unit


def frame_of_name(name: str) -> str | None:
    """The frame that the name of wavelengths gives, as ``WAVE_BARY``."""
    words = set(split_words(name))
    return next((frame for frame, known in _FRAMES.items() if words & known), None)


def medium_of_name(name: str) -> str | None:
    """``air`` or ``vacuum`` where the name of wavelengths gives one, as ``waveAir`` or ``lambda_luft``."""
    media = {_MEDIA[word] for word in split_words(name) if word in _MEDIA}
    return media.pop() if len(media) == 1 else None


def _unit_of_quantity(column: Column) -> str | None:
    """The unit of a wavenumber, frequency or energy that is named so without one: that of light near the visible."""
    words = split_words(column.name)
    units = next((units for word, units in _QUANTITIES.items() if word in words), ())
    finite = column.values[np.isfinite(column.values)] if units else np.empty(0)
    if not finite.size:
        return None
    middle = np.array([np.median(finite)])
    return next((unit for unit in units if _NEAR_VISIBLE[0] < to_angstrom(middle, unit)[0] < _NEAR_VISIBLE[1]), None)


class Part:
    """The pixels of one stretch of a file in and about the window, in the order of their wavelengths."""

    def __init__(self, wave: Column, window: Window) -> None:
        self.shape = wave.values.shape
        unit, ends = likely_unit(wave, window), ends_of(wave.values)
        if wave.meaning.role == "wavelength" and not holds_window(ends, unit, window):
            # a unit that stands elsewhere in the file, as above a table, is not known yet
            unit = next((falling for falling in _FALLING if holds_window(ends, falling, window)), unit)
        angstrom = to_angstrom(np.atleast_2d(wave.values), unit)
        inside = (angstrom > window.lower - _REACH) & (angstrom < window.upper + _REACH)
        self._angstrom, self._inside = angstrom, inside
        self._take(int(inside.sum(axis=1).argmax()))

    def _take(self, row: int) -> None:
        self.row = row
        index = np.flatnonzero(self._inside[row])
        own = self._angstrom[row, index]
        steps = np.diff(own)
        breaks = np.flatnonzero(steps * (1 if (steps > 0).sum() >= (steps < 0).sum() else -1) <= 0)
        if len(breaks) > max(5, len(index) // 50):
            index = index[np.argsort(own, kind="stable")]
        elif len(breaks):
            index = max(np.split(index, breaks + 1), key=len)
        self.index = index
        own = self._angstrom[row, index]
        self.pixel = float(np.median(np.abs(np.diff(own)))) if len(own) > 1 else None

    @property
    def inside(self) -> np.ndarray:
        """Which pixels lie in and about the window; shape ``(orders, n)``."""
        return self._inside

    def turn_to_light(self, flux: Column) -> None:
        """Take the first row with light of those that hold as many pixels, where the row that was taken has none."""
        counts = self._inside.sum(axis=1)
        alike = np.flatnonzero(counts > _AS_MANY * counts.max())
        if len(alike) < 2 or flux.values.shape != self.shape or has_light(self.of(flux)):
            return
        lit = (row for row in alike if has_light(flux.values[row, self._inside[row]]))
        self._take(int(next(lit, self.row)))

    def fits(self, column: Column) -> bool:
        """Whether a column has a number for each wavelength, or all rows share the wavelengths."""
        return column.values.shape == self.shape or column.values.shape[-1:] == self.shape

    def of(self, column: Column) -> np.ndarray:
        """The numbers of a column on these pixels."""
        values = np.atleast_2d(column.values)
        return values[min(self.row, len(values) - 1), self.index]


def rank_wavelengths(columns: Sequence[Column], names: list[Name], window: Window) -> list[Candidate]:
    """The columns that can be wavelengths, the best first: those named so before those that only look so."""
    found: list[tuple[float, Candidate]] = []
    nameless = not any(column.name for column in columns)
    for number, (column, name) in enumerate(zip(columns, names, strict=True)):
        if name.role not in ("", "wavelength") and not nameless:
            continue
        unit = likely_unit(column, window)
        holds = holds_window(ends_of(column.values), unit, window)
        if name.role == "wavelength" and np.isfinite(column.values).any():
            air, frame = "air" in column.name.lower(), _PREFERENCE.get(frame_of_name(column.name) or "", 0.0)
            reason = "named so; its numbers " + ("hold the window" if holds else "miss the window")
            found.append((10 - name.doubt + 2 * holds - 0.1 * air + frame - _LATER * number, Candidate(column, reason)))
        elif not name.role and not _has_other_unit(column) and runs(column.values, unit):
            # one that misses the window is still the wavelengths: the refusal then says what they cover
            reason = "its numbers run as wavelengths do and " + ("hold the window" if holds else "miss the window")
            found.append(((1 if holds else 0.5) - _LATER * number, Candidate(column, reason)))
        elif holds and nameless and runs(np.sort(column.values, axis=-1), unit):
            found.append((0.2 - _LATER * number, Candidate(column, "its numbers hold the window, in no order")))
    return [candidate for _, candidate in sorted(found, key=lambda pair: -pair[0])]


def wavelength_of_same_stem(
    columns: Sequence[Column], names: list[Name], wave: Column, flux: Name, window: Window
) -> Column:
    """The wavelengths of the flux's own fibre or trace, where it has some."""
    for column, name in zip(columns, names, strict=True):
        own = name.role == "wavelength" and not name.doubt and flux.stem and name.stem == flux.stem
        if own and column.values.shape == wave.values.shape and _holds(column, window):
            return column
    return wave


def without_elsewhere(columns: Sequence[Column], names: list[Name], wave: Column, window: Window) -> list[Name]:
    """Names, those of fluxes and errors replaced that have wavelengths of their own, as of another arm, which miss the
    window that ``wave`` holds."""
    waves = [i for i, name in enumerate(names) if name.role == "wavelength"]
    waves = waves or [i for i, column in enumerate(columns) if same_but_for_number(wave.name, column.name)]
    missing = [i for i in waves if not _holds(columns[i], window)]
    if not missing or not _holds(wave, window):
        return names
    found = list(names)
    for number, name in enumerate(names):
        if name.role in ("flux", "uncertainty") or (columns[number].name and not name.role):
            own = [i for i in waves if name.stem and names[i].stem == name.stem]
            own = own or _wavelengths_beside(columns, waves, number)
            found[number] = _ELSEWHERE if own and set(own) <= set(missing) else name
    return found


def _holds(column: Column, window: Window) -> bool:
    """Whether wavelengths hold the window in their unit, or in the one that is guessed."""
    return holds_window(ends_of(column.values), likely_unit(column, window), window)


def _wavelengths_beside(columns: Sequence[Column], waves: list[int], number: int) -> list[int]:
    """Of wavelengths whose names differ by a number alone, those of a flux's number, or the next before it."""
    if len(waves) < 2 or len({re.sub(r"[\W\d_]+", "", columns[i].name.lower()) for i in waves}) != 1:
        return []
    digits = re.findall(r"\d+", columns[number].name)
    same = [i for i in waves if digits and re.findall(r"\d+", columns[i].name) == digits]
    apart = min(later - one for one, later in pairwise(waves)) > 1  # a flux behind each
    return same or [i for i in waves if i < number and apart][-1:]


def _has_other_unit(column: Column) -> bool:
    """Whether the unit of a nameless column is one that wavelengths cannot have, or its name is that of times."""
    other = bool(column.unit.strip()) and parse_unit(column.unit) is None
    return other or not _TIMES.isdisjoint(split_words(column.name))


def runs_one_way(values: np.ndarray) -> bool:
    """Whether numbers rise along each row, or fall, but for a few."""
    steps = np.diff(values, axis=-1)
    steps = steps[np.isfinite(steps) & (steps != 0)]
    return steps.size >= 5 and bool(max((steps > 0).mean(), (steps < 0).mean()) >= 0.9)


def runs(values: np.ndarray, unit: str) -> bool:
    """Whether numbers run as wavelengths do: one way along each row, in steps that a spectrum can have."""
    rows = np.atleast_2d(to_angstrom(values, unit))
    if not runs_one_way(rows):
        return False
    steps = np.diff(rows, axis=-1)
    near = float(np.median(np.abs(steps[np.isfinite(steps) & (steps != 0)])))
    # 1, 2, 3 ... numbers pixels, those of each order too, and can hold the window
    counted = np.mean(np.abs(np.diff(values, axis=-1)) == 1) > _COUNTED
    return near > _FINEST and not counted

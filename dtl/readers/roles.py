"""The one place that decides what each array of a file is: by names, shapes, values, and what belongs together.

Every array is a candidate. A name says a role (`dtl.readers.names`); numbers confirm it, or tell it where there is no
name: wavelengths run and hold the window in a plausible step, masks are whole numbers of which one is held by most
pixels, uncertainties match the scatter of neighbouring pixels, a blaze is in the flux that it is to be divided out of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from dtl.readers.bad_pixels import is_mask
from dtl.readers.names import NO_NAME, Name, parse_name
from dtl.readers.scales import linear_flux, log_factor
from dtl.readers.uncertainties import Verdict, judge
from dtl.readers.units import guess_unit, holds_window, parse_unit, to_angstrom
from dtl.wavelengths import Window

__all__ = ["Column", "Roles", "assign_roles", "stated_unit"]

#: Finest step between pixels of a spectrum, Angstrom.
_FINEST = 1e-4
#: What is looked at beyond the window, Angstrom, as the medium and the velocity are not known yet.
_REACH = 12.0
#: Cost of an uncertainty whose words are not those of the flux, and of one that says nothing.
_OTHER_WORDS, _NO_WORDS, _AS_SNR = 0.5, 0.15, 0.8
#: A flux whose own uncertainty does not fit it is worth less than one that is further from the plain word.
_UNFIT = 0.4
#: Words in the stem of an uncertainty that make it that of something else.
_FOREIGN = {"sky", "wavelength", "template", "model", "continuum", "cont", "telluric", "blaze", "flat", "lamp", "bg"}
_FOREIGN |= {"background", "rv", "velocity", "expected", "cal"}


@dataclass
class Column:
    """One array of a file: a column, a row, a plane or an extension.

    Attributes:
        name: as in the file, empty where it has none.
        values: floats, shape ``(n,)`` or ``(orders, n)``.
        unit: words of the file for its unit.
        note: further words about it, as a UCD.
    """

    name: str
    values: np.ndarray
    unit: str = ""
    note: str = ""


@dataclass
class Roles:
    """What the arrays of a file are.

    Attributes:
        wavelength: the one taken.
        flux: the one taken.
        uncertainty: the one taken, or None.
        kind: of the uncertainty, a word of `dtl.readers.uncertainties.KINDS`.
        masks: all that flag pixels.
        blaze: what the flux is still to be divided by, or None.
        flux_name: what the name of the flux says.
        named: whether names decided.
        reason: why these, in words.
        verdict: on the uncertainty.
        implausible: an uncertainty that was set aside, as it fits nothing.
        others: further arrays that could be the flux, best first.
    """

    wavelength: Column
    flux: Column
    uncertainty: Column | None = None
    kind: str = "sigma"
    masks: list[Column] = field(default_factory=list)
    blaze: Column | None = None
    flux_name: Name = NO_NAME
    named: bool = False
    reason: str = ""
    verdict: Verdict | None = None
    implausible: Column | None = None
    others: list[Column] = field(default_factory=list)


def stated_unit(column: Column) -> str | None:
    """The unit of wavelengths that a column's unit, its name or a bracket in it gives."""
    import re

    bracket = re.search(r"[(\[]([^)\]]*)[)\]]", column.name)
    words = column.name.strip()
    tail = re.split(r"[_\s]+", words)[-1] if len(words) > 2 else ""
    for text in (column.unit, bracket[1] if bracket else "", tail):
        unit = parse_unit(text) if text else None
        if unit:
            scale = parse_name(column.name).scale
            return f"{scale} {unit}" if scale in ("log10", "ln") and " " not in unit else unit
    return None


def assign_roles(columns: Sequence[Column], window: Window, told: str | None = None) -> Roles | None:
    """Tell what each array is; None where wavelength and flux cannot be told.

    Args:
        columns: of one shape, or of the last axis of it.
        window: that the spectrum must hold.
        told: the kind of the uncertainty as the user says, or ``none``.
    """
    names = [parse_name(column.name) for column in columns]
    wave = _find_wavelength(columns, names, window)
    if wave is None:
        return None
    place = next(i for i, column in enumerate(columns) if column is wave)
    named = names[place].role == "wavelength"
    part = _Part(wave, window)
    best: tuple[float, Roles] | None = None
    ranked: list[tuple[float, Column]] = []
    for number, name in _flux_candidates(columns, names, place):
        column = columns[number]
        if not part.fits(column) or _lies_elsewhere(columns, names, name, window):
            continue
        roles = Roles(wave, column, flux_name=name, named=named and name.role == "flux")
        unfit = _find_uncertainty(roles, columns, names, part, told)
        cost = name.doubt + (_UNFIT if unfit else 0.0)
        cost += 0.001 * number
        ranked.append((cost, column))
        if best is None or cost < best[0]:
            best = cost, roles
    if best is None:
        return None
    roles = best[1]
    roles.wavelength = _of_same_stem(columns, names, roles, window)
    roles.others = [column for _, column in sorted(ranked, key=lambda pair: pair[0]) if column is not roles.flux]
    taken = [roles.wavelength, roles.flux, roles.uncertainty]
    for column, name in zip(columns, names, strict=True):
        if any(column is other for other in taken) or not part.fits(column):
            continue
        if name.role == "mask" or (not name.role and not column.name and is_mask(column.values)):
            roles.masks.append(column)
        elif name.role == "blaze" and roles.blaze is None and _belongs(name, roles.flux_name):
            roles.blaze = column if _is_in(roles.flux, column, part) else None
    roles.reason = _explain(roles)
    return roles


class _Part:
    """The pixels of one stretch of a file in and about the window, in the order of their wavelengths."""

    def __init__(self, wave: Column, window: Window) -> None:
        self.shape = wave.values.shape
        unit = stated_unit(wave)
        values = np.atleast_2d(wave.values)
        if unit is None or not holds_window(values, unit, window):
            guess = str(guess_unit(values, window).value)
            unit = guess if unit is None or holds_window(values, guess, window) else unit
        angstrom = to_angstrom(values, unit)
        inside = (angstrom > window.lower - _REACH) & (angstrom < window.upper + _REACH)
        self.row = int(inside.sum(axis=1).argmax())
        index = np.flatnonzero(inside[self.row])
        own = angstrom[self.row, index]
        steps = np.diff(own)
        breaks = np.flatnonzero(steps * (1 if (steps > 0).sum() >= (steps < 0).sum() else -1) <= 0)
        if len(breaks) > max(5, len(index) // 50):
            index = index[np.argsort(own, kind="stable")]
        elif len(breaks):
            index = max(np.split(index, breaks + 1), key=len)
        self.index = index
        own = angstrom[self.row, index]
        self.pixel = float(np.median(np.abs(np.diff(own)))) if len(own) > 1 else None

    def fits(self, column: Column) -> bool:
        """Whether a column has a number for each wavelength, or all rows share the wavelengths."""
        return column.values.shape == self.shape or column.values.shape[-1:] == self.shape

    def of(self, column: Column) -> np.ndarray:
        """The numbers of a column on these pixels."""
        values = np.atleast_2d(column.values)
        return values[min(self.row, len(values) - 1), self.index]


def _find_wavelength(columns: Sequence[Column], names: list[Name], window: Window) -> Column | None:
    """The best of the columns named so, else the first that can be."""
    found = []
    for number, (column, name) in enumerate(zip(columns, names, strict=True)):
        unit = stated_unit(column)
        guess = str(guess_unit(column.values, window).value)
        holds = any(holds_window(column.values, u, window) for u in {unit, guess} if u)
        if name.role == "wavelength" and np.isfinite(column.values).any():
            air = "air" in column.name.lower()
            found.append((10 - name.doubt + 2 * holds - 0.1 * air - 0.01 * number, column))
        elif not name.role and not stated_other(column) and _runs(column.values, guess):
            # one that misses the window is still the wavelengths: the refusal then says what they cover
            found.append(((1 if holds else 0.5) - 0.01 * number, column))
        elif holds and not any(c.name for c in columns) and _runs(np.sort(column.values, axis=-1), guess):
            found.append((0.2 - 0.01 * number, column))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _of_same_stem(columns: Sequence[Column], names: list[Name], roles: Roles, window: Window) -> Column:
    """The wavelengths of the flux's own fibre or trace, where it has some."""
    for column, name in zip(columns, names, strict=True):
        own = name.role == "wavelength" and roles.flux_name.stem and name.stem == roles.flux_name.stem
        if own and column.values.shape == roles.wavelength.values.shape and not name.doubt:
            unit = stated_unit(column) or str(guess_unit(column.values, window).value)
            if holds_window(column.values, unit, window):
                return column
    return roles.wavelength


def _lies_elsewhere(columns: Sequence[Column], names: list[Name], flux: Name, window: Window) -> bool:
    """Whether a flux has wavelengths of its own, as those of another arm, which miss the window."""
    own = [c for c, n in zip(columns, names, strict=True) if n.role == "wavelength" and n.stem == flux.stem and n.stem]
    units = [(c, stated_unit(c) or str(guess_unit(c.values, window).value)) for c in own if flux.stem]
    return bool(units) and not any(holds_window(c.values, unit, window) for c, unit in units)


def stated_other(column: Column) -> bool:
    """Whether the unit of a nameless column is one that wavelengths cannot have."""
    return bool(column.unit.strip()) and parse_unit(column.unit) is None


def _runs(values: np.ndarray, unit: str) -> bool:
    """Whether numbers run as wavelengths do: one way along each row, in steps that a spectrum can have."""
    rows = np.atleast_2d(to_angstrom(values, unit))
    steps = np.diff(rows, axis=-1)
    steps = steps[np.isfinite(steps) & (steps != 0)]
    if steps.size < 5 or max((steps > 0).mean(), (steps < 0).mean()) < 0.9:
        return False
    near = float(np.median(np.abs(steps)))
    counted = np.all(np.abs(np.diff(values, axis=-1)) == 1)  # 1, 2, 3 ... numbers pixels and can hold the window too
    return near > _FINEST and not counted


def _flux_candidates(columns: Sequence[Column], names: list[Name], place: int) -> list[tuple[int, Name]]:
    """Number and name of all columns that can be the flux; those named so, else those of which nothing is said."""
    named = [(i, name) for i, name in enumerate(names) if name.role == "flux" and i != place]
    if named:
        return named
    found = []
    for i, (column, name) in enumerate(zip(columns, names, strict=True)):
        finite = column.values[np.isfinite(column.values)]
        if i == place or name.role or is_mask(column.values) or _runs(column.values, "Angstrom"):
            continue
        found.append((i, name, finite.size >= 10 and np.ptp(finite) > 0))
    # the next after the wavelengths, one that varies before one that does not
    return [pair[:2] for pair in sorted(found, key=lambda pair: (not pair[2], pair[0] < place))][:1]


def _find_uncertainty(
    roles: Roles, columns: Sequence[Column], names: list[Name], part: _Part, told: str | None
) -> bool:
    """Fill in the uncertainty that belongs to the flux; returns whether one that should does not fit."""
    if told == "none":
        return False
    flux = linear_flux(part.of(roles.flux), roles.flux_name.scale)
    found: list[tuple[float, Column, Verdict]] = []
    unfit: list[Column] = []
    for column, name in zip(columns, names, strict=True):
        if column is roles.wavelength or column is roles.flux or not part.fits(column):
            continue
        if name.role == "uncertainty":
            cost = _words_apart(name, roles.flux_name)
            if cost is None:
                continue
            kind = told or name.kind
            values = part.of(column)
            if not (np.isfinite(values) & (values > 0)).any():  # all NaN or zero: none, rather than wrong
                found.append((9.0, column, Verdict(kind, 1.0, True)))
                continue
            if roles.flux_name.scale != "linear":
                values, kind = values * log_factor(roles.flux_name.scale), "relative"
            verdict = Verdict(kind, 1.0, True) if told else judge(values, flux, part.pixel, kind)
            if verdict.kind:
                found.append((cost, column, verdict))
            elif kind != "snr":
                unfit.append(column)
        elif not name.role and not column.name and not is_mask(column.values) and roles.flux_name.scale == "linear":
            verdict = Verdict(told, 1.0, True) if told else judge(part.of(column), flux, part.pixel, None)
            if verdict.kind:
                found.append((1.0 + verdict.distance, column, verdict))
    if not found:
        roles.implausible = unfit[0] if unfit else None
        return bool(unfit)
    _, roles.uncertainty, roles.verdict = min(found, key=lambda entry: entry[0])
    roles.kind = roles.verdict.kind
    return False


def _words_apart(name: Name, flux: Name) -> float | None:
    """How badly the words of an uncertainty agree with those of a flux; None where it is that of something else."""
    rest = name.stem - flux.stem
    if rest & _FOREIGN or any(word.rstrip("0123456789") in _FOREIGN for word in rest):
        return None
    cost = _AS_SNR if name.kind == "snr" else 0.0
    if name.stem == flux.stem:
        return cost
    if not name.stem:
        return cost + _NO_WORDS
    return cost + _OTHER_WORDS


def _belongs(name: Name, flux: Name) -> bool:
    return not name.stem or not flux.stem or bool(name.stem & flux.stem)


def _is_in(flux: Column, blaze: Column, part: _Part) -> bool:
    """Whether the flux still carries the blaze: its level follows it along the order."""
    light = np.atleast_2d(flux.values)
    light = light[min(part.row, len(light) - 1)]
    own = np.atleast_2d(blaze.values)
    own = own[min(part.row, len(own) - 1)]
    good = np.isfinite(light) & np.isfinite(own) & (own > 0) & (light > 0)
    if good.sum() < 100:
        return False
    blocks = np.array_split(np.flatnonzero(good), 12)
    x = np.log([np.median(own[block]) for block in blocks])
    y = np.log([np.percentile(light[block], 80) for block in blocks])
    if np.std(x) < 0.01:
        return False
    return bool(np.polyfit(x, y, 1)[0] > 0.5)


def _explain(roles: Roles) -> str:
    how = "by the names of the columns" if roles.named else "no names; by their numbers and their order"
    if roles.others:
        how += f"; not {', '.join(repr(c.name) if c.name else 'a column without name' for c in roles.others[:3])}"
    return how

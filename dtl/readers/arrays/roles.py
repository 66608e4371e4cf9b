"""The one place that decides what each array of a file is: by names, shapes, values, and what belongs together.

Every array is a candidate. A name says a role (`dtl.readers.words.names`); numbers confirm it, or tell it where there
is no name: wavelengths run and hold the window in a plausible step, masks are whole numbers of which one is held by
most pixels, uncertainties match the scatter of neighbouring pixels, a blaze is in the flux that it is to be divided out
of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from dtl.readers.arrays.beside import by_neighbours, cost_of_words
from dtl.readers.arrays.counting import changes_with_others, counted, running_steps
from dtl.readers.arrays.dispersion import (
    Candidate,
    Column,
    Part,
    rank_wavelengths,
    wavelength_of_same_stem,
    without_elsewhere,
)
from dtl.readers.arrays.flux_candidates import flux_candidates
from dtl.readers.arrays.scales import linear_flux
from dtl.readers.arrays.uncertainties import Verdict, believe, is_relative_weight, judge
from dtl.readers.arrays.verdicts import judge_column
from dtl.readers.options import KIND_WORDS
from dtl.readers.pixels.bad_pixels import is_mask
from dtl.readers.words.names import NO_NAME, Name, says_nothing
from dtl.wavelengths import Window

__all__ = ["Roles", "assign_roles", "meaning_of"]

#: Cost of an uncertainty whose words are not those of the flux, and of one that says nothing.
_OTHER_WORDS, _NO_WORDS, _AS_SNR = 0.5, 0.15, 0.8
#: The same of one that is of another kind than its name says: often it is that of another flux.
_OTHER_KIND = 0.25
#: A flux whose own uncertainty does not fit it is worth less than one that is further from the plain word.
_UNFIT = 0.4
#: Columns among which one without a name can be the uncertainty: it stands near the flux, and each costs time.
_MOST_NAMELESS = 30
#: Words in the stem of an uncertainty that make it that of something else.
_FOREIGN = {"sky", "wavelength", "template", "model", "continuum", "cont", "telluric", "blaze", "flat", "lamp", "bg"}
_FOREIGN |= {"background", "rv", "velocity", "expected", "cal"}


@dataclass
class Roles:
    """What the arrays of a file are.

    Attributes:
        wavelength: the one taken.
        flux: the one taken.
        uncertainty: the one taken, or None.
        kind: of the uncertainty, a word of `dtl.readers.arrays.uncertainties.KINDS`.
        masks: all that flag pixels.
        blaze: what the flux is still to be divided by, or None.
        flux_name: what the name of the flux says.
        named: whether names decided.
        reason: why these, in words.
        verdict: on the uncertainty.
        implausible: an uncertainty that was set aside, as it fits nothing.
        unused: columns without a name that are no uncertainty.
        repeats: the same, with the lines of the flux.
        candidates: role -> the arrays that can have it, with what speaks for each, best first.
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
    unused: list[Column] = field(default_factory=list)
    repeats: list[Column] = field(default_factory=list)
    candidates: dict[str, list[Candidate]] = field(default_factory=dict)

    @property
    def others(self) -> list[Column]:
        """Further arrays that could be the flux, best first."""
        return [c.column for c in self.candidates.get("flux", []) if c.column is not self.flux]


def assign_roles(columns: Sequence[Column], window: Window, told: str | None = None) -> Roles | None:
    """Tell what each array is; None where wavelength and flux cannot be told.

    Args:
        columns: of one shape, or of the last axis of it.
        window: that the spectrum must hold.
        told: the kind of the uncertainty as the user says, or ``none``.
    """
    called, own = [column.name for column in columns], _meanings(columns)
    names = by_neighbours(called, own, [column.values for column in columns])
    waves = rank_wavelengths(columns, names, window)
    if not waves:
        return None
    wave = waves[0].column
    names = without_elsewhere(columns, names, wave, window)
    place = next(i for i, column in enumerate(columns) if column is wave)
    named = names[place].role == "wavelength"
    part = Part(wave, window)
    best: tuple[float, Roles] | None = None
    ranked: list[tuple[float, Candidate]] = []
    for rank, (number, name) in enumerate(flux_candidates(columns, names, place, part)):
        column = columns[number]
        if rank and name.role != "flux":
            ranked.append((100.0 + rank, Candidate(column, "no name says what it is")))
            continue
        if not part.fits(column):
            continue
        part.turn_to_light(column)
        roles = Roles(wave, column, flux_name=name, named=named and name.role == "flux")
        unfit = _find_uncertainty(roles, columns, names, part, told)
        cost = name.doubt + (_UNFIT if unfit else 0.0)
        cost += _OTHER_KIND if roles.verdict is not None and not roles.verdict.stated else 0.0
        cost += 0.001 * number
        ranked.append((cost, Candidate(column, _flux_reason(name, roles, unfit=unfit))))
        if best is None or cost < best[0]:
            best = cost, roles
    if best is None:
        return None
    roles = best[1]
    roles.wavelength = wavelength_of_same_stem(columns, names, wave, roles.flux_name, window)
    if roles.wavelength is not wave:
        own = Candidate(roles.wavelength, "its name belongs to that of the flux")
        waves = [own, *(c for c in waves if c.column is not roles.wavelength)]
    roles.candidates |= {"wavelength": waves, "flux": [c for _, c in sorted(ranked, key=lambda pair: pair[0])]}
    taken = [roles.wavelength, roles.flux, roles.uncertainty]
    for column, name in zip(columns, names, strict=True):
        if any(column is other for other in taken) or not part.fits(column):
            continue
        flags = not name.role and _is_nameless(column) and is_mask(column.values) and not counted(column.values)
        if name.role == "mask" or flags:
            roles.masks.append(column)
        elif name.role == "blaze" and roles.blaze is None and _belongs(name, roles.flux_name):
            roles.blaze = column if _is_in(roles.flux, column, part) else None
    roles.reason = _explain(roles)
    return roles


def meaning_of(column: Column) -> Name:
    """What its name says; numbers that count 1, 2, 3 are those of rows or pixels, if wavelengths are not named so, and
    from 0 or 1 on always."""
    name, counts = column.meaning, counted(column.values) == "row"
    counts = counts and (name.role != "wavelength" or column.values.flat[0] in (0, 1))
    return Name("pixel") if counts else name


def _meanings(columns: Sequence[Column]) -> list[Name]:
    """What all say. Numbers of orders, and of the pixels of each, are told where no name says what they are."""
    names = list(map(meaning_of, columns))
    counts = ["" if name.role else counted(column.values) for column, name in zip(columns, names, strict=True)]
    running = running_steps(column.values for column in columns) if "order" in counts else []
    for i, count in enumerate(counts):
        if count == "pixel" or (count and changes_with_others(columns[i].values, running)):
            names[i] = Name(count)
    return names


def _find_uncertainty(roles: Roles, columns: Sequence[Column], names: list[Name], part: Part, told: str | None) -> bool:
    """Fill in the uncertainty that belongs to the flux; returns whether one that should does not fit."""
    if told == "none":
        return False
    ranking: list[tuple[float, Candidate]] = []
    flux = linear_flux(part.of(roles.flux), roles.flux_name.scale)
    found: list[tuple[float, Column, Verdict]] = []
    unfit: list[Column] = []
    for number, (column, name) in enumerate(zip(columns, names, strict=True)):
        if column is roles.wavelength or column is roles.flux or not part.fits(column):
            continue
        if name.role == "uncertainty":
            cost = _words_apart(name, roles.flux_name)
            if cost is None:
                continue
            cost += cost_of_words(column.name, roles.flux.name)
            values = part.of(column)
            if not (np.isfinite(values) & (values > 0)).any():  # all NaN or zero: none, rather than wrong
                found.append((9.0, column, Verdict(told or name.kind, 0.0, True)))
                continue
            verdict = judge_column(column, roles.flux, roles.flux_name, part, told, name=name)
            if told is None and name.kind == "ivar" and is_relative_weight(column.values):
                verdict = Verdict("", np.inf, False)
            if verdict.kind:
                cost += 0.0 if verdict.stated else _OTHER_KIND
                found.append((cost, column, verdict))
            elif name.kind != "snr":
                unfit.append(column)
            fits = f"fits the scatter of the pixels as {KIND_WORDS[verdict.kind]}" if verdict.kind else "fits nothing"
            reason = f"named so; it {fits if not told else 'is what you say'}"
            ranking.append((cost if verdict.kind else np.inf, Candidate(column, reason)))
        elif number < _MOST_NAMELESS and not name.role and _is_nameless(column) and roles.flux_name.scale == "linear":
            if is_mask(column.values):
                continue
            values = part.of(column)
            verdict = (believe if told else judge)(values, flux, part.pixel, told)
            if not verdict.kind:
                (roles.repeats if verdict.repeats else roles.unused).append(column)
            else:
                found.append((1.0 + verdict.distance, column, verdict))
                reason = f"without a name; it fits the scatter of the pixels as {KIND_WORDS[verdict.kind]}"
                ranking.append((1.0 + verdict.distance, Candidate(column, reason)))
    roles.candidates["uncertainty"] = [c for _, c in sorted(ranking, key=lambda pair: pair[0])]
    if not found:
        roles.implausible = unfit[0] if unfit else None
        return bool(unfit)
    _, roles.uncertainty, roles.verdict = min(found, key=lambda entry: entry[0])
    roles.kind = roles.verdict.kind
    return False


def _flux_reason(name: Name, roles: Roles, *, unfit: bool) -> str:
    """What speaks for a flux, or against it."""
    words = "named so" if not name.doubt else "its name can mean a flux"
    if name.role != "flux":
        words = "the next after the wavelengths"
    if unfit:
        return f"{words}; no uncertainty fits it"
    return f"{words}; an uncertainty fits it" if roles.uncertainty is not None else words


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


def _is_nameless(column: Column) -> bool:
    return not column.name or says_nothing(column.name)


def _belongs(name: Name, flux: Name) -> bool:
    return not name.stem or not flux.stem or bool(name.stem & flux.stem)


def _is_in(flux: Column, blaze: Column, part: Part) -> bool:
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
    nameless = "names that say nothing" if roles.flux.name else "no names"
    how = "by the names of the columns" if roles.named else f"{nameless}; by their numbers and their order"
    others = [column for column in roles.others if column is not roles.uncertainty]
    if others:
        how += (
            f"; not {', '.join(repr(column.name) if column.name else 'a column without name' for column in others[:3])}"
        )
    return how

"""Orders side by side in a table, each with its number in the names of its columns: ``wave_1, flux_1, wave_2 ...``"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from dtl.readers.arrays.dispersion import Column, likely_unit
from dtl.readers.words.names import parse_name
from dtl.readers.words.units import ends_of, to_angstrom
from dtl.wavelengths import Window

__all__ = ["stack_orders"]

#: The number in a name, and the word for it.
_NUMBER = re.compile(r"[\s_.-]*(?:(?<![a-z])(?:order|ord|o))?[\s_.-]*(\d+)[\s_.-]*", re.IGNORECASE)
#: How far apart orders begin, at least; exposures and stars on grids of their own begin at the same place, Angstrom.
_APART = 5.0


def stack_orders(columns: Sequence[Column], window: Window) -> list[Column]:
    """Columns with a row for each order, where several that differ by their number reach into the window.

    Those of other orders, and columns without a number, are left out then. All columns as they are where only one order
    reaches into it whose names say what they are, unlike ``ord1_wave``, or where several cover the same wavelengths.

    Args:
        columns: of one shape, ``(n,)``.
        window: that the spectrum must hold.
    """
    found: dict[str, dict[str, Column]] = {}
    for column in columns:
        numbers = _NUMBER.findall(column.name)
        if len(numbers) == 1 and column.values.ndim == 1:
            found.setdefault(numbers[0], {})[_NUMBER.sub("_", column.name).strip("_")] = column
    waves = {bare for own in found.values() for bare in own if parse_name(bare).role == "wavelength"}
    if len(waves) != 1:
        return list(columns)
    wave = waves.pop()
    reach = {number: _reach(own[wave], window) for number, own in found.items() if wave in own}
    near = sorted(filter(reach.get, reach), key=lambda number: reach[number][0])
    if (
        not near
        or (len(near) == 1 and found[near[0]][wave].meaning.role == "wavelength")
        or any(reach[b][0] - reach[a][0] < _APART for a, b in pairwise(near))
    ):
        return list(columns)
    shared = [bare for bare in found[near[0]] if all(bare in found[number] for number in near)]
    if not any(parse_name(bare).role == "flux" for bare in shared):
        return list(columns)
    first = found[near[0]]
    return [replace(first[bare], name=bare, values=np.array([found[n][bare].values for n in near])) for bare in shared]


def _reach(wave: Column, window: Window) -> tuple[float, float] | None:
    """The ends of wavelengths that reach into the window, in Angstrom; None of others."""
    ends = to_angstrom(ends_of(wave.values), likely_unit(wave, window))
    low, high = (float(np.min(ends)), float(np.max(ends))) if ends.size else (np.nan, np.nan)
    return (low, high) if low < window.upper and high > window.lower else None

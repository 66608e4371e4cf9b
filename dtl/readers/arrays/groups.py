"""Arrays of a FITS file that belong together: each group may hold the spectrum, and where several do one is chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dtl.readers.arrays.dispersion import Column, likely_unit
from dtl.readers.arrays.roles import assign_roles
from dtl.readers.words.units import to_angstrom
from dtl.wavelengths import Window

__all__ = ["BESIDE", "LONGEST_NAME", "SPECTRA", "Group", "list_spectra"]

#: What an image that is a spectrum is named after: the empty word where the name says nothing.
SPECTRA = ("flux", "order", "")

#: Part of the window that a spectrum of it covers.
_MIN_SHARE = 0.5
#: More groups than these are the orders of a spectrograph.
_MAX_LISTED = 24
#: What an extension is named after that sums up those beside it.
_SUM = re.compile(r"(?<![a-z])(co-?add(ed)?|combined?|merged?|stack(ed)?|sum(med)?)(?![a-z])", re.IGNORECASE)
#: What an extension beside the spectrum of the star is named after.
BESIDE = ("model", "sky", "telluric", "lamp", "blaze", "continuum")
#: Letters of the name of an extension that are looked at.
LONGEST_NAME = 30
#: Extensions of a group that are shown.
_SHOWN = 4


@dataclass
class Group:
    """Arrays that belong together.

    Attributes:
        kind: ``vectors`` or ``table``, ``images``, ``rows``, ``planes``, ``scattered``, ``axis`` or ``multispec``.
        label: the format in words.
        extensions: number -> name of those that its arrays are of.
        columns: the arrays.
        headers: of the extensions they come from.
        notes: findings: name, value, source, reason.
        flags: doubts about its axis, words of `dtl.flags`.
        problem: why it cannot be used, empty where it can.
        beside: whether its extension is named after something else than the star, as a template or the sky.
        role: that the name of its extension says, where it is an image with an axis.
        stacked: whether each of its rows was an extension of its own, with the header of the same number.
        said: what is said of each row, see `dtl.readers.arrays.row_values`.
        part: what a part of the file is called, for people.
    """

    kind: str
    label: str
    extensions: dict[int, str]
    columns: list[Column]
    headers: list[Any]
    notes: list[tuple[str, str, str, str]] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    problem: str = ""
    beside: bool = False
    role: str = ""
    stacked: bool = False
    said: dict[str, np.ndarray] = field(default_factory=dict)
    part: str = "extension"
    _covered: dict[Window, tuple[float, float, float] | None] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The extensions in words."""
        places = [
            f"{self.part} {number}" + (f" '{name}'" if name not in ("", "PRIMARY") else "")
            for number, name in self.extensions.items()
        ]
        if self.stacked:
            before = f" before {places[1]}" if len(places) > 2 and self.sums_up else ""
            return f"{places[0]}{before} to {places[-1]}"
        return ", ".join(places[:_SHOWN]) + (", ..." if len(places) > _SHOWN else "")

    @property
    def sums_up(self) -> bool:
        """Whether an extension, of those that were stacked the first, is named after the sum of others."""
        return any(map(_SUM.search, self.extensions.values()))

    @property
    def is_table(self) -> bool:
        """Whether its arrays are columns of one table."""
        return self.kind in ("table", "vectors")

    def coverage(self, window: Window) -> tuple[float, float, float] | None:
        """Part of a window with flux, and the first and last wavelength in Angstrom; None where there is no spectrum.

        It is looked at once, as columns are compared for it.
        """
        if window not in self._covered:
            roles = None if self.problem else assign_roles(self.columns, window)
            self._covered[window] = roles and _coverage(roles.wavelength, roles.flux, window)
        return self._covered[window]

    def holds(self, window: Window) -> bool:
        """Whether there is a spectrum of a good part of a window."""
        return (self.coverage(window) or (0.0,))[0] >= _MIN_SHARE


def _coverage(wave: Column, flux: Column, window: Window) -> tuple[float, float, float]:
    """Part of the window with flux, in steps of 1 Angstrom, and the first and last wavelength in Angstrom."""
    angstrom = to_angstrom(wave.values, likely_unit(wave, window))
    usable = np.isfinite(angstrom)
    if flux.values.shape == angstrom.shape:
        usable &= np.isfinite(flux.values)
    points = angstrom[usable]
    if not points.size:
        return 0.0, 0.0, 0.0
    edges = np.arange(window.lower, window.upper + 0.5, 1.0)
    counts, _ = np.histogram(points, edges)
    return float((counts > 0).mean()), float(points.min()), float(points.max())


def list_spectra(groups: Sequence[Group], window: Window) -> tuple[tuple[str, str], ...]:
    """Number and words of each extension that holds a spectrum of the window, empty where fewer than two do.

    Extensions of which another holds the wavelengths count as one, by the number of the first; those that are named
    after an uncertainty, a mask or the like are none, and one that is read in two ways is listed once.

    Args:
        groups: of a file, see `dtl.readers.fits_files.extensions.find_groups`.
        window: that the spectra must hold.
    """
    if len({tuple(group.extensions) for group in groups}) < 2 or len(groups) > _MAX_LISTED:
        return ()
    found: dict[int, str] = {}
    listed: set[int] = set()
    for group in groups:
        if group.role in ("flux", "") and not listed & group.extensions.keys() and group.holds(window):
            found[next(iter(group.extensions))] = group.place
            listed |= group.extensions.keys()
    return tuple((str(number), found[number]) for number in sorted(found)) if len(found) > 1 else ()

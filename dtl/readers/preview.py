"""A table as it stands in its file, to choose its columns by eye."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import numpy as np

from dtl.readers.arrays.columns import Column, assign
from dtl.readers.arrays.numbering import numbers_of
from dtl.readers.registry import read_columns
from dtl.readers.source import Source, sanitise
from dtl.readers.words.units import guess_unit, holds_window, parse_unit, to_angstrom
from dtl.spectrum import UnusableInput
from dtl.wavelengths import Window

__all__ = ["Preview", "preview_table"]


#: What is drawn beyond the window on each side, Angstrom, and the most points that are drawn.
_AROUND, _MOST_POINTS = 15.0, 4000


@dataclass(frozen=True)
class Preview:
    """The columns of a table and what they seem to be.

    Attributes:
        columns: as in the file, all of one length.
        keys: how `dtl.readers.options.ReadOptions` names them: by name, or by number where that is not unique.
        window: that the spectrum must hold.
        guess: keys of wavelength, flux and uncertainty (None where there seems to be none), None where the first two
            cannot be told.
        kind: what the uncertainties seem to be, a word of `dtl.readers.options.KINDS`.
        named: whether the names of the columns say what they are.
        candidates: role (``wavelength``, ``flux``, ``uncertainty``) -> key and reason of each column that can have it,
            best first.
    """

    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    window: Window
    guess: tuple[str, str, str | None] | None
    kind: str = "sigma"
    named: bool = False
    candidates: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def ranked(self, role: str) -> list[str]:
        """All keys, those of the columns that can have a role first."""
        first = [key for key, _ in self.candidates.get(role, ())]
        return first + [key for key in self.keys if key not in first]

    def column(self, key: str) -> Column:
        """The column that a key names.

        Raises:
            ValueError: where there is none.
        """
        return self.columns[self.keys.index(key)]

    @property
    def start(self) -> tuple[str, str, str | None]:
        """The guess, or else the column that can be wavelengths and varies least, with the first of the others."""
        if self.guess is not None:
            return self.guess
        spreads = self._spreads()
        wave = min(spreads, key=spreads.__getitem__)  # the first of equals
        return wave, next(key for key in self.keys if key != wave), None

    @property
    def reaches_window(self) -> bool:
        """Whether any of the columns can be wavelengths of the window."""
        return min(self._spreads().values()) < np.inf

    def _spreads(self) -> dict[str, float]:
        return {k: _spread(c.values, self.window) for k, c in zip(self.keys, self.columns, strict=True)}

    def title(self, key: str) -> str:
        """A column in words, as ``flux [erg/s], 1.2 to 3.4``."""
        column, number = self.column(key), numbers_of(self.columns)[self.keys.index(key)]
        name = sanitise(column.name, 40) or f"column {number}"
        unit = f" [{sanitise(column.unit, 20)}]" if column.unit else ""
        finite = column.values[np.isfinite(column.values)]
        if not finite.size:
            return f"{name}{unit}, no number"
        return f"{name}{unit}, {finite.min():.6g} to {finite.max():.6g}"

    def rows(self, count: int) -> dict[str, np.ndarray]:
        """The first ``count`` numbers of each column, by its title without range."""
        found: dict[str, np.ndarray] = {}
        for number, column in zip(numbers_of(self.columns), self.columns, strict=True):
            name = sanitise(column.name, 40) or f"column {number}"
            found[name if name not in found else f"{name} ({number})"] = column.values[:count]
        return found

    def stretch(self, wavelength: str, flux: str, unit: str | None = None) -> tuple[np.ndarray, np.ndarray]:
        """What the columns look like: around the window where they hold it, else thinned over their whole range.

        Args:
            wavelength: key.
            flux: key.
            unit: of the wavelengths; None for that of the column, or a guess.

        Returns:
            Values as in the file; shape ``(n,)`` each. In its order, unless the wavelengths are in none.
        """
        x, y = self.column(wavelength), self.column(flux)
        unit = unit or (parse_unit(x.unit) if x.unit else None) or str(guess_unit(x.values, self.window).value)
        angstrom = to_angstrom(x.values, unit)
        inside = (angstrom > self.window.lower - _AROUND) & (angstrom < self.window.upper + _AROUND)
        if inside.sum() < 10:
            inside = np.isfinite(angstrom)
        every = max(1, -(-int(inside.sum()) // _MOST_POINTS))
        across, up = x.values[inside][::every], y.values[inside][::every]
        if len(across) > 1 and 0.05 < (np.diff(across) < 0).mean() < 0.95:
            order = np.argsort(across, kind="stable")
            across, up = across[order], up[order]
        return across, up


def _spread(values: np.ndarray, window: Window) -> float:
    """Largest over smallest number where they can be wavelengths, which a spectrum's have near 1; else infinity."""
    finite = values[np.isfinite(values) & (values > 0)]
    if not any(holds_window(finite, unit, window) for unit in ("Angstrom", "nm", "um")):
        return np.inf
    return float(finite.max() / finite.min())


def preview_table(
    source: str | os.PathLike | bytes, *, name: str | None = None, window: Window, extension: str | None = None
) -> Preview | None:
    """The columns of a file, None where it is no table of at least two columns of numbers."""
    columns = read_columns(source, name=name, window=window, extension=extension)
    if len(columns) < 2:
        return None
    names = [column.name.strip().lower() for column in columns]
    keys = tuple(
        column.name.strip() if title and names.count(title) == 1 else str(number)
        for number, column, title in zip(numbers_of(columns), columns, names, strict=True)
    )
    try:
        roles = assign(columns, Source(name or "The table", b""), window)
    except UnusableInput:
        return Preview(tuple(columns), keys, window, None)
    wave, flux, sigma = roles.wavelength, roles.flux, roles.uncertainty
    key_of = {id(column): key for key, column in zip(keys, columns, strict=True)}
    place = tuple(None if x is None else key_of.get(id(x)) for x in (wave, flux, sigma))
    candidates = {
        role: tuple((key_of[id(c.column)], c.reason) for c in found) for role, found in roles.candidates.items()
    }
    return Preview(tuple(columns), keys, window, place, roles.kind, roles.named, candidates)

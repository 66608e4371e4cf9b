"""Wavelengths given as edges of bins, in place of their middles: two columns, or one value more than there are bins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dtl.readers.arrays.dispersion import Column

__all__ = ["middles", "with_middles"]

#: Places in which two columns are compared before all of them are.
_PLACES = 9
#: How nearly a bin begins where the one before ends, relative to its width; and the part of the bins that does.
_MEETS, _MOST = 1e-3, 0.9


def with_middles(columns: Sequence[Column]) -> list[Column]:
    """Columns with the middles of bins in place of the two that hold their edges; others as they are."""
    for i, j in _likely(columns):
        low, high = columns[i], columns[j]
        if low.values.shape == high.values.shape and _edges(low.values, high.values):
            name = f"{low.name} to {high.name}" if low.name and high.name else low.name or high.name
            middle = Column(name, 0.5 * (low.values + high.values), low.unit or high.unit, low.note)
            return [middle, *(column for column in columns if column is not low and column is not high)]
    return list(columns)


def middles(edges: np.ndarray) -> np.ndarray | None:
    """Middles of the bins between edges ``(n + 1,)`` in a row; None where these do not rise or fall throughout."""
    width = np.diff(edges)
    return 0.5 * (edges[1:] + edges[:-1]) if (width > 0).all() or (width < 0).all() else None


def _likely(columns: Sequence[Column]) -> np.ndarray:
    """Pairs of columns that are edges in one of a few places, as most are not: a table may have 30,000 pairs."""
    first, second = (np.full((len(columns), _PLACES), np.nan) for _ in range(2))
    for number, column in enumerate(columns):
        row = np.atleast_2d(column.values)[len(np.atleast_2d(column.values)) // 2]
        if row.size > 1:
            place = np.linspace(0, row.size - 2, _PLACES).astype(int)
            first[number], second[number] = row[place], row[place + 1]
    with np.errstate(invalid="ignore"):
        width = np.abs(second[None, :] - second[:, None])
        meets = np.abs(second[:, None] - first[None, :]) <= _MEETS * width
    return np.argwhere((meets & (width > 0)).any(axis=-1))


def _edges(low: np.ndarray, high: np.ndarray) -> bool:
    """Whether arrays ``(..., n)`` are the lower and the upper edges of bins in a row."""
    width = high - low
    if low.shape[-1] < 10 or not np.isfinite(width).all() or not ((width > 0).all() or (width < 0).all()):
        return False
    apart = np.abs(low[..., 1:] - high[..., :-1])
    return bool((apart <= _MEETS * np.abs(width[..., 1:])).mean() > _MOST)

"""Wavelengths given as both edges of each bin, in place of its middle."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import numpy as np

from dtl.readers.dispersion import Column

__all__ = ["with_middles"]

#: How nearly a bin begins where the one before ends, relative to its width; and the part of the bins that does.
_MEETS, _MOST = 1e-3, 0.9


def with_middles(columns: Sequence[Column]) -> list[Column]:
    """Columns with the middles of bins in place of the two that hold their edges; others as they are."""
    for low, high in permutations(columns, 2):
        if low.values.shape == high.values.shape and _edges(low.values, high.values):
            name = f"{low.name} to {high.name}" if low.name and high.name else low.name or high.name
            middle = Column(name, 0.5 * (low.values + high.values), low.unit or high.unit, low.note)
            return [middle, *(column for column in columns if column is not low and column is not high)]
    return list(columns)


def _edges(low: np.ndarray, high: np.ndarray) -> bool:
    """Whether arrays ``(..., n)`` are the lower and the upper edges of bins in a row."""
    width = high - low
    if low.shape[-1] < 10 or not np.isfinite(width).all() or not ((width > 0).all() or (width < 0).all()):
        return False
    apart = np.abs(low[..., 1:] - high[..., :-1])
    return bool((apart <= _MEETS * np.abs(width[..., 1:])).mean() > _MOST)

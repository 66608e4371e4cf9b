"""Columns that are spectra of their own, side by side with the one that is read: other stars, epochs or fibres."""

from __future__ import annotations

import re

import numpy as np

from dtl.readers.names import says_nothing

__all__ = ["common_shape", "is_other_spectrum", "same_but_for_number"]

#: Scatter of another spectrum, and its level, as multiples of those of the one that is read, at most.
_STRUCTURE, _LEVEL = 4.0, 100.0
#: Pixels that are enough to tell; a table may hold hundreds of columns.
_ENOUGH = 5_000
#: Pixels of a stretch that lines fill and a blaze hardly bends.
_STRETCH = 200
#: From this correlation on both have the same lines: the same star once more, or a model of it.
_SAME = 0.9


def same_but_for_number(one: str, other: str) -> bool:
    """Whether two names differ by a number only, as ``GJ_1`` and ``GJ_2``, and say more than which column it is."""
    bare = [re.sub(r"\d+", "#", name.strip().lower()) for name in (one, other)]
    return bare[0] == bare[1] and "#" in bare[0] and not says_nothing(one)


def is_other_spectrum(flux: np.ndarray, values: np.ndarray) -> bool:
    """Whether numbers beside a flux look like the flux of something else: of its size, with lines, but not the same.

    Args:
        flux: any unit, NaN where there is none; any shape.
        values: the same shape.
    """
    if values.shape != flux.shape:
        return False
    step = flux.size // _ENOUGH + 1
    flux, values = flux.reshape(-1)[::step], values.reshape(-1)[::step]
    good = np.isfinite(flux) & np.isfinite(values)
    levels = [float(np.median(part[good])) if good.sum() >= 100 else 0.0 for part in (flux, values)]
    if min(levels) <= 0 or max(levels) > _LEVEL * min(levels):
        return False
    scatter = [
        float(np.std(_without_slope(part[good]))) / level for part, level in zip((flux, values), levels, strict=True)
    ]
    if min(scatter) <= 0 or max(scatter) > _STRUCTURE * min(scatter):
        return False
    return _common_lines(flux, values) < _SAME


def _common_lines(flux: np.ndarray, values: np.ndarray) -> float:
    """The usual correlation of two arrays over short stretches, which neither a blaze nor a few bad pixels change."""
    count = max(1, flux.size // _STRETCH)
    pairs = zip(np.array_split(flux, count), np.array_split(values, count), strict=True)
    return float(np.median([abs(common_shape(*pair)) for pair in pairs]))


def common_shape(flux: np.ndarray, values: np.ndarray) -> float:
    """Correlation of two arrays of one shape without their slopes, over what both have; 0 where one is flat."""
    good = np.isfinite(flux) & np.isfinite(values)
    if good.sum() < 10:
        return 0.0
    first, second = (_without_slope(part[good].astype(float)) for part in (flux, values))
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / size) if size > 0 else 0.0


def _without_slope(values: np.ndarray) -> np.ndarray:
    place = np.arange(values.size) - 0.5 * (values.size - 1)
    centred = values - values.mean()
    return centred - place * (place @ centred) / (place @ place)

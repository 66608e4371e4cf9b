"""Choosing among the nodes of a grid: inside an outline on a map, or within ranges of the parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dtl.result import PARAMETERS

__all__ = ["inside", "inside_any", "summarise", "within"]


def inside(places: np.ndarray, outline: np.ndarray) -> np.ndarray:
    """Which points lie inside a closed outline, by the even-odd rule: a ray from the point crosses it an odd number
    of times.

    Args:
        places: shape ``(m, 2)``.
        outline: corners, the first may be repeated as the last; shape ``(c, 2)``.

    Returns:
        Shape ``(m,)``, all False for fewer than three corners.
    """
    x, y = np.asarray(places, dtype=float).T
    odd = np.zeros(len(x), dtype=bool)
    corners = np.asarray(outline, dtype=float).reshape(-1, 2)
    if len(corners) < 3:
        return odd
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 == y1:
            continue
        crossing = (y0 > y) != (y1 > y)
        odd ^= crossing & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return odd


def inside_any(places: np.ndarray, outlines: Sequence[np.ndarray]) -> np.ndarray:
    """Indices of the points ``(m, 2)`` that lie inside any of the outlines, ``(c, 2)`` each; increasing."""
    found = np.zeros(len(places), dtype=bool)
    for outline in outlines:
        found |= inside(places, outline)
    return np.flatnonzero(found)


def within(nodes: np.ndarray, ranges: Mapping[str, tuple[float, float]]) -> np.ndarray:
    """Indices of the nodes, shape ``(m, 4)``, within the ranges of parameters, ends included; increasing."""
    found = np.ones(len(nodes), dtype=bool)
    for name, (low, high) in ranges.items():
        values = nodes[:, list(PARAMETERS).index(name)]
        slack = 1e-4 * max(abs(low), abs(high), 1.0)  # nodes are kept in single precision
        found &= (values >= low - slack) & (values <= high + slack)
    return np.flatnonzero(found)


def summarise(nodes: np.ndarray) -> dict[str, dict[str, float]]:
    """Mean, standard deviation, lowest and highest value of each parameter of nodes, shape ``(m, 4)``, ``m > 0``."""
    values = np.asarray(nodes, dtype=float)
    return {
        name: {
            "mean": float(column.mean()),
            "spread": float(column.std()),
            "lowest": float(column.min()),
            "highest": float(column.max()),
        }
        for name, column in zip(PARAMETERS, values.T, strict=True)
    }

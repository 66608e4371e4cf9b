"""Columns that count: the rows, the pixels of each order, or the orders themselves."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

__all__ = ["changes_with_others", "counted", "running_steps"]

#: Pixels of an order, at least, on average.
_LONG = 10
#: By how much the number of one order differs from that of the next that is written, at most.
_NEXT = 5
#: How many usual steps other numbers jump at least where an order ends, part of their steps that go one way, and
#: columns of such numbers that are looked at.
_JUMP, _ONE_WAY, _FEW = 3.0, 0.9, 5


def counted(values: np.ndarray) -> str:
    """What numbers count: ``row`` where they go on by one; ``pixel`` where they do so from the start again in each
    order; ``order`` where they stay the same and go on from order to order, one way; empty where they do none of it.

    Two numbers, 0 and 1, are a mask rather than two orders.

    Args:
        values: of a column, in the order of the file; shape ``(n,)``, or ``(orders, n)``.
    """
    steps = np.diff(values, axis=-1).ravel()
    if steps.size < 2:
        return ""
    if abs(steps[0]) == 1 and (steps == steps[0]).all():
        return "row"
    if values.ndim > 1 or not np.isfinite(values).all() or (values != np.round(values)).any():
        return ""
    jumps = steps[steps != np.median(steps)]
    if not 0 < jumps.size < values.size / _LONG:
        return ""
    usual = np.median(steps)
    if abs(usual) == 1:
        return "pixel" if (jumps * usual < -_LONG).all() else ""
    one_way = (jumps > 0).all() or (jumps < 0).all()
    few = usual == 0 and (np.abs(jumps) <= _NEXT).all()
    return "order" if few and one_way and not set(values.tolist()) <= {0.0, 1.0} else ""


def changes_with_others(values: np.ndarray, running: Iterable[tuple[np.ndarray, float]]) -> bool:
    """Whether others that run jump wherever numbers change, as wavelengths do from order to order.

    Noise in whole counts that grows along an even grid changes by itself.

    Args:
        values: that stay the same for long; shape ``(n,)``.
        running: of `running_steps`; those of another shape count not.
    """
    changes = np.flatnonzero(np.diff(values))
    return any(
        steps.shape == (values.size - 1,) and bool((np.abs(steps[changes] - usual) > _JUMP * abs(usual)).all())
        for steps, usual in running
    )


def running_steps(columns: Iterable[np.ndarray]) -> list[tuple[np.ndarray, float]]:
    """The steps of the first few columns that run one way nearly throughout, and the usual one of each."""
    found = []
    for values in columns:
        with np.errstate(all="ignore"):
            steps = np.diff(values)
        usual = float(np.nanmedian(steps)) if np.isfinite(steps).any() else 0.0
        if steps.size and np.mean(np.sign(steps) == np.sign(usual)) >= _ONE_WAY and usual:
            found.append((steps, usual))
        if len(found) == _FEW:
            break
    return found

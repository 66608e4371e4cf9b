"""Echelle orders: chosen by their wavelengths, never by their number, and put in order within."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dtl.wavelengths import Window

__all__ = ["REACH", "Order", "choose", "is_close", "is_near", "split", "tidy"]

#: How far beyond the window an order still matters, Angstrom: 20 A are 680 km/s, 5 A the margin of the normalisation.
REACH = 25.0
#: Pixels closer than this part of the usual step are measured twice: a spline through both would follow their noise.
_CLOSE = 0.05
#: Steps to either side that tell the usual one.
_AROUND = 8


@dataclass
class Order:
    """One stretch of spectrum; all arrays have shape ``(n,)``.

    Attributes:
        wavelength: vacuum Angstrom.
        flux: any linear unit, bad pixels NaN.
        uncertainty: 1 sigma, or None.
        sky: flux of a sky fibre, or None.
        number: its place in the file, from 0.
    """

    wavelength: np.ndarray
    flux: np.ndarray
    uncertainty: np.ndarray | None = None
    sky: np.ndarray | None = None
    number: int = 0

    def take(self, index: np.ndarray | slice) -> Order:
        """The pixels of ``index``."""
        parts = [a if a is None else a[index] for a in (self.wavelength, self.flux, self.uncertainty, self.sky)]
        return Order(*parts, number=self.number)


def is_near(wavelength: np.ndarray, window: Window) -> np.ndarray:
    """Whether vacuum Angstrom, any shape, lie so near the window that they still matter."""
    return (wavelength > window.lower - REACH) & (wavelength < window.upper + REACH)


def split(order: Order) -> tuple[list[Order], str]:
    """Cut a stretch where its wavelengths jump back, as in files that hold one order after the other.

    Returns:
        The ascending pieces, and what was found: ``ascending``, ``descending``, ``orders`` or ``unsorted``.
    """
    order = order.take(np.isfinite(order.wavelength) & (order.wavelength > 0))
    n = len(order.wavelength)
    if n < 2:
        return [order], "ascending"
    steps = np.diff(order.wavelength)
    if not (steps < 0).any():
        return [order], "ascending"
    state = "orders"
    if (steps < 0).sum() > (steps > 0).sum():
        order = order.take(slice(None, None, -1))
        steps = np.diff(order.wavelength)
        state = "descending"
    breaks = np.flatnonzero(steps < 0) + 1
    if len(breaks) == 0:
        return [order], state
    if len(breaks) > max(5, n // 50):  # no echelle spectrum has orders that short
        return [order.take(np.argsort(order.wavelength, kind="stable"))], "unsorted"
    edges = [0, *breaks.tolist(), n]
    pieces = [order.take(slice(a, b)) for a, b in pairwise(edges)]
    for number, piece in enumerate(pieces):
        piece.number = number
    return pieces, state if state == "descending" else "orders"


def tidy(order: Order) -> tuple[Order, int]:
    """Sort by wavelength and merge pixels of nearly equal wavelength, weighted by their inverse variance where known.

    Returns:
        The order with strictly increasing wavelengths, and how many pixels were merged away.
    """
    order = order.take(np.isfinite(order.wavelength) & (order.wavelength > 0))
    if len(order.wavelength) > 1 and (np.diff(order.wavelength) < 0).any():
        order = order.take(np.argsort(order.wavelength, kind="stable"))
    close = is_close(order.wavelength)
    surplus = int(close.sum())
    if surplus == 0:
        return order, 0
    start = np.flatnonzero(np.r_[True, ~close])
    good = np.isfinite(order.flux)
    weight = good.astype(float)
    if order.uncertainty is not None:
        known = good & np.isfinite(order.uncertainty) & (order.uncertainty > 0)
        weight = np.where(known, 1.0 / np.where(known, order.uncertainty, 1.0) ** 2, 0.0)
    total = np.add.reduceat(weight, start)
    first = order.wavelength[start]
    beyond = np.add.reduceat(weight * (order.wavelength - np.repeat(first, np.diff(np.r_[start, len(good)]))), start)
    with np.errstate(divide="ignore", invalid="ignore"):
        wavelength = first + np.where(total > 0, beyond / total, 0.0)
        flux = np.add.reduceat(np.where(weight > 0, weight * order.flux, 0.0), start) / total
        # rows repeated to the last digit hold no new information
        high = np.maximum.reduceat(np.where(good, order.flux, -np.inf), start)
        low = np.minimum.reduceat(np.where(good, order.flux, np.inf), start)
        count = np.where(high == low, np.add.reduceat((weight > 0).astype(float), start), 1.0)
        uncertainty = None if order.uncertainty is None else np.where(total > 0, np.sqrt(count / total), np.nan)
    sky = None if order.sky is None else order.sky[start]
    return Order(wavelength, flux, uncertainty, sky, order.number), surplus


def is_close(wavelength: np.ndarray) -> np.ndarray:
    """Whether each pixel but the first is as good as at the place of the one before; shape ``(n - 1,)``.

    The usual step is the mean of those before or of those behind, whichever is less, as one may hold a gap.

    Args:
        wavelength: ascending; shape ``(n,)``.
    """
    steps = np.diff(wavelength)
    last = np.arange(len(steps))
    before, behind = np.maximum(last - _AROUND, 0), np.minimum(last + 1 + _AROUND, len(steps))
    with np.errstate(divide="ignore", invalid="ignore"):
        left = (wavelength[last] - wavelength[before]) / (last - before)
        right = (wavelength[behind] - wavelength[last + 1]) / (behind - last - 1)
    return steps <= _CLOSE * np.nan_to_num(np.fmin(left, right))


def choose(orders: list[Order], window: Window, reach: float = REACH) -> list[Order]:
    """The orders that overlap the window widened by ``reach`` on each side, the one that covers most of it first."""
    low, high = window.lower - reach, window.upper + reach

    def coverage(order: Order) -> float:
        if len(order.wavelength) < 2:
            return 0.0
        return float(min(order.wavelength[-1], high) - max(order.wavelength[0], low))

    return sorted((order for order in orders if coverage(order) > 0), key=coverage, reverse=True)

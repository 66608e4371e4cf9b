"""Echelle orders: chosen by their wavelengths, never by their number, and merged where they overlap."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from dtl.wavelengths import Window

__all__ = ["DISAGREEMENT", "REACH", "Order", "choose", "is_close", "is_near", "merge", "split", "tidy"]


#: How far beyond the window an order still matters, Angstrom: 20 A are 680 km/s, 5 A the margin of the normalisation.
REACH = 25.0
#: Relative difference above which an overlap is not averaged: the orders disagree by more than noise.
DISAGREEMENT = 0.05
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


def merge(orders: list[Order]) -> tuple[Order, list[str]]:
    """Merge orders into one stretch; the first sets the pixels and the flux scale.

    They come in the order given, but for those that do not overlap the first: the nearer of them before the farther, as
    what lies within the stretch is not added.

    Each further order is scaled to the first by a straight line through the ratio of their fluxes in the overlap,
    interpolated linearly onto its pixels there and averaged with weights 1/sigma^2; where one of the two has no
    uncertainties the weight is the distance from the end of its order, as the blaze falls towards it. Its sky is scaled
    and averaged as it is. Beyond the overlap its own pixels are added. Interpolated pixels count with the interpolated
    variance, which neglects the correlation of neighbours.

    Returns:
        The merged order and one sentence for each that was merged in.
    """
    merged, *others = orders
    words = []
    for other in sorted(others, key=partial(_gap, merged)):
        merged, word = _merge_two(merged, other)
        words.append(word)
    return merged, words


def _gap(base: Order, other: Order) -> float:
    """How far apart two orders are in Angstrom; 0 where they overlap."""
    low, high = max(base.wavelength[0], other.wavelength[0]), min(base.wavelength[-1], other.wavelength[-1])
    return max(float(low - high), 0.0)


def _merge_two(base: Order, other: Order) -> tuple[Order, str]:
    low = max(base.wavelength[0], other.wavelength[0])
    high = min(base.wavelength[-1], other.wavelength[-1])
    shared = (base.wavelength >= low) & (base.wavelength <= high)
    where = base.wavelength[shared]
    slope = _scale(base, other, low, high)
    ratio = np.ones_like(other.wavelength) if slope is None else np.polyval(slope, np.clip(other.wavelength, low, high))
    scaled = Order(
        other.wavelength,
        other.flux * ratio,
        None if other.uncertainty is None else other.uncertainty * np.abs(ratio),
        None if other.sky is None else other.sky * ratio,
        other.number,
    )
    word = f"order {other.number} joined without overlap"
    if slope is not None:
        flux, variance = _onto(where, scaled)
        own = base.flux[shared]
        both = np.isfinite(flux) & np.isfinite(own)
        level = np.nanmedian(np.abs(own[both])) if both.any() else 0.0
        noise = 0.0
        if variance is not None and base.uncertainty is not None and both.any() and level > 0:
            noise = float(np.nanmedian(np.sqrt(variance[both] + base.uncertainty[shared][both] ** 2))) / level
        difference = float(np.median(np.abs(flux - own)[both])) / level if both.any() and level > 0 else np.inf
        if difference <= max(DISAGREEMENT, 3 * noise):
            _average(base, scaled, shared, flux, variance)
            word = f"order {other.number} averaged over {low:.1f}–{high:.1f} Å"
        else:
            percent = f"{100 * difference:.0f} %"
            word = f"order {other.number} not averaged in {low:.1f}–{high:.1f} Å, where it differs by {percent}"
    outside = (other.wavelength < base.wavelength[0]) | (other.wavelength > base.wavelength[-1])
    return _join(base, scaled.take(outside)), word


def _scale(base: Order, other: Order, low: float, high: float) -> np.ndarray | None:
    """Straight line through the ratio base/other in blocks of the overlap, or None where there is too little of it."""
    edges = np.linspace(low, high, 9)
    centres, ratios = [], []
    for a, b in pairwise(edges):
        mine = base.flux[(base.wavelength >= a) & (base.wavelength <= b)]
        theirs = other.flux[(other.wavelength >= a) & (other.wavelength <= b)]
        mine, theirs = mine[np.isfinite(mine)], theirs[np.isfinite(theirs)]
        if len(mine) < 5 or len(theirs) < 5:
            continue
        ratio = np.median(mine) / np.median(theirs) if np.median(theirs) > 0 else 0.0
        if ratio > 0:
            centres.append((a + b) / 2)
            ratios.append(ratio)
    if not ratios:
        return None
    return np.polyfit(centres, ratios, 1) if len(ratios) >= 4 else np.array([float(np.median(ratios))])


def _onto(where: np.ndarray, order: Order) -> tuple[np.ndarray, np.ndarray | None]:
    """Flux and variance at ``where``; NaN next to a bad pixel, as interpolation would spread it."""
    good = np.isfinite(order.flux)
    if good.sum() < 2:
        return np.full(len(where), np.nan), None
    spoilt = np.interp(where, order.wavelength, (~good).astype(float)) > 0
    flux = np.interp(where, order.wavelength[good], order.flux[good])
    flux[spoilt] = np.nan
    if order.uncertainty is None:
        return flux, None
    return flux, np.interp(where, order.wavelength[good], order.uncertainty[good] ** 2)


def _average(base: Order, other: Order, shared: np.ndarray, flux: np.ndarray, variance: np.ndarray | None) -> None:
    """Average ``flux`` into the shared pixels of ``base``, in place."""
    own = base.flux[shared]
    where = base.wavelength[shared]
    known = variance is not None and base.uncertainty is not None
    with np.errstate(divide="ignore", invalid="ignore"):
        if known:
            weight_own, weight = 1.0 / base.uncertainty[shared] ** 2, 1.0 / variance
        else:
            weight_own = np.minimum(where - base.wavelength[0], base.wavelength[-1] - where) + 1e-6
            weight = np.minimum(where - other.wavelength[0], other.wavelength[-1] - where) + 1e-6
    weight_own = np.where(np.isfinite(own) & np.isfinite(weight_own), weight_own, 0.0)
    weight = np.where(np.isfinite(flux) & np.isfinite(weight), weight, 0.0)
    total = weight_own + weight
    with np.errstate(divide="ignore", invalid="ignore"):
        base.flux[shared] = (weight_own * np.nan_to_num(own) + weight * np.nan_to_num(flux)) / total
        if base.sky is not None and other.sky is not None:
            sky = np.interp(where, other.wavelength, np.nan_to_num(other.sky))
            base.sky[shared] = (weight_own * np.nan_to_num(base.sky[shared]) + weight * sky) / total
        if known:
            base.uncertainty[shared] = np.where(total > 0, 1.0 / np.sqrt(total), np.nan)


def _join(base: Order, extra: Order) -> Order:
    """Both stretches in one, sorted; they share no pixel."""
    if len(extra.wavelength) == 0:
        return base
    wavelength = np.concatenate([base.wavelength, extra.wavelength])
    rank = np.argsort(wavelength, kind="stable")

    def both(a: np.ndarray | None, b: np.ndarray | None) -> np.ndarray | None:
        if a is None or b is None:
            return None
        return np.concatenate([a, b])[rank]

    return Order(
        wavelength[rank],
        both(base.flux, extra.flux),
        both(base.uncertainty, extra.uncertainty),
        both(base.sky, extra.sky),
        base.number,
    )

"""Echelle orders merged where they overlap, freed of what is left of their blaze."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np
from scipy.ndimage import median_filter

from dtl.readers.pixels.orders import Order

__all__ = ["DISAGREEMENT", "merge"]

#: Relative difference above which an overlap is not averaged: the orders disagree by more than noise.
DISAGREEMENT = 0.05
#: Blocks of an overlap, at most, in each of which two orders are compared, and pixels of each in such a block.
_BLOCKS, _IN_BLOCK = 8, 5
#: A slope of the ratio of two orders counts from so many times its uncertainty on.
_CERTAIN = 4.0
#: And between these, in 1/Angstrom: 1 % over the window; no blazes of orders of 20 Angstrom or more part faster.
_LEAST, _STEEPEST = 3e-4, 0.3
#: Neighbouring pixels whose median tells where two orders differ.
_RUN = 9
#: Farther from an overlap than this, in Angstrom, lies nothing that matters.
_FAR = 100.0


def merge(orders: list[Order]) -> tuple[Order, list[str]]:
    """Merge orders into one stretch; the first sets the pixels and the flux scale.

    They come in the order given, but for those that do not overlap the first: the nearer of them before the farther, as
    what lies within the stretch is not added.

    Each further order is scaled to the first by the ratio of their fluxes in the overlap, interpolated linearly onto
    its pixels there and averaged with weights 1/sigma^2; where one of the two has no uncertainties the weight is the
    distance from the end of its order, as the blaze falls towards it. Its sky is scaled and averaged as it is. Beyond
    the overlap its own pixels are added. Interpolated pixels count with the interpolated variance, which neglects the
    correlation of neighbours.

    Where the ratio has a slope, as that of orders still under their blaze, each of the two takes half of it over all
    its length: of two blazes that are alike, exp(-k (x + d)^2) and exp(-k (x - d)^2) with x from where they cross, it
    leaves exp(-k x^2) on both sides, one smooth curve, which the normalisation removes; a kink it could not.

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
    scale = _scale(base, other, low, high)
    word = f"order {other.number} joined without overlap"
    if scale is not None:
        level, slope = scale
        base = _times(base, -0.5 * slope * _from_middle(base, low, high))
        other = _times(other, level + 0.5 * slope * _from_middle(other, low, high))
        difference, ends = _average_where_alike(base, other, (base.wavelength >= low) & (base.wavelength <= high))
        word = f"order {other.number} averaged over {low:.1f}–{high:.1f} Å"
        if difference:
            percent = f"{100 * difference:.0f} %"
            word = f"order {other.number} not averaged in {low:.1f}–{high:.1f} Å, where it differs by {percent}"
        if ends:
            word += f" without {ends} pixels at their ends, where they differ"
        if slope:
            word += ", both freed of the slope that their blazes leave there"
    outside = (other.wavelength < base.wavelength[0]) | (other.wavelength > base.wavelength[-1])
    return _join(base, other.take(outside)), word


def _average_where_alike(base: Order, other: Order, shared: np.ndarray) -> tuple[float, int]:
    """Average an order into the shared pixels of ``base``, in place, unless they disagree by more than noise.

    Where they do so in part, as under a shadow at the end of one, that which is farther from its end is taken there.

    Returns:
        0.0, or by what part of the flux they differ; and of how many pixels one alone was taken.
    """
    flux, variance = _onto(base.wavelength[shared], other)
    own = base.flux[shared]
    both = np.isfinite(flux) & np.isfinite(own)
    level = np.nanmedian(np.abs(own[both])) if both.any() else 0.0
    if not level > 0:
        return np.inf, 0
    noise = 0.0
    if variance is not None and base.uncertainty is not None:
        noise = float(np.nanmedian(np.sqrt(variance[both] + base.uncertainty[shared][both] ** 2))) / level
    difference = float(np.median(np.abs(flux - own)[both])) / level
    if difference > max(DISAGREEMENT, 3 * noise):
        return difference, 0
    apart = np.zeros(own.size, dtype=bool)
    gap = (flux - own)[both] / level
    scatter = 1.4826 * float(np.median(np.abs(gap - np.median(gap))))
    apart[both] = np.abs(median_filter(gap, _RUN)) > max(DISAGREEMENT, 3 * noise, 3 * scatter)
    inner = _from_end(base, base.wavelength[shared]) > _from_end(other, base.wavelength[shared])
    base.flux[np.flatnonzero(shared)[apart & ~inner]] = np.nan
    _average(base, other, shared, np.where(apart & inner, np.nan, flux), variance)
    return 0.0, int(apart.sum())


def _from_end(order: Order, where: np.ndarray) -> np.ndarray:
    """How far wavelengths within an order are from its nearer end, Angstrom."""
    return np.minimum(where - order.wavelength[0], order.wavelength[-1] - where)


def _from_middle(order: Order, low: float, high: float) -> np.ndarray:
    """Angstrom of its pixels from the middle of an overlap, no more than what can matter."""
    return np.clip(order.wavelength - 0.5 * (low + high), -_FAR, _FAR)


def _times(order: Order, log_factor: np.ndarray) -> Order:
    """The order with its fluxes multiplied."""
    factor = np.exp(log_factor)
    parts = [a if a is None else a * factor for a in (order.flux, order.uncertainty, order.sky)]
    return Order(order.wavelength, *parts, number=order.number)


def _scale(base: Order, other: Order, low: float, high: float) -> tuple[float, float] | None:
    """Logarithm of the ratio base/other in the middle of the overlap, and its slope, in 1/Angstrom.

    Returns:
        From medians in blocks; None where there is too little of it. The slope is 0 where it is uncertain, or
        where the ratio is a step.
    """
    shared = min(int(((order.wavelength >= low) & (order.wavelength <= high)).sum()) for order in (base, other))
    edges = np.linspace(low, high, int(np.clip(shared // (_IN_BLOCK + 1), 1, _BLOCKS)) + 1)
    centres, ratios = [], []
    for a, b in pairwise(edges):
        mine = base.flux[(base.wavelength >= a) & (base.wavelength <= b)]
        theirs = other.flux[(other.wavelength >= a) & (other.wavelength <= b)]
        mine, theirs = mine[np.isfinite(mine)], theirs[np.isfinite(theirs)]
        if len(mine) < _IN_BLOCK or len(theirs) < _IN_BLOCK:
            continue
        ratio = np.median(mine) / np.median(theirs) if np.median(theirs) > 0 else 0.0
        if ratio > 0:
            centres.append((a + b) / 2 - 0.5 * (low + high))
            ratios.append(np.log(ratio))
    if not ratios:
        return None
    if len(ratios) >= 4:
        (slope, level), ((variance, _), _) = np.polyfit(centres, ratios, 1, cov=True)
        steep = max(_CERTAIN * variance**0.5, _LEAST) < abs(slope) < _STEEPEST
        if steep and not _is_step(np.array(ratios), np.polyval((slope, level), centres)):
            return level, slope
    return float(np.median(ratios)), 0.0


def _is_step(ratios: np.ndarray, line: np.ndarray) -> bool:
    """Whether a step follows the ratios in blocks better than a line does, as at the edge of a shadow on one order."""
    steps = [sum(float(np.var(part)) * part.size for part in np.split(ratios, [i])) for i in range(1, ratios.size)]
    return min(steps) < float(((ratios - line) ** 2).sum())


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
            weight_own, weight = (_from_end(order, where) + 1e-6 for order in (base, other))
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

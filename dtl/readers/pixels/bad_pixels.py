"""Bad pixels, found once before anything is measured: masks of either polarity, zeros, sentinels, absurd sigma."""

from __future__ import annotations

import numpy as np

from dtl.readers.contents import Contents
from dtl.readers.pixels.orders import Order, is_near
from dtl.readers.pixels.padding import bridged_pixels, lineless_ends
from dtl.wavelengths import Window

__all__ = ["bad_by_mask", "bad_by_value", "is_mask", "leave_out_bad_pixels", "leave_out_padding"]

#: Values that programs write where they have none.
_SENTINELS = (-9.0, -99.0, -999.0, -9999.0, -99999.0, 99.0, 999.0, 9999.0, 99999.0)
#: A flux beyond this many times the usual range of the spectrum is no flux; an uncertainty this many times the median
#: marks a bad pixel.
_HUGE, _WORTHLESS = 8.0, 30.0
#: Neighbours of equal flux that noise does not make.
_RUN = 5
#: More than this part of the pixels is never bad: then the mask or the rule is not understood. A flag of several that
#: more than the second part carries is no fault: without these pixels the spectrum could not be used at all.
_MOST_BAD, _OFTEN = 0.5, 0.3


def is_mask(values: np.ndarray) -> bool:
    """Whether numbers are flags: few values, whole, not negative, of which one is held by most pixels."""
    head = values.reshape(-1)[:100]
    if (np.isfinite(head) & (head != np.round(head))).any():  # as most are, which is told without looking at all
        return False
    finite = values[np.isfinite(values)]
    if finite.size < 10 or (finite < 0).any() or (finite != np.round(finite)).any():
        return False
    found, counts = np.unique(finite, return_counts=True)
    if not 2 <= len(found) <= 16 or counts.max() <= _MOST_BAD * finite.size:
        return False
    bits = found[found > 0].astype(np.int64)
    return bool(set(found.tolist()) <= {0.0, 1.0} or np.all([bin(b).count("1") <= 4 for b in bits]))


def bad_by_mask(values: np.ndarray, near: np.ndarray | None = None) -> np.ndarray:
    """Which pixels a mask marks as bad; what most pixels hold is good, whatever it is called; shape of ``values``.

    Of flags with bits, those that many pixels carry are informative and mark nothing; 0 is always good there.

    Args:
        values: of the mask.
        near: pixels about the window, where its name says that 1 is bad; where most of these hold 0, that is good, and
            1 is what most pixels elsewhere are, as under the water lines of the infrared. The same shape.
    """
    finite = np.isfinite(values)
    found, counts = np.unique(values[finite], return_counts=True)
    if not len(found):
        return np.zeros(values.shape, dtype=bool)
    usual = found[counts.argmax()]
    if set(found.tolist()) <= {0.0, 1.0}:
        elsewhere = near is not None and usual == 1 and float((values[near] == 0).mean()) > _MOST_BAD
        return finite & (values != (0 if elsewhere else usual))
    whole = np.where(finite & (np.abs(values) < 2**53), values, 0).astype(np.int64)
    often = np.int64(usual)
    for bit in np.int64(1) << np.arange(53):
        if ((whole & bit) != 0).sum() > _OFTEN * finite.sum():
            often |= bit
    return finite & (values != usual) & ((whole & ~often) != 0)


def bad_by_value(flux: np.ndarray, uncertainty: np.ndarray | None) -> dict[str, np.ndarray]:
    """Pixels that their own numbers betray; words -> mask of shape ``(n,)``.

    Args:
        flux: NaN where bad already; shape ``(n,)``.
        uncertainty: 1 sigma, or None.
    """
    found: dict[str, np.ndarray] = {}
    good = np.isfinite(flux)
    if good.sum() < 10:
        return found
    level = float(np.median(flux[good & (flux != 0)])) if (good & (flux != 0)).any() else 0.0
    if level <= 0:
        return found
    spread = float(np.median(np.abs(flux[good] - level)))
    _add(found, "exactly zero", good & (flux == 0), good)
    far = np.abs(flux - level) > max(10 * spread, 0.3 * level)
    _add(found, "holding a sentinel as -999", good & far & np.isin(flux, _SENTINELS), good)
    _add(found, "beyond any flux", good & ((np.abs(flux) > _HUGE * (level + 10 * spread)) | _repeated(flux, far)), good)
    _add(found, "in a run of one number", good & far & _in_run(flux), good)
    _add(found, "on one straight line, as padding and bridged gaps are", bridged_pixels(flux) & good, good)
    if uncertainty is not None:
        known = np.isfinite(uncertainty) & (uncertainty > 0)
        if known.any():
            worthless = known & (uncertainty > _WORTHLESS * np.median(uncertainty[known & good]))
            _add(found, "with an uncertainty beyond use", good & worthless, good)
    return found


def _repeated(flux: np.ndarray, far: np.ndarray) -> np.ndarray:
    """Negative numbers far below the spectrum that stand there several times to the last digit."""
    odd = far & (flux < 0)
    values, counts = np.unique(flux[odd], return_counts=True)
    return odd & np.isin(flux, values[counts >= 3])


def _in_run(flux: np.ndarray) -> np.ndarray:
    """Whether pixels belong to `_RUN` or more neighbours that are equal to the last digit; shape of ``flux``."""
    starts = np.flatnonzero(np.r_[True, flux[1:] != flux[:-1]])
    lengths = np.diff(np.r_[starts, len(flux)])
    return np.repeat(lengths >= _RUN, lengths)


def _add(found: dict[str, np.ndarray], words: str, bad: np.ndarray, good: np.ndarray) -> None:
    if bad.any() and bad.sum() < _MOST_BAD * good.sum():
        found[words] = bad


def leave_out_bad_pixels(contents: Contents, orders: list[Order], window: Window) -> None:
    """Set pixels near the window that their own numbers betray to NaN, in place, and note how many."""
    counts: dict[str, int] = {}
    for order in orders:
        near = np.flatnonzero(is_near(order.wavelength, window))
        if not near.size:
            continue
        sigma = None if order.uncertainty is None else order.uncertainty[near]
        for words, bad in bad_by_value(order.flux[near], sigma).items():
            _blank(order, near[bad])
            counts[words] = counts.get(words, 0) + int(bad.sum())
    if counts:
        shown = ", ".join(f"{count} {words}" for words, count in counts.items())
        contents.note("bad pixels", f"{sum(counts.values())} left out", "guessed", shown)


def leave_out_padding(contents: Contents, order: Order, window: Window) -> None:
    """Set ends without any line to NaN, in place, and note where they are."""
    padding = lineless_ends(order.wavelength, order.flux, window)
    if not padding.any():
        return
    _blank(order, padding)
    left = order.wavelength[np.isfinite(order.flux)]
    contents.note(
        "padding",
        f"{int(padding.sum())} pixels left out",
        "guessed",
        f"without any line outside {left[0]:.1f}–{left[-1]:.1f} Å, so they are filled up and not measured",
    )


def _blank(order: Order, pixels: np.ndarray) -> None:
    order.flux[pixels] = np.nan
    if order.uncertainty is not None:
        order.uncertainty[pixels] = np.nan

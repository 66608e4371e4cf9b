"""Wavelengths that lost their last digits when they were saved, or that two spectra share row by row."""

from __future__ import annotations

import numpy as np

from dtl.readers.pixels.joining import DISAGREEMENT
from dtl.readers.pixels.orders import Order, is_close, is_near
from dtl.readers.source import Source
from dtl.readers.words.units import show_unit, to_angstrom
from dtl.wavelengths import Window

__all__ = ["check_digits", "check_mixture", "rounded_step"]

#: Steps are multiples of the least one within this; part of a pixel that may be lost without harm; part of the steps
#: that differ from the usual one where digits are lost, as gaps in an even grid are fewer.
_WHOLE, _HARMLESS, _UNEVEN = 0.02, 0.5, 0.05
_MIN_PIXELS = 50
#: Part of the wider steps that come sooner or later than the one before by more than one, at least, where by chance.
_NO_ORDER = 0.2
#: Part of the odd steps at which these begin or end, at most, where each detector has one step of its own.
_PATCHES = 0.2
#: Part of the pixels that share their wavelengths with another, at least, where two spectra are mixed throughout.
_MIXED = 0.4


def check_digits(rows: list[Order], unit: str, source: Source, window: Window) -> None:
    """Refuse wavelengths of which too few digits were saved to tell neighbouring pixels apart.

    Args:
        rows: with wavelengths as in the file.
        unit: theirs.
        source: for the name in the message.
        window: near which it matters.

    Raises:
        UnusableInput: they are.
    """
    seen: set[bytes] = set()  # stars and epochs may share their wavelengths
    for row in rows:
        near = is_near(to_angstrom(row.wavelength, unit), window)
        again = np.r_[False, (np.diff(row.wavelength) == 0) & (np.diff(row.flux) == 0)]  # a row that stands there twice
        own = row.wavelength[near & ~again]
        if own.tobytes() in seen:
            continue
        seen.add(own.tobytes())
        lost = rounded_step(own)
        if lost:
            raise source.refuse(
                f"has wavelengths in multiples of {lost[0]:.2g} {show_unit(unit)} for pixels {lost[1]:.2g} apart, "
                "probably because digits were lost when it was saved, or because two spectra are mixed row by row; "
                "save the wavelengths again with two more digits, each spectrum for itself."
            )


def check_mixture(orders: list[Order], source: Source, window: Window) -> None:
    """Refuse rows of two spectra that were sorted into one by wavelength, where they differ by more than their noise.

    Args:
        orders: as in the file.
        source: for the name in the message.
        window: near which it matters.

    Raises:
        UnusableInput: they are.
    """
    for order in orders:
        near = order.take(is_near(order.wavelength, window))
        near = near.take(np.argsort(near.wavelength, kind="stable"))
        close = is_close(near.wavelength)
        if close.sum() < max(_MIN_PIXELS, _MIXED * close.size):
            continue
        one, other = near.flux[:-1][close], near.flux[1:][close]
        both = np.isfinite(one) & np.isfinite(other)
        level = float(np.median(np.abs(one[both]))) if both.any() else 0.0
        noise = 0.0
        if near.uncertainty is not None and level > 0:
            noise = float(np.nanmedian(np.hypot(near.uncertainty[:-1], near.uncertainty[1:])[close])) / level
        if level > 0 and float(np.median(np.abs(other - one)[both])) > max(DISAGREEMENT, 3 * noise) * level:
            raise source.refuse(
                "has two rows for most wavelengths, whose fluxes differ by more than their noise, probably because "
                "several spectra were put together and sorted by wavelength; save each spectrum for itself."
            )


def rounded_step(wavelength: np.ndarray) -> tuple[float, float] | None:
    """What wavelengths were rounded to and the usual step between pixels, where the first is a good part of the second.

    Wavelengths that were measured have steps of many sizes, those of an even grid one. Rounded ones have a few, all
    multiples of the place that was kept, in an irregular order; where the place is a pixel or more, some are equal. The
    detectors of a mosaic have one step each, which changes where one ends.

    Args:
        wavelength: in the unit of the file, of one stretch in the order of the file; shape ``(n,)``.
    """
    steps = np.abs(np.diff(wavelength[np.isfinite(wavelength)]))
    if len(steps) < _MIN_PIXELS:
        return None
    usual = float(np.mean(steps[steps <= np.percentile(steps, 99)]))  # without the gaps
    least = _common_step(steps[steps > 1e-3 * usual]) if usual > 0 else 0.0
    if least < _HARMLESS * usual:
        return None
    multiples = np.round(steps / least)
    if (np.abs(steps / least - multiples) > _WHOLE).mean() > 0.01:
        return None
    _, counts = np.unique(multiples, return_counts=True)
    odd = counts.sum() - counts.max()
    even = odd <= _UNEVEN * counts.sum() or np.count_nonzero(np.diff(multiples)) < _PATCHES * odd
    return None if even or _is_overlap(multiples) or _lacks_pixels(multiples) else (least, usual)


def _lacks_pixels(multiples: np.ndarray) -> bool:
    """Whether an even grid lacks pixels, as where bad ones were left out: wider steps come in no order.

    Where digits are lost they come after as many steps as the time before, or one more or less.
    """
    wide = np.flatnonzero(multiples > 1)
    if (multiples == 0).any() or wide.size < 3:
        return False
    return bool((np.abs(np.diff(np.diff(wide))) > 1).mean() > _NO_ORDER)


def _is_overlap(multiples: np.ndarray) -> bool:
    """Whether every other step is none over a part alone, as where two orders on one even grid were sorted together."""
    none = np.flatnonzero(multiples == 0)
    inside = multiples[none[0] : none[-1] + 1] if none.size else none
    alternate = inside.size > 1 and bool((np.diff(inside) != 0).mean() > 1.0 - _UNEVEN)
    return alternate and inside.size < 0.9 * multiples.size


def _common_step(steps: np.ndarray) -> float:
    """The largest number of which most steps (all above 0) are multiples if they take few values, 0 where many."""
    low = float(np.percentile(steps, 1))
    sizes = np.unique(np.round(steps / low, 2))
    if len(sizes) > 12:
        sizes = sizes[sizes < 4.0][:12]
    between = np.diff(np.r_[0.0, sizes])
    between = between[between > _WHOLE]
    return low * float(between.min()) if between.size else 0.0

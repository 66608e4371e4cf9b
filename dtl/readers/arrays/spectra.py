"""Stretches that share their wavelengths are several spectra of one file, stars, epochs or fibres, and never orders."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from dtl.readers.arrays.several import has_light
from dtl.readers.contents import Contents
from dtl.readers.pixels.orders import REACH, Order, tidy
from dtl.readers.source import Source
from dtl.wavelengths import Window

__all__ = ["Spectra", "choose_spectrum", "drop_repeats", "find_spectra", "separate"]

#: Two stretches are the same wavelengths twice where they overlap by this part of the longer, or near the window, where
#: orders of an echelle share a third at most, by the second part of the pixels of the shorter.
_SAME, _SHORTER = 0.6, 0.5
#: The longer has this part of those pixels there at least, as a single wrong wavelength spans much without any.
_DENSE = 0.3
#: Pixels of the window that a spectrum holds at least, as part of those of the one with most: less is a coarse preview.
_PREVIEW = 0.2


@dataclass(frozen=True)
class Spectra:
    """The spectra of a file.

    Attributes:
        orders: of all of them, without those that repeat others.
        spectra: the orders of each.
        repeats: how many repeated others to the last digit, and were left out.
    """

    orders: list[Order]
    spectra: list[list[Order]]
    repeats: int


def find_spectra(orders: list[Order], window: Window) -> Spectra:
    """Which orders are of one spectrum; the window is where their light is looked for."""
    ascending = [tidy(order)[0] if (np.diff(order.wavelength) <= 0).any() else order for order in orders]
    kept, repeats = drop_repeats(ascending)
    return Spectra(kept if repeats else orders, separate(kept, window), repeats)


def choose_spectrum(
    contents: Contents, source: Source, found: Spectra, wanted: int | None, window: Window
) -> tuple[list[Order], int]:
    """The orders of the spectrum that is wanted, by default the first with light, and how many spectra there are.

    Args:
        contents: to which is added what was found.
        source: for the name in the message.
        found: all spectra of a file.
        wanted: its number from 1, or None.
        window: where its light is looked for.

    Raises:
        UnusableInput: there is no spectrum of that number.
    """
    spectra = found.spectra
    if found.repeats:
        contents.note("repeats", f"{found.repeats} left out", "file", "they repeat others to the last digit")
    if len(spectra) < 2 and wanted in (None, 1):
        return found.orders, 1
    if wanted is not None and not 1 <= wanted <= len(spectra):
        raise source.refuse(
            f"was to be read from its spectrum {wanted}, but it holds {len(spectra) or 1}; choose --row 1 to "
            f"{len(spectra) or 1}, or --row all."
        )
    if wanted is None:
        contents.flags.add("several_spectra")
    number = wanted or _first_lit(spectra, window)
    reason = "several spectra (stars, epochs or fibres) share their wavelengths and are not averaged"
    if wanted is None and number > 1:
        fewer = any(_has_light(own, window) for own in spectra[: number - 1])
        reason += "; those before it have no light" + " or far fewer pixels" * fewer
    how = "guessed" if wanted is None else "user"
    contents.note("spectra", f"{number} of {len(spectra)} used", how, reason)
    return spectra[number - 1], len(spectra)


def _first_lit(spectra: list[list[Order]], window: Window) -> int:
    """The number, from 1, of the first spectrum with light that is no coarse preview; 1 where none is."""
    fewest = _PREVIEW * max((_pixels(own, window) for own in spectra), default=0)
    lit = (i for i, own in enumerate(spectra, 1) if _pixels(own, window) >= fewest and _has_light(own, window))
    return next(lit, 1)


def _pixels(orders: list[Order], window: Window) -> int:
    return sum(int(window.holds(order.wavelength).sum()) for order in orders)


def _has_light(orders: list[Order], window: Window) -> bool:
    return has_light(np.concatenate([order.flux[window.holds(order.wavelength)] for order in orders]))


def drop_repeats(orders: list[Order]) -> tuple[list[Order], int]:
    """Orders without those that repeat another to the last digit, which hold no new information; and how many."""
    kept = {_digest(order): order for order in reversed(orders)}  # of equals the first stays
    found = list(reversed(kept.values()))
    if len(found) < len(orders):
        known = {id(order) for order in found}
        found = [order for order in orders if id(order) in known]
    return found, len(orders) - len(found)


def separate(orders: list[Order], window: Window | None = None) -> list[list[Order]]:
    """The spectra of a file, each with its orders, in the order of the file.

    Args:
        orders: with strictly increasing wavelengths.
        window: near which a stretch inside another is a spectrum of its own, however short; nowhere by default.
    """
    clusters: list[list[Order]] = []
    first, last = np.empty(len(orders)), np.empty(len(orders))  # wavelengths of the first order of each cluster
    for order in sorted(orders, key=lambda o: o.number):
        home = None
        if len(order.wavelength) > 1:
            lower, upper, n = order.wavelength[0], order.wavelength[-1], len(clusters)
            overlap = np.minimum(last[:n], upper) - np.maximum(first[:n], lower)
            same = overlap > _SAME * np.maximum(last[:n] - first[:n], upper - lower)
            near = window is not None and lower < window.upper + REACH and upper > window.lower - REACH
            for i in np.flatnonzero((overlap > 0) & ~same) if near else ():
                same[i] = _shares_pixels(order.wavelength, clusters[i][0].wavelength)
            home = clusters[int(np.where(same, overlap, -np.inf).argmax())] if same.any() else None
        if home is None:
            ends = order.wavelength[[0, -1]] if len(order.wavelength) > 1 else (np.nan, np.nan)
            first[len(clusters)], last[len(clusters)] = ends
            clusters.append([order])
        else:
            home.append(order)
    count = max((len(cluster) for cluster in clusters), default=0)
    return [[cluster[i] for cluster in clusters if i < len(cluster)] for i in range(count)]


def _shares_pixels(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether most of the shorter of two ascending stretches lies on wavelengths that the other measured too."""
    low, high = max(one[0], other[0]), min(one[-1], other[-1])
    counts = [int(np.diff(np.searchsorted(own, (low, high)))[0]) for own in (one, other)]
    short = 0 if one[-1] - one[0] < other[-1] - other[0] else 1
    return counts[short] > _SHORTER * len((one, other)[short]) and counts[1 - short] > _DENSE * counts[short]


def _digest(order: Order) -> bytes:
    """The same for two orders of equal wavelengths and fluxes, whatever the sign of a zero and the bits of a NaN."""
    flux = np.where(np.isnan(order.flux), np.nan, order.flux + 0.0)
    found = blake2b(str(len(flux)).encode())
    found.update(np.ascontiguousarray(order.wavelength + 0.0).tobytes())
    found.update(flux.tobytes())
    return found.digest()

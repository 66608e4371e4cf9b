"""Stretches that share their wavelengths are several spectra of one file, stars, epochs or fibres, and never orders."""

from __future__ import annotations

import numpy as np

from dtl.readers.orders import Order

__all__ = ["drop_repeats", "separate"]

#: Two stretches are the same wavelengths twice where they overlap by this part of the longer; orders meet at the ends.
_SAME = 0.6


def drop_repeats(orders: list[Order]) -> tuple[list[Order], int]:
    """Orders without those that repeat another to the last digit, which hold no new information; and how many."""
    kept: list[Order] = []
    for order in orders:
        if not any(_identical(order, other) for other in kept):
            kept.append(order)
    return kept, len(orders) - len(kept)


def separate(orders: list[Order]) -> list[list[Order]]:
    """The spectra of a file, each with its orders, in the order of the file.

    Args:
        orders: with strictly increasing wavelengths.
    """
    clusters: list[list[Order]] = []
    for order in sorted(orders, key=lambda o: o.number):
        home = next((c for c in clusters if _share(c[0], order)), None)
        if home is None:
            clusters.append([order])
        else:
            home.append(order)
    count = max((len(cluster) for cluster in clusters), default=0)
    return [[cluster[i] for cluster in clusters if i < len(cluster)] for i in range(count)]


def _share(one: Order, other: Order) -> bool:
    if len(one.wavelength) < 2 or len(other.wavelength) < 2:
        return False
    overlap = min(one.wavelength[-1], other.wavelength[-1]) - max(one.wavelength[0], other.wavelength[0])
    longer = max(np.ptp(one.wavelength), np.ptp(other.wavelength))
    return bool(overlap > _SAME * longer)


def _identical(one: Order, other: Order) -> bool:
    return np.array_equal(one.wavelength, other.wavelength) and np.array_equal(one.flux, other.flux, equal_nan=True)

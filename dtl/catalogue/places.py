"""Whether positions in headers of spectra are of one star."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["MAX_SEPARATION", "same_place"]

#: Positions this near are of one star, arcsec: 5 for pointing and rounding, and 25 for proper motion, as a header may
#: give the position of a catalogue (J2000) or of the night: 1 arcsec/yr in 25 years. What moves faster is near, and
#: known by its name; the components of a wide binary can lie nearer than this and are told by theirs.
MAX_SEPARATION = 30.0


def same_place(some: Sequence[tuple[float, float]], others: Sequence[tuple[float, float]]) -> bool:
    """Whether any of some positions is within `MAX_SEPARATION` of any of others.

    Args:
        some: right ascension and declination, degrees.
        others: the same.
    """
    (ra, dec), (ra2, dec2) = (np.radians(np.array(places, dtype=float)).T for places in (some, others))
    north = dec[:, None] - dec2
    east = ra[:, None] - ra2
    # haversine: exact for small angles
    half = np.sin(north / 2) ** 2 + np.cos(dec)[:, None] * np.cos(dec2) * np.sin(east / 2) ** 2
    return bool((2 * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))) < np.radians(MAX_SEPARATION / 3600.0)).any())

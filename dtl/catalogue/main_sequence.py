"""The empirical main sequence of M dwarfs: radius, mass and log g by published relations.

- Radius by Teff and [Fe/H]: Mann et al. 2015, ApJ 804, 64, Table 1 with its erratum 2016, ApJ 819, 87; scatter 9.3 %,
  for 2700-4100 K.
- Mass by radius: Schweitzer et al. 2019, A&A 625, A68, equation 6; for eclipsing M dwarfs of 0.09-0.6 solar masses.
"""

from __future__ import annotations

import numpy as np

__all__ = ["SCATTER", "mass_of_radius", "radius", "sequence_logg"]

#: Of Teff/3500 K, constant first, and what [Fe/H] multiplies.
_RADIUS = (16.7700, -54.3210, 57.6627, -19.6994)
_METALS = 0.4565
_TEFF = (2700.0, 4100.0)
#: Mass = first + second times radius, solar units.
_MASS = (-0.0240, 1.055)
#: log g of the Sun, cgs (IAU 2015 resolution B3).
_SUN = 4.438
#: Standard deviation of log g about the sequence, dex: 9.3 % in radius.
SCATTER = 0.04


def radius(teff: np.ndarray, mh: np.ndarray) -> np.ndarray:
    """Radius in solar radii at Teff [K], held beyond 2700-4100 K, and [M/H]; any common shape."""
    x = np.clip(np.asarray(teff, dtype=float), *_TEFF) / 3500.0
    return np.polynomial.polynomial.polyval(x, _RADIUS) * (1.0 + _METALS * np.asarray(mh, dtype=float))


def mass_of_radius(radius: np.ndarray) -> np.ndarray:
    """Mass in solar masses of M dwarfs of a radius in solar radii, any shape."""
    return _MASS[0] + _MASS[1] * np.asarray(radius, dtype=float)


def sequence_logg(teff: np.ndarray, mh: np.ndarray) -> np.ndarray:
    """log g (cgs) of the main sequence at Teff [K] and [M/H]; any common shape."""
    size = radius(teff, mh)
    return _SUN + np.log10(mass_of_radius(size)) - 2.0 * np.log10(size)

"""Mass and radius of M dwarfs by published relations, each with its error and source.

- Radius by luminosity and Teff: the law of Stefan and Boltzmann, with the nominal Sun.
- Radius by Teff and [Fe/H]: Mann et al. 2015 (`dtl.catalogue.main_sequence.radius`); scatter 9.3 %, 2700-4100 K.
- Radius by absolute Ks: Mann et al. 2015, ApJ 804, 64, Table 1 with its erratum 2016, ApJ 819, 87; scatter 2.89 %,
  4.6 < M_Ks < 9.8.
- Mass by radius: Schweitzer et al. 2019, A&A 625, A68, equation 6, from eclipsing M dwarfs.
- Mass by absolute Ks: Mann et al. 2019, ApJ 871, 63, Table 6, from astrometric binaries; scatter 2.0 %, for
  0.075-0.70 solar masses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dtl.catalogue import main_sequence
from dtl.catalogue.luminosity import SOLAR_TEFF, LuminosityInput
from dtl.catalogue.published_stars import Reference, references
from dtl.result import Estimate

__all__ = ["AbsoluteMagnitude", "Derived", "absolute_magnitude", "mass_and_radius"]

_MANN_2019 = Reference("Mann et al. 2019", "2019ApJ...871...63M", "https://arxiv.org/abs/1811.06938")
#: Coefficients of the powers of M_Ks, constant first, range and relative scatter.
_RADIUS_KS, _KS, _RADIUS_SCATTER = (1.9515, -0.3520, 0.01680), (4.6, 9.8), 0.0289
#: The same of log mass in powers of M_Ks - 7.5; masses of the stars of the relation.
_MASS_KS, _MASSES, _MASS_SCATTER = (-0.642, -0.208, -8.43e-4, 7.87e-3, 1.42e-4, -2.13e-4), (0.075, 0.70), 0.020
#: Relative scatter of `main_sequence.radius`, and where it holds, K.
_TEFF_SCATTER, _TEFF = 0.093, (2700.0, 4100.0)
#: Errors of constant and slope of `main_sequence.mass_of_radius`, which the publication gives, and the masses of its
#: stars.
_MASS_ERRORS, _ECLIPSING = (0.0076, 0.017), (0.09, 0.6)


class AbsoluteMagnitude(NamedTuple):
    """An absolute magnitude in 2MASS Ks with its 1-sigma error, mag."""

    value: float
    error: float


@dataclass(frozen=True)
class Derived:
    """A mass or a radius of a star.

    Attributes:
        quantity: ``radius`` or ``mass``.
        value, error: in solar units, 1 sigma with the scatter of the relation.
        method: what it follows from and by which relation, in words.
        reference: of the relation, None for a law of physics.
    """

    quantity: str
    value: float
    error: float
    method: str
    reference: Reference | None = None

    @property
    def unit(self) -> str:
        """As people write it."""
        return {"radius": "R☉", "mass": "M☉"}[self.quantity]


def absolute_magnitude(magnitude: float, error: float, distance: float, distance_error: float) -> AbsoluteMagnitude:
    """M = m - 5 log10(d / 10 pc); magnitudes in mag, distances in pc, no extinction."""
    value = magnitude - 5.0 * np.log10(distance / 10.0)
    return AbsoluteMagnitude(float(value), float(np.hypot(error, 5.0 / np.log(10.0) * distance_error / distance)))


def mass_and_radius(
    teff: Estimate, mh: Estimate, luminosity: LuminosityInput | None = None, ks: AbsoluteMagnitude | None = None
) -> list[Derived]:
    """What published relations say of a star, the surest first; without those that do not hold for it.

    Args:
        teff, mh: in K and dex.
        luminosity: where it is known.
        ks: where it is known.
    """
    found = []
    if ks is not None:
        found += [_radius_by_ks(ks), _mass_by_ks(ks)]
    if luminosity is not None and not teff.withheld:
        found += _by_luminosity(teff, luminosity)
    if not (teff.withheld or mh.withheld):
        found.append(_radius_by_teff(teff, mh))
    return [derived for derived in found if derived is not None]


def _by_luminosity(teff: Estimate, luminosity: LuminosityInput) -> list[Derived]:
    """R = sqrt(L) (T_sun / Teff)^2 in solar units, and the mass that eclipsing M dwarfs of that radius have."""
    radius = np.sqrt(luminosity.value) * (SOLAR_TEFF / teff.value) ** 2
    error = radius * np.hypot(0.5 * luminosity.error / luminosity.value, (teff.lower + teff.upper) / teff.value)
    found = Derived("radius", float(radius), float(error), "luminosity and Teff, Stefan–Boltzmann")
    mass = float(main_sequence.mass_of_radius(radius))
    if not _ECLIPSING[0] <= mass <= _ECLIPSING[1]:
        return [found]
    spread = np.hypot.reduce([_MASS_ERRORS[0], _MASS_ERRORS[1] * radius, main_sequence.mass_of_radius(1.0 + error)
                              - main_sequence.mass_of_radius(1.0)])  # fmt: skip
    return [
        found,
        Derived("mass", mass, float(spread), "that radius, eclipsing M dwarfs", references()["schweitzer2019"]),
    ]


def _radius_by_teff(teff: Estimate, mh: Estimate) -> Derived | None:
    if not _TEFF[0] <= teff.value <= _TEFF[1]:
        return None
    radius = float(main_sequence.radius(teff.value, mh.value))
    ends = [
        float(main_sequence.radius(teff.value + 0.5 * (teff.lower + teff.upper), mh.value)) - radius,
        float(main_sequence.radius(teff.value, mh.value + 0.5 * (mh.lower + mh.upper))) - radius,
    ]
    error = float(np.hypot.reduce([*ends, _TEFF_SCATTER * radius]))
    return Derived("radius", radius, error, "Teff and [M/H], main sequence", references()["mann2015"])


def _radius_by_ks(ks: AbsoluteMagnitude) -> Derived | None:
    if not _KS[0] <= ks.value <= _KS[1]:
        return None
    powers = np.polynomial.Polynomial(_RADIUS_KS)
    radius = float(powers(ks.value))
    error = float(np.hypot(powers.deriv()(ks.value) * ks.error, _RADIUS_SCATTER * radius))
    return Derived("radius", radius, error, "absolute Ks", references()["mann2015"])


def _mass_by_ks(ks: AbsoluteMagnitude) -> Derived | None:
    powers = np.polynomial.Polynomial(_MASS_KS)
    mass = float(10.0 ** powers(ks.value - 7.5))
    if not _MASSES[0] <= mass <= _MASSES[1]:
        return None
    slope = np.log(10.0) * powers.deriv()(ks.value - 7.5) * ks.error
    return Derived("mass", mass, float(mass * np.hypot(slope, _MASS_SCATTER)), "absolute Ks", _MANN_2019)

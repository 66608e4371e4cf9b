"""Oxygen in the Earth's atmosphere as a wavelength standard: its A band near 7600 Angstrom stands in most spectra.

Where its lines lie 82 km/s off, the wavelengths are in the other medium than was taken, whatever the file says.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from dtl.readers.pixels.orders import Order
from dtl.wavelengths import SPEED_OF_LIGHT

__all__ = ["BAND", "oxygen_lines", "oxygen_velocity"]

#: The band, vacuum Angstrom.
BAND = (7594.0, 7700.0)
#: Constants of the two states of 16O2 in 1/cm, v = 0: origin, B, D of the upper state; B, D, lambda, gamma of the lower
#: (Babcock & Herzberg 1948, ApJ 108, 167; Rouille et al. 1992, J. Mol. Spectrosc. 154, 372).
_ORIGIN, _B_UPPER, _D_UPPER = 13120.909, 1.3912496, 5.3699e-6
_B, _D, _LAMBDA, _GAMMA = 1.4376766, 4.8402e-6, 1.9847511, -8.42535e-3
#: Temperature of the air in kelvin, and the second radiation constant in cm K.
_TEMPERATURE, _C2 = 260.0, 1.4387769
#: Velocities that are tried either way and their step, km/s; optical depth of the strongest line, width of the lines.
_RANGE, _STEP, _DEPTH, _WIDTH = 150.0, 2.0, 20.0, 0.25
#: Height of the correlation that is believed, the least part of it by which it leads, and how far off a rival stands.
_HEIGHT, _LEAD, _RIVAL = 0.5, 0.2, 20.0
#: Least part of the band that must be there.
_COVERED = 0.6


@lru_cache(maxsize=1)
def oxygen_lines() -> tuple[np.ndarray, np.ndarray]:
    """Lines of the A band, b(0) - X(0) of 16O2.

    The lower levels are Hund's case b with spin-spin and spin-rotation coupling (Schlapp 1937, Phys. Rev. 51, 342);
    the names of the branches are those of Babcock & Herzberg.

    Returns:
        Vacuum Angstrom, and strengths relative to the strongest; shape ``(k,)`` each.
    """
    places, strengths = [], []
    for n in range(1, 40, 2):
        middle = _B * n * (n + 1) - _D * (n * (n + 1)) ** 2
        upper_j = 2 * n + 3
        lower_j = 2 * n - 1
        first = middle + upper_j * _B - _LAMBDA - np.sqrt((upper_j * _B) ** 2 + _LAMBDA**2 - 2 * _LAMBDA * _B)
        first += _GAMMA * (n + 1)
        third = middle - lower_j * _B - _LAMBDA + np.sqrt((lower_j * _B) ** 2 + _LAMBDA**2 - 2 * _LAMBDA * _B)
        third -= _GAMMA * n
        population = np.exp(-_C2 * middle / _TEMPERATURE)
        for level, upper, weight in (  # PP, PQ, RR, RQ
            (middle, n - 1, n), (third, n - 1, n - 0.5), (middle, n + 1, n + 1), (first, n + 1, n + 0.5),
        ):  # fmt: skip
            energy = _ORIGIN + _B_UPPER * upper * (upper + 1) - _D_UPPER * (upper * (upper + 1)) ** 2
            places.append(1e8 / (energy - level))
            strengths.append(weight * population)
    rank = np.argsort(places)
    return np.array(places)[rank], (np.array(strengths) / max(strengths))[rank]


def oxygen_velocity(orders: Sequence[Order]) -> float | None:
    """Velocity of the oxygen lines in the wavelengths of a file, km/s; None where they are not seen clearly.

    0 where the wavelengths are in vacuum as observed, Earth's motion where that was taken out, and 82 km/s beside
    these where air was taken for vacuum or vacuum for air.

    Args:
        orders: with vacuum Angstrom as they were understood.
    """
    best: tuple[float, float] | None = None
    for order in orders:
        found = _match(order)
        if found and (best is None or found[0] > best[0]):
            best = found
    return best[1] if best else None


def _match(order: Order) -> tuple[float, float] | None:
    """Height of the correlation with the band, and its velocity."""
    reach = 1.0 + 1.1 * _RANGE / SPEED_OF_LIGHT
    near = (order.wavelength > BAND[0] / reach) & (order.wavelength < BAND[1] * reach) & np.isfinite(order.flux)
    if near.sum() < 300:
        return None
    wavelength, flux = order.wavelength[near], order.flux[near]
    rank = np.argsort(wavelength, kind="stable")
    wavelength, flux = wavelength[rank], flux[rank]
    low, high = max(BAND[0], wavelength[0] * reach), min(BAND[1], wavelength[-1] / reach)
    if high - low < _COVERED * (BAND[1] - BAND[0]) or np.diff(wavelength).max() > 20.0:
        return None
    grid = np.arange(low, high, 0.04)
    template = np.exp(-_optical_depth(grid))
    velocities = np.arange(-_RANGE, _RANGE + _STEP, _STEP)
    correlation = np.array(
        [_pearson(template, np.interp(grid * (1.0 + v / SPEED_OF_LIGHT), wavelength, flux)) for v in velocities]
    )
    peak = int(np.argmax(correlation))
    far = np.abs(velocities - velocities[peak]) > _RIVAL
    height = float(correlation[peak])
    if not 0 < peak < len(velocities) - 1 or height < _HEIGHT or correlation[far].max() > (1.0 - _LEAD) * height:
        return None
    left, centre, right = correlation[peak - 1 : peak + 2]
    return height, float(velocities[peak] + 0.5 * _STEP * (left - right) / (left - 2 * centre + right))


def _optical_depth(wavelength: np.ndarray) -> np.ndarray:
    places, strengths = oxygen_lines()
    offset = (wavelength[:, None] - places) / (_WIDTH / 2.3548)
    return _DEPTH * (strengths * np.exp(-0.5 * offset**2)).sum(axis=1)


def _pearson(one: np.ndarray, other: np.ndarray) -> float:
    if np.ptp(other) == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])

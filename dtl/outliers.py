"""When not to believe a value: outside the grid, unlike the grid, beyond what the resolution shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtl.result import Estimate
from dtl.wavelengths import SPEED_OF_LIGHT

__all__ = ["HULL_UNIT", "Reference", "find_flags", "hull_distance", "percentile", "vsini_limit"]

#: One unit of the distance to the hull in Teff [K], log g and [M/H]: two steps of the grid in Teff, and in the
#: others the 0.15 dex by which published values of the same star differ.
HULL_UNIT = np.array([50.0, 0.15, 0.15])
_OUTSIDE = 1.0
#: Half a step of the grid: an estimate so far beyond the last node lies outside.
_HALF_STEP = np.array([12.5, 0.05, 0.05])
#: Networks saturate: a spectrum unlike the models whose Teff comes out this close to an end lies beyond it, K.
_SATURATED = 100.0
#: Rms of data minus reconstruction beyond the noise that is too much, at these Teff [K], linear in between. Networks
#: not adapted to real stars leave 3.3 % for an M4 dwarf and 2.7 % for M2.5: the fewer molecules, the smaller the gap.
_UNLIKE_TEFF, _UNLIKE_RMS = (3250.0, 3700.0), (0.045, 0.03)
#: Rotation below this part of the instrumental FWHM cannot be told from the resolution. CARMENES sets its limit at
#: 0.63 (2 km/s; Reiners et al. 2018, A&A 612, A49); networks not adapted to real stars give up to 0.77 for Barnard's
#: star, which turns at less than 2 km/s.
_UNRESOLVED = 0.8


@dataclass(frozen=True)
class Reference:
    """What good stars look like: quantiles 0 to 100 % of a score at several signal-to-noise ratios.

    Attributes:
        snr: increasing; shape ``(b,)``.
        quantiles: shape ``(b, 101)``.
    """

    snr: np.ndarray
    quantiles: np.ndarray


def percentile(score: float, snr: float, reference: Reference) -> float:
    """Percentage of good stars at this signal-to-noise ratio with a lower score, 0 to 100."""
    position = np.interp(np.log(max(snr, 1e-3)), np.log(reference.snr), np.arange(len(reference.snr)))
    low = int(position)
    high = min(low + 1, len(reference.snr) - 1)
    fraction = position - low
    quantiles = (1 - fraction) * reference.quantiles[low] + fraction * reference.quantiles[high]
    return float(np.interp(score, quantiles, np.arange(101.0)))


def hull_distance(parameters: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """Distance from (Teff, log g, [M/H]) to the nearest node triple, in units of 50 K and 0.15 dex.

    The grid is a band along the main sequence: a star may be inside every range and still far from any node.

    Args:
        parameters: shape ``(k, 3)`` or wider.
        nodes: shape ``(m, 3)`` or wider.
    """
    triples = np.unique(nodes[:, :3], axis=0) / HULL_UNIT
    points = np.atleast_2d(parameters)[:, :3] / HULL_UNIT
    return np.sqrt(((points[:, None] - triples[None]) ** 2).sum(-1)).min(axis=1)


def vsini_limit(resolution: float) -> float:
    """The v sin i in km/s below which rotation cannot be told from a resolution of lambda/FWHM."""
    return _UNRESOLVED * SPEED_OF_LIGHT / resolution


def find_flags(
    estimates: dict[str, Estimate],
    nodes: np.ndarray,
    *,
    residual_rms: float,
    resolution: float,
) -> list[str]:
    """Doubts that the estimates themselves raise.

    Args:
        estimates: of the four parameters.
        nodes: of the grid; shape ``(m, 4)``.
        residual_rms: of data minus reconstruction, the noise taken off, normalised flux.
        resolution: of the models, lambda/FWHM.
    """
    flags = []
    point = np.array([estimates[name].value for name in ("teff", "logg", "mh")])
    low, high = nodes[:, :3].min(axis=0), nodes[:, :3].max(axis=0)
    vsini = estimates["vsini"].value
    unlike = residual_rms > np.interp(point[0], _UNLIKE_TEFF, _UNLIKE_RMS)
    beyond = np.any((point < low - _HALF_STEP) | (point > high + _HALF_STEP)) or vsini > 1.05 * nodes[:, 3].max()
    saturated = unlike and not low[0] + _SATURATED < point[0] < high[0] - _SATURATED
    if beyond or saturated or hull_distance(point, nodes)[0] > _OUTSIDE:
        flags.append("outside_grid")
    if unlike:
        flags.append("out_of_distribution")
    if vsini < vsini_limit(resolution):
        flags.append("upper_limit_vsini")
    return flags

"""When not to believe a value: outside the grid, unlike the grid, beyond what the resolution shows."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from dtl.result import Estimate
from dtl.spectrum import PreparedSpectrum
from dtl.wavelengths import SPEED_OF_LIGHT, WINDOW

__all__ = [
    "HULL_UNIT",
    "find_flags",
    "hull_distance",
    "trust_scores",
    "vsini_limit",
]

#: One unit of the distance to the hull in Teff [K], log g and [M/H]: two steps of the grid in Teff, and in the
#: others the 0.15 dex by which published values of the same star differ.
HULL_UNIT = np.array([50.0, 0.15, 0.15])
_OUTSIDE = 1.0
#: Half a step of the grid: an estimate so far beyond the last node lies outside.
_HALF_STEP = np.array([12.5, 0.05, 0.05])
#: Networks saturate: a spectrum unlike the models whose Teff comes out this close to an end lies beyond it, K.
_SATURATED = 100.0
#: Sigma of the smoothing that leaves what no line does: fringes, sky, another continuum; points of 0.01 Angstrom.
_SLOW = 50
#: Periods of fringes that are looked for, Angstrom.
_PERIODS = (0.8, 9.0)
#: Differences between members that count alike: K, dex, dex, km/s.
_SPREAD_UNIT = {"teff": 30.0, "logg": 0.06, "mh": 0.06, "vsini": 0.5}
#: Rotation below this part of the instrumental FWHM cannot be told from the resolution. CARMENES sets its limit at
#: 0.63 (2 km/s; Reiners et al. 2018, A&A 612, A49); networks not adapted to real stars give up to 0.77 for Barnard's
#: star, which turns at less than 2 km/s.
_UNRESOLVED = 0.8


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


def trust_scores(
    spectrum: PreparedSpectrum, reconstruction: np.ndarray, distance: float, members: dict[str, np.ndarray]
) -> dict[str, float]:
    """The `SCORES` of one spectrum.

    Args:
        spectrum: as prepared.
        reconstruction: what the networks expect it to look like; shape ``(n,)``.
        distance: to the nearest node in latent space.
        members: parameter name -> value of each member; shape ``(members,)``.
    """
    good = spectrum.good
    residual = np.where(good, spectrum.flux - reconstruction, 0.0)
    mse = np.mean(residual[good] ** 2)
    beyond = float(np.sqrt(max(mse - np.mean(spectrum.uncertainty[good] ** 2), 0.0)))
    depth = float(np.sqrt(np.mean((1.0 - spectrum.flux[good]) ** 2)))
    spread = [np.std(values) / _SPREAD_UNIT[name] for name, values in members.items()]
    return {
        "residual": beyond,
        "relative_residual": beyond / max(depth, 1e-6),
        "slow_residual": float(np.std(gaussian_filter1d(residual, _SLOW)[good])),
        "periodic_residual": _strongest_period(residual),
        "latent_distance": distance,
        "member_spread": float(np.sqrt(np.mean(np.square(spread)))),
        "velocity_mismatch": 1.0 - spectrum.rv_quality,
    }


def _strongest_period(residual: np.ndarray) -> float:
    """Amplitude of the strongest sinusoid in residuals ``(n,)`` on the window's points, by a tapered periodogram."""
    taper = np.hanning(residual.size)
    spectrum = np.abs(np.fft.rfft((residual - residual.mean()) * taper, 4 * residual.size))
    frequency = np.fft.rfftfreq(4 * residual.size, (WINDOW[1] - WINDOW[0]) / (residual.size - 1))
    band = (frequency > 1.0 / _PERIODS[1]) & (frequency < 1.0 / _PERIODS[0])
    return float(2.0 * spectrum[band].max() / taper.sum())


def find_flags(
    estimates: dict[str, Estimate],
    nodes: np.ndarray,
    *,
    triples: np.ndarray | None = None,
    strangeness: float,
    threshold: float,
    resolution: float,
) -> list[str]:
    """Doubts that the estimates themselves raise.

    Args:
        estimates: of the four parameters.
        nodes: of the grid; shape ``(m, 4)``.
        triples: the distinct Teff, log g, [M/H] of the nodes, where they are known; shape ``(t, 3)``.
        strangeness: the largest percentile of the `SCORES` among good stars.
        threshold: the percentile from which a spectrum is unlike the models.
        resolution: of the models, lambda/FWHM.
    """
    flags = []
    point = np.array([estimates[name].value for name in ("teff", "logg", "mh")])
    low, high = nodes[:, :3].min(axis=0), nodes[:, :3].max(axis=0)
    vsini = estimates["vsini"].value
    unlike = strangeness >= threshold
    beyond = np.any((point < low - _HALF_STEP) | (point > high + _HALF_STEP)) or vsini > 1.05 * nodes[:, 3].max()
    saturated = unlike and not low[0] + _SATURATED < point[0] < high[0] - _SATURATED
    if beyond or saturated or hull_distance(point, nodes if triples is None else triples)[0] > _OUTSIDE:
        flags.append("outside_grid")
    if unlike:
        flags.append("out_of_distribution")
    if vsini < vsini_limit(resolution):
        flags.append("upper_limit_vsini")
    return flags

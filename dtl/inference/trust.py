"""How strange a spectrum is, and how far an estimate lies from the grid: what `dtl.inference.judgement` judges by."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.signal import ZoomFFT, fftconvolve
from scipy.signal.windows import gaussian

from dtl.spectrum import PreparedSpectrum

__all__ = ["HULL_UNIT", "fills_box", "hull_distance", "trust_scores"]

#: One unit of the distance to the hull in Teff [K], log g and [M/H]: two steps of the grid in Teff, and in the
#: others the 0.15 dex by which published values of the same star differ.
HULL_UNIT = np.array([50.0, 0.15, 0.15])
#: Values of a node that differ by less are the same: K, dex, dex.
_SAME = 1e-3
#: Sigma of the smoothing that leaves what no line does: fringes, sky, another continuum; points of 0.01 Angstrom.
_SLOW = 50
#: Periods of fringes that are looked for, Angstrom.
_PERIODS = (0.8, 9.0)
#: Differences between members that count alike: K, dex, dex, km/s.
_SPREAD_UNIT = {"teff": 30.0, "logg": 0.06, "mh": 0.06, "vsini": 0.5}


def hull_distance(parameters: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """Distance from (Teff, log g, [M/H]) to the models, in units of 50 K and 0.15 dex.

    Nodes that fill a box, which have all of its corners, leave nothing out inside. Others are a band along the main
    sequence, where a star may be inside every range and still far from any node: there it is the nearest node's.

    Args:
        parameters: shape ``(k, 3)`` or wider.
        nodes: shape ``(m, 3)`` or wider.
    """
    triples = nodes[:, :3] / HULL_UNIT
    points = np.atleast_2d(parameters)[:, :3] / HULL_UNIT
    if fills_box(nodes):
        beyond = np.maximum(np.maximum(triples.min(axis=0) - points, points - triples.max(axis=0)), 0.0)
        return np.sqrt((beyond**2).sum(axis=1))
    return np.sqrt(((points[:, None] - triples[None]) ** 2).sum(-1)).min(axis=1)


def fills_box(nodes: np.ndarray) -> bool:
    """Whether nodes of shape ``(m, 3)`` or wider have all eight corners of their ranges."""
    triples = nodes[:, :3]
    ends = triples - triples.min(axis=0) < _SAME, triples.max(axis=0) - triples < _SAME
    at_corner = (ends[0] | ends[1]).all(axis=1)
    return len(set((ends[1][at_corner] @ (1, 2, 4)).tolist())) == 8


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
        "slow_residual": float(np.std(_smoothed(residual)[good])),
        "periodic_residual": _strongest_period(residual, float(np.ptp(spectrum.wavelength))),
        "latent_distance": distance,
        "member_spread": float(np.sqrt(np.mean(np.square(spread)))),
        "velocity_mismatch": 1.0 - spectrum.rv_quality,
    }


def _smoothed(residual: np.ndarray) -> np.ndarray:
    """Residuals ``(n,)`` under a Gaussian of 4 sigma either side, mirrored at both ends."""
    kernel = gaussian(8 * _SLOW + 1, _SLOW)
    return fftconvolve(np.pad(residual, 4 * _SLOW, mode="symmetric"), kernel / kernel.sum(), mode="valid")


def _strongest_period(residual: np.ndarray, width: float) -> float:
    """Amplitude of the strongest sinusoid in residuals ``(n,)`` over ``width`` Angstrom, by a tapered periodogram."""
    taper, transform = _periodogram(residual.size, width)
    return float(2.0 * np.abs(transform((residual - residual.mean()) * taper)).max() / taper.sum())


@lru_cache(maxsize=8)
def _periodogram(points: int, width: float) -> tuple[np.ndarray, ZoomFFT]:
    """The taper, and the Fourier transform at frequencies between those of `_PERIODS`, four to an independent one."""
    frequency = np.fft.rfftfreq(4 * points, width / (points - 1))
    band = frequency[(frequency > 1.0 / _PERIODS[1]) & (frequency < 1.0 / _PERIODS[0])]
    transform = ZoomFFT(points, (band[0], band[-1]), band.size, fs=(points - 1) / width, endpoint=True)
    return np.hanning(points), transform

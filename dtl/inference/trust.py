"""How strange a spectrum is, and how far an estimate lies from the grid: what `dtl.inference.judgement` judges by."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

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
    prepared: Sequence[PreparedSpectrum],
    reconstruction: np.ndarray,
    distance: np.ndarray,
    members: dict[str, np.ndarray],
) -> dict[str, np.ndarray]:
    """The `SCORES` of spectra, each of shape ``(k,)``.

    Args:
        prepared: the spectra; length ``k``.
        reconstruction: what the networks expect them to look like; shape ``(k, n)``.
        distance: to the nearest node in latent space; shape ``(k,)``.
        members: parameter name -> value of each member; shape ``(members, k)``.
    """
    flux, uncertainty, good = (np.stack([getattr(p, of) for p in prepared]) for of in ("flux", "uncertainty", "good"))
    residual = np.where(good, flux - reconstruction, 0.0)
    excess = _mean(residual**2, good) - _mean(uncertainty**2, good)
    beyond = np.sqrt(np.maximum(excess, 0.0))
    depth = np.sqrt(_mean((1.0 - flux) ** 2, good))
    smoothed = _smoothed(residual)
    slow = _mean((smoothed - _mean(smoothed, good)[:, None]) ** 2, good)
    spread = [np.std(values, axis=0) / _SPREAD_UNIT[name] for name, values in members.items()]
    return {
        "residual": beyond,
        "relative_residual": beyond / np.maximum(depth, 1e-6),
        "slow_residual": np.sqrt(slow),
        "periodic_residual": _strongest_period(residual, float(np.ptp(prepared[0].wavelength))),
        "latent_distance": distance,
        "member_spread": np.sqrt(np.mean(np.square(spread), axis=0)),
        "velocity_mismatch": np.array([1.0 - p.rv_quality for p in prepared]),
    }


def _mean(values: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Mean over the good points of each spectrum; values ``(k, n)``."""
    return np.where(good, values, 0.0).sum(axis=1) / good.sum(axis=1)


def _smoothed(residual: np.ndarray) -> np.ndarray:
    """Residuals ``(k, n)`` under a Gaussian of 4 sigma either side, mirrored at both ends."""
    kernel = np.exp(-0.5 * (np.arange(-4 * _SLOW, 4 * _SLOW + 1) / _SLOW) ** 2)
    mirrored = np.pad(residual, ((0, 0), (4 * _SLOW, 4 * _SLOW)), mode="symmetric")
    length = next_fast_len(mirrored.shape[1], real=True)
    # As `scipy.signal.fftconvolve`, which takes half a second to load. What comes round from the other end is left out.
    found = irfft(rfft(mirrored, length) * rfft(kernel / kernel.sum(), length), length)
    return found[:, kernel.size - 1 : mirrored.shape[1]]


def _strongest_period(residual: np.ndarray, width: float) -> np.ndarray:
    """Amplitude of the strongest sinusoid in residuals ``(k, n)`` over ``width`` Angstrom, by a tapered periodogram."""
    taper, cosines, sines = _periodogram(residual.shape[1], width)
    tapered = (residual - residual.mean(axis=1, keepdims=True)) * taper
    return 2.0 * np.hypot(tapered @ cosines, tapered @ sines).max(axis=1) / taper.sum()


@lru_cache(maxsize=8)
def _periodogram(points: int, width: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The taper ``(n,)``, and waves ``(n, f)`` with periods between `_PERIODS`, four to an independent frequency."""
    frequency = np.fft.rfftfreq(4 * points, width / (points - 1))
    band = frequency[(frequency > 1.0 / _PERIODS[1]) & (frequency < 1.0 / _PERIODS[0])]
    phase = 2.0 * np.pi * np.outer(np.linspace(0.0, width, points), band)
    return np.hanning(points), np.cos(phase), np.sin(phase)

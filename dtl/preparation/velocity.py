"""Radial velocity by cross-correlation with synthetic templates, in the logarithm of the wavelength."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft

from dtl.preparation.broadening import log_grid
from dtl.preparation.continuum import fit_continuum
from dtl.wavelengths import SPEED_OF_LIGHT, Window

__all__ = ["Velocity", "add_velocities", "measure_velocity"]

#: Velocity step of the correlation, km/s; the peak is then placed by a parabola.
_STEP = 0.3
#: Velocities searched, km/s either way: the fastest halo stars and the Earth's motion.
_RANGE = 400.0
#: Part of the template that must overlap the data for a velocity to be considered. Less than what preparation
#: asks for: where the true velocity were not considered, a wrong one that covers more would be found instead.
_OVERLAP = 0.5
#: Below this height of the peak, or with a rival this close to it, the velocity is not to be trusted.
_WEAK, _RIVAL = 0.45, 0.93
_RIVAL_DISTANCE = 25.0


@dataclass(frozen=True)
class Velocity:
    """A measured velocity.

    Attributes:
        value: km/s, in the frame of the wavelengths given; positive is receding.
        quality: height of the peak, the correlation coefficient at the best shift, -1 to 1.
        uncertain: True where the peak is weak, has a rival, or lies at the end of the range.
        template: which template correlated best.
        velocities: searched, km/s; shape ``(n,)``.
        correlation: coefficient at each, NaN where too little overlaps; shape ``(n,)``.
    """

    value: float
    quality: float
    uncertain: bool
    template: int
    velocities: np.ndarray
    correlation: np.ndarray


def add_velocities(first: float, second: float) -> float:
    """Sum of two radial velocities in km/s: Doppler factors multiply, (1 + z1)(1 + z2)."""
    return first + second + first * second / SPEED_OF_LIGHT


def measure_velocity(
    wavelength: np.ndarray, flux: np.ndarray, template_wavelength: np.ndarray, templates: np.ndarray
) -> Velocity:
    """Velocity of a spectrum against templates at rest.

    At each shift the Pearson coefficient is taken over the points where template and data overlap, so that
    neither gaps nor the ends of the data pull the peak. The templates compete by the height of their peaks.

    Args:
        wavelength: vacuum Angstrom, increasing; shape ``(n,)``.
        flux: any linear unit, NaN where bad; shape ``(n,)``.
        template_wavelength: rest, vacuum Angstrom; shape ``(m,)``.
        templates: normalised flux; shape ``(k, m)``.

    Raises:
        ValueError: where the data overlap the window at no velocity.
    """
    reach = 1.0 + 1.1 * _RANGE / SPEED_OF_LIGHT
    near = (wavelength > template_wavelength[0] / reach) & (wavelength < template_wavelength[-1] * reach)
    x, y = wavelength[near], flux[near]
    good = np.isfinite(y)
    if good.sum() < 50:
        raise ValueError(
            f"only {good.sum()} usable points near {template_wavelength[0]:.0f}-{template_wavelength[-1]:.0f} Angstrom"
        )
    continuum = fit_continuum(x, y, window=Window(float(x[0]), float(x[-1]), margin=0.0))
    # Data and templates on one grid of constant velocity step, the templates' start aligned with it.
    grid = log_grid(x[0], x[-1], _STEP)
    present = np.interp(grid, x, good.astype(float)) > 0.99
    data = np.where(present, 1.0 - np.interp(grid, x[good], (y / continuum)[good]), 0.0)
    offset = int(np.ceil(np.log(template_wavelength[0] / grid[0]) / (_STEP / SPEED_OF_LIGHT)))
    step = np.exp(_STEP / SPEED_OF_LIGHT)
    start = grid[0] * step**offset
    points = int(np.log(template_wavelength[-1] / start) / np.log(step))
    rest = start * step ** np.arange(points)
    depth = np.stack([1.0 - np.interp(rest, template_wavelength, t) for t in templates])

    most = int(_RANGE / _STEP)
    lags = np.arange(max(offset - most, 1 - points), min(offset + most, len(grid) - 1) + 1)
    overlap, sum_f, sum_ff = _sums(np.stack([present, data, data**2]), lags, lags + points)
    sum_t, sum_tt, sum_ft = _seen(depth, present, lags), _seen(depth**2, present, lags), _products(data, depth, lags)
    enough = overlap > _OVERLAP * points
    n = np.where(enough, overlap, 1.0)
    covariance = sum_ft - sum_f * sum_t / n
    variance = np.maximum(sum_ff - sum_f**2 / n, 1e-12) * np.maximum(sum_tt - sum_t**2 / n, 1e-12)
    correlation = np.where(enough, covariance / np.sqrt(variance), np.nan)
    if not np.isfinite(correlation).any():
        raise ValueError(f"the spectrum reaches from {x[0]:.1f} to {x[-1]:.1f} Angstrom and misses most of the window")
    best = int(np.nanargmax(np.nanmax(np.nan_to_num(correlation, nan=-1.0), axis=1)))
    return _place_peak((lags - offset) * _STEP, correlation[best], best)


def _sums(values: np.ndarray, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Sums of values ``(k, n)`` from some places to others, what lies beyond the ends being 0; shape ``(k, l)``."""
    total = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    start, stop = (np.clip(places, 0, values.shape[1]) for places in (start, stop))
    return total[:, stop] - total[:, start]


def _seen(depth: np.ndarray, present: np.ndarray, lags: np.ndarray) -> np.ndarray:
    """Sums of templates, shifted by some lags, over the points where there are data.

    Args:
        depth: of the templates, or its squares; shape ``(k, m)``.
        present: whether there are data; shape ``(n,)``.
        lags: consecutive; shape ``(l,)``.

    Returns:
        Shape ``(k, l)``.
    """
    sums = _sums(depth, -lags, len(present) - lags)
    return sums if present.all() else sums - _products(1.0 - present, depth, lags)


def _products(seen: np.ndarray, depth: np.ndarray, lags: np.ndarray) -> np.ndarray:
    """Sums of the products of data ``(n,)`` with templates ``(k, m)`` at some lags ``(l,)``, by Fourier transform."""
    count, points = len(seen), depth.shape[-1]
    # Long enough that no lag that is asked for meets another one from beyond the ends.
    longest = max(count, points, int(lags[-1]) + points, count - int(lags[0]))
    length = scipy.fft.next_fast_len(longest, real=True)
    transformed = scipy.fft.rfft(seen, length) * scipy.fft.rfft(depth, length).conj()
    return scipy.fft.irfft(transformed, length)[:, lags % length]


def _place_peak(velocities: np.ndarray, correlation: np.ndarray, template: int) -> Velocity:
    filled = np.nan_to_num(correlation, nan=-1.0)
    peak = int(np.argmax(filled))
    quality = float(filled[peak])
    inside = 0 < peak < len(filled) - 1 and filled[peak - 1] > -1 and filled[peak + 1] > -1
    shift = 0.0
    if inside:
        left, centre, right = filled[peak - 1 : peak + 2]
        shift = 0.5 * (left - right) / (left - 2 * centre + right)
    far = np.abs(velocities - velocities[peak]) > _RIVAL_DISTANCE
    rival = float(filled[far].max()) if far.any() else -1.0
    return Velocity(
        value=float(velocities[peak] + shift * _STEP),
        quality=quality,
        uncertain=not inside or quality < _WEAK or rival > _RIVAL * quality,
        template=template,
        velocities=velocities,
        correlation=correlation.copy(),  # a row alone, or it would keep the others in memory
    )

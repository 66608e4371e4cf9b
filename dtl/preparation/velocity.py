"""Radial velocity by cross-correlation with synthetic templates, in the logarithm of the wavelength."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.fft

from dtl.preparation.continuum import fit_continuum
from dtl.wavelengths import SPEED_OF_LIGHT, Window

__all__ = ["Templates", "Velocity", "add_velocities", "measure_velocity"]

#: Velocity step of the correlation, km/s; the peak is then placed by a parabola.
_STEP = 0.3
_LOG_STEP = _STEP / SPEED_OF_LIGHT
#: Velocities searched, km/s either way: the fastest halo stars and the Earth's motion; and how far the data are used
#: beyond the ends of the templates.
_RANGE = 400.0
_REACH = 1.1 * _RANGE
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


@dataclass(frozen=True)
class Templates:
    """Spectra at rest that the data are correlated with, and what of it is the same for all data.

    Attributes:
        wavelength: vacuum Angstrom; shape ``(m,)``.
        flux: normalised; shape ``(k, m)``.
    """

    wavelength: np.ndarray
    flux: np.ndarray

    def grid(self, first: int, points: int) -> np.ndarray:
        """Wavelengths a constant velocity step apart, of which number 0 is the templates' first; ``(points,)``."""
        return self.wavelength[0] * np.exp(_LOG_STEP * np.arange(first, first + points))

    def place(self, wavelength: float) -> float:
        """The number of a wavelength on this grid, between whole ones."""
        return float(np.log(wavelength / self.wavelength[0]) / _LOG_STEP)

    @cached_property
    def depth(self) -> np.ndarray:
        """One minus the flux on the grid from its number 0 on; shape ``(k, points)``."""
        rest = self.grid(0, int(self.place(self.wavelength[-1])))
        return np.stack([1.0 - np.interp(rest, self.wavelength, flux) for flux in self.flux])

    @cached_property
    def totals(self) -> tuple[np.ndarray, np.ndarray]:
        """Of the depths and of their squares, see `_totals`."""
        return _totals(self.depth), _totals(self.depth**2)

    @cached_property
    def length(self) -> int:
        """So long that in a Fourier transform no lag that is asked for meets another from beyond the ends."""
        return scipy.fft.next_fast_len(self.depth.shape[1] + 2 * int(np.ceil(_REACH / _STEP)) + 2, real=True)

    @cached_property
    def transforms(self) -> tuple[np.ndarray, np.ndarray]:
        """Of the depths and of their squares, conjugated; shape ``(k, frequencies)`` each."""
        depth, squares = (scipy.fft.rfft(values, self.length).conj() for values in (self.depth, self.depth**2))
        return depth, squares


def add_velocities(first: float, second: float) -> float:
    """Sum of two radial velocities in km/s: Doppler factors multiply, (1 + z1)(1 + z2)."""
    return first + second + first * second / SPEED_OF_LIGHT


def measure_velocity(wavelength: np.ndarray, flux: np.ndarray, templates: Templates) -> Velocity:
    """Velocity of a spectrum against templates at rest.

    At each shift the Pearson coefficient is taken over the points where template and data overlap, so that
    neither gaps nor the ends of the data pull the peak. The templates compete by the height of their peaks.

    Args:
        wavelength: vacuum Angstrom, increasing; shape ``(n,)``.
        flux: any linear unit, NaN where bad; shape ``(n,)``.
        templates: at rest.

    Raises:
        ValueError: where the data overlap the window at no velocity.
    """
    reach, ends = 1.0 + _REACH / SPEED_OF_LIGHT, (templates.wavelength[0], templates.wavelength[-1])
    near = (wavelength > ends[0] / reach) & (wavelength < ends[1] * reach)
    x, y = wavelength[near], flux[near]
    good = np.isfinite(y)
    if good.sum() < 50:
        raise ValueError(f"only {good.sum()} usable points near {ends[0]:.0f}-{ends[1]:.0f} Angstrom")
    continuum = fit_continuum(x, y, window=Window(float(x[0]), float(x[-1]), margin=0.0))
    first = int(np.ceil(templates.place(x[0])))
    grid = templates.grid(first, int(templates.place(x[-1])) - first + 1)
    present = np.interp(grid, x, good.astype(float)) > 0.99
    data = np.where(present, 1.0 - np.interp(grid, x[good], (y / continuum)[good]), 0.0)

    points, most = templates.depth.shape[1], int(_RANGE / _STEP)
    lags = np.arange(max(-first - most, 1 - points), min(most - first, len(grid) - 1) + 1)
    seen = _between(_totals(np.stack([present, data, data**2])), lags, lags + points)
    products = _products(data, templates.transforms[0], templates.length, lags)
    best, correlation = _highest(seen, zip(products, *_seen(templates, present, lags), strict=True), _OVERLAP * points)
    if correlation is None:
        raise ValueError(f"the spectrum reaches from {x[0]:.1f} to {x[-1]:.1f} Angstrom and misses most of the window")
    return _place_peak((lags + first) * _STEP, correlation, best)


def _highest(
    data: np.ndarray, templates: Iterable[tuple[np.ndarray, ...]], least: float
) -> tuple[int, np.ndarray | None]:
    """The template whose Pearson coefficient is the highest at some lag, with its coefficients at all of them.

    One template after the other, as the sums of all together would not stay in the processor's cache.

    Args:
        data: number of points that overlap at each of ``l`` lags, sum of the data over them, and of their squares;
            shape ``(3, l)``.
        templates: of each the sum of its products with the data over these points, its own sum, and that of its
            squares; shape ``(l,)`` each.
        least: points that have to overlap.

    Returns:
        Its number, and coefficients with NaN where too little overlaps, shape ``(l,)``; None where it does everywhere.
    """
    overlap, sum_f, sum_ff = data
    n = np.where(overlap > least, overlap, np.nan)
    mean, scale = sum_f / n, 1.0 / np.sqrt(np.maximum(sum_ff - sum_f**2 / n, 1e-12))
    best, highest, correlation = 0, -np.inf, None
    for number, (sum_ft, sum_t, sum_tt) in enumerate(templates):
        variance = np.maximum(sum_tt - sum_t**2 / n, 1e-12)
        found = scale * (sum_ft - mean * sum_t) / np.sqrt(variance)
        peak = np.fmax.reduce(found, initial=-np.inf)
        if peak > highest:
            best, highest, correlation = number, peak, found
    return best, correlation


def _totals(values: np.ndarray) -> np.ndarray:
    """Sums of values ``(k, n)`` from the first on, up to none of them, one, two, …; shape ``(k, n + 1)``."""
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _between(totals: np.ndarray, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Sums from some places to others, what lies beyond the ends being 0; shape ``(k, l)``."""
    return totals.take(stop, axis=1, mode="clip") - totals.take(start, axis=1, mode="clip")


def _seen(templates: Templates, present: np.ndarray, lags: np.ndarray) -> list[np.ndarray]:
    """Sums of templates and of their squares, shifted by some lags, over the points where there are data.

    Args:
        templates: ``k`` of them.
        present: whether there are data; shape ``(n,)``.
        lags: consecutive; shape ``(l,)``.

    Returns:
        Two of shape ``(k, l)``.
    """
    inside = (lags >= 0) & (lags <= len(present) - templates.depth.shape[1])
    if present.all() and inside.all():  # of each template all is seen at each lag
        return [np.broadcast_to(totals[:, -1:], (len(totals), len(lags))) for totals in templates.totals]
    sums = [_between(totals, -lags, len(present) - lags) for totals in templates.totals]
    if present.all():
        return sums
    lacking = [_products(1.0 - present, transform, templates.length, lags) for transform in templates.transforms]
    return [sum_ - less for sum_, less in zip(sums, lacking, strict=True)]


def _products(seen: np.ndarray, transform: np.ndarray, length: int, lags: np.ndarray) -> np.ndarray:
    """Sums of the products of data ``(n,)`` with templates at some lags ``(l,)``, by Fourier transform.

    Args:
        seen: the data; shape ``(n,)``.
        transform: of the templates, conjugated; shape ``(k, frequencies)``.
        length: of the transform, in points.
        lags: shape ``(l,)``.
    """
    return scipy.fft.irfft(scipy.fft.rfft(seen, length) * transform, length).take(lags, axis=1, mode="wrap")


def _place_peak(velocities: np.ndarray, correlation: np.ndarray, template: int) -> Velocity:
    filled = np.where(np.isnan(correlation), -1.0, correlation)
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
        correlation=correlation,
    )

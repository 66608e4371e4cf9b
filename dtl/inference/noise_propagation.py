"""Photon noise carried through the preparation and the networks, to first order: no random number is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import scipy.fft

from dtl.inference.gradients import MemberSlopes
from dtl.preparation.noise_transfer import noise_transfer, remaining_part
from dtl.result import PARAMETERS

__all__ = ["misfit_covariance", "pixel_responses", "propagate_noise"]

#: Width of a line in points of the grid.
_LINE = 20
#: Sizes of pixels and widths of Gaussians that differ by less than this count alike: a part, and Angstrom.
_ALIKE, _STEP = 0.01, 1e-3
#: How far a pixel reaches, points: beyond the end of a window nothing comes back at its start.
_REACH = 200


def propagate_noise(
    slopes: MemberSlopes,
    uncertainty: np.ndarray,
    pixel: Sequence[float],
    fwhm: Sequence[float],
    step: float,
) -> np.ndarray:
    """Covariance of the members' values by the noise of the input's pixels.

    Args:
        slopes: of the members, for ``k`` spectra.
        uncertainty: 1 sigma of the prepared flux; shape ``(k, n)``.
        pixel: of each input, Angstrom; length ``k``.
        fwhm: of the Gaussian that degraded each, Angstrom; length ``k``.
        step: of the points of the spectra, Angstrom.

    Returns:
        The members of all parameters in their order; shape ``(k, members of all, members of all)``.
    """
    stacked = _stacked(slopes)
    groups: dict[tuple[int, int], list[int]] = {}
    for i, (size, width) in enumerate(zip(pixel, fwhm, strict=True)):
        groups.setdefault((round(np.log(max(size, step)) / _ALIKE), round(width / _STEP)), []).append(i)
    covariance = np.empty((*stacked.shape[:2], stacked.shape[1]))
    for (size, width), group in groups.items():
        inner = stacked[group].reshape(-1, stacked.shape[2])
        few = len(inner) < len(slopes.weights)  # whichever has fewer rows is smoothed
        functions = inner @ slopes.weights if few else slopes.weights
        moves, places = pixel_responses(functions, step, np.exp(size * _ALIKE), width * _STEP)
        moves = (moves if few else inner @ moves).reshape(len(group), -1, len(places))
        covariance[group] = _products(moves * uncertainty[np.ix_(group, places)][:, None])
    return covariance


def misfit_covariance(slopes: MemberSlopes, misfit: np.ndarray) -> np.ndarray:
    """The same for what is neither noise nor the gap of good stars, taken as noise that is as wide as lines are.

    Args:
        slopes: of the members, for ``k`` spectra.
        misfit: its rms in each spectrum; shape ``(k,)``.

    Returns:
        As `propagate_noise`; 0 for a spectrum without a misfit.
    """
    stacked, some = _stacked(slopes), np.flatnonzero(misfit)
    covariance = np.zeros((*stacked.shape[:2], stacked.shape[1]))
    if some.size:
        moves = stacked[some] @ _line_responses(slopes.weights)
        covariance[some] = _products(misfit[some, None, None] * moves)
    return covariance


def _stacked(slopes: MemberSlopes) -> np.ndarray:
    """Derivatives of the members of all parameters in their order; shape ``(k, members of all, h)``."""
    return np.concatenate([slopes.slopes[name] for name in PARAMETERS]).swapaxes(0, 1)


def _products(responses: np.ndarray) -> np.ndarray:
    """Covariances ``(k, m, m)`` of what responds to independent unit noises so; shape ``(k, m, noises)``."""
    return responses @ responses.swapaxes(1, 2)


def pixel_responses(weights: np.ndarray, step: float, pixel: float, fwhm: float) -> tuple[np.ndarray, np.ndarray]:
    """What unit noise of the prepared flux, pixel by pixel of the input, does to linear functions of that flux.

    Args:
        weights: of the functions; shape ``(h, n)``.
        step: of the points, Angstrom.
        pixel: of the input, Angstrom, not below ``step``.
        fwhm: of the Gaussian that degraded it, Angstrom.

    Returns:
        Responses ``(h, p)``, and the point next to the middle of each pixel; shape ``(p,)``.
    """
    places = _places(weights.shape[1], pixel / step)
    part = remaining_part(pixel, fwhm)
    smoothed = _smoothed(weights, lambda f: noise_transfer(f, pixel, fwhm) * pixel / step / part, step)
    return smoothed.take(places, axis=1), places


def _line_responses(weights: np.ndarray) -> np.ndarray:
    """The same for unit differences at even steps of a line's width, with straight lines between them; ``(h, q)``."""
    smoothed = _smoothed(weights, lambda f: np.sinc(f * _LINE) ** 2 * _LINE, 1.0)
    return smoothed.take(_places(weights.shape[1], _LINE), axis=1)


def _places(points: int, spacing: float) -> np.ndarray:
    return np.arange(0.0, points - 0.5, spacing).round().astype(int)


def _smoothed(weights: np.ndarray, transfer: Callable[[np.ndarray], np.ndarray], step: float) -> np.ndarray:
    """Rows ``(h, n)`` convolved with what has a transfer function of the frequency, nothing beyond their ends."""
    length = scipy.fft.next_fast_len(weights.shape[1] + _REACH, real=True)
    factor = transfer(scipy.fft.rfftfreq(length, step)).astype(weights.dtype)
    return scipy.fft.irfft(scipy.fft.rfft(weights, length) * factor, length)[:, : weights.shape[1]]

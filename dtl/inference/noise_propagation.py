"""Photon noise carried through the preparation and the networks, to first order: no random number is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import scipy.fft

from dtl.inference.gradients import MemberSlopes
from dtl.preparation.noise_transfer import noise_transfer, remaining_part
from dtl.result import PARAMETERS

__all__ = ["misfit_responses", "pixel_responses", "propagate_noise"]

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
) -> list[np.ndarray]:
    """How far the noise of the input's pixels moves the members' values.

    Args:
        slopes: of the members, for ``k`` spectra.
        uncertainty: 1 sigma of the prepared flux; shape ``(k, n)``.
        pixel: of each input, Angstrom; length ``k``.
        fwhm: of the Gaussian that degraded each, Angstrom; length ``k``.
        step: of the points of the spectra, Angstrom.

    Returns:
        Responses of the values to independent unit noises, so that their products are covariances, one array a
        spectrum; the members of all parameters in their order; shape ``(members of all, noises)``.
    """
    stacked = np.concatenate([slopes.slopes[name] for name in PARAMETERS]).swapaxes(0, 1)  # (k, members, h)
    groups: dict[tuple[int, int], list[int]] = {}
    for i, (size, width) in enumerate(zip(pixel, fwhm, strict=True)):
        groups.setdefault((round(np.log(max(size, step)) / _ALIKE), round(width / _STEP)), []).append(i)
    responses: list[np.ndarray] = [np.empty(0)] * len(stacked)
    for (size, width), group in groups.items():
        inner = stacked[group]
        few = inner[..., 0].size < len(slopes.weights)  # whichever has fewer rows is smoothed
        functions = inner.reshape(-1, inner.shape[2]) @ slopes.weights if few else slopes.weights
        moves, places = pixel_responses(functions, step, np.exp(size * _ALIKE), width * _STEP)
        moves = moves.reshape(*inner.shape[:2], -1) if few else inner @ moves
        for i, move in zip(group, moves, strict=True):
            responses[i] = move * uncertainty[i, places]
    return responses


def misfit_responses(slopes: MemberSlopes, misfit: Sequence[float]) -> list[np.ndarray]:
    """The same for what is neither noise nor the gap of good stars, taken as noise that is as wide as lines are.

    Args:
        slopes: of the members, for ``k`` spectra.
        misfit: its rms in each spectrum; length ``k``.

    Returns:
        As `propagate_noise`; no noises for a spectrum without a misfit.
    """
    counts = sum(slopes.slopes[name].shape[0] for name in PARAMETERS)
    responses = [np.empty((counts, 0))] * len(misfit)
    if any(more > 0 for more in misfit):
        moves = _line_responses(slopes.weights)
        for i in np.flatnonzero(misfit):
            stacked = np.concatenate([slopes.slopes[name][:, i] for name in PARAMETERS])
            responses[i] = misfit[i] * (stacked @ moves)
    return responses


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
    return _smoothed(weights, lambda f: noise_transfer(f, pixel, fwhm) * pixel / step / part, step)[:, places], places


def _line_responses(weights: np.ndarray) -> np.ndarray:
    """The same for unit differences at even steps of a line's width, with straight lines between them; ``(h, q)``."""
    smoothed = _smoothed(weights, lambda f: np.sinc(f * _LINE) ** 2 * _LINE, 1.0)
    return smoothed[:, _places(weights.shape[1], _LINE)]


def _places(points: int, spacing: float) -> np.ndarray:
    return np.arange(0.0, points - 0.5, spacing).round().astype(int)


def _smoothed(weights: np.ndarray, transfer: Callable[[np.ndarray], np.ndarray], step: float) -> np.ndarray:
    """Rows ``(h, n)`` convolved with what has a transfer function of the frequency, nothing beyond their ends."""
    length = scipy.fft.next_fast_len(weights.shape[1] + _REACH, real=True)
    factor = transfer(scipy.fft.rfftfreq(length, step)).astype(weights.dtype)
    return scipy.fft.irfft(scipy.fft.rfft(weights, length) * factor, length)[:, : weights.shape[1]]

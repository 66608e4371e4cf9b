"""The noise of a spectrum in the window, and what is left of it after the preparation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtl.preparation.continuum import fit_continuum
from dtl.preparation.doubts import doubts_of_noise
from dtl.preparation.noise import estimate_snr
from dtl.preparation.refusals import misses_window
from dtl.preparation.state import PreparationState
from dtl.wavelengths import SPEED_OF_LIGHT

__all__ = ["estimate_noise", "remaining_noise"]


def estimate_noise(state: PreparationState) -> PreparationState:
    """Signal-to-noise ratio per pixel of the input in the window.

    Raises:
        UnusableInput: where too few pixels lie in the window.
    """
    spectrum, target, rest = state.spectrum, state.target, state.rest
    inside = state.window.holds(rest)
    if inside.sum() < 50:
        raise misses_window(spectrum, state.window)
    template = np.interp(rest[inside], target.wavelength, target.templates[state.velocity.template])
    snr, stated = estimate_snr(
        state.flux[inside],
        None if spectrum.uncertainty is None else spectrum.uncertainty[inside],
        template * fit_continuum(rest, state.flux, window=state.window)[inside],
        pixel=float(np.median(np.diff(rest[inside]))),
    )
    return replace(state, snr=snr, stated=stated).doubted(doubts_of_noise(snr, stated))


def remaining_noise(state: PreparationState) -> np.ndarray:
    """1 sigma per input pixel on the target's wavelengths as smoothing leaves it, in the unit of the flux; ``(n,)``."""
    return _per_pixel(state) * _smoothing_factor(state)


def _per_pixel(state: PreparationState) -> np.ndarray:
    rest, sigma, wavelength = state.rest, state.spectrum.uncertainty, state.target.wavelength
    if state.stated and sigma is not None:
        usable = np.isfinite(sigma) & (sigma > 0)
        return np.interp(wavelength, rest[usable], sigma[usable])
    near = (rest > state.window.lower) & (rest < state.window.upper)
    level = float(np.nanmedian(state.spectrum.flux[near]))
    return np.full(wavelength.shape, level / max(state.snr, 1e-3))


def _smoothing_factor(state: PreparationState) -> float:
    """Part of the noise per pixel that is left after smoothing by a Gaussian of the state's FWHM.

    White noise in pixels p smoothed by a Gaussian of sigma s: sqrt(p / (2 sqrt(pi) s)), at most 1.
    """
    sigma = state.fwhm / 2.3548 / SPEED_OF_LIGHT * state.window.centre
    if sigma <= 0:
        return 1.0
    return float(min(1.0, np.sqrt(state.pixel / (2.0 * np.sqrt(np.pi) * sigma))))

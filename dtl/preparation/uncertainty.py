"""The noise of a spectrum in the window, and what is left of it after the preparation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtl.preparation.continuum import fit_continuum
from dtl.preparation.doubts import doubts_of_noise
from dtl.preparation.noise import estimate_snr
from dtl.preparation.noise_transfer import remaining_part
from dtl.preparation.refusals import misses_window
from dtl.preparation.state import PreparationState
from dtl.spectrum import Spectrum
from dtl.wavelengths import SPEED_OF_LIGHT

__all__ = ["estimate_noise", "remaining_noise"]

#: Of finer pixels than the points of the work grid some are never asked, Angstrom.
_FINEST = 0.009


def estimate_noise(state: PreparationState) -> PreparationState:
    """Signal-to-noise ratio per pixel of the input in the window.

    Raises:
        UnusableInput: where too few pixels lie in the window.
    """
    spectrum, target, rest = state.spectrum, state.target, state.rest
    inside = state.window.holds(rest)
    if inside.sum() < 50:
        raise misses_window(spectrum, state.window)

    def model() -> np.ndarray:
        template = np.interp(rest[inside], target.wavelength, target.templates[state.velocity.template])
        return template * fit_continuum(rest, state.flux, window=state.window)[inside]

    snr, stated = estimate_snr(
        state.flux[inside],
        None if spectrum.uncertainty is None else spectrum.uncertainty[inside],
        model,
        pixel=float(np.median(np.diff(rest[inside]))),
    )
    return replace(state, snr=snr, stated=stated).doubted(doubts_of_noise(snr, stated, _why_measured(spectrum)))


def _why_measured(spectrum: Spectrum) -> str:
    """Why noise is measured, where it is: what became of the uncertainties of the file."""
    if spectrum.uncertainty is not None:
        return "the file has uncertainties for less than half of the pixels in the window"
    found = {finding.value: finding.reason for finding in spectrum.findings if finding.name == "uncertainty"}
    if "set aside" in found:
        return f"the uncertainties were set aside: {found['set aside']}"
    return found.get("none", "the file has no uncertainties")


def remaining_noise(state: PreparationState) -> np.ndarray:
    """1 sigma on the target's wavelengths as splines and smoothing leave it, in the unit of the flux; ``(n,)``."""
    width = state.fwhm / SPEED_OF_LIGHT * state.window.centre
    return _per_pixel(state) * remaining_part(max(state.pixel, _FINEST), width)


def _per_pixel(state: PreparationState) -> np.ndarray:
    rest, sigma, wavelength = state.rest, state.spectrum.uncertainty, state.target.wavelength
    if state.stated and sigma is not None:
        usable = np.isfinite(sigma) & (sigma > 0)
        return np.interp(wavelength, rest[usable], sigma[usable])
    near = (rest > state.window.lower) & (rest < state.window.upper)
    level = float(np.nanmedian(state.spectrum.flux[near]))
    return np.full(wavelength.shape, level / max(state.snr, 1e-3))

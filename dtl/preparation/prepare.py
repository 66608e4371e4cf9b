"""From a spectrum as read to one as the networks want it: a chain of steps, each with a picture kept for display."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dtl.preparation.doubts import doubts_of_reading
from dtl.preparation.normalisation import divide_continuum, resample
from dtl.preparation.observed import show_as_read, subtract_sky
from dtl.preparation.resolution import check_resolution, match_resolution
from dtl.preparation.rest_frame import find_rest_frame, reported_velocity
from dtl.preparation.state import PreparationState
from dtl.preparation.target import PreparationTarget
from dtl.preparation.uncertainty import estimate_noise
from dtl.preparation.velocity_error import velocity_error
from dtl.spectrum import PreparedSpectrum, Spectrum
from dtl.wavelengths import SPEED_OF_LIGHT

__all__ = ["STEPS", "prepare"]

#: The steps, in their order.
STEPS: tuple[Callable[[PreparationState], PreparationState], ...] = (
    check_resolution,
    show_as_read,
    subtract_sky,
    find_rest_frame,
    estimate_noise,
    match_resolution,
    divide_continuum,
    resample,
)


def prepare(spectrum: Spectrum, target: PreparationTarget) -> PreparedSpectrum:
    """Prepare one spectrum.

    Sky is subtracted where the file carries it; the velocity is measured and taken out; the resolution is
    degraded to the target's; the continuum is divided out; the rest is resampled by cubic splines.

    Raises:
        UnusableInput: where the spectrum misses the window, has too low a resolution, or is empty.
    """
    state = PreparationState(spectrum, target, tuple(doubts_of_reading(spectrum)))
    for step in STEPS:
        state = step(state)
    rv, rv_frame = reported_velocity(state)
    return PreparedSpectrum(
        spectrum=state.spectrum,
        wavelength=target.wavelength,
        flux=state.prepared,
        uncertainty=state.uncertainty,
        good=state.good,
        pixel=state.pixel,
        fwhm=state.fwhm,
        snr=state.snr,
        rv=rv,
        rv_frame=rv_frame,
        rv_quality=state.velocity.quality,
        rv_error=_velocity_error(state),
        steps=state.pictures,
        flags=tuple(dict.fromkeys(doubt.flag for doubt in state.doubts)),
        masked=state.masked,
        doubts=state.doubts,
        window=target.window,
        lines=target.lines,
        telluric_lines=target.telluric_lines,
    )


def _velocity_error(state: PreparationState) -> float | None:
    """1 sigma of the velocity, from the part of the window that is there and its signal-to-noise ratio."""
    window = state.window
    width = state.good.mean() * window.width
    variance = float(np.var(state.prepared[state.good]))
    known = state.snr**2 * variance if state.snr > 0 else 0.0  # which may be below the smallest number
    noise = 1.0 / known if known > 0 else 1.0
    return velocity_error(state.velocity, width / state.pixel, width / window.centre * SPEED_OF_LIGHT, min(noise, 1.0))

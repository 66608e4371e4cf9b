"""Radial velocity and the pixels that are not used: both are found together, as each disturbs the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtl.preparation.doubts import doubts_of_velocity
from dtl.preparation.masks import show_masked, telluric_pixels, without_cosmics
from dtl.preparation.refusals import misses_window, no_continuum
from dtl.preparation.state import PreparationState
from dtl.preparation.target import PreparationTarget
from dtl.preparation.velocity import Velocity, add_velocities, measure_velocity
from dtl.spectrum import PreparationStep, Spectrum
from dtl.wavelengths import doppler_shift

__all__ = ["find_rest_frame", "reported_velocity"]


def find_rest_frame(state: PreparationState) -> PreparationState:
    """The velocity is measured; pixels under telluric lines and those hit by cosmic rays are masked.

    Raises:
        UnusableInput: where the spectrum misses the window or has no continuum.
    """
    spectrum, target = state.spectrum, state.target
    velocity = _measure(spectrum, target)
    flux = without_cosmics(doppler_shift(spectrum.wavelength, -velocity.value), spectrum, target.window)
    if np.isnan(flux).sum() > np.isnan(spectrum.flux).sum():  # a cosmic ray pulls the velocity: once more without
        velocity = _measure(replace(spectrum, flux=flux), target)
    telluric = telluric_pixels(spectrum, target.telluric_lines)
    cosmic = np.isnan(flux) & np.isfinite(spectrum.flux)
    masked = show_masked(state.pictures[-1], telluric & np.isfinite(spectrum.flux), cosmic & ~telluric)
    state = replace(state, pictures=(*state.pictures[:-1], masked))
    picture = PreparationStep(
        "Velocity",
        f"Cross-correlation with {target.template_names[velocity.template]}: {velocity.value:+.2f} km/s in the "
        f"frame of the file, peak {velocity.quality:.2f}" + (" (uncertain)." if velocity.uncertain else "."),
        velocity.velocities,
        velocity.correlation,
        x_title="Velocity [km/s]",
    )
    flux = np.where(telluric, np.nan, flux)
    state = state.shown(picture, velocity=velocity, flux=flux, telluric=telluric, cosmic=cosmic)
    return state.doubted(doubts_of_velocity(velocity, reported_velocity(state)[0], spectrum))


def reported_velocity(state: PreparationState) -> tuple[float, str]:
    """The velocity in km/s, relative to the barycentre where the file's frame allows it, and its frame."""
    spectrum, value = state.spectrum, state.velocity.value
    if spectrum.frame == "observatory" and spectrum.barycentric_velocity is not None:
        return add_velocities(value, spectrum.barycentric_velocity), "barycentric"
    return value, spectrum.frame


def _measure(spectrum: Spectrum, target: PreparationTarget) -> Velocity:
    window = target.window
    near = spectrum.wavelength > window.lower - window.margin
    near &= spectrum.wavelength < window.upper + window.margin
    flux = spectrum.flux[near & np.isfinite(spectrum.flux)]
    if flux.size and (np.median(flux) <= 0 or np.ptp(flux) == 0):
        raise no_continuum(spectrum)
    try:
        return measure_velocity(spectrum.wavelength, spectrum.flux, target.at_rest)
    except ValueError as error:
        raise misses_window(spectrum, window) from error

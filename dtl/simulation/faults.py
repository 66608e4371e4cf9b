"""Faults of instruments, reductions and files on spectra of ordinary M dwarfs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtl.preparation.broadening import broaden, degrading_velocity, log_grid
from dtl.simulation.exposures import PIXEL, SimulationInputs, draw_star, expose, finish, need
from dtl.simulation.strange_stars import from_library
from dtl.simulation.survey import telluric_transmission
from dtl.spectrum import Spectrum
from dtl.wavelengths import Window, vacuum_to_air

__all__ = [
    "clipped",
    "cosmic_storm",
    "fringe",
    "fringed",
    "other_range",
    "reversed_window",
    "sky_emission",
    "stretch",
    "stretched",
    "strike",
    "telluric",
    "wrong_frame",
    "wrong_medium",
    "wrong_resolution",
]

#: Velocity step of the work grid, km/s.
_WORK = 0.3


def other_range(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """Library flux from beside the window with wavelengths that say it is the window.

    Raises:
        UnusableInput: where the inputs have no library that reaches 100 Angstrom beyond the window.
    """
    library = need(inputs.library, "spectra beyond the window")
    low, high = library.wavelength[[0, -1]]
    window = inputs.bundle.window
    apart = window.width + 2.0 * window.margin
    # The factor keeps the velocity scale; neither the window nor its margins may overlap with what is shown.
    starts = [s for s in np.arange(low + 15.0, high - 50.0, 5.0) if abs(s - window.lower) > apart]
    if not starts:
        need(None, "spectra beyond the window")
    start = float(rng.choice(starts))
    node = int(rng.integers(len(library.nodes)))
    vsini = float(np.exp(rng.uniform(np.log(1.5), np.log(20.0))))
    star = from_library(
        library.wavelength * window.lower / start,
        library.flux[node],
        library.resolution,
        inputs.bundle.resolution,
        window,
        vsini=vsini,
    )
    return finish(rng, expose(rng, star), inputs, figures={"from": f"{start:.1f}", "vsini": f"{vsini:.1f}"})


def reversed_window(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """A star whose flux runs from red to blue while its wavelengths run from blue to red."""
    star = draw_star(rng, inputs)
    return finish(rng, expose(rng, replace(star, flux=star.flux[::-1])), inputs)


def wrong_medium(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """Air wavelengths said to be vacuum, in the rest frame: the star seems to approach at 82 km/s."""
    exposure = expose(rng, draw_star(rng, inputs), velocity=0.0)
    exposure = replace(exposure, wavelength=vacuum_to_air(exposure.wavelength))
    return finish(rng, exposure, inputs, frame="rest")


def wrong_frame(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """A star that moves at 20-150 km/s in a file that says it is at rest."""
    velocity = float(rng.uniform(20.0, 150.0) * rng.choice([-1.0, 1.0]))
    return finish(rng, expose(rng, draw_star(rng, inputs), velocity=velocity), inputs, frame="rest")


def cosmic_storm(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """50-200 hits in the window, of 1-4 pixels and 0.1-5 times the continuum, that the file does not mark."""
    exposure = expose(rng, draw_star(rng, inputs))
    spectrum = finish(rng, exposure, inputs)
    hits = int(rng.integers(50, 201))
    # So many fall into the window itself.
    everywhere = round(hits * np.ptp(exposure.wavelength) / inputs.bundle.window.width)
    flux = strike(spectrum.flux, everywhere, exposure.snr**2, rng)
    return replace(_note(spectrum, hits=f"{hits}"), flux=flux)


def strike(flux: np.ndarray, hits: int, continuum: float, rng: np.random.Generator) -> np.ndarray:
    """Flux ``(n,)`` with cosmic rays of 1-4 pixels, 0.1-5 times ``continuum`` high, evenly in the logarithm."""
    struck = flux.copy()
    for _ in range(hits):
        start, width = int(rng.integers(flux.size)), int(rng.integers(1, 5))
        height = continuum * np.exp(rng.uniform(np.log(0.1), np.log(5.0)))
        struck[start : start + width] += height * rng.uniform(0.3, 1.0, struck[start : start + width].size)
    return struck


def fringed(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """Fringes of a thin detector, 1-8 % high, 1-8 Angstrom long."""
    amplitude = float(np.exp(rng.uniform(np.log(0.01), np.log(0.08))))
    period = float(np.exp(rng.uniform(np.log(1.0), np.log(8.0))))
    exposure = expose(rng, draw_star(rng, inputs))
    phase, chirp = rng.uniform(0, 2 * np.pi), rng.uniform(-0.1, 0.1)
    pattern = fringe(exposure.wavelength, inputs.bundle.window, amplitude, period, phase=phase, chirp=chirp)
    exposure = replace(exposure, expected=exposure.expected * pattern)
    return finish(rng, exposure, inputs, figures={"amplitude": f"{amplitude:.4f}", "period": f"{period:.3f}"})


def fringe(
    wavelength: np.ndarray, window: Window, amplitude: float, period: float, *, phase: float, chirp: float = 0.0
) -> np.ndarray:
    """Factor ``1 + amplitude sin(...)`` of fringes; shape of ``wavelength``.

    Args:
        wavelength: Angstrom.
        window: that is observed.
        amplitude: part of the continuum.
        period: in the middle of the window, Angstrom.
        phase: radian.
        chirp: part by which the frequency grows over the window.
    """
    x = wavelength - window.centre
    turns = x / period * (1.0 + 0.5 * chirp * x / window.width)
    return 1.0 + amplitude * np.sin(2.0 * np.pi * turns + phase)


def sky_emission(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """3-10 unresolved emission lines of the sky in the window, 0.2-3 times the continuum high, not subtracted.

    They stand anywhere: the sky is at rest with Earth, and the star is not.
    """
    exposure = expose(rng, draw_star(rng, inputs))
    count = int(rng.integers(3, 11))
    window = inputs.bundle.window
    centres = rng.uniform(window.lower, window.upper, count)
    heights = np.exp(rng.uniform(np.log(0.2), np.log(3.0), count))
    sigma = window.centre / inputs.bundle.resolution / 2.3548
    lines = heights @ np.exp(-0.5 * ((exposure.wavelength - centres[:, None]) / sigma) ** 2)
    exposure = replace(exposure, expected=exposure.expected + lines)
    return finish(rng, exposure, inputs, figures={"lines": f"{count}", "highest": f"{heights.max():.2f}"})


def telluric(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """Lines of the air's water that were not corrected, the strongest 5-15 % deep."""
    depth = float(rng.uniform(0.05, 0.15))
    exposure = expose(rng, draw_star(rng, inputs))
    passed = telluric_transmission(exposure.wavelength, depth, float(rng.uniform(-25.0, 25.0)))
    exposure = replace(exposure, expected=exposure.expected * passed)
    return finish(rng, exposure, inputs, figures={"depth": f"{depth:.3f}"})


def clipped(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """A saturated exposure: nothing above 0.5-0.85 of the continuum."""
    exposure = expose(rng, draw_star(rng, inputs))
    level = float(rng.uniform(0.5, 0.85))
    spectrum = finish(rng, exposure, inputs, figures={"level": f"{level:.3f}"})
    return replace(spectrum, flux=np.minimum(spectrum.flux, level * exposure.snr**2))


def stretched(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """A wavelength solution whose dispersion is wrong by 0.1-0.3 %: right in the middle, 0.6-1.8 km/s at the ends."""
    error = float(rng.uniform(0.001, 0.003) * rng.choice([-1.0, 1.0]))
    exposure = expose(rng, draw_star(rng, inputs))
    exposure = replace(exposure, wavelength=stretch(exposure.wavelength, inputs.bundle.window, error))
    return finish(rng, exposure, inputs, figures={"error": f"{error:.5f}"})


def stretch(wavelength: np.ndarray, window: Window, error: float) -> np.ndarray:
    """Wavelengths whose distances from the middle of the window are wrong by the factor ``1 + error``."""
    return window.centre + (wavelength - window.centre) * (1.0 + error)


def wrong_resolution(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """A spectrum of 15,000-25,000 that says 1.1 times the bundle's; every second one on coarse pixels."""
    true = float(rng.uniform(0.3, 0.5) * inputs.bundle.resolution)
    pixel = inputs.bundle.window.centre / true / 2.5 if rng.uniform() < 0.5 else PIXEL
    star = draw_star(rng, inputs)
    work = log_grid(star.wavelength[0], star.wavelength[-1], _WORK)
    fwhm = degrading_velocity(inputs.bundle.resolution, true)
    smooth = np.interp(star.wavelength, work, broaden(np.interp(work, star.wavelength, star.flux), _WORK, fwhm=fwhm))
    return finish(
        rng,
        expose(rng, replace(star, flux=smooth), pixel=pixel),
        inputs,
        figures={"resolution": f"{true:.0f}", "pixel": f"{pixel:.3f}"},
        resolution=1.1 * inputs.bundle.resolution,
    )


def _note(spectrum: Spectrum, **figures: str) -> Spectrum:
    template = spectrum.findings[0]
    added = tuple(replace(template, name=name, value=value) for name, value in figures.items())
    return replace(spectrum, findings=(*spectrum.findings, *added))

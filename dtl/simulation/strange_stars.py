"""Stars that are no single ordinary M dwarf: cooler, hotter, double, veiled, featureless."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import voigt_profile

from dtl.lines import Line
from dtl.preparation.broadening import broaden, degrading_velocity, log_grid
from dtl.preparation.continuum import fit_continuum
from dtl.simulation.exposures import SimulationInputs, Star, draw_star, expose, finish, model_star, need
from dtl.spectrum import Spectrum, UnusableInput
from dtl.wavelengths import SPEED_OF_LIGHT, Window, doppler_shift

__all__ = [
    "binary",
    "close_binary",
    "cool",
    "featureless",
    "from_library",
    "giant",
    "hot",
    "hot_star",
    "noise",
    "veil",
    "veiled",
]

#: How far stars without a decoder reach beyond the window on each side, Angstrom.
_REACH = 15.0
_STEP = 0.01
#: Velocity step of the work grid, km/s.
_WORK = 0.3
#: Depths of the named lines of a window in a K dwarf, and their Lorentzian half widths in Angstrom; further lines take
#: them in turn.
_DEPTHS, _WINGS = (0.45, 0.55, 0.55), (0.05, 0.12, 0.06)
#: log g of giants and subgiants that are no dwarfs of any age.
_GIANT = (3.5, 4.1)
_RYDBERG_HYDROGEN = 109677.58  # 1/cm; 1/lambda = R (1/9 - 1/n^2) for the Paschen series


def cool(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """A library spectrum of 2300-2700 K at the bundle's resolution, slowly or fast rotating.

    Raises:
        UnusableInput: where the inputs have no such spectra.
    """
    library = need(inputs.cool, "spectra of 2300-2700 K")
    first, second = rng.choice(len(library.nodes), 2, replace=len(library.nodes) < 2)
    share = rng.uniform()
    log_flux = share * np.log(library.flux[first]) + (1.0 - share) * np.log(library.flux[second])
    teff = share * library.nodes[first, 0] + (1.0 - share) * library.nodes[second, 0]
    vsini = float(np.exp(rng.uniform(np.log(1.5), np.log(30.0))))
    bundle = inputs.bundle
    star = from_library(
        library.wavelength, np.exp(log_flux), library.resolution, bundle.resolution, bundle.window, vsini=vsini
    )
    figures = {"teff": f"{teff:.0f}", "vsini": f"{vsini:.1f}"}
    return finish(rng, expose(rng, star), inputs, figures=figures)


def from_library(
    wavelength: np.ndarray,
    flux: np.ndarray,
    resolution_from: float,
    resolution_to: float,
    window: Window,
    *,
    vsini: float = 0.0,
) -> Star:
    """A star of library flux: rotated, brought to a resolution, its continuum about 1.

    Args:
        wavelength: vacuum Angstrom, over the window and 5 Angstrom more; shape ``(n,)``.
        flux: any unit; shape ``(n,)``.
        resolution_from, resolution_to: of the library, and wanted.
        window: that is observed.
        vsini: km/s.
    """
    low, high = max(window.lower - _REACH, wavelength[0]), min(window.upper + _REACH, wavelength[-1])
    work = log_grid(low, high, _WORK)
    work = work[work <= high]
    fwhm = degrading_velocity(resolution_from, resolution_to)
    broadened = broaden(CubicSpline(wavelength, flux)(work), _WORK, vsini=vsini, fwhm=fwhm)
    points = np.arange(low, work[-1], _STEP)
    normalised = broadened / fit_continuum(work, broadened, window=window)
    return Star(points, CubicSpline(work, normalised)(points), {})


def hot(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """A star of type K to A: the window's strong lines and a few weak ones on a flat continuum.

    The strength runs from a K dwarf's (1) to next to nothing (0.05); every third has broad wings of Paschen lines.
    """
    strength = float(np.exp(rng.uniform(np.log(0.05), np.log(1.0))))
    # Early stars turn fast, late ones slowly.
    vsini = float(rng.uniform(1.0, 10.0) if strength > 0.4 else rng.uniform(2.0, 80.0))
    paschen = float(rng.uniform(0.1, 0.3)) if rng.uniform() < 1 / 3 else 0.0
    bundle = inputs.bundle
    star = hot_star(strength, vsini, bundle.resolution, bundle.window, bundle.lines, paschen=paschen, rng=rng)
    figures = {"strength": f"{strength:.3f}", "vsini": f"{vsini:.1f}", "paschen": f"{paschen:.2f}"}
    return finish(rng, expose(rng, star), inputs, figures=figures)


def hot_star(
    strength: float,
    vsini: float,
    resolution: float,
    window: Window,
    lines: tuple[Line, ...],
    *,
    paschen: float = 0.0,
    rng: np.random.Generator,
) -> Star:
    """Voigt lines on a flat continuum.

    Args:
        strength: factor of all depths, 1 for a K dwarf.
        vsini: km/s.
        resolution: lambda/FWHM.
        window: that is observed.
        lines: of the window.
        paschen: depth of the two Paschen lines nearest to the middle of the window.
        rng: of the weak lines.
    """
    low, high = window.lower - _REACH, window.upper + _REACH
    work = log_grid(low, high, _WORK)
    count = int(rng.integers(6, 15))
    centres = np.r_[[line.wavelength for line in lines], rng.uniform(low, high, count)]
    depths = strength * np.r_[np.resize(_DEPTHS, len(lines)), rng.uniform(0.02, 0.15, count)]
    wings = np.r_[np.resize(_WINGS, len(lines)), np.full(count, 0.01)]
    depth = sum(_line(work, *line) for line in zip(centres, depths, np.full(centres.size, 0.06), wings, strict=True))
    for centre in _paschen(window) if paschen else ():
        depth = depth + _line(work, centre, paschen, 2.0, 5.0)
    flux = broaden(np.exp(-depth), _WORK, vsini=vsini, fwhm=SPEED_OF_LIGHT / resolution)
    points = np.arange(low, high, _STEP)
    return Star(points, CubicSpline(work, flux)(points), {})


def _paschen(window: Window) -> list[float]:
    """The two lines of the Paschen series that are nearest to the middle of a window, vacuum Angstrom."""
    series = [1e8 / (_RYDBERG_HYDROGEN * (1.0 / 9.0 - 1.0 / upper**2)) for upper in range(4, 31)]
    return sorted(series, key=lambda centre: abs(centre - window.centre))[:2]


def _line(wavelength: np.ndarray, centre: float, depth: float, sigma: float, gamma: float) -> np.ndarray:
    """Voigt profile that reaches ``depth`` (as a part of the continuum) in optical depth; shape of ``wavelength``."""
    profile = voigt_profile(wavelength - centre, sigma, gamma) / voigt_profile(0.0, sigma, gamma)
    return -np.log1p(-min(depth, 0.95)) * profile


def giant(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """A giant or subgiant of log g 3.5-4.1, 3200-3900 K and the [M/H] of the models, turning slowly.

    Raises:
        UnusableInput: where the bundle has no models of giants.
    """
    low, high = inputs.bundle.limits
    if low[1] > _GIANT[0]:
        raise UnusableInput(f"{inputs.bundle.name} has no models below log g {low[1]:.1f}, and so none of giants.")
    teff = rng.uniform(max(3200.0, low[0]), min(3900.0, high[0]))
    star = np.array([teff, rng.uniform(*_GIANT), rng.uniform(low[2], high[2]), rng.uniform(low[3], 5.0)])
    return finish(rng, expose(rng, model_star(star, rng, inputs)), inputs)


def binary(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """Two M dwarfs in one spectrum, 20-80 km/s apart, the second 0.4-1 times as bright."""
    return _double(rng, inputs, (20.0, 80.0))


def close_binary(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """Two M dwarfs whose lines blend, 4-20 km/s apart, the second 0.4-1 times as bright."""
    return _double(rng, inputs, (4.0, 20.0))


def _double(rng: np.random.Generator, inputs: SimulationInputs, apart: tuple[float, float]) -> Spectrum:
    """Two M dwarfs in one spectrum, between so many km/s apart."""
    first, second = draw_star(rng, inputs), draw_star(rng, inputs)
    separation = float(rng.uniform(*apart) * rng.choice([-1.0, 1.0]))
    ratio = float(rng.uniform(0.4, 1.0))
    figures = {"apart": f"{separation:.2f}", "ratio": f"{ratio:.3f}"}
    return finish(rng, expose(rng, add_companion(first, second, separation, ratio)), inputs, figures=figures)


def add_companion(first: Star, second: Star, separation: float, ratio: float) -> Star:
    """The light of two stars, the second receding ``separation`` km/s faster and ``ratio`` times as bright."""
    moved = np.interp(doppler_shift(first.wavelength, -separation), second.wavelength, second.flux)
    return replace(first, flux=(first.flux + ratio * moved) / (1.0 + ratio))


def veiled(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """An accreting star: featureless light of 0.5-2 times the continuum on top of an M dwarf's."""
    veiling = float(np.exp(rng.uniform(np.log(0.5), np.log(2.0))))
    star = draw_star(rng, inputs)
    star = replace(star, flux=veil(star.flux, veiling))
    return finish(rng, expose(rng, star), inputs, figures={"veiling": f"{veiling:.3f}"})


def veil(flux: np.ndarray, veiling: float) -> np.ndarray:
    """Normalised flux with a constant added and normalised again: depths shrink by 1 / (1 + veiling)."""
    return (flux + veiling) / (1.0 + veiling)


def featureless(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """A continuum and noise, as of a lamp or a white dwarf."""
    points = _points(inputs)
    return finish(rng, expose(rng, Star(points, np.ones(points.size), {}), velocity=0.0), inputs)


def noise(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """Noise of mean zero, as of an exposure without light."""
    points = _points(inputs)
    exposure = expose(rng, Star(points, np.zeros(points.size), {}), velocity=0.0)
    return finish(rng, exposure, inputs)


def _points(inputs: SimulationInputs) -> np.ndarray:
    """Wavelengths about the window, vacuum Angstrom; shape ``(n,)``."""
    window = inputs.bundle.window
    return np.arange(window.lower - _REACH, window.upper + _REACH, _STEP)

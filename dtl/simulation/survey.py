"""A simulated survey: 286 stars at published parameters, with a realistic synthetic gap and known truth.

The stars are those of Mas-Buitrago et al. (2024), observed as CARMENES does. What separates them from the library is
put in on purpose: the gap measured on real stars (`dtl.simulation.gap`), strengths that are wrong line by line, a
weaker response to log g, a resolution that is not the one stated, a continuum, telluric residue, motion and photon
noise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from dtl.catalogue.published_stars import stars
from dtl.grid.library import Library
from dtl.inference.trust import HULL_UNIT, fills_box
from dtl.preparation.broadening import broaden, degrading_velocity, log_grid
from dtl.preparation.continuum import fit_continuum
from dtl.simulation.gap import GapModel
from dtl.spectrum import Spectrum
from dtl.wavelengths import SPEED_OF_LIGHT, Window, doppler_shift

__all__ = [
    "Source",
    "Survey",
    "SurveySettings",
    "library_source",
    "published_parameters",
    "simulate_survey",
    "telluric_transmission",
]

#: Parameters (4,) and resolution -> wavelength at rest (constant velocity step) and normalised flux.
Source = Callable[[np.ndarray, float], tuple[np.ndarray, np.ndarray]]

#: Velocity step of the work grid, km/s.
_STEP = 0.3
#: What of a star is rendered beyond the margin of the window on each side, Angstrom.
_REACH = 7.0
#: Lines of telluric water deeper than 1 % for a dry sky, Angstrom (vacuum, observatory's frame; HITRAN, Gordon et al.
#: 2022, JQSRT 277, 107949), and how deep they are relative to the strongest; after a correction a part of it is left.
_TELLURIC = (
    (8802.38, 0.4), (8805.83, 0.7), (8814.14, 0.8), (8821.65, 0.5), (8822.65, 1.0), (8824.82, 0.3), (8833.66, 0.9),
    (8837.86, 0.4), (8838.15, 0.4), (8840.84, 0.3),
)  # fmt: skip


@dataclass(frozen=True)
class SurveySettings:
    """What separates the stars from the library.

    Attributes:
        resolution: of the spectrograph, lambda/FWHM.
        resolution_error: relative standard deviation of the true resolution about the stated one.
        pixel: Angstrom.
        snr: range per pixel, drawn log-uniformly; equal ends give one value.
        gap_scatter: relative standard deviation of each line of the gap from star to star.
        depth_common: relative error of the depth of each line, the same for all stars.
        depth_star: the same, from star to star.
        logg_response: by which the effect of log g on the spectrum is multiplied (about log g 4.85).
        continuum: standard deviation of tilt and curvature over the window.
        telluric: depth left of the strongest telluric line, in the mean 0.8 times this (a half-normal distribution).
        wavelength_error: standard deviation of the error of the wavelengths, km/s.
    """

    resolution: float = 94_600.0
    resolution_error: float = 0.05
    pixel: float = 0.035
    snr: tuple[float, float] = (50.0, 300.0)
    gap_scatter: float = 0.3
    depth_common: float = 0.05
    depth_star: float = 0.05
    logg_response: float = 0.8
    continuum: float = 0.1
    telluric: float = 0.02
    wavelength_error: float = 0.1


@dataclass(frozen=True)
class Survey:
    """Observed spectra and, kept apart, the truth.

    Attributes:
        spectra: one a star.
        truth: Teff [K], log g, [M/H], v sin i [km/s]; shape ``(m, 4)``. Training never sees it.
        snr: per pixel; shape ``(m,)``.
    """

    spectra: list[Spectrum]
    truth: np.ndarray
    snr: np.ndarray


def published_parameters(nodes: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Names and published parameters of the 286 stars, moved into the domain of a grid where they lie outside.

    Args:
        nodes: of the grid; shape ``(m, 4)``.

    Returns:
        Names, and Teff, log g, [M/H], v sin i; shape ``(286, 4)``.
    """
    table = stars()
    wanted = table[["teff", "logg", "mh", "vsini"]].to_numpy(dtype=float)
    inside = np.clip(wanted, nodes.min(axis=0), nodes.max(axis=0))
    if fills_box(nodes):
        return list(table["karmn"]), inside
    triples = np.unique(nodes[:, :3], axis=0)
    for star in inside:
        offset = (star[:3] - triples) / HULL_UNIT
        distance = np.sqrt((offset**2).sum(axis=1))
        near = int(np.argmin(distance))
        if distance[near] > 0.9:  # the hull's own rule calls 1 outside
            star[:3] = triples[near] + (star[:3] - triples[near]) * 0.9 / distance[near]
    return list(table["karmn"]), inside


def library_source(library: Library, window: Window, *, extrapolate_logg: bool = False) -> Source:
    """Spectra about a window, interpolated from a library between its nodes."""
    interpolate = library.interpolator(extrapolate_logg=extrapolate_logg)
    reach = window.margin + _REACH
    work = log_grid(window.lower - reach, window.upper + reach, _STEP)

    def source(parameters: np.ndarray, resolution: float) -> tuple[np.ndarray, np.ndarray]:
        spectrum = CubicSpline(library.wavelength, interpolate(parameters[None, :3])[0])(work)
        fwhm = degrading_velocity(library.resolution, resolution)
        spectrum = broaden(spectrum, _STEP, vsini=float(parameters[3]), fwhm=fwhm)
        continuum = fit_continuum(work, spectrum, window=window)
        # The fit is meant for the window; beyond its margin it would run away.
        edge = (work > window.lower - window.margin) & (work < window.upper + window.margin)
        return work, spectrum / np.interp(work, work[edge], continuum[edge])

    return source


def simulate_survey(
    source: Source,
    gap: GapModel | None,
    parameters: np.ndarray,
    settings: SurveySettings = SurveySettings(),
    *,
    window: Window,
    seed: int,
    names: list[str] | None = None,
    progress: Callable[[float], None] = lambda fraction: None,
) -> Survey:
    """Observe made-up stars.

    Args:
        source: of the clean spectra.
        gap: what real stars have and the library lacks; None leaves it out, with the errors of the line strengths.
        parameters: true ones; shape ``(m, 4)``.
        settings: of the observation.
        window: that is observed.
        seed: of everything random; the errors common to all stars depend on it too.
        names: of the stars.
        progress: called with the fraction done.
    """
    rng = np.random.default_rng(seed)
    count = len(parameters)
    low, high = np.log(settings.snr)
    snr = np.exp(rng.uniform(low, high, count))
    velocities = rng.normal(0.0, 30.0, count)
    barycentric = rng.uniform(-25.0, 25.0, count)
    knots = _lines(source, settings.resolution)
    common = 1.0 + (settings.depth_common if gap else 0.0) * rng.standard_normal(len(knots))
    spectra = []
    for i, star in enumerate(parameters):
        of_star = np.random.default_rng((seed, i))
        true = settings.resolution * (1.0 + settings.resolution_error * np.clip(of_star.standard_normal(), -2.0, 2.0))
        wavelength, flux = source(_weakened(star, settings.logg_response if gap else 1.0), true)
        if gap:
            factor = common * (1.0 + settings.depth_star * of_star.standard_normal(len(knots)))
            flux = 1.0 - (1.0 - flux) * np.interp(wavelength, knots, factor)
            factors = 1.0 + settings.gap_scatter * of_star.standard_normal(len(gap.centre))
            curve = gap.curve(wavelength, float(star[0]), true, factors)
            flux = flux + broaden(curve, _step(wavelength), vsini=float(star[3]))
        spectra.append(
            _observe(
                CubicSpline(wavelength, flux),
                (wavelength[0], wavelength[-1]),
                settings,
                of_star,
                window=window,
                velocity=float(velocities[i]),
                barycentric=float(barycentric[i]),
                snr=float(snr[i]),
                name=names[i] if names else f"star {i + 1}",
            )
        )
        progress((i + 1) / count)
    return Survey(spectra, parameters, snr)


def telluric_transmission(wavelength: np.ndarray, depth: float, velocity: float) -> np.ndarray:
    """What the air lets through; shape of ``wavelength``.

    Args:
        wavelength: vacuum Angstrom, in a frame in which the observatory moves.
        depth: of the strongest line of `_TELLURIC`.
        velocity: by which wavelengths are larger than in the observatory's frame, km/s.
    """
    passed = np.ones_like(wavelength)
    for centre, part in _TELLURIC:
        place = doppler_shift(np.array([centre]), velocity)[0]
        passed *= 1.0 - depth * part * np.exp(-0.5 * ((wavelength - place) / 0.06) ** 2)
    return passed


def _weakened(star: np.ndarray, response: float, pivot: float = 4.85) -> np.ndarray:
    return np.r_[star[0], pivot + response * (star[1] - pivot), star[2:]]


def _step(wavelength: np.ndarray) -> float:
    return float(SPEED_OF_LIGHT * np.log(wavelength[1] / wavelength[0]))


def _lines(source: Source, resolution: float) -> np.ndarray:
    """Places of the lines of an M3 dwarf: minima that are 1 % deep."""
    wavelength, flux = source(np.array([3500.0, 4.8, 0.0, 2.0]), resolution)
    middle = flux[1:-1]
    return wavelength[1:-1][(middle < flux[:-2]) & (middle < flux[2:]) & (middle < 0.99)]


def _observe(
    rest: Callable[[np.ndarray], np.ndarray],
    reach: tuple[float, float],
    settings: SurveySettings,
    rng: np.random.Generator,
    *,
    window: Window,
    velocity: float,
    barycentric: float,
    snr: float,
    name: str,
) -> Spectrum:
    """One exposure in the barycentric frame: continuum, telluric residue, errors of the wavelengths, noise."""
    wrong = velocity + settings.wavelength_error * rng.standard_normal()
    edges = doppler_shift(np.array(reach), wrong)
    wavelength = np.arange(edges[0] + 0.05, edges[1] - 0.05, settings.pixel)
    x = (wavelength - window.lower) / window.width - 0.5
    tilt, bend = settings.continuum * rng.standard_normal(2)
    expected = rest(doppler_shift(wavelength, -wrong)) * (1.0 + tilt * x + bend * x**2)
    left = settings.telluric * abs(rng.standard_normal())
    expected = expected * telluric_transmission(wavelength, left, barycentric)
    sigma = np.sqrt(np.maximum(expected, 0.02)) / snr
    return Spectrum(
        wavelength,
        expected + sigma * rng.standard_normal(len(wavelength)),
        sigma,
        file=f"{name}.fits",
        star=name,
        resolution=settings.resolution,
        frame="barycentric",
        simulated=True,
    )

"""Spectra made up for tests, and the shipped bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import product
from pathlib import Path

import numpy as np
from astropy.io import fits

from dtl.bundle.model import ModelBundle
from dtl.bundle.shipped import read_card
from dtl.bundle.store import load_bundle
from dtl.bundle.window import lines_of
from dtl.grid.build import Grid, GridSettings, build_grid
from dtl.grid.library import Library
from dtl.grid.nodes import main_sequence_nodes
from dtl.preparation.broadening import broaden, log_grid
from dtl.preparation.target import PreparationTarget
from dtl.simulation.observation import simulate_observation
from dtl.spectrum import Spectrum
from dtl.wavelengths import SPEED_OF_LIGHT, Window, doppler_shift

STAR = (3500.0, 4.8, 0.0, 5.0)
#: The window of the shipped bundles, and its telluric lines.
WINDOW = Window(8800.0, 8835.0)
TELLURIC_LINES = (8802.35, 8805.85, 8814.14, 8821.63, 8822.66, 8824.83)
#: Its lines that have a name.
LINES = lines_of(read_card("common-r50000"))


def line_flux(wavelength: np.ndarray, *, lines: int = 220, seed: int = 3, strength: float = 1.0) -> np.ndarray:
    """Narrow lines at fixed places between 8760 and 8875 Angstrom on a continuum of 1; shape of ``wavelength``."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(8760.0, 8875.0, lines)
    depths = np.minimum(rng.gamma(1.2, 0.12, lines), 0.7) * strength
    widths = rng.uniform(0.05, 0.14, lines)
    optical = sum(
        depth * np.exp(-0.5 * ((wavelength - centre) / width) ** 2)
        for centre, depth, width in zip(centres, depths, widths, strict=True)
    )
    return np.exp(-optical)


@lru_cache(maxsize=1)
def _sharp() -> tuple[np.ndarray, np.ndarray]:
    work = log_grid(8740.0, 8895.0, 0.3)
    return work, broaden(line_flux(work), 0.3, vsini=3.0, fwhm=SPEED_OF_LIGHT / 50_000)


def star_flux(wavelength: np.ndarray) -> np.ndarray:
    """`line_flux` rotating at 3 km/s as seen at a resolution of 50,000, at rest; shape of ``wavelength``."""
    return np.interp(wavelength, *_sharp())


def target(resolution: float = 50_000.0) -> PreparationTarget:
    """A target whose one template is `star_flux`: preparation without a trained bundle."""
    points = np.round(np.linspace(8800.0, 8835.0, 3501), 6)
    return PreparationTarget(
        points,
        resolution,
        star_flux(points)[None],
        ("the made-up star",),
        window=WINDOW,
        telluric_lines=TELLURIC_LINES,
    )


def observe(
    *,
    snr: float = 100.0,
    velocity: float = 20.0,
    pixel: float = 0.05,
    seed: int = 1,
    reach: tuple[float, float] = (8780.0, 8860.0),
    stated: bool = True,
    **known: object,
) -> Spectrum:
    """The made-up star as a spectrograph would deliver it; ``known`` are fields of the spectrum."""
    rng = np.random.default_rng(seed)
    wavelength = np.arange(*reach, pixel)
    continuum = 4e3 * np.exp(0.004 * (wavelength - 8817.0) - 1e-4 * (wavelength - 8817.0) ** 2)
    sigma = continuum / snr if np.isfinite(snr) else np.zeros_like(continuum)
    flux = star_flux(doppler_shift(wavelength, -velocity)) * continuum + sigma * rng.normal(size=wavelength.size)
    defaults = {"file": "made-up.fits", "resolution": 50_000.0, "frame": "barycentric"}
    return Spectrum(wavelength, flux, sigma if stated and np.isfinite(snr) else None, **(defaults | known))


@lru_cache(maxsize=1)
def band() -> ModelBundle:
    """The shipped bundle as if it had those nodes alone that the published grid has too: a band, and no box."""
    bundle = shipped()
    published = {tuple(node) for node in np.round(main_sequence_nodes(), 3)}
    rows = np.array([tuple(node) in published for node in np.round(bundle.nodes.astype(float), 3)])
    parts = {name: getattr(bundle, name)[rows] for name in ("nodes", "latents", "map_flux", "map_latent")}
    return replace(bundle, **parts, template_nodes=np.arange(1))


@lru_cache(maxsize=1)
def shipped() -> ModelBundle:
    """The shipped bundle."""
    return load_bundle("common-r50000")


def observe_model(
    parameters: tuple[float, ...] = STAR,
    *,
    snr: float = 100.0,
    velocity: float = -20.0,
    pixel: float = 0.05,
    seed: int = 1,
    **known: object,
) -> Spectrum:
    """A star rendered through the shipped bundle's decoder."""
    data = simulate_observation(np.array(parameters), shipped(), snr=snr, velocity=velocity, pixel=pixel, seed=seed)
    return Spectrum(*data, **({"file": "model.fits", "resolution": 50_000.0, "frame": "barycentric"} | known))


@lru_cache(maxsize=8)
def _parts(wavelength: bytes) -> tuple[np.ndarray, ...]:
    return tuple(np.log(line_flux(np.frombuffer(wavelength), lines=160, seed=seed)) for seed in (21, 22, 23))


def library_flux(wavelength: np.ndarray, teff: float, logg: float, mh: float) -> np.ndarray:
    """Flux whose logarithm is linear in Teff, log g and [M/H], lines and level alike; shape of ``wavelength``."""
    hot, dense, rich = _parts(np.asarray(wavelength, dtype=float).tobytes())
    x = (teff - 3500.0) / 1000.0
    log_flux = (1 - 0.5 * x) * hot + (0.5 + 0.4 * (logg - 5.0)) * dense + (0.6 + 0.5 * mh) * rich
    return np.exp(log_flux + 30.0 + 2.0 * x + 0.1 * mh)


def write_hires(
    folder: Path,
    nodes: Sequence[tuple[float, float, float]],
    *,
    wavelength: np.ndarray | None = None,
    moved: float = 0.0,
) -> np.ndarray:
    """A library as the PHOENIX server lays it out, flux of `library_flux`; returns its wavelengths.

    Its lines are ``moved`` Angstrom to the red, for another window than that about 8817 Angstrom.
    """
    wavelength = np.arange(8766.0, 8869.0, 0.02) if wavelength is None else wavelength
    inside = folder / "PHOENIX-ACES-AGSS-COND-2011"
    inside.mkdir(parents=True)
    fits.PrimaryHDU(wavelength).writeto(folder / "WAVE_PHOENIX-ACES-AGSS-COND-2011.fits")
    for teff, logg, mh in nodes:
        metallicity = "-0.0" if mh == 0 else f"{mh:+.1f}"
        place = inside / f"Z{metallicity}"
        place.mkdir(exist_ok=True)
        name = f"lte{int(teff):05d}-{logg:.2f}{metallicity}.PHOENIX-ACES-AGSS-COND-2011-HiRes.fits"
        fits.PrimaryHDU(library_flux(wavelength - moved, teff, logg, mh).astype(np.float32)).writeto(place / name)
    return wavelength


@lru_cache(maxsize=1)
def tiny_grid() -> Grid:
    """A grid of a hundred or two nodes from a library of `library_flux`."""
    wavelength = np.arange(8780.0, 8855.0, 0.02)
    nodes = np.array(list(product((3300.0, 3400.0, 3500.0), (4.5, 5.0), (-0.5, 0.0, 0.5))))
    flux = np.stack([library_flux(wavelength, *node) for node in nodes])
    settings = GridSettings(teff=(3350.0, 3450.0), logg=(4.8, 4.9), mh=(-0.2, 0.2))
    return build_grid(Library(wavelength, nodes, flux, 500_000.0, "made up"), settings, WINDOW)

"""What made-up observations are made of: stars with a synthetic gap, exposures on pixels, noise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.interpolate import CubicSpline

from dtl.bundle.learned_gap import rotated
from dtl.bundle.model import ModelBundle
from dtl.grid.library import Library
from dtl.grid.recognition import read_library
from dtl.inference.interpolation import models_at
from dtl.inference.prior import prior_of
from dtl.simulation.gap import GapModel, gap_of
from dtl.spectrum import Finding, Spectrum, UnusableInput
from dtl.wavelengths import doppler_shift

__all__ = [
    "PIXEL",
    "Exposure",
    "SimulationInputs",
    "Star",
    "draw_star",
    "expose",
    "finish",
    "load_inputs",
    "model_star",
    "with_gap",
]

#: Size of a pixel, Angstrom: that of HPF is 0.03 to 0.06.
PIXEL = 0.05
#: How far a star reaches beyond the window on either side, Angstrom: 5 for the continuum and 300 km/s.
_BEYOND = 15.0
#: Limits of the signal-to-noise ratio per pixel, drawn evenly in its logarithm.
_SNR = (50.0, 300.0)
#: Half the range of velocities of ordinary stars, km/s.
_VELOCITY = 60.0
#: What of a library is kept on the blue and the red side of the window, Angstrom, for other ranges of wavelength.
_WIDE = (124.0, 149.0)
_COOL = (2300.0, 2700.0)


@dataclass(frozen=True)
class SimulationInputs:
    """What stars are drawn from.

    Attributes:
        bundle: its decoder makes ordinary M dwarfs.
        stars: normalised spectra at rest to draw from instead, as prepared ones of real stars, on the bundle's
            wavelengths; shape ``(k, n)``. The decoder's stars are true models but for the gap; what real ones
            do is known from real ones alone.
        gap: whether the decoder's stars are given the synthetic gap of the bundle's window, or are true models.
        gap_scatter: relative standard deviation of each line of the gap from star to star.
        library: library spectra that reach beyond the window, None where there is none.
        cool: library spectra of 2300-2700 K, None where there are none.
    """

    bundle: ModelBundle
    stars: np.ndarray | None = None
    gap: bool = True
    gap_scatter: float = 0.3
    library: Library | None = None
    cool: Library | None = None

    @cached_property
    def synthetic_gap(self) -> GapModel | None:
        """What the decoder's stars are given, where anything."""
        return gap_of(self.bundle.card) if self.gap else None


@dataclass(frozen=True)
class Star:
    """A noise-free star at rest.

    Attributes:
        wavelength: vacuum Angstrom, evenly spaced; shape ``(n,)``.
        flux: normalised; shape ``(n,)``.
        figures: what was drawn, name -> value in words.
    """

    wavelength: np.ndarray
    flux: np.ndarray
    figures: dict[str, str]


@dataclass(frozen=True)
class Exposure:
    """A star on pixels, before the noise.

    Attributes:
        wavelength: vacuum Angstrom in the frame of the file; shape ``(n,)``.
        expected: flux without noise, 1 at the continuum in the middle of the window; shape ``(n,)``.
        snr: per pixel where ``expected`` is 1.
        velocity: of the star in the frame of the file, km/s.
        figures: what was drawn, name -> value in words.
    """

    wavelength: np.ndarray
    expected: np.ndarray
    snr: float
    velocity: float
    figures: dict[str, str]


def load_inputs(bundle: ModelBundle, folder: str | Path | None = None) -> SimulationInputs:
    """Inputs from a bundle and, where there is one, the folder of a PHOENIX library.

    Args:
        bundle: the networks.
        folder: official HiRes files, or a collection of nodes with cool nodes in files of their own (``.npz``
            with keys wave, flux, teff, logg, mh, medium and resolution).

    Raises:
        UnusableInput: where the folder holds no library.
    """
    if folder is None:
        return SimulationInputs(bundle)
    library = read_library(folder, reach=(bundle.window.lower - _WIDE[0], bundle.window.upper + _WIDE[1]))
    chosen = (library.nodes[:, 0] >= _COOL[0]) & (library.nodes[:, 0] <= _COOL[1])
    cool = replace(library, nodes=library.nodes[chosen], flux=library.flux[chosen]) if chosen.any() else None
    return SimulationInputs(bundle, library=library, cool=cool or _read_single(Path(folder)))


def _read_single(folder: Path) -> Library | None:
    """Cool nodes from files of one vacuum spectrum each, those that share the wavelengths of the first."""
    found: list[tuple[list[float], np.ndarray]] = []
    wavelength, resolution = None, 0.0
    for path in sorted(folder.glob("*.npz")):
        with np.load(path, allow_pickle=False) as data:
            if not {"wave", "flux", "teff", "logg", "mh", "medium", "resolution"} <= set(data.files):
                continue
            if str(data["medium"]) != "vacuum" or not _COOL[0] <= float(data["teff"]) <= _COOL[1]:
                continue
            if wavelength is None:
                wavelength, resolution = data["wave"].astype(float), float(data["resolution"])
            if np.array_equal(data["wave"], wavelength):
                found.append(([float(data[key]) for key in ("teff", "logg", "mh")], data["flux"].astype(float)))
    if wavelength is None:
        return None
    nodes, flux = (np.array(part) for part in zip(*found, strict=True))
    return Library(wavelength, nodes, flux, resolution, f"{folder.name} ({len(nodes)} single nodes)")


def with_gap(
    flux: np.ndarray, teff: float, vsini: float, inputs: SimulationInputs, rng: np.random.Generator
) -> np.ndarray:
    """Flux ``(n,)`` of a model with the synthetic gap of real stars, its lines varied as in the simulated survey.

    Args:
        flux: on the bundle's wavelengths; shape ``(n,)``.
        teff: K.
        vsini: km/s.
        inputs: whose gap and resolution are taken.
        rng: random numbers.
    """
    gap = inputs.synthetic_gap
    if gap is None:
        return flux
    factors = 1.0 + inputs.gap_scatter * rng.standard_normal(len(gap.centre))
    curve = gap.curve(inputs.bundle.wavelength, teff, inputs.bundle.resolution, factors)
    return flux + rotated(curve, vsini, inputs.bundle.window)


def draw_star(rng: np.random.Generator, inputs: SimulationInputs) -> Star:
    """An M dwarf as the bundle's prior has them, else near a random node, or one of the inputs' own stars."""
    bundle = inputs.bundle
    if inputs.stars is not None:
        index = int(rng.integers(len(inputs.stars)))
        return _extended(inputs.stars[index].astype(float), {"star": str(index)}, inputs)
    prior = prior_of(bundle.card)
    if prior is not None:
        return model_star(prior.draw(1, bundle.limits, int(rng.integers(2**32)))[0], rng, inputs)
    node = bundle.nodes[rng.integers(len(bundle.nodes))].astype(float)
    node += np.r_[12.5, 0.05, 0.05, 0.0] * rng.uniform(-1.0, 1.0, 4)  # off the node, by half a step at most
    return model_star(node, rng, inputs)


def model_star(parameters: np.ndarray, rng: np.random.Generator, inputs: SimulationInputs) -> Star:
    """A star of Teff [K], log g, [M/H] and v sin i [km/s], shape ``(4,)``, by the decoder and with the gap."""
    flux = models_at(parameters[None], inputs.bundle)[0].astype(float)
    flux = with_gap(flux, float(parameters[0]), float(parameters[3]), inputs, rng)
    figures = dict(zip(("teff", "logg", "mh", "vsini"), (f"{value:.2f}" for value in parameters), strict=True))
    return _extended(flux, figures, inputs)


def _extended(flux: np.ndarray, figures: dict[str, str], inputs: SimulationInputs) -> Star:
    """A star of flux ``(n,)`` in the window.

    A bundle knows no more than the window. Beyond, the spectrum is mirrored, so that neither the continuum nor a
    missing margin tells the star from a real one.
    """
    bundle = inputs.bundle
    step = float(bundle.wavelength[1] - bundle.wavelength[0])
    beyond = round(_BEYOND / step)
    wavelength = bundle.wavelength[0] + step * np.arange(-beyond, flux.size + beyond)
    return Star(wavelength, np.pad(flux, beyond, mode="reflect"), figures)


def expose(rng: np.random.Generator, star: Star, *, velocity: float | None = None, pixel: float = PIXEL) -> Exposure:
    """The star moving, on pixels, under a tilted and bent continuum as a blaze leaves it.

    Args:
        rng: random numbers.
        star: at rest.
        velocity: km/s in the frame of the file; drawn where None.
        pixel: Angstrom.
    """
    velocity = float(rng.uniform(-_VELOCITY, _VELOCITY)) if velocity is None else velocity
    snr = float(np.exp(rng.uniform(*np.log(_SNR))))
    edges = doppler_shift(star.wavelength[[0, -1]], velocity)
    wavelength = np.arange(edges[0], edges[1], pixel)
    x = (wavelength - wavelength.mean()) / np.ptp(wavelength)
    tilt, bend = rng.normal(0.0, 0.1, 2)
    flux = CubicSpline(star.wavelength, star.flux)(doppler_shift(wavelength, -velocity))
    return Exposure(wavelength, flux * (1.0 + tilt * x + bend * x**2), snr, velocity, star.figures)


def finish(
    rng: np.random.Generator,
    exposure: Exposure,
    inputs: SimulationInputs,
    *,
    figures: dict[str, str] | None = None,
    frame: str = "barycentric",
    resolution: float | None = None,
) -> Spectrum:
    """The exposure with photon noise, as a file would give it.

    Args:
        rng: random numbers.
        exposure: without noise.
        inputs: whose bundle's resolution is stated where ``resolution`` is None.
        figures: what else was drawn, name -> value in words; kept as findings.
        frame: as the file states it.
        resolution: as the file states it.
    """
    counts = exposure.snr**2 * exposure.expected
    sigma = exposure.snr * np.sqrt(np.maximum(exposure.expected, 0.02))
    told = exposure.figures | {"velocity": f"{exposure.velocity:.2f}"} | (figures or {})
    return Spectrum(
        exposure.wavelength,
        counts + sigma * rng.normal(size=counts.size),
        sigma,
        file="simulated",
        resolution=resolution or inputs.bundle.resolution,
        frame=frame,
        simulated=True,
        findings=tuple(Finding(name, value, "file", "drawn by the simulation") for name, value in told.items()),
    )


def need(library: Library | None, what: str) -> Library:
    """The library, or the reason why a kind cannot be made.

    Raises:
        UnusableInput: where it is None.
    """
    if library is None:
        raise UnusableInput(f"no library with {what} at hand; name a folder that holds one.")
    return library

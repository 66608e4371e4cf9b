"""Simulated observations: spectra rendered through the decoder between the nodes, with noise and motion."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.table import Table
from scipy.interpolate import CubicSpline

from dtl.bundle.learned_gap import rotated
from dtl.bundle.model import ModelBundle
from dtl.inference.interpolation import models_at
from dtl.preparation.broadening import broaden, degrading_velocity, log_grid
from dtl.resources import whole_file, write_whole
from dtl.result import PARAMETERS
from dtl.simulation.gap import gap_of
from dtl.simulation.survey import Source
from dtl.wavelengths import doppler_shift, vacuum_to_air

__all__ = [
    "Example",
    "decoder_source",
    "simulate_observation",
    "write_examples",
    "write_fits_table",
]

#: Velocity step of `decoder_source`, km/s.
_STEP = 0.3


def decoder_source(bundle: ModelBundle) -> Source:
    """Spectra of a bundle's decoder between its nodes, on the window alone.

    They have the bundle's resolution. A lower one is reached by broadening; for a higher one they stay as they are.
    """
    window = bundle.window
    work = log_grid(window.lower, window.upper, _STEP)
    points = np.minimum(work, window.upper)  # the last one lies a part of a step beyond

    def source(parameters: np.ndarray, resolution: float) -> tuple[np.ndarray, np.ndarray]:
        flux = CubicSpline(bundle.wavelength, models_at(np.asarray(parameters)[None], bundle)[0])(points)
        return work, broaden(flux, _STEP, fwhm=degrading_velocity(bundle.resolution, resolution))

    return source


def simulate_observation(
    parameters: np.ndarray, bundle: ModelBundle, *, snr: float, velocity: float, pixel: float, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One observation of a made-up star.

    Args:
        parameters: Teff [K], log g, [M/H], v sin i [km/s]; shape ``(4,)``.
        bundle: the networks.
        snr: per pixel at the continuum.
        velocity: of the star in the frame of the file, km/s.
        pixel: Angstrom.
        seed: of noise and continuum.

    Returns:
        Wavelength (vacuum Angstrom), flux (counts, with a continuum of its own) and 1 sigma.
    """
    rng = np.random.default_rng(seed)
    flux = models_at(parameters[None], bundle)[0]
    gap = gap_of(bundle.card)
    if bundle.gap is not None and gap is not None:  # adapted networks expect what real stars have beside models
        curve = gap.curve(bundle.wavelength, float(parameters[0]), bundle.resolution)
        flux = flux + rotated(curve, float(parameters[3]), bundle.window)
    rest = CubicSpline(bundle.wavelength, flux)
    edges = doppler_shift(bundle.wavelength[[0, -1]], velocity)
    wavelength = np.arange(np.ceil(edges[0] * 100) / 100, edges[1], pixel)
    x = (wavelength - wavelength.mean()) / np.ptp(wavelength)
    tilt, bend = rng.normal(0.0, 0.1, 2)
    continuum = snr**2 * (1.0 + tilt * x + bend * x**2)
    expected = rest(doppler_shift(wavelength, -velocity)) * continuum
    sigma = np.sqrt(np.maximum(expected, 1.0))
    return wavelength, expected + sigma * rng.normal(size=sigma.size), sigma


@dataclass(frozen=True)
class Example:
    """A shipped example: what it is and how it is written."""

    file: str
    title: str
    parameters: tuple[float, float, float, float]
    snr: float
    velocity: float
    pixel: float
    write: Callable[..., None]
    layout: str


def write_examples(bundle: ModelBundle, folder: str | Path) -> list[str]:
    """Write the shipped examples and their index; returns the names of the files."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    index = []
    for seed, example in enumerate(_EXAMPLES):
        data = simulate_observation(
            np.array(example.parameters),
            bundle,
            snr=example.snr,
            velocity=example.velocity,
            pixel=example.pixel,
            seed=100 + seed,
        )
        with whole_file(folder / example.file) as place:
            example.write(place, example.title, bundle.resolution, data)
        drawn = ", ".join(
            f"{label} {value:.{digits}f}{f' {unit}' if unit else ''}"
            for value, (label, unit, digits) in zip(example.parameters, PARAMETERS.values(), strict=True)
        )
        index.append(
            {
                "file": example.file,
                "title": example.title,
                "text": f"Simulated observation, S/N {example.snr:.0f}, {example.layout}. Drawn at {drawn}, "
                f"velocity {example.velocity:+.1f} km/s; the synthetic gap of real stars, noise and a continuum "
                "of its own were added.",
            }
        )
    write_whole(folder / "index.json", json.dumps(index, indent=2, ensure_ascii=False) + "\n")
    return [entry["file"] for entry in index]


_Observation = tuple[np.ndarray, np.ndarray, np.ndarray]


def _header(title: str, resolution: float) -> fits.Header:
    header = fits.Header()
    header["OBJECT"] = title
    header["SIMULAT"] = (True, "simulated observation, no real star")
    header["SPEC_RES"] = (resolution, "lambda / FWHM")
    header["SPECSYS"] = "BARYCENT"
    return header


def _write_phase3(path: Path, title: str, resolution: float, data: _Observation) -> None:
    """One-row table of vectors, as ESO phase 3; wavelengths in air."""
    wavelength, flux, sigma = data
    air = vacuum_to_air(wavelength)
    columns = [
        fits.Column("WAVE", f"{air.size}D", unit="angstrom", array=air[None]),
        fits.Column("FLUX", f"{air.size}E", unit="adu", array=flux[None]),
        fits.Column("ERR", f"{air.size}E", unit="adu", array=sigma[None]),
    ]
    table = fits.BinTableHDU.from_columns(columns, name="SPECTRUM")
    table.header["VOCLASS"] = "SPECTRUM v2.0"
    table.header["TUCD1"] = "em.wl;obs.atmos"
    fits.HDUList([fits.PrimaryHDU(header=_header(title, resolution)), table]).writeto(path, overwrite=True)


def write_fits_table(
    path: Path,
    title: str,
    resolution: float,
    data: _Observation,
    *,
    unit: str = "nm",
    flux_unit: str | None = "count",
) -> None:
    """FITS table of a simulated observation with one row a pixel, in vacuum and the barycentric frame.

    Args:
        path: of the file.
        title: name of the star.
        resolution: lambda/FWHM.
        data: wavelength (vacuum Angstrom), flux and 1 sigma; shape ``(n,)`` each.
        unit: of the wavelengths in the file, ``nm`` or ``Angstrom``.
        flux_unit: None for normalised flux.
    """
    wavelength, flux, sigma = data
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column("WAVELENGTH", "D", unit=unit, array=wavelength / 10 if unit == "nm" else wavelength),
            fits.Column("FLUX", "E", unit=flux_unit, array=flux),
            fits.Column("ERROR", "E", unit=flux_unit, array=sigma),
        ]
    )
    header = _header(title, resolution)
    header["VACUUM"] = True
    fits.HDUList([fits.PrimaryHDU(header=header), table]).writeto(path, overwrite=True)


def _write_text(path: Path, title: str, resolution: float, data: _Observation) -> None:
    """Three blank-separated columns, air Angstrom, comment lines on top."""
    wavelength, flux, sigma = data
    head = (
        f"simulated: true\nstar: {title}\nmedium: air\nunit: Angstrom\nframe: barycentric\n"
        f"resolution: {resolution:.0f}\nwavelength flux uncertainty"
    )
    np.savetxt(path, np.c_[vacuum_to_air(wavelength), flux, sigma], fmt=("%.4f", "%.1f", "%.1f"), header=head)


def _write_ecsv(path: Path, title: str, resolution: float, data: _Observation) -> None:
    """ECSV with units and metadata."""
    wavelength, flux, sigma = data
    table = Table(
        {"wavelength": np.round(wavelength, 4), "flux": np.round(flux, 1), "uncertainty": np.round(sigma, 1)},
        units={"wavelength": "Angstrom", "flux": "count", "uncertainty": "count"},
        meta={
            "simulated": True,
            "star": title,
            "medium": "vacuum",
            "frame": "barycentric",
            "resolution": resolution,
        },
    )
    table.write(path, format="ascii.ecsv", overwrite=True)


_EXAMPLES = (
    Example(
        "simulated-m3.fits", "Simulated M3 dwarf", (3412.0, 4.80, 0.03, 5.6), 150.0, 18.3, 0.05,
        _write_phase3, "one-row table in air as from ESO phase 3",
    ),
    Example(
        "simulated-m1-fast.txt", "Simulated M1 dwarf, fast rotator", (3688.0, 4.71, 0.11, 17.0), 110.0, -31.7, 0.06,
        _write_text, "text table in air",
    ),
    Example(
        "simulated-m4-metal-poor.ecsv", "Simulated M4 dwarf, metal-poor", (3237.0, 4.95, -0.34, 2.7), 80.0, -108.2,
        0.055, _write_ecsv, "ECSV in vacuum",
    ),
    Example(
        "simulated-k7.fits", "Simulated K7 dwarf", (4063.0, 4.70, -0.16, 6.3), 220.0, 5.9, 0.03,
        write_fits_table, "FITS table in vacuum nanometres",
    ),
    Example(
        "simulated-m2-faint.txt", "Simulated M2 dwarf, faint", (3535.0, 4.79, -0.12, 6.8), 22.0, 44.0, 0.06,
        _write_text, "text table in air, fainter than the networks were trained on",
    ),
)  # fmt: skip

"""PHOENIX-ACES HiRes: a folder of the official FITS files (Husser et al. 2013, A&A 553, A6)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from astropy.io import fits

from dtl.grid.library import Layout, Library
from dtl.spectrum import UnusableInput

__all__ = ["HIRES_RESOLUTION", "LAYOUT", "REFERENCE", "WAVELENGTH_FILE", "hires_path", "parse_hires_name"]

REFERENCE = "Husser et al. 2013, A&A 553, A6"
#: lambda/FWHM from 3000 to 25,000 Angstrom.
HIRES_RESOLUTION = 500_000.0
WAVELENGTH_FILE = "WAVE_PHOENIX-ACES-AGSS-COND-2011.fits"
_FOLDER = "PHOENIX-ACES-AGSS-COND-2011"
_NAME = re.compile(
    r"lte(?P<teff>\d{5})-(?P<logg>\d\.\d{2})(?P<mh>[+-]\d\.\d)\.PHOENIX-ACES-AGSS-COND-2011-HiRes\.fits$"
)


def hires_path(teff: float, logg: float, mh: float) -> str:
    """Path of a node on the PHOENIX server, below its ``HiResFITS`` folder, for solar alpha abundance."""
    sign = "-" if mh <= 0 else "+"  # the server writes solar as -0.0
    metallicity = f"{sign}{abs(mh):.1f}"
    return (
        f"{_FOLDER}/Z{metallicity}/lte{round(teff):05d}-{logg:.2f}{metallicity}.PHOENIX-ACES-AGSS-COND-2011-HiRes.fits"
    )


def parse_hires_name(name: str) -> tuple[float, float, float] | None:
    """Teff [K], log g, [M/H] of an official file name of solar alpha abundance, None for another name."""
    match = _NAME.search(name)
    if match is None:
        return None
    return float(match["teff"]), float(match["logg"]), float(match["mh"])


def _find(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("lte*.fits") if parse_hires_name(path.name))


def _read(folder: Path, files: list[Path], reach: tuple[float, float]) -> Library:
    wavelength_file = next(iter(sorted(folder.rglob(WAVELENGTH_FILE))), None)
    if wavelength_file is None:
        raise UnusableInput(
            f"{folder}: {len(files)} HiRes spectra but no {WAVELENGTH_FILE}; their wavelengths are in that file, "
            "fetch it from the server beside them."
        )
    wavelength = _read_fits(wavelength_file)
    keep = slice(*np.searchsorted(wavelength, reach))
    if keep.stop - keep.start < 100:
        raise UnusableInput(f"{wavelength_file} does not cover {reach[0]:.0f}-{reach[1]:.0f} Angstrom.")
    flux = np.empty((len(files), keep.stop - keep.start))
    for i, file in enumerate(files):
        spectrum = _read_fits(file)
        if spectrum.shape != wavelength.shape:
            raise UnusableInput(
                f"{file} has {spectrum.size} points where {WAVELENGTH_FILE} has {wavelength.size}; "
                "probably an interrupted download, fetch it again."
            )
        flux[i] = spectrum[keep]
    nodes = np.array([parse_hires_name(f.name) for f in files])
    source = f"PHOENIX-ACES HiRes, {len(files)} files"
    return Library(wavelength[keep], nodes, flux, HIRES_RESOLUTION, source, REFERENCE)


def _read_fits(path: Path) -> np.ndarray:
    try:
        with fits.open(path, memmap=False) as hdus:
            return np.asarray(hdus[0].data, dtype=float).ravel()
    except Exception as error:  # astropy raises many kinds for a broken file
        raise UnusableInput(
            f"{path} cannot be read as FITS ({error}); probably an interrupted download, fetch it again."
        ) from error


LAYOUT = Layout(
    "official PHOENIX-ACES HiRes files (lte?????-?.??-?.?.PHOENIX-ACES-AGSS-COND-2011-HiRes.fits with "
    f"{WAVELENGTH_FILE})",
    _find,
    _read,
)

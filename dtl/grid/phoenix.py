"""Readers of PHOENIX-ACES libraries: official HiRes FITS files, and compact collections of nodes in .npz."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from astropy.io import fits

from dtl.grid.library import Library
from dtl.spectrum import UnusableInput
from dtl.wavelengths import air_to_vacuum

__all__ = ["HIRES_RESOLUTION", "WAVELENGTH_FILE", "hires_path", "parse_hires_name", "read_library"]

#: Husser et al. (2013, A&A 553, A6): R = 500,000 from 3000 to 25,000 Angstrom.
HIRES_RESOLUTION = 500_000.0
WAVELENGTH_FILE = "WAVE_PHOENIX-ACES-AGSS-COND-2011.fits"
_FOLDER = "PHOENIX-ACES-AGSS-COND-2011"
_NAME = re.compile(
    r"lte(?P<teff>\d{5})-(?P<logg>\d\.\d{2})(?P<mh>[+-]\d\.\d)\.PHOENIX-ACES-AGSS-COND-2011-HiRes\.fits$"
)
#: What is read around the window: 5 A for the continuum, 25 A for broadening and velocities.
REACH = (8770.0, 8865.0)


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


def read_library(folder: str | Path, *, reach: tuple[float, float] = REACH) -> Library:
    """The library in a folder: official HiRes files (any depth), else a collection of nodes in ``.npz``.

    Args:
        folder: holds the files.
        reach: wavelengths that are kept, vacuum Angstrom.

    Raises:
        UnusableInput: where the folder holds no library, or a file of it cannot be read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise UnusableInput(f"{folder}: no such folder; give the folder with the PHOENIX files.")
    hires = sorted(p for p in folder.rglob("lte*.fits") if parse_hires_name(p.name))
    if hires:
        return _read_hires(folder, hires, reach)
    boxes = [p for p in sorted(folder.glob("*.npz")) if _is_box(p)]
    if boxes:
        return _read_box(boxes[0], reach)
    raise UnusableInput(
        f"{folder}: no PHOENIX library found; expected official HiRes files (lte?????-?.??-?.?.PHOENIX-ACES-AGSS-COND-"
        f"2011-HiRes.fits with {WAVELENGTH_FILE}) or a .npz with keys wave, flux and params."
    )


def _read_hires(folder: Path, files: list[Path], reach: tuple[float, float]) -> Library:
    wavelength_file = next(iter(sorted(folder.rglob(WAVELENGTH_FILE))), None)
    if wavelength_file is None:
        raise UnusableInput(
            f"{folder}: {len(files)} HiRes spectra but no {WAVELENGTH_FILE}; their wavelengths are in that file, "
            "fetch it from the server beside them."
        )
    wavelength = _read_fits(wavelength_file)
    keep = slice(*np.searchsorted(wavelength, reach))
    if keep.stop - keep.start < 100:
        raise UnusableInput(f"{wavelength_file}: does not cover {reach[0]:.0f}-{reach[1]:.0f} Angstrom.")
    flux = np.empty((len(files), keep.stop - keep.start))
    for i, file in enumerate(files):
        spectrum = _read_fits(file)
        if spectrum.shape != wavelength.shape:
            raise UnusableInput(
                f"{file}: has {spectrum.size} points where {WAVELENGTH_FILE} has {wavelength.size}; "
                "probably an interrupted download, fetch it again."
            )
        flux[i] = spectrum[keep]
    nodes = np.array([parse_hires_name(f.name) for f in files])
    return Library(wavelength[keep], nodes, flux, HIRES_RESOLUTION, f"PHOENIX-ACES HiRes, {len(files)} files")


def _read_fits(path: Path) -> np.ndarray:
    try:
        with fits.open(path, memmap=False) as hdus:
            return np.asarray(hdus[0].data, dtype=float).ravel()
    except Exception as error:  # astropy raises many kinds for a broken file
        raise UnusableInput(
            f"{path}: cannot be read as FITS ({error}); probably an interrupted download, fetch it again."
        ) from error


def _is_box(path: Path) -> bool:
    try:
        with np.load(path, allow_pickle=False) as data:
            return {"wave", "flux", "params"} <= set(data.files)
    except (OSError, ValueError, TypeError, EOFError, BadZipFile) as error:
        raise UnusableInput(
            f"{path}: cannot be read ({error}); probably an interrupted download, fetch it again."
        ) from error


def _read_box(path: Path, reach: tuple[float, float]) -> Library:
    """A collection of nodes named ``..._<medium>_R<resolution>.npz`` with keys wave, flux, params."""
    with np.load(path, allow_pickle=False) as data:
        wave, flux, nodes = data["wave"].astype(float), data["flux"].astype(float), data["params"].astype(float)
    match = re.search(r"_(air|vacuum)_R(\d+)", path.stem)
    if match is None:
        raise UnusableInput(
            f"{path}: its name does not say medium and resolution; name it like nodes_vacuum_R105000.npz."
        )
    wavelength = air_to_vacuum(wave) if match[1] == "air" else wave
    keep = slice(*np.searchsorted(wavelength, reach))
    return Library(wavelength[keep], nodes, flux[:, keep], float(match[2]), f"{path.name} ({len(nodes)} nodes)")

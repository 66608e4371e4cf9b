"""A collection of PHOENIX-ACES nodes in a ``.npz`` with keys wave, flux, params; its name says medium, resolution."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from dtl.grid.libraries.phoenix import REFERENCE
from dtl.grid.library import Layout, Library
from dtl.spectrum import UnusableInput
from dtl.wavelengths import air_to_vacuum

__all__ = ["LAYOUT"]


def _find(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.npz")) if _is_collection(path)]


def _is_collection(path: Path) -> bool:
    try:
        with np.load(path, allow_pickle=False) as data:
            return {"wave", "flux", "params"} <= set(data.files)
    except (OSError, ValueError, TypeError, EOFError, BadZipFile) as error:
        raise UnusableInput(
            f"{path} cannot be read ({error}); probably an interrupted download, fetch it again."
        ) from error


def _read(folder: Path, files: list[Path], reach: tuple[float, float]) -> Library:
    """A collection of nodes named ``..._<medium>_R<resolution>.npz`` with keys wave, flux, params."""
    path = files[0]
    with np.load(path, allow_pickle=False) as data:
        wave, flux, nodes = data["wave"].astype(float), data["flux"].astype(float), data["params"].astype(float)
    match = re.search(r"_(air|vacuum)_R(\d+)", path.stem)
    if match is None:
        raise UnusableInput(
            f"{path}: its name does not say medium and resolution; name it like nodes_vacuum_R105000.npz."
        )
    wavelength = air_to_vacuum(wave) if match[1] == "air" else wave
    keep = slice(*np.searchsorted(wavelength, reach))
    if keep.stop - keep.start < 100:
        raise UnusableInput(f"{path} does not cover {reach[0]:.0f}-{reach[1]:.0f} Angstrom.")
    source = f"{path.name} ({len(nodes)} nodes)"
    return Library(wavelength[keep], nodes, flux[:, keep], float(match[2]), source, REFERENCE)


#: Asked last: such a file may lie beside the files of any library.
LAYOUT = Layout("a .npz with keys wave, flux and params", _find, _read, rank=9)

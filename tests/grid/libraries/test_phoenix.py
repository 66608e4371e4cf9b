"""Official HiRes files as the server names and lays them out."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from dtl.grid.libraries.phoenix import HIRES_RESOLUTION, WAVELENGTH_FILE, hires_path, parse_hires_name
from dtl.grid.recognition import read_library, wavelengths_around
from dtl.spectrum import UnusableInput
from tests.builders import WINDOW, library_flux, write_hires

REACH = wavelengths_around(WINDOW)
NODES = list(product((3300.0, 3400.0), (4.5, 5.0), (0.0, 0.5)))
END = ".PHOENIX-ACES-AGSS-COND-2011-HiRes.fits"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_hires(tmp_path / "HiResFITS", NODES)
    return tmp_path / "HiResFITS"


@pytest.mark.parametrize(
    ("node", "path"),
    [
        ((3900, 4.5, 0.5), f"PHOENIX-ACES-AGSS-COND-2011/Z+0.5/lte03900-4.50+0.5{END}"),
        ((2300, 5.0, 0.0), f"PHOENIX-ACES-AGSS-COND-2011/Z-0.0/lte02300-5.00-0.0{END}"),
        ((12000, 0.5, -4.0), f"PHOENIX-ACES-AGSS-COND-2011/Z-4.0/lte12000-0.50-4.0{END}"),
    ],
)
def test_names(node: tuple[float, float, float], path: str) -> None:
    assert hires_path(*node) == path
    assert parse_hires_name(path) == node


@pytest.mark.parametrize(
    "name",
    [f"lte03900-4.50+0.5.Alpha=+0.20{END}", "lte03900-4.50+0.5.AGSS.fits", WAVELENGTH_FILE, f"lte3900-4.50-0.0{END}"],
)
def test_other_names(name: str) -> None:
    assert parse_hires_name(name) is None


def test_hires_library(folder: Path) -> None:
    written = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("lte*.fits"))
    assert written == sorted(hires_path(*node) for node in NODES)
    library = read_library(folder, reach=REACH)
    assert {tuple(node) for node in library.nodes} == set(NODES)
    assert library.resolution == HIRES_RESOLUTION == 500_000 and "8 files" in library.source
    assert library.wavelength[0] >= 8770 and library.wavelength[-1] <= 8865 and (np.diff(library.wavelength) > 0).all()
    for node, flux in zip(library.nodes, library.flux, strict=True):
        np.testing.assert_allclose(flux, library_flux(library.wavelength, *node), rtol=1e-6)


def test_alpha_enhanced_files_are_left_alone(folder: Path) -> None:
    other = folder / "PHOENIX-ACES-AGSS-COND-2011" / "Z-0.0.Alpha=+0.20"
    other.mkdir()
    (other / f"lte03300-4.50-0.0.Alpha=+0.20{END}").write_bytes(b"never read")
    assert len(read_library(folder, reach=REACH).nodes) == 8


def test_without_wavelengths(folder: Path) -> None:
    (folder / WAVELENGTH_FILE).unlink()
    with pytest.raises(UnusableInput, match=rf"8 HiRes spectra but no {WAVELENGTH_FILE}"):
        read_library(folder, reach=REACH)


@pytest.mark.parametrize("length", [0, 1000, 2880 + 5000])
def test_truncated_file(folder: Path, length: int) -> None:
    victim = folder / hires_path(3400, 5.0, 0.5)
    victim.write_bytes(victim.read_bytes()[:length])
    with pytest.raises(
        UnusableInput, match=rf"{re.escape(victim.name)} cannot be read as FITS .*interrupted download, fetch it again"
    ):
        read_library(folder, reach=REACH)


def test_file_of_another_length(folder: Path, tmp_path: Path) -> None:
    short = write_hires(tmp_path / "other", [(3400.0, 5.0, 0.5)], wavelength=np.arange(8766.0, 8869.0, 0.03))
    (tmp_path / "other" / hires_path(3400, 5.0, 0.5)).replace(folder / hires_path(3400, 5.0, 0.5))
    with pytest.raises(UnusableInput, match=f"has {short.size} points where"):
        read_library(folder, reach=REACH)


def test_wavelengths_elsewhere(tmp_path: Path) -> None:
    write_hires(tmp_path / "blue", [(3400.0, 5.0, 0.0)], wavelength=np.arange(5000.0, 5100.0, 0.1))
    with pytest.raises(UnusableInput, match="does not cover 8770-8865"):
        read_library(tmp_path / "blue", reach=REACH)

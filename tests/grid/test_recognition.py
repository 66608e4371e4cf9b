"""Which library lies in a folder, and one that a new module brings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from dtl.grid import libraries
from dtl.grid.libraries.phoenix import HIRES_RESOLUTION
from dtl.grid.recognition import layouts, read_library, wavelengths_around
from dtl.spectrum import UnusableInput
from dtl.wavelengths import Window
from tests.builders import WINDOW, library_flux, write_hires

REACH = wavelengths_around(WINDOW)
NODES = list(product((3300.0, 3400.0), (4.5, 5.0), (0.0, 0.5)))
#: A whole library of files like m_3300_4.5_+0.0.fits, flux over a linear wavelength in the header.
MODULE = """
import re
import numpy as np
from astropy.io import fits
from dtl.grid.library import Layout, Library

def find(folder):
    return sorted(folder.glob("m_*.fits"))

def read(folder, files, reach):
    header = fits.getheader(files[0])
    wavelength = header["CRVAL1"] + header["CDELT1"] * np.arange(header["NAXIS1"])
    keep = (wavelength >= reach[0]) & (wavelength <= reach[1])
    nodes = np.array([[float(part) for part in file.stem.split("_")[1:]] for file in files])
    flux = np.stack([fits.getdata(file)[keep] for file in files])
    return Library(wavelength[keep], nodes, flux, 200_000.0, "made up")

LAYOUT = Layout("files like m_3300_4.5_+0.0.fits", find, read)
"""


@pytest.fixture
def further_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One module more beside those of the package."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "made_up_models.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.setattr(libraries, "__path__", [*libraries.__path__, str(tmp_path / "modules")])
    layouts.cache_clear()
    yield
    layouts.cache_clear()


def write_models(folder: Path, wavelength: np.ndarray) -> None:
    """The nodes in files of the made-up library."""
    folder.mkdir()
    for teff, logg, mh in NODES:
        hdu = fits.PrimaryHDU(library_flux(wavelength, teff, logg, mh))
        hdu.header["CRVAL1"], hdu.header["CDELT1"] = wavelength[0], wavelength[1] - wavelength[0]
        hdu.writeto(folder / f"m_{teff:.0f}_{logg:.1f}_{mh:+.1f}.fits")


def test_a_further_library_is_one_module(tmp_path: Path, further_layout: None) -> None:
    wavelength = 8600.0 + 0.03 * np.arange(10_000)
    write_models(tmp_path / "models", wavelength)
    reach = wavelengths_around(Window(8650.0, 8690.0))
    library = read_library(tmp_path / "models", reach=reach)
    assert library.resolution == 200_000 and library.source == "made up"
    assert {tuple(node) for node in library.nodes} == set(NODES)
    assert reach[0] <= library.wavelength[0] < 8620.1 and 8719.9 < library.wavelength[-1] <= reach[1]
    np.testing.assert_allclose(library.flux[0], library_flux(library.wavelength, *library.nodes[0]), rtol=1e-9)


def test_the_libraries_of_the_package_are_still_found(tmp_path: Path, further_layout: None) -> None:
    write_hires(tmp_path / "models", NODES)
    assert read_library(tmp_path / "models", reach=REACH).resolution == HIRES_RESOLUTION
    with pytest.raises(UnusableInput, match=r"files like m_3300_4\.5_\+0\.0\.fits"):
        read_library(tmp_path / "modules", reach=REACH)


def test_official_files_come_before_a_collection_beside_them(tmp_path: Path) -> None:
    write_hires(tmp_path, NODES)
    np.savez(tmp_path / "nodes_air_R105000.npz", wave=np.ones(9), flux=np.ones((1, 9)), params=np.ones((1, 3)))
    assert read_library(tmp_path, reach=REACH).resolution == HIRES_RESOLUTION


def test_wavelengths_around_a_window() -> None:
    assert wavelengths_around(Window(8800.0, 8835.0, 5.0)) == (8770.0, 8865.0)


def test_no_library(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="no such folder"):
        read_library(tmp_path / "missing", reach=REACH)
    with pytest.raises(
        UnusableInput,
        match=r"no library of synthetic spectra found; expected official PHOENIX-ACES HiRes files .* or a \.npz",
    ):
        read_library(tmp_path, reach=REACH)

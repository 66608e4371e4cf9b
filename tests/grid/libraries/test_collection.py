"""Collections of nodes in one file."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from dtl.grid.recognition import read_library, wavelengths_around
from dtl.spectrum import UnusableInput
from dtl.wavelengths import air_to_vacuum
from tests.builders import WINDOW, library_flux

REACH = wavelengths_around(WINDOW)
NODES = list(product((3300.0, 3400.0), (4.5, 5.0), (0.0, 0.5)))


@pytest.mark.parametrize("medium", ["air", "vacuum"])
def test_collection(tmp_path: Path, medium: str) -> None:
    wave = np.arange(8760.0, 8870.0, 0.05)
    flux = np.stack([library_flux(wave, *node) for node in NODES])
    np.savez(tmp_path / f"nodes_{medium}_R105000.npz", wave=wave, flux=flux, params=np.array(NODES))
    np.savez(tmp_path / "another.npz", something=wave)
    library = read_library(tmp_path, reach=REACH)
    assert library.resolution == 105_000 and library.flux.shape == (8, library.wavelength.size)
    shift = library.wavelength[0] - wave[np.searchsorted(wave, library.wavelength[0] - 3e-9 - 2.5 * (medium == "air"))]
    assert shift == pytest.approx(air_to_vacuum(8770.0) - 8770.0 if medium == "air" else 0.0, abs=0.051)
    expected = air_to_vacuum(wave) if medium == "air" else wave
    assert np.isin(library.wavelength, expected).all()


def test_collection_that_does_not_say_its_medium(tmp_path: Path) -> None:
    np.savez(tmp_path / "nodes.npz", wave=np.ones(9), flux=np.ones((1, 9)), params=np.ones((1, 3)))
    with pytest.raises(UnusableInput, match="does not say medium and resolution"):
        read_library(tmp_path, reach=REACH)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"no archive at all"])
def test_broken_collection(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "nodes_air_R105000.npz").write_bytes(content)
    with pytest.raises(UnusableInput, match=r"nodes_air_R105000\.npz cannot be read"):
        read_library(tmp_path, reach=REACH)


def test_collection_of_other_wavelengths(tmp_path: Path) -> None:
    wave = np.arange(5000.0, 5100.0, 0.05)
    np.savez(tmp_path / "nodes_air_R105000.npz", wave=wave, flux=np.ones((1, wave.size)), params=np.ones((1, 3)))
    with pytest.raises(UnusableInput, match=r"nodes_air_R105000\.npz does not cover 8770-8865"):
        read_library(tmp_path, reach=REACH)

"""The grid: rendering against PyAstronomy, the same normalisation as of observations, saving, real spectra."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PyAstronomy import pyasl
from scipy.interpolate import CubicSpline

from dtl.grid.build import Grid, GridSettings, build_grid, load_grid, render
from dtl.grid.library import Library, OutsideLibrary
from dtl.grid.nodes import main_sequence_nodes
from dtl.grid.recognition import read_library, wavelengths_around
from dtl.preparation.continuum import fit_continuum
from dtl.preparation.prepare import prepare
from dtl.preparation.target import PreparationTarget
from dtl.spectrum import Spectrum, UnusableInput
from dtl.wavelengths import doppler_shift
from tests.builders import WINDOW, library_flux

SETTINGS = GridSettings(teff=(3350.0, 3400.0), logg=(4.8, 4.9), mh=(-0.1, 0.2), extrapolate_logg=True)
WAVELENGTH = np.arange(8770.0, 8865.0, 0.02)
NODES = np.array(list(product((3300.0, 3400.0, 3500.0), (4.0, 4.5), (-0.5, 0.0, 0.5))))
LIBRARY = Library(WAVELENGTH, NODES, np.stack([library_flux(WAVELENGTH, *n) for n in NODES]), 200_000.0, "made up")


@pytest.fixture(scope="module")
def grid() -> Grid:
    return build_grid(LIBRARY, SETTINGS, WINDOW)


def test_window_points() -> None:
    points = WINDOW.points()
    assert len(points) == 3501 and (points[0], points[-1]) == (8800.0, 8835.0)
    np.testing.assert_allclose(np.diff(points), 0.01, atol=1e-9)


def test_nodes_and_progress(grid: Grid) -> None:
    expected = main_sequence_nodes(teff=SETTINGS.teff, logg=SETTINGS.logg, mh=SETTINGS.mh)
    np.testing.assert_array_equal(grid.nodes, expected)
    assert grid.flux.shape == (len(expected), 3501) and grid.flux.dtype == np.float32
    assert np.isfinite(grid.flux).all() and 0.9 < np.median(grid.flux) < 1.0 and grid.flux.max() < 1.1
    fractions: list[float] = []
    again = build_grid(LIBRARY, SETTINGS, WINDOW, progress=fractions.append)
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert again.digest() == grid.digest()


@pytest.mark.parametrize("vsini", [2.0, 15.0])
def test_render_against_pyastronomy(vsini: float) -> None:
    """From 200,000 to 50,000: PyAstronomy's rotation, then its Gaussian of R = 1 / sqrt(1/50,000^2 - 1/200,000^2)."""
    linear = np.arange(8780.0, 8855.0, 0.005)
    flux = CubicSpline(WAVELENGTH, library_flux(WAVELENGTH, 3400.0, 4.9, 0.0))(linear)
    rotated = pyasl.fastRotBroad(linear, flux, 0.6, vsini, effWvl=8817.5)
    seen = pyasl.instrBroadGaussFast(linear, rotated, 50_000 / np.sqrt(1 - 1 / 16), edgeHandling="firstlast")
    expected = CubicSpline(linear, seen / fit_continuum(linear, seen, window=WINDOW))(WINDOW.points())
    found = render(
        library_flux(WAVELENGTH, 3400.0, 4.9, 0.0),
        WAVELENGTH,
        np.array([vsini]),
        WINDOW,
        resolution_from=2e5,
        resolution_to=5e4,
    )
    assert found.shape == (1, 3501)
    np.testing.assert_allclose(found[0], expected, atol=2e-3)
    assert np.sqrt(np.mean((found[0] - expected) ** 2)) < 3e-4


def test_observations_are_prepared_alike(grid: Grid) -> None:
    """What a library star looks like through a spectrograph and the preparation is what the grid says."""
    wavelength = np.arange(8775.0, 8860.0, 0.03)
    at = int(np.flatnonzero((grid.nodes == (3400.0, 4.8, 0.0, 5.0)).all(axis=1))[0])
    rest = doppler_shift(wavelength, 80.0)
    # The library's star without rotation, through a spectrograph as sharp as the library.
    flux = library_flux(rest, 3400.0, 4.8, 0.0) * np.exp(0.004 * (wavelength - 8817))
    spectrum = Spectrum(wavelength, flux, flux / 1e4, "star.fits", resolution=200_000.0, frame="barycentric")
    still = render(
        library_flux(WAVELENGTH, 3400.0, 4.8, 0.0), WAVELENGTH, np.zeros(1), WINDOW, resolution_from=2e5,
        resolution_to=50_000.0,
    )  # fmt: skip
    prepared = prepare(spectrum, PreparationTarget(WINDOW.points(), 50_000.0, still, ("itself",), window=WINDOW))
    assert prepared.rv == pytest.approx(-80.0, abs=0.05)
    np.testing.assert_allclose(prepared.flux, still[0], atol=5e-3)
    assert np.sqrt(np.mean((prepared.flux - still[0]) ** 2)) < 1e-3
    assert np.sqrt(np.mean((grid.flux[at] - still[0]) ** 2)) > 5e-3  # rotation is seen at all


def test_rotation_makes_lines_shallow(grid: Grid) -> None:
    rows = (grid.nodes[:, :3] == grid.nodes[0, :3]).all(axis=1)
    deepest = grid.flux[rows].min(axis=1)[np.argsort(grid.nodes[rows, 3])]
    assert rows.sum() == 13 and (np.diff(deepest) > 0).all()


def test_domain_beyond_the_library() -> None:
    with pytest.raises(OutsideLibrary, match="log g"):
        build_grid(LIBRARY, replace(SETTINGS, extrapolate_logg=False), WINDOW)
    with pytest.raises(OutsideLibrary, match="Teff"):
        build_grid(LIBRARY, replace(SETTINGS, teff=(3400.0, 3600.0)), WINDOW)
    with pytest.raises(OutsideLibrary, match="no published node"):
        build_grid(LIBRARY, replace(SETTINGS, teff=(5000.0, 5100.0)), WINDOW)


def test_save_and_load(grid: Grid, tmp_path: Path) -> None:
    grid.save(tmp_path / "grid.npz")
    back = load_grid(tmp_path / "grid.npz")
    assert (back.settings, back.source, back.digest()) == (grid.settings, grid.source, grid.digest())
    assert (back.window, back.reference) == (grid.window, grid.reference) == (WINDOW, "")
    np.testing.assert_array_equal(back.wavelength, grid.wavelength)
    changed = replace(grid, flux=grid.flux + np.float32(1e-6))
    assert changed.digest() != grid.digest()
    assert replace(grid, nodes=grid.nodes + 1e-9).digest() != grid.digest()
    with pytest.raises(UnusableInput, match="cannot be written"):
        grid.save(tmp_path / "missing" / "grid.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"\x93NUMPY", b"text", None])
def test_what_is_no_grid(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "grid.npz"
    if content is None:
        np.savez(path, flux=np.ones(3))
    else:
        path.write_bytes(content)
    with pytest.raises(UnusableInput, match=r"is no grid .*grid build"):
        load_grid(path)
    with pytest.raises(UnusableInput, match="is no grid"):
        load_grid(tmp_path / "missing.npz")


def test_object_arrays_are_not_unpickled(grid: Grid, tmp_path: Path) -> None:
    np.savez(tmp_path / "grid.npz", meta=np.array([{"a": 1}], dtype=object))
    with pytest.raises(UnusableInput, match="is of another kind, or damaged") as caught:
        load_grid(tmp_path / "grid.npz")
    assert "allow_pickle" in str(caught.value.__cause__)


def test_native_node_from_the_extrapolated_library(shared_data: Path) -> None:
    """A genuine 3900 K / 4.5 spectrum against the one extrapolated from log g 3.5 and 4.0."""
    native = shared_data / "phoenix_aces" / "native_3900K_4.5_0.0_vacuum.npz"
    if not native.exists():
        pytest.skip(f"no real data: {native} is absent")
    library = read_library(native.parent, reach=wavelengths_around(WINDOW))
    assert library.flux.shape[0] == 84 and library.resolution == 105_000
    extrapolated = library.interpolator(extrapolate_logg=True)(np.array([3900.0, 4.5, 0.0]))[0]
    with np.load(native, allow_pickle=False) as data:
        wave, flux = data["wave"].astype(float), data["flux"].astype(float)
    still = np.zeros(1)
    expected = render(flux, wave, still, WINDOW, resolution_from=500_000.0, resolution_to=50_000.0)[0]
    found = render(
        extrapolated, library.wavelength, still, WINDOW, resolution_from=library.resolution, resolution_to=5e4
    )[0]
    assert np.sqrt(np.mean((found - expected) ** 2)) < 4e-3
    edge = library.interpolator()(np.array([3900.0, 4.0, 0.0]))[0]
    unmoved = render(edge, library.wavelength, still, WINDOW, resolution_from=library.resolution, resolution_to=5e4)[0]
    assert np.sqrt(np.mean((unmoved - expected) ** 2)) > 5e-3  # so that the extrapolation is what helps

"""Interpolation on a library whose log flux is linear, where it must be exact."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from dtl.grid.library import Library, OutsideLibrary
from tests.builders import library_flux

WAVELENGTH = np.arange(8800.0, 8835.0, 0.1)
NODES = np.array(list(product((3200.0, 3300.0, 3500.0), (4.0, 4.5), (-0.5, 0.0, 0.5))))
LIBRARY = Library(WAVELENGTH, NODES, np.stack([library_flux(WAVELENGTH, *n) for n in NODES]), 1e5, "made up")


def without(keep: np.ndarray) -> Library:
    return replace(LIBRARY, nodes=NODES[keep], flux=LIBRARY.flux[keep])


@pytest.mark.parametrize("point", [(3200.0, 4.0, -0.5), (3275.0, 4.1, 0.25), (3499.0, 4.5, -0.49)])
def test_exact_inside(point: tuple[float, float, float]) -> None:
    for extrapolate in (False, True):
        found = LIBRARY.interpolator(extrapolate_logg=extrapolate)(np.array(point))
        np.testing.assert_allclose(found[0], library_flux(WAVELENGTH, *point), rtol=1e-10)


@pytest.mark.parametrize("logg", [3.2, 4.8, 5.3])
def test_exact_beyond_in_logg(logg: float) -> None:
    point = (3410.0, logg, 0.1)
    found = LIBRARY.interpolator(extrapolate_logg=True)(np.array(point))
    np.testing.assert_allclose(found[0], library_flux(WAVELENGTH, *point), rtol=1e-10)
    with pytest.raises(OutsideLibrary, match=rf"log g = {logg} .* from 4 to 4\.5"):
        LIBRARY.interpolator()(np.array(point))


@pytest.mark.parametrize(
    ("point", "name"), [((3199.0, 4.2, 0.0), "Teff = 3199"), ((3300.0, 4.2, 0.6), r"\[M/H\] = 0.6")]
)
def test_never_beyond_in_the_others(point: tuple[float, float, float], name: str) -> None:
    with pytest.raises(OutsideLibrary, match=name):
        LIBRARY.interpolator(extrapolate_logg=True)(np.array([(3300.0, 4.2, 0.0), point]))


def test_order_of_the_nodes_does_not_matter() -> None:
    shuffled = without(np.random.default_rng(1).permutation(len(NODES)))
    points = np.array([(3260.0, 4.3, 0.2), (3450.0, 4.4, -0.3)])
    np.testing.assert_array_equal(shuffled.interpolator()(points), LIBRARY.interpolator()(points))


def test_hole() -> None:
    keep = ~np.all(NODES == (3300.0, 4.5, 0.0), axis=1)
    with pytest.raises(
        OutsideLibrary, match=r"1 nodes are missing, the first is Teff 3300 K, log g 4\.50, \[M/H\] \+0\.00"
    ):
        without(keep).interpolator()


def test_axis_of_one_value() -> None:
    solar = without(NODES[:, 2] == 0.0)
    found = solar.interpolator()(np.array([3400.0, 4.25, 0.0]))
    np.testing.assert_allclose(found[0], library_flux(WAVELENGTH, 3400.0, 4.25, 0.0), rtol=1e-10)
    with pytest.raises(OutsideLibrary, match=r"\[M/H\] = 0\.1"):
        solar.interpolator()(np.array([3400.0, 4.25, 0.1]))


def test_around_keeps_what_is_needed() -> None:
    """Holes away from the domain are no matter."""
    holed = without(~np.all(NODES == (3500.0, 4.5, 0.5), axis=1))
    low, high = np.array([3210.0, 4.7, -0.2]), np.array([3290.0, 5.0, 0.4])
    needed = holed.around(low, high)
    assert [tuple(axis) for axis in needed.axes] == [(3200.0, 3300.0), (4.0, 4.5), (-0.5, 0.0, 0.5)]
    found = needed.interpolator(extrapolate_logg=True)(np.array([3222.0, 4.9, 0.3]))
    np.testing.assert_allclose(found[0], library_flux(WAVELENGTH, 3222.0, 4.9, 0.3), rtol=1e-10)
    exact = LIBRARY.around(np.array([3300.0, 4.5, 0.0]), np.array([3300.0, 4.5, 0.0]))
    assert all(len(axis) == 2 for axis in exact.axes)
    with pytest.raises(OutsideLibrary):  # what lies outside is still told
        LIBRARY.around(np.full(3, 9e3), np.full(3, 9e3)).interpolator()(np.array([9000.0, 4.0, 0.0]))

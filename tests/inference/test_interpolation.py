"""Spectra between the nodes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from dtl.inference.interpolation import NodeSpectra, Surface, node_spectra
from tests.builders import shipped


@lru_cache(maxsize=1)
def spectra() -> NodeSpectra:
    return node_spectra(shipped())


def test_places_and_parameters() -> None:
    nodes = shipped().nodes.astype(float)
    np.testing.assert_allclose(spectra().parameters(spectra().places), nodes, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(spectra().place(nodes[7]), spectra().places[7])
    here, step = np.array([3400.0, 4.9, -0.2, 4.0]), 1e-4
    moves = [(spectra().place(here + step * unit) - spectra().place(here)).sum() / step for unit in np.eye(4)]
    np.testing.assert_allclose(spectra().slopes(here), moves, rtol=1e-3)


@pytest.mark.parametrize("index", [60, 1500, 3100, 5200, 6900])
def test_a_node_follows_from_its_neighbours(index: int) -> None:
    surface = spectra().surface(spectra().places[index])
    assert index in surface.near
    keep = surface.near != index
    without = Surface(surface.places[keep], surface.near[keep], np.ones(keep.sum()))
    found = without.at(spectra().places[index], without.coefficients(spectra().flux[without.near]))
    assert np.sqrt(np.mean((found - spectra().flux[index]) ** 2)) < 2e-3


def test_shares_and_coefficients_say_the_same() -> None:
    place = spectra().place(np.array([3487.0, 4.82, -0.13, 7.0]))
    surface = spectra().surface(place)
    shares = surface.shares(place)
    assert shares.sum() == pytest.approx(1.0)
    direct = shares @ spectra().flux[surface.near]
    np.testing.assert_allclose(surface.at(place, surface.coefficients(spectra().flux[surface.near])), direct, atol=1e-6)


def test_the_gradient_is_that_of_differences() -> None:
    place = spectra().place(np.array([3487.0, 4.82, -0.13, 7.0]))
    surface = spectra().surface(place)
    coefficients = surface.coefficients(spectra().flux[surface.near].astype(float))
    away = place + np.array([0.3, -0.2, 0.1, 0.2])
    gradient = surface.gradient(away, coefficients)
    for i, unit in enumerate(1e-4 * np.eye(4)):
        expected = (surface.at(away + unit, coefficients) - surface.at(away - unit, coefficients)) / 2e-4
        np.testing.assert_allclose(gradient[:, i], expected, atol=1e-8)


def test_what_the_nodes_do_not_vary_in_has_no_effect() -> None:
    """Hot nodes of the shipped grid all have one log g."""
    place = spectra().place(np.array([4150.0, 4.7, -0.2, 5.0]))
    surface = spectra().surface(place)
    assert np.ptp(surface.places[:, 1]) < 1e-3
    gradient = surface.gradient(place + 0.1, surface.coefficients(spectra().flux[surface.near]))
    assert np.abs(gradient[:, 1]).max() < 1e-6 < np.abs(gradient[:, 0]).max()

"""Spectra between the nodes."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from dtl.bundle.projection import nearest
from dtl.inference.interpolation import NodeSpectra, Surface, latent_at, models_at, node_spectra
from tests.builders import band, shipped


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


def test_the_latents_of_a_node_follow_from_its_neighbours() -> None:
    """Decoded, they give its spectrum to 0.1 % where the node itself is left out, in the median to 0.02 %."""
    bundle, wrong = band(), []
    for index in np.random.default_rng(1).choice(len(bundle.nodes), 40, replace=False):
        without = replace(
            bundle, nodes=np.delete(bundle.nodes, index, axis=0), latents=np.delete(bundle.latents, index, axis=0)
        )
        found = models_at(bundle.nodes[[index]], without) - bundle.decode(bundle.latents[[index]])
        wrong.append(np.sqrt(np.mean(found**2)))
    assert np.median(wrong) < 2e-4 and np.percentile(wrong, 90) < 1e-3


def test_latents_at_nodes_and_in_rows() -> None:
    bundle = shipped()
    rows = [100, 2500, 5000]
    found = latent_at(bundle.nodes[rows].astype(float), bundle)
    assert found.shape == (3, bundle.latents.shape[1])
    np.testing.assert_array_equal(found[1], latent_at(bundle.nodes[2500].astype(float), bundle))
    assert np.linalg.norm(found - bundle.latents[rows], axis=1).max() < 0.3  # in spreads of the grid


def test_off_the_band_of_nodes_latents_stay_among_models() -> None:
    """Anywhere in the grid's box, of which the nodes fill a band: nearer to a node than nodes are to their mean."""
    bundle = shipped()
    low, high = bundle.nodes.min(axis=0), bundle.nodes.max(axis=0)
    found = latent_at(np.random.default_rng(2).uniform(low, high, (200, 4)), bundle)
    spread = np.median(np.linalg.norm(bundle.latents, axis=1))
    assert nearest(found, bundle.latents, 1)[1].max() < spread

"""Neighbours against scikit-learn, and a projector that is local, deterministic and blind to its batch."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from dtl.bundle.projection import dead_latents, flux_basis, nearest, project
from tests.builders import shipped

RNG = np.random.default_rng(1)
NODES = RNG.normal(size=(400, 12)).astype(np.float32)
PLACES = RNG.uniform(-5, 5, (400, 2))


@pytest.mark.parametrize("count", [1, 8, 400])
def test_nearest_against_scikit_learn(count: int) -> None:
    vectors = RNG.normal(size=(25, 12)).astype(np.float32)
    expected, where = (
        NearestNeighbors(n_neighbors=count, algorithm="brute").fit(NODES.astype(float)).kneighbors(vectors)
    )
    index, distance = nearest(vectors, NODES, count)
    np.testing.assert_array_equal(index, where)
    np.testing.assert_allclose(distance, expected, atol=1e-4)


def test_a_node_is_its_own_nearest() -> None:
    index, distance = nearest(NODES[:50], NODES, 3)
    np.testing.assert_array_equal(index[:, 0], np.arange(50))
    np.testing.assert_allclose(distance[:, 0], 0.0, atol=5e-3)
    assert (np.diff(distance, axis=1) >= 0).all()


def test_project_is_deterministic_and_blind_to_the_batch() -> None:
    vectors = RNG.normal(size=(9, 12))
    together = project(vectors, NODES, PLACES)
    np.testing.assert_array_equal(together, project(vectors, NODES, PLACES))
    alone = np.concatenate([project(row[None], NODES, PLACES) for row in vectors])
    np.testing.assert_allclose(together, alone, atol=1e-9)
    # a mean of places with positive weights: inside their range
    assert (together >= PLACES.min(axis=0)).all() and (together <= PLACES.max(axis=0)).all()


def test_project_is_invariant_as_the_correlation_is() -> None:
    vectors = RNG.normal(size=(5, 12))
    np.testing.assert_allclose(project(3.0 * vectors + 7.0, NODES, PLACES), project(vectors, NODES, PLACES), atol=1e-6)


@pytest.mark.parametrize("space", ["flux", "latent"])
def test_nodes_stay_near_their_own_place(space: str) -> None:
    """On the shipped maps; the figure is the distance as a fraction of the map's diagonal."""
    bundle = shipped()
    some = slice(None, None, 23)
    if space == "latent":
        places = bundle.map_latent
        found = project(bundle.latents[some], bundle.latents, places)
    else:
        places = bundle.map_flux
        found = bundle.flux_basis.project(bundle.decode(bundle.latents[some]), places)
    difference_in_sigma = np.linalg.norm(found - places[some], axis=1) / np.linalg.norm(np.ptp(places, axis=0))
    assert np.median(difference_in_sigma) < 0.01 and np.quantile(difference_in_sigma, 0.95) < 0.05


def test_few_nodes() -> None:
    found = project(NODES[:2], NODES[:4], PLACES[:4])
    assert found.shape == (2, 2) and np.isfinite(found).all()


@pytest.mark.parametrize("count", [300, 60])
def test_flux_basis_keeps_correlation_distances(count: int) -> None:
    """Against numpy's exact coefficients, with more spectra than points and with fewer."""
    rng = np.random.default_rng(2)
    flux = rng.normal(size=(count, 6)) @ rng.normal(size=(6, 150)) + 10 + 1e-3 * rng.normal(size=(count, 150))
    basis = flux_basis(flux, 8)
    assert basis.components.shape == (8, 150) and basis.scores.shape == (count, 8)
    np.testing.assert_allclose(basis.components @ basis.components.T, np.eye(8), atol=1e-5)
    exact = np.corrcoef(flux)[:20, 20:40]
    np.testing.assert_allclose(basis.scores[:20] @ basis.scores[20:40].T, exact, atol=1e-4)
    places = rng.uniform(size=(count, 2))
    np.testing.assert_allclose(basis.project(flux[:7], places), project(flux[:7], flux, places), atol=1e-3)


def test_shipped_flux_basis() -> None:
    bundle = shipped()
    flux = bundle.decode(bundle.latents[::200])
    exact = np.corrcoef(flux)
    scores = bundle.flux_basis.scores[::200]
    np.testing.assert_allclose(scores @ scores.T, exact, atol=0.01)


def test_dead_latents() -> None:
    latents = RNG.normal(size=(100, 5)) * np.array([1.0, 0.0, 3e-6, 1e-7, 2.0]) + 7.0
    np.testing.assert_array_equal(dead_latents(latents), [False, True, False, True, False])
    assert dead_latents(np.zeros((9, 3), dtype=np.float32)).all()
    assert not dead_latents(shipped().latents).any()

"""The decoder walk: it starts where the models are, goes where it is told, and says when it leaves them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from dtl.exploration.latent_traversal import correlations, directions, flux_effect, grid_limits, start_at, step_to
from dtl.result import PARAMETERS
from tests.builders import band, shipped


def test_at_a_node_the_step_is_the_node() -> None:
    bundle = shipped()
    step = step_to(bundle.latents[1234], bundle)
    assert step.distance == pytest.approx(0.0, abs=5e-3)
    np.testing.assert_array_equal(step.flux, bundle.decode(bundle.latents[[1234]])[0])
    tolerance = (60.0, 0.1, 0.1, 1.0)
    for (name, value), node, most in zip(step.read.items(), bundle.nodes[1234], tolerance, strict=True):
        assert value == pytest.approx(float(node), abs=most), name


def test_walking_along_a_parameter_moves_what_is_read() -> None:
    bundle = shipped()
    cool, beyond = start_at(np.array([3300.0, 4.9, 0.0, 3.0]), bundle)
    hot, _ = start_at(np.array([3500.0, 4.8, 0.0, 3.0]), bundle)
    assert not beyond
    assert hot.read["teff"] - cool.read["teff"] == pytest.approx(200, abs=40)
    assert abs(hot.read["mh"] - cool.read["mh"]) < 0.1


def test_inside_every_range_and_still_outside_the_models() -> None:
    bundle = band()
    hot_and_dense = np.array([4250.0, 5.1, 0.0, 3.0])
    for value, (low, high) in zip(hot_and_dense, grid_limits(bundle).values(), strict=True):
        assert low <= value <= high
    assert start_at(hot_and_dense, bundle)[1]


def test_the_limits_are_those_of_the_grid() -> None:
    limits = grid_limits(shipped())
    assert list(limits) == list(PARAMETERS)
    assert limits["teff"] == (3000.0, 4300.0) and limits["vsini"] == (1.5, 30.0)


def test_directions_against_scikit_learn() -> None:
    bundle = shipped()
    found = directions(bundle.latents, bundle.nodes)
    pca = PCA().fit(bundle.latents.astype(float))
    np.testing.assert_allclose(found.share, pca.explained_variance_ratio_, rtol=1e-4, atol=1e-9)
    np.testing.assert_allclose(np.abs((found.axes[:5] * pca.components_[:5]).sum(axis=1)), 1.0, atol=1e-4)
    np.testing.assert_allclose(found.scores.std(axis=0), found.spread, rtol=1e-6)
    assert (correlations(found.scores, bundle.nodes)[:, 0] >= 0).all()


def test_correlations_against_numpy() -> None:
    bundle = shipped()
    found = correlations(bundle.latents[:, :3], bundle.nodes)
    for i in range(3):
        for j in range(4):
            other = np.log(bundle.nodes[:, 3]) if j == 3 else bundle.nodes[:, j]
            assert found[i, j] == pytest.approx(np.corrcoef(bundle.latents[:, i], other)[0, 1], abs=1e-5)
    assert (correlations(np.ones((len(bundle.nodes), 1)), bundle.nodes) == 0).all()


def test_the_effect_on_flux_is_that_of_one_step() -> None:
    bundle = shipped()
    start, axes, spread = bundle.latents[500].astype(float), np.eye(32), np.full(32, 0.5)
    found = flux_effect(start, axes, spread, bundle)
    moved = start.copy()
    moved[7] += 0.5
    change = bundle.decode(moved[None])[0] - bundle.decode(start[None])[0]
    assert found.shape == (32,) and found[7] == pytest.approx(np.sqrt(np.mean(change**2)), rel=1e-3)

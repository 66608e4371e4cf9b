"""How often models stand for the stars of a sample, and what networks over a family of gaps know of it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from dtl.inference.prior import StarPrior
from dtl.transfer.plausibility import often_in_sample, sequence_of
from dtl.transfer.population import Population

_AXES = np.arange(3000.0, 4301.0, 100.0), np.arange(3.5, 5.31, 0.1), np.arange(-0.5, 0.51, 0.1)
NODES = np.stack([*(axis.ravel() for axis in np.meshgrid(*_AXES)), np.full(14 * 19 * 11, 2.0)], axis=1)
FAMILY = SimpleNamespace(nodes=NODES, card={"prior": StarPrior().entries()}, target_encoder=object())
ROWS = np.arange(len(NODES))


def test_a_sample_is_drawn_as_it_is() -> None:
    """Its mean and spread of [M/H], and log g about the main sequence as the prior has it scatter."""
    known = Population(mean_mh=0.1, spread_mh=0.12)
    often = often_in_sample(FAMILY, ROWS, known)
    mean = np.average(NODES[:, 2], weights=often)
    assert mean == pytest.approx(0.1, abs=0.02)
    assert np.average((NODES[:, 2] - mean) ** 2, weights=often) ** 0.5 == pytest.approx(0.12, abs=0.04)
    on_sequence, _ = StarPrior().logg(NODES[:, 0], NODES[:, 2])
    assert np.average((NODES[:, 1] - on_sequence) ** 2, weights=often) ** 0.5 < 0.3
    anything = often_in_sample(FAMILY, ROWS, replace(known, mean_mh=None))
    assert np.average(NODES[:, 2] ** 2, weights=anything) ** 0.5 > 0.25


def test_networks_that_know_models_alone_draw_by_metallicity() -> None:
    known = Population(mean_mh=0.1)
    for bundle in (SimpleNamespace(**vars(FAMILY) | {"target_encoder": None}), SimpleNamespace(nodes=NODES, card={})):
        np.testing.assert_array_equal(often_in_sample(bundle, ROWS, known), known.weights(NODES))


def test_the_sequence_is_that_of_the_prior() -> None:
    teff, mh = np.array([3200.0, 3700.0]), np.array([0.0, -0.2])
    np.testing.assert_array_equal(sequence_of(FAMILY).logg(teff, mh), StarPrior().logg(teff, mh)[0])

"""What is known of a star before its spectrum is seen."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.catalogue.main_sequence import sequence_logg
from dtl.grid.nodes import main_sequence_nodes
from dtl.inference.prior import PriorSettings, StarPrior, main_sequence, prior_of

LIMITS = np.array([[3000.0, 3.5, -0.5, 1.5], [4300.0, 5.3, 0.5, 30.0]])


def test_the_sequence_is_between_both() -> None:
    teff, mh = np.array([3100.0, 3400.0, 3800.0]), np.array([-0.2, 0.0, 0.1])
    mean, width = StarPrior().logg(teff, mh)
    models = main_sequence(main_sequence_nodes(teff=(3000.0, 4300.0))).logg(teff, mh)
    measured = sequence_logg(teff, mh)
    np.testing.assert_allclose(mean, (models + measured) / 2)
    np.testing.assert_allclose(width, np.sqrt(0.07**2 + ((models - measured) / 2) ** 2))


def test_drawn_stars_have_the_prior() -> None:
    """Means and scatters of many stars; where nothing is cut off."""
    prior = StarPrior(PriorSettings(mean_mh=0.0, spread_mh=0.1))
    stars = prior.draw(20_000, LIMITS, seed=1)
    assert stars[:, 2].mean() == pytest.approx(0.0, abs=0.003) and stars[:, 2].std() == pytest.approx(0.1, abs=0.003)
    mean, width = prior.logg(stars[:, 0], stars[:, 2])
    away = (stars[:, 1] - mean) / width
    assert away.mean() == pytest.approx(0.0, abs=0.03) and away.std() == pytest.approx(1.0, abs=0.03)
    assert np.mean(stars[:, 3] < 3.3) == pytest.approx(2 / 3, abs=0.02)
    assert (stars >= LIMITS[0]).all() and (stars <= LIMITS[1]).all()


def test_density_integrates_to_the_same_at_every_teff() -> None:
    """A density of log g: the sharper the sequence is known, the higher."""
    prior = StarPrior()
    logg = np.linspace(3.0, 6.5, 4001)
    sums = []
    for teff in (3100.0, 3500.0, 4000.0):
        points = np.stack([np.full_like(logg, teff), logg, np.full_like(logg, -0.08), np.full_like(logg, 2.0)], axis=1)
        sums.append(prior.density(points).sum())
    np.testing.assert_allclose(sums, sums[0], rtol=1e-6)


def test_a_card_brings_it() -> None:
    prior = StarPrior(PriorSettings(mean_mh=-0.2, spread_mh=0.3, logg_scatter=0.1))
    assert prior_of({"prior": prior.entries()}) == prior
    assert prior_of({}) is None

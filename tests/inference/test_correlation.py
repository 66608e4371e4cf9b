"""Parameters that are drawn together: their matrix, their intervals, and the same from networks run on noise."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import combinations

import numpy as np
import pytest

from dtl.inference.correlation import correlate
from dtl.inference.infer import infer
from dtl.preparation.prepare import prepare
from dtl.result import PARAMETERS, Estimate, InferenceResult
from tests.builders import observe_model, shipped


@lru_cache(maxsize=1)
def results() -> list[InferenceResult]:
    stars = ((3300.0, 4.9, -0.2, 3.0), (3700.0, 4.7, 0.2, 12.0))
    spectra = [observe_model(star, snr=snr, pixel=0.04) for star in stars for snr in (40.0, 150.0)]
    return infer([prepare(spectrum, shipped().target) for spectrum in spectra], shipped())


def test_covariance() -> None:
    for result in results():
        np.testing.assert_allclose(np.diag(result.correlation), 1.0)
        np.testing.assert_array_equal(result.correlation, result.correlation.T)
        assert np.linalg.eigvalsh(result.correlation).min() > 0
        half = [0.5 * (e.lower + e.upper) for e in result.estimates.values()]
        np.testing.assert_allclose(np.sqrt(np.diag(result.covariance)), half)
        for (i, one), (j, other) in combinations(enumerate(PARAMETERS), 2):
            assert result.row()[f"corr_{one}_{other}"] == result.correlation[i, j]


def test_draws_have_the_intervals_and_the_correlation() -> None:
    for result in results():
        draws = result.draws(40_000, seed=1)
        assert draws.shape == (40_000, 4) and (draws[:, 3] >= 0).all()
        low, high = np.quantile(draws, [0.1587, 0.8413], axis=0)
        for i, (name, estimate) in enumerate(result.estimates.items()):
            width = estimate.lower + estimate.upper
            bottom = estimate.value - estimate.lower
            assert low[i] == pytest.approx(max(bottom, 0.0) if name == "vsini" else bottom, abs=0.02 * width), name
            assert high[i] == pytest.approx(estimate.value + estimate.upper, abs=0.02 * width), name
        ranks = draws[:, :3].argsort(axis=0).argsort(axis=0)  # of stretched normal distributions these stay
        expected = 6 / np.pi * np.arcsin(result.correlation[:3, :3] / 2)  # Spearman's for Pearson's
        np.testing.assert_allclose(np.corrcoef(ranks, rowvar=False), expected, atol=0.02)
    np.testing.assert_array_equal(results()[0].draws(5, seed=3), results()[0].draws(5, seed=3))


def test_correlation_of_networks_run_on_noise() -> None:
    """Exposures of one star through preparation and networks: the means of the members go together as is said."""
    bundle = shipped()
    runs = [
        prepare(observe_model((3500.0, 4.8, 0.0, 8.0), snr=100.0, seed=s, pixel=0.04), bundle.target)
        for s in range(150)
    ]
    flux = np.stack([run.flux for run in runs])
    latents = bundle.encode(flux)
    members = {name: bundle.regress(latents, name) for name in PARAMETERS}
    found = np.corrcoef([values.mean(axis=0) for values in members.values()])
    said = np.mean([result.correlation for result in infer(runs[:60], bundle)], axis=0)
    of_noise = [  # the rest is between the members
        values.mean(axis=0).std() / np.sqrt(values.std(axis=1).mean() ** 2 + values.var(axis=0).mean())
        for values in members.values()
    ]
    np.testing.assert_allclose(said, np.where(np.eye(4), 1.0, found * np.outer(of_noise, of_noise)), atol=0.2)
    assert said[1, 2] < -0.6  # log g and [M/H]


def test_correlation_of_means_of_members_that_see_one_noise() -> None:
    """From the noises themselves, spectrum by spectrum, for parameters with different numbers of members."""
    rng, counts = np.random.default_rng(4), (2, 4, 3, 2)
    members = {name: rng.normal(size=(count, 3)) for name, count in zip(PARAMETERS, counts, strict=True)}
    responses = rng.normal(size=(3, sum(counts), 5)) + 1.0  # of each member to each of five noises
    found = correlate(members, np.stack([r @ r.T for r in responses]))
    for i, response in enumerate(responses):
        parts = np.split(response, np.cumsum(counts)[:-1])
        deviation = [
            np.sqrt(np.mean((part**2).sum(axis=1)) + members[name][:, i].var())
            for name, part in zip(PARAMETERS, parts, strict=True)
        ]
        for (j, one), (k, other) in combinations(enumerate(parts), 2):
            expected = one.mean(axis=0) @ other.mean(axis=0) / (deviation[j] * deviation[k])
            assert found[i, j, k] == found[i, k, j] == pytest.approx(0.999 * expected)


def test_one_noise_is_all_that_is_seen() -> None:
    response = np.repeat([10.0, 0.1, -0.1, 0.5], 2)
    members = {name: np.zeros((2, 2)) for name in PARAMETERS}
    covariance = np.outer(response, response)
    found, nothing = correlate(members, np.stack([covariance, 0.0 * covariance]))
    assert np.linalg.eigvalsh(found).min() > 0 and found[0, 1] > 0.99 and found[0, 2] < -0.99
    np.testing.assert_array_equal(nothing, np.eye(4))


def test_what_is_withheld_is_not_drawn() -> None:
    nothing = Estimate(np.nan, np.nan, np.nan)
    result = replace(results()[0], estimates=results()[0].estimates | {"mh": nothing})
    draws = result.draws(10)
    assert np.isnan(draws[:, 2]).all() and np.isfinite(draws[:, [0, 1, 3]]).all()
    row = result.row()
    assert row["corr_teff_mh"] is None and row["corr_teff_logg"] is not None

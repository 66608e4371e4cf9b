"""What is known of a sample: estimates are moved as a whole, and the main sequence is a least-squares fit."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.optimize import least_squares

from dtl.grid.nodes import main_sequence_nodes
from dtl.inference.prior import MainSequence, main_sequence
from dtl.transfer.population import Population

LOW, HIGH = np.array([3000.0, 4.6, -0.6, 1.5]), np.array([4200.0, 5.2, 0.6, 30.0])
#: log g 4.9 - 0.3 t + 0.1 [M/H], with t in 400 K from 3600 K.
SEQUENCE = MainSequence(np.array([4.9, -0.3, 0.0, 0.0, 0.1, 0.0, 0.0]))


def estimates(count: int = 40, seed: int = 1) -> np.ndarray:
    """Too rich by 0.2, turning too fast, log g anywhere."""
    rng = np.random.default_rng(seed)
    return np.column_stack(
        [rng.uniform(3300, 3900, count), rng.uniform(4.7, 5.1, count), rng.uniform(0.0, 0.3, count),
         rng.uniform(3.5, 12.0, count)]
    )  # fmt: skip


@pytest.mark.parametrize("mean", [-0.05, 0.1])
def test_mean_metallicity(mean: float) -> None:
    before = estimates()
    after = Population(mean_mh=mean).correct(before, SEQUENCE, LOW, HIGH)
    assert after[:, 2].mean() == pytest.approx(mean, abs=1e-12)
    np.testing.assert_allclose(np.diff(after[:, 2]), np.diff(before[:, 2]), atol=1e-12)  # as a whole
    np.testing.assert_array_equal(after[:, 0], before[:, 0])


@pytest.mark.parametrize(("part", "limit"), [(0.3, 2.0), (0.66, 2.0), (0.5, 4.0)])
def test_slow_part(part: float, limit: float) -> None:
    """So many stars turn at the limit or less; who would turn more slowly than any model is set to the slowest."""
    before = estimates(41)
    after = Population(slow=part, slow_vsini=limit).correct(before, SEQUENCE, LOW, HIGH)
    assert np.quantile(after[:, 3], part) == pytest.approx(limit, abs=1e-9)
    assert after[:, 3].min() >= LOW[3]
    offsets = (before - after)[after[:, 3] > LOW[3], 3]
    assert np.ptp(offsets) < 1e-12


def test_slow_stars_are_not_spun_up() -> None:
    before = estimates()
    before[:, 3] = np.linspace(1.5, 4.0, len(before))
    after = Population().correct(before, SEQUENCE, LOW, HIGH)
    moved = before[:, 3] - after[:, 3]
    assert (moved >= 0).all()
    before[:20, 3] = 1.6
    np.testing.assert_array_equal(Population().correct(before, SEQUENCE, LOW, HIGH)[:, 3], before[:, 3])


def test_log_g_on_the_sequence() -> None:
    """Where the mean log g agrees each star is put on the sequence of its Teff and corrected [M/H]."""
    before = estimates()
    shifted = before[:, 2] - before[:, 2].mean() - 0.05
    on_sequence = 4.9 - 0.3 * (before[:, 0] - 3600) / 400 + 0.1 * shifted
    before[:, 1] += np.mean(on_sequence - before[:, 1])
    after = Population().correct(before, SEQUENCE, LOW, HIGH)
    np.testing.assert_allclose(after[:, 1], on_sequence, atol=1e-12)

    before[:, 1] -= 0.02  # too low as a whole: moved by three times as much
    after = Population().correct(before, SEQUENCE, LOW, HIGH)
    np.testing.assert_allclose(after[:, 1], on_sequence + 0.04, atol=1e-12)
    assert np.mean(after[:, 1] - before[:, 1]) == pytest.approx(3 * 0.02)


def test_few_stars_say_nothing_of_a_mean() -> None:
    before = estimates(19)
    after = Population().correct(before, SEQUENCE, LOW, HIGH)
    np.testing.assert_array_equal(after[:, [0, 2, 3]], before[:, [0, 2, 3]])
    assert not np.allclose(after[:, 1], before[:, 1])  # each star is on the main sequence
    assert not np.allclose(Population(least=19).correct(before, SEQUENCE, LOW, HIGH)[:, 2], before[:, 2])


def test_what_is_not_stated_is_left() -> None:
    before = estimates()
    nothing = Population(mean_mh=None, main_sequence=False, slow=None)
    np.testing.assert_array_equal(nothing.correct(before, SEQUENCE, LOW, HIGH), before)
    for column, knowing in ((2, {"mean_mh": 0.0}), (3, {"slow": 0.3}), (1, {"main_sequence": True})):
        moved = replace(nothing, **knowing).correct(before, SEQUENCE, LOW, HIGH) != before
        assert moved[:, column].any() and not np.delete(moved, column, axis=1).any()


def test_within_the_grid() -> None:
    before = estimates() + np.random.default_rng(2).normal(0, 1, (40, 4)) * [800, 0.4, 0.6, 20]
    copy = before.copy()
    after = Population().correct(before, SEQUENCE, LOW, HIGH)
    np.testing.assert_array_equal(before, copy)
    others = [0, 2, 3]
    assert (after[:, others] >= LOW[others]).all() and (after[:, others] <= HIGH[others]).all()
    assert (after[:, 1] >= LOW[1] - 0.2).all() and (after[:, 1] <= HIGH[1] + 0.2).all()


def test_weights() -> None:
    """A Gaussian about the mean, whatever the other parameters."""
    nodes = np.array([(3200.0, 5.0, mh, 2.0) for mh in (-0.45, -0.25, -0.05, 0.15, 0.35)])
    weights = Population(mean_mh=-0.05, spread_mh=0.2).weights(nodes)
    assert weights.argmax() == 2
    np.testing.assert_allclose(weights / weights[2], np.exp([-2.0, -0.5, 0.0, -0.5, -2.0]))
    np.testing.assert_array_equal(Population(mean_mh=None).weights(nodes), np.ones(5))


def test_fit_against_polyfit() -> None:
    """At one metallicity the fit is a cubic in Teff, and rotation does not make a triple count more."""
    rng = np.random.default_rng(3)
    teff = np.arange(3000.0, 4301.0, 50.0)
    logg = 5.0 - 0.3 * (teff - 3600) / 1000 + rng.normal(0, 0.05, len(teff))
    nodes = [(t, g, 0.0, v) for i, (t, g) in enumerate(zip(teff, logg, strict=True)) for v in range(1 + i % 3)]
    expected = np.polyval(np.polyfit((teff - 3600) / 400, logg, 3), (teff - 3600) / 400)
    np.testing.assert_allclose(main_sequence(np.array(nodes)).logg(teff, np.zeros(len(teff))), expected, atol=1e-6)


def test_fit_against_a_minimiser() -> None:
    rng = np.random.default_rng(4)
    pairs = np.array(list(product(np.arange(3000.0, 4301.0, 100.0), np.arange(-0.5, 0.51, 0.1))))
    t, m = (pairs[:, 0] - 3600) / 400, pairs[:, 1]
    logg = 4.9 - 0.1 * t + 0.02 * t**2 + 0.1 * m + rng.normal(0, 0.05, len(t))

    def polynomial(c: np.ndarray) -> np.ndarray:
        return c[0] + c[1] * t + c[2] * t**2 + c[3] * t**3 + c[4] * m + c[5] * m * t + c[6] * m**2

    best = least_squares(lambda c: polynomial(c) - logg, np.zeros(7), xtol=1e-14, ftol=1e-14, gtol=1e-14).x
    nodes = np.column_stack([pairs[:, 0], logg, m, np.full(len(t), 2.0)])
    np.testing.assert_allclose(main_sequence(nodes).logg(pairs[:, 0], m), polynomial(best), atol=1e-6)


def test_published_grid_is_narrow() -> None:
    nodes = main_sequence_nodes(teff=(3000, 4300), logg=(4.7, 5.3), mh=(-0.5, 0.5))
    triples = np.unique(nodes[:, :3], axis=0)
    scatter = np.std(triples[:, 1] - main_sequence(nodes).logg(triples[:, 0], triples[:, 2]))
    assert 0.03 < scatter < 0.06


@pytest.mark.parametrize("wanted", [0.12, 0.16, 0.22])
def test_spread_is_measured(wanted: float) -> None:
    """To a tenth, from estimates that are shrunk and noisy, worse so for the stars that are hot."""
    rng = np.random.default_rng(5)
    nodes = np.array(
        [(t, 4.9, mh, v) for t in (3200.0, 4000.0) for mh in np.arange(-1.0, 1.01, 0.02) for v in [2, 9] * 8]
    )
    stars = np.column_stack(
        [rng.choice([3200.0, 4000.0], 4000, p=[0.8, 0.2]), np.full(4000, 4.9), rng.normal(-0.05, wanted, 4000),
         np.full(4000, 2.0)]
    )  # fmt: skip

    def estimated(parameters: np.ndarray) -> np.ndarray:
        hot = parameters[:, 0] > 3600
        metals = np.where(hot, 0.5, 0.8) * parameters[:, 2] + rng.normal(0, np.where(hot, 0.12, 0.05))
        return np.column_stack([parameters[:, :2], metals, parameters[:, 3]])

    measured = Population(mean_mh=-0.05).measured(estimated(stars), nodes, estimated(nodes))
    assert measured.spread_mh == pytest.approx(wanted, rel=0.1)
    assert measured.mean_mh == -0.05


def test_few_stars_have_no_spread() -> None:
    """Nor have any where nothing is believed of their metals."""
    few, nodes = (
        np.tile([3200.0, 4.9, 0.1, 2.0], (19, 1)),
        np.array([(3200.0, 4.9, mh, 2.0) for mh in (-0.2, 0.0, 0.2)]),
    )
    assert Population().measured(few, nodes, nodes) == Population()
    nothing = Population(mean_mh=None)
    assert nothing.measured(np.repeat(few, 3, axis=0), nodes, nodes) == nothing


def test_mean_is_aimed_beyond() -> None:
    """Networks that find 0.02 less than they are told find the mean that is wanted in the end."""
    wanted = aim = Population(mean_mh=-0.05)
    stars = np.tile([3400.0, 4.9, 0.0, 2.0], (40, 1))
    for _ in range(14):
        stars[:, 2] = aim.mean_mh - 0.02 + np.linspace(-0.2, 0.2, 40)
        aim = aim.aimed(stars, wanted)
    assert stars[:, 2].mean() == pytest.approx(-0.05, abs=1e-4)
    assert aim == Population(mean_mh=pytest.approx(-0.03, abs=1e-4))
    assert aim.aimed(stars[:19], wanted) == aim
    nothing = Population(mean_mh=None)
    assert nothing.aimed(stars, nothing) == nothing


def test_means_that_are_known_from_labels_are_met() -> None:
    before = estimates()
    known = Population(mean_mh=0.1, mean_teff=3500.0, median_vsini=3.0, slow=None, main_sequence=False)
    after = known.correct(before, SEQUENCE, LOW, HIGH)
    assert after[:, 0].mean() == pytest.approx(3500.0) and after[:, 2].mean() == pytest.approx(0.1)
    assert np.median(after[:, 3]) == pytest.approx(3.0)
    np.testing.assert_allclose(np.diff(after[:, 0]), np.diff(before[:, 0]), atol=1e-9)
    started = Population(teff_offset=-20.0, vsini_offset=0.1).resolved(before)
    assert started.mean_teff == pytest.approx(before[:, 0].mean() - 20.0)
    assert started.median_vsini == pytest.approx(np.median(before[:, 3]) + 0.1)
    assert Population().resolved(before) == Population()


def test_what_was_not_reached_is_aimed_beyond() -> None:
    """By half of what is missing; few stars have no means, but a median rotation."""
    wanted = Population(mean_mh=0.0, mean_teff=3500.0, median_vsini=3.0)
    found = estimates()
    found[:, 0] += 3480.0 - found[:, 0].mean()
    found[:, 2] += 0.04 - found[:, 2].mean()
    found[:, 3] += 2.6 - np.median(found[:, 3])
    aim = wanted.aimed(found, wanted)
    assert (aim.mean_teff, aim.mean_mh, aim.median_vsini) == pytest.approx((3510.0, -0.02, 3.2))
    assert wanted.aimed(found[:10], wanted).mean_mh == 0.0
    assert Population(mean_mh=None).aimed(found, Population(mean_mh=None)) == Population(mean_mh=None)

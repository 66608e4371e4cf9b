"""Mode and intervals of ensembles against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dtl.bundle.calibration import Calibration
from dtl.inference.estimate import estimate as estimate_all
from dtl.result import Estimate


def estimate(values: np.ndarray, calibration: Calibration = Calibration()) -> Estimate:
    """Of one ensemble."""
    (found,) = estimate_all(np.asarray(values)[None], calibration)
    return found


def against_scipy(values: np.ndarray) -> tuple[float, float, float]:
    """Mode, 16 % and 84 % quantile of scipy's density, by its own integral."""
    density = stats.gaussian_kde(values)
    axis = np.linspace(values.min() - 3 * values.std(), values.max() + 3 * values.std(), 4001)
    mass = np.array([density.integrate_box_1d(-np.inf, x) for x in axis[::20]])
    low, high = np.interp([stats.norm.cdf(-1), stats.norm.cdf(1)], mass, axis[::20])
    return float(axis[np.argmax(density(axis))]), low, high


@pytest.mark.parametrize(
    "values",
    [
        stats.norm(3500, 20).rvs(400, random_state=1),
        stats.gamma(2.0, 3000, 50).rvs(400, random_state=2),
        stats.norm(-0.1, 0.02).rvs(40, random_state=3),
        np.r_[stats.norm(0, 1).rvs(300, random_state=4), stats.norm(9, 1).rvs(100, random_state=5)],
    ],
    ids=["gaussian", "skewed", "few", "two peaks"],
)
def test_against_scipy(values: np.ndarray) -> None:
    mode, low, high = against_scipy(values)
    found, spread = estimate(values), values.std()
    assert found.value == pytest.approx(mode, abs=0.02 * spread)
    assert found.value - found.lower == pytest.approx(low, abs=0.02 * spread)
    assert found.value + found.upper == pytest.approx(high, abs=0.02 * spread)


@pytest.mark.parametrize("values", [[3490.0, 3515.0], [4.75, 4.81, 4.83], [-0.3, -0.1, -0.1, 0.0]])
def test_few_members_against_scipy(values: list[float]) -> None:
    """Of wide densities the part counts that lies up to one standard deviation beyond the members."""
    density, spread, found = stats.gaussian_kde(values), np.std(values), estimate(np.array(values))
    axis = np.linspace(min(values) - spread, max(values) + spread, 4001)
    mass = np.array([density.integrate_box_1d(axis[0], x) for x in axis])
    low, high = np.interp([stats.norm.cdf(-1), stats.norm.cdf(1)], mass / mass[-1], axis)
    mode = axis[np.argmax(density(axis))]
    assert (found.value, found.value - found.lower, found.value + found.upper) == pytest.approx(
        (mode, low, high), abs=0.02 * spread
    )


def test_gaussian_sample() -> None:
    values = 3500 + 20 * stats.norm.ppf((np.arange(4000) + 0.5) / 4000)
    found = estimate(values)
    assert found.value == pytest.approx(3500.0, abs=1.0)
    assert found.lower == pytest.approx(20.0, rel=0.05) and found.upper == pytest.approx(20.0, rel=0.05)


def test_skew_is_seen() -> None:
    values = stats.lognorm(0.8, scale=10).ppf((np.arange(2000) + 0.5) / 2000)
    found = estimate(values)
    assert found.value < np.median(values) and found.upper > 1.5 * found.lower > 0
    mirrored = estimate(-values)
    assert mirrored.lower == pytest.approx(found.upper, rel=0.02)
    assert mirrored.upper == pytest.approx(found.lower, rel=0.05)


@pytest.mark.parametrize("values", [[3500.0], [3500.0] * 7, [0.1, 0.1, np.nan], [0.0, 0.0]])
def test_members_that_agree(values: list[float]) -> None:
    with np.errstate(divide="raise", invalid="raise"):
        found = estimate(np.array(values))
    assert found.value == values[0] and found.lower == found.upper == 0.0
    assert estimate(np.array(values), Calibration(2.0, 5.0)).lower == 5.0


@pytest.mark.parametrize(("value", "rounding"), [(0.0, 1e-9), (0.5, 1e-9), (-3500.0, 3.5e-6)])
def test_members_agree_within_a_part_in_a_billion(value: float, rounding: float) -> None:
    """Of their mean, or of one where that is larger; members that differ by more have a density."""
    alike = estimate(np.array([value - 0.9 * rounding, value + 0.9 * rounding]))
    assert alike.value == pytest.approx(value, rel=1e-12, abs=1e-12) and alike.lower == alike.upper == 0.0
    unlike = estimate(np.array([value - 1.1 * rounding, value + 1.1 * rounding]))
    assert unlike.lower > 0.5 * rounding and unlike.upper > 0.5 * rounding


@pytest.mark.parametrize("kind", [np.float32, int])
def test_numbers_of_any_kind_are_taken_in_double_precision(kind: type) -> None:
    values = np.random.default_rng(4).normal(3500.0, 20.0, 60).astype(kind)
    assert estimate(values) == estimate(values.astype(float))


@pytest.mark.parametrize("values", [[], [np.nan], [np.inf, np.nan]])
def test_nothing_finite(values: list[float]) -> None:
    with pytest.raises(ValueError, match=r"^no finite value in the ensemble$"):
        estimate(np.array(values))


def test_ensembles_together_are_those_alone() -> None:
    """Also beside one whose members agree, and one with values that are not finite."""
    rng = np.random.default_rng(5)
    rows = np.stack([rng.normal(3500, 20, 40), np.full(40, 3500.0), rng.gamma(2.0, 3.0, 40), rng.normal(0, 1, 40)])
    rows[2, 7], rows[3, ::3] = np.inf, np.nan
    together = estimate_all(rows, Calibration(1.5, 2.0))
    for found, row in zip(together, rows, strict=True):
        alone = estimate(row[np.isfinite(row)], Calibration(1.5, 2.0))
        for name in ("value", "lower", "upper"):
            assert getattr(found, name) == pytest.approx(getattr(alone, name), rel=1e-6, abs=1e-6)


def test_one_ensemble_without_a_finite_value_is_refused() -> None:
    with pytest.raises(ValueError, match="no finite value"):
        estimate_all(np.array([[1.0, 2.0], [np.nan, np.inf]]))


def test_calibration() -> None:
    values = np.random.default_rng(1).normal(0.0, 1.0, 200)
    raw, wide = estimate(values), estimate(values, Calibration(1.5, 2.0))
    assert wide.value == raw.value
    assert wide.lower == pytest.approx(np.hypot(1.5 * raw.lower, 2.0))
    assert wide.upper == pytest.approx(np.hypot(1.5 * raw.upper, 2.0))


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=30))
def test_distances_are_never_negative(values: list[float]) -> None:
    found = estimate(np.array(values))
    assert found.lower >= 0 and found.upper >= 0
    spread = np.std(values)
    assert min(values) - spread - 1e-6 <= found.value <= max(values) + spread + 1e-6

"""Which nodes learn, steer and judge."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.training.split import split_nodes, split_stratified


@pytest.mark.parametrize("count", [10, 101, 6979])
def test_disjoint_and_complete(count: int) -> None:
    split = split_nodes(count)
    together = np.concatenate([split.train, split.validation, split.test])
    np.testing.assert_array_equal(np.sort(together), np.arange(count))
    assert len(split.test) == pytest.approx(0.3 * count, abs=0.5)
    assert len(split.validation) == pytest.approx(0.1 * count, abs=0.5)


def test_seed() -> None:
    first, again, other = split_nodes(500, 1), split_nodes(500, 1), split_nodes(500, 2)
    np.testing.assert_array_equal(first.test, again.test)
    assert len(np.intersect1d(first.test, other.test)) < 100  # 45 by chance


@pytest.mark.parametrize("values", [np.repeat([1.0, 5.0, 9.0], [100, 30, 10]), np.linspace(0, 1, 140) ** 3])
def test_stratified(values: np.ndarray) -> None:
    """Every part of the range is held out in the same share."""
    values = np.random.default_rng(1).permutation(values)
    learn, held = split_stratified(values, 0.2, 3)
    np.testing.assert_array_equal(np.sort(np.r_[learn, held]), np.arange(140))
    assert len(held) == 28
    for quantile in (0.2, 0.5, 0.8):
        limit = np.quantile(values, quantile)
        assert np.mean(values[held] <= limit) == pytest.approx(np.mean(values <= limit), abs=1.5 / 28)
    again, other = split_stratified(values, 0.2, 3)[1], split_stratified(values, 0.2, 4)[1]
    np.testing.assert_array_equal(held, again)
    assert len(np.intersect1d(held, other)) < 20

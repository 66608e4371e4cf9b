"""Which nodes learn, steer and judge."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.training.split import split_nodes


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

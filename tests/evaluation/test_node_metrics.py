"""The linear baseline against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from dtl.evaluation.node_metrics import pca_mse
from dtl.training.split import split_nodes
from tests.builders import tiny_grid


@pytest.mark.parametrize("components", [1, 4, 16])
def test_pca_against_scikit_learn(components: int) -> None:
    grid = tiny_grid()
    split = split_nodes(len(grid.nodes), 5)
    train, test = (grid.flux[rows][:, ::7].astype(float) for rows in (split.train, split.test))
    pca = PCA(components, svd_solver="full").fit(train)
    expected = np.mean((pca.inverse_transform(pca.transform(test)) - test) ** 2)
    assert pca_mse(train, test, components) == pytest.approx(expected, rel=1e-6)

"""Which nodes are learned from, which steer the training, and which judge it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Split", "split_nodes"]


@dataclass(frozen=True)
class Split:
    """Indices of nodes: disjoint, together all of them."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def split_nodes(count: int, seed: int = 42) -> Split:
    """30 % test as in Mas-Buitrago et al. (2024), 10 % validation, the rest training.

    Selection and calibration use the validation nodes, so that the test nodes judge and nothing else.
    """
    order = np.random.default_rng(seed).permutation(count)
    n_test, n_validation = round(0.3 * count), round(0.1 * count)
    return Split(
        train=np.sort(order[n_test + n_validation :]),
        validation=np.sort(order[n_test : n_test + n_validation]),
        test=np.sort(order[:n_test]),
    )

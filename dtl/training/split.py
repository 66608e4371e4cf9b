"""Which nodes are learned from, which steer the training, and which judge it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtl.bundle.model import ModelBundle

__all__ = ["Split", "split_nodes", "split_of", "split_stratified"]


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


def split_of(bundle: ModelBundle) -> Split:
    """The split that a bundle was trained with, of its nodes."""
    return split_nodes(len(bundle.nodes), int(bundle.card["training"]["seed"]))


def split_stratified(values: np.ndarray, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices to learn from and indices held out, spread alike over the values of a parameter.

    The values are ordered, equal ones at random, and of each run of ``1 / fraction`` one is held out.

    Args:
        values: of the parameter; shape ``(m,)``.
        fraction: held out, up to 0.5.
        seed: of the random choice.

    Returns:
        Both in ascending order; together all of them.
    """
    rng = np.random.default_rng(seed)
    order = np.lexsort((rng.random(len(values)), values))
    held = np.sort([rng.choice(run) for run in np.array_split(order, max(round(fraction * len(values)), 1))])
    return np.setdiff1d(np.arange(len(values)), held), held

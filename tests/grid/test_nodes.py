"""The nodes of the published grid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dtl.grid.nodes import VSINI, main_sequence_nodes

NODES = main_sequence_nodes()


def test_published_numbers() -> None:
    assert NODES.shape == (22_933, 4)
    assert len(np.unique(NODES, axis=0)) == 22_933
    triples = np.unique(NODES[:, :3], axis=0)
    assert len(triples) == 1_767 and len(triples) * len(VSINI) - len(NODES) == 38
    np.testing.assert_array_equal(np.unique(NODES[:, 3]), VSINI)
    assert (np.unique(NODES[:, 0]) % 25 == 0).all()
    np.testing.assert_allclose(NODES[:, 1:3] * 10, np.round(NODES[:, 1:3] * 10), atol=1e-9)
    assert not np.signbit(NODES[NODES[:, 2] == 0, 2]).any()  # one way to write solar


def test_domain() -> None:
    domain = main_sequence_nodes(teff=(3000, 4300), logg=(4.7, 5.3), mh=(-0.5, 0.5))
    assert len(domain) == 6_979 and len(np.unique(domain[:, :3], axis=0)) == 538
    assert {tuple(node) for node in domain} <= {tuple(node) for node in NODES}
    assert (domain[:, :3].min(axis=0) >= (3000, 4.7, -0.5)).all()
    assert (domain[:, :3].max(axis=0) <= (4300, 5.3, 0.5)).all()
    assert main_sequence_nodes(teff=(9000, 9100)).shape == (0, 4)


def test_sorted_by_triple() -> None:
    """All rotations of a triple stand together: the grid is built triple by triple."""
    changes = np.any(np.diff(NODES[:, :3], axis=0) != 0, axis=1).sum()
    assert changes + 1 == 1_767


def test_against_the_published_list(shared_data: Path) -> None:
    file = shared_data / "reference" / "ph_pars.npy"
    if not file.exists():
        pytest.skip(f"no real data: {file} is absent")
    published = np.load(file, allow_pickle=False)
    order = np.lexsort(published.T[::-1])
    np.testing.assert_allclose(NODES[np.lexsort(NODES.T[::-1])], published[order], rtol=0, atol=1e-9)

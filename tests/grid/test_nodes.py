"""The nodes of the published grid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dtl.grid.build import GridSettings, grid_nodes
from dtl.grid.nodes import VSINI, box_nodes, main_sequence_nodes
from dtl.inference.prior import main_sequence
from dtl.inference.trust import fills_box, hull_distance

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


def test_a_box_has_all_corners_and_the_published_nodes_in_it() -> None:
    domain = {"teff": (3000.0, 4300.0), "logg": (3.5, 5.3), "mh": (-0.5, 0.5)}
    box, published = box_nodes(**domain), main_sequence_nodes(**domain)
    nodes = grid_nodes(GridSettings(box=True, **domain))
    assert fills_box(box) and fills_box(nodes) and not fills_box(published)
    assert {tuple(node) for node in published} | {tuple(node) for node in box} == {tuple(node) for node in nodes}
    np.testing.assert_array_equal(grid_nodes(GridSettings(**domain)), published)
    np.testing.assert_allclose(np.unique(box[:, 1]), [3.5, 3.8, 4.1, 4.4, 4.7, 5.0, 5.3])


def test_nothing_inside_a_box_is_far_from_it() -> None:
    domain = {"teff": (3000.0, 4300.0), "logg": (3.5, 5.3), "mh": (-0.5, 0.5)}
    box = box_nodes(**domain)
    inside = np.random.default_rng(1).uniform([3000, 3.5, -0.5], [4300, 5.3, 0.5], (50, 3))
    np.testing.assert_array_equal(hull_distance(inside, box), np.zeros(50))
    np.testing.assert_allclose(hull_distance(np.array([[3500.0, 5.45, -0.8]]), box), [np.hypot(1.0, 2.0)])
    assert hull_distance(np.array([[3500.0, 3.6, 0.0]]), main_sequence_nodes(**domain))[0] > 5


def test_the_main_sequence_of_a_box_is_that_of_the_published_nodes() -> None:
    domain = {"teff": (3000.0, 4300.0), "logg": (3.5, 5.3), "mh": (-0.5, 0.5)}
    own, filled = (grid_nodes(GridSettings(box=box, **domain)) for box in (False, True))
    teff, mh = np.array([3100.0, 3500.0, 4100.0]), np.array([-0.2, 0.0, 0.1])
    np.testing.assert_allclose(main_sequence(filled).logg(teff, mh), main_sequence(own).logg(teff, mh), atol=5e-3)

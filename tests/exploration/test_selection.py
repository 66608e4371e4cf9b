"""Choosing nodes: outlines against winding numbers, ranges, and the numbers of a choice."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.exploration.selection import inside, inside_any, summarise, within

RNG = np.random.default_rng(5)
POINTS = RNG.uniform(-1.5, 1.5, (400, 2))


def winding(point: np.ndarray, outline: np.ndarray) -> float:
    """How often an outline turns around a point."""
    offset = outline - point
    angle = np.arctan2(offset[:, 1], offset[:, 0])
    turn = np.diff(np.append(angle, angle[0]))
    return abs(((turn + np.pi) % (2 * np.pi) - np.pi).sum()) / (2 * np.pi)


@pytest.mark.parametrize("corners", [3, 7, 60])
def test_inside_a_star_shaped_outline_as_by_winding_numbers(corners: int) -> None:
    angle = np.sort(RNG.uniform(0, 2 * np.pi, corners))
    radius = RNG.uniform(0.3, 1.4, corners)
    outline = np.c_[radius * np.cos(angle), radius * np.sin(angle)]
    expected = [round(winding(point, outline)) == 1 for point in POINTS]
    np.testing.assert_array_equal(inside(POINTS, outline), expected)
    np.testing.assert_array_equal(inside(POINTS, np.r_[outline, outline[:1]]), expected)


def test_a_hole_of_a_crossing_outline_is_outside() -> None:
    angle = 4 * np.pi * np.arange(5) / 5  # a pentagram: its middle is crossed twice
    outline = np.c_[np.cos(angle), np.sin(angle)]
    assert not inside(np.zeros((1, 2)), outline)[0]
    assert inside(np.array([[0.7, 0.0]]), outline)[0]


def test_two_corners_hold_nothing_and_several_outlines_add_up() -> None:
    assert not inside(POINTS, np.array([[0, 0], [1, 1]])).any()
    squares = [np.array([[x, -1], [x + 1, -1], [x + 1, 1], [x, 1]]) for x in (-1.0, 0.5)]
    found = inside_any(POINTS, squares)
    x, y = POINTS.T
    expected = (np.abs(y) < 1) & (((x > -1) & (x < 0)) | ((x > 0.5) & (x < 1.5)))
    np.testing.assert_array_equal(found, np.flatnonzero(expected))
    assert inside_any(POINTS, []).size == 0


def test_ranges_have_their_ends_in_and_single_precision_does_not_matter() -> None:
    nodes = np.array([[3000, 4.7, -0.3, 1.5], [3025, 4.8, 0.1, 2], [3050, 4.9, 0.1, 30]], dtype=np.float32)
    assert within(nodes, {"teff": (3000, 3025)}).tolist() == [0, 1]
    assert within(nodes, {"mh": (0.1, 0.1), "logg": (4.9, 5.0)}).tolist() == [2]
    assert within(nodes, {"mh": (0.11, 0.5)}).size == 0
    assert within(nodes, {}).tolist() == [0, 1, 2]


def test_the_numbers_of_a_choice() -> None:
    nodes = np.array([[3000, 4.7, 0.0, 1.5], [3100, 4.9, 0.4, 2.5]])
    found = summarise(nodes)
    assert found["teff"] == {"mean": 3050.0, "spread": 50.0, "lowest": 3000.0, "highest": 3100.0}
    assert list(found) == ["teff", "logg", "mh", "vsini"]

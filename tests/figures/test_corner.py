"""The corner plot holds what the result says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtl.figures.corner import PARTS, corner_figure
from dtl.result import PARAMETERS, value_title
from tests.fakes import make_result


def correlated(withheld: str = ""):
    correlation = np.eye(4)
    correlation[0, 1] = correlation[1, 0] = -0.6
    correlation[1, 2] = correlation[2, 1] = 0.7
    return replace(make_result(withheld=withheld), correlation=correlation)


def test_panels():
    result = correlated()
    figure = corner_figure(result)
    curves = [trace for trace in figure.data if trace.hovertemplate]
    assert len(curves) == 6 * len(PARTS) and len(figure.data) == 4 + 6 * (1 + len(PARTS))
    titles = [figure.layout[name].title.text for name in figure.layout if str(name).startswith(("xaxis", "yaxis"))]
    assert {t.replace("<br>", " ") for t in titles if t} == set(map(value_title, PARAMETERS))
    assert any("−0.60" in trace.hovertemplate for trace in curves)


@pytest.mark.parametrize("part", PARTS)
def test_curves_hold_their_part(part):
    """In the plane of two parameters, a point lies inside where the curve winds round it."""
    result = correlated()
    curve = next(t for t in corner_figure(result).data if t.hovertemplate and f"{part:g} %" in t.hovertemplate)
    draws = result.draws(4000, seed=5)[:, :2]
    x, y = np.asarray(curve.x), np.asarray(curve.y)
    angle = np.unwrap(np.arctan2(y[None] - draws[:, 1:], x[None] - draws[:, :1]), axis=1)
    inside = np.abs(angle[:, -1] - angle[:, 0]) > np.pi
    assert 100 * inside.mean() == pytest.approx(part, abs=2.5)


@pytest.mark.parametrize("dark", [True, False])
def test_what_is_withheld_is_left_out(dark):
    figure = corner_figure(correlated(withheld="mh"), dark=dark)
    assert len([trace for trace in figure.data if trace.hovertemplate]) == 3 * len(PARTS)

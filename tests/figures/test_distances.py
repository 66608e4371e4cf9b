"""Distances of stars over those between models."""

from __future__ import annotations

import numpy as np

from dtl.figures.distances import MAX_NAMES, DistanceStar, distance_figure

RNG = np.random.default_rng(2)
MODELS = RNG.lognormal(-1.0, 0.4, 700)


def trace(figure, name: str):
    return next(t for t in figure.data if t.name == name)


def test_every_star_has_a_row_from_before_to_after():
    stars = [DistanceStar("A", 2.0, 0.5), DistanceStar("<B>", 3.0, 0.7)]
    figure = distance_figure(MODELS, stars)
    assert list(trace(figure, "Your spectra, before the transfer").x) == [2.0, 3.0]
    assert list(trace(figure, "after it").x) == [0.5, 0.7]
    np.testing.assert_array_equal(figure.data[0].x, [2.0, 0.5, np.nan, 3.0, 0.7, np.nan])
    assert figure.layout.yaxis.ticktext == ("A", "&lt;B&gt;")


def test_shares_add_up_and_the_axis_holds_everything():
    figure = distance_figure(MODELS, [DistanceStar("A", 9.0, 8.0)], simulated=MODELS * 2, published=2.72)
    for name in ("Models, to the next model", "Simulated observations, after"):
        assert abs(sum(trace(figure, name).y[:-1]) - 100) < 0.01
    low, high = figure.layout.xaxis2.range
    assert 10**low < np.percentile(MODELS, 1) and 10**high > 9.0
    assert any("2.72" in annotation.text for annotation in figure.layout.annotations)


def test_many_stars_have_no_names_at_the_axis():
    stars = [DistanceStar(f"S{i}", 1 + i, 0.5 + i) for i in range(MAX_NAMES + 1)]
    assert not distance_figure(MODELS, stars).layout.yaxis.tickvals

"""Figures of an adaptation show the numbers they were given."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.evaluation.comparison import AdaptationComparison, View
from dtl.figures.adaptation import gap_figure, learning_figure, parameter_figure, sample_size_figure
from dtl.result import PARAMETERS
from tests.evaluation.test_sample_size import sizes


def change(truth: bool = True) -> AdaptationComparison:
    rng = np.random.default_rng(1)
    true = rng.uniform([3000, 4.7, -0.4, 2], [4200, 5.0, 0.3, 20], (30, 4))
    views = {
        state: View(true + by * rng.normal(size=(30, 4)), by * rng.uniform(0.5, 1.5, 30), by * rng.uniform(1, 2, 30))
        for state, by in (("models_alone", 0.04), ("before", 0.02), ("after", 0.01))
    }
    return AdaptationComparison(tuple(f"<b>{i}</b>" for i in range(30)), views, true if truth else None)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("quantity", ["residual_rms", "distance"])
def test_every_spectrum_is_in_each_histogram(quantity, dark):
    figure = gap_figure(change(), quantity, dark=dark)
    assert [trace.name.split(",")[0] for trace in figure.data] == ["Models alone", "Before", "Adapted"]
    for trace in figure.data:
        assert sum(trace.y) / 2 == 30
    factor = 100 if quantity == "residual_rms" else 1
    median = factor * np.median(getattr(change().views["after"], quantity))
    assert figure.data[2].name.endswith(f"median {median:.2f}")


def test_few_spectra_are_counted_in_whole_ones():
    few = {
        state: View(view.values[:3], view.residual_rms[:3], view.distance[:3]) for state, view in change().views.items()
    }
    assert gap_figure(AdaptationComparison(("a", "b", "c"), few), "residual_rms").layout.yaxis.dtick == 1
    assert gap_figure(change(), "residual_rms").data[0].y[0] == gap_figure(change(), "residual_rms").data[0].y[-1] == 0


def test_what_is_the_same_is_drawn_once():
    views = change().views
    same = AdaptationComparison(change().names, views | {"before": views["models_alone"]})
    assert [trace.name.split(",")[0] for trace in gap_figure(same, "residual_rms").data] == ["Before", "Adapted"]


@pytest.mark.parametrize("name", PARAMETERS)
def test_each_star_is_joined_to_itself(name):
    seen, column = change(), list(PARAMETERS).index(name)
    lines, before, after, true = parameter_figure(seen, name).data
    assert np.array_equal(lines.y[0::3], before.y) and np.array_equal(lines.y[1::3], after.y)
    assert np.isnan(lines.y[2::3]).all() and (np.diff(true.y) >= 0).all()
    order = [int(text[9:-10]) for text in before.text]  # names are escaped
    np.testing.assert_allclose(after.y, seen.views["after"].values[order, column], rtol=1e-6)
    assert len(parameter_figure(change(truth=False), name).data) == 3


def test_the_first_round_is_the_measure():
    rows = [{"round": 1, "loss": 0.2, "held_out_rms": 0.01}, {"round": 2, "loss": 0.1, "held_out_rms": 0.009}]
    loss, misfit = learning_figure(rows, 8).data
    assert list(loss.y) == [100, 50] and list(misfit.y) == pytest.approx([100, 90])
    assert learning_figure(rows, 8).layout.xaxis.range == (0.6, 8.4)
    assert len(learning_figure(rows[:1], 8).data[0].x) == 1


def test_sizes_with_what_is_without():
    figure = sample_size_figure(sizes(90, 55, 50), "teff", chosen=9)
    surveys, mean, alone, shipped = figure.data
    assert list(mean.x) == [4, 8, 16] and list(mean.y) == [90, 55, 50]
    assert list(surveys.y) == [85, 95, 50, 60, 45, 55]
    assert list(alone.y) == [60, 60] and list(shipped.y) == [30, 30]
    assert figure.layout.shapes[0].x0 == 9
    assert sample_size_figure(sizes(90, 55, 50), "teff", chosen=500).layout.shapes[0].x0 == 16

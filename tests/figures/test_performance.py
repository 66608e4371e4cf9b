"""The figures of the model page show what the card says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dtl.bundle.card import comparisons, survey_errors
from dtl.figures.performance import coverage_figure, doubt_figure, reconstruction_errors, star_figure, transfer_figure
from dtl.result import PARAMETERS
from tests.cards import full_card

CARD = full_card()
METRICS = CARD["metrics"]
PCA = {int(k): v for k, v in METRICS["pca_mse"].items()}


def named(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def names(figure) -> list[str]:
    """Of the rows, from top to bottom."""
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    return list(figure.layout.yaxis.ticktext)


def inside(figure) -> bool:
    """Whether all points lie within the horizontal axis."""
    low, high = figure.layout.xaxis.range
    return all(low <= x <= high for trace in figure.data for x in trace.x)


def test_errors_of_the_reconstruction():
    figure = reconstruction_errors(PCA, {"Mine": 5e-7, "Mine, noisy": 1e-6}, 5e-5, n_latent=16)
    traces = named(figure)
    assert dict(zip(traces["PCA"].x, traces["PCA"].y, strict=True)) == PCA
    assert (traces["Mine"].x, traces["Mine"].y) == ((16,), (5e-7,))
    assert traces["Mine, noisy"].y == (1e-6,) and traces["Mine, noisy"].marker.symbol != traces["Mine"].marker.symbol
    assert (traces["Published autoencoder"].x, traces["Published autoencoder"].y) == ((32,), (5e-5,))
    low, high = figure.layout.yaxis.range
    assert all(low < np.log10(y) < high for trace in figure.data for y in trace.y)
    assert all(low <= np.log10(tick) <= high for tick in figure.layout.yaxis.tickvals)
    assert "5.0 × 10⁻⁷" in traces["Mine"].text[0]


def test_errors_without_principal_components():
    assert set(named(reconstruction_errors({}, {"Mine": 5e-7}, 5e-5))) == {"Mine", "Published autoencoder"}


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_every_survey_is_a_dot_and_their_mean_a_bar(parameter):
    errors = survey_errors(CARD, parameter)
    figure = transfer_figure(parameter, errors, reference="none", chosen="ours")
    assert names(figure) == [*list(errors)[:-1], "<b>ours</b>"]
    for kind in ("surveys", "mean"):
        for row, (variant, values) in enumerate(errors.items()):
            (trace,) = [t for t in figure.data if t.meta == kind and t.name == variant]
            assert set(trace.y) == {row}
            np.testing.assert_allclose(trace.x, values if kind == "surveys" else np.mean(values))
    (line,) = figure.layout.shapes
    assert line.x0 == line.x1 == pytest.approx(np.mean(errors["none"]))
    assert figure.layout.xaxis.range[0] == 0 and inside(figure)
    assert PARAMETERS[parameter][0] in figure.layout.xaxis.title.text


def test_the_chosen_way_differs_in_colour_and_in_shape():
    figure = transfer_figure("teff", survey_errors(CARD, "teff"), chosen="ours")
    dots = {trace.name: trace.marker for trace in figure.data if trace.meta == "surveys"}
    assert dots["ours"].color != dots["none"].color and dots["ours"].symbol != dots["none"].symbol
    assert not figure.layout.shapes


def test_coverage_with_the_ideal():
    figure = coverage_figure(METRICS["coverage_1_sigma"])
    assert names(figure) == [label for label, _, _ in PARAMETERS.values()]
    for snr, parts in METRICS["coverage_1_sigma"].items():
        trace = named(figure)[f"S/N {snr}"]
        np.testing.assert_allclose(trace.x, [100 * parts[name] for name in PARAMETERS])
        assert [round(y) for y in trace.y] == [0, 1, 2, 3]
    assert len({trace.marker.symbol for trace in figure.data}) == 3
    assert figure.layout.shapes[0].x0 == 68.3 and "68.3" in figure.layout.annotations[0].text
    assert inside(figure)
    assert inside(coverage_figure({"50": {"teff": 0.02}, "100": {"teff": 1.0}}))


def test_doubts_are_sorted_and_good_spectra_stand_apart():
    strange = {"B": 0.5, "A": 0.996, "C": 0.001, "D": 1.0}
    figure = doubt_figure(strange, {"Good": 0.02})
    assert names(figure) == ["C", "B", "A", "D", "Good"]
    flagged, passed = figure.data
    np.testing.assert_allclose(flagged.x, [0.1, 50, 99.6, 100])
    assert flagged.text == ("0.1 %", "50 %", "99.6 %", "100 %")
    assert (passed.x, passed.y) == ((2.0,), (4,))
    assert flagged.marker.color != passed.marker.color and flagged.marker.pattern.shape != passed.marker.pattern.shape
    assert len(doubt_figure(strange, {}).data) == 1


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_stars_with_literature_are_drawn(parameter):
    rows = comparisons(CARD)
    figure = star_figure(parameter, rows)
    assert names(figure) == ["GJ 699", "GJ 273"]
    known = [row for row in rows if row.parameter == parameter and row.literature is not None]
    (trace,) = figure.data
    np.testing.assert_allclose(trace.x, [row.value - row.literature for row in known])
    np.testing.assert_allclose(trace.error_x.array, [row.interval for row in known])
    limit = "triangle-left-open" if parameter == "vsini" else "circle-open"
    assert trace.marker.symbol == (limit, "circle")
    assert inside(figure)


@pytest.mark.parametrize(
    "draw",
    [
        lambda dark: reconstruction_errors(PCA, {"Mine": 5e-7}, 5e-5, dark=dark),
        lambda dark: transfer_figure("teff", {"<b>x</b>": [1.0]}, chosen="<b>x</b>", dark=dark),
        lambda dark: coverage_figure(METRICS["coverage_1_sigma"], dark=dark),
        lambda dark: doubt_figure({"A": 0.5}, {"B": 0.1}, dark=dark),
        lambda dark: star_figure("teff", comparisons(CARD), dark=dark),
    ],
)
def test_light_and_dark_differ_and_nothing_moves(draw):
    light, dark = draw(False), draw(True)
    assert light.layout.font.color != dark.layout.font.color
    assert light.data[0].marker.color != dark.data[0].marker.color
    for figure in (light, dark):
        assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
        assert figure.layout.dragmode is False and figure.layout.xaxis.fixedrange and figure.layout.yaxis.fixedrange
        assert "<b>x</b>" not in json.loads(figure.to_json())["layout"]["yaxis"].get("ticktext", [])

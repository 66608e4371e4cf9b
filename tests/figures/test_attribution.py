"""The figure of what wavelengths do to a parameter."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.figures.attribution import explanation_figure
from dtl.result import PARAMETERS
from tests.builders import LINES
from tests.fakes import bundle, explain_spectrum, make_result


def drawn(parameter: str = "teff", **more):
    result = make_result(simulated=more.pop("simulated", False))
    explanation = explain_spectrum(result.prepared, bundle())
    return explanation, explanation_figure(result, explanation, parameter, **more)


def traces(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


@pytest.mark.parametrize("parameter", PARAMETERS)
@pytest.mark.parametrize("kind", ["contribution", "sensitivity"])
def test_every_element_is_one_bar(parameter, kind):
    explanation, figure = drawn(parameter, kind=kind)
    named, label = traces(figure), PARAMETERS[parameter][0]
    up, down = named[f"Raises {label}"], named[f"Lowers {label}"]
    middle, bars = explanation.elements(parameter, kind)
    assert len(up.y) + len(down.y) == len(bars)
    assert min(up.y, default=1) > 0 >= max(down.y, default=0)
    np.testing.assert_allclose(np.sort(np.r_[up.x, down.x]), middle)
    low, high = figure.layout.yaxis2.range
    assert low <= bars.min() and bars.max() <= high
    assert PARAMETERS[parameter][1] in figure.layout.yaxis2.title.text


def test_spectrum_and_bars_share_the_wavelengths():
    explanation, figure = drawn()
    named = traces(figure)
    assert figure.layout.xaxis.matches == "x2"
    assert named["Raises Teff"].yaxis == "y2" and named["Average model"].yaxis == "y"
    np.testing.assert_allclose(named["Average model"].y, explanation.baseline, atol=1e-6)
    assert np.isfinite(named["Not used"].y).any()
    assert "vacuum" in figure.layout.xaxis2.title.text


def test_lines_and_simulation_are_written_in_the_figure():
    _, figure = drawn(simulated=True)
    texts = {annotation.text for annotation in figure.layout.annotations}
    assert texts == {line.label for line in LINES} | {"Simulated observation"}


def test_light_and_dark_differ():
    light, dark = (traces(drawn(dark=dark)[1]) for dark in (False, True))
    assert light["Raises Teff"].marker.color != dark["Raises Teff"].marker.color

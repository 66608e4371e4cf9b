"""What figures share: settings of the layout, and panels."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dtl.figures import style
from dtl.figures.spectrum import reconstruction_figure
from dtl.figures.style import lay_out, prepare, two_panels, widened
from tests.fakes import make_result


def test_settings_are_joined_as_plotly_joins_them():
    settings = {"xaxis": {"range": [1, 2], "title": {"text": "x"}}, "margin": {"t": 5}, "legend": {"y": -0.2}}
    figures = two_panels(0.7, 0.04), two_panels(0.7, 0.04)
    for figure in figures:
        prepare(figure, dark=False, height=300)
    assert lay_out(figures[0], **settings).layout == figures[1].update_layout(settings).layout
    assert figures[0].layout.xaxis.domain is not None and figures[0].layout.margin.l is not None


def test_panels_are_those_of_plotly_and_each_figure_has_its_own():
    first, second = two_panels(0.75, 0.25), two_panels(0.75, 0.25)
    first.add_trace(go.Scatter(y=[1, 2]), row=2, col=1)
    first.layout.xaxis.range = [0, 1]
    assert not second.data and second.layout.xaxis.range is None
    theirs = make_subplots(rows=2, shared_xaxes=True, row_heights=[0.75, 0.25], vertical_spacing=0.25)
    assert second.layout == theirs.update_layout(template="none").layout
    assert first.data[0].yaxis == "y2"


def test_an_axis_is_widened_for_what_lies_near_its_end() -> None:
    assert widened((0.0, 10.0), np.array([5.0, 9.8, np.nan]), 1.0) == (0.0, 10.8)
    assert widened((0.0, 10.0), np.array([-2.0, 9.0]), 1.0) == (-3.0, 10.0)
    assert widened((0.0, 10.0), np.array([]), 1.0) == (0.0, 10.0)


def test_numbers_that_may_be_negative_have_a_true_minus_sign_under_the_pointer():
    # Plotly writes one by the formats of an axis and of pointed values, and a hyphen by a format within a template.
    result = make_result()
    figure = reconstruction_figure(result)
    residual = next(trace for trace in figure.data if trace.name == "Residual")
    assert (residual.hovertemplate, residual.yhoverformat) == ("%{y}", ".4g")
    by_template = re.compile(r"%\{\{?(?:[xy]:\+|customdata\[\d\]:)")
    for path in Path(style.__file__).parent.glob("*.py"):
        assert not by_template.search(path.read_text(encoding="utf-8")), path

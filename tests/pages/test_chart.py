"""How a figure is sent to the browser."""

from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go
import plotly.io
import pytest

from pages.shared.core import speed
from pages.shared.core.speed import SentFigure


def sent(figure: go.Figure, *, selectable: bool = False) -> dict:
    return json.loads(plotly.io.to_json(SentFigure(figure, selectable=selectable).to_dict(), validate=False))


def test_arrays_are_lists_and_the_figure_stays():
    figure = go.Figure(go.Scatter(x=np.array([1.5, np.nan]), y=np.float32([0.1, 2]), customdata=["a", "b"]))
    before = figure.to_json()
    (trace,) = sent(figure)["data"]
    assert (trace["x"], trace["y"], trace["customdata"]) == ([1.5, None], [0.1, 2.0], ["a", "b"])
    assert figure.to_json() == before
    assert sent(go.Figure(layout={"template": "none"}))["data"] == []


def test_revision_follows_the_data_alone():
    def revision(y: float, title: str) -> str:
        figure = go.Figure(go.Scatter(y=np.array([0.0, y])), layout={"title": {"text": title}})
        return sent(figure)["layout"]["datarevision"]

    assert revision(1.0, "a") == revision(1.0, "b") != revision(2.0, "b")


@pytest.mark.parametrize(("dragmode", "clickmode"), [("pan", "event+select"), ("lasso", "event"), ("select", "event")])
def test_what_a_click_does_is_said_at_once(dragmode: str, clickmode: str):
    figure = go.Figure(layout={"dragmode": dragmode})
    assert sent(figure, selectable=True)["layout"]["clickmode"] == clickmode
    assert "clickmode" not in sent(figure)["layout"]


def test_where_plotly_lacks_what_is_leaned_on_the_figure_goes_as_it_is(monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object, **__: object) -> None:
        raise AttributeError("another version")

    monkeypatch.setattr(speed.SentFigure, "__init__", broken)
    figure = go.Figure(go.Scatter(y=[1.0, 2.0]))
    assert speed.sent_figure(figure, selectable=True) is figure

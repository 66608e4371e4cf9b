"""The figures of the page Literature: what is drawn is what the tables say."""

from __future__ import annotations

import re

import numpy as np
import plotly.graph_objects as go
import pytest

from dtl.catalogue import published_stars
from dtl.catalogue.literature import sources_of, user_comparison
from dtl.catalogue.star_record import star_values
from dtl.figures.literature import comparison_figure, marker_of
from dtl.figures.palette import palette
from dtl.figures.star_record import FAR, star_figure
from tests import fakes

TABLE = published_stars.literature_table()


def traces(figure: go.Figure, meta: str) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.meta == meta]


def test_every_star_is_drawn_in_both_panels():
    upper, lower = traces(comparison_figure(TABLE, "teff", ["marfil2021"]), "marfil2021")
    assert len(upper.x) == len(lower.x) == 286
    assert len(set(upper.customdata)) == 286
    assert np.array(lower.y) == pytest.approx(np.array(upper.y) - np.array(upper.x))
    stars = published_stars.stars().set_index("karmn")
    assert list(stars.loc[list(upper.customdata), "teff_marfil2021"]) == list(upper.y)


def test_line_of_equality_spans_equal_axes():
    figure = comparison_figure(TABLE, "logg", ["marfil2021", "passegger2020"])
    equality, zero = traces(figure, "guide")
    assert tuple(equality.x) == tuple(equality.y)
    assert tuple(zero.y) == (0, 0)
    layout = figure.layout
    assert layout.xaxis.range == layout.yaxis.range == layout.xaxis2.range
    for trace in figure.data:
        if trace.meta not in ("guide",) and trace.yaxis == "y":
            assert layout.yaxis.range[0] < min(trace.y) and max(trace.y) < layout.yaxis.range[1]


def bars(figure: go.Figure, source: str) -> list[np.ndarray]:
    """Ends of the error bars in each panel; shapes ``(n, 2, 2)``."""
    paths = [shape.path for shape in figure.layout.shapes if shape.name == f"{source} bars"]
    return [np.array(re.findall(r"[-+.\de]+", path), float).reshape(-1, 2, 2) for path in paths]


def test_error_bars_are_those_of_the_table():
    part = TABLE[(TABLE["parameter"] == "mh") & (TABLE["source"] == "marfil2021")]
    for places, column in enumerate(("value", "difference")):
        drawn = bars(comparison_figure(TABLE, "mh", ["marfil2021"]), "marfil2021")[places]
        up = np.stack([part[[name, name]] for name in ("published", column)], axis=2)
        up[..., 1] += np.stack([-part["error"], part["error"]], axis=1)
        assert drawn[: len(part)] == pytest.approx(up, rel=1e-5, abs=1e-5)
    across = bars(comparison_figure(TABLE, "mh", ["marfil2021"]), "marfil2021")[0][len(part) :]
    assert across[:, 0, 0] == pytest.approx((part["published"] - part["published_lower"]).to_numpy(), abs=1e-5)
    assert across[:, 1, 0] == pytest.approx((part["published"] + part["published_upper"]).to_numpy(), abs=1e-5)
    assert (across[:, :, 1] == part[["value"]].to_numpy()).all()
    assert bars(comparison_figure(TABLE, "mh", ["marfil2021"], errors=False), "marfil2021") == []
    assert len(bars(comparison_figure(TABLE, "teff", ["interferometry"]), "interferometry")) == 1  # no errors given


def test_limits_are_hollow_and_axes_of_rotation_logarithmic():
    figure = comparison_figure(TABLE, "vsini", ["reiners2018"])
    upper, _ = traces(figure, "reiners2018")
    hollow = [symbol.endswith("-open") for symbol in upper.marker.symbol]
    assert sum(hollow) == TABLE[(TABLE["source"] == "reiners2018")]["limit"].sum() > 200
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    ends = bars(comparison_figure(TABLE, "vsini", ["passegger2020"]), "passegger2020")[0]
    assert len(ends) > 100 and (ends > 0).all()  # else they could not be drawn


def test_the_users_spectra_are_diamonds_on_top():
    doubtful = fakes.make_result(star="GJ 273", flags=("outside_grid",))
    stars = {"one <1>": (fakes.make_result(star="GJ 699"), "J17578+046"), "two": (doubtful, "J07274+052")}
    figure = comparison_figure(TABLE, "teff", ["marfil2021"], users=user_comparison(stars))
    upper, lower = traces(figure, "users")
    assert figure.data[-1].meta == "users"
    assert list(upper.marker.symbol) == ["diamond", "diamond-x-open"]
    assert list(upper.y) == [3254, 3380] and list(lower.y) == [3254 - 3350, 3380 - 3350]
    assert "one &lt;1&gt;" in upper.text[0] and "direction, not a value" in upper.text[1].replace("</i><br><i>", " ")
    labels = [annotation.text for annotation in figure.layout.annotations]
    assert labels == ["one &lt;1&gt;", "two"]


@pytest.mark.parametrize(("parameter", "symbol"), [("teff", "diamond"), ("vsini", "diamond-x-open")])
def test_a_flag_crosses_the_parameter_that_it_concerns(parameter, symbol):
    stars = {"one": (fakes.make_result(star="GJ 699", flags=("resolution_too_low",)), "J17578+046")}
    figure = comparison_figure(TABLE, parameter, ["passegger2020"], users=user_comparison(stars))
    assert {mark for trace in traces(figure, "users") for mark in trace.marker.symbol} == {symbol}


@pytest.mark.parametrize(("parameter", "value", "difference"), [("logg", "", " dex"), ("mh", " dex", " dex")])
def test_a_gravity_has_no_unit_but_its_differences(parameter, value, difference):
    stars = {"one": (fakes.make_result(star="GJ 699"), "J17578+046")}
    figure = comparison_figure(TABLE, parameter, ["marfil2021"], users=user_comparison(stars))
    _, literature, yours, between = traces(figure, "users")[0].text[0].split("<br>")[:4]
    assert yours.endswith(value or yours[-1]) and (" dex" in yours) == (" dex" in literature) == bool(value)
    assert between.endswith(difference)


def test_axes_say_whose_values_and_in_which_unit():
    """Those of the publication, and this program's where a spectrum of the user is drawn."""
    users = user_comparison({"one": (fakes.make_result(star="GJ 699"), "J17578+046")})
    for parameter, unit in (("teff", "K"), ("logg", "dex"), ("mh", "dex"), ("vsini", "km/s")):
        for mine in (None, users):
            layout = comparison_figure(TABLE, parameter, ["passegger2020"], users=mine).layout
            assert layout.yaxis2.title.text.endswith(f"[{unit}]")
            for title in (layout.xaxis2.title.text, layout.yaxis2.title.text):
                assert "Mas-Buitrago+24" in title and ("dtl" in title) == (mine is not None)


def test_no_two_sources_look_alike():
    colours = palette(False)
    for parameter in ("teff", "logg", "mh", "vsini"):
        looks = [marker_of(source, colours) for source in sources_of(parameter)]
        assert len(set(looks)) == len(looks)


def test_one_star():
    values = star_values("J17578+046")
    labels = {source: f"<{source}>" for source in values["source"]}
    figure = star_figure(values, "logg", labels, first=published_stars.PUBLISHED, dark=True)
    (trace,) = traces(figure, "values")
    part = values[values["parameter"] == "logg"].iloc[::-1]
    assert list(trace.x) == list(part["value"])
    assert trace.y[-1] == "&lt;mas-buitrago2024&gt;"
    wide, narrow = figure.layout.shapes
    assert (narrow.x0, narrow.x1) == pytest.approx((4.964 - 0.060, 4.964 + 0.028))
    assert (wide.x0, wide.x1) == pytest.approx((4.964 - 0.18, 4.964 + 0.084))
    far = part[part["sigma"].abs() >= FAR]
    assert [annotation.text for annotation in figure.layout.annotations] == ["3.6σ"]
    assert list(far["source"]) == ["schweitzer2019mr"]
    axis = figure.layout.xaxis  # in a narrow place, too, its numbers stand side by side and clear of the title
    assert axis.nticks <= 4 and axis.tickangle == 0


def test_upper_limits_of_the_user_are_open_with_an_arrow() -> None:
    """In the comparison and in the record of one star; a withheld value is not drawn."""
    slow = fakes.make_result(star="GJ 699", flags=("upper_limit_vsini",))
    odd = fakes.make_result(star="GJ 699", flags=("value_withheld",))
    users = user_comparison({"slow": (slow, "J17578+046"), "odd": (odd, "J17578+046")})
    figure = comparison_figure(TABLE, "vsini", ["reiners2018"], users=users)
    drawn = next(trace for trace in figure.data if trace.meta == "users")
    assert drawn.marker.symbol[0] == "diamond-open" and drawn.x[0] == 2.9
    arrows = next(trace for trace in figure.data if trace.meta == "limits")
    assert list(arrows.x) == [2.9]
    # to the left of its symbol, towards smaller values
    assert arrows.mode == "text" and arrows.textposition == "middle left" and arrows.text[0].startswith("←")
    assert "yours: &lt; 2.9 km/s" in drawn.text[0]
    teff = comparison_figure(TABLE, "teff", ["marfil2021"], users=users)
    assert len(next(trace for trace in teff.data if trace.meta == "users").x) == 1
    values = star_values("J17578+046", slow.estimates)
    record = star_figure(values, "vsini", {key: key for key in values["source"]}, first="own")
    assert any(trace.meta == "limits" for trace in record.data)

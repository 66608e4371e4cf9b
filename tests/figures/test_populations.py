"""The figure of populations: bins, shares, cumulative distributions and their largest distance."""

import numpy as np
import pytest

from dtl.catalogue import published_stars
from dtl.catalogue.populations import POPULATIONS, compare
from dtl.figures.populations import histogram, name_group, population_figure
from dtl.quantities import QUANTITIES
from tests.figures.test_hr_diagram import star, traces

STARS = published_stars.stars()


@pytest.mark.parametrize("column", list(QUANTITIES))
def test_every_star_falls_into_one_bin(column):
    table = histogram(STARS, column, (["TD"], ["D", "YD"]))
    assert table["thick disc"].sum() == STARS.loc[STARS["population"] == "TD", column].notna().sum()
    assert (
        table["thin disc + young disc"].sum() == STARS.loc[STARS["population"].isin(["D", "YD"]), column].notna().sum()
    )
    assert (table["to"] > table["from"]).all()
    assert table["from"].to_numpy()[1:] == pytest.approx(table["to"].to_numpy()[:-1])


def test_bins_by_hand():
    table = histogram(STARS, "mh", (["TD"], ["D"]))
    thick = STARS.loc[STARS["population"] == "TD", "mh"]
    for _, row in table.iterrows():
        assert row["thick disc"] == ((thick >= row["from"] - 1e-9) & (thick < row["to"] - 1e-9)).sum()
    assert table["from"].iloc[0] == pytest.approx(-0.6)


def test_bars_are_shares_and_curves_end_at_one():
    figure = population_figure(STARS, "mh", compare(STARS, "mh", ["TD"], ["D"]))
    bars, curves = traces(figure, "histogram"), traces(figure, "cumulative")
    assert [bar.name for bar in bars] == ["thick disc, 21 stars", "thin disc, 167 stars"]
    for bar, curve in zip(bars, curves, strict=True):
        assert sum(bar.y) == pytest.approx(1.0)
        assert (curve.y[0], curve.y[-1]) == (0.0, 1.0) and (np.diff(curve.y) >= 0).all()
    assert bars[0].marker.pattern.shape and not bars[1].marker.pattern.shape
    assert curves[0].line.dash != curves[1].line.dash


@pytest.mark.parametrize("column", ["mh", "teff", "vsini", "luminosity"])
def test_line_between_the_curves_is_the_statistic(column):
    found = compare(STARS, column, ["TD"], ["D"])
    (line,) = traces(population_figure(STARS, column, found), "distance")
    assert abs(line.y[0] - line.y[1]) == pytest.approx(found.statistic)
    assert line.x[0] == line.x[1] == QUANTITIES[column].scaled(found.location)


def test_users_stars_lie_at_their_value():
    users = [star("A", mh=-0.2), star("B", mh=0.1, flags=("outside_grid",)), star("C", mh=0.0, luminosity=None)]
    figure = population_figure(STARS, "mh", compare(STARS, "mh", ["TD"], ["D"]), users)
    sound, doubtful = traces(figure, "users")
    assert (list(sound.x), list(doubtful.x)) == ([-0.2, 0.0], [0.1])
    assert sound.marker.symbol != doubtful.marker.symbol
    figure = population_figure(STARS, "luminosity", compare(STARS, "luminosity", ["TD"], ["D"]), users)
    assert sum(len(trace.x) for trace in traces(figure, "users")) == 2
    figure = population_figure(STARS, "distance", compare(STARS, "distance", ["TD"], ["D"]), users)
    assert not traces(figure, "users")


@pytest.mark.parametrize(("column", "symbol"), [("mh", "diamond"), ("vsini", "diamond-x-open")])
def test_a_flag_doubts_the_quantity_that_it_concerns(column, symbol):
    figure = population_figure(
        STARS, column, compare(STARS, column, ["TD"], ["D"]), [star(flags=("resolution_too_low",))]
    )
    (trace,) = traces(figure, "users")
    assert trace.marker.symbol == symbol


def test_names_of_groups():
    assert name_group(["TD", "D"]) == "thick disc + thin disc"
    assert len(set(POPULATIONS.values())) == 4


def test_dark_and_light_differ():
    found = compare(STARS, "mh", ["TD"], ["D"])
    light, dark = (population_figure(STARS, "mh", found, dark=dark) for dark in (False, True))
    assert light.data[0].marker.color != dark.data[0].marker.color

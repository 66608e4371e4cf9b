"""The diagrams of stars: axes, markers, colours and the user's stars."""

import numpy as np
import plotly.graph_objects as go
import pytest

from dtl import catalogue
from dtl.figures.hr_diagram import LUMINOSITY, PlottedStar, hr_diagram
from dtl.figures.kiel import LOGG, kiel_diagram
from dtl.figures.star_layers import MOST_LABELS
from dtl.figures.style import TEFF, diameter
from tests import fakes

STARS = catalogue.stars()


def star(label="A star", **changes):
    values = {
        "teff": 3400.0,
        "teff_lower": 30.0,
        "teff_upper": 40.0,
        "logg": 4.9,
        "logg_lower": 0.04,
        "logg_upper": 0.05,
    }
    return PlottedStar(label, **(values | {"mh": -0.2, "vsini": 2.5, "luminosity": 0.01} | changes))


def traces(figure: go.Figure, meta: str):
    return [trace for trace in figure.data if trace.meta == meta]


def points(figure: go.Figure, meta: str) -> int:
    return sum(len(trace.x) for trace in traces(figure, meta))


def test_axes_are_those_of_the_publication():
    figure = hr_diagram(STARS)
    assert figure.layout.xaxis.range == (4350.0, 2990.0)
    assert figure.layout.yaxis.type == "log"
    assert 10 ** np.array(figure.layout.yaxis.range) == pytest.approx(LUMINOSITY)
    assert "[K]" in figure.layout.xaxis.title.text
    assert "L</i><sub>☉</sub>]" in figure.layout.yaxis.title.text


def test_every_star_with_luminosity_is_drawn_once():
    figure = hr_diagram(STARS)
    assert points(figure, "published") == 281
    drawn = np.concatenate([trace.customdata for trace in traces(figure, "published")])
    assert set(drawn) == set(STARS.loc[STARS["luminosity"].notna(), "karmn"])
    for trace in traces(figure, "published"):
        assert TEFF[0] < min(trace.x) and max(trace.x) < TEFF[1]
        assert LUMINOSITY[0] < min(trace.y) and max(trace.y) < LUMINOSITY[1]


def test_shapes():
    figure = hr_diagram(STARS)
    circles, triangles = traces(figure, "published")
    assert (circles.marker.symbol, triangles.marker.symbol) == ("circle", "triangle-up")
    known = STARS[STARS["luminosity"].notna()]
    assert set(triangles.customdata) == set(known.loc[known["halpha_active"].fillna(False).astype(bool), "karmn"])
    discs, subdwarfs = traces(figure, "outline")
    assert (discs.marker.symbol, len(discs.x)) == ("star-open", 21)
    assert (subdwarfs.marker.symbol, len(subdwarfs.x)) == ("square-open", 4)
    names = {trace.name for trace in traces(figure, "legend")}
    assert names == {"published star", "Hα active", "thick disc", "akin to subdwarfs"}


def test_triangles_can_follow_the_published_flag():
    figure = hr_diagram(STARS, active="active_flag")
    flagged = STARS["active_flag"].fillna(False).astype(bool) & STARS["luminosity"].notna()
    assert len(traces(figure, "published")[1].x) == flagged.sum()


def test_area_is_proportional_to_vsini():
    vsini = STARS.set_index("karmn")["vsini"]
    for trace in traces(hr_diagram(STARS), "published"):
        points_ = np.asarray(trace.marker.size) * 72 / 96
        assert points_**2 == pytest.approx(18 * vsini[trace.customdata].to_numpy())
    assert diameter(np.array([2.0]))[0] == pytest.approx(8.0)


def test_colour_is_metallicity():
    figure = hr_diagram(STARS)
    colour = figure.layout.coloraxis
    assert (colour.cmin, colour.cmax) == (-0.53, 0.25)
    assert [colour.colorscale[i][1] for i in (0, -1)] == ["#7a0402", "#30123b"]  # turbo from its red end
    assert "[M/H]" in colour.colorbar.title.text
    mh = STARS.set_index("karmn")["mh"]
    for trace in traces(figure, "published"):
        assert list(trace.marker.color) == list(mh[trace.customdata])
    other = hr_diagram(STARS, scale="colour-blind safe").layout.coloraxis.colorscale
    assert other != colour.colorscale


def test_users_star():
    figure = hr_diagram(STARS, [star("GJ <1>", luminosity_error=0.001)])
    (trace,) = traces(figure, "users")
    assert (trace.x[0], trace.y[0]) == (3400.0, 0.01)
    assert (trace.error_x.array[0], trace.error_x.arrayminus[0]) == (40.0, 30.0)
    assert trace.error_y.array[0] == 0.001
    assert trace.marker.symbol == "diamond"
    assert "GJ &lt;1&gt;" in trace.text[0]
    label = figure.layout.annotations[0]
    assert label.text == "GJ &lt;1&gt;"
    assert label.y == pytest.approx(-2)
    assert figure.layout.xaxis.range == (4350.0, 2990.0)


def test_star_without_luminosity_is_left_out():
    figure = hr_diagram(STARS, [star(luminosity=None)])
    assert not traces(figure, "users")
    assert traces(kiel_diagram(STARS, [star(luminosity=None)]), "users")


def test_flagged_star_is_hollow_and_says_why():
    figure = hr_diagram(STARS, [star(flags=("outside_grid",)), star("B", flags=("upper_limit_vsini",))])
    sound, doubtful = traces(figure, "users")
    assert (sound.marker.symbol, doubtful.marker.symbol) == ("diamond", "diamond-x-open")
    assert "direction, not a value" in doubtful.text[0].replace("</i><br><i>", " ")
    assert "upper limit" in sound.text[0].replace("</i><br><i>", " ")
    assert {trace.name for trace in traces(figure, "legend")} >= {"your star", "your star, in doubt"}


def test_simulated_star_is_labelled():
    figure = hr_diagram(STARS, [star(simulated=True)])
    assert "simulated" in figure.layout.annotations[0].text
    assert "simulated" in traces(figure, "users")[0].text[0]


def test_axes_widen_for_stars_outside():
    figure = hr_diagram(STARS, [star(teff=2700.0, luminosity=5e-4)])
    assert figure.layout.xaxis.range[0] == 4350.0 and figure.layout.xaxis.range[1] < 2700
    assert 10 ** figure.layout.yaxis.range[0] < 5e-4
    assert 10 ** figure.layout.yaxis.range[1] == pytest.approx(LUMINOSITY[1])


def test_error_bar_stays_on_the_logarithmic_axis():
    (trace,) = traces(hr_diagram(STARS, [star(luminosity=0.01, luminosity_error=0.02)]), "users")
    assert trace.error_y.arrayminus[0] < 0.01


def test_labels_keep_apart_and_stop_when_many():
    figure = hr_diagram(STARS, [star(f"star {i}") for i in range(4)])
    labels = [a for a in figure.layout.annotations if a.showarrow]
    assert len({label.ay for label in labels}) == 4
    many = hr_diagram(STARS, [star(f"star {i}") for i in range(MOST_LABELS + 1)])
    assert not [a for a in many.layout.annotations if a.showarrow]
    assert points(many, "users") == MOST_LABELS + 1


def test_star_of_a_result():
    result = fakes.make_result(star="GJ 699", teff=3300.0, flags=("low_snr",), simulated=True)
    made = PlottedStar.from_result(result, 0.0035, 0.0001)
    assert (made.label, made.teff, made.teff_lower, made.teff_upper) == ("GJ 699", 3300.0, 33.0, 41.0)
    assert (made.logg, made.mh, made.luminosity, made.flags, made.simulated) == (
        4.96,
        -0.223,
        0.0035,
        ("low_snr",),
        True,
    )
    assert PlottedStar.from_result(fakes.make_result(file="a.fits")).label == "a.fits"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("draw", [hr_diagram, kiel_diagram])
def test_ground_is_transparent(draw, dark):
    figure = draw(STARS, [star()], dark=dark)
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.font.size >= 12


def test_kiel_diagram():
    figure = kiel_diagram(STARS, [star(logg=5.4)], isochrone=catalogue.isochrone())
    assert points(figure, "published") == 286
    assert figure.layout.yaxis.range[1] == LOGG[0] and figure.layout.yaxis.range[0] > 5.4
    (trace,) = traces(figure, "users")
    assert (trace.error_y.array[0], trace.error_y.arrayminus[0]) == (0.05, 0.04)
    assert len(traces(figure, "model")) == 1
    for trace in traces(kiel_diagram(STARS), "published"):
        assert LOGG[0] < min(trace.y) and max(trace.y) < LOGG[1]

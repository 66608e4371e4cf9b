"""The diagrams of stars: axes, markers, colours and the user's stars."""

import numpy as np
import plotly.graph_objects as go
import pytest

from dtl.catalogue import published_stars
from dtl.figures.hr_diagram import DIFFERENCES, LUMINOSITY, hr_diagram
from dtl.figures.kiel import LOGG, kiel_diagram
from dtl.figures.marks import EQUAL, Look, diameters
from dtl.figures.plotted_star import PlottedStar
from dtl.figures.spectroscopic_hr import SPECTROSCOPIC, spectroscopic_hr_diagram
from dtl.figures.style import TEFF, diameter
from dtl.figures.user_stars import MAX_LABELS, SMALLEST, in_one_place
from dtl.quantities import QUANTITIES
from tests import fakes

STARS = published_stars.stars()
DIAGRAMS = [hr_diagram, kiel_diagram, spectroscopic_hr_diagram]


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
    assert names == {"published star", "Hα active", "thick disc", "subdwarf-like"}


def test_triangles_can_follow_the_published_flag():
    figure = hr_diagram(STARS, (), Look(active="active_flag"))
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
    other = hr_diagram(STARS, (), Look(scale="colour-blind safe")).layout.coloraxis.colorscale
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


def test_a_resolution_that_is_too_low_puts_v_sin_i_in_doubt_and_no_place():
    """Words of the cards and marks of the diagrams follow one rule."""
    (trace,) = traces(kiel_diagram(STARS, [star(flags=("resolution_too_low",))]), "users")
    assert trace.marker.symbol == "diamond" and trace.name == "your star"
    assert "?" not in kiel_diagram(STARS, [star(flags=("resolution_too_low",))]).layout.annotations[0].text
    assert star(flags=("resolution_too_low",)).doubted("vsini")


def test_simulated_star_is_labelled():
    figure = hr_diagram(STARS, [star(simulated=True)])
    assert "simulated" in figure.layout.annotations[0].text
    assert "simulated" in traces(figure, "users")[0].text[0]


def test_error_bars_and_markers_are_whole():
    hot = star(teff=4300.0, teff_upper=200.0, logg=4.65, logg_lower=0.2, luminosity=9999.0, luminosity_error=5000.0)
    figure = hr_diagram(STARS, [hot])
    assert figure.layout.xaxis.range[0] > 4500.0
    bottom, top = figure.layout.yaxis.range
    assert top > np.log10(14999.0) and np.log10(9999.0) < top - 0.03 * (top - bottom)
    assert kiel_diagram(STARS, [hot]).layout.yaxis.range[1] < 4.45
    # a bar that says nothing does not press the stars together, nor does one that reaches zero
    figure = hr_diagram(STARS, [star(luminosity_error=1e9, teff_upper=1e6)])
    span = np.diff(np.log10(LUMINOSITY))[0]
    assert figure.layout.xaxis.range[0] < 4350.0 + 0.6 * (4350.0 - 2990.0)
    assert span < np.diff(figure.layout.yaxis.range)[0] < 2.1 * span  # at both ends


@pytest.mark.parametrize("draw", DIAGRAMS)
def test_stars_that_cover_each_other_are_found(draw):
    stars = [
        star("A", key="a"),
        star("B", key="b", teff=3405.0, flags=("outside_grid",)),
        star("C", key="c", teff=3500.0),
    ]
    figure = draw(STARS, stars)
    assert sorted(in_one_place(figure, "a")) == sorted(in_one_place(figure, "b")) == ["a", "b"]
    assert in_one_place(figure, "c") == ["c"] and in_one_place(figure, "J17578+046") == []


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
    many = hr_diagram(STARS, [star(f"star {i}") for i in range(MAX_LABELS + 1)])
    assert not [a for a in many.layout.annotations if a.showarrow]
    assert points(many, "users") == MAX_LABELS + 1


def test_labels_stay_in_the_plot():
    """None lies over the colour bar above it, however high its star stands and however many stand there."""
    for logg in (4.56, 4.60, 4.66, 4.90, 5.24):
        figure = kiel_diagram(STARS, [star(f"star {i}", logg=logg, simulated=True) for i in range(6)])
        low, high = figure.layout.yaxis.range
        labels = [a for a in figure.layout.annotations if a.showarrow]
        assert len({label.ay for label in labels}) == 6
        for label in labels:
            middle = 436 * (label.y - low) / (high - low) - label.ay  # pixels above the foot of the plot
            assert 20 <= middle <= 436 - 20


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
@pytest.mark.parametrize("draw", DIAGRAMS)
def test_ground_is_transparent(draw, dark):
    figure = draw(STARS, [star()], Look(dark=dark))
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.font.size >= 12


def test_kiel_diagram():
    figure = kiel_diagram(STARS, [star(logg=5.4)], isochrones=published_stars.isochrones())
    assert points(figure, "published") == 286
    assert figure.layout.yaxis.range[1] == LOGG[0] and figure.layout.yaxis.range[0] > 5.4
    (trace,) = traces(figure, "users")
    assert (trace.error_y.array[0], trace.error_y.arrayminus[0]) == (0.05, 0.04)
    assert [trace.line.dash for trace in traces(figure, "model")] == ["solid", "dash", "dot"]
    assert [trace.name.split()[1] for trace in traces(figure, "model")] == ["1", "4", "8"]
    for trace in traces(kiel_diagram(STARS), "published"):
        assert LOGG[0] < min(trace.y) and max(trace.y) < LOGG[1]


def test_spectroscopic_hr_diagram():
    figure = spectroscopic_hr_diagram(STARS, [star(luminosity=None)], isochrones=published_stars.isochrones())
    assert points(figure, "published") == 286
    for trace in traces(figure, "published"):
        assert SPECTROSCOPIC[0] < min(trace.y) and max(trace.y) < SPECTROSCOPIC[1]
    (trace,) = traces(figure, "users")
    assert trace.y[0] == pytest.approx((3400 / 5772) ** 4 / 10 ** (4.9 - 4.438))
    # Hotter and of lower gravity is brighter: the distances that go up are those of teff upwards and log g downwards.
    higher = np.hypot(4 * 40 / 3400 / np.log(10), 0.04)
    assert trace.error_y.array[0] == pytest.approx(trace.y[0] * (10**higher - 1))
    for model in traces(figure, "model"):
        assert (np.diff(model.y) > 0).all()


def test_isochrones_in_the_hr_diagram_are_their_luminosities():
    models = published_stars.isochrones()
    (line,) = traces(hr_diagram(STARS, isochrones=models[models["log_age"] == 9.6]), "model")
    assert np.log10(line.y) == pytest.approx(models.loc[models["log_age"] == 9.6, "log_luminosity"])
    assert not traces(hr_diagram(STARS), "model")


def test_differences_say_what_why_and_how_many():
    assert all(all(text for text in row) for row in DIFFERENCES)
    words = {row.what: " ".join(row) for row in DIFFERENCES}
    unknown = STARS[STARS["luminosity"].isna()]
    assert all(name in words["Luminosities"] for name in unknown["karmn"])
    assert all(name in words["Luminosities"] for name in STARS.loc[STARS["luminosity_note"] != "", "karmn"])
    counts = STARS["luminosity_reference"].value_counts()
    assert f"{counts['cifuentes2020']} of Cifuentes" in words["Luminosities"]
    assert f"{counts['schweitzer2019']} of Schweitzer" in words["Luminosities"]
    assert f"{STARS['halpha_active'].sum()} stars; or" in words["Triangles"]
    assert f"{STARS['active_flag'].sum()} stars" in words["Triangles"]
    assert f"{STARS['halpha_active'].isna().sum()} stars was not" in words["Triangles"]
    assert f"without the {(STARS['population'] == 'TD-D').sum()} of the transition" in words["Open stars"]
    assert f"{SMALLEST:.0f} pixels" in words["Your stars"]


@pytest.mark.parametrize("name", list(QUANTITIES))
@pytest.mark.parametrize("draw", DIAGRAMS)
def test_any_quantity_gives_colour_and_size(draw, name):
    quantity = QUANTITIES[name]
    figure = draw(STARS, [star(key="mine")], Look(colour=name, size=name))
    colour = figure.layout.coloraxis
    assert (colour.cmin, colour.cmax) == pytest.approx(quantity.scaled((quantity.low, quantity.high)))
    assert colour.colorbar.title.text.partition("<br>")[0].endswith("]") and len(colour.colorbar.ticktext) == len(
        quantity.ticks
    )
    values, drawn = STARS.set_index("karmn")[name], []
    for trace in traces(figure, "published"):
        known = values[trace.customdata]
        assert np.asarray(trace.marker.size) == pytest.approx(diameters(name, known.to_numpy()))
        if trace.marker.coloraxis:
            assert np.asarray(trace.marker.color) == pytest.approx(quantity.scaled(known.to_numpy()))
        else:
            assert known.isna().all() and trace.marker.color == "rgba(0,0,0,0)"
        drawn += list(trace.customdata)
    assert len(drawn) == len(set(drawn)) == (281 if draw is hr_diagram else 286)
    assert any("not known" in trace.name for trace in traces(figure, "legend")) == values[drawn].isna().any()
    (mine,) = traces(figure, "users")
    shade = star().quantity(name)
    assert mine.marker.color == "rgba(0,0,0,0)" if np.isnan(shade) else mine.marker.color[0] == quantity.scaled(shade)


@pytest.mark.parametrize("name", list(QUANTITIES))
def test_published_values_lie_in_the_range_of_the_colours(name):
    quantity, values = QUANTITIES[name], STARS[name].dropna()
    if name == "halpha_ew":  # one star absorbs far more than the others
        values = values[values > -1]
    assert values.between(quantity.low * 0.98 - 0.02 - 0.5 * (name == "halpha_ew"), quantity.high * 1.02).all()
    assert all(quantity.low <= tick <= quantity.high for tick in quantity.ticks + quantity.sizes)


def test_areas_grow_with_the_value():
    for name in set(QUANTITIES) - {"vsini"}:
        areas = diameters(name, np.linspace(QUANTITIES[name].low, QUANTITIES[name].high, 9)) ** 2
        assert (np.diff(areas) > 0).all()
        if not QUANTITIES[name].logarithmic:
            assert np.diff(areas) == pytest.approx(np.full(8, (areas[-1] - areas[0]) / 8))
    assert diameters("teff", np.array([np.nan]))[0] == diameters("teff", np.array([3050.0]))[0]
    assert len(set(diameters(EQUAL, np.array([1.0, 30.0])))) == 1


def test_key_shows_the_sizes_it_names():
    for name in (*QUANTITIES, EQUAL):
        keys = traces(hr_diagram(STARS, (), Look(size=name)), "key")
        if name == EQUAL:
            assert not keys
            continue
        circles, texts = keys
        assert np.asarray(circles.marker.size) == pytest.approx(diameters(name, np.array(QUANTITIES[name].sizes)))
        assert [float(text.replace("−", "-")) for text in texts.text] == pytest.approx(QUANTITIES[name].sizes)


def test_diamond_has_the_area_of_the_circle():
    (trace,) = traces(hr_diagram(STARS, [star(vsini=20.0)]), "users")
    circle = diameter(np.array([20.0]))[0]
    assert trace.marker.size[0] ** 2 / 2 == pytest.approx(np.pi / 4 * circle**2)
    (trace,) = traces(hr_diagram(STARS, [star(vsini=1.5)]), "users")
    assert trace.marker.size[0] == SMALLEST


@pytest.mark.parametrize("draw", DIAGRAMS)
def test_chosen_star_is_ringed(draw):
    figure = draw(STARS, [star(key="mine")], Look(chosen="J17578+046"))
    (ring,) = traces(figure, "chosen")
    place = next(
        (x, y)
        for trace in traces(figure, "published")
        for x, y, name in zip(trace.x, trace.y, trace.customdata, strict=True)
        if name == "J17578+046"
    )
    assert (ring.x[0], ring.y[0]) == place
    figure = draw(STARS, [star(key="mine")], Look(chosen="mine"))
    (ring,), (mine,) = traces(figure, "chosen"), traces(figure, "users")
    assert (ring.x[0], ring.y[0]) == (mine.x[0], mine.y[0]) and mine.customdata[0] == "mine"
    assert not traces(draw(STARS, [star()], Look()), "chosen")


def test_star_without_luminosity_is_not_ringed_in_the_hr_diagram():
    assert not traces(hr_diagram(STARS, (), Look(chosen="J17364+683")), "chosen")

"""The map of the latent space."""

from __future__ import annotations

import json

import numpy as np

from dtl.figures.latent import MOST_LABELS, latent_map, outside_map
from tests.fakes import bundle

PLACES, NODES = bundle().map_latent, bundle().nodes


def test_the_grid_is_one_layer_of_single_precision_without_text():
    figure = latent_map(PLACES, NODES, "teff", [("A", PLACES[0])], neighbours=[1, 2])
    assert [trace.type for trace in figure.data] == ["scattergl"] * 3  # SVG would lie below the grid
    grid = figure.data[0]
    assert grid.x.dtype == grid.marker.color.dtype == grid.customdata.dtype == np.float32
    assert grid.text is None and "customdata[2]" in grid.hovertemplate


def test_a_grid_of_the_published_size_stays_below_a_megabyte():
    rng = np.random.default_rng(0)
    places, nodes = rng.normal(size=(22933, 2)), rng.normal(size=(22933, 4))
    assert len(latent_map(places, nodes, "teff").to_json()) < 1_100_000


def test_stars_do_not_change_the_grid_or_the_axes():
    bare, full = (latent_map(PLACES, NODES, "mh", stars) for stars in ((), [("A", PLACES[0] + 1e3)]))
    assert bare.data[0] == full.data[0]
    assert bare.layout.xaxis.range == full.layout.xaxis.range


def test_a_star_outside_is_a_triangle_at_the_edge():
    far = PLACES.max(axis=0) + 100
    assert outside_map(PLACES, far) and not outside_map(PLACES, PLACES[0])
    figure = latent_map(PLACES, NODES, "teff", [("In", PLACES[0]), ("Out", far)])
    stars = figure.data[-1]
    assert stars.marker.symbol == ("star", "triangle-up")
    assert stars.x[1] < figure.layout.xaxis.range[1]


def test_names_are_escaped_and_only_the_chosen_one_is_written_among_many():
    figure = latent_map(PLACES, NODES, "teff", [("<b>A</b>", PLACES[0])])
    assert figure.layout.annotations[0].text == "<b>&lt;b&gt;A&lt;/b&gt;</b>"
    many = [(f"Star {i}", PLACES[i]) for i in range(MOST_LABELS + 1)]
    assert [a.text for a in latent_map(PLACES, NODES, "teff", many, chosen=3).layout.annotations] == ["<b>Star 3</b>"]
    json.loads(figure.to_json())


def test_a_long_name_is_cut_in_the_map_and_whole_under_the_pointer():
    name = "A" * 100 + " (simulated)"
    figure = latent_map(PLACES, NODES, "teff", [(name, PLACES[0])])
    assert figure.layout.annotations[0].text == f"<b>{'A' * 35}… (simulated)</b>"
    assert figure.data[-1].text[0] == name


def test_a_name_is_written_to_the_side_that_has_more_room():
    low, high = PLACES.min(axis=0), PLACES.max(axis=0)
    stars = [("Left", low + 0.4 * (high - low)), ("Right", low + 0.6 * (high - low))]
    assert [a.xanchor for a in latent_map(PLACES, NODES, "teff", stars).layout.annotations] == ["left", "right"]

"""Every state of the latent space page."""

from __future__ import annotations

import sys
from hashlib import sha256
from types import SimpleNamespace

import numpy as np

from tests import fakes
from tests.pages.conftest import figure, texts, upload

PAGE = "pages/latent_space.py"


def grid_of(app) -> dict:
    (grid,) = [trace for trace in figure(app)["data"] if trace["name"] == "Model spectra"]
    return grid


def test_first_visit_shows_the_example_among_the_models(visit):
    app = visit(PAGE)
    assert not app.exception
    assert "Simulated observation" in texts(app)
    names = [annotation["text"] for annotation in figure(app)["layout"]["annotations"]]
    assert names == ["<b>GJ 699 (simulated)</b>"]
    assert len(app.dataframe[0].value) == 8
    assert app.dataframe[0].value["distance"].is_monotonic_increasing


def test_the_grid_never_moves(visit):
    app = visit(PAGE)
    before, ranges = grid_of(app), figure(app)["layout"]["xaxis"]["range"]
    app.selectbox(key="map-colour").set_value("mh").run()
    after = grid_of(app)
    assert after["x"] == before["x"] and after["y"] == before["y"]
    assert after["marker"]["color"] != before["marker"]["color"]
    app.switch_page("pages/spectrum.py").run()
    upload(app, a_txt=b"fake teff=3900", b_txt=b"fake teff=4200").switch_page(PAGE).run()
    assert app.selectbox(key="map-colour").value == "mh"
    assert grid_of(app) == after
    assert figure(app)["layout"]["xaxis"]["range"] == ranges


def test_the_other_map(visit):
    app = visit(PAGE)
    before = grid_of(app)
    app.segmented_control(key="map").set_value("flux").run()
    assert grid_of(app)["x"] == before["y"]


def test_the_star_is_chosen_for_all_pages(visit):
    one, two = b"fake teff=3100 star=One", b"fake teff=4200 star=Two"
    app = upload(visit(), a_txt=one, b_txt=two)
    app.switch_page(PAGE).run()
    assert app.dataframe[0].value["teff"].mean() > 4000
    app.selectbox(key="map-spectrum").set_value(sha256(one).hexdigest()).run()
    assert app.dataframe[0].value["teff"].mean() < 3300
    assert "<b>One</b>" in [annotation["text"] for annotation in figure(app)["layout"]["annotations"]]
    app.switch_page("pages/spectrum.py").run()
    assert app.metric[0].value == "3100 K"


def test_the_page_says_where_distances_are_measured(visit):
    assert "and not on the flat map" in texts(visit(PAGE))


def test_a_star_outside_the_map_is_counted_aloud(visit, monkeypatch):
    bundle = fakes.bundle()
    far = {**vars(bundle), "map_latent": bundle.map_latent + np.float32(100)}
    monkeypatch.setattr(sys.modules["dtl.bundle"], "load_bundle", lambda name: SimpleNamespace(**far))
    app = visit(PAGE)
    assert "1 of 1 lie outside the map" in app.warning[0].value


def test_without_a_spectrum_the_page_says_what_to_do(visit, monkeypatch, tmp_path):
    monkeypatch.setattr("pages.shared.session.EXAMPLES", tmp_path / "absent")
    app = visit(PAGE)
    assert not app.exception
    assert "Upload a spectrum" in app.info[0].value


def test_the_spectrum_is_drawn_beside_the_nearest_model_or_another(visit):
    app = visit(PAGE)
    options = app.selectbox(key="model").options
    assert len(options) == 8 and options[0].startswith("3300 K, log g")
    assert f"Model of {options[0]}" in {trace["name"] for trace in figure(app, 1)["data"]}
    app.selectbox(key="model").select_index(2).run()
    assert f"Model of {options[2]}" in {trace["name"] for trace in figure(app, 1)["data"]}

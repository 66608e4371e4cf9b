"""Every state of the latent space page."""

from __future__ import annotations

from hashlib import sha256
from types import SimpleNamespace

import numpy as np
import pytest

from pages.shared.latent_space import selection
from pages.shared.latent_space.selection import ChosenModels
from tests import fakes
from tests.pages.conftest import figure, keep, kept, texts, upload, visit_of

PAGE = "pages/latent_space.py"
FLUX, LATENT, BELOW = 0, 1, 2


def models_of(app, which: int) -> dict:
    """Both traces of the models together, by what they hold."""
    models = [trace for trace in figure(app, which)["data"] if trace["name"] == "Model spectra"]
    return {name: [trace[name] for trace in models] for name in models[0]}


def picture_of(app, which: int) -> str:
    return figure(app, which)["layout"]["images"][0]["source"]


def stars_of(app, which: int) -> dict:
    (stars,) = [trace for trace in figure(app, which)["data"] if trace["name"] == "Your spectra"]
    return stars


def change_of(app) -> object:
    """The lower panel of the walk, whose figure comes after the map beside it."""
    (change,) = [trace for trace in figure(app, BELOW + 1)["data"] if trace["name"] == "Here minus start"]
    return change["y"]


def section(app, name: str):
    app.segmented_control(key="latent-section").set_value(name).run()
    assert not app.exception
    return app


def test_first_visit_shows_the_example_on_both_maps(visit):
    app = visit(PAGE)
    assert not app.exception
    assert "Simulated observation" in texts(app)
    for which in (FLUX, LATENT):
        assert [a["text"] for a in figure(app, which)["layout"]["annotations"]] == ["<b>GJ 699 (simulated)</b>"]
    assert models_of(app, FLUX)["x"] == models_of(app, LATENT)["y"]  # the made-up maps mirror each other
    assert len(app.dataframe[0].value) == 8
    assert app.dataframe[0].value["distance"].is_monotonic_increasing


def test_the_models_never_move(visit):
    app = visit(PAGE)
    before, ranges = models_of(app, LATENT), figure(app, LATENT)["layout"]["xaxis"]["range"]
    picture = picture_of(app, LATENT)
    app.selectbox(key="map-colour").set_value("mh").run()
    assert models_of(app, LATENT) == before and picture_of(app, LATENT) != picture
    app.switch_page("pages/spectrum.py").run()
    upload(app, a_txt=b"fake teff=3900", b_txt=b"fake teff=4200").switch_page(PAGE).run()
    assert app.selectbox(key="map-colour").value == "mh"
    assert models_of(app, LATENT) == before
    assert figure(app, LATENT)["layout"]["xaxis"]["range"] == ranges


def test_the_transfer_moves_the_stars_alone(visit):
    app = visit(PAGE)
    after = [(models_of(app, which), picture_of(app, which), stars_of(app, which)) for which in (FLUX, LATENT)]
    nearest = app.dataframe[0].value["distance"].min()
    app.segmented_control(key="transfer").set_value("before").run()
    for which in (FLUX, LATENT):
        models, picture, stars = after[which]
        assert models_of(app, which) == models and picture_of(app, which) == picture
        assert stars_of(app, which)["x"] != stars["x"]
    assert app.dataframe[0].value["distance"].min() == pytest.approx(nearest + 1.0)


def test_networks_without_a_transfer_say_so(visit, monkeypatch):
    alone = {**vars(fakes.bundle()), "target_encoder": None}
    monkeypatch.setattr("dtl.bundle.store.load_bundle", lambda name: SimpleNamespace(**alone))
    control = visit(PAGE).segmented_control(key="transfer")
    assert control.disabled and "no transfer" in control.help


@pytest.mark.parametrize("colour", ["snr", "teff_error", "residual_rms", "outlier_percentile"])
def test_what_only_stars_have_leaves_the_models_grey(visit, colour):
    app = visit(PAGE)
    app.selectbox(key="map-colour").set_value(colour).run()
    assert not app.exception
    assert figure(app)["layout"]["coloraxis"]["cmin"] < stars_of(app, FLUX)["marker"]["color"][0]
    assert "Models are grey" in texts(app)


def test_flags_have_names_in_the_legend(visit):
    app = upload(visit(), a_txt=b"fake teff=3300 flags=low_snr", b_txt=b"fake teff=3600").switch_page(PAGE).run()
    app.selectbox(key="map-colour").set_value("flag").run()
    names = {trace["name"] for trace in figure(app)["data"] if trace.get("showlegend")}
    assert {"Spectrum too poor", "No doubt"} <= names


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


def test_a_star_outside_the_mapped_area_is_counted_aloud(visit):
    app = visit(PAGE)
    assert not app.warning
    app.segmented_control(key="transfer").set_value("before").run()  # where the made-up star is far from all models
    assert "1 of 1 outside the mapped area" in app.warning[0].value and "GJ 699" in app.warning[0].value
    assert stars_of(app, LATENT)["marker"]["symbol"] == ["triangle-up"]
    upload(
        app.switch_page("pages/spectrum.py").run(), a_txt=b"fake teff=3300 star=One", b_txt=b"fake teff=3301 star=One"
    )
    app.switch_page(PAGE).run()
    assert "2 of 2 outside the mapped area, drawn as triangles: One (2 spectra)." in app.warning[0].value


def test_without_a_spectrum_the_page_says_what_to_do(visit, monkeypatch, tmp_path):
    monkeypatch.setattr("pages.shared.core.examples.EXAMPLES", tmp_path / "absent")
    app = visit(PAGE)
    assert not app.exception
    assert "Upload a spectrum" in app.info[0].value


def open_box(app, key: str):
    app.session_state[key] = True
    return app.run()


def test_ranges_choose_the_same_models_on_both_maps(visit):
    app = open_box(visit(PAGE), "choose-box")
    whole = [picture_of(app, which) for which in (FLUX, LATENT)]
    app.slider(key="range-teff").set_range(3000.0, 3100.0).run()
    nodes = fakes.bundle().nodes
    expected = int((nodes[:, 0] <= 3100).sum())
    assert f"**{expected:,} of 3,000 models chosen**, within the ranges" in texts(app)
    assert all(picture_of(app, which) != whole[which] for which in (FLUX, LATENT))
    np.testing.assert_array_equal(kept(app, ChosenModels).nodes, np.flatnonzero(nodes[:, 0] <= 3100))
    table = app.table[0].value
    assert table["Highest"].iloc[0] == "3100" and table["Lowest"].iloc[0] == "3000"
    app.button(key="clear-chosen").click().run()
    assert "models chosen" not in texts(app)
    assert [picture_of(app, which) for which in (FLUX, LATENT)] == whole
    assert app.slider(key="range-teff").value == (3000.0, 4300.0)


def test_the_choice_outlives_a_page_change(visit):
    app = open_box(visit(PAGE), "choose-box")
    app.slider(key="range-teff").set_range(3000.0, 3100.0).run()
    words = next(text for text in texts(app).splitlines() if "models chosen" in text)
    app.switch_page("pages/spectrum.py").run().switch_page(PAGE).run()
    assert words in texts(app)


def test_a_range_without_models_says_so(visit):
    app = visit(PAGE)
    keep(app, ChosenModels("made-up", np.array([], dtype=int), "drawn on a map"))
    assert "No model is drawn on a map" in texts(app.run())
    assert not app.button(key="clear-chosen").disabled


@pytest.mark.parametrize("key", ["map-flux", "map-latent"])
def test_lasso_box_and_rows_choose_to_the_same_effect(monkeypatch, key):
    bundle, which = fakes.bundle(), key.removeprefix("map-")
    x, y = getattr(bundle, f"map_{which}").T
    inside = np.flatnonzero((x > 0) & (x < 2) & (y > 0) & (y < 3))
    state: dict = {}
    monkeypatch.setattr("streamlit.session_state", state)
    lasso = {"x": [0.0, 2.0, 2.0, 0.0], "y": [0.0, 0.0, 3.0, 3.0]}
    for event in ({"lasso": [lasso], "box": []}, {"lasso": [], "box": [{"x": [2.0, 0.0], "y": [0.0, 3.0]}]}):
        state[key] = {"selection": event}
        selection.drawn(bundle, which)
        np.testing.assert_array_equal(selection.chosen(bundle)[0], inside)
    order = np.arange(len(x))[::-1]
    state["choose-rows"] = {"selection": {"rows": [int(np.flatnonzero(order == i)[0]) for i in inside]}}
    selection._from_rows(bundle, order)
    np.testing.assert_array_equal(selection.chosen(bundle)[0], inside)
    state[key] = {"selection": {"lasso": [], "box": []}}
    selection.drawn(bundle, which)
    assert selection.chosen(bundle) == (None, b"")


def test_models_of_another_bundle_are_not_chosen(monkeypatch):
    monkeypatch.setattr("streamlit.session_state", {})
    bundle = fakes.bundle()
    selection._keep(bundle, np.array([1, 2]), "ticked")
    assert selection.chosen(SimpleNamespace(name="another")) == (None, b"")


def test_the_page_says_where_distances_are_measured(visit):
    app = visit(PAGE)
    assert "and not on the flat map" in texts(app)
    app.segmented_control(key="neighbour-space").set_value("flux").run()
    assert not app.exception
    assert "over all points of the spectra" in texts(app)
    assert app.dataframe[0].value["distance"].is_monotonic_increasing


def test_the_spectrum_is_drawn_beside_the_nearest_model_or_another(visit):
    app = visit(PAGE)
    options = app.selectbox(key="model").options
    assert len(options) == 8 and options[0].startswith("3300 K, log g")
    assert f"Model of {options[0]}" in {trace["name"] for trace in figure(app, BELOW)["data"]}
    app.selectbox(key="model").select_index(2).run()
    assert f"Model of {options[2]}" in {trace["name"] for trace in figure(app, BELOW)["data"]}


def test_the_gap_is_a_number(visit):
    app = section(upload(visit(), a_txt=b"fake teff=3300", b_txt=b"fake teff=3600").switch_page(PAGE).run(), "gap")
    assert "your 2 spectra, in the mean" in texts(app) and "**1.30 → 0.300** in latent space" in texts(app)
    names = {trace.get("name") for trace in figure(app, BELOW + 1)["data"]}
    assert {"Models, to the next model", "Simulated observations, after", "after it"} <= names
    assert "0.086" in texts(app)
    open_box(app, "distances-table")
    assert app.table[0].value["Latent"].iloc[1] == "1.30"


def test_all_latents_are_named_by_what_they_go_with(visit):
    app = section(visit(PAGE), "latents")
    names = [trace.get("name") for trace in figure(app, BELOW)["data"]]
    assert "GJ 699 (simulated), after the transfer" in names and "GJ 699 (simulated), before the transfer" in names
    first = figure(app, BELOW)["layout"]["xaxis"]["ticktext"]
    app.segmented_control(key="latent-order").set_value("teff").run()
    again = figure(app, BELOW)["layout"]["xaxis"]["ticktext"]
    assert first != again and sorted(first) == sorted(again)


def test_the_walk_starts_at_the_star_and_comes_back(visit):
    app = section(visit(PAGE), "walk")
    assert app.slider(key="walk-teff").value == 3300.0
    change = change_of(app)
    app.slider(key="walk-teff").set_value(3800.0).run()
    assert change_of(app) != change
    app.button(key="walk-back").click().run()
    assert app.slider(key="walk-teff").value == 3300.0
    assert change_of(app) == change


def test_the_walk_says_when_it_leaves_the_models(visit, monkeypatch):
    app = section(visit(PAGE), "walk")
    monkeypatch.setattr("dtl.exploration.latent_traversal._OUTSIDE", -1.0)
    app.slider(key="walk-teff").set_value(3805.0).run()
    assert "No model is near this point" in app.warning[0].value


@pytest.mark.parametrize("way", ["directions", "latents"])
def test_the_walk_along_latents(visit, way):
    app = section(visit(PAGE), "walk")
    app.segmented_control(key="walk").set_value(way).run()
    assert not app.exception
    sliders = [slider for slider in app.slider if slider.label.startswith(("Direction", "Latent"))]
    assert len(sliders) == (6 if way == "directions" else 2)
    nearest = app.metric[4].value
    sliders[0].set_value(3.0).run()
    assert not app.exception and app.metric[4].value != nearest


def test_another_star_starts_another_walk(visit):
    one, two = b"fake teff=3100 star=One", b"fake teff=4200 star=Two"
    app = section(upload(visit(), a_txt=one, b_txt=two).switch_page(PAGE).run(), "walk")
    assert app.slider(key="walk-teff").value == 4200.0
    app.selectbox(key="map-spectrum").set_value(sha256(one).hexdigest()).run()
    assert app.slider(key="walk-teff").value == 3100.0


def test_the_maps_as_tables(visit):
    app = open_box(visit(PAGE), "map-table")
    stars, models = (app.dataframe[i].value for i in (0, 1))
    assert {"Flux x, before", "Latent y, after", "S/N", "Error of Teff [K]", "Remarks"} <= set(stars.columns)
    assert len(models) == 3000 and {"Flux x", "Latent y", "Teff [K]", "v sin i [km/s]"} <= set(models.columns)


def test_the_table_of_the_maps_has_the_limit_that_the_cards_have(visit):
    app = visit(PAGE)
    app.switch_page("pages/spectrum.py").run()
    files = {"a_txt": b"fake teff=3900 flags=upper_limit_vsini", "b_txt": b"fake teff=3200"}
    upload(app, **files).switch_page(PAGE).run()
    limits = [result.estimates["vsini"].limit or 2.13 for result in visit_of(app).results.values()]
    assert sorted(limits) == [2.13, 2.9]
    assert open_box(app, "map-table").dataframe[0].value["v sin i [km/s]"].tolist() == limits


@pytest.mark.parametrize(("key", "value"), [("walk-logg", 5.2), ("walk-mh", 0.4), ("walk-vsini", 20.0)])
def test_the_walk_along_each_parameter(visit, key, value):
    app = section(visit(PAGE), "walk")
    change = change_of(app)
    app.slider(key=key).set_value(value).run()
    assert not app.exception and change_of(app) != change
    assert app.slider(key=key).value == pytest.approx(value, abs=0.05)


def test_the_walk_point_by_point(visit):
    app = section(visit(PAGE), "walk")
    app.slider(key="walk-teff").set_value(3800.0).run()
    open_box(app, "walk-table")
    rows = app.dataframe[0].value
    assert len(rows) == len(fakes.WAVELENGTH)
    np.testing.assert_allclose(rows["change"], rows["here"] - rows["at the start"], atol=1e-6)


def test_the_latent_vector_as_a_table(visit):
    app = section(visit(PAGE), "latents")
    open_box(app, "parallel-table")
    rows = app.dataframe[0].value
    assert sorted(rows["latent"]) == list(range(1, fakes.LATENTS + 1))
    assert rows.filter(like="% of models below").to_numpy().min() >= 0
    assert rows.filter(like="r with").abs().to_numpy().max() <= 1


def test_the_neighbour_beside_the_spectrum_as_a_table(visit):
    app = open_box(visit(PAGE), "comparison-table")
    rows = app.dataframe[1].value
    assert list(rows.columns)[:4] == ["wavelength [Å]", "flux", "uncertainty", "used"] and len(rows) == 3501


def test_other_latents_are_walked_along(visit):
    app = section(visit(PAGE), "walk")
    app.segmented_control(key="walk").set_value("latents").run()
    app.multiselect(key="walk-chosen-latents").set_value([4, 7, 9]).run()
    assert not app.exception
    assert {slider.key for slider in app.slider if slider.key.startswith("walk-latent-")} == {
        "walk-latent-4", "walk-latent-7", "walk-latent-9",
    }  # fmt: skip


def test_exposures_of_a_star_are_told_apart(visit):
    """By the names of their files: at the axis of distances, and under the pointer on the maps."""
    files = {name: f"fake teff={teff} star=GJ_699".encode() for name, teff in (("a_txt", 3300), ("b_txt", 3320))}
    app = section(upload(visit(), **files, c_txt=b"fake teff=3600 star=GJ_273").switch_page(PAGE).run(), "gap")
    said = {text for trace in figure(app, BELOW)["data"] for text in trace.get("text") or []}
    assert {"GJ 699 (a.txt)", "GJ 699 (b.txt)", "GJ 273"} <= said
    on_map = str(figure(app)["data"])
    assert "a.txt<br>" in on_map and "b.txt<br>" in on_map and "c.txt<br>" not in on_map

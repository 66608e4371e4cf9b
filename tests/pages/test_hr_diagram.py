"""The HR diagram page in each state it can be met in."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.elements.lib import policies
from streamlit.testing.v1 import AppTest

from dtl.catalogue import published_stars
from dtl.catalogue.luminosity import Photometry, photometric_luminosity
from dtl.figures.hr_diagram import DIFFERENCES
from dtl.figures.marks import EQUAL
from dtl.quantities import QUANTITIES
from dtl.rounding import format_with_error
from pages.shared.core import uploads
from pages.shared.core.visit import Visit
from pages.shared.hr_diagram import chosen_star
from pages.shared.hr_diagram.luminosities import LuminosityInput
from tests import fakes
from tests.conftest import PATIENCE
from tests.pages.conftest import open_alone, texts, upload, visit_of

PAGE = Path(__file__).resolve().parents[2] / "pages" / "hr_diagram.py"
A, B, C = "a" * 64, "b" * 64, "c" * 64


def open_page(**state) -> AppTest:
    return open_alone(PAGE, **state)


def figure(page: AppTest) -> dict:
    (chart,) = page.get("plotly_chart")
    return json.loads(chart.proto.spec)


def users(page: AppTest) -> list[dict]:
    return [trace for trace in figure(page)["data"] if trace.get("meta") == "users"]


def test_without_results_the_published_stars_are_shown():
    page = open_page()
    assert not page.exception
    assert not users(page)
    assert "281 published stars and 0 of yours" in page.get("plotly_chart")[0].proto.alt
    assert not page.number_input and not page.info
    assert page.selectbox(key="diagram-star").value == "J17578+046"
    assert not page.get("button")
    assert any("added here" in caption.value for caption in page.caption)


def test_luminosity_is_known_by_name():
    page = open_page(results={A: fakes.make_result(star="Barnard's Star", file="x.fits")})
    assert not page.exception
    (trace,) = users(page)
    assert "L 0.003523 ± 0.000091 L☉ (Cifuentes et al. 2020)" in trace["text"][0]
    assert page.segmented_control(key=f"luminosity-method-{A}").value == "published"
    assert any("0.003523" in text.value and "Cifuentes et al\\. 2020" in text.value for text in page.markdown)
    assert not page.info


def test_luminosity_is_typed_and_kept():
    page = open_page(results={A: fakes.make_result(file="unknown.txt")})
    assert not page.exception and not users(page)
    assert "unknown\\.txt" in page.info[0].value and "Kiel diagram" in page.info[0].value
    page.segmented_control(key=f"luminosity-method-{A}").set_value("typed").run()
    page.number_input(key=f"luminosity-value-{A}").set_value(0.02).run()
    assert visit_of(page).luminosities == {A: (0.02, 0.0, "typed")}
    assert "L 0.02 L☉ (typed)" in users(page)[0]["text"][0] and not page.info
    page.number_input(key=f"luminosity-value-error-{A}").set_value(0.003).run()
    assert "L 0.0200 ± 0.0030 L☉ (typed)" in users(page)[0]["text"][0]
    page.number_input(key=f"luminosity-value-{A}").set_value(None).run()
    assert visit_of(page).luminosities == {} and not users(page)


def test_typed_luminosity_of_an_earlier_visit_goes_before_the_published_one():
    given = {B: LuminosityInput(0.004, 0.0, "typed"), C: LuminosityInput(0.1, 0.0, "typed")}
    both = {A: fakes.make_result(star="GJ 273"), B: fakes.make_result(star="GJ 699")}
    page = open_page(results=both, selected=A, luminosities=given)
    assert not page.exception
    assert "L 0.004 L☉ (typed)" in users(page)[0]["text"][1]
    assert visit_of(page).luminosities == given  # the published one of the star on show is nobody's word


def test_simulated_star_takes_no_published_luminosity():
    page = open_page(results={A: fakes.make_result(star="GJ 699", simulated=True)})
    assert not page.exception and not users(page)
    assert page.info
    page.segmented_control(key=f"luminosity-method-{A}").set_value("published").run()
    assert page.selectbox(key=f"luminosity-published-{A}").value is None and not users(page)
    page.selectbox(key=f"luminosity-published-{A}").select("J17578+046").run()
    assert "L 0.00352" in users(page)[0]["text"][0]


def test_flagged_star_outside_the_axes():
    result = fakes.make_result(star="LHS 3154", teff=2700.0, flags=("outside_grid", "out_of_distribution"))
    both = {A: result, B: fakes.make_result(star="GJ 273")}
    page = open_page(results=both, selected=B, luminosities={A: LuminosityInput(0.0009, 0.0, "typed")})
    assert not page.exception
    assert {trace["marker"]["symbol"] for trace in users(page)} == {"diamond", "diamond-x-open"}


def test_kiel_diagram_needs_no_luminosity():
    page = open_page(results={A: fakes.make_result(file="unknown.txt")}, diagram="kiel")
    assert not page.exception and not page.info
    assert len(users(page)) == 1
    assert "286 published stars and 1 of yours" in page.get("plotly_chart")[0].proto.alt


def test_markup_in_a_name_stays_text():
    page = open_page(results={A: fakes.make_result(star="<b>*x*</b> $y$ :red[z]")})
    assert not page.exception
    assert "\\*x\\*" in page.info[0].value
    assert any("\\:red" in text.value for text in page.markdown)


def test_choices_change_the_figure():
    page = open_page()
    before = figure(page)
    page.selectbox(key="diagram-triangles").select("active_flag").run()
    assert figure(page)["data"][0]["x"] != before["data"][0]["x"]
    page.selectbox(key="diagram-colours").select("colour-blind safe").run()
    assert figure(page)["layout"]["coloraxis"]["colorscale"] != before["layout"]["coloraxis"]["colorscale"]
    assert not page.exception


def test_table_with_references():
    page = open_page(results={A: fakes.make_result(star="GJ 699")}, **{"diagram-table": True})
    assert not page.exception
    yours, published = page.dataframe
    assert list(yours.value["label"]) == ["GJ 699"]
    assert len(published.value) == 286
    assert "Cifuentes et al. 2020" in set(published.value["luminosity_reference"])
    assert any("doi.org/10.1051/0004-6361/202449865" in element.value for element in page.markdown)


def test_every_luminosity_and_flag_of_the_table_has_a_source():
    page = open_page(results={A: fakes.make_result(star="GJ 699")}, **{"diagram-table": True})
    yours, published = page.dataframe
    assert list(yours.value["luminosity_source"]) == ["Cifuentes et al. 2020"]
    for name in ("luminosity", "halpha", "active_flag", "population", "subdwarf"):
        assert f"{name}_reference" in published.value


def test_differences_from_the_published_figure_are_listed():
    page = open_page(**{"diagram-differences": True})
    listed = [text.value for text in page.markdown if text.value.startswith("- **")]
    assert [row for row in DIFFERENCES if any(row.here in text and row.reason in text for text in listed)] == [
        *DIFFERENCES
    ]
    assert not page.table and not any("|---" in text.value for text in page.markdown)  # words fit into a narrow page


def test_luminosity_from_distance_and_magnitudes():
    page = open_page(results={A: fakes.make_result(file="unknown.txt")})
    assert page.segmented_control(key=f"luminosity-method-{A}").value == "photometry"
    page.number_input(key=f"luminosity-parallax-{A}").set_value(80.0)
    page.number_input(key=f"luminosity-g-{A}").set_value(10.0)
    page.number_input(key=f"luminosity-j-{A}").set_value(7.3).run()
    star = Photometry.from_parallax(80.0, 10.0, 7.3, parallax_error=0.05, g_error=0.003, j_error=0.02)
    assert visit_of(page).luminosities[A] == (*photometric_luminosity(star), "from distance, G and J")
    assert f"± {photometric_luminosity(star)[1]:.2g} L☉ (from distance" in users(page)[0]["text"][0]
    page.segmented_control(key=f"luminosity-distance-as-{A}").set_value("distance").run()
    assert not users(page)  # no distance is given yet
    page.number_input(key=f"luminosity-distance-{A}").set_value(12.5).run()
    assert visit_of(page).luminosities[A][0] == pytest.approx(photometric_luminosity(star)[0])


def test_photometry_of_a_published_star_stands_in_the_fields():
    page = open_page(results={A: fakes.make_result(star="GJ 699")})
    page.segmented_control(key=f"luminosity-method-{A}").set_value("photometry").run()
    assert page.number_input(key=f"luminosity-parallax-{A}").value == pytest.approx(1000 / 1.827, rel=1e-3)
    assert "from distance, G and J" in users(page)[0]["text"][0]
    value, error, _ = visit_of(page).luminosities[A]
    assert abs(value - 0.003523) < 2 * error


def test_magnitudes_outside_the_correction_are_explained():
    page = open_page(results={A: fakes.make_result(star="GJ 699")})
    page.segmented_control(key=f"luminosity-method-{A}").set_value("photometry").run()
    page.number_input(key=f"luminosity-j-{A}").set_value(7.9).run()
    assert not page.exception
    assert "bolometric correction holds" in page.warning[0].value
    assert "Cifuentes" in users(page)[0]["text"][0]  # the published one stands in


def test_colour_and_size_by_any_quantity():
    page = open_page(results={A: fakes.make_result(star="GJ 699")}, diagram="spectroscopic")
    for name in ("teff", "halpha_ew"):
        page.selectbox(key="diagram-colour").select(name)
        page.selectbox(key="diagram-size").select(name).run()
        assert not page.exception
        text, label = page.get("plotly_chart")[0].proto.alt, QUANTITIES[name].label
        assert "286 published stars and 1 of yours" in text and f"colour is {label}, area is {label}" in text
    page.selectbox(key="diagram-size").select(EQUAL).run()
    assert "area" not in page.get("plotly_chart")[0].proto.alt
    assert set(page.selectbox(key="diagram-size").options) >= {quantity.label for quantity in QUANTITIES.values()}


def models(page: AppTest) -> list[str]:
    return [trace["name"] for trace in figure(page)["data"] if trace.get("meta") == "model"]


def test_models_of_three_ages():
    page = open_page(diagram="kiel")
    assert models(page) == ["Baraffe+98, 4 Gyr", "Baraffe+15, 4 Gyr"]
    page.multiselect(key="diagram-isochrones-kiel").set_value(["baraffe1998-9.0", "baraffe1998-9.9"]).run()
    assert models(page) == ["Baraffe+98, 1 Gyr", "Baraffe+98, 8 Gyr"]
    page.segmented_control(key="diagram").set_value("hr").run()
    assert models(page) == []  # the publication draws none there
    page.multiselect(key="diagram-isochrones-hr").set_value(["baraffe2015-9.9"]).run()
    assert models(page) == ["Baraffe+15, 8 Gyr"]


def test_mass_and_radius_of_a_star_with_their_sources():
    page = open_page(results={A: fakes.make_result(star="Barnard's Star", teff=3250.0)}, selected=A)
    assert not page.exception
    words = "\n".join(text.value for text in page.markdown)
    radius = 0.003523**0.5 * (5772 / 3250) ** 2
    assert f"Radius **{radius:.4f} ± " in words and "Stefan–Boltzmann" in words
    assert f"Mass **{1.055 * radius - 0.024:.4f} ± " in words and "Schweitzer et al. 2019" in words
    assert "absolute Ks" not in words
    page.segmented_control(key=f"luminosity-method-{A}").set_value("photometry").run()
    page.number_input(key=f"luminosity-ks-{A}").set_value(4.524).run()
    words = "\n".join(text.value for text in page.markdown)
    assert "Mann et al. 2019" in words and "absolute Ks" in words


def test_mass_and_radius_stand_in_the_table():
    page = open_page(results={A: fakes.make_result(star="GJ 699", teff=3250.0)}, **{"diagram-table": True})
    row = page.dataframe[0].value.iloc[0]
    radius = row["luminosity"] ** 0.5 * (5772 / 3250) ** 2
    assert row["radius"] == pytest.approx(radius) and row["mass"] == pytest.approx(1.055 * radius - 0.024)
    assert row["radius_error"] > 0 and "Schweitzer et al. 2019" in row["mass_source"]


def test_published_star_shows_its_facts_with_sources():
    page = open_page()
    page.selectbox(key="diagram-star").select("J19072+208").run()
    words = "\n".join(text.value for text in page.markdown)
    for part in ("J19072+208", "Subdwarf\\-like", "Cifuentes et al. 2020", "Marfil et al. 2021", "doi.org"):
        assert part in words
    (ring,) = [trace for trace in figure(page)["data"] if trace.get("meta") == "chosen"]
    assert ring["x"] == [published_stars.find_star("J19072+208")["teff"]]
    page.session_state["star-literature"] = True
    page.run()
    assert "Passegger+19" in set(page.dataframe[0].value["source"])


def test_users_star_opens_its_spectrum(visit):
    app = upload(visit(), a_txt=b"fake star=GJ_699", b_txt=b"fake teff=3500 star=GJ_273")
    first, second = visit_of(app).results
    assert visit_of(app).selected == second
    app.switch_page("pages/hr_diagram.py").run()
    app.selectbox(key="diagram-star").select(first).run()
    assert visit_of(app).selected == second
    app.button(key="open-spectrum").click().run()
    assert not app.exception
    assert visit_of(app).selected == first
    assert "GJ 699" in texts(app) and "Your stars among" not in str(app.title)


@pytest.mark.parametrize(
    ("points", "chosen"),
    [([{"customdata": "J19072+208"}], "J19072+208"), ([{"customdata": [A]}], A), ([], "old"), ([{"x": 1}], "old"),
     ([{"customdata": []}, {"customdata": [B]}], B)],
)  # fmt: skip
@pytest.mark.parametrize("key", ["hr-figure", "spectroscopic-figure", "kiel-figure"])
def test_click_chooses_a_star(monkeypatch, key, points, chosen):
    state = {key: SimpleNamespace(selection=SimpleNamespace(points=points)), "diagram-star": "old"}
    monkeypatch.setattr(chosen_star.st, "session_state", state)
    chosen_star.pick(key)
    assert state["diagram-star"] == chosen


@pytest.mark.parametrize("which", ["hr", "spectroscopic", "kiel"])
def test_every_diagram_takes_clicks_and_isochrones(which):
    page = open_page(diagram=which)
    (chart,) = page.get("plotly_chart")
    assert len(chart.proto.selection_mode) == 1  # points
    page.multiselect(key=f"diagram-isochrones-{which}").set_value(["baraffe2015-9.6"]).run()
    assert not page.exception and models(page) == ["Baraffe+15, 4 Gyr"]


def test_stars_that_cover_each_other_are_reached_one_after_the_other():
    results = {key: fakes.make_result(star=star) for key, star in ((A, "One"), (B, "Two"), (C, "Three"))}
    page = open_page(results=results, selected=A, diagram="kiel")
    seen = []
    for _ in range(3):
        assert page.button(key="star-below").label == "Next of 3 in this place"
        page.button(key="star-below").click().run()
        seen.append(page.selectbox(key="diagram-star").value)
    assert not page.exception and seen == [B, C, A]
    alone = open_page(results={A: results[A]}, selected=A, diagram="kiel")
    assert not [button for button in alone.button if button.key == "star-below"]


def test_star_that_was_removed_is_no_longer_chosen():
    page = open_page(results={A: fakes.make_result(star="GJ 699")}, selected=A, **{"diagram-star": B})
    assert not page.exception
    assert page.selectbox(key="diagram-star").value == A


def test_populations_give_the_published_value():
    state = {"results": {A: fakes.make_result(star="GJ 699")}, "diagram": "populations", "populations-table": True}
    page = open_page(**state)
    assert not page.exception
    assert page.metric[0].value == "p = 0.0071"
    words = next(text.value for text in page.markdown if "KS statistic" in text.value)
    assert "thick disc: 21 stars, median −0.150 dex" in words and "thin disc: 167 stars, median −0.007 dex" in words
    assert "thick disc and thin disc" in page.get("plotly_chart")[0].proto.alt
    bins, pairs = page.dataframe
    assert bins.value["thick disc"].sum() == 21 and bins.value["thin disc"].sum() == 167
    assert (pairs.value["p"].round(4) == 0.0071).sum() == 1
    page.multiselect(key="population-second").set_value(["YD", "D"]).run()
    assert page.metric[0].value == "p = 0.004"
    page.selectbox(key="population-parameter").select("vsini").run()
    assert not page.exception and "v sin i" in page.get("plotly_chart")[0].proto.alt


def test_the_first_group_is_chosen_too():
    page = open_page(diagram="populations")
    page.multiselect(key="population-first").set_value(["YD"]).run()
    assert not page.exception and "young disc and thin disc" in page.get("plotly_chart")[0].proto.alt


def test_the_star_whose_luminosity_is_asked_for():
    results = {A: fakes.make_result(star="GJ 699", file="a"), B: fakes.make_result(star="GJ 273", file="b")}
    page = open_page(results=results, selected=A)
    assert page.selectbox(key="luminosity-star").value == A
    page.selectbox(key="luminosity-star").set_value(B).run()
    assert not page.exception and page.segmented_control(key=f"luminosity-method-{B}").value == "published"


def test_population_in_both_groups_is_explained():
    page = open_page(diagram="populations")
    page.multiselect(key="population-second").set_value(["TD"]).run()
    assert not page.exception and "in both groups" in page.warning[0].value
    page.multiselect(key="population-second").set_value([]).run()
    assert not page.exception and "empty" in page.warning[0].value


def test_view_stands_in_the_address(monkeypatch):
    monkeypatch.setattr(policies, "_shown_default_value_warning", False)
    page = AppTest.from_file(str(PAGE), default_timeout=PATIENCE)
    page.query_params["diagram"] = "kiel"
    page.query_params["diagram-colour"] = "teff"
    page.run()
    assert not page.exception
    assert not policies._shown_default_value_warning  # of a widget with a default that gets a value, in the log
    assert "Surface gravity" in page.get("plotly_chart")[0].proto.alt
    assert "colour is Teff" in page.get("plotly_chart")[0].proto.alt


def test_a_saved_luminosity_of_the_star_on_show_stays():
    """Drawing the fields of a restored visit takes nothing away; the published value is there to be chosen."""
    saved = LuminosityInput(0.004, 0.0002, "typed")
    for star in ("GJ 699", "Nobody 1"):
        page = open_page(results={A: fakes.make_result(star=star)}, selected=A, luminosities={A: saved})
        assert visit_of(page.run()).luminosities == {A: saved}
        assert "L 0.00400 ± 0.00020 L☉ (typed)" in users(page)[0]["text"][0]
        page.segmented_control(key=f"luminosity-method-{A}").set_value("published").run()
        assert visit_of(page).luminosities.get(A) != saved
        page.segmented_control(key=f"luminosity-method-{A}").set_value("saved").run()
        assert visit_of(page).luminosities == {A: saved}


def test_another_star_has_its_own_published_luminosity(visit):
    """Once it is said which star a spectrum is of, also where the fields have been drawn for the one before."""
    app = upload(visit(), a_txt=b"fake teff=3300 star=GJ_699")
    digest = visit_of(app).selected
    app.switch_page("pages/hr_diagram.py").run()
    assert "0.003523" in texts(app)
    app.switch_page("pages/literature.py").run()
    app.selectbox(key=f"literature-star-of-{digest}").select("J07274+052").run()
    app.switch_page("pages/hr_diagram.py").run()
    assert not visit_of(app).luminosities
    value = format_with_error(*published_stars.luminosity("J07274+052").as_input[:2])
    assert f"- Luminosity **{value}** L☉" in texts(app)


def test_distance_and_magnitudes_of_a_star_go_with_its_name(visit):
    """What is published of the star that it was taken for; what was typed stays."""
    app = upload(visit(), a_txt=b"fake teff=3300 star=GJ_699")
    digest = visit_of(app).selected
    other = published_stars.find_star("GJ 15 A")
    app.switch_page("pages/hr_diagram.py").run()
    app.segmented_control(key=f"luminosity-method-{digest}").set_value("photometry").run()
    app.number_input(key=f"luminosity-j-{digest}").set_value(5.1).run()
    assert visit_of(app).luminosities[digest].value < 0.005
    app.switch_page("pages/literature.py").run()
    app.selectbox(key=f"literature-star-of-{digest}").select(other["karmn"]).run()
    assert not visit_of(app).luminosities
    app.switch_page("pages/hr_diagram.py").run()
    fields = {name: app.number_input(key=f"luminosity-{name}-{digest}").value for name in ("parallax", "g", "j")}
    assert fields == {"parallax": pytest.approx(1e3 / other["distance"]), "g": other["g_mag"], "j": 5.1}
    given = visit_of(app).luminosities[digest]
    app.switch_page("pages/literature.py").run()
    app.selectbox(key=f"literature-star-of-{digest}").select("").run()
    app.switch_page("pages/hr_diagram.py").run()
    assert given.value > 0.005 and not visit_of(app).luminosities


def test_a_luminosity_is_of_the_star_whichever_exposure_is_best():
    given = LuminosityInput(0.004, 0.0002, "typed")
    two = {A: fakes.make_result(star="Nobody 1"), B: fakes.make_result(star="nobody_1")}
    two[B] = replace(two[B], prepared=replace(two[B].prepared, snr=10 * two[A].prepared.snr))
    page = open_page(results=two, selected=B, luminosities={A: given})
    (trace,) = users(page)
    assert trace["customdata"] == [B] and "L 0.00400" in trace["text"][0]
    assert visit_of(page).luminosities == {A: given}


def test_a_luminosity_stays_where_the_exposure_that_it_was_given_for_is_removed(monkeypatch):
    given = LuminosityInput(0.004, 0.0002, "typed")
    two = {A: fakes.make_result(star="Nobody 1"), B: fakes.make_result(star="nobody_1")}
    state = {"visit": Visit(results=two, luminosities={A: given})}
    monkeypatch.setattr(st, "session_state", state)
    uploads.remove(A)
    assert state["visit"].luminosities == {B: given}
    uploads.remove(B)
    assert state["visit"].luminosities == {B: given}  # for when the file comes back


def test_a_star_is_known_as_on_the_page_literature():
    """By the name of its file, and by what was said of it, with its published luminosity."""
    for file, said in (("GJ 699.txt", {}), ("night1.txt", {A: "J17578+046"})):
        page = open_page(results={A: fakes.make_result(file=file)}, stars=said)
        assert "L 0.003523 ± 0.000091 L☉ (Cifuentes et al. 2020)" in users(page)[0]["text"][0]
    assert not users(open_page(results={A: fakes.make_result(star="GJ 699")}, stars={A: ""}))

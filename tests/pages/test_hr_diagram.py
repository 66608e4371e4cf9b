"""The HR diagram page in each state it can be met in."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests import fakes

PAGE = Path(__file__).resolve().parents[2] / "pages" / "hr_diagram.py"
A, B, C = "a" * 64, "b" * 64, "c" * 64


def open_page(**state) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for key, value in state.items():
        page.session_state[key] = value
    return page.run()


def figure(page: AppTest) -> dict:
    (chart,) = page.get("plotly_chart")
    return json.loads(chart.proto.spec)


def users(page: AppTest) -> list[dict]:
    return [trace for trace in figure(page)["data"] if trace.get("meta") == "users"]


@pytest.mark.parametrize("state", [{}, {"results": {}}, {"results": None, "luminosities": None}])
def test_without_results_the_published_stars_are_shown(state):
    page = open_page(**state)
    assert not page.exception
    assert not users(page)
    assert "281 published stars and 0 of yours" in page.get("plotly_chart")[0].proto.alt
    assert not page.number_input and not page.info
    assert any("added here" in caption.value for caption in page.caption)


def test_luminosity_is_known_by_name():
    page = open_page(results={A: fakes.make_result(star="Barnard's Star", file="x.fits")})
    assert not page.exception
    (trace,) = users(page)
    assert "L 0.00352 L☉" in trace["text"][0]
    assert "Cifuentes" in page.number_input[0].placeholder
    assert not page.info
    assert page.session_state["luminosities"] == {}


def test_luminosity_is_typed_and_kept():
    page = open_page(results={A: fakes.make_result(file="unknown.txt")})
    assert not page.exception and not users(page)
    assert "unknown\\.txt" in page.info[0].value and "Kiel diagram" in page.info[0].value
    page.number_input[0].set_value(0.02).run()
    assert page.session_state["luminosities"] == {A: 0.02}
    assert "L 0.02 L☉" in users(page)[0]["text"][0] and not page.info
    page.number_input[0].set_value(None).run()
    assert page.session_state["luminosities"] == {} and not users(page)


def test_typed_luminosity_of_an_earlier_visit_goes_before_the_published_one():
    page = open_page(results={A: fakes.make_result(star="GJ 699")}, luminosities={A: 0.004, C: 0.1})
    assert page.number_input[0].value == 0.004
    assert "L 0.004 L☉" in users(page)[0]["text"][0]
    assert page.session_state["luminosities"] == {A: 0.004, C: 0.1}


def test_simulated_star_takes_no_published_luminosity():
    page = open_page(results={A: fakes.make_result(star="GJ 699", simulated=True)})
    assert not page.exception and not users(page)
    assert page.info


def test_flagged_star_outside_the_axes():
    result = fakes.make_result(star="LHS 3154", teff=2700.0, flags=("outside_grid", "out_of_distribution"))
    page = open_page(results={A: result, B: fakes.make_result(star="GJ 273")}, luminosities={A: 0.0009})
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
    assert "\\:red" in page.number_input[0].label


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
    assert any("doi.org/10.1051/0004-6361/202449865" in caption.value for caption in page.caption)

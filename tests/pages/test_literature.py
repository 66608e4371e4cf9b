"""The Literature page in each state it can be met in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from dtl.catalogue import published_stars, resolver
from dtl.catalogue.online import Answer, Unanswered
from pages.shared.literature import star_search
from pages.shared.literature.star_search import StarSearch
from tests import fakes
from tests.pages.conftest import kept, open_alone, visit_of

PAGE = Path(__file__).resolve().parents[2] / "pages" / "literature.py"
A, B, C = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch):
    def refuse(service: str, name: str) -> Answer:
        raise AssertionError(f"{service} was asked for {name}")

    monkeypatch.setattr(resolver, "ask", refuse)
    monkeypatch.setattr(resolver, "available", lambda: True)


def open_page(query: dict[str, str] | None = None, **state) -> AppTest:
    return open_alone(PAGE, query=query, **state)


def chart(page: AppTest, key: str = "literature-figure"):
    return next(chart for chart in page.get("plotly_chart") if chart.proto.id.endswith(key))


def figure(page: AppTest) -> dict:
    return json.loads(chart(page).proto.spec)


def metas(page: AppTest) -> list[str]:
    return [trace["meta"] for trace in figure(page)["data"]]


def text(page: AppTest) -> str:
    return "\n".join(e.value for e in [*page.caption, *page.markdown, *page.info, *page.warning, *page.success])


def test_before_any_upload_the_publication_is_compared_with_marfil():
    page = open_page()
    assert not page.exception
    assert metas(page) == ["guide", "guide", "marfil2021", "marfil2021"]
    record, statistics = page.dataframe  # the star comes first
    first = statistics.value.iloc[0]
    assert (first["source"], first["stars"], round(first["mean"]), first["published_mean"]) == (
        "Marfil+21", 286, -19, "−19 ✓",
    )  # fmt: skip
    assert "≠" not in statistics.value.to_string()
    assert page.text_input(key="star-name").value == "Barnard's star"
    barnard = record.value.set_index("Source")
    assert barnard.loc["Marfil+21", "Teff [K]"] == "3254 ± 32 (−2.2σ)"
    assert barnard.loc["Marfil+21", "[M/H] [dex]"].startswith("▼ ")
    assert barnard.loc["Marfil+21", "Link"] == "https://doi.org/10.1051/0004-6361/202141980"
    assert "simulated observation is of no star" in text(page)
    assert "Teff: literature − Mas-Buitrago+24 [K]" in text(page) and "this work" not in text(page).lower()
    assert barnard.loc["Interferometry", "Teff [K]"] == "3252" and "Values without ±" in text(page)
    (references,) = [line for line in text(page).splitlines() if "References:" in line]
    for source in published_stars.SOURCES.values():  # each is found there under its name or its author's
        assert source.label.split("+")[0].split()[0] in references


@pytest.mark.parametrize(
    ("parameter", "source", "published"),
    [("logg", "Passegger+20", "−0.04 ✓"), ("mh", "FGK+M binaries", "−0.13 ✓"), ("vsini", "Reiners+18", "0.98 ✓")],
)
def test_every_parameter(parameter, source, published):
    page = open_page({"literature-parameter": parameter})
    assert not page.exception
    row = page.dataframe[1].value.set_index("source").loc[source]
    assert published in list(row)
    assert len(page.get("plotly_chart")) == 2


def test_the_figure_of_one_star_has_a_parameter_of_its_own():
    page = open_page()
    page.button_group(key="star-parameter").set_value("mh").run()
    titles = [
        json.loads(chart(page, key).proto.spec)["layout"]["xaxis"]["title"]["text"]
        for key in ("star-record", "literature-figure")
    ]
    assert not page.exception and "[M/H]" in titles[0] and "[M/H]" not in titles[1]


def test_several_sources_are_drawn_and_none_falls_back():
    page = open_page()
    page.multiselect(key="literature-sources-teff").set_value(["mann2015", "interferometry"]).run()
    assert {"mann2015", "interferometry"} < set(metas(page)) and "marfil2021" not in metas(page)
    page.multiselect(key="literature-sources-teff").set_value([]).run()
    assert not page.exception and "marfil2021" in metas(page)
    assert "No source is chosen" in text(page)


def test_error_bars_can_be_left_out():
    page = open_page()
    assert [shape["name"] for shape in figure(page)["layout"]["shapes"]] == 2 * ["marfil2021 bars"]
    page.toggle(key="literature-errors").set_value(False).run()
    assert "shapes" not in figure(page)["layout"]


def test_the_users_star_is_recognised_and_searched():
    page = open_page(results={A: fakes.make_result(star="GJ 273", teff=3300.0)}, selected=A)
    assert not page.exception
    assert "users" in metas(page)
    assert page.text_input(key="star-name").value == "GJ 273"
    record, _, own = page.dataframe
    assert own.value.set_index("source").loc["Marfil+21", "mean"] == 3380 - 3300
    assert list(record.value["Source"][:2]) == ["Your spectrum", "Mas-Buitrago+24"]
    assert "Compared with your spectrum GJ 273" in text(page)
    page.text_input(key="star-name").set_value("GJ 699").run()
    assert page.text_input(key="star-name").value == "GJ 699"
    assert "Analyse a spectrum of it" in text(page)


def test_a_star_is_said_by_hand_and_remembered():
    page = open_page(results={A: fakes.make_result(file="night1.fits")}, selected=A)
    assert "night1\\.fits" in page.info[0].value and "users" not in metas(page)
    page.selectbox(key=f"literature-star-of-{A}").select("J17578+046").run()
    assert visit_of(page).stars == {A: "J17578+046"}
    assert "users" in metas(page) and not page.info
    assert page.text_input(key="star-name").value == "GJ 699"
    page.selectbox(key=f"literature-star-of-{A}").select("").run()
    assert visit_of(page).stars == {A: ""} and "users" not in metas(page)


def test_what_is_said_of_an_exposure_is_said_of_all_of_its_name():
    """One star stays one star; spectra without a name, or of another, are asked for one by one."""
    three = {key: fakes.make_result(star="Target 7", file=f"{key[0]}.txt") for key in (A, B)}
    three[C] = fakes.make_result(file="c.txt")
    page = open_page(results=three, selected=B)
    assert "Target 7 (2 spectra); c.txt" in page.info[-1].value.replace("\\", "")
    page.selectbox(key=f"literature-star-of-{B}").select("J17578+046").run()
    assert visit_of(page).stars == dict.fromkeys((A, B), "J17578+046")
    page.selectbox(key="literature-spectrum").select(A).run()
    assert page.selectbox(key=f"literature-star-of-{A}").value == "J17578+046"
    page.selectbox(key="literature-spectrum").select(C).run()
    page.selectbox(key=f"literature-star-of-{C}").select("J07274+052").run()
    assert visit_of(page).stars == {A: "J17578+046", B: "J17578+046", C: "J07274+052"}


def test_what_is_said_of_one_spectrum_of_a_field_is_said_of_no_other():
    """Several spectra of a file have the name of their field; one spelling or another is one name."""
    field = {key: fakes.make_result(star="M 67", file=f"{key[0]}.txt", spectra=2) for key in (A, B)}
    page = open_page(results=field, selected=A)
    page.selectbox(key=f"literature-star-of-{A}").select("J17578+046").run()
    assert visit_of(page).stars == {A: "J17578+046"}
    two = {A: fakes.make_result(star="Target 7"), B: fakes.make_result(star="target_7")}
    page = open_page(results=two, selected=A)
    page.selectbox(key=f"literature-star-of-{A}").select("J17578+046").run()
    assert visit_of(page).stars == dict.fromkeys((A, B), "J17578+046")


def test_a_wrong_name_in_one_file_is_mended_alone():
    two = {key: fakes.make_result(star="GJ 699", file=f"{key[0]}.txt") for key in (A, B)}
    page = open_page(results=two, selected=B)
    page.selectbox(key=f"literature-star-of-{B}").select("J07274+052").run()
    assert visit_of(page).stars == {B: "J07274+052"}


def test_what_was_said_goes_before_the_name_in_the_file():
    page = open_page(results={A: fakes.make_result(star="GJ 699")}, selected=A, stars={A: "J07274+052"})
    users = next(trace for trace in figure(page)["data"] if trace["meta"] == "users")
    assert users["customdata"] == ["J07274+052"]


def test_exposures_of_one_star_are_one_star():
    results = {A: fakes.make_result(star="GJ 699", file="a"), B: fakes.make_result(star="GJ 699", file="a")}
    page = open_page(results=results, selected=B)
    assert not page.exception
    assert "1 of your stars" in chart(page).proto.alt


def test_simulated_observations_are_of_no_star():
    page = open_page(results={A: fakes.make_result(star="GJ 699", simulated=True)}, selected=A)
    assert "users" not in metas(page) and not page.selectbox


def test_a_name_that_is_not_known():
    page = open_page({"star-name": "Bernards star"})
    assert not page.exception
    assert "called Bernards star" in page.info[0].value and "Similar names: Barnard's Star." in page.info[0].value
    page.text_input(key="star-name").set_value("<b>$x$").run()
    assert "\\<b\\>\\$x\\$" in page.info[0].value
    assert len(page.get("plotly_chart")) == 1
    assert not page.button(key="ask-simbad").disabled
    assert page.text_input(key="star-name").set_value("").run().button(key="ask-simbad").disabled


@pytest.mark.parametrize("clicked", ["J07274+052", ["J07274+052"]])
def test_a_click_on_a_point_searches_for_its_star(monkeypatch, clicked):
    state = {"literature-figure": {"selection": {"points": [{"customdata": clicked}]}}}
    monkeypatch.setattr(star_search.st, "session_state", state)
    star_search.search_clicked("literature-figure")
    assert state["star-name"] == "GJ 273"


@pytest.mark.parametrize("points", [[], [{}], [{"customdata": "nobody"}]])
def test_a_click_beside_the_points_changes_nothing(monkeypatch, points):
    state = {"literature-figure": {"selection": {"points": points}}}
    monkeypatch.setattr(star_search.st, "session_state", state)
    star_search.search_clicked("literature-figure")
    assert "star-name" not in state


def test_tables_are_sent_once_opened():
    page = open_page(results={A: fakes.make_result(star="GJ 699")}, selected=A, **{"literature-table": True})
    assert not page.exception
    yours, drawn = page.dataframe[1].value, page.dataframe[2].value
    assert set(yours["source"]) == {"Marfil+21"} and len(drawn) == 286


def test_numbers_of_sigma_have_two_decimals():
    page = open_page(results={A: fakes.make_result(star="GJ 699")}, selected=A, **{"literature-table": True})
    display = page.dataframe[1].proto.arrow_data.styler.display_values
    words = convert_arrow_bytes_to_pandas_df(display).iloc[0]
    columns = list(page.dataframe[1].value)
    assert re.fullmatch(r"−?\d+\.\d\d", words.iloc[columns.index("sigma")])
    assert "." not in words.iloc[columns.index("difference")]  # K


def test_without_astroquery_there_are_links_and_no_buttons(monkeypatch):
    monkeypatch.setattr(resolver, "available", lambda: False)
    page = open_page({"star-name": "HD 95735"})
    assert not [button for button in page.button if button.label.startswith("Look it up")]
    for host in ("simbad.cds.unistra.fr", "vizier.cds.unistra.fr", "aladin.cds.unistra.fr"):
        assert host in text(page)
    assert "Ident=HD%2095735" in text(page)


def test_the_star_follows_the_spectrum_that_is_chosen():
    results = {A: fakes.make_result(star="GJ 273", file="a"), B: fakes.make_result(star="GJ 699", file="b")}
    page = open_page(results=results, selected=A)
    assert page.text_input(key="star-name").value == "GJ 273"
    page.selectbox(key="literature-choice").set_value(B).run()
    assert visit_of(page).selected == B
    assert page.text_input(key="star-name").value == "GJ 699" and page.selectbox(key="literature-spectrum").value == B
    page.selectbox(key="literature-spectrum").set_value(A).run()
    assert visit_of(page).selected == A and page.text_input(key="star-name").value == "GJ 273"


def test_a_star_beyond_the_table_is_searched_by_its_name():
    page = open_page(results={A: fakes.make_result(star="G 9-40")}, selected=A)
    assert page.text_input(key="star-name").value == "G 9-40"
    assert "Ident=G%209-40" in text(page)


def test_a_service_answers_when_asked_and_is_not_asked_again(monkeypatch):
    asked = []
    value = {
        "parameter": "teff",
        "value": 3223.0,
        "error": np.nan,
        "limit": False,
        "column": "teff",
        "bibcode": "2013AJ",
    }

    def answer(service: str, name: str) -> Answer:
        asked.append((service, name))
        return Answer(
            service, "NAME Barnard's star", ("GJ 699", "HIP 87937"), {"Spectral type": "M4V"}, (value,), "J17578+046"
        )

    monkeypatch.setattr(resolver, "ask", answer)
    page = open_page({"star-name": "HIP 87937"})
    page.button(key="ask-simbad").click().run()
    assert not page.exception and asked == [("SIMBAD", "HIP 87937")]
    assert "HIP 87937" in text(page) and "M4V" in text(page) and "one of the 286 published stars" in text(page)
    table = next(frame.value for frame in page.dataframe if "Value" in frame.value)
    assert (table["Value"][0], table["1σ"][0], table["Reference"][0][-6:]) == ("3223", "", "2013AJ")
    page.toggle(key="literature-errors").set_value(False).run()
    assert len(asked) == 1 and "M4V" in text(page)
    page.button(key="show-simbad").click().run()
    assert page.text_input(key="star-name").value == "GJ 699"
    assert "M4V" not in text(page)  # the answer was about another name


@pytest.mark.parametrize("key", ["ask-gaia", "ask-vizier"])
def test_an_unanswered_question_is_one_sentence_and_costs_nothing(monkeypatch, key):
    def answer(service: str, name: str) -> Answer:
        raise Unanswered("Gaia could not be reached: this computer is offline.")

    monkeypatch.setattr(resolver, "ask", answer)
    page = open_page()
    page.button(key=key).click().run()
    assert not page.exception
    assert len(page.warning) == 1 and "offline" in page.warning[0].value
    assert len(page.dataframe) == 2
    assert not kept(page, StarSearch).answers


def test_answers_that_are_kept_are_bounded(monkeypatch):
    monkeypatch.setattr(resolver, "ask", Answer)
    answers = {("SIMBAD", f"star {i}"): Answer("SIMBAD", f"star {i}") for i in range(40)}
    page = open_page(pages={StarSearch: StarSearch(answers=answers)})
    page.button(key="ask-gaia").click().run()
    assert len(kept(page, StarSearch).answers) == 40
    assert ("Gaia", "Barnard's star") in kept(page, StarSearch).answers
    assert ("SIMBAD", "star 0") not in kept(page, StarSearch).answers

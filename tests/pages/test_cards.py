"""What stands under each value: the literature, the reason of a flag; and what is said of the star."""

from __future__ import annotations

import json

import pytest
import streamlit as st

from tests import fakes
from tests.pages.conftest import texts, upload

BARNARD = b"fake teff=3300 star=GJ_699"


def test_the_literature_stands_under_each_value(visit):
    app = upload(visit(), a_txt=BARNARD)
    assert not app.exception
    for words in ("Literature **3252** K, 11 sources", "**5.10**, 7 sources", "**≤ 2.5** km/s, 4 sources"):
        assert words in texts(app)


def test_a_star_beyond_the_table_and_a_simulation_have_no_literature(visit):
    assert "Literature **" not in texts(visit())  # a simulated observation with the name of a star
    assert "Literature **" not in texts(upload(visit(), a_txt=b"fake teff=3300 star=Nobody"))


def test_the_reason_of_a_limit_stands_with_its_value(visit):
    app = upload(visit(), a_txt=b"fake teff=3400 star=GJ_1 flags=upper_limit_vsini")
    assert not app.warning
    assert {metric.label: metric.value for metric in app.metric}["v sin i"] == "< 2.9 km/s"


def test_a_doubt_about_the_rotation_marks_its_card_alone(visit):
    def marked(flag: str) -> list[str]:
        app = upload(visit(), a_txt=f"fake teff=3400 flags={flag}".encode())
        return [metric.label for metric in app.metric if metric.proto.icon == ":material/warning:"]

    assert marked("resolution_too_low") == ["v sin i"]
    assert marked("low_snr") == ["Teff", "log g", "[M/H]", "v sin i"]


def test_a_star_that_set_the_gap_is_named_as_one(visit, monkeypatch):
    stars = {"GJ699": {"anchor": True}, "G9-40": {"anchor": True}, "GJ273": {}}
    monkeypatch.setitem(fakes.bundle().card, "metrics", {"real_stars": {"stars": stars}})
    assert "Used to set the gap" in texts(upload(visit(), a_txt=b"fake teff=3300 star=Gl699"))
    assert "Used to set the gap" in texts(upload(visit(), a_txt=b"fake teff=3300 star=G_9-40"))
    assert "Used to set the gap" not in texts(upload(visit(), a_txt=b"fake teff=3300 star=GJ_273"))
    assert "Used to set the gap" not in texts(upload(visit(), a_txt=b"fake teff=3300"))  # no name at all
    assert "Used to set the gap" not in texts(visit())  # simulated


def test_every_figure_can_be_printed(visit):
    labels = [button.label for button in visit().get("download_button")]
    for kind in ("PDF", "SVG"):
        for width in (88, 180):
            assert f"{kind}, {width} mm" in labels


@pytest.fixture
def saved(monkeypatch) -> dict[str, object]:
    """What each download button of the pages has to give, by its key."""
    found: dict[str, object] = {}
    real = st.download_button

    def note(label, data, *arguments, **options):
        found[options["key"]] = data
        return real(label, data, *arguments, **options)

    monkeypatch.setattr(st, "download_button", note)
    return found


def test_what_a_figure_saves(visit, saved):
    visit()
    assert saved["reconstruction-pdf-88"]().startswith(b"%PDF")
    assert b"<svg" in saved["reconstruction-svg-180"]()
    assert "plotly" in saved["reconstruction-html"]().casefold()


def test_the_table_of_results_in_every_format(visit, saved):
    upload(visit(), a_txt=BARNARD)
    assert b"GJ 699" in saved["results-ecsv"]() and saved["results-fits"]().startswith(b"SIMPLE")
    assert b"<VOTABLE" in saved["results-vot"]() and saved["results-csv"]().startswith(b"file,star")
    assert saved["results-parquet"]().startswith(b"PAR1") and json.loads(saved["results-json"]())[0]["teff"] == 3300.0
    assert b"tabular" in saved["results-tex"]() and b"deluxetable" in saved["results-aas-tex"]()


def test_card_and_citation_are_saved(visit, saved):
    app = visit("pages/model.py")
    app.session_state["model-tab"] = "Training"
    app.run()
    assert not app.exception
    assert "calibration" in json.loads(saved["download-card"])
    assert "Husser2013" in saved["download-bibtex"]


def test_a_session_is_saved_with_and_without_its_spectra(visit, saved):
    app = upload(visit(), a_txt=BARNARD).switch_page("pages/export.py").run()
    assert json.loads(saved["save-session"]())["spectra"][0]["data"]
    app.toggle(key="session-embed").set_value(False).run()
    assert json.loads(saved["save-session"]())["spectra"][0]["data"] is None


def test_latent_space_begins_with_this_star(visit):
    app = visit("pages/latent_space.py")
    assert not app.exception
    shown = texts(app)
    assert "from the nearest grid point, in steps of the grid" in shown and "before the transfer)" in shown
    # the modes as on the first page, with what the transfer added
    assert "The transfer moved the values: Teff **3300** K (" in shown and "log g **4.96** (" in shown


def test_export_says_what_to_cite(visit):
    app = visit("pages/export.py")
    app.session_state["citation"] = True
    app.run()
    assert not app.exception
    assert any("Mas-Buitrago2024" in code.value for code in app.code)


def test_neighbours_report_and_comparisons_are_saved(visit, saved, monkeypatch):
    app = upload(visit(), a_txt=BARNARD).switch_page("pages/latent_space.py").run()
    assert saved["download-neighbours"].splitlines()[0] == "distance,teff,logg,mh,vsini,node"
    app.switch_page("pages/literature.py").run()
    assert "mann2015" in str(saved["download-one-star-csv"]()).replace("Mann et al. 2015", "mann2015")
    assert "%ECSV" in str(saved["download-comparison-teff-ecsv"]())[:10]
    monkeypatch.setattr("pages.shared.core.keeping.report", lambda: b"PK made up")
    app.switch_page("pages/export.py").run()
    app.button(key="make-report").click().run()
    assert saved["download-report"] == b"PK made up"

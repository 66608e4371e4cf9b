"""What stands under each value: the literature, the reason of a flag; and what is said of the star."""

from __future__ import annotations

from tests import fakes
from tests.pages.conftest import texts, upload

BARNARD = b"fake teff=3300 star=GJ_699"


def test_the_literature_stands_under_each_value(visit):
    app = upload(visit(), a_txt=BARNARD)
    assert not app.exception
    for words in ("Literature **3252** K, 11 sources", "**5.10** dex, 7 sources", "**≤ 2.5** km/s, 4 sources"):
        assert words in texts(app)


def test_a_star_beyond_the_table_and_a_simulation_have_no_literature(visit):
    assert "Literature **" not in texts(visit())  # a simulated observation with the name of a star
    assert "Literature **" not in texts(upload(visit(), a_txt=b"fake teff=3300 star=Nobody"))


def test_the_reason_of_a_limit_stands_with_its_value(visit):
    app = upload(visit(), a_txt=b"fake teff=3400 star=GJ_1 flags=upper_limit_vsini")
    assert not app.warning
    assert {metric.label: metric.value for metric in app.metric}["v sin i"] == "< 2.9 km/s"


def test_a_star_that_set_the_gap_is_named_as_one(visit, monkeypatch):
    stars = {"GJ699": {"anchor": True}, "G9-40": {"anchor": True}, "GJ273": {}}
    monkeypatch.setitem(fakes.bundle().card, "metrics", {"real_stars": {"stars": stars}})
    assert "Used to set the gap" in texts(upload(visit(), a_txt=b"fake teff=3300 star=Gl699"))
    assert "Used to set the gap" in texts(upload(visit(), a_txt=b"fake teff=3300 star=G_9-40"))
    assert "Used to set the gap" not in texts(upload(visit(), a_txt=b"fake teff=3300 star=GJ_273"))
    assert "Used to set the gap" not in texts(visit())  # simulated


def test_every_figure_can_be_printed(visit):
    labels = [button.label for button in visit().get("download_button")]
    for kind in ("PDF", "SVG"):
        for width in (88, 180):
            assert f"{kind}, {width} mm" in labels


def test_latent_space_begins_with_this_star(visit):
    app = visit("pages/latent_space.py")
    assert not app.exception
    shown = texts(app)
    assert "from the nearest model, in steps of the grid" in shown and "before the transfer)" in shown
    assert "Before → after the transfer: Teff " in shown and "v sin i " in shown


def test_export_says_what_to_cite(visit):
    app = visit("pages/export.py")
    app.session_state["citation"] = True
    app.run()
    assert not app.exception
    assert any("Mas-Buitrago2024" in code.value for code in app.code)

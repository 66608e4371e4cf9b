"""A value that no star can have is shown by no page, and ends none; an upper limit is one on every page."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.pages.conftest import texts, upload

PAGES = ["spectrum", "latent_space", "hr_diagram", "literature", "adapt", "model", "export"]


@pytest.mark.parametrize("page", PAGES)
def test_a_withheld_value_ends_no_page(visit, page):
    app = upload(visit(), a_txt=b"fake teff=3200 star=GJ_273 flags=value_withheld,outside_grid,upper_limit_vsini")
    if page != "spectrum":
        app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert "nan" not in texts(app).lower().split()


def test_cards_say_what_is_withheld_and_what_is_a_limit(visit):
    app = upload(visit(), a_txt=b"fake teff=3200 flags=value_withheld,upper_limit_vsini")
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Teff"] == "withheld" and shown["v sin i"] == "< 2.9 km/s"
    upload(app, b_txt=b"fake teff=3300", a_txt=b"fake teff=3200 flags=value_withheld,upper_limit_vsini")
    last = app.dataframe[0].value.iloc[-1]
    assert last["vsini_interval"] == "95 % limit" and last["teff_interval"] == "withheld"
    assert last["vsini"] == 2.9 and pd.isna(last["teff"])  # the limit itself, and no value that no star can have


def test_what_the_transfer_changed_says_no_value_that_is_none(visit):
    app = upload(visit(), a_txt=b"fake teff=3200 flags=value_withheld,upper_limit_vsini")
    app.switch_page("pages/latent_space.py").run()
    (words,) = (line for line in texts(app).splitlines() if "The transfer moved the values:" in line)
    assert "Teff **withheld**, log g " in words and r"v sin i **\< 2\.9 km\/s**" in words


@pytest.mark.parametrize("parameter", ["logg", "mh", "vsini"])
@pytest.mark.parametrize("page", ["spectrum", "latent_space", "hr_diagram", "literature", "export"])
def test_one_withheld_parameter_spoils_nothing_of_other_stars(visit, page, parameter):
    """In sums and means of a visit as on the page of the star itself, which is shown."""
    good = b"fake teff=3300 star=GJ_699"
    app = upload(visit(), a_txt=good, b_txt=f"fake teff=3200 star=GJ_273 withheld={parameter}".encode())
    if page != "spectrum":
        app.switch_page(f"pages/{page}.py").run()
    if page == "latent_space":
        for colour in (parameter, f"{parameter}_error"):
            app.selectbox(key="map-colour").set_value(colour).run()
            assert not app.exception
    assert not app.exception
    shown = " ".join([texts(app), *(str(table.value) for table in app.table), *(w.value for w in app.warning)])
    assert "nan" not in shown.lower().replace("|", " ").split()
    assert all("nan" not in metric.value for metric in app.metric)


@pytest.mark.parametrize("parameter", ["teff", "logg", "mh", "vsini"])
def test_exposures_of_which_one_is_withheld_have_a_mean(visit, parameter):
    stars = [b"fake teff=3300 star=GJ_699", b"fake teff=3310 star=Gl699", b"fake teff=3320 star=GJ699"]
    names = {f"{letter}_txt": data for letter, data in zip("abc", stars, strict=True)}
    app = upload(visit(), **names | {"d_txt": f"fake teff=3330 star=GJ_699 withheld={parameter}".encode()})
    assert not app.exception
    table = next(table.value for table in app.table if "Exposure" in table.value)
    assert "withheld" in table.iloc[3].to_string() and "withheld" not in table.iloc[4].to_string()
    assert "nan" not in table.to_string().lower()


@pytest.mark.parametrize("diagram", ["hr", "spectroscopic", "kiel", "populations"])
def test_diagrams_leave_out_what_is_withheld(visit, diagram):
    app = upload(visit(), a_txt=b"fake teff=3200 star=GJ_273 flags=value_withheld")
    app.switch_page("pages/hr_diagram.py").run()
    app.segmented_control(key="diagram").set_value(diagram).run() if hasattr(app, "segmented_control") else None
    assert not app.exception

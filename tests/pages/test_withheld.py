"""A value that no star can have is shown by no page, and ends none; an upper limit is one on every page."""

from __future__ import annotations

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
    table = next(frame.value for frame in app.dataframe if "vsini_limit" in frame.value)
    assert table["vsini_limit"].iloc[-1] == 2.9


@pytest.mark.parametrize("diagram", ["hr", "spectroscopic", "kiel", "populations"])
def test_diagrams_leave_out_what_is_withheld(visit, diagram):
    app = upload(visit(), a_txt=b"fake teff=3200 star=GJ_273 flags=value_withheld")
    app.switch_page("pages/hr_diagram.py").run()
    app.segmented_control(key="diagram").set_value(diagram).run() if hasattr(app, "segmented_control") else None
    assert not app.exception

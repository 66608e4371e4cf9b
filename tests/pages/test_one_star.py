"""Three exposures of one star: listed together, one symbol in the diagrams, one vote in the statistics."""

from __future__ import annotations

import json
from hashlib import sha256

from tests.pages.conftest import texts, upload

FIRST, SECOND, THIRD = (
    f"fake teff={teff} star={star}".encode() for teff, star in ((3240, "GJ_699"), (3260, "Gl699"), (3250, "gj699_b2"))
)


def test_exposures_are_listed_together(visit):
    app = upload(visit(), a_txt=FIRST, x_txt=b"fake teff=3600 star=GJ_273", b_txt=SECOND, c_txt=THIRD)
    assert not app.exception
    app.selectbox(key="spectrum-choice").set_value(sha256(SECOND).hexdigest()).run()
    box = next(box for box in app.expander if "exposures of" in box.label)
    assert box.label.startswith("3 exposures of")
    table = box.table[0].value
    assert list(table["Exposure"])[:3] == [r"a\.txt", r"b\.txt", r"c\.txt"] and "scatter" in table["Teff"].iloc[-1]
    assert table["Teff"].iloc[-1].startswith("3250 ")
    files = next(frame.value for frame in app.dataframe if "teff_interval" in frame.value)
    names = list(files["file"])
    assert names.index("b.txt") == names.index("a.txt") + 1 and names.index("c.txt") == names.index("a.txt") + 2


def test_one_symbol_in_the_diagrams(visit):
    app = upload(visit(), a_txt=FIRST, b_txt=SECOND, c_txt=THIRD)
    app.switch_page("pages/hr_diagram.py").run()
    assert not app.exception
    data = [trace for chart in app.get("plotly_chart") for trace in json.loads(chart.proto.spec)["data"]]
    users = [trace for trace in data if trace.get("meta") == "users"]
    assert sum(len(trace["customdata"]) for trace in users) == 1


def test_one_vote_in_the_statistics(visit):
    app = upload(visit(), a_txt=FIRST, b_txt=SECOND, c_txt=THIRD)
    app.switch_page("pages/literature.py").run()
    assert not app.exception
    data = [trace for chart in app.get("plotly_chart") for trace in json.loads(chart.proto.spec)["data"]]
    points = [trace for trace in data if trace.get("meta") == "users"]
    assert points and all(len(trace["customdata"]) == 1 for trace in points)
    assert "Your spectra: literature" in texts(app)


def test_a_mean_is_called_one_on_every_page(visit):
    """With its warning, the number of the first page, and no file's name."""
    app = upload(visit(), a_txt=b"fake teff=3232 star=GJ_699", b_txt=b"fake teff=3431 star=GJ_699")
    box = next(box for box in app.expander if "exposures of" in box.label)
    mean, differ = box.table[0].value["Teff"].iloc[-1].split(" ")[0], "The 2 exposures differ by more than"
    assert differ in box.warning[0].value
    app.switch_page("pages/hr_diagram.py").run()
    assert app.selectbox(key="diagram-star").options[0] == "Yours: GJ 699, mean of 2 exposures"
    assert f"Teff **{mean} " in texts(app) and differ in texts(app)
    assert "The mean of 2 exposures, estimated with made\\-up 0\\.1" in texts(app)
    app.switch_page("pages/literature.py").run()
    assert not app.exception and any(differ in warning.value for warning in app.warning)
    assert "Compared with GJ 699, mean of 2 exposures, estimated with" in texts(app).replace("\\", "")
    table = next(frame.value for frame in app.dataframe if "Source" in frame.value)
    assert table["Source"].iloc[0] == "Yours, mean of 2" and table["Teff [K]"].iloc[0].startswith(f"{mean} ± ")


def test_exposures_that_do_not_count_are_marked(visit):
    app = upload(visit(), a_txt=FIRST, b_txt=SECOND, c_txt=b"fake teff=3900 star=GJ_699 flags=low_snr")
    table = next(box for box in app.expander if "exposures of" in box.label).table[0].value
    assert list(table["Exposure"]) == [r"a\.txt", r"b\.txt", r"⚠ c\.txt", "**Mean of 2**"]
    assert table["Teff"].iloc[-1].startswith("3250 ")


def test_the_one_exposure_that_counts_is_named(visit):
    """Where another one is on show, whose values are others."""
    app = upload(visit(), a_txt=FIRST, b_txt=b"fake teff=3900 star=GJ_699 flags=low_snr")
    app.switch_page("pages/hr_diagram.py").run()
    only = "the only one of 2 exposures that is not flagged"
    assert f"It is {only}" in texts(app) and app.selectbox(key="diagram-star").options[0] == "Yours: GJ 699 (a.txt)"
    app.switch_page("pages/literature.py").run()
    assert f"your spectrum GJ 699 (a.txt), {only}" in texts(app).replace("\\", "")
    alone = upload(visit(), a_txt=FIRST)
    for page in ("pages/hr_diagram.py", "pages/literature.py"):
        assert "the only one" not in texts(alone.switch_page(page).run())

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

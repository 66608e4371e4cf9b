"""A file with several spectra: one is chosen, or each of them becomes a spectrum of the visit."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

from dtl.readers import limits
from tests.pages.conftest import upload, visit_of
from tests.pages.test_export import _current, restore

THREE = b"fake teff=3300 spectra=3"
DIGEST = sha256(THREE).hexdigest()
TEN = b"fake teff=3100 spectra=10"
KEYS = [f"{DIGEST}#{row} of 3" for row in (1, 2, 3)]


def teff(app) -> str:
    return next(metric.value for metric in app.metric if metric.label == "Teff")


def test_one_spectrum_offers_no_choice(visit):
    app = upload(visit(), one_txt=b"fake teff=3300")
    assert "Spectrum of this file" not in [box.label for box in app.selectbox]
    assert not any(button.label.startswith("Analyse all") for button in app.button)


def test_a_spectrum_is_chosen_and_the_flag_goes(visit):
    app = upload(visit(), field_txt=THREE)
    assert teff(app) == "3300 K" and "holds several spectra" in app.info[0].value
    app.selectbox(key=f"option-row-{DIGEST}").select(3).run()
    assert not app.exception and teff(app) == "3500 K"
    assert not any("holds several spectra" in info.value for info in app.info)
    assert visit_of(app).uploads[DIGEST].options.row == 3


def test_all_are_analysed_under_names_of_their_own(visit):
    app = upload(visit(), first_txt=b"fake teff=3000", field_txt=THREE)
    app.selectbox(key=f"option-row-{DIGEST}").select(2).run()
    app.button(key=f"analyse-all-{DIGEST}").click().run()
    assert not app.exception
    results = visit_of(app).results
    assert list(results)[1:] == KEYS and DIGEST not in visit_of(app).uploads
    assert [results[key].prepared.spectrum.file for key in KEYS] == [f"field.txt [{row} of 3]" for row in (1, 2, 3)]
    assert [results[key].estimates["teff"].value for key in KEYS] == [3300.0, 3400.0, 3500.0]
    assert visit_of(app).selected == KEYS[1] and teff(app) == "3400 K"  # the one that was shown
    assert "Spectrum of this file" not in [box.label for box in app.selectbox]
    app.button(key=f"remove-{KEYS[1]}").click().run()
    assert KEYS[1] not in visit_of(app).results and KEYS[0] in visit_of(app).uploads


def test_more_than_a_visit_takes_are_not_made_of_one_file(visit, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "visit_files", replace(limits.LIMITS["visit_files"], most=3))
    app = upload(visit(), first_txt=b"fake teff=3000", field_txt=THREE)
    app.button(key=f"analyse-all-{DIGEST}").click().run()
    assert not app.exception and len(visit_of(app).uploads) == 2 and DIGEST in visit_of(app).results
    (error,) = app.error
    assert error.value.replace("\\", "") == (
        "Each of the 3 spectra of field.txt was not read: a visit holds 3 files at most; remove some first, or use the "
        "command line. The earlier reading is kept."
    )
    monkeypatch.setitem(limits.LIMITS, "visit_files", replace(limits.LIMITS["visit_files"], most=4))
    app.button(key=f"analyse-all-{DIGEST}").click().run()
    assert list(visit_of(app).results)[1:] == KEYS and not app.error


def test_a_spectrum_that_cannot_be_used_is_a_sentence(visit):
    app = upload(visit(), field_txt=TEN)
    digest = sha256(TEN).hexdigest()
    app.selectbox(key=f"option-row-{digest}").select(9).run()
    assert "earlier reading is kept" in app.error[0].value and teff(app) == "3100 K"
    app.button(key=f"analyse-all-{digest}").click().run()
    assert not app.exception
    assert len(visit_of(app).results) == 9
    assert list(visit_of(app).failures) == [f"{digest}#9 of 10"]


def test_the_script_names_file_and_row(visit):
    app = upload(visit(), field_txt=THREE)
    app.button(key=f"analyse-all-{DIGEST}").click().run()
    app.session_state["python-parameters"] = True
    app.run()
    assert 'dtl.predict("field.txt", row=1)' in app.code[0].value


def test_a_session_brings_all_of_them_back(visit):
    app = upload(visit(), field_txt=THREE)
    app.button(key=f"analyse-all-{DIGEST}").click().run()
    app.switch_page("pages/export.py").run()
    content = _current(app).to_json(embed=True)
    assert sum(entry["data"] is not None for entry in json.loads(content)["spectra"]) == 1  # the bytes once
    back = restore(visit("pages/export.py"), content)
    assert not back.exception and not back.error
    assert set(KEYS) <= set(visit_of(back).results) and not visit_of(back).awaited
    assert visit_of(back).selected == KEYS[0]
    names = [result.prepared.spectrum.file for result in visit_of(back).results.values()]
    assert [f"field.txt [{row} of 3]" for row in (1, 2, 3)] == names[-3:]

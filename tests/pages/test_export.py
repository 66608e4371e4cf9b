"""The page on which results are kept, and links."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dtl.catalogue.luminosity import LuminosityInput
from dtl.export.session import SavedSession, SavedSpectrum, read_session
from pages.shared.core import keeping
from pages.shared.core.links import ViewOptions
from pages.shared.export.takeaway import Written
from tests.conftest import PATIENCE
from tests.pages.conftest import APP, EXAMPLE, change, kept, texts, upload, uploader, visit_of

OWN = b"fake teff=3456 star=GJ_1"
PAGE = "pages/export.py"


def _current(app: AppTest):
    state, views = app.session_state, kept(app, ViewOptions)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", {key: state[key] for key in ["visit", *views.met] if key in state})
        return keeping.current()


def restore(app: AppTest, content: bytes, name: str = "session.json") -> AppTest:
    uploader(app, "restore").upload(name, content)
    return app.run()


def teffs(app: AppTest) -> dict[str, float]:
    return {r.prepared.spectrum.file: r.estimates["teff"].value for r in visit_of(app).results.values()}


@pytest.fixture
def content(visit):
    app = upload(visit(), mine_txt=OWN)
    app.selectbox(key=f"option-medium-{visit_of(app).selected}").select("air").run()
    app.switch_page("pages/latent_space.py").run()
    app.segmented_control(key="transfer").set_value("before").run()
    app.switch_page(PAGE).run()
    assert not app.exception
    return {embed: _current(app).to_json(embed=embed) for embed in (True, False)}


def test_an_embedded_session_comes_back_whole(visit, content):
    app = restore(visit(PAGE), content[True])
    assert not app.exception and not app.error
    assert teffs(app) == {"mine.txt": 3456.0}
    digest = visit_of(app).selected
    assert visit_of(app).uploads[digest].options.medium == "air"
    assert not visit_of(app).awaited
    assert "the views you chose and 1 spectrum read as before" in app.success[0].value
    app.switch_page("pages/latent_space.py").run()
    assert app.segmented_control(key="transfer").value == "before"


def test_without_the_spectrum_the_saved_values_are_shown_until_it_comes(visit, content):
    app = restore(visit(PAGE), content[False])
    assert not app.exception
    assert "1 saved result without its spectrum, listed below" in app.success[0].value
    assert any("3456" in frame.value.to_string() for frame in app.dataframe)
    uploader(app, "awaited").upload("mine.txt", b"fake teff=3000")
    app.run()
    assert "another" in app.info[0].value and visit_of(app).awaited
    app.button(key="dismiss-restore-notes").click().run()
    assert not app.info
    uploader(app, "awaited").upload("renamed.txt", OWN)
    app.run()
    assert not visit_of(app).awaited
    assert visit_of(app).uploads[visit_of(app).selected].options.medium == "air"


def test_other_values_than_saved_are_told(visit, content):
    tree = json.loads(content[True])
    tree["spectra"][0]["result"] |= {"teff": 3000.0, "bundle": "made-up 0.0"}
    app = restore(visit(PAGE), json.dumps(tree).encode())
    assert "3000 is now 3456 K" in app.info[0].value and "made\\-up 0\\.0" in app.info[0].value
    assert not app.success  # green would say that all is as it was
    told = app.warning[0].value.replace("\\", "")
    assert "1 spectrum computed again with other networks" in told and "read as before" not in told
    assert "The networks of the session, made-up 0.0, are not here" in told and "on Adapt first" in told


def test_notes_that_are_not_shown_are_counted(visit):
    app = visit(PAGE)
    change(app, notes={f"Note {number}.": "a" * 64 for number in range(24)})
    app.run()
    assert "Note 3." not in app.info[0].value.replace("\\", "") and "Note 4." in app.info[0].value.replace("\\", "")
    assert app.info[0].value.endswith("- 4 more before these.")


def test_the_example_and_what_cannot_be_read_are_no_spectra_of_the_visitor(visit):
    app = visit(PAGE)
    assert "One JSON file with no spectra of yours:" in texts(app) and "here that of the example" in texts(app)
    assert not _current(app).spectra
    app = upload(app.switch_page("pages/spectrum.py").run(), a_txt=OWN, b_txt=b"words", c_txt=b"fake teff=3500")
    assert "2 spectra, 1 not readable" in texts(app) and "Results of 2 spectra:" in texts(app)
    app.switch_page(PAGE).run()
    assert "with 2 spectra of yours and 1 file not readable:" in texts(app) and "2 in all" in texts(app)


def test_a_bad_file_is_one_sentence_and_changes_nothing(visit):
    app = visit(PAGE)
    before = teffs(app)
    app = restore(app, b"{}", "x.json")
    assert not app.exception and len(app.error) == 1 and "no saved session" in app.error[0].value
    assert teffs(app) == before and not app.success


def test_a_restored_spectrum_that_cannot_be_read_is_told(visit, content):
    saved, data = read_session(content[True], "s.json"), b"rubbish"
    bad = SavedSpectrum("bad.txt", sha256(data).hexdigest(), data=data)
    app = restore(visit(PAGE), replace(saved, spectra=(*saved.spectra, bad)).to_json(embed=True))
    assert (
        "1 spectrum read as before" in app.success[0].value and "1 spectrum could not be read" in app.success[0].value
    )


def test_a_file_cannot_set_what_is_no_view(visit, content):
    tree = json.loads(content[True])
    tree["settings"] |= {"results": "x", "make-report": True, "transfer": "nowhere", "axis": 3}
    app = restore(visit(PAGE), json.dumps(tree).encode())
    for page in ("pages/latent_space.py", "pages/spectrum.py", PAGE):
        app.switch_page(page).run()
        assert not app.exception
    assert teffs(app) == {"mine.txt": 3456.0}


def test_report_is_made_once(visit):
    app = visit(PAGE)
    app.button(key="make-report").click().run()
    assert not app.exception and app.button(key="make-report").disabled
    assert kept(app, Written).report.startswith(b"PK")


@pytest.mark.parametrize(
    ("page", "key"),
    [("pages/spectrum.py", "parameters"), ("pages/latent_space.py", "latent"), ("pages/hr_diagram.py", "diagram"),
     (PAGE, "table")],
)  # fmt: skip
def test_the_script_of_a_page_names_the_example(visit, page, key):
    app = visit(page)
    app.session_state[f"python-{key}"] = True
    app.run()
    (code,) = app.code
    compile(code.value, page, "exec")
    assert 'dtl.example("first.txt")' in code.value


def linked(**params) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.context = {"theme": "light"}
    for key, value in params.items():
        app.query_params[key] = value
    return app.run()


def test_a_link_opens_an_example_and_a_view(calls):
    app = linked(example="second.txt", axis="nm", transfer="nonsense")
    assert not app.exception
    assert list(teffs(app)) == ["second.txt"] and app.segmented_control(key="axis").value == "nm"
    app.segmented_control(key="axis").set_value("Angstrom").run()
    assert "axis" not in app.query_params and app.query_params["example"] in ("second.txt", ["second.txt"])
    app.segmented_control(key="axis").set_value("km/s").run()
    assert app.query_params["axis"] in ("km/s", ["km/s"])


def test_data_is_never_in_the_address(visit):
    app = upload(visit(), mine_txt=OWN)
    assert "example" not in app.query_params
    assert EXAMPLE.decode() not in str(dict(app.query_params))


def test_saved_results_without_their_spectra_can_be_forgotten(visit, content):
    app = restore(visit(PAGE), content[False])
    assert visit_of(app).awaited
    app.button(key="forget-awaited").click().run()
    assert not app.exception and not visit_of(app).awaited


def test_the_example_still_stands_in_for_spectra_that_are_awaited(visit, content):
    app = restore(visit(PAGE), content[False])
    example = visit_of(app).example
    assert example and visit_of(app).awaited and not visit_of(app).own
    app.switch_page("pages/spectrum.py").run()
    assert example not in visit_of(upload(app, b_txt=b"fake teff=3600")).results


def test_a_saved_value_without_its_interval_is_shown_without_it(visit, content):
    tree = json.loads(content[False])
    tree["spectra"][0]["result"]["teff_lower"] = None
    app = restore(visit(PAGE), json.dumps(tree).encode())
    assert not app.exception
    assert any("3456 −– +" in frame.value.to_string() for frame in app.dataframe)


def test_a_restore_that_is_broken_off_awaits_the_rest(monkeypatch):
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)
    luminosity = LuminosityInput(0.01, 0.001, "typed")
    files = [SavedSpectrum(name, sha256(name.encode()).hexdigest(), data=name.encode()) for name in ("a", "b")]
    saved = SavedSession(tuple(files), {"transfer": "before"}, {files[1].key: luminosity})

    def leave(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(keeping.uploads, "add", leave)
    with pytest.raises(KeyboardInterrupt):
        keeping.restore(saved)
    assert list(state["visit"].awaited) == [spectrum.key for spectrum in files]
    assert state["visit"].luminosities == {files[1].key: luminosity}
    assert state["visit"].pages[ViewOptions].wanted == {"transfer": "before"}


def test_many_notes_leave_the_parameters_in_sight(visit):
    app = visit()
    change(app, notes={f"Note {number}.": "a" * 64 for number in range(5)})
    assert not [box.label for box in app.run().expander if "notes on your" in box.label]
    change(app, notes={f"Note {number}.": "a" * 64 for number in range(6)})
    box = next(box for box in app.run().expander if "notes on your" in box.label)
    assert box.label == "6 notes on your spectra" and not box.proto.expanded
    assert "Note 5" in box.info[0].value


def test_a_note_on_a_saved_value_goes_once_the_file_is_read_again(visit, content):
    tree = json.loads(content[True])
    tree["spectra"][0]["result"] |= {"teff": 3000.0, "bundle": "made-up 0.0"}
    app = restore(visit(PAGE), json.dumps(tree).encode())
    assert visit_of(app).notes
    app.switch_page("pages/spectrum.py").run()
    app.selectbox(key=f"option-frame-{visit_of(app).selected}").set_value("rest").run()
    assert not visit_of(app).notes


def test_what_was_said_of_a_spectrum_that_is_gone_is_neither_saved_nor_restored(visit):
    app = upload(visit(), a_txt=b"fake teff=3300", b_txt=b"fake teff=3400")
    a, b = visit_of(app).uploads
    given = LuminosityInput(0.01, 0.001, "typed")
    change(app, stars={a: "J17578+046", b: "J07274+052"}, luminosities={a: given, b: given})
    uploads = dict(list(visit_of(app).uploads.items())[1:])
    change(app, uploads=uploads, results={b: visit_of(app).results[b]}, selected=b)
    app.switch_page(PAGE).run()
    saved = _current(app)
    assert list(saved.stars) == list(saved.luminosities) == [b]
    content = json.dumps(json.loads(saved.to_json(embed=True)) | {"stars": {a: "J17578+046"}}).encode()
    app = restore(visit(PAGE), content)
    assert not visit_of(app).stars and "that you named" not in app.success[0].value


def test_the_stars_that_spectra_were_said_to_be_of_come_back(visit):
    app = upload(visit(), a_txt=b"fake teff=3300", b_txt=b"fake teff=3400", c_txt=b"fake teff=3500 star=GJ_273")
    a, b, c = visit_of(app).uploads
    change(app, stars={a: "J17578+046", b: "J00000+000", c: ""})
    app.switch_page(PAGE).run()
    saved = _current(app).to_json(embed=True)
    app = restore(visit(PAGE), saved)
    assert visit_of(app).stars == {a: "J17578+046", c: ""}  # without one that no catalogue has
    assert "2 spectra of stars that you named" in app.success[0].value

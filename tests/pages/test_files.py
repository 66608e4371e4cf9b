"""The table of files on the spectrum page: states, choosing, order, removing."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from pages.shared.core.twins import sentences
from pages.shared.core.visit import Visit
from pages.shared.spectrum import files
from pages.shared.spectrum.files import FileTable
from tests.pages.conftest import EXAMPLE, keep, kept, texts, upload, visit_of

GOOD = b"fake teff=3400 star=GJ_1"
OTHER = b"fake teff=3700 star=GJ_2 flags=low_snr,upper_limit_vsini"
BAD = b"words"


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def table(app):
    """The table of files, the only one of results."""
    return app.dataframe[0].value


def chosen_rows(app):
    """Numbers of the rows of the table of files that are chosen."""
    return app.session_state[f"files-{kept(app, FileTable).number}"]["selection"]["rows"]


@pytest.fixture
def several(visit):
    return upload(visit(), b_txt=GOOD, a_txt=OTHER, c_txt=BAD)


def test_one_file_needs_no_table(visit):
    app = upload(visit(), a_txt=GOOD)
    assert "## Your files" not in texts(app)
    assert not app.dataframe
    assert {"ECSV", "FITS", "VOTable", "CSV", "Parquet", "JSON", "LaTeX, A&A", "LaTeX, AAS"} <= {
        b.label for b in app.get("download_button")
    }


def test_every_file_has_its_row(several):
    rows = table(several).set_index("file")
    assert list(rows.index) == ["b.txt", "a.txt", "c.txt"]
    assert [state.split(maxsplit=1)[1] for state in rows["state"]] == ["ok", "flagged", "not readable"]
    assert list(rows["star"]) == ["GJ 1", "GJ 2", ""]
    assert rows.loc["b.txt", "teff"] == 3400 and rows.loc["b.txt", "teff_interval"] == "−33 +41"
    assert rows.loc["a.txt", "vsini"] == 2.9 and rows.loc["a.txt", "vsini_interval"] == "95 % limit"
    assert rows.loc["a.txt", "remarks"] == "Low snr; Upper limit vsini" and rows.loc["b.txt", "remarks"] == "none"
    assert "no columns of numbers" in rows.loc["c.txt", "remarks"]
    assert "2 spectra, 1 not readable" in texts(several)


def test_the_same_bytes_under_other_names_are_not_added_and_said(visit):
    app = upload(visit(), a_txt=GOOD, b_txt=GOOD, c_txt=OTHER, d_txt=GOOD)
    assert [file.name for file in visit_of(app).uploads.values()] == ["a.txt", "c.txt"]
    assert [note.value.replace("\\", "") for note in app.info] == [
        "- b.txt and d.txt were not added: their content is that of a.txt, byte by byte, which is here already."
    ]
    app.button(key="dismiss-restore-notes").click().run()
    assert not app.info
    app = upload(app, a_txt=GOOD)  # the same file once more needs no word
    assert not app.info and len(visit_of(app).uploads) == 2
    app = upload(app, e_txt=OTHER)
    assert "e.txt was not added: its content is that of c.txt" in app.info[0].value.replace("\\", "")
    assert [file.name for file in visit_of(app).uploads.values()] == ["a.txt", "c.txt"]


def test_an_example_that_stands_in_is_no_file_of_the_visitor(visit):
    app = upload(visit(), mine_txt=EXAMPLE)
    assert [file.name for file in visit_of(app).uploads.values()] == ["mine.txt"]
    assert not app.info and visit_of(app).example is None


def test_of_many_twins_a_few_are_named():
    ((sentence, about),) = sentences(("0", f"{letter}.txt", "a.txt") for letter in "bcdefc").items()
    assert about == "0"
    assert sentence.startswith("b.txt, c.txt, d.txt and 2 more were not added: their content is that of a.txt")


def test_an_example_is_named_as_one(visit):
    app = visit()
    assert "Simulated observation, the example" in texts(app) and "Results of the example:" in texts(app)
    app = upload(app.selectbox(key="example-choice").select("first.txt").run(), c_txt=BAD)
    rows = table(app).set_index("file")  # chosen, so that it is one of the visitor's files
    assert rows.loc["first.txt", "state"].endswith("example")


def test_the_example_that_stands_in_is_not_among_files_that_cannot_be_used(visit):
    app = upload(visit(), c_txt=BAD, d_txt=b"more words")
    assert list(table(app)["file"]) == ["c.txt", "d.txt"]
    assert "No spectra, 2 not readable" in texts(app) and "ECSV" not in {
        button.label for button in app.get("download_button")
    }
    assert len(app.error) == 2 and any("is the example" in info.value for info in app.info)
    assert "Simulated observation, the example" in texts(app) and app.metric[0].value == "3300 K"


def test_what_was_said_of_a_file_goes_with_it(visit):
    app = upload(visit(), a_txt=GOOD, b_txt=GOOD, c_txt=OTHER, d_txt=OTHER)
    assert len(app.info) == 1 and len(visit_of(app).notes) == 2
    app.multiselect(key="files-to-remove").set_value([digest(GOOD)]).run()
    app.button(key="remove-chosen").click().run()
    assert [note.split()[0] for note in visit_of(app).notes] == ["d.txt"]


def test_a_file_that_was_refused_before_is_refused_in_words(visit):
    app = upload(upload(visit(), c_txt=BAD), c_txt=BAD)
    assert "c.txt was tried again and cannot be used" in app.info[0].value.replace("\\", "")
    app.button(key=f"dismiss-{digest(BAD)}").click().run()
    assert not app.info and not app.error


def test_a_chosen_row_shows_its_spectrum(several):
    assert chosen_rows(several) == [1]  # the last good one
    several.selectbox(key="spectrum-choice").set_value(digest(GOOD)).run()
    assert chosen_rows(several) == [0]
    assert several.metric[0].value == "3400 K"


@pytest.mark.parametrize(
    ("order", "expected"),
    [("file name", "abc"), ("state", "bac"), ("Teff", "bac"), ("star", "bac"), ("as added", "bac")],
)
def test_rows_in_order(several, order, expected):
    several.selectbox(key="file-order").set_value(order).run()
    assert [name[0] for name in table(several)["file"]] == list(expected)
    shown = chosen_rows(several)
    assert [table(several)["file"][row] for row in shown] == ["a.txt"]  # still the same spectrum


def test_some_files_are_removed_and_then_all(several, calls):
    several.multiselect(key="files-to-remove").set_value([digest(OTHER), digest(BAD)]).run()
    several.button(key="remove-chosen").click().run()
    assert list(visit_of(several).results) == [digest(GOOD)]
    assert not visit_of(several).failures and list(visit_of(several).uploads) == [digest(GOOD)]
    assert several.metric[0].value == "3400 K"
    app = upload(several, d_txt=OTHER)
    app.button(key="remove-all").click().run()
    assert not app.exception and app.metric[0].value == "3300 K"  # the example is back
    assert digest(GOOD) not in visit_of(app).uploads


def test_nothing_chosen_nothing_removed(several):
    assert several.button(key="remove-chosen").disabled


def test_of_many_refusals_the_chosen_one_is_explained(visit):
    app = upload(visit(), **{f"{name}_txt": name.encode() for name in "pqrstu"})
    assert "6 files could not be used" in app.warning[0].value and not app.error
    assert len(table(app)) == 6
    keep(app, replace(kept(app, FileTable), unreadable=digest(b"q")))  # as the choice of its row sets it
    app.run()
    (error,) = app.error
    assert "q\\.txt" in error.value
    assert chosen_rows(app) == [1]
    app.button(key=f"dismiss-{digest(b'q')}").click().run()
    assert len(app.error) == len(table(app)) == 5  # so many sentences are shown at once


def test_a_spectrum_chosen_from_the_list_takes_the_place_of_a_refusal(several):
    keep(several, replace(kept(several, FileTable), unreadable=digest(BAD)))
    several.run()
    assert chosen_rows(several) == [2]
    several.selectbox(key="spectrum-choice").set_value(digest(GOOD)).run()
    assert chosen_rows(several) == [0]


def test_progress_names_each_file(visit, monkeypatch):
    from pages.shared.core import uploads

    told = []
    real = uploads.add

    def add(files, progress=lambda number, name: None, **options):
        def both(number, name):
            told.append((number, name))
            progress(number, name)

        return real(files, both, **options)

    monkeypatch.setattr(uploads, "add", add)
    app = visit()
    told.clear()  # the example
    upload(app, b_txt=GOOD, a_txt=OTHER)
    assert told == [(0, "b.txt"), (1, "a.txt")]


def test_a_row_that_is_chosen_is_shown_or_explained(monkeypatch):
    """As the browser tells it: the rows of the table that are chosen."""
    shown: list[tuple[str | None, str | None]] = []
    monkeypatch.setattr(files.visit, "current", lambda: Visit(failures={"bad": "x.txt is empty."}))
    monkeypatch.setattr(files.visit, "kept", lambda kind: kind())
    monkeypatch.setattr(
        files.visit, "keep", lambda table, selected=None: shown.append((table.unreadable, table.selected or selected))
    )
    for row in (0, 1):
        monkeypatch.setattr(files.st, "session_state", {"files-1": {"selection": {"rows": [row]}}})
        files._choose("files-1", ("good", "bad"))
    assert shown == [(None, "good"), ("bad", None)]


def test_a_chosen_row_that_may_be_out_of_sight_is_told(visit):
    many = {f"f{number:02}_txt": f"fake teff={3300 + number} star=GJ_{number}".encode() for number in range(12)}
    app = upload(visit(), **many)
    assert "12 spectra. Choose a row to see it. Click into the table to scroll it. Row 12 is shown." in texts(app)
    app.selectbox(key="spectrum-choice").set_value(next(iter(visit_of(app).results))).run()
    assert "Click into the table to scroll it." in texts(app) and "is shown." not in texts(app)


def test_which_spectrum_of_a_file_it_is_has_a_column_of_its_own(visit):
    app = upload(visit(), a_txt=b"fake teff=3200 spectra=2", b_txt=GOOD)
    assert "part" not in table(app)
    app.selectbox(key="spectrum-choice").set_value(next(iter(visit_of(app).results))).run()
    next(button for button in app.button if button.label == "Analyse all 2").click().run()
    assert list(table(app)["part"]) == ["1 of 2", "2 of 2", ""]

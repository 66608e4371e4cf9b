"""Choosing the columns of a table on the spectrum page."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest

from dtl.readers.options import ReadOptions
from dtl.spectrum import UnusableInput
from pages.shared.spectrum import wizard
from tests import fakes
from tests.pages.conftest import change, figure, texts, upload, visit_of

WAVE = np.arange(8780.0, 8860.0, 0.05)
ORDER = np.random.default_rng(3).permutation(len(WAVE))


def table(names: str, *columns: np.ndarray) -> bytes:
    """A table that begins with a digit, which the made-up pipeline reads only with columns that are named."""
    rows = [" ".join(f"{value:.8g}" for value in row) for row in np.column_stack(columns)]
    return "\n".join(["9", names, *rows]).encode()


FLUX = 1.0 + 0.1 * np.sin(WAVE)
STRANGE = table("p q r", FLUX[ORDER], WAVE[ORDER] / 10, np.full(len(WAVE), 1e-4))
NAMED = table("wave flux err", WAVE, FLUX, np.full(len(WAVE), 0.01))


def key(name: str, data: bytes) -> str:
    return f"columns-{name}-{sha256(data).hexdigest()}"


def test_a_table_that_cannot_be_told_opens_the_choice_at_once(visit):
    app = upload(visit(), t_txt=STRANGE)
    assert not app.exception and len(app.error) == 1
    assert app.selectbox(key=key("wavelength", STRANGE)).options[1].startswith("q, 878")
    assert app.selectbox(key=key("wavelength", STRANGE)).value == "q"  # its numbers reach over the window
    assert not app.button(key=key("apply", STRANGE)).disabled and not app.warning
    assert figure(app)["layout"]["xaxis"]["title"]["text"] == "q"


def test_the_preview_follows_and_the_choice_is_read(visit):
    app = upload(visit(), t_txt=STRANGE)
    app.selectbox(key=key("flux", STRANGE)).set_value("r").run()
    assert figure(app)["layout"]["yaxis"]["title"]["text"] == "r"
    app.selectbox(key=key("flux", STRANGE)).set_value("p").run()
    app.selectbox(key=key("uncertainty", STRANGE)).set_value("r").run()
    app.selectbox(key=key("kind", STRANGE)).set_value("variance").run()
    assert not app.warning
    app.button(key=key("apply", STRANGE)).click().run()
    assert not app.exception and not app.error
    assert app.metric[0].value == "3500 K"
    options = visit_of(app).uploads[sha256(STRANGE).hexdigest()].options
    assert (options.columns, options.uncertainty, options.unit) == (("q", "p", "r"), "variance", None)


def test_uncertainties_that_were_left_aside_are_none_in_the_choice(visit):
    """As a session of the command line brings it; the choice took the column back."""
    app = upload(visit(), t_txt=NAMED)
    digest = sha256(NAMED).hexdigest()
    kept = visit_of(app).uploads[digest]._replace(options=ReadOptions(uncertainty="none"))
    change(app, uploads={digest: kept})
    app.session_state[f"columns-{digest}"] = True
    app.run()
    assert app.selectbox(key=key("uncertainty", NAMED)).value == "none"


def test_one_column_cannot_be_two_things(visit):
    app = upload(visit(), t_txt=STRANGE)
    app.selectbox(key=key("wavelength", STRANGE)).set_value("p").run()  # flux is p as well
    assert "chosen twice" in app.warning[0].value
    assert app.button(key=key("apply", STRANGE)).disabled


def test_a_table_with_names_waits_until_it_is_asked_for(visit):
    app = upload(visit(), t_txt=NAMED)
    names = [box.label for box in app.expander]
    assert any(name.startswith("Choose the columns of") for name in names)
    with pytest.raises(KeyError):
        app.selectbox(key=key("wavelength", NAMED))
    app.session_state[f"columns-{sha256(NAMED).hexdigest()}"] = True
    app.run()
    assert app.selectbox(key=key("wavelength", NAMED)).value == "wave"
    assert app.selectbox(key=key("uncertainty", NAMED)).value == "err"
    assert app.dataframe[0].value.shape == (8, 3) or app.dataframe[1].value.shape == (8, 3)


def test_columns_can_be_changed_after_reading(visit):
    app = upload(visit(), t_txt=NAMED)
    digest = sha256(NAMED).hexdigest()
    app.session_state[f"columns-{digest}"] = True
    app.run()
    app.button(key=key("apply", NAMED)).click().run()
    assert app.metric[0].value == "3500 K" and not app.error
    assert "Choose its columns" in [box.label for box in app.expander]
    app.session_state[f"columns-{digest}"] = True
    app.run()
    app.selectbox(key=key("uncertainty", NAMED)).set_value("none").run()
    app.button(key=key("apply", NAMED)).click().run()
    options = visit_of(app).uploads[digest].options
    assert (options.columns, options.uncertainty) == (("wave", "flux", None), None)


def test_what_is_no_table_has_no_choice_of_columns(visit):
    app = upload(visit(), letter_txt=b"Dear reader")
    assert not any("columns" in box.label for box in app.expander)
    assert "Dear" not in texts(app)


def test_the_unit_of_the_wavelengths_can_be_said(visit):
    app = upload(visit(), t_txt=STRANGE)
    app.selectbox(key=key("unit", STRANGE)).set_value("nm").run()
    app.button(key=key("apply", STRANGE)).click().run()
    assert visit_of(app).uploads[sha256(STRANGE).hexdigest()].options.unit == "nm"


def test_a_file_that_is_too_much_for_its_preview_is_tried_once(visit, monkeypatch):
    tried: list[str] = []

    def refuse(*_: object, name: str, **__: object) -> None:
        tried.append(name)
        raise UnusableInput(f"{name} takes more than 20 s to read; cut it.")

    monkeypatch.setattr(wizard, "preview_table", refuse)
    app = upload(visit(), letter_txt=b"Dear reader").run()
    assert not app.exception and len(app.error) == 1 and tried.count("letter.txt") == 1
    assert not any("columns" in box.label for box in app.expander)


def test_columns_without_names_are_called_by_their_numbers(visit):
    nameless = table("", FLUX[ORDER], WAVE[ORDER] / 10)
    app = upload(visit(), t_txt=nameless)
    axes = figure(app)["layout"]
    assert [axes[axis]["title"]["text"] for axis in ("xaxis", "yaxis")] == ["column 2", "column 1"]


def test_columns_with_which_nothing_can_be_prepared_are_not_offered(visit, monkeypatch):
    """Reading is not all: what is read may have no pixel in the window."""
    app = upload(visit(), t_txt=STRANGE)
    sentence = "t.txt has no usable flux in 8800–8835 Å; use another exposure."
    monkeypatch.setattr(wizard, "analyse_upload", lambda upload: sentence)
    app.selectbox(key=key("flux", STRANGE)).set_value("r").run()
    assert "has no usable flux" in app.warning[0].value and app.button(key=key("apply", STRANGE)).disabled


def test_columns_that_were_chosen_can_be_left_to_the_program_again(visit, monkeypatch):
    app, digest = upload(visit(), t_txt=NAMED), sha256(NAMED).hexdigest()
    app.session_state[f"columns-{digest}"] = True
    app.run()
    assert not [button for button in app.button if button.key == key("forget", NAMED)]  # nothing was chosen yet
    app.selectbox(key=key("uncertainty", NAMED)).set_value("none").run()
    app.button(key=key("apply", NAMED)).click().run()
    app.session_state[f"columns-{digest}"] = True
    app.run()
    app.button(key=key("forget", NAMED)).click().run()
    assert any("The earlier reading is kept" in error.value for error in app.error)  # it told no columns
    assert visit_of(app).uploads[digest].options.columns == ("wave", "flux", None)
    monkeypatch.setattr(
        "dtl.inference.analyse.analyse", lambda *_, name, options, **__: fakes.make_result(file=name, options=options)
    )
    app.button(key=key("forget", NAMED)).click().run()
    options = visit_of(app).uploads[digest].options
    assert (options.columns, options.uncertainty) == (None, None) and not app.error
    assert app.selectbox(key=key("uncertainty", NAMED)).value == "err"

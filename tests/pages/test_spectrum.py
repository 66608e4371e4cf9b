"""Every state of the spectrum page."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from types import SimpleNamespace

import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df

from dtl.exploration.wavelength_range import range_statistics
from dtl.figures.scale import ANGSTROM
from dtl.readers import limits
from dtl.readers.options import ReadOptions
from dtl.spectrum import Finding
from pages.shared.core import examples, tables
from pages.shared.spectrum import measured_range, reading
from tests import fakes
from tests.pages.conftest import EXAMPLE, change, figure, texts, upload, visit_of

GOOD = b"fake teff=3400 star=GJ_1"
OTHER = b"fake teff=3700 star=GJ_2"


def metrics(app) -> dict[str, tuple[str, str]]:
    return {metric.label: (metric.value, metric.delta) for metric in app.metric}


def option(data: bytes, name: str) -> str:
    return f"option-{name}-{sha256(data).hexdigest()}"


def test_first_visit_shows_an_example_with_its_parameters(visit):
    app = visit()
    assert not app.exception
    assert metrics(app) == {
        "Teff": ("3300 K", "−33 +41"),
        "log g": ("4.96", "−0.04 +0.05 dex"),
        "[M/H]": ("−0.22 dex", "−0.07 +0.11"),
        "v sin i": ("2.1 km/s", "−0.3 +0.3"),
    }
    assert "68 %" in app.metric[0].help
    assert not app.warning and not app.error


def test_simulated_spectra_are_labelled_wherever_they_appear(visit):
    app = visit()
    assert "Simulated observation" in texts(app)
    for number in (0, 1):
        assert any(a.get("text") == "Simulated observation" for a in figure(app, number)["layout"]["annotations"])
    assert all("Simulated" in label for label in app.selectbox(key="example-choice").options)
    app = upload(app.selectbox(key="example-choice").select("first.txt").run(), c_txt=b"words")
    assert "example" in app.dataframe[0].value["state"][0]


def test_upload_replaces_the_example_and_is_kept_on_other_pages(visit):
    app = upload(visit(), a_txt=GOOD)
    assert not app.exception
    assert metrics(app)["Teff"][0] == "3400 K"
    assert "Simulated observation" not in texts(app)
    digest = sha256(GOOD).hexdigest()
    assert list(visit_of(app).results) == [digest]
    assert visit_of(app).uploads[digest][:2] == ("a.txt", GOOD)
    app.switch_page("pages/latent_space.py").run()
    app.switch_page("pages/spectrum.py").run()
    assert metrics(app)["Teff"][0] == "3400 K"


def test_several_spectra_can_be_chosen_from(visit):
    app = upload(visit(), a_txt=GOOD, b_txt=OTHER)
    assert metrics(app)["Teff"][0] == "3700 K"
    assert app.selectbox(key="spectrum-choice").options == ["GJ 1 (a.txt)", "GJ 2 (b.txt)"]
    app.selectbox(key="spectrum-choice").set_value(sha256(GOOD).hexdigest()).run()
    assert metrics(app)["Teff"][0] == "3400 K"
    assert [len(frame.value) for frame in app.dataframe] == [2]  # the only table of results


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty_fits", b"", "empty"),
        ("words_txt", b"Dear reader", "no columns"),
        ("picture_fits", b"\x89PNG\r\n\x1a\n" + b"0" * 64, "picture"),
        ("truncated_fits", b"SIMPLE  =                    T", "no columns"),
        ("crash_fits", b"crash", "unexpected problem (RuntimeError)"),
    ],
)
def test_a_bad_file_is_one_sentence_and_the_good_ones_are_kept(visit, name, data, words):
    app = upload(visit(), **{name: data, "a_txt": GOOD})
    assert not app.exception
    (error,) = app.error
    assert words in error.value.replace("\\", "")
    assert name.replace("_", "\\.") in error.value
    assert "secret detail" not in error.value and "Traceback" not in error.value
    assert metrics(app)["Teff"][0] == "3400 K"
    app.button(key=f"dismiss-{sha256(data).hexdigest()}").click().run()
    assert not app.error


def test_a_bad_file_alone_leaves_the_example(visit):
    app = upload(visit(), words_txt=b"words")
    assert len(app.error) == 1
    assert metrics(app)["Teff"][0] == "3300 K"


def test_flags_are_sentences_and_mark_the_cards(visit):
    app = upload(visit(), a_txt=GOOD + b" flags=outside_grid,upper_limit_vsini,resolution_unknown")
    (warning,) = app.warning
    assert "treat the numbers as a direction" in warning.value
    assert "upper limit" not in warning.value  # which is no doubt, and stands with its value
    assert "does not state its resolution" in app.info[0].value
    assert metrics(app)["v sin i"][0] == "< 2.9 km/s"
    assert all(metric.proto.icon for metric in app.metric)


def test_a_changed_medium_reads_this_file_again_and_no_other(visit, calls):
    app = upload(visit(), a_txt=GOOD, b_txt=OTHER)
    calls.clear()
    app.selectbox(key=option(OTHER, "medium")).set_value("air").run()
    assert calls == ["b.txt"]
    assert visit_of(app).uploads[sha256(OTHER).hexdigest()][2].medium == "air"
    assert "Your choice" in str(app.table[0].value)
    app.run()
    assert calls == ["b.txt"]
    app.number_input(key=option(OTHER, "resolution")).set_value(60000.0).run()
    assert visit_of(app).uploads[sha256(OTHER).hexdigest()][2].resolution == 60000.0


def test_the_others_are_read_the_same_way(visit, calls):
    """Those that are read otherwise, with all that was stated; what cannot be read so is kept and said once."""
    app = upload(visit(), a_txt=GOOD, b_txt=OTHER, c_txt=b"nothing", d_txt=b"fake teff=3100 star=GJ_273")
    last = visit_of(app).selected
    key = f"alike-{last}"
    assert not [button for button in app.button if button.key == key]  # nothing was stated of any
    app.selectbox(key=f"option-medium-{last}").set_value("air").run()
    app.number_input(key=f"option-resolution-{last}").set_value(60000.0).run()
    assert app.button(key=key).label == "Read 3 other files the same way"
    assert app.button(key=key).help.startswith("With air or vacuum: air and resolution: 60,000, where the file does")
    calls.clear()
    app.button(key=key).click().run()
    assert not app.exception and calls == ["a.txt", "b.txt", "c.txt"] and visit_of(app).selected == last
    stated = {up.name: (up.options.medium, up.options.resolution) for up in visit_of(app).uploads.values()}
    assert stated == dict.fromkeys(("a.txt", "b.txt", "d.txt"), ("air", 60000.0)) | {"c.txt": (None, None)}
    assert not [button for button in app.button if button.key == key]  # that file was tried
    assert [error.value for error in app.error] == [error.value for error in app.error if "c\\.txt" in error.value]
    app.selectbox(key=f"option-medium-{last}").set_value(None).run()
    assert app.button(key=key).label == "Read 3 other files the same way"


def test_what_a_file_states_itself_stays(visit, calls):
    """A medium in the file, and the spectrograph that another resolution belongs to, go before the word on another."""
    app = upload(visit(), a_txt=GOOD, b_txt=b"fake teff=3100", c_txt=b"fake teff=3200", d_txt=OTHER)
    first, second, _, last = visit_of(app).uploads

    def state(digest: str, **said: str) -> None:
        result = visit_of(app).results[digest]
        found = tuple(Finding(name, value, "file", "in its header") for name, value in said.items())
        rest = tuple(f for f in result.prepared.spectrum.findings if f.name not in said)
        spectrum = replace(result.prepared.spectrum, findings=rest + found)
        mine = replace(result, prepared=replace(result.prepared, spectrum=spectrum))
        change(app, results={**visit_of(app).results, digest: mine})

    state(first, medium="vacuum", instrument="HPF")
    state(second, medium="vacuum")
    change(app, selected=last)
    app.run()
    app.selectbox(key=f"option-medium-{last}").set_value("air").run()
    assert app.button(key=f"alike-{last}").label == "Read 1 other file the same way"
    app.number_input(key=f"option-resolution-{last}").set_value(60000.0).run()
    app.button(key=f"alike-{last}").click().run()
    stated = [(up.options.medium, up.options.resolution) for up in visit_of(app).uploads.values()]
    assert stated == [(None, None), (None, 60000.0), ("air", 60000.0), ("air", 60000.0)]
    state(second, medium="vacuum")  # it was read again, and this is only made up
    app.run()
    assert not [button for button in app.button if button.key == f"alike-{last}"]
    change(app, selected=first)
    assert not [button for button in app.run().button if str(button.key).startswith("alike-")]  # nothing was stated


def test_what_cannot_be_read_like_another_is_kept_and_said(visit):
    app = upload(visit(), a_txt=b"fake teff=3100 spectra=9", b_txt=GOOD)
    first, last = visit_of(app).uploads
    change(
        app,
        uploads={**visit_of(app).uploads, last: visit_of(app).uploads[last]._replace(options=ReadOptions(unit="um"))},
    )
    app.run()
    app.button(key=f"alike-{last}").click().run()
    assert "kept as before" in app.error[0].value and "a\\.txt has no pixel" in app.error[0].value
    assert visit_of(app).uploads[first].options == ReadOptions() and not app.run().error


@pytest.mark.parametrize("resolution", [-1.0, 50.0, 2e7])
def test_a_resolution_that_cannot_be_is_refused_in_words(visit, resolution):
    app = upload(visit(), a_txt=GOOD)
    app.number_input(key=option(GOOD, "resolution")).set_value(resolution).run()
    assert "a number from 100 to 10,000,000" in app.error[0].value and "earlier reading is kept" in app.error[0].value
    assert app.number_input(key=option(GOOD, "resolution")).value is None


def test_a_changed_medium_survives_a_visit_to_another_page(visit):
    app = upload(visit(), a_txt=GOOD)
    app.selectbox(key=option(GOOD, "medium")).set_value("air").run()
    app.switch_page("pages/latent_space.py").run()
    app.switch_page("pages/spectrum.py").run()
    assert app.selectbox(key=option(GOOD, "medium")).value == "air"


def test_an_impossible_option_keeps_the_earlier_reading(visit):
    app = upload(visit(), a_txt=GOOD)
    app.selectbox(key=option(GOOD, "unit")).set_value("um").run()
    assert not app.exception
    assert "earlier reading is kept" in app.error[0].value
    assert app.selectbox(key=option(GOOD, "unit")).value is None
    assert metrics(app)["Teff"][0] == "3400 K"
    assert app.run().error  # as long as the fields are on show
    app.switch_page("pages/latent_space.py").run()
    assert not app.switch_page("pages/spectrum.py").run().error


def test_guesses_are_marked_in_words(visit):
    app = visit()
    because = app.table[0].value.set_index("Item")["Source"]
    assert because["Unit"].startswith("**Guessed:**")
    assert not because["Frame"].startswith("**Guessed")


def test_text_from_a_file_is_shown_as_it_is(visit):
    app = upload(visit(), a_txt=b"fake teff=3400 star=<b>*X*</b>:red[z]$1$")
    shown = texts(app)
    assert "\\<b\\>\\*X\\*\\<\\/b\\>\\:red\\[z\\]\\$1\\$" in shown
    assert "\\<b\\>SPECSYS" in str(app.table[0].value["Source"].tolist()).replace("\\\\", "\\")


def test_the_steps_of_the_preparation_are_drawn_one_at_a_time(visit):
    app = visit()
    app.pills(key="step").set_value("Continuum").run()
    assert "Continuum" in {trace["name"] for trace in figure(app, 1)["data"]}
    app.pills(key="step").set_value("Velocity").run()
    assert figure(app, 1)["layout"]["xaxis"]["title"]["text"] == "Velocity [km/s]"


def test_lines_are_named_by_species(visit):
    app = visit()
    assert {"Mg I 8809.2", "Fe I 8807.0"} <= words(app)
    app.pills(key="lines").set_value(["Fe I"]).run()
    assert "Fe I 8807.0" in words(app) and "Mg I 8809.2" not in words(app)
    app.pills(key="lines").set_value([]).run()
    assert not figure(app)["layout"].get("shapes")
    app.pills(key="lines").set_value(["Telluric H₂O"]).run()
    assert "⊕" not in words(app) and "not as observed" in texts(app)  # barycentric: their place is not known


def words(app) -> set[str]:
    return {annotation["text"] for annotation in figure(app)["layout"].get("annotations", [])}


def written(table) -> list[str]:
    """The first column of a table as it is written, empty where that is left to the browser."""
    words = table.proto.arrow_data.styler.display_values
    return list(convert_arrow_bytes_to_pandas_df(words).iloc[:, 0]) if words else []


def test_the_unit_of_display_changes_figures_and_tables_alone(visit, calls):
    app = visit()
    app.session_state["reconstruction-table"] = True
    app.session_state["preparation-table"] = True
    app.run()
    before, analysed = metrics(app), len(calls)
    x = app.dataframe[0].value.iloc[:, 0]
    assert app.dataframe[0].value.columns[0] == "wavelength [Å]"
    app.segmented_control(key="axis").set_value("nm").run()
    app.segmented_control(key="axis-medium").set_value("air").run()
    layout = figure(app)["layout"]
    assert layout["xaxis2"]["title"]["text"] == "Wavelength in air, star at rest [nm]"
    assert layout["xaxis2"]["range"] == pytest.approx([879.758, 883.257], abs=2e-3)
    assert figure(app, 1)["layout"]["xaxis"]["title"]["text"] == "Wavelength in air, as in the file [nm]"
    twin = app.dataframe[0].value
    assert twin.columns[0] == "wavelength in air [nm]"
    assert twin.iloc[0, 0] == pytest.approx((x[0] - 2.42) / 10, abs=1e-3)
    assert not written(app.dataframe[0])  # nothing negative in it
    app.segmented_control(key="axis").set_value("km/s").run()
    app.selectbox(key="axis-line").set_value("Fe I 8826.6").run()
    layout = figure(app)["layout"]
    assert layout["xaxis2"]["title"]["text"] == "Velocity from Fe I 8826.6 Å, star at rest [km/s]"
    assert layout["xaxis2"]["range"] == [-300, 300]
    assert any(a["text"] == "Fe I 8826.6" and abs(a["x"]) < 1e-6 for a in layout["annotations"])
    assert written(app.dataframe[0])[0].startswith("−") and app.dataframe[0].value.iloc[0, 0] < 0  # sorts as a number
    app.pills(key="step").set_value("Velocity").run()
    assert figure(app, 1)["layout"]["xaxis"]["title"]["text"] == "Velocity [km/s]"  # that of the correlation
    assert written(app.dataframe[1])[0].startswith("−")
    assert metrics(app) == before and len(calls) == analysed


def test_the_fit_and_the_nearest_models_are_drawn_over_the_spectrum(visit):
    app = upload(visit(), a_txt=GOOD, b_txt=OTHER)
    app.multiselect(key="compare").set_value(["fit", "0", "2"]).run()
    assert not app.exception
    names = [trace["name"] for trace in figure(app)["data"]]
    assert "Least-squares fit" in names
    result = visit_of(app).results[sha256(OTHER).hexdigest()]
    nearest = next(name for name in names if name.startswith("Nearest grid point: "))
    assert f"{result.neighbours[0].teff:.0f} K" in nearest
    assert any(name.startswith("3rd nearest grid point: ") for name in names)
    assert "Least-squares fit" in app.get("plotly_chart")[0].proto.alt
    app.selectbox(key="spectrum-choice").set_value(sha256(GOOD).hexdigest()).run()
    assert app.multiselect(key="compare").value == ["fit", "0", "2"]  # those of the other spectrum now
    app.multiselect(key="compare").set_value([]).run()
    assert len(figure(app)["data"]) == len(names) - 3


def test_a_spectrum_without_a_fit_says_why(visit):
    app = upload(visit(), short_txt=GOOD)
    app.multiselect(key="compare").set_value(["fit"]).run()
    assert "too few usable pixels" in app.info[0].value
    assert "Least-squares fit" not in [trace["name"] for trace in figure(app)["data"]]


@pytest.mark.parametrize(
    ("key", "value"),
    [("option-instrument", "HPF"), ("option-order", 48), ("option-frame", "rest"), ("option-unit", "nm")],
)
def test_what_a_file_does_not_say_can_be_stated(visit, calls, key, value):
    app = upload(visit(), a_txt=GOOD)
    calls.clear()
    digest = sha256(GOOD).hexdigest()
    read = app.selectbox(key=f"{key}-{digest}").proto.placeholder.removeprefix("as read: ")
    assert read in app.selectbox(key=f"{key}-{digest}").options or key in ("option-instrument", "option-order")
    app.selectbox(key=f"{key}-{digest}").set_value(value).run()
    assert calls == ["a.txt"]
    assert getattr(visit_of(app).uploads[digest].options, key.removeprefix("option-")) == value


def test_another_example_takes_the_place_of_the_first(visit):
    app = visit()
    app.selectbox(key="example-choice").set_value("second.txt").run()
    assert metrics(app)["Teff"][0] == "3600 K"
    assert len(visit_of(app).results) == 1


def test_a_removed_spectrum_gives_way_to_the_example(visit):
    app = upload(visit(), a_txt=GOOD)
    app.button(key=f"remove-{sha256(GOOD).hexdigest()}").click().run()
    assert metrics(app)["Teff"][0] == "3300 K"
    assert list(visit_of(app).uploads) == [sha256(EXAMPLE).hexdigest()]


def test_without_examples_the_page_asks_for_a_spectrum(visit, monkeypatch, tmp_path):
    monkeypatch.setattr(examples, "EXAMPLES", tmp_path / "absent")
    app = visit()
    assert not app.exception
    assert "Upload a spectrum" in app.info[0].value
    assert metrics(upload(app, a_txt=GOOD))["Teff"][0] == "3400 K"


def test_too_much_is_refused_with_a_remedy(visit, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "visit_bytes", replace(limits.LIMITS["visit_bytes"], most=80))
    app = upload(visit(), a_txt=GOOD, b_txt=OTHER + b" " * 80)
    assert "remove a spectrum first" in app.error[0].value
    assert metrics(app)["Teff"][0] == "3400 K"


def test_large_uploads_wait_in_files_that_go_with_them(visit):
    data = GOOD + b" " * 100_000
    app = upload(visit(), large_txt=data, small_txt=GOOD)
    kept = {upload_.name: upload_ for upload_ in visit_of(app).uploads.values()}
    path = kept["large.txt"].content
    assert path.read_bytes() == kept["large.txt"].data == data and kept["large.txt"].size == len(data)
    assert kept["small.txt"].content == GOOD
    digest = next(d for d, u in visit_of(app).uploads.items() if u.name == "large.txt")
    session_folder = path.parent
    change(app, selected=digest)
    app.run()
    app.button(key=f"remove-{digest}").click().run()
    assert not path.exists() and session_folder.is_dir()


def test_what_a_value_owes_to_the_data(visit, monkeypatch):
    card = {"parameters": {"teff": {"range": [3000.0, 3420.0]}, "vsini": {"range": [1.5, 30.0]}},
            "prior": {"mean_mh": -0.08, "spread_mh": 0.22, "logg_scatter": 0.07}}  # fmt: skip
    monkeypatch.setattr(fakes.bundle(), "card", card)
    shown = texts(upload(visit(), a_txt=b"fake teff=3400 star=GJ_1"))
    # 1 - (37 / (420 / sqrt 12))^2; log g is known by the main sequence too
    assert "From the data **91 %** · interval reaches the end of the models, 3420" in shown
    assert shown.count("From the data **") == 4 and ", from the prior " in shown
    shown = texts(upload(visit(), a_txt=b"fake teff=3400 star=GJ_1 flags=upper_limit_vsini"))
    assert shown.count("From the data **") == 3


def test_another_spectrum_is_drawn_over(visit):
    app = upload(visit(), a_txt=b"fake teff=3300 star=GJ_273", b_txt=b"fake teff=3600 star=GJ_1")
    first, _ = visit_of(app).results
    before = len(figure(app)["data"])
    app.multiselect(key="compare").set_value([first]).run()
    assert not app.exception
    names = [trace.get("name") for trace in figure(app)["data"]]
    assert len(names) == before + 1 and "Your GJ 273" in names
    app.selectbox(key="spectrum-choice").set_value(first).run()  # it is not drawn over itself
    assert not app.exception and len(figure(app)["data"]) == before
    app.multiselect(key="files-to-remove").set_value([first]).run()
    app.button(key="remove-chosen").click().run()
    assert not app.exception


def test_a_range_is_measured(visit):
    app = visit()
    app.toggle(key="measure").set_value(True).run()
    assert figure(app)["layout"]["dragmode"] == "select"
    low, high = app.number_input(key="range-from"), app.number_input(key="range-to")
    assert (low.value, high.value) == (8815.5, 8819.5)  # about the middle of the window
    app.number_input(key="range-from").set_value(8808.0).run()
    app.number_input(key="range-to").set_value(8810.5).run()
    assert not app.exception
    result = visit_of(app).shown
    found = range_statistics(result, 8808.0, 8810.5)
    shown = texts(app)
    assert f"Mean flux **{found.mean:.3f}**" in shown and f"{found.equivalent_width:.4f} ± " in shown
    app.segmented_control(key="axis").set_value("nm").run()
    assert app.number_input(key="range-from").value == 880.8


def test_a_dragged_range_is_taken(monkeypatch):
    kept = []
    boxes = [{"xref": "x", "yref": "y", "x": [8812.0, 8808.0], "y": [0.2, 1.0]}]
    state = {"reconstruction": SimpleNamespace(selection=SimpleNamespace(box=boxes))}
    monkeypatch.setattr(measured_range.st, "session_state", state)
    monkeypatch.setattr(measured_range.visit, "keep", kept.append)
    measured_range.take("reconstruction", fakes.make_result(), ANGSTROM)
    assert kept == [measured_range.MeasuredRange((8808.0, 8812.0))]
    state["reconstruction"].selection.box = []
    measured_range.take("reconstruction", fakes.make_result(), ANGSTROM)
    assert len(kept) == 1


def test_the_extension_of_a_refused_file_can_be_stated(visit, calls):
    bad = b"words"
    app = upload(visit(), a_txt=bad)
    calls.clear()
    app.text_input(key=option(bad, "extension")).set_value("SCI").run()
    assert calls == ["a.txt"] and "The earlier reading is kept" in str([each.value for each in app.error])


def test_what_was_understood_can_be_folded(visit):
    app = upload(visit(), a_txt=GOOD)
    assert "Item" in app.table[0].value.columns  # unfolded, as something was guessed
    app.session_state[f"reading-{sha256(GOOD).hexdigest()}"] = False
    app.run()
    assert not app.exception and not app.table


def test_a_velocity_has_its_error_and_its_frame(visit):
    """Where the frame is unknown it is the frame that is said to be, not the velocity."""
    app = upload(visit(), a_txt=GOOD)
    ((digest, result),) = visit_of(app).results.items()
    prepared = replace(result.prepared, rv=5.5234, rv_error=0.031, rv_frame="unknown")
    change(app, results={digest: replace(result, prepared=prepared)})
    app.run()
    assert "Radial velocity **5.523 ± 0.031 km/s** (frame unknown)" in texts(app)


@pytest.mark.parametrize(
    ("flags", "words"),
    [("", "(barycentric)"), ("medium_guessed", "(barycentric; air or vacuum guessed)"),
     ("medium_guessed,frame_guessed", "(barycentric; air or vacuum and frame guessed)")],
)  # fmt: skip
def test_what_a_velocity_hangs_on_is_told_beside_it(visit, flags, words):
    app = upload(visit(), a_txt=f"fake teff=3400 flags={flags}".encode())
    assert next(text.value for text in app.markdown if text.value.startswith("Radial velocity")).endswith(words)


def test_an_unknown_frame_is_called_unknown():
    assert reading._value(Finding("frame", "unknown", "guessed", "")) == "unknown"
    assert reading._value(Finding("frame", "observatory", "file", "")) == "topocentric"


def test_a_long_table_has_the_same_decimals_in_all_rows():
    assert {
        name: column["type_config"]["format"] for name, column in tables.fixed({"flux": 4, "node": -1}).items()
    } == {
        "flux": "%.4f",
        "node": "%.0f",
    }

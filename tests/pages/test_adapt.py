"""Every state of the page Adapt, with a made-up transfer: choice, work, outcome, networks of the visit."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from dtl.bundle.zip_file import pack
from dtl.evaluation.comparison import AdaptationComparison, View
from dtl.spectrum import UnusableInput
from dtl.transfer.fine_tuning import TransferSettings
from pages.shared.adapt import sample_size, work
from pages.shared.adapt.job import Job
from tests import fakes
from tests.conftest import PATIENCE
from tests.evaluation.test_sample_size import sizes
from tests.pages.conftest import figure, texts, upload, uploader, visit_of
from tests.training import toys

PAGE = "pages/adapt.py"
HISTORY = [{"round": 1, "loss": 0.21, "held_out_rms": 0.015}, {"round": 2, "loss": 0.17, "held_out_rms": 0.014}]


def comparison(names: tuple[str, ...], *, truth: bool) -> AdaptationComparison:
    """Stars whose Teff comes 100 K nearer to the truth, and whose gap falls to a tenth."""
    true = np.tile([3300.0, 4.9, 0.0, 2.0], (len(names), 1))
    off = {"models_alone": 120.0, "before": 110.0, "after": 10.0}
    views = {
        state: View(
            true + np.array([by, 0.1, -0.1, 0.5]), np.full(len(names), by / 1000), np.full(len(names), by / 100)
        )
        for state, by in off.items()
    }
    errors = {
        state: {name: {"rmse": by if name == "teff" else 0.1, "bias": by} for name in ("teff", "logg", "mh", "vsini")}
        for state, by in off.items()
    }
    return AdaptationComparison(names, views, true if truth else None, errors if truth else None)


@pytest.fixture
def page(visit, monkeypatch):
    """The page, and the works that were begun on it: each a `Job` that ends when its ``go`` is set."""
    begun = SimpleNamespace(
        plans=[], jobs=[], go=threading.Event(), reported=threading.Event(), error=None, moved=-12.0, anchors=None
    )

    def start(plan: work.Plan) -> Job:
        def run(reporter):
            reporter.progress(0.4, "Learning, round 1")
            reporter.watch(HISTORY[0])
            begun.reported.set()
            while not begun.go.wait(0.001):
                reporter.progress(0.5, "Learning, round 2")
            if begun.error:
                raise begun.error
            names = tuple(r.prepared.spectrum.star for r in plan.spectra.values()) or tuple(
                f"s{i}" for i in range(plan.stars)
            )
            bundle = replace(toys.toy_bundle(), card=toys.toy_bundle().card | card(plan))
            return work.Adapted(plan, bundle, comparison(names, truth=not plan.spectra))

        begun.plans.append(plan)
        begun.jobs.append(Job(run, "The adaptation"))
        assert begun.reported.wait(PATIENCE)
        return begun.jobs[-1]

    def card(plan: work.Plan) -> dict:
        entry = {"history": HISTORY, "mean_change": {"teff": begun.moved}, "spectra": 4, "from": "made-up 0.1"}
        entry |= {
            "verdict": {"word": "better", "sentence": "Better: smaller errors in Teff."},
            "left_out": ["a.txt is flagged rv_uncertain; it was left out."],
        }
        entry |= {"anchors": begun.anchors} if begun.anchors else {}
        return {
            "name": plan.name,
            "version": "0.1",
            "limits": ["Adapted to 4 *spectra*.", "Said of old: x"],
            "adapted": entry,
        }

    monkeypatch.setattr(work, "start", start)
    monkeypatch.setattr(sample_size, "read_sample_sizes", lambda: sizes(90, 55, 50))
    for name in ("target_encoder", "autoencoder"):
        monkeypatch.setattr(fakes.bundle(), name, getattr(toys.toy_bundle(), name), raising=False)
    begun.open = lambda theme="light": visit(PAGE, theme)
    begun.visit = visit
    yield begun
    begun.go.set()
    for job in begun.jobs:
        assert job.wait(PATIENCE)


def finish(page, app):
    page.go.set()
    assert page.jobs[-1].wait(PATIENCE)
    return app.run()


def with_spectra(page, count: int):
    """The page after so many files were uploaded on the first one."""
    app = page.visit()
    upload(app, **{f"star{i}_txt": f"fake teff={3200 + 10 * i} star=GJ_{i}".encode() for i in range(count)})
    return app.switch_page(PAGE).run()


def test_a_worked_example_stands_ready(page):
    app = page.open()
    assert not app.exception and not app.error
    assert app.segmented_control(key="adapt-source").value == "survey"
    assert app.slider(key="adapt-stars").value == 60
    assert app.button(key="adapt-start").label == "Simulate and adapt" and not app.button(key="adapt-start").disabled
    assert not app.warning
    words = texts(app).replace("\\", "")
    assert "after an adaptation to 16 stars: Teff 50 K (models alone 60 K, as shipped 30 K)" in words
    assert "does not reliably beat the networks as shipped in Teff, log g, [M/H] and v sin i" in words


def test_what_is_not_known_of_the_sample_is_not_used(page):
    app = page.open()
    app.toggle(key="adapt-mh-known").set_value(False).run()
    app.toggle(key="adapt-sequence").set_value(False).run()
    assert "adapt-mean-mh" not in [field.key for field in app.number_input]
    app.button(key="adapt-start").click().run()
    (plan,) = page.plans
    population = plan.settings.population
    assert population.mean_mh is None and not population.main_sequence
    finish(page, app)


def test_too_few_spectra_are_refused_with_the_reason(page):
    app = with_spectra(page, 3)
    app.segmented_control(key="adapt-source").set_value("own").run()
    assert "3 spectra of 3 stars: at least 10 stars are needed" in app.info[0].value
    assert app.button(key="adapt-start").disabled and not page.plans


def test_fewer_than_was_measured_to_help_is_said(page, monkeypatch):
    monkeypatch.setattr(sample_size, "read_sample_sizes", lambda: sizes(90, 80, 55, counts=(8, 10, 16)))
    app = with_spectra(page, 11)
    assert app.segmented_control(key="adapt-source").value == "own"
    assert "11 stars: too few to help" in app.warning[0].value and "in Teff from 16 stars on" in app.warning[0].value
    assert not app.button(key="adapt-start").disabled
    assert "9 stars to learn from" in app.info[0].value and "fewer than the 20" in app.info[0].value
    unused = [toggle for toggle in app.toggle if toggle.key in ("adapt-mh-unused", "adapt-slow-unused")]
    assert len(unused) == 2 and all(toggle.disabled and not toggle.value for toggle in unused)
    assert "adapt-mean-mh" not in [field.key for field in app.number_input]
    assert "Not used: 9 stars to learn from" in texts(app)
    app.multiselect(key="adapt-left-out").set_value([next(iter(visit_of(app).results))]).run()
    assert "10 spectra of 10 stars: 8 stars to learn from, 2 that only judge when to stop." in texts(app)
    assert "spectra that differ by no more than their noise count as one star" in texts(app)


def test_what_would_be_left_out_is_said_before_the_work(page):
    app = page.visit()
    flags = {3: " flags=rv_uncertain", 7: " flags=resolution_too_low"}
    upload(app, **{f"s{i}_txt": f"fake teff={3200 + 10 * i} star=GJ_{i}{flags.get(i, '')}".encode() for i in range(11)})
    app.switch_page(PAGE).run()
    app.segmented_control(key="adapt-source").set_value("own").run()
    words = texts(app).replace("\\", "")
    assert "11 spectra of 11 stars, 9 of them usable." in words and "Not learned from: 2 spectra." in words
    assert "s3.txt is flagged radial velocity uncertain; it was left out." in words
    assert "11 spectra of 9 usable stars: at least 10 stars" in app.info[0].value
    assert app.button(key="adapt-start").disabled


def test_spectra_of_one_star_count_once(page):
    app = page.visit()
    upload(app, **{f"n{i}_txt": f"fake teff={3200 + i} star=GJ_1".encode() for i in range(9)})
    app.switch_page(PAGE).run()
    app.segmented_control(key="adapt-source").set_value("own").run()
    assert "9 spectra of 1 star." in texts(app)
    assert "9 spectra of 1 star: at least 10 stars" in app.info[0].value and app.button(key="adapt-start").disabled


def test_spectra_of_one_name_may_be_said_to_be_of_distinct_stars(page):
    app = page.visit()
    upload(app, **{f"n{i}_txt": f"fake teff={3200 + i} star=TARGET".encode() for i in range(12)})
    app.switch_page(PAGE).run()
    app.segmented_control(key="adapt-source").set_value("own").run()
    assert "12 spectra of 1 star" in app.info[0].value
    app.checkbox(key="adapt-distinct").check().run()
    assert "12 spectra of 12 stars: 10 stars to learn from, 2 that only judge" in texts(app)
    assert "by no more than their noise" not in texts(app)
    assert not app.button(key="adapt-start").disabled


def test_what_was_measured_is_a_figure_and_a_table(page):
    app = page.open()
    app.session_state["adapt-measured"] = True
    app.run()
    assert not app.exception
    assert "rmse of Teff" in figure(app)["layout"]["yaxis"]["title"]["text"]
    assert "in Teff from 8, log g from 4, [M/H] from 4 and v sin i from 4 stars on" in texts(app)
    assert "your number of stars, 60, which was not tried: it stands at the nearest that was" in texts(app)
    (measured,) = [t.value for t in app.table if "Adapted to" in t.value.columns]
    assert list(measured["Teff"]) == ["90 K", "55 K", "50 K", "60 K", "30 K"]


def test_settings_reach_the_work(page):
    app = page.open()
    app.slider(key="adapt-stars").set_value(32)
    app.number_input(key="adapt-mean-mh").set_value(-0.2)
    app.toggle(key="adapt-slow").set_value(False)
    app.slider(key="adapt-rounds").set_value(4)
    app.number_input(key="adapt-seed").set_value(7).run()
    app.button(key="adapt-start").click().run()
    (plan,) = page.plans
    assert (plan.stars, plan.seed, plan.settings.rounds) == (32, 7, 4)
    assert plan.settings.epochs == TransferSettings().epochs
    assert plan.settings.population.mean_mh == pytest.approx(-0.2) and plan.settings.population.slow is None
    assert plan.settings.population.main_sequence and plan.name == "made-up-adapted" and not plan.spectra


def test_the_work_is_shown_survives_a_page_change_and_ends(page):
    app = page.open()
    app.button(key="adapt-start").click().run()
    assert not app.exception
    assert "adapt-start" not in [button.key for button in app.button]  # one work a visit
    assert [trace["name"] for trace in figure(app)["data"]] == ["Loss", "Residual rms"]
    assert figure(app)["data"][0]["y"] == [100.0]
    app.switch_page("pages/hr_diagram.py").run()
    app.switch_page(PAGE).run()
    assert app.button(key="adapt-cancel")
    finish(page, app)
    assert not app.exception
    assert app.header[0].value == "What it changed" and len(page.plans) == 1
    metrics = {m.label: (m.value, m.delta) for m in app.metric}
    assert metrics["Residual rms of the spectrum [%]"] == ("1.00", "11.0 before, 12.0 with models alone")
    assert metrics["Distance in latent space"] == ("0.100", "1.10 before, 1.20 with models alone")
    (errors,) = [t.value for t in app.table if "Models alone" in t.value.columns]
    assert list(errors.iloc[0]) == ["Teff", "120 K (+120)", "110 K (+110)", "10 K (+10)"]
    words = texts(app)
    assert "Against networks for models alone errors are smaller in Teff" in words
    assert "Adapted to 4 \\*spectra\\*\\." in words and "Said of" not in words
    charts = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    assert len(charts) == 3
    assert {trace.get("name") for trace in charts[2]["data"]} == {None, "Before", "Adapted", "True value"}


def test_the_next_in_the_queue_has_place_one(page, monkeypatch):
    app = page.open()
    app.button(key="adapt-start").click().run()
    monkeypatch.setattr(Job, "state", "waiting")  # its turn has come, and it has not begun
    app.run()
    (bar,) = app.get("progress")
    assert page.jobs[0].ahead == 0 and bar.proto.text.startswith("Place 1 in the queue")


def test_it_can_be_cancelled(page):
    app = page.open()
    app.button(key="adapt-start").click().run()
    app.button(key="adapt-cancel").click().run()
    assert page.jobs[0].wait(PATIENCE)  # go was never set
    assert page.jobs[0].state == "cancelled"
    app.run()
    assert not app.exception and "was cancelled" in app.info[-1].value
    assert app.button(key="adapt-start") and not app.header


def test_an_error_is_one_sentence_and_loses_nothing(page):
    page.error = UnusableInput("A mean *[M/H]* lies outside; give one inside.")
    app = page.open()
    app.button(key="adapt-start").click().run()
    finish(page, app)
    assert not app.exception
    assert app.error[0].value.replace("\\", "") == "A mean *[M/H]* lies outside; give one inside."
    assert app.button(key="adapt-start") and len(visit_of(app).results) == 1


def test_a_long_error_is_told_to_its_end(page):
    page.error = UnusableInput(f"Distinct stars: 3, too few ({'one is left out, ' * 40}); give ten.")
    app = page.open()
    app.button(key="adapt-start").click().run()
    finish(page, app)
    assert app.error[0].value.endswith("give ten\\.")


def test_kept_used_and_forgotten(page):
    app = with_spectra(page, 10)
    app.button(key="adapt-start").click().run()
    assert len(page.plans[0].spectra) == 10
    finish(page, app)
    assert "In the mean they moved by: Teff −12 K" in texts(app)
    app.button(key="adapt-reanalyse").click().run()
    assert not app.exception and not app.error
    (name,) = visit_of(app).own_bundles
    assert re.fullmatch("made-up-adapted-[0-9a-f]{6}", name)  # marked by its weights
    assert app.button(key="adapt-keep").disabled
    uploads = visit_of(app).uploads.values()
    assert {u.bundle for u in uploads} == {name}
    app.switch_page("pages/spectrum.py").run()
    assert not app.exception
    (models,) = [s for s in app.selectbox if s.label == "Models"]
    assert models.value == name and any(option.startswith(name) for option in models.options)
    assert f"download {name} on Adapt, and unpack it in a folder {name}" in texts(app).replace("\\", "")


def test_the_verdict_comes_first_and_says_what_was_left_out(page):
    app = page.open()
    app.button(key="adapt-start").click().run()
    finish(page, app)
    assert app.success[0].value.replace("\\", "") == "Better: smaller errors in Teff."
    assert [box.label for box in app.expander if "Left out" in box.label] == ["Left out or put together: 1"]
    assert not any(box.key.startswith("adapt-consent") for box in app.checkbox)
    assert not app.button(key="adapt-keep").disabled


def test_networks_that_move_the_sample_need_a_yes(page):
    page.moved = -132.0
    app = page.open()
    app.button(key="adapt-start").click().run()
    finish(page, app)
    assert "mean Teff by −132 K (limit 40)" in app.warning[0].value.replace("\\", "")
    assert app.button(key="adapt-keep").disabled
    app.checkbox(key="adapt-consent-1").check().run()
    app.button(key="adapt-keep").click().run()
    assert len(visit_of(app).own_bundles) == 1


def test_a_yes_to_networks_is_none_to_the_next(page):
    page.moved = -132.0
    app = page.open()
    for _ in range(2):
        app.button(key="adapt-start").click().run()
        finish(page, app)
        (consent,) = (box for box in app.checkbox if box.key.startswith("adapt-consent"))
        assert not consent.value and app.button(key="adapt-keep").disabled
        consent.check().run()
        assert not app.button(key="adapt-keep").disabled


def test_names_are_never_given_twice(page):
    app = page.open()
    app.button(key="adapt-start").click().run()
    finish(page, app)
    app.button(key="adapt-keep").click().run()
    (name,) = visit_of(app).own_bundles
    app.button(key=f"forget-{name}").click().run()
    assert not visit_of(app).own_bundles
    app.button(key="adapt-keep").click().run()
    assert list(visit_of(app).own_bundles) == [f"{name}-2"]
    assert visit_of(app).own_bundles[f"{name}-2"].card["name"] == f"{name}-2"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes(page, theme):
    app = page.open(theme)
    app.button(key="adapt-start").click().run()
    finish(page, app)
    assert not app.exception
    assert figure(app)["layout"]["font"]["color"] == {"light": "#0b0f14", "dark": "#e4e8ec"}[theme]


def test_networks_from_a_file(page):
    app = page.open()
    toy = toys.toy_bundle()
    data = pack(replace(toy, card=toy.card | {"name": "made-up"}))  # the name of one of the program
    uploader(app, "load-networks").upload("mine.zip", data, "application/zip").run()
    assert not app.exception and not app.error
    (name,) = visit_of(app).own_bundles
    assert re.fullmatch("made-up-[0-9a-f]{6}", name) and name in app.success[0].value.replace("\\", "")
    uploader(app, "load-networks").upload("bad.zip", b"nothing", "application/zip").run()
    assert not app.exception
    assert "bad.zip is not a zip file" in app.error[0].value.replace("\\", "")
    assert list(visit_of(app).own_bundles) == [name]
    for _ in range(2):
        uploader(app, "load-networks").upload("mine.zip", data, "application/zip").run()
    uploader(app, "load-networks").upload("mine.zip", data, "application/zip").run()
    assert "keeps 3 sets of networks; forget one first" in app.error[0].value and len(visit_of(app).own_bundles) == 3


ANCHORS = {
    "stars": [],
    "shift": {"teff": -31.0, "mh": 0.08},
    "error": {"teff": 13.0, "mh": 0.03},
    "left_out": {
        "before": {
            "teff": {"stars": 12, "mean": -33.0, "rms": 71.0},
            "mh": {"stars": 11, "mean": 0.09, "rms": 0.15},
        },
        "after": {"teff": {"stars": 12, "mean": -2.0, "rms": 63.0}, "mh": {"stars": 11, "mean": 0.01, "rms": 0.11}},
    },
}


def test_anchors_are_an_option_where_published_stars_are_among_them(page):
    app = page.visit()
    names = ("GJ_699", "GJ_273", "GJ_436", "GJ_15A", *(f"HD_{i}" for i in range(8)))
    upload(app, **{f"star{i}_txt": f"fake teff={3200 + 10 * i} star={n}".encode() for i, n in enumerate(names)})
    app = app.switch_page(PAGE).run()
    toggle = app.toggle(key="adapt-anchors")
    assert not toggle.value
    toggle.set_value(True).run()
    assert app.selectbox(key="adapt-scale").options == [
        "Mann+15: 4 stars", "Interferometry and FGK+M binaries: 3 stars", "Marfil+21: 4 stars", "Passegger+19: 4 stars",
    ]  # fmt: skip
    app.selectbox(key="adapt-scale").set_value("marfil21").run()
    page.anchors = ANCHORS
    app.button(key="adapt-start").click().run()
    assert page.plans[0].scale == "marfil21"
    finish(page, app)
    (told,) = [t.value for t in app.table if t.value.columns[0] == "Known minus found"]
    rows = [tuple(row) for row in told.itertuples(index=False)]
    assert rows[0] == ("Teff, mean (rms)", "12", "−33 (71 K)", "−2 (63 K)")
    assert rows[1][2].startswith("+0.09") and len(rows) == 2


def test_scales_with_too_few_stars_are_not_offered(page):
    app = page.visit()
    names = ("GJ_699", "GJ_273", "GJ_436", *(f"HD_{i}" for i in range(8)))
    upload(app, **{f"star{i}_txt": f"fake teff={3200 + 10 * i} star={n}".encode() for i, n in enumerate(names)})
    app = app.switch_page(PAGE).run()
    app.toggle(key="adapt-anchors").set_value(True).run()
    offered = app.selectbox(key="adapt-scale")
    assert offered.options == ["Mann+15: 3 stars", "Marfil+21: 3 stars", "Passegger+19: 3 stars"]
    offered.set_value("passegger19").run()
    app.multiselect(key="adapt-left-out").set_value([next(iter(visit_of(app).results))]).run()
    assert not app.exception and "adapt-anchors" not in [toggle.key for toggle in app.toggle]


def test_a_scale_that_has_too_few_stars_now_is_chosen_no_more(page):
    app = page.visit()
    names = ("GJ_699", "GJ_273", "GJ_436", "GJ_15A", *(f"HD_{i}" for i in range(8)))
    upload(app, **{f"star{i}_txt": f"fake teff={3200 + 10 * i} star={n}".encode() for i, n in enumerate(names)})
    app = app.switch_page(PAGE).run()
    app.toggle(key="adapt-anchors").set_value(True).run()
    app.selectbox(key="adapt-scale").set_value("interferometry").run()
    app.multiselect(key="adapt-left-out").set_value([next(iter(visit_of(app).results))]).run()
    assert not app.exception
    app.button(key="adapt-start").click().run()
    assert page.plans[0].scale == "mann15"


def test_no_anchors_without_published_stars(page):
    app = with_spectra(page, 11)
    assert "adapt-anchors" not in [toggle.key for toggle in app.toggle]


def test_what_is_said_of_own_spectra_goes_into_the_plan(page):
    app = with_spectra(page, 10)
    app.checkbox(key="adapt-distinct").check().run()
    app.slider(key="adapt-epochs").set_value(2).run()
    app.button(key="adapt-start").click().run()
    assert page.plans[0].distinct and page.plans[0].settings.epochs == 2


def test_the_networks_of_a_simulated_survey_are_chosen(page, monkeypatch):
    monkeypatch.setattr("dtl.bundle.shipped.shipped_resolutions", lambda: {"made-up": 50000.0, "common": 60000.0})
    app = page.open()
    assert app.selectbox(key="adapt-survey-networks").value == "common"
    app.selectbox(key="adapt-survey-networks").set_value("made-up").run()
    app.button(key="adapt-start").click().run()
    assert page.plans[0].name.startswith("made-up-adapted")


def test_the_measured_number_of_stars_for_each_parameter(page):
    app = page.open()
    app.session_state["adapt-measured"] = True
    app.run()
    before = figure(app)
    app.segmented_control(key="adapt-measured-parameter").set_value("mh").run()
    assert not app.exception and figure(app) != before and "[M/H]" in figure(app)["layout"]["yaxis"]["title"]["text"]


def test_each_star_before_and_after(page):
    app = page.open()
    app.button(key="adapt-start").click().run()
    finish(page, app)
    app.segmented_control(key="adapt-parameter").set_value("mh").run()
    titles = [json.loads(chart.proto.spec)["layout"]["yaxis"]["title"]["text"] for chart in app.get("plotly_chart")]
    assert not app.exception and any("[M/H]" in title for title in titles)
    for key in ("adapt-stars-table", "adapt-course"):
        app.session_state[key] = True
    app.run()
    assert not app.exception
    stars, course = app.dataframe[0].value, app.dataframe[1].value
    assert len(stars) == 60 and (stars["teff_before"] - stars["teff_after"]).round(6).eq(100.0).all()
    assert list(course["loss"]) == [entry["loss"] for entry in HISTORY]


def test_own_networks_are_used_and_left_again(page, monkeypatch):
    app = with_spectra(page, 10)
    app.button(key="adapt-start").click().run()
    finish(page, app)
    app.button(key="adapt-keep").click().run()
    (name,) = visit_of(app).own_bundles
    assert app.button(key=f"back-{name}").disabled
    app.button(key=f"use-{name}").click().run()
    assert not app.exception and {u.bundle for u in visit_of(app).uploads.values()} == {name}
    # made-up results name one bundle alone
    monkeypatch.setattr("pages.shared.core.bundles.digests", lambda n: list(visit_of(app).uploads) if n == name else [])
    app.run()
    assert app.button(key=f"forget-{name}").disabled
    app.button(key=f"back-{name}").click().run()
    assert {u.bundle for u in visit_of(app).uploads.values()} == {None}

"""Every state of the model page: a full card, one that lacks things, an empty one, several."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from dtl.bundle.calibration import SCORES
from dtl.evaluation.ablation import VARIANTS
from dtl.evaluation.contaminants import KINDS
from dtl.flags import FLAGS
from dtl.spectrum import UnusableInput
from pages.shared.model import credibility, transfer_gain
from tests import fakes
from tests.cards import full_card, without
from tests.pages.conftest import change, figure, open_alone, texts

PAGE = Path(__file__).resolve().parents[2] / "pages" / "model.py"
FIGURES = 1 + 4 + 1 + 1 + 4


@pytest.fixture
def with_cards(calls, monkeypatch):
    """A function that opens the page alone with these cards, each named by its name, and all of its tabs."""
    monkeypatch.setattr(
        "streamlit.elements.lib.mutable_tab_container.TabContainer.open", property(lambda _: True, lambda *_: None)
    )

    def open_page(*cards: dict, theme: str = "light") -> AppTest:
        known = {card.get("name", f"card-{i}"): card for i, card in enumerate(cards)}
        monkeypatch.setattr("dtl.bundle.shipped.read_card", known.__getitem__)
        monkeypatch.setattr("dtl.bundle.shipped.shipped_bundles", lambda: sorted(known))
        return open_alone(PAGE, theme=theme, results={"digest": fakes.make_result()}, selected="digest")

    return open_page


def table(app, first: str) -> dict[str, tuple[str, ...]]:
    """The table whose first column has this title, row by row."""
    (found,) = [t.value for t in app.table if t.value.columns[0] == first]
    return {row[0]: tuple(row[1:]) for row in found.itertuples(index=False)}


def test_every_section_of_a_full_card(with_cards):
    app = with_cards(full_card())
    assert not app.exception and not app.error
    assert len(app.get("plotly_chart")) == FIGURES
    assert "has no figures" not in texts(app)
    assert [tab.label for tab in app.tabs] == ["Summary", "Validation", "Real stars", "Training"]
    assert all(tab.header for tab in app.tabs)
    assert not app.selectbox  # a single bundle leaves no choice


def test_a_tab_is_drawn_once_it_is_opened(calls):
    app = open_alone(PAGE)
    assert [bool(tab.header) for tab in app.tabs] == [True, False, False, False]
    app.session_state["model-tab"] = "Validation"
    assert [bool(tab.header) for tab in app.run().tabs] == [False, True, False, False]


def test_a_link_opens_its_tab_which_is_kept_and_saved(calls):
    app = open_alone(PAGE, query={"model-tab": "Training"})
    assert [bool(tab.header) for tab in app.tabs] == [False, False, False, True]
    del app.session_state["model-tab"]  # as where the page was left, which empties the address too
    app.query_params.clear()
    app.run()
    assert [bool(tab.header) for tab in app.tabs] == [False, False, False, True]
    assert app.query_params["model-tab"] in ("Training", ["Training"])
    assert open_alone(PAGE, query={"model-tab": "None"}).tabs[0].header


@pytest.mark.parametrize("card", [{}, {"metrics": {}}, {"name": "old", "metrics": None, "trust": {}, "parameters": {}}])
def test_an_empty_card_is_sentences(with_cards, card):
    app = with_cards(card)
    assert not app.exception and not app.error
    assert not app.get("plotly_chart") and not app.metric
    lacking = re.findall(r"The card of these networks has no figures on (.+)\.", texts(app))
    for what in ("test spectra", "ways of transfer", "simulated surveys", "the gap", "its intervals", "real stars"):
        assert what in lacking
    assert len(app.header) == 8
    assert FLAGS.keys() == {flag.strip("`") for flag in table(app, "Flag")}


@pytest.mark.parametrize(
    "keys",
    [(key,) for key in full_card()]
    + [("metrics", key) for key in full_card()["metrics"]]
    + [("metrics", "survey", "before"), ("metrics", "trust", "spectra_of_each_kind"), ("trust", "false_alarms")]
    + [("metrics", "ablation", "none"), ("metrics", "ablation", "ours", "teff"), ("metrics", "coverage_1_sigma", "50")],
    ids=".".join,
)
def test_anything_may_be_missing(with_cards, keys):
    app = with_cards(without(full_card(), *keys))
    assert not app.exception and not app.error
    assert len(app.header) == 8


def test_limits_stand_under_the_networks_that_they_are_said_of(with_cards):
    own, old = "Adapted to 10 spectra.", ["Teff 3000-4300 K: more is not validated.", "No giants."]
    app = with_cards(full_card() | {"limits": [own, *(f"Said of old 2.0: {limit}" for limit in old)]})
    lists = [element.value for element in app.markdown]
    at = next(i for i, words in enumerate(lists) if words.startswith("Said of old 2"))
    assert lists[at + 1].count("\n") == 1 and "No giants" in lists[at + 1] and "Said of" not in lists[at + 1]
    assert lists[at - 2] == "Of these networks their card says:" and "Adapted to 10" in lists[at - 1]


def test_kinds_of_gaps_that_were_left_out(with_cards):
    """A row for each kind: what it is, error and part within the interval, part flagged; and once adapted to it."""
    app = with_cards(full_card())
    for first, expected in (("Kind left out", "44 K, 70 %"), ("Kind adapted to", "140 K, 80 %")):
        rows = table(app, first)
        assert list(rows) == ["gap of GJ 699 alone, at any Teff", "atoms' lines 12 % weaker, molecules' stronger"]
        for cells in rows.values():
            assert cells[0].replace("\\", "") == expected and cells[-1] == "4 %"
    (card := full_card())["metrics"]["unseen_gaps"] |= {"**bold**": {}}
    assert r"\*\*bold\*\*" in table(with_cards(card), "Kind left out")
    del (card := full_card())["metrics"]["adapted_gaps"]
    app = with_cards(card)
    assert not app.exception and "Kind adapted to" not in [t.value.columns[0] for t in app.table]


def test_a_search_that_chose_others_is_told(with_cards):
    found, card = {"candidate": 1, "hidden": [512, 256], "score": -4.2, "kept": True}, full_card()
    told = "The best candidate has layers of 512-256 neurons"
    for hidden, expected in (([320, 128], True), ([512, 256], False)):
        app = with_cards(
            card | {"architecture": card["architecture"] | {"hidden": hidden}, "search": {"rows": [found]}}
        )
        assert not app.exception and (told in texts(app)) == expected
    app = with_cards(card | {"search": {"rows": [{"candidate": 1, "score": None, "kept": False}]}})
    assert not app.exception and "best candidate" not in texts(app)


def test_what_it_is_for_and_what_a_result_does_not_mean(with_cards):
    app = with_cards(full_card())
    facts = table(app, "About")
    assert facts["Name and version"] == ("made\\-up 0\\.1",)
    assert facts["Teff"] == ("3000 to 4300 K",) and facts["\\[M\\/H\\]" if "\\[M\\/H\\]" in facts else "[M/H]"]
    assert facts["v sin i"] == ("1\\.5 to 30\\.0 km\\/s",) and "dex" not in facts["log g"][0]  # a value, no difference
    assert "λ\\/FWHM 50,000 and more" in facts["Resolution"]
    assert "nothing outside is validated" in texts(app) and "\\*made up\\*" in texts(app)


def test_where_the_word_of_the_networks_ends(with_cards):
    words = texts(with_cards(full_card())).replace("\\", "")
    assert "The models end at Teff 3000 and 4300 K" in words
    assert "holds the true value of 62 to 72 in 100 simulated stars" in words
    assert "of the kind “wrong resolution”, 72 in 100 pass without one" in words
    assert re.search(r"A v sin i below \d\.\d km/s is not a measured rotation", words)


@pytest.mark.parametrize(
    ("anchors", "labels"),
    [(None, " without labels"), ({"stars": [{}, {}]}, ", 2 of them of stars of known parameters")],
)
def test_what_is_cited_says_whether_labels_were_used(with_cards, anchors, labels):
    app = with_cards(full_card())
    entry = {"from": "made-up 0.1", "spectra": 60} | ({"anchors": anchors} if anchors else {})
    change(app, own_bundles={"mine": SimpleNamespace(card=full_card("mine") | {"adapted": entry})})
    app.run()
    app.selectbox(key="card").set_value("mine").run()
    app.session_state["citation"] = True
    app.run()
    assert not app.exception and f"adapted from made-up 0.1 to 60 spectra{labels}, " in app.code[0].value


def test_networks_of_the_visit_show_their_own_card(with_cards):
    app = with_cards(full_card())
    card = without(full_card("made-up-adapted"), "metrics") | {
        "adapted": {
            "from": "made-up 0.1",
            "spectra": 60,
            "seed": 1,
            "settings": {"rounds": 8},
            "versions": {"dtl": "9"},
        }
    }
    change(app, own_bundles={"made-up-adapted": SimpleNamespace(card=card)})
    app.run()
    assert app.selectbox(key="card").options == ["made-up", "made-up-adapted"]
    app.selectbox(key="card").set_value("made-up-adapted").run()
    assert not app.exception
    assert "of this visit alone" in app.info[0].value
    app.session_state["citation"] = True
    app.run()
    (entries,) = (code.value for code in app.code)  # the result on show is of other networks
    assert "adapted from made-up 0.1 to 60 spectra without labels" in entries
    assert "was analysed with made-up 0.1" in texts(app).replace("\\", "")
    adaptation = [d.value for d in app.dataframe if "settings.rounds" in set(d.value.get("Setting", ()))]
    assert len(adaptation) == 1


@pytest.mark.parametrize("metrics", [{"autoencoder_mse": 0}, {"adapted_gaps": [[["a"]]]}])
def test_a_card_of_a_stranger_is_shown_as_far_as_possible(with_cards, metrics):
    """What the card of the program never holds is a sentence, and the other parts are there."""
    app = with_cards(full_card())
    forged = full_card("forged")
    change(app, own_bundles={"forged": SimpleNamespace(card=forged | {"metrics": forged["metrics"] | metrics})})
    app.run()
    app.selectbox(key="card").set_value("forged").run()
    assert not app.exception
    (warning,) = (each.value for each in app.warning if "cannot be shown" in each.value)
    assert "changed by hand" in warning and "download them again" in warning
    assert all(tab.header for tab in app.tabs)


def test_errors_to_expect_stand_on_top(with_cards):
    app = with_cards(full_card())
    assert [(m.label, m.value, m.delta) for m in app.metric] == [
        ("Teff", "44 K", "88 K without transfer"),
        ("log g", "0.050 dex", "0.17 dex without transfer"),
        ("[M/H]", "0.11 dex", "0.36 dex without transfer"),
        ("v sin i", "0.70 km/s", "1.4 km/s without transfer"),
    ]
    assert "1,430 simulated observations" in texts(app)


def test_measured_beside_published(with_cards):
    app = with_cards(full_card())
    rows = table(app, "Mean squared error")
    assert rows["Autoencoder, noise-free"] == ("5.4 × 10⁻⁷", "5 × 10⁻⁵")
    assert rows["PCA, 32 components"] == ("1.5 × 10⁻⁷", "–")
    assert rows["Weights of the autoencoder"] == ("1.9 million", "9.9–25 million")
    assert rows["Latents that never vary"] == ("0 of 32", "–")
    errors = table(app, "rmse")
    assert errors["Teff"] == ("5.6 K", "11 K", "18.8 K")
    assert errors["v sin i"] == ("0.13 km/s", "0.24 km/s", "0.23 km/s")
    assert "leave 1.5 × 10⁻⁷: less" in texts(app)
    assert "smaller than the published ones in every parameter" in texts(app)
    assert "Teff 3000–4300 K" in texts(app)


def test_worse_than_published_is_said(with_cards):
    card = full_card()
    card["metrics"]["rmse_noise_free"] |= {"teff": 30.0, "vsini": 0.5}
    assert "larger than the published ones in Teff and v sin i" in texts(with_cards(card))


def test_the_gain_is_told_from_the_numbers(with_cards):
    card = full_card()
    card["metrics"]["gain"] = {"teff": -0.5, "logg": -0.304, "mh": 0.1, "vsini": 0.001}
    words = texts(with_cards(card))
    assert "smaller by 50 % in Teff and 30 % in log g; larger by 10 % in [M/H]; the same in v sin i" in words
    assert "come the spectra of “adversarial”, and another way errs less in Teff, log g, [M/H] and v sin i" in words
    assert "a smaller distance is not a smaller error" in words


def test_where_the_nearest_way_errs_least_nothing_else_is_claimed(with_cards):
    card = full_card()
    card["metrics"]["ablation"]["ours"]["latent_distance"]["mean"] = [0.1]
    words = texts(with_cards(card))
    assert "“population measured”, which errs least here" in words and "is not a smaller error" not in words


def test_every_way_of_transfer_is_in_the_table_and_the_figures(with_cards):
    app = with_cards(full_card())
    (frame,) = [d.value for d in app.dataframe if "distance" in d.value]
    assert list(frame["variant"]) == [transfer_gain.VARIANTS[name][0] for name in full_card()["metrics"]["ablation"]]
    assert frame["distance"].iloc[0] == pytest.approx(3.1) and frame["teff_rmse"].iloc[0] == pytest.approx(88.0)
    charts = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")[1:5]]
    for chart, unit in zip(charts, ("K", "dex", "dex", "km/s"), strict=True):
        assert chart["layout"]["yaxis"]["ticktext"][-1] == "<b>population measured</b>"
        assert f"[{unit}]" in chart["layout"]["xaxis"]["title"]["text"]


def test_surveys_and_gap(with_cards):
    app = with_cards(full_card())
    errors = table(app, "rmse (bias)")
    assert errors["Teff"] == ("88 K (+34)", "44 K (+7)", "44 K (+7)", "44 K (+7)", "44 K (+7)")
    assert errors["log g"][0] == "0.17 dex (−0.06)"
    gap = table(app, "Mean over the spectra")
    assert gap["Distance in flux"] == ("2.4", "2.72")
    assert gap["Distance of latents, with transfer"] == ("2.0", "0.086")
    assert gap["Reconstruction, with transfer"] == ("2.6 × 10⁻⁴", "4 × 10⁻⁴")


def test_intervals(with_cards):
    app = with_cards(full_card())
    assert "Here 62 to 72 do" in texts(app)
    assert table(app, "Inside the interval")["log g"] == ("66 %", "68 %", "62 %")
    assert table(app, "Calibration")["Teff"] == ("1.2", "21 K")


def test_doubts(with_cards):
    app = with_cards(full_card())
    words = texts(app)
    assert "least often “wrong resolution”, 28 %" in words
    assert "Of good ones 1.7 to 3.0 % are flagged by mistake" in words
    assert "Above 99.6 of 100" in words and "1.5 % of good spectra" in words
    (card := full_card())["metrics"]["trust"]["flagged"] |= {"**bold**": 0.01}
    app = with_cards(card)
    assert r"\*\*bold\*\*" in table(app, "Kind") and r"least often “\*\*bold\*\*”" in texts(app)
    rows = table(app, "Kind")
    assert rows["Hot star"] == ("A star of type K to A", "96.0 %")
    assert rows["Good, S/N 50"][1] == "3.0 %"
    assert "Cooler star: left out" in words
    assert len(table(app, "Score")) == len(SCORES)
    older = full_card()
    older["trust"]["scores"] = dict.fromkeys(older["trust"]["scores"], "the same") | {"unknown": "what it is"}
    scores = table(with_cards(older), "Score")
    assert scores["relative residual"] == (SCORES["relative_residual"],) and scores["unknown"] == ("what it is",)
    assert table(app, "Flag")["`low_snr`"][0].startswith("The signal")


def test_real_stars(with_cards):
    app = with_cards(full_card())
    (frame,) = [t.value for t in app.table if t.value.columns[0] == "Star"]
    rows = [tuple(text.replace("\\", "") for text in row) for row in frame.itertuples(index=False)]
    assert rows[0] == ("GJ 699 ⚓", "Teff", "3253 ± 22 K", "3240 K", "1.2")
    assert rows[3] == ("GJ 699 ⚓", "v sin i", "< 3.5 km/s", "1.5 km/s", "1.2")
    assert rows[5] == ("GJ 273", "log g", "4.93 ± 0.04 dex", "4.92", "–")
    assert rows[8][3] == "–"
    words = texts(app).replace("\\", "")
    assert "3 stars, 2 of them with values in the literature" in words
    assert "⚓ in the table: GJ 699. On these stars" in words
    assert "flags: out_of_distribution (1 of 3)" in words and "Somebody et al. 2020" in words


def test_stars_without_literature_have_no_figure(with_cards):
    card = full_card()
    stars = card["metrics"]["real_stars"]["stars"]
    card["metrics"]["real_stars"]["stars"] = {"Nameless_1": stars["Nameless_1"]}
    app = with_cards(card)
    assert len(app.get("plotly_chart")) == FIGURES - 4
    assert "⚓" not in texts(app)


def test_training_and_citation(with_cards):
    app = with_cards(full_card())
    settings, versions, hashes = (d.value for d in app.dataframe if "distance" not in d.value)
    assert dict(zip(settings["Setting"], settings["Value"], strict=True)) == {
        "name": "made-up",
        "grid.teff": "3000.0, 4300.0",
        "grid.extrapolate_logg": "yes",
        "autoencoder.hidden": "256, 128, 64",
        "autoencoder.learning_rate": "0.002",
    }
    assert "torch" in set(versions["Program"]) and set(hashes["File"]) == {"weights.safetensors", "grid.npz"}
    words = texts(app).replace("\\", "")
    assert "made_up.npz (84 nodes) (Husser et al. 2013, A&A 553, A6)" in words
    assert "Adapted to 858 spectra" in words and not app.code
    app.session_state["citation"] = True
    app.run()
    told, entries = (code.value for code in app.code)
    assert "networks made-up 0.1" in entries and "10.1051/0004-6361/202449865" in entries
    weights = full_card()["sha256"]["weights.safetensors"]
    assert weights[:16] in entries and weights[:16] in told
    assert "Teff = 3350 +41/−33 K" in told and "file star.txt" in told and "No flags." in told
    assert "Licence of the program and of these networks: BSD-3-Clause" in words


def test_several_bundles_can_be_chosen_from(with_cards):
    sharp = without(full_card("a-sharp-one"), "metrics")
    app = with_cards(full_card(), sharp)
    assert not app.exception
    choice = app.selectbox(key="card")
    assert choice.options == ["a-sharp-one", "made-up"] and choice.value == "made-up"  # that of the result
    choice.set_value("a-sharp-one").run()
    assert not app.exception and not app.metric
    assert "a\\-sharp\\-one" in table(app, "About")["Name and version"][0]


def test_a_damaged_card_is_one_sentence(with_cards, monkeypatch):
    def refuse(name: str) -> dict:
        raise UnusableInput(f"{name}/card.json: the bundle is damaged (no *JSON*); fetch it again.")

    app = with_cards(full_card())
    monkeypatch.setattr("dtl.bundle.shipped.read_card", refuse)
    app.run()
    assert not app.exception
    (error,) = app.error
    assert "fetch it again" in error.value and "\\*JSON\\*" in error.value
    monkeypatch.setattr("dtl.bundle.shipped.shipped_bundles", list)
    assert "no trained networks" in app.run().error[0].value


def test_every_kind_and_way_has_a_name():
    assert set(KINDS) == set(credibility.KINDS)
    assert set(VARIANTS) == set(transfer_gain.VARIANTS)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes(with_cards, theme):
    app = with_cards(full_card(), theme=theme)
    assert not app.exception
    colour = figure(app)["layout"]["font"]["color"]
    assert colour == {"light": "#0b0f14", "dark": "#e4e8ec"}[theme]

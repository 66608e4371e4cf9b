"""The least-squares fit and the wavelength attribution, on the spectrum page."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from hashlib import sha256

import pytest

from dtl.inference.least_squares import LeastSquaresFit
from tests import fakes
from tests.pages.conftest import figure, texts, upload

GOOD = b"fake teff=3400 star=GJ_1"
OTHER = b"fake teff=3700 star=GJ_2"


def opened(app, *keys):
    for key in keys:
        app.session_state[key] = True
    return app.run()


@pytest.fixture
def counted(calls, monkeypatch) -> list[str]:
    """What was computed, in order."""
    done: list[str] = []

    def count(name, compute):
        def counting(*arguments):
            done.append(name)
            return compute(*arguments)

        return counting

    monkeypatch.setattr("dtl.inference.least_squares.fit_least_squares", count("opinion", fakes.fit_least_squares))
    monkeypatch.setattr("dtl.inference.attribution.explain_spectrum", count("explanation", fakes.explain_spectrum))
    return done


def test_nothing_is_computed_before_it_is_opened(counted, visit):
    app = visit()
    assert not app.exception and not counted
    assert {"Least-squares fit: the same parameters by another method", "Wavelength attribution"} <= {
        box.label for box in app.expander
    }
    opened(app, "second-opinion")
    assert counted == ["opinion"]
    opened(app, "wavelengths")
    assert counted == ["opinion", "explanation"]


def test_each_spectrum_is_computed_once(counted, visit):
    app = opened(upload(visit(), a_txt=GOOD), "second-opinion", "wavelengths")
    assert sorted(counted) == ["explanation", "opinion"]
    app.run()
    app.selectbox(key="explained").set_value("mh").run()
    assert len(counted) == 2
    upload(app, b_txt=OTHER)
    assert len(counted) == 4
    app.selectbox(key="spectrum-choice").set_value(sha256(GOOD).hexdigest()).run()
    assert len(counted) == 4
    app.selectbox(key=f"option-medium-{sha256(GOOD).hexdigest()}").set_value("air").run()  # another reading
    assert len(counted) == 6


def test_both_answers_stand_side_by_side(visit):
    app = opened(upload(visit(), a_txt=GOOD), "second-opinion")
    assert not app.exception
    table = app.table[0].value
    assert list(table.columns) == ["Parameter", "Networks", "Least-squares fit", "Difference [sigma]"]
    rows = {row[0]: tuple(row[1:]) for row in table.itertuples(index=False)}
    assert rows["Teff"] == ("3400 −33 +41 K", "3420 ± 31 K", "0.4")
    assert rows["log g"][1:] == ("not determined", "–")
    assert rows["[M/H]"][1] == "−0.50 ± 0.12 dex, at the end of the models"
    assert rows["v sin i"] == ("2.1 −0.3 +0.3 km/s", "< 3.3 km/s", "–")
    # no tick where the fit has stopped at an end
    assert "That they agree says nothing: the fit stopped at the end of the models in [M/H]" in texts(app)
    assert "reduced χ² **16**" in texts(app)
    assert not app.warning


def test_answers_that_differ_are_named(visit):
    app = opened(upload(visit(), a_txt=b"fake teff=3200 flags=upper_limit_vsini"), "second-opinion")
    assert "differ by more than 2 intervals in **Teff**" in texts(app)
    rows = {row[0]: tuple(row[1:]) for row in app.table[0].value.itertuples(index=False)}
    assert rows["v sin i"] == ("< 2.9 km/s", "< 3.3 km/s", "–")


def test_agreement_is_said_where_the_fit_is_worth_it(visit, monkeypatch):
    def fit(*given: object, **other: object) -> LeastSquaresFit:
        return replace(fakes.fit_least_squares(*given), edge=(), **other)

    monkeypatch.setattr("dtl.inference.least_squares.fit_least_squares", fit)
    assert "agree within 2 intervals" in texts(opened(upload(visit(), a_txt=GOOD), "second-opinion"))
    for flag, words in (("out_of_distribution", "unlike any model"), ("outside_grid", "outside the models")):
        data = f"fake teff=3400 flags={flag}".encode()
        shown = texts(opened(upload(visit(), a_txt=data), "second-opinion"))
        assert "agree within 2 intervals" not in shown and "That they agree says nothing: " in shown and words in shown
    monkeypatch.setattr("dtl.inference.least_squares.fit_least_squares", partial(fit, floor=0.07))
    shown = texts(opened(upload(visit(), a_txt=b"fake teff=3401"), "second-opinion"))
    assert "the best model misses the spectrum by 7.0 %" in shown


def test_a_difference_from_a_worthless_fit_blames_neither(visit, monkeypatch):
    words = "at least one of the two is farther from the truth"
    app = opened(upload(visit(), a_txt=b"fake teff=3200"), "second-opinion")  # the fit stops at the end in [M/H]
    assert "in **Teff**." in texts(app) and words not in texts(app) and "This comparison says nothing: " in texts(app)
    monkeypatch.setattr(
        "dtl.inference.least_squares.fit_least_squares",
        lambda *given: replace(fakes.fit_least_squares(*given), edge=()),
    )
    assert words in texts(opened(upload(visit(), a_txt=b"fake teff=3210"), "second-opinion"))


def test_draws_of_a_rotation_that_is_not_resolved_are_no_measure(visit):
    words = "its draws are what the networks say, not a measurement; the limit, 2"
    assert words in texts(opened(upload(visit(), a_txt=b"fake teff=3400 flags=upper_limit_vsini"), "corner"))
    assert "its draws are what" not in texts(opened(upload(visit(), a_txt=GOOD), "corner"))


def test_a_fit_beside_the_models_is_a_guess(visit):
    app = opened(upload(visit(), beside_txt=GOOD), "second-opinion")
    assert "the fit is a guess" in app.warning[0].value


def test_too_few_points_are_a_sentence(visit):
    app = opened(upload(visit(), short_txt=GOOD), "second-opinion", "wavelengths")
    assert not app.exception
    assert "too few usable pixels" in app.info[0].value
    assert "Raises Teff" in str(figure(app, 1)["data"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bars_of_the_parameter_that_is_chosen(visit, theme):
    app = opened(visit(theme=theme), "wavelengths")
    assert not app.exception
    assert {"Raises Teff", "Lowers Teff"} <= {trace["name"] for trace in figure(app, 1)["data"]}
    app.selectbox(key="explained").set_value("vsini").run()
    assert "Raises v sin i" in {trace["name"] for trace in figure(app, 1)["data"]}
    assert "v sin i" in app.get("plotly_chart")[1].proto.alt
    shares = app.dataframe[0].value
    assert shares["where"].iloc[0] == "Fe I 8807.0" and shares["where"].iloc[-1] == "all other wavelengths"
    assert shares["share"].sum() == pytest.approx(100)
    assert "they sum to" in texts(app)


def test_parameters_together(visit):
    app = opened(visit(), "corner", "corner-figure-table")
    assert not app.exception
    assert "Corner plot" in app.get("plotly_chart")[1].proto.alt
    twin = app.dataframe[0].value
    assert list(twin["parameter"]) == ["Teff [K]", "log g [cm s⁻²]", "[M/H] [dex]", "v sin i [km/s]"]
    assert twin["correlation with Teff"].iloc[0] == 1.0


def test_an_upper_limit_is_one_among_the_correlations(visit):
    app = upload(visit(), a_txt=GOOD + b" flags=upper_limit_vsini")
    row = opened(app, "corner", "corner-figure-table").dataframe[0].value.iloc[-1]
    assert (row["parameter"], row["value"], row["68 %"]) == ("v sin i [km/s]", "< 2.9 (95 %)", "")


def test_derivatives_by_wavelength(visit):
    app = opened(visit(), "wavelengths", "explanation-table")
    bars = figure(app, 1)["data"][-1]["y"]
    app.segmented_control(key="explained-kind").set_value("sensitivity").run()
    assert not app.exception
    assert figure(app, 1)["data"][-1]["y"] != bars
    assert "brighter by 1 % of the continuum" in texts(app).replace("\\", "")
    (twin,) = app.dataframe  # the shares are of contributions
    assert list(twin.value.columns) == ["wavelength [Å]", "change of Teff [K]"]
    assert "no usable pixel" in texts(app)

"""One answer that is withheld makes no statistic NaN, and ends no table."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from dtl.evaluation import comparison, real_stars
from dtl.evaluation.calibration_fit import coverage, intervals
from dtl.evaluation.survey_accuracy import parameter_errors
from dtl.export.report import Reported, report_archive
from dtl.figures.adaptation import parameter_figure
from dtl.result import PARAMETERS, InferenceResult
from tests import fakes


def results(withheld: str) -> list[InferenceResult]:
    """Five answers to spectra of one star, of which one lacks a parameter."""
    stars = [fakes.make_result(file=f"{i}.txt", star="GJ 699", teff=3300.0 + 10 * i) for i in range(4)]
    return [*stars, fakes.make_result(file="4.txt", star="GJ 699", teff=3340.0, withheld=withheld)]


def truth(found: list[InferenceResult]) -> np.ndarray:
    return np.array([[3290.0, 4.9, -0.2, 2.0]] * len(found))


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_errors_are_those_of_the_others(parameter: str) -> None:
    found = results(parameter)
    errors = parameter_errors(found, truth(found))
    others = parameter_errors(found[:-1], truth(found)[:-1])
    assert errors[parameter] == others[parameter] | {"withheld": 1}
    assert all(
        "withheld" not in errors[name] and math.isfinite(errors[name]["rmse"]) for name in errors if name != parameter
    )
    nothing = parameter_errors(found[-1:], truth(found)[-1:])
    assert nothing[parameter] == {"rmse": None, "bias": None, "withheld": 1}


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_coverage_is_that_of_the_others(parameter: str) -> None:
    found, column = results(parameter), list(PARAMETERS).index(parameter)
    here = coverage(intervals(found)[parameter], truth(found)[:, column])
    assert here == coverage(intervals(found[:-1])[parameter], truth(found)[:-1, column])


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_real_stars_have_the_median_of_the_others(parameter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = results(parameter)
    entry = real_stars._star(found, None)
    expected = real_stars._star(found[:-1], None)[parameter] | {"withheld": 1}
    assert entry[parameter] == pytest.approx(expected)
    json.dumps(entry, allow_nan=False)
    alone = real_stars._star(found[-1:], None)
    assert alone[parameter] == {"withheld": 1}
    json.dumps(alone, allow_nan=False)


@pytest.mark.parametrize("parameter", PARAMETERS)
@pytest.mark.parametrize("alone", [False, True])
def test_before_and_after(parameter: str, alone: bool) -> None:
    found = results(parameter)[-1:] if alone else results(parameter)
    view = comparison._view(found)
    views = dict.fromkeys(comparison.STATES, view)
    change = comparison.AdaptationComparison(tuple("abcde"[: len(found)]), views)
    rows = change.rows()
    assert rows[-1][f"{parameter}_after"] is None
    json.dumps(rows, allow_nan=False)
    for name in PARAMETERS:
        low, high = parameter_figure(change, name).layout.yaxis.range
        assert math.isfinite(low) and low < high


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_report_is_written(parameter: str) -> None:
    every = [replace(result, bundle="common-r50000 1.0") for result in results(parameter)]
    assert report_archive([Reported(result, "0" * 64) for result in every])

"""Calibrated intervals cover what they claim on toys whose truth is Gaussian."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from dtl.bundle.calibration import SCORES, Calibration, percentile
from dtl.evaluation.calibration_fit import coverage, fit_calibration, fit_references, fit_threshold
from dtl.training.augmentation import Augmentation, disturbed
from tests.builders import WINDOW


def toy(spread: float, stated: float, common: float = 0.0, seed: int = 1, count: int = 4000) -> tuple:
    """Estimates that scatter by ``spread`` and ``common`` and claim ``stated``."""
    rng = np.random.default_rng(seed)
    truth = rng.uniform(3000, 4000, count)
    value = truth + rng.normal(0, spread, count) + rng.normal(0, common, count)
    return np.column_stack([value, np.full(count, stated), np.full(count, stated)]), truth


def test_coverage_of_a_gaussian() -> None:
    assert coverage(*toy(30.0, 30.0)) == pytest.approx(0.6827, abs=0.02)
    assert coverage(*toy(30.0, 60.0)) == pytest.approx(0.9545, abs=0.02)
    assert coverage(*toy(30.0, 0.0), Calibration(floor=30.0)) == pytest.approx(0.6827, abs=0.02)


def test_coverage_looks_at_the_right_side() -> None:
    estimates = np.array([[0.0, 1.0, 3.0]] * 4)
    assert coverage(estimates, np.array([-1.5, -0.5, 2.5, 3.5])) == 0.5


@pytest.mark.parametrize("wrong", [0.6, 1.0, 2.0])
def test_scale_is_found(wrong: float) -> None:
    estimates, truths = zip(*(toy(s, s / wrong, seed=i) for i, s in enumerate((10.0, 30.0, 90.0))), strict=True)
    calibration = fit_calibration(list(estimates), list(truths))
    assert calibration.scale == pytest.approx(wrong, abs=0.12)
    for e, t in zip(estimates, truths, strict=True):
        assert coverage(e, t, calibration) == pytest.approx(0.6827, abs=0.03)


def test_common_error_needs_a_floor() -> None:
    """Where the stated spread shrinks and the error does not, no scale can do: a floor covers at every level."""
    estimates, truths = zip(*(toy(s, s, common=20.0, seed=i) for i, s in enumerate((2.0, 10.0, 40.0))), strict=True)
    calibration = fit_calibration(list(estimates), list(truths))
    assert calibration.floor == pytest.approx(20.0, rel=0.15)
    for e, t in zip(estimates, truths, strict=True):
        assert coverage(e, t, calibration) == pytest.approx(0.6827, abs=0.04)


def test_disturbed() -> None:
    flux = np.ones((300, 501), dtype=np.float32)
    settings = Augmentation(rv=0.0, continuum=0.0)
    noisy = disturbed(flux, 100.0, settings, WINDOW, seed=3)
    assert noisy[:, 2::5].std() == pytest.approx(0.01, rel=0.05)  # at the centres of pixels of five points
    np.testing.assert_array_equal(noisy, disturbed(flux, 100.0, settings, WINDOW, seed=3))


def made_up(count: int, seed: int) -> list[SimpleNamespace]:
    """Results of good stars, each score exponential and independent of the others."""
    rng = np.random.default_rng(seed)
    return [SimpleNamespace(scores={name: float(rng.exponential()) for name in SCORES}) for _ in range(count)]


def test_references_and_threshold() -> None:
    """Quantiles are those of the distribution, and as many new good stars are doubted as was asked for."""
    results = {50.0: made_up(4000, 1), 200.0: made_up(4000, 2)}
    references = fit_references(results)
    for reference in references.values():
        np.testing.assert_allclose(reference.quantiles[:, 50], np.log(2), rtol=0.1)
        assert (np.diff(reference.quantiles, axis=1) >= 0).all() and list(reference.snr) == [50.0, 200.0]
    threshold = fit_threshold(results, references, 0.05)
    scores = {name: np.array([result.scores[name] for result in made_up(4000, 3)]) for name in SCORES}
    new = np.max([percentile(scores[name], np.full(4000, 100.0), references[name]) for name in SCORES], axis=0)
    assert np.mean(new >= threshold) == pytest.approx(0.05, abs=0.02)


def test_answers_that_are_withheld_count_neither_way() -> None:
    rng = np.random.default_rng(8)
    truth = rng.normal(size=400)
    found = np.column_stack([truth + rng.normal(size=400), np.full(400, 0.5), np.full(400, 0.5)])
    more = np.concatenate([found, np.full((30, 3), np.nan)])
    assert fit_calibration([found], [truth]) == fit_calibration([more], [np.concatenate([truth, np.zeros(30)])])
    none = np.full((50, 3), np.nan)  # a level without answers
    assert fit_calibration([found, none], [truth, np.zeros(50)]) == fit_calibration([found], [truth])
    with pytest.raises(ValueError, match="withheld"):
        fit_calibration([none], [np.zeros(50)])

"""Kinds of gaps that networks have not met: each is left out once, and its figures are of its own stars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import dtl.evaluation.unseen_gaps as module
from dtl.evaluation.survey_accuracy import SurveySimulator, survey_simulator
from dtl.evaluation.unseen_gaps import LeftOut, answers_for_unseen, leave_out, measure_adapted, measure_unseen
from dtl.inference.prior import StarPrior
from dtl.result import PARAMETERS
from dtl.simulation.gap_kinds import LABEL_KINDS, ROTATION_KINDS, gap_kinds
from dtl.training.settings import TrainingSettings
from dtl.training.transfer_settings import SurveyPlan
from dtl.transfer.fine_tuning import Transfer
from tests.builders import WINDOW, shipped

SETTINGS = TrainingSettings(name="toy", window=WINDOW, survey=SurveyPlan(stars=6, kind_stars=3))


@pytest.fixture(scope="module")
def simulator() -> SurveySimulator:
    return survey_simulator(shipped(), SETTINGS.grid, SETTINGS.survey, None)


@pytest.fixture
def left_out(simulator: SurveySimulator) -> list[LeftOut]:
    """Two kinds of real stars and one of lines, and the shipped networks in place of such as have not met them."""
    kinds = gap_kinds(simulator.source, simulator.gap)
    return [LeftOut(kind, shipped()) for kind in (*kinds[:2], kinds[-1])]


def test_each_kind_is_left_out_once(simulator: SurveySimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds of wrong lines share a family, kinds of wrong parameters too; none knows what it is judged on."""
    met = []

    def transfer_family(bundle, gap, settings, *rest, **known) -> Transfer:
        met.append((gap, settings))
        return Transfer(replace(bundle, card=bundle.card | {"met": len(met) - 1}), [])

    monkeypatch.setattr(module, "transfer_family", transfer_family)
    found = {each.kind.name: met[each.bundle.card["met"]] for each in leave_out(shipped(), simulator, SETTINGS)}
    stars = ["cool star", "hot star", *LABEL_KINDS, *ROTATION_KINDS]
    assert list(found) == [*stars, "atoms stronger", "atoms weaker", "saturation"]
    assert len(met) == 6
    assert all(found[kind][1].width_error == 0.0 for kind in ROTATION_KINDS)
    assert all(found[kind][1].label_error == (0.0, 0.0, 0.0) for kind in LABEL_KINDS)
    cool, hot = simulator.gap.area
    assert not any(np.array_equal(area, cool) for area in found["cool star"][0].area)
    assert not any(np.array_equal(area, hot) for area in found["hot star"][0].area)
    assert found["atoms weaker"][1].wrong_lines == found["atoms stronger"][1].wrong_lines == 0.0
    assert found["saturation"][1].saturated == 0.0


def test_answers_are_of_broadly_drawn_stars(left_out: list[LeftOut], simulator: SurveySimulator) -> None:
    """And have gaps of real stars: what was thought out widens no interval."""
    results, truth = answers_for_unseen(left_out, shipped(), simulator, SETTINGS, 100.0)
    assert len(results) == len(truth) == 2 * 3
    expected = StarPrior(SETTINGS.prior).draw(3, shipped().limits, 4001)
    np.testing.assert_allclose(truth[:3], expected)
    assert not np.array_equal(truth[:3], truth[3:])
    assert all(80 < result.prepared.snr < 120 for result in results)


def test_figures_of_a_kind(left_out: list[LeftOut], simulator: SurveySimulator) -> None:
    """Six stars: the mean over the thirds is the whole, and both kinds have stars of their own gap."""
    found = measure_unseen(left_out, shipped(), simulator)["unseen_gaps"]
    assert list(found) == ["cool star", "hot star", "saturation"]
    for kind in found.values():
        for name in PARAMETERS:
            for by in ("teff", "mh"):
                thirds = kind["coverage_by_third"][by][name]
                assert np.mean(thirds) == pytest.approx(kind["coverage"][name])
        assert 0 <= kind["flagged"] <= 1
    assert found["cool star"]["errors"]["teff"] != found["hot star"]["errors"]["teff"]


def test_adapted_networks_are_judged_on_other_stars(
    left_out: list[LeftOut], simulator: SurveySimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of six stars two are learned from, and the figures are those of the adapted networks for the four others."""
    learned, judged = [], []

    def adapt_to_sample(bundle, sample, **known):
        learned.append(sample.spectra)
        return replace(bundle, card=bundle.card | {"name": "adapted"})

    def infer_in_parts(prepared, bundle):
        assert bundle.name == "adapted"
        judged.append(prepared)
        return seen(prepared, bundle)

    seen = module.infer_in_parts
    monkeypatch.setattr(module, "adapt_to_sample", adapt_to_sample)
    monkeypatch.setattr(module, "infer_in_parts", infer_in_parts)
    found = measure_adapted(left_out, shipped(), simulator, learned_from=2)["adapted_gaps"]
    assert list(found) == ["cool star", "hot star", "saturation"]
    for few, rest in zip(learned, judged, strict=True):
        stars = {spectrum.spectrum.file for spectrum in (*few, *rest)}
        assert (len(few), len(rest), len(stars)) == (2, 4, 6)

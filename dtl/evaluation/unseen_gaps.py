"""How far answers hold for stars whose synthetic gap no training has seen: each kind of gap is left out in turn.

For each kind an encoder is trained over the family of gaps without it, and answers for stars that have it. These
answers, for stars of all Teff, [M/H] and S/N, calibrate the intervals of the bundle whose encoder knows the whole
family: of a real star's gap nobody knows whether the family holds it. The same encoders, with these intervals, are
judged on other stars, the 286 published ones; and once more after they were adapted to thirty of these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.evaluation.adaptation_trust import adapt_to_sample
from dtl.evaluation.calibration_fit import coverage, intervals
from dtl.evaluation.contaminants import is_flagged
from dtl.evaluation.survey_accuracy import SurveySimulator, parameter_errors
from dtl.inference.infer import infer_in_parts
from dtl.inference.prior import StarPrior
from dtl.result import PARAMETERS, InferenceResult
from dtl.simulation.gap_kinds import GapKind, gap_kinds
from dtl.spectrum import PreparedSpectrum
from dtl.training.settings import TrainingSettings
from dtl.transfer.family_transfer import transfer_family
from dtl.transfer.gap_family import without
from dtl.transfer.sample import all_distinct

__all__ = ["LeftOut", "answers_for_unseen", "leave_out", "measure_adapted", "measure_unseen"]

#: Seeds of the stars that calibrate, and of those that judge.
_CALIBRATES, _JUDGES = 4001, 21
#: Stars that networks are adapted to before they are judged on the others.
_LEARNED_FROM = 30
#: Parameters by whose thirds coverage is told.
_THIRDS = ("teff", "mh")


@dataclass(frozen=True)
class LeftOut:
    """A kind of gap and networks that have not met it.

    Attributes:
        kind: of the gap.
        bundle: whose encoder was trained without it.
    """

    kind: GapKind
    bundle: ModelBundle


def leave_out(
    bundle: ModelBundle,
    simulator: SurveySimulator,
    settings: TrainingSettings,
    *,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> list[LeftOut]:
    """Networks without each kind of gap in turn.

    Args:
        bundle: after its transfer over the whole family.
        simulator: of stars; its gap and source are those of the kinds.
        settings: of the transfer.
        progress: called with the fraction done and the kind.
    """
    kinds = gap_kinds(simulator.source, simulator.gap)
    trained: dict[str, ModelBundle] = {}
    left_out = []
    for i, kind in enumerate(kinds):
        gap, family = without(kind.name, simulator.gap, settings.family)
        key = repr((gap, family))  # two kinds of wrong lines have a family in common
        if key not in trained:
            trained[key] = transfer_family(
                bundle.source,
                gap,
                family,
                StarPrior(settings.prior),
                settings.augmentation,
                seed=settings.seed,
                progress=lambda part, _, i=i, name=kind.name: progress((i + part) / len(kinds), f"without {name}"),
            ).bundle
        left_out.append(LeftOut(kind, trained[key]))
    return left_out


def answers_for_unseen(
    left_out: list[LeftOut], bundle: ModelBundle, simulator: SurveySimulator, settings: TrainingSettings, snr: float
) -> tuple[list[InferenceResult], np.ndarray]:
    """What networks answer for broadly drawn stars with the gap that they have not met; and the truth, ``(k, 4)``.

    The kinds are those that were measured on real stars, where there are any: stars whose lines are wrong as no star
    is known to be are not what is usual, and are to be flagged rather than to widen the intervals of all others.

    Args:
        left_out: of `leave_out`.
        bundle: whose card, limits and references the networks get.
        simulator: of stars.
        settings: of the prior that stars are drawn from, and how many.
        snr: of the spectra.
    """
    results, truths = [], []
    prior = StarPrior(settings.prior)
    observed = [unseen for unseen in left_out if unseen.kind.observed]
    for i, unseen in enumerate(observed or left_out):
        stars = prior.draw(settings.survey.kind_stars, bundle.limits, _CALIBRATES + i)
        prepared, truth = _simulator(simulator, unseen.kind, stars).observe(bundle, _CALIBRATES + i, snr)
        results += infer_in_parts(prepared, _with_card_of(unseen, bundle))
        truths.append(truth)
    return results, np.concatenate(truths)


def measure_unseen(
    left_out: list[LeftOut],
    bundle: ModelBundle,
    simulator: SurveySimulator,
    *,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> dict[str, object]:
    """Accuracy, coverage and flags for kinds of gaps that the networks have not met, on the published stars.

    Args:
        left_out: of `leave_out`.
        bundle: complete.
        simulator: of stars.
        progress: called with the fraction done and the kind.

    Returns:
        ``unseen_gaps``: kind -> ``errors``, ``coverage``, ``coverage_by_third`` of the true Teff and [M/H] (low,
        middle, high), and the part ``flagged`` as unlike the models or outside the grid.
    """
    found: dict[str, object] = {}
    for i, unseen in enumerate(left_out):
        progress(i / len(left_out), unseen.kind.name)
        prepared, truth = _simulator(simulator, unseen.kind, None).observe(bundle, _JUDGES + i)
        found[unseen.kind.name] = _figures(_with_card_of(unseen, bundle), prepared, truth)
    return {"unseen_gaps": found}


def measure_adapted(
    left_out: list[LeftOut],
    bundle: ModelBundle,
    simulator: SurveySimulator,
    *,
    learned_from: int = _LEARNED_FROM,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> dict[str, object]:
    """`measure_unseen` after the networks were adapted, nothing told, to some of the stars, on the others.

    Args:
        left_out: of `leave_out`.
        bundle: complete.
        simulator: of stars.
        learned_from: how many, fewer than there are.
        progress: called with the fraction done and the kind.

    Returns:
        ``adapted_gaps``: as ``unseen_gaps``.
    """
    found: dict[str, object] = {}
    for i, unseen in enumerate(left_out):
        prepared, truth = _simulator(simulator, unseen.kind, None).observe(bundle, _JUDGES + i)
        order = np.random.default_rng(_JUDGES + i).permutation(len(prepared))
        learned, judged = order[:learned_from], np.sort(order[learned_from:])
        adapted = adapt_to_sample(
            _with_card_of(unseen, bundle),
            all_distinct([prepared[star] for star in learned]),
            progress=lambda part, _, i=i, name=unseen.kind.name: progress((i + part) / len(left_out), name),
        )
        found[unseen.kind.name] = _figures(adapted, [prepared[star] for star in judged], truth[judged])
    return {"adapted_gaps": found}


def _figures(bundle: ModelBundle, prepared: list[PreparedSpectrum], truth: np.ndarray) -> dict[str, object]:
    results = infer_in_parts(prepared, bundle)
    answers = intervals(results)
    return {
        "errors": parameter_errors(results, truth),
        "coverage": {name: coverage(answers[name], truth[:, k]) for k, name in enumerate(PARAMETERS)},
        "coverage_by_third": {by: _by_third(answers, truth, by) for by in _THIRDS},
        "flagged": float(np.mean([is_flagged(result) for result in results])),
    }


def _simulator(simulator: SurveySimulator, kind: GapKind, stars: np.ndarray | None) -> SurveySimulator:
    return replace(simulator, gap=kind.gap, source=kind.source, parameters=stars)


def _with_card_of(unseen: LeftOut, bundle: ModelBundle) -> ModelBundle:
    """The networks of one bundle with the card and the references of another."""
    return replace(unseen.bundle, card=bundle.card, references=bundle.references)


def _by_third(answers: dict[str, np.ndarray], truth: np.ndarray, by: str) -> dict[str, list[float]]:
    """Coverage of each parameter in the low, middle and high third of the true values of one."""
    order = np.argsort(truth[:, list(PARAMETERS).index(by)], kind="stable")
    thirds = np.array_split(order, 3)
    return {
        name: [coverage(answers[name][third], truth[third, k]) for third in thirds] for k, name in enumerate(PARAMETERS)
    }

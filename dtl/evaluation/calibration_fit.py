"""Calibration on simulated surveys: intervals that cover, and how strange good stars may look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np

from dtl.bundle.calibration import SCORES, Calibration, Reference, percentile
from dtl.bundle.model import ModelBundle
from dtl.evaluation.survey_accuracy import SurveySimulator
from dtl.inference.infer import infer_in_parts
from dtl.result import PARAMETERS, InferenceResult
from dtl.training.transfer_settings import SurveyPlan

__all__ = [
    "CALIBRATION_SNR",
    "calibrate",
    "coverage",
    "fit_calibration",
    "fit_references",
    "fit_threshold",
    "intervals",
    "survey_answers",
]

CALIBRATION_SNR = (30.0, 50.0, 100.0, 300.0)
_ONE_SIGMA = 0.6827


def calibrate(
    bundle: ModelBundle,
    answers: Callable[[float], tuple[list[InferenceResult], np.ndarray]],
    false_alarms: float,
    *,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> ModelBundle:
    """The bundle with its calibration tables.

    Args:
        bundle: after its transfer.
        answers: signal-to-noise ratio -> results for stars that are meant for this, and their truth ``(k, 4)``.
        false_alarms: part of good stars that may be called unlike the models.
        progress: called with the fraction done and a word.
    """
    results: dict[float, list[InferenceResult]] = {}
    truths: dict[float, np.ndarray] = {}
    for i, snr in enumerate(CALIBRATION_SNR):
        progress(i / len(CALIBRATION_SNR), f"S/N {snr:.0f}")
        results[snr], truths[snr] = answers(snr)
    raw = [intervals(results[snr]) for snr in CALIBRATION_SNR]
    truth = [truths[snr] for snr in CALIBRATION_SNR]
    calibration = {
        name: asdict(fit_calibration([level[name] for level in raw], [level[:, i] for level in truth]))
        for i, name in enumerate(PARAMETERS)
    }
    references = fit_references(results)
    trust = {
        "percentile": fit_threshold(results, references, false_alarms),
        "false_alarms": false_alarms,
        "scores": SCORES,
    }
    return replace(bundle, card=dict(bundle.card, calibration=calibration, trust=trust), references=references)


def survey_answers(
    bundle: ModelBundle, simulator: SurveySimulator, plan: SurveyPlan
) -> Callable[[float], tuple[list[InferenceResult], np.ndarray]]:
    """Answers of a bundle for the surveys of a plan that are meant to calibrate, as `calibrate` wants them."""

    def answers(snr: float) -> tuple[list[InferenceResult], np.ndarray]:
        taken = [simulator.observe(bundle, seed, snr) for seed in plan.seeds("calibration")]
        results = [result for prepared, _ in taken for result in infer_in_parts(prepared, bundle)]
        return results, np.concatenate([truth for _, truth in taken])

    return answers


def intervals(results: list[InferenceResult]) -> dict[str, np.ndarray]:
    """Value, lower and upper of each parameter; shape ``(k, 3)`` each."""
    return {
        name: np.array([(e.value, e.lower, e.upper) for e in (r.estimates[name] for r in results)])
        for name in PARAMETERS
    }


def fit_calibration(estimates: list[np.ndarray], truths: list[np.ndarray]) -> Calibration:
    """Scale and floor that bring the coverage of the 1-sigma interval closest to 68.3 % at every noise level.

    Args:
        estimates: one array a noise level, value, lower, upper (uncalibrated); shape ``(k, 3)`` each.
        truths: true values; shape ``(k,)`` each.

    Answers that are withheld count neither way, nor does a level that has no others.

    Raises:
        ValueError: where all are withheld.
    """
    kept = [np.isfinite(e).all(axis=1) for e in estimates]
    levels = [(e[keep], t[keep]) for e, t, keep in zip(estimates, truths, kept, strict=True) if keep.any()]
    if not levels:
        raise ValueError("no answer to calibrate with: all are withheld")
    estimates, truths = zip(*levels, strict=True)
    typical = float(np.median(np.concatenate([np.abs(e[:, 0] - t) for e, t in zip(estimates, truths, strict=True)])))
    best, least = Calibration(), np.inf
    for scale in np.linspace(0.5, 3.0, 26):
        for floor in np.linspace(0.0, 2.0, 81) * typical:
            candidate = Calibration(float(scale), float(floor))
            gaps = [coverage(e, t, candidate) - _ONE_SIGMA for e, t in zip(estimates, truths, strict=True)]
            cost = float(np.sum(np.square(gaps)))
            if cost < least:
                best, least = candidate, cost
    return best


def coverage(estimates: np.ndarray, truth: np.ndarray, calibration: Calibration = Calibration()) -> float:
    """Part of the truths, shape ``(k,)``, within the intervals, shape ``(k, 3)``; what is withheld does not count."""
    kept = np.isfinite(estimates).all(axis=1)
    estimates, truth = estimates[kept], truth[kept]
    if not len(truth):
        return float("nan")
    error = truth - estimates[:, 0]
    return float(
        np.mean((error <= calibration.widen(estimates[:, 2])) & (-error <= calibration.widen(estimates[:, 1])))
    )


def fit_references(results: dict[float, list[InferenceResult]]) -> dict[str, Reference]:
    """Quantiles of each score among good stars, signal-to-noise ratio -> results of stars observed so."""
    snr = np.array(sorted(results))
    return {
        name: Reference(
            snr, np.array([np.percentile([r.scores[name] for r in results[level]], np.arange(101)) for level in snr])
        )
        for name in SCORES
    }


def fit_threshold(
    results: dict[float, list[InferenceResult]], references: dict[str, Reference], false_alarms: float
) -> float:
    """The percentile that the strangest score of all but a part ``false_alarms`` of good stars stays below."""
    strangest = [
        np.max(
            [
                percentile(np.array([r.scores[name] for r in of_level]), np.full(len(of_level), level), reference)
                for name, reference in references.items()
            ],
            axis=0,
        )
        for level, of_level in results.items()
    ]
    return float(np.quantile(np.concatenate(strangest), 1.0 - false_alarms))

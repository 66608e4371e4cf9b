"""The figures of a bundle on simulated surveys: errors, gap, gain from transfer, coverage, trust."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.evaluation.ablation import FAMILY, VARIANTS, ablation, summary
from dtl.evaluation.calibration_fit import coverage, intervals
from dtl.evaluation.contaminants import contaminants, flagged_fractions, is_flagged, left_out
from dtl.evaluation.survey_accuracy import SurveySimulator, distances, errors, parameter_errors, prepared_flux
from dtl.inference.infer import infer_in_parts
from dtl.result import PARAMETERS
from dtl.simulation.exposures import load_inputs
from dtl.training.transfer_settings import SurveyPlan

__all__ = ["measure_on_surveys", "measure_transfer", "measure_trust"]

#: Signal-to-noise ratios at which the coverage of the intervals is judged.
_JUDGED_SNR = (50.0, 100.0, 300.0)
#: Test surveys that are observed at each of them.
_JUDGED_SURVEYS = 3


def measure_on_surveys(
    bundle: ModelBundle,
    simulator: SurveySimulator,
    plan: SurveyPlan,
    *,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> dict[str, object]:
    """Figures on surveys that neither the transfer nor the calibration of the bundle has seen.

    Args:
        bundle: complete.
        simulator: makes the surveys.
        plan: which of them judge.
        progress: called with the fraction done and a word.

    Returns:
        ``survey``: errors of the bundle as it is, before and after its transfer; ``gap``: distances;
        ``survey_at_snr`` and ``coverage_1_sigma``: S/N -> parameter; ``false_alarms``: part of the good stars that is
        flagged at each S/N.
    """
    progress(0.0, "usual S/N")
    flux, truth = (np.concatenate(parts) for parts in zip(*_surveys(bundle, simulator, plan), strict=True))
    covered, alarms, at_snr = {}, {}, {}
    for i, snr in enumerate(_JUDGED_SNR):
        progress((i + 1) / (len(_JUDGED_SNR) + 1), f"S/N {snr:.0f}")
        taken = [simulator.observe(bundle, seed, snr) for seed in plan.seeds("test")[:_JUDGED_SURVEYS]]
        results = [result for prepared, _ in taken for result in infer_in_parts(prepared, bundle)]
        true = np.concatenate([true for _, true in taken])
        found = intervals(results)
        covered[f"{snr:.0f}"] = {name: coverage(found[name], true[:, k]) for k, name in enumerate(PARAMETERS)}
        at_snr[f"{snr:.0f}"] = parameter_errors(results, true)
        alarms[f"{snr:.0f}"] = float(np.mean([is_flagged(result) for result in results]))
    return {
        "survey": {
            "stars": len(truth),
            "before": errors(bundle.source.parameters(flux), truth),
            "after": errors(bundle.parameters(flux), truth),
        },
        "gap": distances(bundle, flux),
        "survey_at_snr": at_snr,
        "coverage_1_sigma": covered,
        "false_alarms": alarms,
    }


def measure_transfer(
    bundle: ModelBundle,
    simulator: SurveySimulator,
    plan: SurveyPlan,
    *,
    variants: dict = VARIANTS,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> dict[str, object]:
    """``ablation``: errors of every way of transfer to each test survey; ``gain``: of the bundle's own over none."""
    surveys = _surveys(bundle, simulator, plan)[: plan.ablation_surveys]
    table = ablation(bundle.source, surveys, variants=variants, progress=progress)
    way = FAMILY if plan.transfer == "family" else "ours"
    return {"ablation": table, "gain": summary(table, way)}


def _surveys(bundle: ModelBundle, simulator: SurveySimulator, plan: SurveyPlan) -> list[tuple[np.ndarray, np.ndarray]]:
    """Flux ``(k, n)`` and truth ``(k, 4)`` of each test survey, over the usual range of S/N."""
    taken = [simulator.observe(bundle, seed) for seed in plan.seeds("test")]
    return [(prepared_flux(bundle, prepared), truth) for prepared, truth in taken]


def measure_trust(
    bundle: ModelBundle, library: str | Path | None, *, count: int = 40, seed: int = 5
) -> dict[str, object]:
    """Part of the spectra that are no ordinary M dwarf, of each kind, that is flagged or not usable.

    Args:
        bundle: complete.
        library: folder of a PHOENIX library, which some kinds need.
        count: of each kind.
        seed: of all random numbers.
    """
    found = flagged_fractions(contaminants(bundle, count, seed, library), bundle)
    return {
        "spectra_of_each_kind": count,
        "flagged": found,
        "all": float(np.mean(list(found.values()))),
        "left_out": left_out(load_inputs(bundle, library)),
    }

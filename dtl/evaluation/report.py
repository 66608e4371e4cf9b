"""The figures of a bundle on simulated surveys: errors, gap, gain from transfer, coverage, trust."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from dtl.bundle import ModelBundle
from dtl.evaluation.ablation import VARIANTS, ablation, summary
from dtl.evaluation.contaminants import contaminants, flagged, is_doubted, left_out
from dtl.evaluation.exposures import gather
from dtl.evaluation.survey import Telescope, distances, errors, observe, parameter_errors, prepared_flux
from dtl.result import PARAMETERS
from dtl.training.calibrate import coverage, intervals
from dtl.training.settings import SurveyPlan
from dtl.training.transfer import parameters_of

__all__ = ["measure_on_surveys", "measure_trust"]

#: Signal-to-noise ratios at which the coverage of the intervals is judged.
_JUDGED_SNR = (50.0, 100.0, 300.0)


def measure_on_surveys(
    bundle: ModelBundle,
    sky: Telescope,
    plan: SurveyPlan,
    *,
    variants: dict = VARIANTS,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> dict[str, object]:
    """Figures on surveys that neither the transfer nor the calibration of the bundle has seen.

    Args:
        bundle: complete.
        sky: makes the surveys.
        plan: which of them judge.
        variants: of the ablation; none leaves it out.
        progress: called with the fraction done and a word.

    Returns:
        ``survey``: errors of the bundle as it is, before and after its transfer; ``gap``: distances; ``ablation`` and
        ``gain``: of every way of transfer, adapted to each survey anew; ``coverage_1_sigma``: S/N -> parameter;
        ``false_alarms``: part of the good stars that is doubted.
    """
    surveys = []
    for i, seed in enumerate(plan.seeds("test")):
        progress(0.2 * i / plan.test_surveys, "surveys")
        prepared, truth = sky.take(bundle, seed)
        surveys.append((prepared_flux(bundle, prepared), truth))
    flux, truth = (np.concatenate(parts) for parts in zip(*surveys, strict=True))
    report: dict[str, object] = {
        "survey": {
            "stars": len(truth),
            "before": errors(parameters_of(bundle.source, flux), truth),
            "after": errors(parameters_of(bundle, flux), truth),
        },
        "gap": distances(bundle, flux),
    }
    if variants:
        table = ablation(
            bundle.source, surveys, variants=variants, progress=lambda f, t: progress(0.2 + 0.6 * f, f"transfer: {t}")
        )
        report["ablation"] = table
        if {"none", "ours"} <= table.keys():
            report["gain"] = summary(table)
    covered, alarms, at_snr = {}, {}, {}
    for i, snr in enumerate(_JUDGED_SNR):
        progress(0.8 + 0.2 * i / len(_JUDGED_SNR), f"S/N {snr:.0f}")
        results, truths = [], []
        for seed in plan.seeds("test"):
            prepared, truth = sky.take(bundle, seed, snr)
            results += observe(bundle, prepared)
            truths.append(truth)
        truth = np.concatenate(truths)
        found = intervals(results)
        covered[f"{snr:.0f}"] = {name: coverage(found[name], truth[:, i]) for i, name in enumerate(PARAMETERS)}
        at_snr[f"{snr:.0f}"] = parameter_errors(results, truth)
        alarms[f"{snr:.0f}"] = float(np.mean([is_doubted(result) for result in results]))
    return report | {"coverage_1_sigma": covered, "survey_at_snr": at_snr, "false_alarms": alarms}


def measure_trust(
    bundle: ModelBundle, library: str | Path | None, *, count: int = 40, seed: int = 5
) -> dict[str, object]:
    """Part of the spectra that are no ordinary M dwarf, of each kind, that is refused or doubted.

    Args:
        bundle: complete.
        library: folder of a PHOENIX library, which some kinds need.
        count: of each kind.
        seed: of all random numbers.
    """
    found = flagged(contaminants(bundle, count, seed, library), bundle)
    return {
        "spectra_of_each_kind": count,
        "flagged": found,
        "all": float(np.mean(list(found.values()))),
        "left_out": left_out(gather(bundle, library)),
    }

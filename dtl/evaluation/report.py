"""The figures of a bundle on simulated surveys: errors, gap, gain from transfer, coverage, trust."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dtl.bundle import ModelBundle
from dtl.evaluation.ablation import VARIANTS, ablation, summary
from dtl.evaluation.contaminants import is_doubted
from dtl.evaluation.survey import (
    distances,
    errors,
    observe,
    parameter_errors,
    prepared_flux,
    take_survey,
)
from dtl.grid.build import GridSettings
from dtl.grid.gap import read_gap
from dtl.grid.library import Library
from dtl.grid.survey import Source, SurveySettings, library_source
from dtl.result import PARAMETERS
from dtl.training.calibrate import coverage, intervals
from dtl.training.settings import SurveyPlan
from dtl.training.transfer import parameters_of

__all__ = ["measure_on_surveys", "survey_settings", "survey_source"]

#: Signal-to-noise ratios at which the coverage of the intervals is judged.
_JUDGED_SNR = (50.0, 100.0, 300.0)


def survey_source(bundle: ModelBundle, settings: GridSettings, library: Library | None) -> Source:
    """Where the spectra of simulated stars come from: a library where one is at hand, else the decoder."""
    if library is None:
        from dtl.simulation import decoder_source

        return decoder_source(bundle)
    corners = zip(settings.teff, settings.logg, settings.mh, strict=True)
    low, high = (np.array(corner) for corner in corners)
    return library_source(library.around(low, high), extrapolate_logg=settings.extrapolate_logg)


def survey_settings(plan: SurveyPlan, snr: float | None = None) -> SurveySettings:
    """Of the surveys of a plan, at one signal-to-noise ratio or over the usual range."""
    usual = SurveySettings(pixel=plan.pixel)
    return usual if snr is None else SurveySettings(pixel=plan.pixel, snr=(snr, snr))


def measure_on_surveys(
    bundle: ModelBundle,
    source: Source,
    plan: SurveyPlan,
    *,
    variants: dict = VARIANTS,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> dict[str, object]:
    """Figures on surveys that neither the transfer nor the calibration of the bundle has seen.

    Args:
        bundle: complete.
        source: of the clean spectra.
        plan: of the surveys.
        variants: of the ablation; none leaves it out.
        progress: called with the fraction done and a word.

    Returns:
        ``survey``: errors of the bundle as it is, before and after its transfer; ``gap``: distances; ``ablation`` and
        ``gain``: of every way of transfer, adapted to each survey anew; ``coverage_1_sigma``: S/N -> parameter;
        ``false_alarms``: part of the good stars that is doubted.
    """
    gap = read_gap()
    surveys = []
    for i, seed in enumerate(plan.seeds("test")):
        progress(0.2 * i / plan.test_surveys, "surveys")
        prepared, truth = take_survey(bundle, source, gap, survey_settings(plan), seed=seed, stars=plan.stars)
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
            prepared, truth = take_survey(bundle, source, gap, survey_settings(plan, snr), seed=seed, stars=plan.stars)
            results += observe(bundle, prepared)
            truths.append(truth)
        truth = np.concatenate(truths)
        found = intervals(results)
        covered[f"{snr:.0f}"] = {name: coverage(found[name], truth[:, i]) for i, name in enumerate(PARAMETERS)}
        at_snr[f"{snr:.0f}"] = parameter_errors(results, truth)
        alarms[f"{snr:.0f}"] = float(np.mean([is_doubted(result) for result in results]))
    return report | {"coverage_1_sigma": covered, "survey_at_snr": at_snr, "false_alarms": alarms}

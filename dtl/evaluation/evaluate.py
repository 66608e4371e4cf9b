"""The measured table of a bundle, recomputed: what the card says, from what is at hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from dtl.bundle.calibration import Calibration
from dtl.bundle.model import ModelBundle
from dtl.evaluation.make import calibrated
from dtl.evaluation.metric_groups import METRIC_GROUPS
from dtl.evaluation.node_metrics import measure
from dtl.evaluation.real_stars import compare
from dtl.evaluation.survey_accuracy import survey_simulator
from dtl.evaluation.survey_report import measure_on_surveys, measure_transfer, measure_trust
from dtl.evaluation.unseen_gaps import leave_out, measure_adapted, measure_unseen
from dtl.grid.build import Grid, GridSettings, build_grid
from dtl.grid.library import Library, OutsideLibrary
from dtl.grid.recognition import read_library, wavelengths_around
from dtl.result import PARAMETERS
from dtl.spectrum import UnusableInput
from dtl.training.settings import settings_of_card
from dtl.training.split import split_nodes

__all__ = ["evaluate", "recalibrated", "with_metrics"]


def evaluate(
    bundle: ModelBundle,
    *,
    library: str | Path | None = None,
    spectra: Sequence[str | Path] = (),
    parts: Collection[str] = tuple(METRIC_GROUPS),
    stars: int | None = None,
    contaminants: int = 40,
    progress: Callable[[str, float, str], None] = lambda stage, fraction, text: None,
) -> dict[str, object]:
    """Every figure of the card that can be had, and where each comes from.

    Args:
        bundle: complete.
        library: folder of the PHOENIX library it was trained on; without one the surveys are rendered through the
            decoder, and the figures on the test nodes are those of the card.
        spectra: files of real stars.
        parts: of `dtl.evaluation.metric_groups.METRIC_GROUPS`; figures of the others are those of the card.
        stars: in each survey; as in the training where None.
        contaminants: spectra of each kind that must not pass.
        progress: called with stage, fraction done and a word.

    Returns:
        ``metrics``: as in the card, recomputed where possible; ``source``: name -> "recomputed" or "card";
        ``bundle``: name and version.

    Raises:
        UnusableInput: where the library does not hold the bundle's domain.
    """
    settings = settings_of_card(bundle.card)
    plan = settings.survey if stars is None else replace(settings.survey, stars=stars)
    metrics: dict[str, object] = {}
    models = None if library is None else read_library(library, reach=wavelengths_around(bundle.window))
    if models is not None and "models" in parts:
        grid = _rebuilt_grid(bundle, models, str(library), settings.grid, progress)
        metrics |= measure(bundle, grid, split_nodes(len(grid.nodes), settings.seed), settings.augmentation)
    simulator = survey_simulator(bundle, settings.grid, plan, models)
    if "surveys" in parts:
        metrics |= measure_on_surveys(bundle, simulator, plan, progress=lambda f, t: progress("surveys", f, t))
    if {"gaps", "adapted"} & set(parts) and settings.survey.transfer == "family":
        left_out = leave_out(bundle, simulator, settings, progress=lambda f, t: progress("unseen gaps", f, t))
        for part, measured in (("gaps", measure_unseen), ("adapted", measure_adapted)):
            if part in parts:
                metrics |= measured(left_out, bundle, simulator, progress=lambda f, t, p=part: progress(p, f, t))
    if "ablation" in parts:
        metrics |= measure_transfer(bundle, simulator, plan, progress=lambda f, t: progress("transfer", f, t))
    if "trust" in parts:
        progress("trust", 0.0, "")
        metrics["trust"] = measure_trust(bundle, library, count=contaminants)
    if spectra and "stars" in parts:
        progress("real stars", 0.0, "")
        metrics["real_stars"] = compare(bundle, spectra)
    card = bundle.card.get("metrics", {})
    return {
        "bundle": f"{bundle.name} {bundle.version}",
        "metrics": card | metrics,
        "source": {name: "recomputed" if name in metrics else "card" for name in card | metrics},
    }


def recalibrated(
    bundle: ModelBundle,
    *,
    library: str | Path | None = None,
    progress: Callable[[str, float, str], None] = lambda stage, fraction, text: None,
) -> ModelBundle:
    """The bundle with its intervals and what is usual in good stars fitted anew; its networks stay as they are.

    Args:
        bundle: complete.
        library: folder of the PHOENIX library it was trained on; without one the surveys come through the decoder.
        progress: called with stage, fraction done and a word.
    """
    settings = settings_of_card(bundle.card)
    models = None if library is None else read_library(library, reach=wavelengths_around(bundle.window))
    simulator = survey_simulator(bundle, settings.grid, settings.survey, models)
    card = bundle.card | {"calibration": {name: asdict(Calibration()) for name in PARAMETERS}}
    raw = replace(bundle, card=card, references={})
    return calibrated(raw, simulator, settings, progress=progress)[0]


def _rebuilt_grid(
    bundle: ModelBundle,
    models: Library,
    place: str,
    settings: GridSettings,
    progress: Callable[[str, float, str], None],
) -> Grid:
    """The grid that a bundle was trained on, made again from the library in ``place``."""
    try:
        grid = build_grid(models, settings, bundle.window, progress=lambda fraction: progress("grid", fraction, ""))
    except OutsideLibrary as error:
        raise UnusableInput(f"{place}: {error}; give the library the bundle was trained on.") from error
    if len(grid.nodes) != len(bundle.nodes):
        raise UnusableInput(
            f"{place}: makes a grid of {len(grid.nodes)} spectra where {bundle.name} has {len(bundle.nodes)}; "
            "give the library it was trained on."
        )
    return grid


def with_metrics(bundle: ModelBundle, metrics: dict[str, object]) -> ModelBundle:
    """The bundle with these figures in its card."""
    return replace(bundle, card=dict(bundle.card, metrics=metrics))

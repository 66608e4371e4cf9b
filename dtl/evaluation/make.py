"""One run: networks trained on a grid -> transfer -> calibration -> metrics -> bundle; joins the steps, does none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.bundle.store import load_bundle, save_bundle
from dtl.evaluation.calibration_fit import calibrate, survey_answers
from dtl.evaluation.node_metrics import measure
from dtl.evaluation.survey_accuracy import SurveySimulator, prepared_flux, survey_simulator
from dtl.evaluation.survey_report import measure_on_surveys, measure_transfer
from dtl.evaluation.unseen_gaps import LeftOut, answers_for_unseen, leave_out, measure_unseen
from dtl.grid.build import Grid
from dtl.grid.library import Library
from dtl.inference.prior import StarPrior
from dtl.parallel.engine import Engine
from dtl.spectrum import UnusableInput
from dtl.training.bundle_training import card_of_networks, train_networks
from dtl.training.settings import TrainingSettings
from dtl.training.split import split_nodes
from dtl.transfer.alignment import align
from dtl.transfer.family_transfer import transfer_family
from dtl.transfer.fine_tuning import TransferSettings, transfer

__all__ = ["calibrated", "finish_bundle", "train_bundle"]


def train_bundle(
    grid: Grid,
    settings: TrainingSettings,
    output: Path,
    checkpoints: Path,
    *,
    library: Library | None = None,
    engine: Engine = Engine(),
    progress: Callable[[str, float, str], None] = lambda stage, fraction, text: None,
) -> ModelBundle:
    """Train everything of a bundle and write it; an interrupted run is resumed.

    Args:
        grid: spectra and nodes.
        settings: of the run.
        output: folder of the bundle.
        checkpoints: folder of what may be needed to resume.
        library: that the simulated surveys are rendered from; through the decoder where it is not at hand.
        engine: what trains the members of the ensemble.
        progress: called with stage, fraction done and a word.

    Returns:
        The bundle as read back from ``output``.
    """
    bundle = train_networks(grid, settings, checkpoints, engine=engine, progress=progress)
    return finish_bundle(bundle, grid, settings, output, library=library, progress=progress)


def finish_bundle(
    bundle: ModelBundle,
    grid: Grid,
    settings: TrainingSettings,
    output: Path,
    *,
    library: Library | None = None,
    progress: Callable[[str, float, str], None] = lambda stage, fraction, text: None,
) -> ModelBundle:
    """Transfer, calibration and figures of networks that have learned from models, and the bundle written.

    Args:
        bundle: of which networks, latents and maps are taken.
        grid: that it was trained on.
        settings: of the run.
        output: folder of the bundle.
        library: that the simulated surveys are rendered from; through the decoder where it is not at hand.
        progress: called with stage, fraction done and a word.

    Returns:
        The bundle as read back from ``output``.

    Raises:
        UnusableInput: where the grid is not the one the networks were trained on.
    """
    if bundle.nodes.shape != grid.nodes.shape or not np.allclose(bundle.nodes, grid.nodes, rtol=1e-5):
        raise UnusableInput(f"{bundle.name}: its networks were trained on another grid; give the settings of that one.")
    split = split_nodes(len(grid.nodes), settings.seed)
    # Nothing of an earlier transfer or calibration may leak into this one; figures that it does not measure stay.
    kept = {name: bundle.card[name] for name in ("projector_error", "metrics", "search") if name in bundle.card}
    card = card_of_networks(grid, settings) | kept
    bundle = replace(bundle.source, card=card, references={})
    simulator = survey_simulator(bundle, grid.settings, settings.survey, library)
    bundle = _with_transfer(bundle, simulator, settings, progress)
    bundle, left_out = calibrated(bundle, simulator, settings, progress=progress)
    # Saved and read back before it is judged: the figures are those of the half-precision weights that are shipped.
    bundle = load_bundle(save_bundle(bundle, output))
    metrics = bundle.card["metrics"] | measure(bundle, grid, split, settings.augmentation)
    metrics |= measure_on_surveys(bundle, simulator, settings.survey, progress=lambda f, t: progress("surveys", f, t))
    if left_out:
        metrics |= measure_unseen(left_out, bundle, simulator, progress=lambda f, t: progress("unseen gaps", f, t))
    metrics |= measure_transfer(
        bundle, simulator, settings.survey, progress=lambda f, t: progress("ways of transfer", f, t)
    )
    return load_bundle(save_bundle(replace(bundle, card=dict(bundle.card, metrics=metrics)), output))


def calibrated(
    bundle: ModelBundle,
    simulator: SurveySimulator,
    settings: TrainingSettings,
    *,
    progress: Callable[[str, float, str], None] = lambda stage, fraction, text: None,
) -> tuple[ModelBundle, list[LeftOut]]:
    """A bundle with its intervals, and the networks without each kind of gap that they were fitted with.

    Args:
        bundle: after its transfer, neither calibrated nor measured.
        simulator: of stars.
        settings: of the run.
        progress: called with stage, fraction done and a word.
    """
    plan = settings.survey
    if plan.transfer == "family":
        left_out = leave_out(bundle, simulator, settings, progress=lambda f, t: progress("unseen gaps", f, t))
        answers = partial(answers_for_unseen, left_out, bundle, simulator, settings)
    else:
        left_out, answers = [], survey_answers(bundle, simulator, plan)
    done = calibrate(bundle, answers, plan.false_alarms, progress=lambda f, t: progress("calibration", f, t))
    return done, left_out


def _with_transfer(
    bundle: ModelBundle, simulator: SurveySimulator, settings: TrainingSettings, progress: Callable
) -> ModelBundle:
    plan = settings.survey
    if plan.transfer == "none":
        return bundle
    if plan.transfer == "family":
        done = transfer_family(
            bundle,
            simulator.gap,
            settings.family,
            StarPrior(settings.prior),
            settings.augmentation,
            seed=settings.seed,
            progress=lambda f, t: progress("transfer", f, t),
        )
        entry = {"spectra": 0, "what": "models with a family of synthetic gaps", "history": done.history}
        return replace(done.bundle, card=dict(done.bundle.card, transfer=entry))
    flux = np.concatenate(
        [prepared_flux(bundle, simulator.observe(bundle, seed)[0]) for seed in plan.seeds("transfer")]
    )
    if plan.transfer != "ours":
        return align(bundle, flux, plan.transfer, seed=settings.seed)
    done = transfer(
        bundle, flux, TransferSettings.of(plan), seed=settings.seed, progress=lambda f, t: progress("transfer", f, t)
    )
    entry = {"spectra": len(flux), "what": "simulated surveys, without their truth", "history": done.history}
    return replace(done.bundle, card=dict(bundle.card, transfer=entry))

"""One run: grid -> autoencoder -> regressors -> maps -> calibration -> metrics -> bundle."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

import dtl
from dtl.bundle.calibration import SCORES, Calibration
from dtl.bundle.model import ModelBundle
from dtl.bundle.projection import flux_basis
from dtl.bundle.store import load_bundle, save_bundle
from dtl.evaluation.calibration_fit import CALIBRATION_SNR, fit_calibration, fit_references, fit_threshold, intervals
from dtl.evaluation.node_metrics import measure
from dtl.evaluation.survey_accuracy import SurveySimulator, observe, prepared_flux, survey_simulator
from dtl.evaluation.survey_report import measure_on_surveys, measure_transfer
from dtl.grid.build import Grid
from dtl.grid.library import Library
from dtl.inference.trust import HULL_UNIT
from dtl.result import PARAMETERS
from dtl.spectrum import UnusableInput
from dtl.training.augmentation import disturbed
from dtl.training.autoencoder import train_autoencoder
from dtl.training.maps import fit_map, projector_error
from dtl.training.regressors import train_regressors
from dtl.training.settings import TrainingSettings
from dtl.training.split import split_nodes
from dtl.transfer.alignment import align
from dtl.transfer.fine_tuning import TransferSettings, transfer
from dtl.wavelengths import WINDOW

__all__ = ["finish_bundle", "train_bundle"]

_TEMPLATE_TEFF = (2400, 2700, 3000, 3200, 3400, 3600, 3800, 4000, 4300)
_TEMPLATE_VSINI = (2.0, 10.0)
_TEST_SNR = 100.0


def train_bundle(
    grid: Grid,
    settings: TrainingSettings,
    output: Path,
    checkpoints: Path,
    *,
    library: Library | None = None,
    progress: Callable[[str, float, str], None] = lambda stage, fraction, text: None,
) -> ModelBundle:
    """Train everything of a bundle and write it; a run that was killed goes on where it stood.

    Args:
        grid: spectra and nodes.
        settings: of the run.
        output: folder of the bundle.
        checkpoints: folder of what may be needed to go on.
        library: that the simulated surveys are rendered from; through the decoder where it is not at hand.
        progress: called with stage, fraction done and a word.

    Returns:
        The bundle as read back from ``output``.
    """
    checkpoints.mkdir(parents=True, exist_ok=True)
    started = datetime.now(UTC)
    split = split_nodes(len(grid.nodes), settings.seed)
    autoencoder = train_autoencoder(
        grid, split, settings, checkpoints / "autoencoder.pt", progress=lambda f, t: progress("autoencoder", f, t)
    )
    regressors = train_regressors(
        autoencoder, grid, split, settings, checkpoints, progress=lambda f, t: progress("regressors", f, t)
    )
    with torch.inference_mode():
        latents = autoencoder.encode(torch.from_numpy(grid.flux)).numpy()
    basis = flux_basis(grid.flux)
    bundle = ModelBundle(
        card=_card(grid, settings, started),
        wavelength=grid.wavelength,
        autoencoder=autoencoder,
        regressors=regressors,
        nodes=grid.nodes,
        latents=latents,
        map_flux=np.zeros((len(latents), 2)),
        map_latent=np.zeros((len(latents), 2)),
        flux_basis=basis,
        template_nodes=_template_nodes(grid.nodes),
        references={},
    )
    bundle = _with_maps(bundle, grid, split.test, settings, progress)
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
    card = _card(grid, settings, datetime.now(UTC)) | kept
    bundle = replace(bundle.source, card=card, references={})
    simulator = survey_simulator(bundle, grid.settings, settings.survey, library)
    bundle = _with_transfer(bundle, simulator, settings, progress)
    bundle = _with_calibration(bundle, simulator, settings, progress)
    # Saved and read back before it is judged: the figures are those of the half-precision weights that are shipped.
    bundle = load_bundle(save_bundle(bundle, output))
    metrics = bundle.card["metrics"] | measure(bundle, grid, split, settings.augmentation)
    metrics |= measure_on_surveys(bundle, simulator, settings.survey, progress=lambda f, t: progress("surveys", f, t))
    metrics |= measure_transfer(
        bundle, simulator, settings.survey, progress=lambda f, t: progress("ways of transfer", f, t)
    )
    return load_bundle(save_bundle(replace(bundle, card=dict(bundle.card, metrics=metrics)), output))


def _with_transfer(
    bundle: ModelBundle, simulator: SurveySimulator, settings: TrainingSettings, progress: Callable
) -> ModelBundle:
    plan = settings.survey
    if plan.transfer == "none":
        return bundle
    flux = np.concatenate(
        [prepared_flux(bundle, simulator.observe(bundle, seed)[0]) for seed in plan.seeds("transfer")]
    )
    if plan.transfer != "ours":
        return align(bundle, flux, plan.transfer, seed=settings.seed)
    how = TransferSettings(
        rounds=plan.rounds, epochs=plan.epochs, rank=plan.rank, depth=plan.depth, measured=plan.measured
    )
    done = transfer(bundle, flux, how, seed=settings.seed, progress=lambda f, t: progress("transfer", f, t))
    entry = {"spectra": len(flux), "what": "simulated surveys, without their truth", "history": done.history}
    return replace(done.bundle, card=dict(bundle.card, transfer=entry))


def _with_maps(
    bundle: ModelBundle, grid: Grid, test: np.ndarray, settings: TrainingSettings, progress: Callable
) -> ModelBundle:
    progress("maps", 0.0, "flux space")
    scores = bundle.flux_basis.scores
    flux_map = fit_map(scores, settings.maps, settings.seed, metric="cosine")
    progress("maps", 0.5, "latent space")
    latent_map = fit_map(bundle.latents, settings.maps, settings.seed, metric="correlation")
    noisy = disturbed(grid.flux[test[:200]], _TEST_SNR, settings.augmentation, settings.seed + 3)
    errors = {
        "flux": projector_error(flux_map, bundle.flux_basis.describe(noisy), scores, centred=True),
        "latent": projector_error(latent_map, bundle.encode(noisy), bundle.latents),
    }
    card = dict(bundle.card, projector_error=errors)
    return replace(
        bundle,
        card=card,
        map_flux=np.asarray(flux_map.embedding_),
        map_latent=np.asarray(latent_map.embedding_),
    )


def _with_calibration(
    bundle: ModelBundle, simulator: SurveySimulator, settings: TrainingSettings, progress: Callable
) -> ModelBundle:
    plan, results, truths = settings.survey, {}, {}
    for i, snr in enumerate(CALIBRATION_SNR):
        progress("calibration", i / len(CALIBRATION_SNR), f"S/N {snr:.0f}")
        results[snr], truths[snr] = [], []
        for seed in plan.seeds("calibration"):
            prepared, truth = simulator.observe(bundle, seed, snr)
            results[snr] += observe(bundle, prepared)
            truths[snr].append(truth)
    raw = [intervals(results[snr]) for snr in CALIBRATION_SNR]
    truth = [np.concatenate(truths[snr]) for snr in CALIBRATION_SNR]
    calibration = {
        name: asdict(fit_calibration([level[name] for level in raw], [level[:, i] for level in truth]))
        for i, name in enumerate(PARAMETERS)
    }
    references = fit_references(results)
    trust = {
        "percentile": fit_threshold(results, references, plan.false_alarms),
        "false_alarms": plan.false_alarms,
        "scores": SCORES,
    }
    return replace(bundle, card=dict(bundle.card, calibration=calibration, trust=trust), references=references)


def _template_nodes(nodes: np.ndarray) -> np.ndarray:
    """Indices of nodes of about solar metallicity over the range of Teff, slow and fast."""
    wanted = [(teff, vsini) for teff in _TEMPLATE_TEFF for vsini in _TEMPLATE_VSINI]
    found = [
        int(np.argmin(np.abs(nodes[:, 0] - t) / 100 + 2 * np.abs(nodes[:, 2]) + np.abs(nodes[:, 3] - v)))
        for t, v in wanted
    ]
    return np.unique(found)


def _card(grid: Grid, settings: TrainingSettings, started: datetime) -> dict[str, object]:
    low, high = grid.nodes.min(axis=0), grid.nodes.max(axis=0)
    units = ("K", "dex", "dex", "km/s")
    return {
        "name": settings.name,
        "version": settings.version,
        "created": started.strftime("%Y-%m-%d"),
        "window": list(WINDOW),
        "step": float(np.round(grid.wavelength[1] - grid.wavelength[0], 6)),
        "resolution": grid.settings.resolution,
        "parameters": {
            name: {"unit": unit, "range": [round(float(a), 3), round(float(b), 3)]}
            for name, unit, a, b in zip(PARAMETERS, units, low, high, strict=True)
        },
        "nodes": {"count": len(grid.nodes), "triples": len(np.unique(grid.nodes[:, :3], axis=0))},
        "hull": {
            "rule": "distance from (Teff, log g, [M/H]) to the nearest node triple in these units; outside beyond 1",
            "unit": [float(unit) for unit in HULL_UNIT],
        },
        "architecture": {
            "layout": settings.autoencoder.layout,
            "hidden": list(settings.autoencoder.hidden),
            "n_latent": settings.autoencoder.n_latent,
            "regressor": settings.regressor.layout,
        },
        "training": {"settings": settings.as_dict(), "seed": settings.seed, "grid_sha256": grid.digest()},
        "data": {"library": grid.source, "reference": "Husser et al. 2013, A&A 553, A6", "observed": "none"},
        "limits": list(settings.limits),
        "calibration": {name: asdict(Calibration()) for name in PARAMETERS},
        "metrics": {},
        "versions": {
            "python": platform.python_version(),
            "dtl": dtl.__version__,
            **{package: version(package) for package in ("torch", "numpy", "scipy", "umap-learn")},
        },
        "licence": "BSD-3-Clause",
    }

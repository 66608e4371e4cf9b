"""The networks of a bundle, trained on a grid: autoencoder, regressors and maps, and the card that says so."""

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
from dtl.bundle.calibration import Calibration
from dtl.bundle.model import ModelBundle
from dtl.bundle.projection import flux_basis
from dtl.bundle.window import window_entries
from dtl.grid.build import Grid
from dtl.inference.trust import HULL_UNIT
from dtl.parallel.engine import Engine
from dtl.result import PARAMETERS
from dtl.simulation.gap import gap_of
from dtl.training.augmentation import disturbed
from dtl.training.autoencoder import train_autoencoder
from dtl.training.maps import fit_map, projector_error
from dtl.training.regressors import train_regressors
from dtl.training.settings import TrainingSettings
from dtl.training.split import split_nodes

__all__ = ["card_of_networks", "train_networks"]

#: Teff [K] and v sin i [km/s] of the velocity templates.
_TEMPLATE_TEFF = (2400, 2700, 3000, 3200, 3400, 3600, 3800, 4000, 4300)
_TEMPLATE_VSINI = (2.0, 10.0)
#: What the card of a bundle says in whose window no synthetic gap is known.
_NO_GAP = (
    "Its simulated surveys have no synthetic gap, for none was measured in {}: real stars are less like the models, "
    "and the errors and intervals found on these surveys are too small for them."
)
#: Signal-to-noise ratio at which the projection to the maps is judged.
_TEST_SNR = 100.0


def train_networks(
    grid: Grid,
    settings: TrainingSettings,
    checkpoints: Path,
    *,
    engine: Engine = Engine(),
    progress: Callable[[str, float, str], None] = lambda stage, fraction, text: None,
) -> ModelBundle:
    """Train networks on models alone; an interrupted run is resumed.

    Args:
        grid: spectra and nodes.
        settings: of the run.
        checkpoints: folder of what may be needed to resume.
        engine: what trains the members.
        progress: called with stage, fraction done and a word.

    Returns:
        A bundle that is neither adapted to observed spectra nor calibrated nor measured.
    """
    checkpoints.mkdir(parents=True, exist_ok=True)
    started = datetime.now(UTC)
    split = split_nodes(len(grid.nodes), settings.seed)
    autoencoder = train_autoencoder(
        grid, split, settings, checkpoints / "autoencoder.pt", progress=lambda f, t: progress("autoencoder", f, t)
    )
    regressors = train_regressors(
        autoencoder,
        grid,
        split,
        settings,
        checkpoints,
        engine=engine,
        progress=lambda f, t: progress("regressors", f, t),
    )
    with torch.inference_mode():
        latents = autoencoder.encode(torch.from_numpy(grid.flux)).numpy()
    bundle = ModelBundle(
        card=card_of_networks(grid, settings, started),
        wavelength=grid.wavelength,
        autoencoder=autoencoder,
        regressors=regressors,
        nodes=grid.nodes,
        latents=latents,
        map_flux=np.zeros((len(latents), 2)),
        map_latent=np.zeros((len(latents), 2)),
        flux_basis=flux_basis(grid.flux),
        template_nodes=_template_nodes(grid.nodes),
        references={},
    )
    return _with_maps(bundle, grid, split.test, settings, progress)


def _with_maps(
    bundle: ModelBundle, grid: Grid, test: np.ndarray, settings: TrainingSettings, progress: Callable
) -> ModelBundle:
    progress("maps", 0.0, "flux space")
    scores = bundle.flux_basis.scores
    flux_map = fit_map(scores, settings.maps, settings.seed, metric="cosine")
    progress("maps", 0.5, "latent space")
    latent_map = fit_map(bundle.latents, settings.maps, settings.seed, metric="correlation")
    noisy = disturbed(grid.flux[test[:200]], _TEST_SNR, settings.augmentation, settings.window, settings.seed + 3)
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


def _template_nodes(nodes: np.ndarray) -> np.ndarray:
    """Indices of nodes of about solar metallicity over the range of Teff, slow and fast."""
    wanted = [(teff, vsini) for teff in _TEMPLATE_TEFF for vsini in _TEMPLATE_VSINI]
    found = [
        int(np.argmin(np.abs(nodes[:, 0] - t) / 100 + 2 * np.abs(nodes[:, 2]) + np.abs(nodes[:, 3] - v)))
        for t, v in wanted
    ]
    return np.unique(found)


def card_of_networks(grid: Grid, settings: TrainingSettings, started: datetime | None = None) -> dict[str, object]:
    """The card of networks that know models alone: nothing calibrated or measured yet.

    Args:
        grid: that they were trained on.
        settings: of the run.
        started: when the training began; now where None.
    """
    low, high = grid.nodes.min(axis=0), grid.nodes.max(axis=0)
    region = window_entries(settings.window, settings.lines, settings.telluric_lines)
    region |= {"synthetic_gap": settings.gap.entries()} if settings.gap else {}
    units = ("K", "dex", "dex", "km/s")
    return {
        "name": settings.name,
        "version": settings.version,
        "created": (started or datetime.now(UTC)).strftime("%Y-%m-%d"),
        **region,
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
        "data": {"library": grid.source, "reference": grid.reference, "observed": "none"},
        "limits": [*settings.limits, *([] if gap_of(region) else [_NO_GAP.format(settings.window)])],
        "calibration": {name: asdict(Calibration()) for name in PARAMETERS},
        "metrics": {},
        "versions": {
            "python": platform.python_version(),
            "dtl": dtl.__version__,
            **{package: version(package) for package in ("torch", "numpy", "scipy", "umap-learn")},
        },
        "licence": "BSD-3-Clause",
    }

"""A made-up world on 351 points: main-sequence stars of 60 lines, a bundle trained on them, and a gap."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from dtl.bundle.learned_gap import LearnedGap, rotated
from dtl.bundle.model import ModelBundle
from dtl.bundle.projection import flux_basis
from dtl.grid.build import Grid, GridSettings
from dtl.preparation.broadening import broaden
from dtl.result import PARAMETERS
from dtl.training.augmentation import Augmentation
from dtl.training.autoencoder import train_autoencoder
from dtl.training.regressors import train_regressors
from dtl.training.settings import AutoencoderSettings, RegressorSettings, TrainingSettings
from dtl.training.split import split_nodes
from dtl.transfer.population import Population
from dtl.wavelengths import SPEED_OF_LIGHT
from tests.builders import WINDOW

WAVELENGTH = WINDOW.points(0.1)
#: Disturbances of the toy: little but photon noise.
QUIET = Augmentation(snr=(60.0, 500.0), pixel=(1, 2), rv=0.0, continuum=0.0, depth=0.0)
#: The stars of `sample` agree with it.
POPULATION = Population(mean_mh=0.0, spread_mh=0.2, slow=0.3, slow_vsini=2.0)
_SEED = 3


def logg(teff: np.ndarray, mh: np.ndarray) -> np.ndarray:
    """The main sequence of the toy."""
    return 4.9 - 0.4 * (np.asarray(teff) - 3400.0) / 1000.0 + 0.1 * np.asarray(mh)


@lru_cache(maxsize=1)
def _profiles() -> np.ndarray:
    """Depth of five kinds of lines on `WAVELENGTH`; shape ``(5, 351)``."""
    rng = np.random.default_rng(11)
    kinds = []
    for _ in range(5):
        centre, depth = rng.uniform(8801.0, 8834.0, 14), rng.uniform(0.1, 0.4, 14)
        kinds.append(np.exp(-0.5 * ((WAVELENGTH[:, None] - centre) / 0.2) ** 2) @ depth)
    return np.stack(kinds)


def model(star: np.ndarray) -> np.ndarray:
    """Normalised flux at Teff, log g, [M/H], v sin i; shape ``(351,)``."""
    cool, rich, dense, both, same = _profiles()
    t, g, m = (star[0] - 3400.0) / 300.0, (star[1] - 4.9) / 0.2, star[2] / 0.4
    absorbed = (
        (1 - 0.4 * t) * cool + (1 + 0.5 * m) * rich + (1 + 0.2 * g) * dense + (1 + 0.25 * t + 0.25 * m) * both + same
    )
    step = (WAVELENGTH[1] - WAVELENGTH[0]) / WAVELENGTH.mean() * SPEED_OF_LIGHT
    return broaden(np.exp(-absorbed), step, vsini=float(star[3]))


@lru_cache(maxsize=1)
def toy_grid() -> Grid:
    """Some 700 nodes."""
    axes = np.arange(3100.0, 3701.0, 50.0), (-0.05, 0.05), np.arange(-0.4, 0.41, 0.1), (1.5, 2.0, 5.0, 10.0)
    nodes = np.array([(teff, logg(teff, mh) + beside, mh, vsini) for teff, beside, mh, vsini in product(*axes)])
    flux = np.stack([model(node) for node in nodes]).astype(np.float32)
    return Grid(WAVELENGTH, nodes, flux, GridSettings(), "made up", WINDOW)


@lru_cache(maxsize=1)
def toy_bundle() -> ModelBundle:
    """Networks trained on noise-free spectra of `toy_grid` in some seconds; what no model shows misleads them."""
    grid = toy_grid()
    settings = TrainingSettings(
        "toy",
        WINDOW,
        seed=_SEED,
        autoencoder=AutoencoderSettings(hidden=(48,), n_latent=6, epochs=25, batch=32, jacobian_weight=0.0),
        regressor=RegressorSettings(members=1, steps=200, batch=64, draws=1),
        augmentation=replace(QUIET, clean_fraction=1.0),
    )
    split = split_nodes(len(grid.nodes), _SEED)
    with TemporaryDirectory() as folder:
        autoencoder = train_autoencoder(grid, split, settings)
        regressors = train_regressors(autoencoder, grid, split, settings, Path(folder))
    with torch.inference_mode():
        latents = autoencoder.encode(torch.from_numpy(grid.flux)).numpy()
    return ModelBundle(
        card={
            "name": "toy",
            "version": "1.0",
            "resolution": 50_000.0,
            "architecture": {"layout": "compact", "hidden": [48], "n_latent": 6, "regressor": "compact"},
            "training": {"seed": _SEED},
            "calibration": {name: {"scale": 1.0, "floor": 0.0} for name in PARAMETERS},
        },
        wavelength=WAVELENGTH,
        autoencoder=autoencoder,
        regressors=regressors,
        nodes=grid.nodes,
        latents=latents,
        map_flux=latents[:, :2],
        map_latent=latents[:, 2:4],
        flux_basis=flux_basis(grid.flux, 6),
        template_nodes=np.array([0]),
        references={},
    )


@lru_cache(maxsize=1)
def toy_gap() -> LearnedGap:
    """Nine lines and a slope of which no combination of models has any: what can be seen without labels."""
    rng = np.random.default_rng(5)
    centre, depth = rng.uniform(8802.0, 8833.0, 9), rng.choice([-1.0, 1.0], 9) * rng.uniform(0.1, 0.24, 9)
    level = np.exp(-0.5 * ((WAVELENGTH[:, None] - centre) / 0.2) ** 2) @ depth + 0.02 * (WAVELENGTH - 8817.5) / 17.5
    axes = np.linalg.svd(toy_grid().flux - 1.0, full_matrices=False)[2][:30].astype(float)
    level = level - axes.T @ (axes @ level)
    return LearnedGap(level, 0.3 * level, 3400.0, WINDOW)


def sample(count: int, *, snr: float = 150.0, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """True parameters ``(count, 4)`` of stars that agree with `POPULATION`, and their spectra with `toy_gap`."""
    rng = np.random.default_rng(seed)
    teff, mh = rng.uniform(3200.0, 3600.0, count), np.clip(rng.normal(0.0, 0.12, count), -0.3, 0.3)
    mh -= mh.mean()
    vsini = np.where(np.arange(count) < 0.4 * count, 2.0, rng.uniform(2.0, 9.0, count))
    truth = np.stack([teff, logg(teff, mh), mh, vsini], axis=1)
    clean = np.stack([model(star) for star in truth])
    gap = toy_gap()
    extra = [rotated(gap.level + w * gap.slope, v, WINDOW) for w, v in zip(gap.weights(teff), vsini, strict=True)]
    return truth, clean + np.stack(extra) + rng.normal(0.0, 1.0 / snr, clean.shape)

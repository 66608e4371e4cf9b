"""Figures of a bundle on the test nodes, the linear baseline beside them."""

from __future__ import annotations

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.bundle.projection import dead_latents, principal_axes
from dtl.grid.build import Grid
from dtl.result import PARAMETERS
from dtl.training.augmentation import Augmentation, disturbed
from dtl.training.split import Split

__all__ = ["PUBLISHED", "measure", "pca_mse"]

#: Mas-Buitrago et al. (2024): test MSE of the autoencoder and rmse of the worst of the 80 regressors kept.
PUBLISHED = {
    "autoencoder_mse": 5e-5,
    "rmse": {"teff": 18.8, "logg": 0.065, "mh": 0.040, "vsini": 0.23},
}


def pca_mse(train: np.ndarray, test: np.ndarray, components: int) -> float:
    """Mean squared error of principal components fitted on ``train`` and applied to ``test``, flux ``(., n)``."""
    mean = train.mean(axis=0, dtype=float)
    centred = train - mean
    basis = principal_axes(centred, components)
    residual = (test - mean) - (test - mean) @ basis.T @ basis
    return float(np.mean(residual**2))


def measure(
    bundle: ModelBundle, grid: Grid, split: Split, augmentation: Augmentation, *, seed: int = 7
) -> dict[str, object]:
    """Figures on model spectra, with the networks for model spectra: those from before a transfer.

    Noise-free figures and those at S/N 100 use all test nodes and the mean of the members.
    """
    bundle = bundle.source
    test = grid.flux[split.test]
    truth = grid.nodes[split.test]
    noisy = disturbed(test, 100.0, augmentation, bundle.window, seed)
    return {
        "test_nodes": len(split.test),
        "autoencoder_parameters": sum(p.numel() for p in bundle.autoencoder.parameters()),
        "dead_latents": int(dead_latents(bundle.latents).sum()),
        "autoencoder_mse": float(np.mean((bundle.decode(bundle.encode(test)) - test) ** 2)),
        "autoencoder_mse_snr100": float(np.mean((bundle.decode(bundle.encode(noisy)) - test) ** 2)),
        "pca_mse": {str(k): pca_mse(grid.flux[split.train], test, k) for k in (4, 8, 16, 32)},
        "rmse_noise_free": rmse(bundle, test, truth),
        "rmse_snr100": rmse(bundle, noisy, truth),
        "published": PUBLISHED,
    }


def rmse(bundle: ModelBundle, flux: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Root mean squared error of the mean of the members, flux ``(k, n)``, truth ``(k, 4)``."""
    wrong = np.sqrt(np.mean((bundle.parameters(flux) - truth) ** 2, axis=0))
    return dict(zip(PARAMETERS, wrong.tolist(), strict=True))

"""Calibration on simulated spectra of validation nodes: intervals that cover, and what distances are usual."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from dtl.bundle import ModelBundle
from dtl.estimate import Calibration
from dtl.inference import estimate_parameters
from dtl.latent import nearest
from dtl.outliers import Reference
from dtl.result import PARAMETERS
from dtl.training.augment import Augmentation, add_noise, augment

__all__ = ["CALIBRATION_SNR", "disturbed", "fit_calibration", "latent_distances", "raw_estimates"]

CALIBRATION_SNR = (30.0, 50.0, 100.0, 200.0, 300.0, 500.0)
#: Size of an input pixel in the simulations, points of 0.01 Angstrom: that of HPF and CARMENES is 3 to 6.
_PIXEL = 5
_ONE_SIGMA = 0.6827


def disturbed(flux: np.ndarray, snr: float, settings: Augmentation, seed: int) -> np.ndarray:
    """Spectra ``(k, n)`` as observed at one signal-to-noise ratio, with residual velocity and continuum."""
    generator = torch.Generator().manual_seed(seed)
    quiet = replace(settings, clean_fraction=1.0, depth=0.0)
    clean = augment(torch.from_numpy(flux), quiet, generator)
    return add_noise(clean, torch.full((len(flux),), snr), _PIXEL, generator).numpy()


def raw_estimates(bundle: ModelBundle, flux: np.ndarray, snr: float) -> dict[str, np.ndarray]:
    """Value, lower and upper of each parameter for noisy spectra, flux ``(k, n)``; shape ``(k, 3)`` each."""
    step = float(bundle.wavelength[1] - bundle.wavelength[0])
    sigma = np.sqrt(np.maximum(flux, 0.05)) / snr
    estimates = estimate_parameters(flux, sigma, [_PIXEL * step] * len(flux), bundle)
    return {name: np.array([(e[name].value, e[name].lower, e[name].upper) for e in estimates]) for name in PARAMETERS}


def fit_calibration(estimates: list[np.ndarray], truths: list[np.ndarray]) -> Calibration:
    """Scale and floor that bring the coverage of the 1-sigma interval closest to 68.3 % at every noise level.

    Args:
        estimates: one array a noise level, value, lower, upper (uncalibrated); shape ``(k, 3)`` each.
        truths: true values; shape ``(k,)`` each.
    """
    typical = float(np.median(np.concatenate([np.abs(e[:, 0] - t) for e, t in zip(estimates, truths, strict=True)])))
    best, least = Calibration(), np.inf
    for scale in np.linspace(0.5, 3.0, 26):
        for floor in np.linspace(0.0, 2.0, 41) * typical:
            candidate = Calibration(float(scale), float(floor))
            gaps = [coverage(e, t, candidate) - _ONE_SIGMA for e, t in zip(estimates, truths, strict=True)]
            cost = float(np.sum(np.square(gaps)))
            if cost < least:
                best, least = candidate, cost
    return best


def coverage(estimates: np.ndarray, truth: np.ndarray, calibration: Calibration = Calibration()) -> float:
    """Part of the truths, shape ``(k,)``, within the intervals, shape ``(k, 3)``."""
    error = truth - estimates[:, 0]
    return float(
        np.mean((error <= calibration.widen(estimates[:, 2])) & (-error <= calibration.widen(estimates[:, 1])))
    )


def latent_distances(bundle: ModelBundle, flux: np.ndarray, settings: Augmentation, seed: int) -> Reference:
    """Distance to the nearest node of disturbed spectra, flux ``(k, n)``, at several signal-to-noise ratios."""
    quantiles = []
    for i, snr in enumerate(CALIBRATION_SNR):
        latents = bundle.encode(disturbed(flux, snr, settings, seed + i))
        _, distance = nearest(latents, bundle.latents, 1)
        quantiles.append(np.percentile(distance, np.arange(101)))
    return Reference(np.array(CALIBRATION_SNR), np.array(quantiles))

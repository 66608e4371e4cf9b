"""Simulated stars like those of a sample, with the gap that was learned from it, which judge an adapted bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from dtl.bundle.model import ModelBundle
from dtl.evaluation.survey_accuracy import prepared_flux
from dtl.simulation.survey import SurveySettings
from dtl.spectrum import PreparedSpectrum
from dtl.training.augmentation import Augmentation, add_noise, augment
from dtl.transfer.fine_tuning import TransferSettings
from dtl.transfer.gap_injection import GapInjector
from dtl.transfer.gap_learning import GapShape
from dtl.transfer.plausibility import often_in_sample

__all__ = ["as_observed", "stars_like"]

#: How many, and within which Teff [K] and logarithm of v sin i their models are like one of the sample's stars.
_STARS, _ALIKE = 240, np.array([100.0, 0.3])
#: Pixel of the simulated observations, in points of the grid.
_PIXEL = 5


def stars_like(
    bundle: ModelBundle, spectra: Sequence[PreparedSpectrum], settings: TransferSettings, seed: int
) -> tuple[np.ndarray, torch.Tensor]:
    """Simulated stars of the sample's Teff and v sin i, [M/H] as believed, and log g as the prior has it scatter.

    Args:
        bundle: adapted to the sample.
        spectra: of the sample, one a star.
        settings: of the transfer.
        seed: of everything random.

    Returns:
        Parameters ``(k, 4)`` and noise-free flux ``(k, n)``.
    """
    estimates = bundle.parameters(prepared_flux(bundle, list(spectra)))
    places = [
        np.stack([p[:, 0], np.log(np.maximum(p[:, 3], bundle.limits[0, 3]))], axis=1) for p in (bundle.nodes, estimates)
    ]
    away = (places[0][:, None] - places[1]) / _ALIKE
    alike = np.exp(-0.5 * (away**2).sum(axis=2)).sum(axis=1)
    often = alike * often_in_sample(bundle, np.arange(len(bundle.nodes)), settings.population)
    rows = np.random.default_rng(seed).choice(len(often), _STARS, p=often / often.sum())
    generator = torch.Generator().manual_seed(seed)
    shape = GapShape(
        bundle.gap, float(bundle.card["adapted"]["gap"]["strength"]), np.zeros((0, len(bundle.wavelength)))
    )
    clean = torch.from_numpy(bundle.decode(bundle.latents[rows]))
    gapped = GapInjector.of_nodes(shape, bundle, rows)(clean, torch.arange(len(rows)), generator)
    gapped = _misresolved(gapped, bundle, generator)
    quiet = Augmentation(clean_fraction=1.0, depth=settings.depth)
    return bundle.nodes[rows].astype(float), augment(gapped, quiet, bundle.window, generator)


def _misresolved(flux: torch.Tensor, bundle: ModelBundle, generator: torch.Generator) -> torch.Tensor:
    """Flux ``(k, n)`` as if its resolution were not quite the stated one, by the errors of simulated surveys.

    A Gaussian whose variance changes by d changes a spectrum by d/2 times its second derivative, to first order.
    """
    step = float(bundle.wavelength[1] - bundle.wavelength[0])
    sigma = bundle.window.centre / bundle.resolution / 2.3548 / step
    change = -2.0 * SurveySettings().resolution_error * sigma**2 * torch.randn(len(flux), 1, generator=generator)
    apart = max(round(sigma), 1)
    bent = torch.zeros_like(flux)
    middle = flux[:, apart:-apart]
    bent[:, apart:-apart] = (flux[:, 2 * apart :] - 2.0 * middle + flux[:, : -2 * apart]) / apart**2
    return flux + 0.5 * change * bent


def as_observed(flux: torch.Tensor, snr: float, like: PreparedSpectrum, seed: int) -> list[PreparedSpectrum]:
    """Simulated stars as prepared spectra at one signal-to-noise ratio."""
    generator = torch.Generator().manual_seed(seed)
    noisy = add_noise(flux, torch.full((len(flux),), snr), _PIXEL, generator).numpy()
    sigma = np.sqrt(np.maximum(flux.numpy(), 0.05)) / snr
    pixel = _PIXEL * float(like.wavelength[1] - like.wavelength[0])
    plain = replace(
        like,
        good=np.ones(flux.shape[1], dtype=bool),
        pixel=pixel,
        snr=snr,
        fwhm=0.0,
        flags=(),
        doubts=(),
        steps=(),
        masked=None,
    )
    return [replace(plain, flux=f, uncertainty=s) for f, s in zip(noisy, sigma, strict=True)]

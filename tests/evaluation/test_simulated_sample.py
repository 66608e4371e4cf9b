"""Simulated stars like those of a sample: who they are, and what a wrong resolution does to them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d

from dtl.evaluation import simulated_sample
from dtl.evaluation.simulated_sample import as_observed, stars_like
from tests.builders import WINDOW
from tests.evaluation.test_adaptation_trust import SETTINGS, adapted


def test_they_have_the_temperatures_and_rotation_of_the_sample() -> None:
    bundle, truth, spectra = adapted()
    slow = [spectrum for spectrum, star in zip(spectra, truth, strict=True) if star[3] <= 2.0 and star[0] < 3450.0]
    parameters, flux = stars_like(bundle, slow, SETTINGS, 1)
    assert flux.shape == (len(parameters), len(bundle.wavelength))
    whole, _ = stars_like(bundle, spectra, SETTINGS, 1)
    assert np.median(parameters[:, 3]) <= 2.0 < np.mean(whole[:, 3]) and (parameters[:, 3] > 6.0).mean() < 0.1
    assert parameters[:, 0].mean() < whole[:, 0].mean() - 20.0


def test_noise_is_that_of_the_signal_to_noise_ratio() -> None:
    bundle, _, spectra = adapted()
    _, flux = stars_like(bundle, spectra, SETTINGS, 1)
    observed = as_observed(flux, 100.0, spectra[0], 3)
    noise = np.stack([spectrum.flux for spectrum in observed]) - flux.numpy()
    assert 0.7 < np.std(noise * 100.0 / np.sqrt(np.maximum(flux.numpy(), 0.05))) < 1.05
    assert all(spectrum.good.all() and spectrum.snr == 100.0 for spectrum in observed)


def test_a_wrong_resolution_is_a_gaussian_more_or_less() -> None:
    """To first order: against a convolution with the Gaussian of the drawn change."""
    points = np.arange(len(WINDOW.points()))
    line = 1.0 - 0.5 * np.exp(-0.5 * ((points - 1700.0) / 12.0) ** 2)
    bundle = SimpleNamespace(wavelength=WINDOW.points(), resolution=50_000.0, window=WINDOW)
    flux = torch.tensor(np.tile(line, (20, 1)), dtype=torch.float32)
    wrong = simulated_sample._misresolved(flux, bundle, torch.Generator().manual_seed(1)).numpy()
    draws = torch.randn(20, 1, generator=torch.Generator().manual_seed(1)).numpy()[:, 0]
    sigma = WINDOW.centre / 50_000.0 / 2.3548 / 0.01
    assert (draws < -0.3).sum() > 3
    for got, draw in zip(wrong[draws < -0.3], draws[draws < -0.3], strict=True):
        expected = gaussian_filter1d(line, np.sqrt(-2.0 * 0.05 * sigma**2 * draw))
        np.testing.assert_allclose(got - line, expected - line, atol=0.1 * np.abs(expected - line).max())

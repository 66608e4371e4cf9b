"""The disturbances have the strength that they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from dtl.training.augmentation import Augmentation, add_noise, augment, perturb_line_depths, shift
from dtl.wavelengths import doppler_shift
from tests.builders import WINDOW, star_flux

WAVELENGTH = np.linspace(8800.0, 8835.0, 3501)
QUIET = Augmentation(snr=(30.0, 500.0), clean_fraction=1.0, rv=0.0, continuum=0.0, depth=0.0)


def generator(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("level", [1.0, 0.25])
def test_noise_per_input_pixel(level: float) -> None:
    """Photon noise: sqrt(flux) / snr at the pixel centres, where odd pixels have theirs."""
    flux = torch.full((400, 301), level)
    snr = torch.cat([torch.full((200,), 50.0), torch.full((200,), 200.0)])
    noise = (add_noise(flux, snr, 5, generator()) - flux)[:, 2::5]
    for rows, wanted in ((noise[:200], 50.0), (noise[200:], 200.0)):
        assert float(rows.std()) == pytest.approx(np.sqrt(level) / wanted, rel=0.03)
        assert abs(float(rows.mean())) < 4 * float(rows.std()) / np.sqrt(rows.numel())


def test_shift_against_interpolation() -> None:
    flux = torch.tensor(star_flux(WAVELENGTH), dtype=torch.float32)[None].repeat(3, 1)
    velocities = torch.tensor([-0.5, 0.0, 12.0])
    moved = shift(flux, velocities, WINDOW).numpy()
    for row, velocity in zip(moved, velocities.numpy(), strict=True):
        expected = np.interp(doppler_shift(WAVELENGTH, -float(velocity)), WAVELENGTH, flux[0].numpy())
        np.testing.assert_allclose(row[50:-50], expected[50:-50], atol=2e-3)  # one shift in pixels for all points
    np.testing.assert_allclose(moved[1], flux[1], atol=1e-6)


def test_nothing_asked() -> None:
    flux = torch.tensor(star_flux(WAVELENGTH), dtype=torch.float32)[None]
    np.testing.assert_allclose(augment(flux, QUIET, WINDOW, generator()), flux, atol=1e-4)


def test_signal_to_noise_is_uniform_in_its_inverse() -> None:
    settings = replace(QUIET, clean_fraction=0.2, pixel=(1, 1))
    noise = augment(torch.ones(4000, 400), settings, WINDOW, generator()).std(dim=1).numpy()
    noisy = noise[noise > 1e-4]
    assert len(noisy) / len(noise) == pytest.approx(0.8, abs=0.03)
    quantiles = np.quantile(noisy, [0.01, 0.25, 0.5, 0.75, 0.99])
    expected = 1 / 500 + np.array([0.01, 0.25, 0.5, 0.75, 0.99]) * (1 / 30 - 1 / 500)
    np.testing.assert_allclose(quantiles, expected, rtol=0.1)


def test_continuum_and_velocity() -> None:
    curves = augment(torch.ones(3000, 201), replace(QUIET, continuum=0.01), WINDOW, generator()).numpy() - 1
    # level, tilt and curvature are independent: at the ends 1 + 1 + 1, in the middle 1 + 0 + 1/4
    np.testing.assert_allclose(curves.std(axis=0)[[0, 100, 200]], 0.01 * np.sqrt([3, 1.25, 3]), rtol=0.05)
    ramp = torch.linspace(0.0, 1.0, 3501)[None].repeat(3000, 1)
    moved = augment(ramp, replace(QUIET, rv=0.5), WINDOW, generator())[:, 1750] - 0.5
    largest = 0.5 / 299_792.458 * 8817.5 / 35.0
    assert float(moved.abs().max()) == pytest.approx(largest, rel=0.1)
    assert float(moved.std()) == pytest.approx(largest / np.sqrt(3), rel=0.1)


def test_depths_are_misjudged_smoothly() -> None:
    """Of depth 0.3 the relative error; the continuum, of depth 0, has none."""
    flux = torch.full((1500, 1001), 0.7)
    flux[:, :300] = 1.0
    depth = 1 - perturb_line_depths(flux, 0.05, generator()).numpy()
    np.testing.assert_allclose(depth[:, :300], 0.0, atol=1e-6)
    error = depth[:, 300:] / 0.3 - 1
    # amplitudes uniform from 0 to 0.1, noise linear between its points: 0.1 sqrt(1/3) sqrt(2/3)
    assert error.std() == pytest.approx(0.1 * np.sqrt(2) / 3, rel=0.05) and abs(error.mean()) < 0.003
    per_star = error.std(axis=1)
    assert np.quantile(per_star, 0.9) > 4 * np.quantile(per_star, 0.1)
    assert np.abs(np.diff(error, axis=1)).std() < 0.1 * error.std()
    np.testing.assert_allclose(perturb_line_depths(flux, 0.0, generator()), flux, atol=1e-6)


def test_seeded() -> None:
    flux = torch.ones(4, 100)
    settings = Augmentation()
    assert torch.equal(augment(flux, settings, WINDOW, generator(3)), augment(flux, settings, WINDOW, generator(3)))
    assert not torch.equal(augment(flux, settings, WINDOW, generator(3)), augment(flux, settings, WINDOW, generator(4)))

"""The error of a velocity against the scatter of repeated observations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtl.preparation.velocity import Templates, measure_velocity
from dtl.preparation.velocity_error import velocity_error
from dtl.wavelengths import SPEED_OF_LIGHT

WAVELENGTH = np.arange(8795.0, 8840.0, 0.06)
LINES = ((8806.0, 0.3, 0.35), (8809.2, 0.5, 0.5), (8814.5, 0.2, 0.3), (8826.6, 0.55, 0.4), (8831.0, 0.25, 0.3))

WIDTH = 35.0 / 8817.5 * SPEED_OF_LIGHT


def _noise(snr: float) -> float:
    """Part of the variance of noisy data that is noise."""
    return snr**-2 / (np.var(model(WAVELENGTH)) + snr**-2)


def model(wavelength: np.ndarray) -> np.ndarray:
    return 1.0 - sum(d * np.exp(-0.5 * ((wavelength - c) / s) ** 2) for c, d, s in LINES)


@pytest.mark.parametrize("snr", [20.0, 60.0])
def test_it_is_the_scatter_of_repeated_observations(snr):
    rng = np.random.default_rng(5)
    rest = np.arange(8800.0, 8835.0, 0.01)
    measured = []
    for _ in range(40):
        noisy = model(WAVELENGTH) + rng.normal(0.0, 1.0 / snr, WAVELENGTH.size)
        measured.append(measure_velocity(WAVELENGTH, noisy, Templates(rest, model(rest)[None])))
    errors = np.array([velocity_error(velocity, 35.0 / 0.06, WIDTH, _noise(snr)) for velocity in measured])
    scatter = np.std([velocity.value for velocity in measured], ddof=1)
    assert 0.6 < np.median(errors) / scatter < 1.7


def test_lines_that_the_template_lacks_count_by_their_widths_not_by_pixels():
    """Stars with lines of strengths of their own: the scatter is the same however fine their pixels are."""
    rng = np.random.default_rng(8)
    rest = np.arange(8800.0, 8835.0, 0.01)
    places = np.arange(8797.0, 8838.0, 0.8)
    for pixel in (0.02, 0.1):
        wavelength = np.arange(8795.0, 8840.0, pixel)
        measured = []
        for _ in range(40):
            depths = rng.normal(0.0, 0.05, places.size)
            strange = model(wavelength) - np.exp(-0.5 * ((wavelength[:, None] - places) / 0.3) ** 2) @ depths
            measured.append(measure_velocity(wavelength, strange, Templates(rest, model(rest)[None])))
        errors = np.array([velocity_error(velocity, 35.0 / pixel, WIDTH, 0.0) for velocity in measured])
        scatter = np.std([velocity.value for velocity in measured], ddof=1)
        assert 0.6 < np.median(errors) / scatter < 1.7


def test_without_a_peak_there_is_none():
    rest = np.arange(8800.0, 8835.0, 0.01)
    velocity = measure_velocity(WAVELENGTH, model(WAVELENGTH), Templates(rest, model(rest)[None]))
    assert (
        velocity_error(replace(velocity, correlation=np.full_like(velocity.correlation, np.nan)), 500.0, WIDTH, 0.1)
        is None
    )
    rising = np.linspace(0.0, 0.5, velocity.correlation.size)
    assert velocity_error(replace(velocity, correlation=rising), 500.0, WIDTH, 0.1) is None

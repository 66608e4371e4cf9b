"""Simulated observations carry the noise, motion and parameters that they claim."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dtl.simulation.observation import simulate_observation, write_examples
from dtl.wavelengths import doppler_shift
from tests.builders import STAR, shipped
from tests.readers.reading import read_spectrum


def test_noise_and_motion() -> None:
    bundle = shipped()
    drawn = [
        simulate_observation(np.array(STAR), bundle, snr=100.0, velocity=80.0, pixel=0.05, seed=seed) for seed in (1, 2)
    ]
    (wavelength, flux, sigma), (_, other, _) = drawn
    assert wavelength[0] >= doppler_shift(8800.0, 80.0) and wavelength[-1] <= doppler_shift(8835.0, 80.0)
    assert np.median(flux / sigma) == pytest.approx(100.0, rel=0.1)
    np.testing.assert_allclose(sigma, np.sqrt(flux), rtol=0.1)  # photons
    again = simulate_observation(np.array(STAR), bundle, snr=100.0, velocity=80.0, pixel=0.05, seed=1)
    np.testing.assert_array_equal(flux, again[1])
    assert not np.allclose(flux, other)


def test_written_examples_are_read_back(tmp_path: Path) -> None:
    bundle = shipped()
    files = write_examples(bundle, tmp_path)
    index = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))
    assert files == [entry["file"] for entry in index] and len(files) == 5
    for entry in index:
        spectrum = read_spectrum(tmp_path / entry["file"])
        assert spectrum.simulated and spectrum.star == entry["title"] and "imulated" in entry["text"]
        assert spectrum.resolution == bundle.resolution and spectrum.frame == "barycentric"
        assert spectrum.uncertainty is not None and np.isfinite(spectrum.uncertainty).all()

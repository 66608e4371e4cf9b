"""Pixels that were filled up are no measurement; those that were measured stay."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.inference.infer import infer
from dtl.preparation.prepare import prepare
from dtl.readers.pixels.padding import bridged_pixels, lineless_ends
from tests.builders import WINDOW, observe_model, shipped, star_flux
from tests.readers.reading import read_spectrum

WAVE = np.arange(8770.0, 8866.0, 0.05)
RNG = np.random.default_rng(11)


def noisy(flux: np.ndarray, snr: float = 100.0, seed: int = 3) -> np.ndarray:
    return flux * (1.0 + np.random.default_rng(seed).normal(size=flux.size) / snr)


def filled(tilt: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A star from 8798 to 8838 Angstrom on a longer axis, filled with its continuum and noise of the same size."""
    inside = (WAVE > 8798.0) & (WAVE < 8838.0)
    level = 2e4 * (1.0 + tilt * (WAVE - 8817.0))
    return WAVE, noisy(np.where(inside, star_flux(WAVE), 1.0) * level), inside


@pytest.mark.parametrize("tilt", [0.0, 0.003])
def test_ends_of_continuum_and_noise(tilt: float) -> None:
    wave, flux, inside = filled(tilt)
    found = lineless_ends(wave, flux, WINDOW)
    assert found[~inside].mean() > 0.97 and found[inside].mean() < 0.02


@pytest.mark.parametrize("snr", [15.0, 40.0, 150.0, 1000.0])
@pytest.mark.parametrize("vsini", [3.0, 30.0])
def test_the_margins_of_a_star_are_no_padding(snr: float, vsini: float) -> None:
    spectrum = observe_model((3200.0, 5.0, 0.0, vsini), snr=snr)
    assert not lineless_ends(spectrum.wavelength, spectrum.flux, WINDOW).any()
    assert not lineless_ends(WAVE, noisy(star_flux(WAVE), snr), WINDOW).any()


def test_a_spectrum_without_lines_has_no_ends_to_tell() -> None:
    assert not lineless_ends(WAVE, noisy(np.ones(WAVE.size)), WINDOW).any()


def test_one_number_and_straight_lines() -> None:
    flux = noisy(star_flux(WAVE))
    flux[100:160] = 1.0
    flux[1000:1040] = np.linspace(flux[1000], flux[1039], 40)
    found = bridged_pixels(flux)
    assert found[101:159].all() and found[1001:1039].all() and found.sum() < 102


def test_linear_resampling_to_finer_pixels_is_measured_all_the_same() -> None:
    fine = np.arange(8770.0, 8860.0, 0.05 / 24)
    assert not bridged_pixels(np.interp(fine, WAVE, noisy(star_flux(WAVE)))).any()


def test_a_filled_margin_moves_no_parameter() -> None:
    """The same star, as it is and on a longer axis that is filled up with its highest level."""
    spectrum = observe_model((3450.0, 4.8, 0.0, 5.0), snr=150.0, velocity=5.0, pixel=0.05)
    cut = (spectrum.wavelength > 8798.0) & (spectrum.wavelength < 8838.0)
    wave, flux, sigma = spectrum.wavelength[cut], spectrum.flux[cut], spectrum.uncertainty[cut]
    longer = np.r_[wave[0] - 0.05 * np.arange(700, 0, -1), wave, wave[-1] + 0.05 * np.arange(1, 701)]
    level = np.percentile(flux, 99)
    pad = level + np.median(sigma) * RNG.normal(size=(2, 700))
    results = []
    for name, x, y in (("cut", wave, flux), ("filled", longer, np.r_[pad[0], flux, pad[1]])):
        rows = "\n".join(f"{a:.5f} {b:.6g}" for a, b in zip(x, y, strict=True))
        read = read_spectrum(f"# wave flux\n# medium: vacuum\n{rows}".encode(), name=f"{name}.txt")
        results.append(infer([prepare(read, shipped().target)], shipped())[0].estimates)
    assert any(f.name == "padding" for f in read.findings)
    for name, tolerance in {"teff": 5.0, "logg": 0.01, "mh": 0.01, "vsini": 0.1}.items():
        assert results[1][name].value == pytest.approx(results[0][name].value, abs=tolerance)


@pytest.mark.parametrize("seed", range(5))
def test_noise_hides_lines_and_proves_nothing(seed: int) -> None:
    """The end of an order, where hardly any light is left, beside emission of the sky that is no line of a star."""
    level = np.where(WAVE < 8796.0, 0.02 + 0.002 * (WAVE - 8770.0), 1.0)
    flux = star_flux(WAVE) * level + 0.01 * np.random.default_rng(seed).normal(size=WAVE.size)
    flux += 5.0 * np.exp(-0.5 * ((WAVE - 8827.1) / 0.1) ** 2)
    assert not lineless_ends(WAVE, flux, WINDOW).any()

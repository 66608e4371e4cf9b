"""The least-squares fit finds what it is given, and knows what it does not know."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
import torch

from dtl.inference.interpolation import latent_at
from dtl.inference.least_squares import LeastSquaresFit, departure, fit_least_squares
from dtl.networks.resampled_noise import pixel_noise
from dtl.result import PARAMETERS, Estimate
from dtl.spectrum import PreparedSpectrum, Spectrum, UnusableInput
from tests.builders import WINDOW, shipped
from tests.inference.test_interpolation import spectra

STAR = (3410.0, 4.83, -0.12, 5.5)


def observed(parameters: tuple[float, ...], *, snr: float = 100.0, seed: int = 1) -> PreparedSpectrum:
    """A star from the decoder with photon noise in pixels of 0.05 Angstrom."""
    bundle = shipped()
    flux = bundle.decode(latent_at(np.array(parameters), bundle)[None])[0]
    noise = pixel_noise(1, len(flux), 5, torch.Generator().manual_seed(seed)).numpy()[0] / snr
    sigma, good = np.full(len(flux), 1 / snr), np.ones(len(flux), dtype=bool)
    spectrum = Spectrum(bundle.wavelength, flux, file="made-up.fits")
    return PreparedSpectrum(
        spectrum, bundle.wavelength, flux + noise, sigma, good, 0.05, snr, 0.0, "rest", 1.0, window=WINDOW
    )


@lru_cache(maxsize=1)
def opinion() -> LeastSquaresFit:
    return fit_least_squares(observed(STAR), spectra())


def values(found: LeastSquaresFit) -> np.ndarray:
    return np.array([found.estimates[name].value for name in PARAMETERS])


def test_stars_between_the_nodes_are_found() -> None:
    rng = np.random.default_rng(5)
    nodes = shipped().nodes[rng.choice(len(shipped().nodes), 20, replace=False)].astype(float)
    stars = nodes + rng.uniform(-0.5, 0.5, nodes.shape) * (25.0, 0.1, 0.1, 0.15 * nodes[:, 3].mean())
    stars = np.clip(stars, shipped().nodes.min(axis=0), shipped().nodes.max(axis=0))
    found = [fit_least_squares(observed(tuple(star), seed=i), spectra()) for i, star in enumerate(stars)]
    error = np.array([values(one) for one in found]) - stars
    assert (np.sqrt((error**2).mean(axis=0)) < (30.0, 0.1, 0.1, 0.5)).all()
    sigma = np.array([[e.upper for e in one.estimates.values()] for one in found])
    assert (np.mean(np.abs(error) < 2 * sigma, axis=0) > 0.7).all()
    assert all(0.4 < one.reduced_chi2 < 1.3 for one in found)


def test_the_model_is_the_one_of_the_values() -> None:
    truth = shipped().decode(latent_at(np.array(STAR), shipped())[None])[0]
    assert opinion().flux.shape == truth.shape
    assert np.sqrt(np.mean((opinion().flux - truth) ** 2)) < 0.002
    assert not opinion().outside and not opinion().edge and opinion().floor < 0.002


def test_what_stands_in_a_gap_is_not_looked_at() -> None:
    lost = np.abs(observed(STAR).wavelength - 8818.0) < 1.0
    gaps = [
        replace(observed(STAR), good=~lost, flux=np.where(lost, value, observed(STAR).flux)) for value in (0.0, 5.0)
    ]
    first, second = (fit_least_squares(gap, spectra()) for gap in gaps)
    np.testing.assert_allclose(values(first), values(second))
    assert abs(departure(opinion().estimates["teff"], first.estimates["teff"])) < 1.0


def test_noise_and_errors_of_the_models_widen_the_intervals() -> None:
    faint = fit_least_squares(observed(STAR, snr=30.0), spectra())
    spectrum = observed(STAR)
    wrong = 0.03 * np.sin(2 * np.pi * spectrum.wavelength / 0.31)
    strange = fit_least_squares(replace(spectrum, flux=spectrum.flux + wrong), spectra())
    for name in ("teff", "mh"):
        assert faint.estimates[name].upper > opinion().estimates[name].upper
    assert strange.floor == pytest.approx(0.03 / np.sqrt(2), rel=0.1)
    assert strange.reduced_chi2 > 4 and faint.reduced_chi2 < 1.3
    assert strange.estimates["teff"].upper > opinion().estimates["teff"].upper


def test_what_the_models_do_not_tell_is_said() -> None:
    """Hot models of the shipped grid all have one log g."""
    hot = fit_least_squares(observed((4200.0, 4.7, -0.25, 5.0)), spectra())
    assert hot.undetermined == ("logg",)
    assert hot.estimates["logg"].value == pytest.approx(4.7, abs=0.01)
    assert hot.estimates["logg"].upper > 0.2


def test_no_value_lies_beyond_the_grid() -> None:
    low, high = shipped().nodes.min(axis=0), shipped().nodes.max(axis=0)
    fast = observed((3600.0, 4.75, 0.0, 30.0))
    blurred = np.convolve(np.pad(fast.flux, 100, mode="edge"), np.ones(201) / 201, mode="valid")
    found = fit_least_squares(replace(fast, flux=blurred), spectra())
    assert "vsini" in found.edge
    assert (values(found) > low - 1e-3).all() and (values(found) < high + 1e-3).all()


def test_too_few_points() -> None:
    spectrum = observed(STAR)
    good = spectrum.wavelength < 8802.0
    with pytest.raises(UnusableInput, match=r"made-up\.fits has too few usable pixels"):
        fit_least_squares(replace(spectrum, good=good), spectra())


def test_departure_is_in_combined_intervals() -> None:
    first = Estimate(10.0, 3.0, 100.0)
    assert departure(first, Estimate(5.0, 100.0, 4.0)) == pytest.approx(-1.0)
    assert departure(Estimate(5.0, 100.0, 4.0), first) == pytest.approx(1.0)
    assert departure(first, first) == 0

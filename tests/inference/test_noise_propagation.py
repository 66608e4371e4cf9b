"""Noise that is carried through is the noise that repeated exposures have."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtl.inference.gradients import member_slopes
from dtl.inference.noise_propagation import misfit_covariance, pixel_responses, propagate_noise
from dtl.preparation.prepare import prepare
from dtl.result import PARAMETERS
from dtl.spectrum import Spectrum
from dtl.wavelengths import SPEED_OF_LIGHT
from tests.builders import observe_model, shipped
from tests.preparation.test_noise_transfer import CASES, CENTRE, realised


@pytest.mark.parametrize(("pixel", "fwhm"), CASES)
def test_linear_functions_of_the_flux(pixel: float, fwhm: float) -> None:
    """Functions as wide as lines, wider and narrower, vary as they do in noise that went through the preparation."""
    points, flux = realised(pixel, fwhm, count=600)
    offset = points - CENTRE
    functions = np.stack([offset * np.exp(-0.5 * (offset / width) ** 2) for width in (0.03, 0.1, 0.4)])
    responses, places = pixel_responses(functions, 0.01, pixel, fwhm / SPEED_OF_LIGHT * CENTRE)
    assert places[0] == 0 and places[-1] < points.size and len(places) == responses.shape[1]
    expected = np.cov(flux @ functions.T / flux.std(), rowvar=False)
    found = responses @ responses.T
    np.testing.assert_allclose(np.sqrt(np.diag(found)), np.sqrt(np.diag(expected)), rtol=0.08)
    assert found[0, 1] / np.sqrt(found[0, 0] * found[1, 1]) == pytest.approx(
        expected[0, 1] / np.sqrt(expected[0, 0] * expected[1, 1]), abs=0.1
    )


@pytest.mark.parametrize(("resolution", "pixel"), [(50_000.0, 0.04), (94_600.0, 0.035)])
def test_repeated_noise(resolution: float, pixel: float) -> None:
    """The scatter of the members' values over exposures that differ in nothing but their noise."""
    bundle, count = shipped(), 400
    clean = observe_model((3400.0, 4.85, 0.0, 5.0), snr=1e6, pixel=pixel, resolution=resolution)
    rng = np.random.default_rng(3)
    sigma = 0.01 * np.sqrt(np.maximum(clean.flux * np.median(clean.flux), 0.0))

    def expose(spectrum: Spectrum) -> Spectrum:
        noisy = spectrum.flux + sigma * rng.standard_normal(sigma.size)
        return replace(spectrum, flux=noisy, uncertainty=sigma)

    runs = [prepare(expose(clean), bundle.target) for _ in range(count)]
    slopes = member_slopes(np.stack([run.flux for run in runs]), bundle)
    covariance = propagate_noise(
        slopes,
        np.stack([run.uncertainty for run in runs]),
        [run.pixel for run in runs],
        [run.fwhm / SPEED_OF_LIGHT * CENTRE for run in runs],
        0.01,
    )
    propagated = np.sqrt(np.diag(covariance.mean(axis=0))).reshape(len(PARAMETERS), -1)
    for row, (name, values) in zip(propagated, slopes.values.items(), strict=True):
        widen = bundle.calibration[name].widen
        scatter = values.std(axis=1).mean()
        assert widen(row.mean()) == pytest.approx(widen(scatter), rel=0.1), name
        if name != "logg":  # which follows so small a noise in a curve; it is a twentieth of the interval
            assert row.mean() == pytest.approx(scatter, rel=0.1), name


def test_a_misfit_moves_all_members_in_proportion() -> None:
    bundle = shipped()
    prepared = prepare(observe_model(), bundle.target)
    slopes = member_slopes(np.stack([prepared.flux] * 3), bundle)
    none, once, twice = map(np.diag, misfit_covariance(slopes, np.array([0.0, 0.01, 0.02])))
    assert (none == 0).all() and (once > 0).all()
    np.testing.assert_allclose(twice, 4 * once, rtol=1e-4)

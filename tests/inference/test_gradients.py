"""Derivatives through the networks, against differences and against their own sum."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.inference.gradients import integrated_gradients, member_slopes, sensitivities
from dtl.result import PARAMETERS
from tests.builders import shipped

NODES = (200, 3000, 6500)


def means(flux: np.ndarray) -> dict[str, np.ndarray]:
    bundle = shipped()
    latents = bundle.encode(flux)
    return {name: bundle.regress(latents, name).mean(axis=0) for name in PARAMETERS}


@pytest.mark.parametrize("node", NODES)
def test_derivatives_are_those_of_differences(node: int) -> None:
    bundle, rng = shipped(), np.random.default_rng(node)
    flux = bundle.decode(bundle.latents[[node]])
    slopes, values = sensitivities(flux, bundle)
    for _ in range(3):  # smooth changes, so that they are large against the rounding of single precision
        change = np.convolve(rng.normal(size=flux.shape[1]), np.ones(20) / 20, mode="same").astype(np.float32)
        up, down = means(flux + 0.002 * change), means(flux - 0.002 * change)
        for name in PARAMETERS:
            expected = (up[name] - down[name])[0] / 0.004
            scale = np.linalg.norm(slopes[name]) * np.linalg.norm(change)
            assert slopes[name][0] @ change == pytest.approx(expected, rel=0.05, abs=float(0.002 * scale)), name
            assert values[name][0] == pytest.approx(means(flux)[name][0], rel=1e-4)


@pytest.mark.parametrize("node", NODES)
def test_contributions_sum_to_the_difference(node: int) -> None:
    """Completeness to 1 % of the difference, or of all that is moved where the difference happens to be small."""
    bundle = shipped()
    flux, baseline = bundle.decode(bundle.latents[[node]])[0], bundle.autoencoder.mean.numpy()
    contributions = integrated_gradients(flux, baseline, bundle)
    start, end = means(baseline[None]), means(flux[None])
    for name, contribution in contributions.items():
        difference = end[name][0] - start[name][0]
        allowed = 0.01 * max(abs(difference), 0.1 * np.abs(contribution).sum())
        assert contribution.sum() == pytest.approx(difference, abs=float(allowed)), name


def test_a_spectrum_against_itself_has_no_contributions() -> None:
    baseline = shipped().autoencoder.mean.numpy()
    assert all((curve == 0).all() for curve in integrated_gradients(baseline, baseline, shipped()).values())


@pytest.mark.parametrize("count", [3, 12])
def test_slopes_of_the_members_are_the_derivatives_of_the_parameters(count: int) -> None:
    """In the mean of the members and through the first layer, whether the members go together or one by one."""
    bundle = shipped()
    flux = bundle.decode(bundle.latents[:: len(bundle.latents) // count][:count])
    members, (slopes, values) = member_slopes(flux, bundle), sensitivities(flux, bundle)
    for name in PARAMETERS:
        np.testing.assert_allclose(members.values[name].mean(axis=0), values[name], rtol=1e-4, atol=1e-4)
        found = members.slopes[name].mean(axis=0) @ members.weights
        np.testing.assert_allclose(found, slopes[name], atol=2e-4 * np.abs(slopes[name]).max())


def test_spectra_do_not_mix() -> None:
    bundle = shipped()
    flux = bundle.decode(bundle.latents[list(NODES)])
    together, _ = sensitivities(flux, bundle)
    alone, _ = sensitivities(flux[1:2], bundle)
    for name in PARAMETERS:
        np.testing.assert_allclose(together[name][1], alone[name][0], atol=2e-4 * np.abs(alone[name]).max())

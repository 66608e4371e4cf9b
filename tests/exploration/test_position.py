"""Places before and after a transfer on the shipped networks, and distances against a direct measurement."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtl.bundle.calibration import quantile
from dtl.exploration.position import UNUSUAL, flux_neighbours, from_quantiles, locate_spectra, spacing
from dtl.inference.infer import infer
from dtl.inference.interpolation import node_spectra
from dtl.inference.prior import StarPrior
from dtl.preparation.prepare import prepare
from tests.builders import observe_model, shipped


@pytest.fixture(scope="module")
def prepared():
    stars = [(3412.0, 4.80, 0.03, 5.6), (3688.0, 4.71, 0.11, 4.0)]
    return [prepare(observe_model(star, snr=150.0, seed=i), shipped().target) for i, star in enumerate(stars)]


def test_after_the_transfer_is_what_the_networks_in_use_say(prepared) -> None:
    for place, result in zip(locate_spectra(prepared, shipped()), infer(prepared, shipped()), strict=True):
        np.testing.assert_array_equal(place["after"].latent, result.latent)
        np.testing.assert_allclose(place["after"].map_latent, result.map_latent)
        assert place["after"].neighbours == result.neighbours
        # As observed, but for the few points at the ends that are filled by other networks.
        np.testing.assert_allclose(place["before"].map_flux, result.map_flux, atol=0.05)


def test_before_it_is_what_networks_without_transfer_say(prepared) -> None:
    before = infer(prepared, shipped().source)
    for place, result in zip(locate_spectra(prepared, shipped()), before, strict=True):
        np.testing.assert_array_equal(place["before"].latent, result.latent)
        assert place["before"].neighbours == result.neighbours


def test_values_are_what_the_networks_read_in_each_state(prepared) -> None:
    whole = [replace(spectrum, good=np.ones_like(spectrum.good)) for spectrum in prepared]  # nothing is filled
    flux, places = np.stack([spectrum.flux for spectrum in whole]), locate_spectra(whole, shipped())
    for state, networks in (("before", shipped().source), ("after", shipped())):
        read = [list(place[state].values.values()) for place in places]
        np.testing.assert_allclose(read, networks.parameters(flux), rtol=1e-4, atol=1e-3)


def test_the_transfer_brings_stars_with_the_gap_nearer_in_both_spaces() -> None:
    """The made-up stars carry the measured gap of real ones.

    In latent space most come nearer and not each: networks for a family of gaps are adapted to none.
    """
    bundle = shipped()
    stars = StarPrior().draw(15, bundle.limits, seed=0)
    prepared = [prepare(observe_model(star, snr=150.0, seed=i), bundle.target) for i, star in enumerate(stars)]
    spectra, places = node_spectra(bundle), locate_spectra(prepared, bundle)
    latent = [place["after"].distance / place["before"].distance for place in places]
    near = {
        state: flux_neighbours(np.stack([place[state].flux for place in places]), spectra, 1)
        for state in ("before", "after")
    }
    flux = [after.distance / before.distance for (before,), (after,) in zip(near["before"], near["after"], strict=True)]
    assert max(flux) < 0.7 and np.median(flux) < 0.5
    assert np.mean(np.array(latent) < 1.0) > 0.75 and np.median(latent) < 1.0


def test_a_place_does_not_depend_on_the_company(prepared) -> None:
    together, (alone,) = locate_spectra(prepared, shipped()), locate_spectra(prepared[1:], shipped())
    np.testing.assert_allclose(together[1]["after"].latent, alone["after"].latent, atol=1e-5)
    assert together[1]["after"].neighbours[0].index == alone["after"].neighbours[0].index


def test_without_a_transfer_both_states_are_alike(prepared) -> None:
    (place,) = locate_spectra(prepared[:1], shipped().source)
    np.testing.assert_array_equal(place["before"].latent, place["after"].latent)
    np.testing.assert_array_equal(place["before"].flux, place["after"].flux)


def test_what_is_unusual(prepared) -> None:
    """Noise is far from all models; a good star is not."""
    noise = np.random.default_rng(0).normal(0.8, 0.3, prepared[0].flux.shape)
    good, strange = locate_spectra([prepared[0], replace(prepared[0], flux=noise)], shipped())
    assert not good["after"].unusual and strange["after"].unusual
    (limit,) = quantile(UNUSUAL, np.array([prepared[0].snr]), shipped().references["latent_distance"])
    assert good["after"].distance < limit < strange["after"].distance


def test_distances_in_flux_against_all_points(prepared) -> None:
    bundle = shipped()
    spectra = node_spectra(bundle)
    (found,) = flux_neighbours(prepared[0].flux[None], spectra, 3)
    assert [n.distance for n in found] == sorted(n.distance for n in found)
    exact = [
        float(np.linalg.norm(bundle.decode(bundle.latents[[n.index]])[0].astype(float) - prepared[0].flux))
        for n in found
    ]
    np.testing.assert_allclose([n.distance for n in found], exact, rtol=0.03)
    assert found[0].teff == bundle.nodes[found[0].index, 0]


def test_spacing_against_all_pairs() -> None:
    points = np.random.default_rng(1).normal(size=(300, 7)) * 1e-3 + 50.0  # far from the origin, where digits are lost
    difference_in_sigma = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(difference_in_sigma, np.inf)
    np.testing.assert_allclose(spacing(points, 10), difference_in_sigma.min(axis=1)[::10], rtol=1e-6)


def test_made_up_scores_have_the_quantiles_they_come_from() -> None:
    reference = shipped().references["latent_distance"]
    found = from_quantiles(100.0, reference, 2000)
    parts = np.array([5.0, 50.0, 95.0])
    np.testing.assert_allclose(np.percentile(found, parts), quantile(parts, np.full(3, 100.0), reference), rtol=0.01)

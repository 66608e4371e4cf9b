"""Answers of the shipped bundle: the same for the same spectrum, whatever it is asked with."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from dtl.flags import FLAGS
from dtl.inference.gradients import MemberSlopes, member_slopes
from dtl.inference.infer import _variances, _with_misfit, encode_with_gaps, estimate_parameters, infer, noise_covariance
from dtl.inference.noise_propagation import misfit_covariance
from dtl.preparation.prepare import prepare
from dtl.result import COLUMNS, PARAMETERS, Estimate, InferenceResult
from dtl.spectrum import PreparedSpectrum
from tests.builders import observe_model, shipped

STARS = ((3300.0, 4.9, -0.2, 3.0), (3500.0, 4.8, 0.0, 6.0), (3700.0, 4.7, 0.2, 12.0), (4000.0, 4.7, 0.0, 15.0))


@lru_cache(maxsize=1)
def prepared() -> list[PreparedSpectrum]:
    bundle = shipped()
    return [prepare(observe_model(star, seed=i, snr=80.0, pixel=0.04), bundle.target) for i, star in enumerate(STARS)]


@lru_cache(maxsize=1)
def results() -> list[InferenceResult]:
    return infer(prepared(), shipped())


def with_gap(spectrum: PreparedSpectrum, start: float, stop: float, value: float = 1.0) -> PreparedSpectrum:
    lost = (spectrum.wavelength > start) & (spectrum.wavelength < stop)
    return replace(spectrum, good=spectrum.good & ~lost, flux=np.where(lost, value, spectrum.flux))


def moved(first: InferenceResult, second: InferenceResult) -> dict[str, float]:
    """How far estimates lie apart, in intervals."""
    return {
        name: abs(first.estimates[name].value - e.value) / min(e.lower, e.upper) for name, e in second.estimates.items()
    }


def test_nothing() -> None:
    assert infer([], shipped()) == []


@pytest.mark.parametrize("index", range(len(STARS)))
def test_truth_is_found(index: int) -> None:
    result = results()[index]
    for (name, estimate), truth in zip(result.estimates.items(), STARS[index], strict=True):
        distance = estimate.upper if truth > estimate.value else estimate.lower
        assert abs(truth - estimate.value) < 4 * distance, name
        assert estimate.lower > 0 and estimate.upper > 0
    assert not {"outside_grid", "out_of_distribution"} & set(result.flags)
    # what is left of data minus reconstruction is noise, and the gap that a model does not have
    noise = np.mean(result.prepared.uncertainty**2)
    clean = infer([prepare(observe_model(STARS[index], snr=1e6, pixel=0.04), shipped().target)], shipped())[0]
    assert 0.8 * noise < result.reconstruction_mse - clean.reconstruction_mse < 1.2 * noise
    assert result.latent_distance_percentile < 100


def test_what_a_result_holds() -> None:
    bundle = shipped()
    for result in results():
        assert list(result.row()) == list(COLUMNS) and list(result.estimates) == list(PARAMETERS)
        assert {type(v) for v in result.row().values()} <= {str, float, list, type(None)}
        assert (
            result.latent.shape == (bundle.latents.shape[1],) and result.reconstruction.shape == bundle.wavelength.shape
        )
        assert result.map_flux.shape == result.map_latent.shape == (2,)
        assert 0 <= result.latent_distance_percentile <= 100 and set(result.flags) <= set(FLAGS)
        distances = [n.distance for n in result.neighbours]
        assert len(distances) == 8 and distances == sorted(distances)
        for neighbour in result.neighbours:
            node = bundle.nodes[neighbour.index]
            assert (neighbour.teff, neighbour.logg, neighbour.mh, neighbour.vsini) == tuple(map(float, node))
            expected = np.linalg.norm(bundle.latents[neighbour.index] - result.latent)
            assert neighbour.distance == pytest.approx(expected, abs=2e-3)
        assert result.bundle == f"{bundle.name} {bundle.version}"


def test_same_input_same_output() -> None:
    first, again = infer(prepared(), shipped()), infer(prepared(), shipped())
    for one, other in zip(first, again, strict=True):
        assert one.row() == other.row() and one.neighbours == other.neighbours
        for name in ("latent", "reconstruction", "map_flux", "map_latent"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("index", range(len(STARS)))
def test_batch_does_not_matter(index: int) -> None:
    """Alone, in another order, and beside a spectrum with gaps: only the rounding of a sum may differ."""
    spectrum = prepared()[index]
    batches = ([spectrum], [spectrum, *prepared()[::-1]], [spectrum, with_gap(prepared()[0], 8812.0, 8815.0)])
    for batch in batches:
        result = infer(batch, shipped())[0]
        assert max(moved(result, results()[index]).values()) < 0.05
        np.testing.assert_allclose(result.latent, results()[index].latent, atol=1e-4)
        np.testing.assert_allclose(result.map_latent, results()[index].map_latent, atol=1e-2)
        np.testing.assert_allclose(result.map_flux, results()[index].map_flux, atol=1e-2)
        assert result.flags == results()[index].flags


@pytest.mark.parametrize("index", range(len(STARS)))
@pytest.mark.parametrize("start", [8801.0, 8812.5, 8820.0, 8831.0])
def test_small_gap(index: int, start: float) -> None:
    """1 % of the window missing moves nothing by its interval, whatever stands in the gap."""
    gaps = [with_gap(prepared()[index], start, start + 0.35, value) for value in (1.0, 0.0, 50.0)]
    found = infer(gaps, shipped())
    assert max(moved(found[0], results()[index]).values()) < 1.0
    for other in found[1:]:  # points that are not good are not looked at
        assert max(moved(other, found[0]).values()) < 0.05
        np.testing.assert_allclose(other.latent, found[0].latent, atol=1e-4)
        assert other.reconstruction_mse == pytest.approx(found[0].reconstruction_mse, rel=1e-4)


def test_gap_is_filled_by_what_is_expected() -> None:
    bundle, spectrum = shipped(), prepared()[1]
    gap = with_gap(spectrum, 8815.0, 8818.0)
    flux, latents = encode_with_gaps(gap.flux[None], gap.good[None], bundle)
    np.testing.assert_array_equal(flux[0][gap.good], gap.flux[gap.good])
    truth, mean = results()[1].reconstruction, bundle.autoencoder.mean.numpy()
    found, without = (np.sqrt(np.mean((guess - truth)[~gap.good] ** 2)) for guess in (flux[0], mean))
    assert found < 0.5 * without
    assert np.linalg.norm(latents[0] - results()[1].latent) < 3.0


def test_filling_has_settled_where_it_ends() -> None:
    """The same as by eight rounds for each spectrum alone, whether it has no gap, a small or a large one."""
    bundle = shipped()
    every = [prepared()[0], *(with_gap(prepared()[i], 8810.0, 8810.0 + wide) for i, wide in ((1, 0.3), (2, 3.0)))]
    flux, latents = encode_with_gaps(np.stack([s.flux for s in every]), np.stack([s.good for s in every]), bundle)
    for i, spectrum in enumerate(every):
        filled = np.where(spectrum.good, spectrum.flux, bundle.autoencoder.mean.numpy())[None]
        for _ in range(8):
            filled = np.where(spectrum.good, filled, bundle.reconstruct(bundle.encode(filled)))
        np.testing.assert_allclose(flux[i], filled[0], atol=1e-5)
        np.testing.assert_allclose(latents[i], bundle.encode(filled)[0], atol=1e-3)


def test_noise_widens_intervals() -> None:
    bundle, spectrum = shipped(), prepared()[1]
    slopes = member_slopes(spectrum.flux[None], bundle)
    widths = []
    for factor in (0.1, 1.0, 4.0):
        noisy = replace(spectrum, uncertainty=factor * spectrum.uncertainty)
        (estimates,) = estimate_parameters(slopes, noise_covariance(slopes, [noisy], bundle), bundle)
        widths.append([estimates[name].lower + estimates[name].upper for name in PARAMETERS])
    assert (np.diff(widths, axis=0) > 0).all()


def test_a_misfit_widens_intervals_by_all_it_may_move() -> None:
    """In quadrature, whatever part of the spread the calibration leaves of good stars; these have none."""
    bundle, good = shipped(), prepared()[1]
    ripple = 0.1 * np.sin(6.0 * good.wavelength)
    spectra = [good, replace(good, flux=good.flux + ripple)]
    flux, _ = encode_with_gaps(np.stack([s.flux for s in spectra]), np.stack([s.good for s in spectra]), bundle)
    slopes = member_slopes(flux, bundle)
    without = estimate_parameters(slopes, noise_covariance(slopes, spectra, bundle), bundle)
    found = [result.estimates for result in infer(spectra, bundle)]
    names = list(PARAMETERS)[:3]
    one, two = (
        np.array([f[n].upper ** 2 / w[n].upper ** 2 - 1.0 for n in names]) for f, w in zip(found, without, strict=True)
    )
    assert np.abs(one).max() < 1e-3 and (two > 0.01).all()
    added = np.array([found[1][n].upper ** 2 - without[1][n].upper ** 2 for n in names])
    _, covariance = misfit_covariance(slopes, np.array([0.0, 1.0]))
    each = np.diag(covariance).reshape(len(PARAMETERS), -1).mean(axis=1)[:3]
    np.testing.assert_allclose(added / each, (added / each)[0], rtol=1e-2)


def test_members_of_different_numbers_keep_to_their_parameters() -> None:
    counts = (2, 4, 4, 2)
    slopes = MemberSlopes({n: np.empty((c, 1)) for n, c in zip(PARAMETERS, counts, strict=True)}, {}, np.empty((0, 0)))
    covariance = np.diag(np.repeat([4.0, 0.0, 1.0, 0.0], counts))[None]
    found = {name: Estimate(0.0, 3.0, 4.0) for name in PARAMETERS}
    (wider,) = _with_misfit([found], _variances(covariance, slopes))
    assert [round(e.lower**2, 9) for e in wider.values()] == [13.0, 9.0, 10.0, 9.0]
    assert [round(e.upper**2, 9) for e in wider.values()] == [20.0, 16.0, 17.0, 16.0]


def test_flags_of_the_preparation_come_first() -> None:
    doubtful = replace(prepared()[0], flags=("low_snr",))
    assert infer([doubtful], shipped())[0].flags == ("low_snr", *results()[0].flags)


def test_noise_is_no_star() -> None:
    """A spectrum of another kind is told apart: lines where no model has them."""
    strange = replace(prepared()[1], flux=1.0 - 0.5 * (np.sin(prepared()[1].wavelength * 3) > 0.3))
    result = infer([strange], shipped())[0]
    assert "out_of_distribution" in result.flags and result.latent_distance_percentile > 99

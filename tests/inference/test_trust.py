"""Each doubt is raised where it should be, and not elsewhere."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from dtl.bundle.calibration import SCORES, Reference, percentile, quantile
from dtl.inference.trust import fills_box, hull_distance, trust_scores
from dtl.spectrum import PreparedSpectrum, Spectrum
from tests.builders import WINDOW

REFERENCE = Reference(np.array([30.0, 100.0, 300.0]), np.outer([3.0, 1.0, 0.5], np.linspace(0.5, 2.0, 101)))


def test_percentile_at_the_reference() -> None:
    for snr, row in zip(REFERENCE.snr, REFERENCE.quantiles, strict=True):
        found = percentile(np.array([row[0] / 2, row[37], row[-1] * 2]), np.full(3, snr), REFERENCE)
        assert found[0] == 0.0 and found[1] == pytest.approx(37.0) and found[2] == 100.0


@pytest.mark.parametrize("snr", [0.0, 5.0, 47.0, 300.0, 1e5, np.inf])
def test_percentile_is_monotone(snr: float) -> None:
    found = percentile(np.linspace(0.0, 8.0, 60), np.full(60, snr), REFERENCE)
    assert (np.diff(found) >= 0).all() and 0 <= min(found) and max(found) == 100.0


def test_percentile_between_levels() -> None:
    """The same distance is more unusual where the noise is lower."""
    snr = np.array([30.0, 60.0, 100.0, 170.0, 300.0])
    assert (np.diff(percentile(np.full(5, 1.2), snr, REFERENCE)) > 0).all()
    (halfway,) = percentile(np.array([2.0]), np.sqrt([30.0 * 100.0]), REFERENCE)  # quantiles are 2 (0.5 ... 2) there
    assert halfway == pytest.approx(100 / 3, abs=0.1)


def test_quantile_inverts_percentile() -> None:
    snr = np.array([30.0, 55.0, 300.0])
    for part in (3.0, 50.0, 95.0):
        np.testing.assert_allclose(percentile(quantile(part, snr, REFERENCE), snr, REFERENCE), part)


def observed(change: np.ndarray, noise: float = 0.01) -> tuple[PreparedSpectrum, np.ndarray]:
    """A spectrum that differs from its reconstruction by ``change`` and white noise, and the reconstruction."""
    x = np.linspace(0, 35, 3501)
    reconstruction = 1.0 - 0.4 * np.exp(-0.5 * ((x - 17) / 0.5) ** 2)
    flux = reconstruction + change + noise * np.random.default_rng(2).normal(size=x.size)
    spectrum = PreparedSpectrum(
        spectrum=Spectrum(x, flux),
        wavelength=x,
        flux=flux,
        uncertainty=np.full(x.size, noise),
        good=np.ones(x.size, dtype=bool),
        pixel=0.01,
        snr=1 / noise,
        rv=0.0,
        rv_frame="rest",
        rv_quality=0.9,
        window=WINDOW,
    )
    return spectrum, reconstruction


def scores(change: np.ndarray, noise: float = 0.01) -> dict[str, float]:
    """Scores of such a spectrum."""
    spectrum, reconstruction = observed(change, noise)
    members = {"teff": np.array([[3500.0], [3530.0]]), "logg": np.array([[4.8], [4.8]])}
    found = trust_scores([spectrum], reconstruction[None], np.array([1.5]), members)
    return {name: float(value[0]) for name, value in found.items()}


def test_scores_are_those_of_good_points_one_spectrum_after_the_other() -> None:
    """Against their definitions, written out for one spectrum; the strongest period by a fit of sines."""
    x = np.linspace(0, 35, 3501)
    changes = (0.02 * np.sin(2 * np.pi * x / 2.0), 0.01 * np.cos(2 * np.pi * x / 30), 0.0 * x)
    spectra, expected = zip(*(observed(change) for change in changes), strict=True)
    gap = (x > 10) & (x < 12)
    spectra = [*spectra[:2], replace(spectra[2], good=~gap, flux=np.where(gap, 9.0, spectra[2].flux))]
    members = {"teff": np.array([[3500.0, 3500.0, 3500.0], [3530.0, 3560.0, 3500.0]])}
    found = trust_scores(spectra, np.stack(expected), np.arange(3.0), members)
    for i, (spectrum, model) in enumerate(zip(spectra, expected, strict=True)):
        good = spectrum.good
        left = np.where(good, spectrum.flux - model, 0.0)
        beyond = np.sqrt(max(np.mean(left[good] ** 2) - 1e-4, 0.0))
        slow = gaussian_filter1d(left, 50, mode="reflect", truncate=4.0)[good].std()
        depth = np.sqrt(np.mean((1.0 - spectrum.flux[good]) ** 2))
        assert found["residual"][i] == pytest.approx(beyond, rel=1e-9)
        assert found["relative_residual"][i] == pytest.approx(beyond / depth, rel=1e-9)
        assert found["slow_residual"][i] == pytest.approx(slow, rel=1e-9)
        taper = np.hanning(x.size)
        periods = 1.0 / np.linspace(1 / 8.9, 1 / 0.81, 800)
        waves = np.exp(2j * np.pi * x / periods[:, None]) * taper
        strongest = 2.0 * np.abs(waves @ (left - left.mean())).max() / taper.sum()
        assert found["periodic_residual"][i] == pytest.approx(strongest, rel=0.02)
        assert found["latent_distance"][i] == i
    np.testing.assert_allclose(found["member_spread"], [0.5, 1.0, 0.0])


def test_scores_of_noise_and_fringes() -> None:
    x = np.linspace(0, 35, 3501)
    quiet, fringed = scores(0 * x), scores(0.02 * np.sin(2 * np.pi * x / 2.0))
    assert set(quiet) == set(SCORES)
    assert quiet["residual"] < 2e-3  # the noise is taken off
    assert fringed["residual"] == pytest.approx(0.02 / np.sqrt(2), rel=0.05)
    assert fringed["periodic_residual"] == pytest.approx(0.02, rel=0.05)
    assert quiet["periodic_residual"] < 2e-3
    assert (
        scores(np.full(x.size, 0.0) + 0.01 * np.cos(2 * np.pi * x / 30))["slow_residual"]
        > 0.006
        > 5 * quiet["slow_residual"]
    )
    assert quiet["velocity_mismatch"] == pytest.approx(0.1) and quiet["latent_distance"] == 1.5
    # Two members 30 K apart scatter by 15 K, half a unit; the other agrees: rms of (0.5, 0).
    assert quiet["member_spread"] == pytest.approx(np.sqrt(0.125))


def test_hull_distance() -> None:
    nodes = np.array([[3500.0, 4.8, 0.0, 2.0], [3500.0, 4.8, 0.0, 30.0], [3600.0, 4.7, 0.1, 2.0]])
    points = np.array([[3500, 4.8, 0.0], [3525, 4.8, 0.0], [3500, 4.95, 0.0], [3500, 4.8, -0.3], [3650, 4.85, 0.1]])
    np.testing.assert_allclose(hull_distance(points, nodes), [0, 0.5, 1, 2, np.sqrt(2)], atol=1e-9)
    wider = np.column_stack([points, np.full(5, 60.0)])  # how fast a star rotates is no matter of the grid
    np.testing.assert_array_equal(hull_distance(wider, nodes), hull_distance(points, nodes))


def test_nodes_that_fill_a_box_leave_nothing_out_inside() -> None:
    corners = np.array(list(product((3000.0, 4000.0), (4.5, 5.1), (-0.5, 0.5))))
    assert fills_box(corners) and not fills_box(corners[1:])
    points = np.array([[3456, 4.7, 0.1], [2900, 4.7, 0.1], [4050, 5.25, 0.1], [3500, 4.2, 0.8]])
    np.testing.assert_allclose(hull_distance(points, corners), [0, 2, np.sqrt(2), np.sqrt(8)], atol=1e-9)
    assert hull_distance(points[1], corners[1:])[0] > 2.0  # one corner lacks: the nearest node counts
    for moved, same in ((0.9e-3, True), (1.1e-3, False)):  # a node beside a corner
        assert fills_box(corners + moved * np.eye(8, 3)) is same


def test_an_offset_is_no_period() -> None:
    """The periods are those of each residual about its own mean."""
    spectra, expected = zip(*(observed(np.full(3501, offset)) for offset in (0.0, 0.3, -0.1)), strict=True)
    found = trust_scores(spectra, np.stack(expected), np.zeros(3), {"teff": np.zeros((2, 3))})["periodic_residual"]
    np.testing.assert_allclose(found, found[0], rtol=1e-9)


@pytest.mark.parametrize("period", [0.7, 0.9, 8.0, 9.5, 12.0])
def test_fringes_are_looked_for_between_periods(period: float) -> None:
    """From 0.8 to 9 Angstrom, against numpy's Fourier transform of a residual padded to four times its length."""
    x = np.linspace(0, 35, 3501)
    residual, taper = 0.02 * np.sin(2 * np.pi * x / period), np.hanning(3501)
    amplitude = 2.0 * np.abs(np.fft.rfft((residual - residual.mean()) * taper, 4 * 3501)) / taper.sum()
    frequency = np.fft.rfftfreq(4 * 3501, 0.01)
    expected = amplitude[(frequency > 1 / 9.0) & (frequency < 1 / 0.8)].max()
    assert scores(residual, noise=1e-12)["periodic_residual"] == pytest.approx(expected, rel=1e-9)
    assert (expected > 0.019) == (0.8 < period < 9.0)


def test_differences_between_members_that_count_alike() -> None:
    """Members one unit from their mean, in one parameter after the other: 30 K, 0.06 dex twice, 0.5 km/s."""
    spectrum, expected = observed(np.zeros(3501))
    for name, unit in {"teff": 30.0, "logg": 0.06, "mh": 0.06, "vsini": 0.5}.items():
        members = {name: np.array([[5.0 - unit], [5.0 + unit]])}
        found = trust_scores([spectrum], expected[None], np.zeros(1), members)["member_spread"]
        np.testing.assert_allclose(found, 1.0)


def test_residuals_are_compared_with_the_depth_of_the_lines() -> None:
    x = np.linspace(0, 35, 3501)
    found = scores(0.02 * np.sin(2 * np.pi * x / 2.0), noise=1e-6)
    depth = np.sqrt(np.mean((0.4 * np.exp(-0.5 * ((x - 17) / 0.5) ** 2) - 0.02 * np.sin(2 * np.pi * x / 2.0)) ** 2))
    assert found["relative_residual"] == pytest.approx(0.02 / np.sqrt(2) / depth, rel=0.01)

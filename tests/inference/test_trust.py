"""Each doubt is raised where it should be, and not elsewhere."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from dtl.bundle.calibration import SCORES, Reference, percentile, quantile
from dtl.inference.trust import fills_box, hull_distance, trust_scores
from dtl.spectrum import PreparedSpectrum, Spectrum
from tests.builders import WINDOW

REFERENCE = Reference(np.array([30.0, 100.0, 300.0]), np.outer([3.0, 1.0, 0.5], np.linspace(0.5, 2.0, 101)))


def test_percentile_at_the_reference() -> None:
    for snr, row in zip(REFERENCE.snr, REFERENCE.quantiles, strict=True):
        assert percentile(row[0] / 2, snr, REFERENCE) == 0.0
        assert percentile(row[37], snr, REFERENCE) == pytest.approx(37.0)
        assert percentile(row[-1] * 2, snr, REFERENCE) == 100.0


@pytest.mark.parametrize("snr", [0.0, 5.0, 47.0, 300.0, 1e5, np.inf])
def test_percentile_is_monotone(snr: float) -> None:
    scores = np.linspace(0.0, 8.0, 60)
    found = [percentile(score, snr, REFERENCE) for score in scores]
    assert (np.diff(found) >= 0).all() and 0 <= min(found) and max(found) == 100.0


def test_percentile_between_levels() -> None:
    """The same distance is more unusual where the noise is lower."""
    found = [percentile(1.2, snr, REFERENCE) for snr in (30, 60, 100, 170, 300)]
    assert (np.diff(found) > 0).all()
    halfway = percentile(2.0, np.sqrt(30 * 100), REFERENCE)  # quantiles are 2 (0.5 ... 2) there
    assert halfway == pytest.approx(100 / 3, abs=0.1)


def test_quantile_inverts_percentile() -> None:
    for snr in (30.0, 55.0, 300.0):
        for part in (3.0, 50.0, 95.0):
            assert percentile(quantile(part, snr, REFERENCE), snr, REFERENCE) == pytest.approx(part)


def scores(change: np.ndarray, noise: float = 0.01) -> dict[str, float]:
    """Scores of a spectrum that differs from its reconstruction by ``change`` and white noise."""
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
    return trust_scores(
        spectrum, reconstruction, 1.5, {"teff": np.array([3500.0, 3530.0]), "logg": np.array([4.8, 4.8])}
    )


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


def test_nodes_that_fill_a_box_leave_nothing_out_inside() -> None:
    corners = np.array(list(product((3000.0, 4000.0), (4.5, 5.1), (-0.5, 0.5))))
    assert fills_box(corners) and not fills_box(corners[1:])
    points = np.array([[3456, 4.7, 0.1], [2900, 4.7, 0.1], [4050, 5.25, 0.1], [3500, 4.2, 0.8]])
    np.testing.assert_allclose(hull_distance(points, corners), [0, 2, np.sqrt(2), np.sqrt(8)], atol=1e-9)
    assert hull_distance(points[1], corners[1:])[0] > 2.0  # one corner lacks: the nearest node counts


def test_residuals_are_compared_with_the_depth_of_the_lines() -> None:
    x = np.linspace(0, 35, 3501)
    found = scores(0.02 * np.sin(2 * np.pi * x / 2.0), noise=1e-6)
    depth = np.sqrt(np.mean((0.4 * np.exp(-0.5 * ((x - 17) / 0.5) ** 2) - 0.02 * np.sin(2 * np.pi * x / 2.0)) ** 2))
    assert found["relative_residual"] == pytest.approx(0.02 / np.sqrt(2) / depth, rel=0.01)

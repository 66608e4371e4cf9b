"""Each doubt is raised where it should be, and not elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.bundle.calibration import SCORES, Reference, percentile, quantile
from dtl.flags import FLAGS, explain
from dtl.inference.trust import find_flags, hull_distance, trust_scores
from dtl.result import Estimate
from dtl.spectrum import PreparedSpectrum, Spectrum
from tests.builders import WINDOW, shipped

REFERENCE = Reference(np.array([30.0, 100.0, 300.0]), np.outer([3.0, 1.0, 0.5], np.linspace(0.5, 2.0, 101)))
BELIEVABLE = {"teff": 3500.0, "logg": 4.8, "mh": 0.0, "vsini": 8.0}


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


def flags(*, strangeness: float = 50.0, resolution: float = 50_000.0, **changed: float) -> list[str]:
    values = BELIEVABLE | changed
    estimates = {name: Estimate(value, 1.0, 1.0) for name, value in values.items()}
    return find_flags(estimates, shipped().nodes, strangeness=strangeness, threshold=99.0, resolution=resolution)


def test_nothing_to_doubt() -> None:
    assert flags() == []


@pytest.mark.parametrize(
    "changed",
    [{"teff": 2900.0}, {"teff": 4400.0}, {"logg": 5.4}, {"logg": 4.4}, {"mh": -0.7}, {"mh": 0.7}, {"vsini": 33.0},
     {"teff": 3100.0, "logg": 4.7, "mh": -0.5}],
)  # fmt: skip
def test_outside_grid(changed: dict[str, float]) -> None:
    """Beyond a range, and inside of every range but far from the main sequence."""
    assert flags(**changed) == ["outside_grid"]


def test_out_of_distribution() -> None:
    assert flags(strangeness=99.0) == ["out_of_distribution"]
    assert flags(strangeness=98.9) == []
    hottest = dict(zip(("teff", "logg", "mh"), max(map(tuple, shipped().nodes[:, :3].tolist())), strict=True))
    assert "outside_grid" in flags(strangeness=100.0, **hottest)  # networks saturate at the ends
    assert flags(strangeness=50.0, **hottest) == []


@pytest.mark.parametrize(("resolution", "limit"), [(50_000.0, 4.80), (94_600.0, 2.54)])
def test_upper_limit_of_rotation(resolution: float, limit: float) -> None:
    assert flags(resolution=resolution, vsini=limit - 0.1) == ["upper_limit_vsini"]
    assert flags(resolution=resolution, vsini=limit + 0.1) == []


def test_words_are_explained() -> None:
    assert {"outside_grid", "out_of_distribution", "upper_limit_vsini"} <= set(FLAGS)
    assert all(text.endswith(".") for text in FLAGS.values())
    assert explain("low_snr") == FLAGS["low_snr"] and explain("new_word") == "new_word"

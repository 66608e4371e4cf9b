"""Each doubt is raised where it should be, and not elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.flags import FLAGS, explain
from dtl.outliers import Reference, find_flags, hull_distance, percentile
from dtl.result import Estimate
from tests.builders import shipped

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


def test_hull_distance() -> None:
    nodes = np.array([[3500.0, 4.8, 0.0, 2.0], [3500.0, 4.8, 0.0, 30.0], [3600.0, 4.7, 0.1, 2.0]])
    points = np.array([[3500, 4.8, 0.0], [3525, 4.8, 0.0], [3500, 4.95, 0.0], [3500, 4.8, -0.3], [3650, 4.85, 0.1]])
    np.testing.assert_allclose(hull_distance(points, nodes), [0, 0.5, 1, 2, np.sqrt(2)], atol=1e-9)


def flags(*, rms: float = 0.01, resolution: float = 50_000.0, **changed: float) -> list[str]:
    values = BELIEVABLE | changed
    estimates = {name: Estimate(value, 1.0, 1.0) for name, value in values.items()}
    return find_flags(estimates, shipped().nodes, residual_rms=rms, resolution=resolution)


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


@pytest.mark.parametrize(
    ("teff", "usual", "too_much"), [(3200.0, 0.034, 0.046), (3430.0, 0.031, 0.04), (3800.0, 0.025, 0.034)]
)
def test_gap_that_is_too_large(teff: float, usual: float, too_much: float) -> None:
    """The hotter the star, the fewer molecules, the smaller a residual has to be."""
    logg = {3200.0: 4.9, 3430.0: 4.8, 3800.0: 4.7}[teff]
    mh = {3200.0: -0.1, 3430.0: 0.0, 3800.0: 0.0}[teff]
    assert flags(rms=usual, teff=teff, logg=logg, mh=mh) == []
    assert flags(rms=too_much, teff=teff, logg=logg, mh=mh) == ["out_of_distribution"]


def test_out_of_distribution() -> None:
    assert flags(rms=0.2) == ["out_of_distribution"]
    hottest = dict(zip(("teff", "logg", "mh"), max(map(tuple, shipped().nodes[:, :3].tolist())), strict=True))
    assert "outside_grid" in flags(rms=0.2, **hottest)  # networks saturate at the ends
    assert flags(rms=0.005, **hottest) == []


@pytest.mark.parametrize(("resolution", "limit"), [(50_000.0, 4.80), (94_600.0, 2.54)])
def test_upper_limit_of_rotation(resolution: float, limit: float) -> None:
    assert flags(resolution=resolution, vsini=limit - 0.1) == ["upper_limit_vsini"]
    assert flags(resolution=resolution, vsini=limit + 0.1) == []


def test_words_are_explained() -> None:
    assert {"outside_grid", "out_of_distribution", "upper_limit_vsini"} <= set(FLAGS)
    assert all(text.endswith(".") for text in FLAGS.values())
    assert explain("low_snr") == FLAGS["low_snr"] and explain("new_word") == "new_word"

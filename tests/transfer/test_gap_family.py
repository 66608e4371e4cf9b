"""A family of gaps: each kind alone is what it is said to be."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from dtl.bundle.model import ModelBundle
from dtl.inference.prior import StarPrior
from dtl.simulation.gap import GapModel, read_gap
from dtl.training.split import split_of
from dtl.training.transfer_settings import FamilySettings
from dtl.transfer.family_transfer import transfer_family
from dtl.transfer.gap_family import GapFamily, mean_gap, without
from dtl.transfer.plausibility import draw_often
from tests.builders import shipped
from tests.training.toys import QUIET

#: Nothing but the gap of the measured stars.
NOTHING = replace(
    FamilySettings(),
    **{item.name: 0.0 for item in fields(FamilySettings) if isinstance(getattr(FamilySettings(), item.name), float)},
    label_error=(0.0, 0.0, 0.0),
    variation=(0.0, 0.0),
)


def slow_rows(bundle: ModelBundle, teff: float) -> np.ndarray:
    """Nodes of one Teff that turn slowly."""
    return np.flatnonzero((bundle.nodes[:, 0] == teff) & (bundle.nodes[:, 3] <= 2.0))[:40]


def dressed(settings: FamilySettings, rows: np.ndarray, gap: GapModel | None, seed: int = 1) -> np.ndarray:
    """What a family adds to the spectra of nodes; shape ``(k, n)``."""
    bundle = shipped()
    clean = torch.from_numpy(bundle.decode(bundle.latents[rows]))
    family = GapFamily(gap, bundle, rows, settings)
    return (family(clean, torch.arange(len(rows)), torch.Generator().manual_seed(seed)) - clean).numpy()


@pytest.mark.parametrize(("teff", "which"), [(3100.0, 0), (3200.0, 0), (3400.0, 1)])
def test_the_measured_gap(teff: float, which: int) -> None:
    """Below the cooler measured star and at the hotter one it is theirs."""
    bundle, gap = shipped(), read_gap()
    added = dressed(NOTHING, slow_rows(bundle, teff), gap)
    expected = gap.curve(bundle.wavelength, gap.teff[which], bundle.resolution)
    np.testing.assert_allclose(added, np.broadcast_to(expected, added.shape), atol=0.07 * np.abs(expected).max())


def test_nothing_is_added_without_a_gap() -> None:
    np.testing.assert_allclose(dressed(NOTHING, slow_rows(shipped(), 3500.0), None), 0.0, atol=1e-6)


def test_wrong_parameters_of_the_measured_stars() -> None:
    """A star taken for hotter by 50 K has a gap that is less by what 50 K make: on average over +-, none."""
    bundle, gap = shipped(), read_gap()
    rows = np.repeat(slow_rows(bundle, 3200.0)[:1], 400)
    plain = dressed(NOTHING, rows[:1], gap)[0]
    differ = dressed(replace(NOTHING, label_error=(50.0, 0.0, 0.0)), rows, gap) - plain
    _, size, direction = np.linalg.svd(differ, full_matrices=False)
    assert size[1] < 1e-3 * size[0]  # one direction: that of Teff
    one = np.flatnonzero((bundle.nodes[:, 2] == -0.2) & (bundle.nodes[:, 3] == 2.0))
    cool, hot = (one[np.argmin(np.abs(bundle.nodes[one, 0] - teff))] for teff in (3150.0, 3350.0))
    models = bundle.decode(bundle.latents[[cool, hot]])
    assert abs(np.corrcoef(direction[0], models[1] - models[0])[0, 1]) > 0.8
    assert np.abs(differ.mean(axis=0)).max() < 4 * differ.std(axis=0).max() / 400**0.5


@pytest.mark.parametrize(("kind", "part"), [("wrong_lines", "line_error"), ("saturated", "saturation")])
def test_faults_of_lines_leave_the_continuum(kind: str, part: str) -> None:
    bundle = shipped()
    rows = slow_rows(bundle, 3400.0)
    added = dressed(replace(NOTHING, **{kind: 1.0, part: 0.1}), rows, None)
    depth = 1.0 - bundle.decode(bundle.latents[rows])
    deep, flat = depth > 0.3, np.abs(depth) < 0.01
    assert np.abs(added[deep]).mean() > 10 * np.abs(added[flat]).mean()


def test_a_kind_can_be_left_out() -> None:
    gap, settings = read_gap(), FamilySettings()
    cool_alone, _ = without("hot star", gap, settings)
    np.testing.assert_array_equal(cool_alone.area[1], gap.area[0])
    hot_alone, _ = without("cool star", gap, settings)
    np.testing.assert_array_equal(hot_alone.area[0], gap.area[1])
    assert without("atoms weaker", gap, settings)[1].wrong_lines == 0.0
    assert without("saturation", gap, settings)[1].saturated == 0.0
    with pytest.raises(ValueError, match="no kind"):
        without("fringes", gap, settings)


def test_the_mean_gap_is_that_of_the_stars() -> None:
    """Level and slope over the stars' Teff follow the measured curves, which are constant beyond both ends."""
    bundle, gap = shipped(), read_gap()
    learned = mean_gap(gap, bundle, draw_often(bundle.nodes, StarPrior(), 0.0))
    for teff in (3100.0, 3700.0):
        expected = gap.curve(bundle.wavelength, teff, bundle.resolution)
        found = learned.curves(np.array([teff]), np.array([2.0]))[0]
        assert np.corrcoef(found, expected)[0, 1] > 0.9


def test_drawn_as_often_as_stars_are() -> None:
    """Weighted nodes have the prior's mean [M/H]; with all draws even, as many metal-poor as metal-rich ones."""
    nodes = shipped().nodes
    often = draw_often(nodes, StarPrior(), 0.0)
    assert np.average(nodes[:, 2], weights=often) == pytest.approx(-0.08, abs=0.05)
    mean, _ = StarPrior().logg(nodes[:, 0], nodes[:, 2])
    assert np.average(nodes[:, 1] - mean, weights=often) == pytest.approx(0.0, abs=0.05)
    even = draw_often(nodes, StarPrior(), 1.0)
    assert np.average(nodes[:, 2], weights=even) == pytest.approx(0.0, abs=0.1)


def test_transfer_needs_no_spectrum() -> None:
    """The encoder changes, models keep their latents, and the card says what was taken as known."""
    bundle = shipped().source
    settings = replace(FamilySettings(), epochs=1, batch=1024)
    done = transfer_family(bundle, read_gap(), settings, augmentation=QUIET, seed=3).bundle
    flux = bundle.decode(bundle.latents[split_of(bundle).test[:5]])
    assert not np.allclose(done.encode(flux), bundle.encode(flux), atol=1e-4)
    np.testing.assert_array_equal(done.source.encode(flux), bundle.encode(flux))
    np.testing.assert_array_equal(done.latents, bundle.latents)
    assert done.card["prior"] == StarPrior().entries()

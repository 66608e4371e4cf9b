"""Learning the synthetic gap: nothing from models, a known strength and known components from made-up stars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from dtl.inference.interpolation import models_at
from dtl.networks.resampled_noise import pixel_noise
from dtl.transfer.gap_learning import learn_gap
from dtl.transfer.population import Population
from tests.training.toys import sample, toy_bundle, toy_gap


def test_no_gap_is_learned_from_models() -> None:
    """Noise-free models leave next to nothing."""
    bundle = toy_bundle()
    nodes = bundle.nodes[(np.abs(bundle.nodes[:, 2]) < 0.3) & (bundle.nodes[:, 3] == 2.0)]
    nothing = Population(mean_mh=None, main_sequence=False, slow=None)
    shape = learn_gap(bundle, models_at(nodes, bundle), nothing, rank=5)
    assert shape.variation.shape == (5, len(bundle.wavelength))
    for curves in (shape.gap.level, shape.gap.slope, shape.variation):
        assert np.sqrt(np.mean(curves**2)) < 0.05 * toy_gap().level.std()


@pytest.mark.parametrize("wanted", [0.15, 0.3, 0.5])
def test_strength_of_the_variation(wanted: float) -> None:
    """Found to a quarter where the gap itself varies from star to star, and not raised by photon noise."""
    bundle, truth = toy_bundle(), sample(200, seed=5)[0]
    truth[:, 3] = 2.0
    gap, points = toy_gap(), len(bundle.wavelength)
    generator = torch.Generator().manual_seed(6)
    # Linear between its knots, this noise has two thirds of their variance in the mean.
    vary = 1.0 + wanted * np.sqrt(1.5) * pixel_noise(200, points, 20, generator).numpy()
    noise = pixel_noise(200, points, 4, generator).numpy() / 150
    flux = models_at(truth, bundle) + vary * gap.curves(truth[:, 0], truth[:, 3]) + noise
    known = KnownParameters(truth)
    shape = learn_gap(bundle, flux, known)
    assert shape.strength == pytest.approx(wanted, rel=0.25)
    assert shape.variation.shape == (0, points)


@dataclass(frozen=True)
class KnownParameters(Population):
    """Of which everything is known."""

    truth: np.ndarray | None = None

    def __init__(self, truth: np.ndarray) -> None:
        super().__init__()
        object.__setattr__(self, "truth", truth)

    def correct(self, *_: object) -> np.ndarray:
        return self.truth


def test_components_of_the_variation() -> None:
    """A line whose strength differs from star to star is the first component, with its standard deviation."""
    bundle = toy_bundle()
    rng = np.random.default_rng(4)
    nodes = bundle.nodes[rng.choice(np.flatnonzero(bundle.nodes[:, 3] == 2.0), 60)]
    line = toy_gap().level
    strength = rng.normal(0.0, 0.05, 60)
    nothing = Population(mean_mh=None, main_sequence=False, slow=None)
    flux = models_at(nodes, bundle) + strength[:, None] * line
    variation = learn_gap(bundle, flux, nothing, rank=5).variation
    assert variation.shape == (5, len(line))
    assert abs(np.corrcoef(variation[0], line)[0, 1]) > 0.9
    assert np.linalg.norm(variation[0]) == pytest.approx(strength.std() * np.linalg.norm(line), rel=0.2)
    sizes = np.linalg.norm(variation, axis=1)
    assert (np.diff(sizes) <= 0).all()
    overlap = (variation / sizes[:, None]) @ (variation / sizes[:, None]).T
    np.testing.assert_allclose(overlap, np.eye(5), atol=1e-6)

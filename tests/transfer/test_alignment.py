"""Transfer by other means: known distances between samples, and what each method may change."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from dtl.transfer.alignment import METHODS, align, coral, mmd
from tests.training.toys import POPULATION, QUIET, sample, toy_bundle


def normal(count: int, seed: int, dimensions: int = 4) -> torch.Tensor:
    return torch.randn(count, dimensions, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_coral_by_hand() -> None:
    source = normal(50, 1)
    assert float(coral(source, source)) == 0.0
    shift = torch.tensor([1.0, -2.0, 0.0, 0.5], dtype=torch.float64)
    assert float(coral(source, source + shift)) == pytest.approx((1 + 4 + 0 + 0.25) / 4)  # covariances are alike
    square = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    # Variance 4/3 in both; doubled in one direction it is 16/3, a difference of 4 in one of four entries.
    assert float(coral(square, square * torch.tensor([2.0, 1.0]))) == pytest.approx(16 / 4)
    assert float(coral(square, square + torch.tensor([3.0, 0.0]))) == pytest.approx(9 / 2)


def loops(source: np.ndarray, target: np.ndarray) -> float:
    """MMD pair by pair."""
    both = [*source, *target]
    squared = sorted(float(((a - b) ** 2).sum()) for a in both for b in both)
    scale = squared[(len(squared) - 1) // 2]  # the lower median

    def mean(first: np.ndarray, second: np.ndarray) -> float:
        kernels = [np.exp(-((a - b) ** 2).sum() / (f * scale)) for a in first for b in second for f in (0.5, 1.0, 2.0)]
        return float(np.mean(kernels))

    return mean(source, source) + mean(target, target) - 2 * mean(source, target)


@pytest.mark.parametrize("shift", [0.0, 0.7, 3.0])
def test_mmd_against_loops(shift: float) -> None:
    source, target = normal(17, 2), normal(11, 3) + shift
    assert float(mmd(source, target)) == pytest.approx(loops(source.numpy(), target.numpy()), rel=1e-6)


def test_mmd_tells_distributions_apart() -> None:
    source = normal(300, 4)
    same, shifted, wider = (float(mmd(source, other)) for other in (normal(300, 5), normal(300, 5) + 1.0, 3 * source))
    assert 0 <= same < 0.01
    assert shifted > 10 * same and wider > 10 * same
    assert float(mmd(source, source)) == pytest.approx(0.0, abs=1e-9)
    for seed in range(10):
        assert float(mmd(normal(8, seed), normal(8, seed + 20))) >= 0


def layers(encoder: nn.Module) -> list[nn.Linear]:
    return [layer for layer in encoder if isinstance(layer, nn.Linear)]


def test_published_learns_the_last_layer_and_the_decoder() -> None:
    bundle, (_, flux) = toy_bundle(), sample(40)
    before = {key: value.clone() for key, value in bundle.autoencoder.state_dict().items()}
    model = align(bundle, flux, "published", epochs=20, learning_rate=1e-3).target_encoder
    *frozen, last = layers(model.encoder)
    assert frozen
    for old, new in zip(layers(bundle.autoencoder.encoder), frozen, strict=False):
        assert torch.equal(old.weight, new.weight) and torch.equal(old.bias, new.bias)
    assert not torch.equal(layers(bundle.autoencoder.encoder)[-1].weight, last.weight)
    for key, value in bundle.autoencoder.state_dict().items():
        assert torch.equal(value, before[key])  # the networks before the transfer stay
    observed = torch.as_tensor(flux, dtype=torch.float32)
    with torch.inference_mode():
        mse = [float((network(observed) - observed).square().mean()) for network in (bundle.autoencoder, model)]
    assert mse[1] < 0.8 * mse[0]


@pytest.mark.parametrize("method", METHODS)
def test_every_method(method: str) -> None:
    """Same seed, same encoder; the rest of the bundle and the random numbers of others stay."""
    bundle, (_, flux) = toy_bundle(), sample(40)
    known = {"epochs": 4, "population": POPULATION, "augmentation": QUIET, "seed": 7}
    state = torch.get_rng_state()
    first, second = (align(bundle, flux, method, **known) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), state)
    np.testing.assert_array_equal(first.encode(flux), second.encode(flux))
    assert np.abs(first.encode(flux) - bundle.encode(flux)).max() > 1e-4
    assert first.autoencoder is bundle.autoencoder and first.regressors is bundle.regressors
    assert first.gap is None and not first.target_encoder.training


@pytest.mark.parametrize("method", ["coral", "mmd"])
def test_distance_falls_and_models_stay(method: str) -> None:
    bundle, (_, flux) = toy_bundle(), sample(40)
    aligned = align(
        bundle, flux, method, epochs=80, learning_rate=1e-3, weight=3.0, population=POPULATION, augmentation=QUIET
    )
    often = POPULATION.weights(bundle.nodes)
    chosen = np.random.default_rng(1).choice(len(often), 300, p=often / often.sum())
    models = torch.from_numpy(bundle.decode(bundle.latents[chosen]))
    distance = {"coral": coral, "mmd": mmd}[method]
    found = []
    for encoder in (bundle.autoencoder, aligned.target_encoder):
        with torch.inference_mode():
            latents = encoder.encode(torch.as_tensor(flux, dtype=torch.float32))
            found.append(float(distance(encoder.encode(models), latents)))
    assert found[1] < found[0]
    moved = aligned.target_encoder.encode(models).detach().numpy() - bundle.latents[chosen]
    assert np.sqrt(np.mean(moved**2)) < 0.3  # in spreads of the grid


def test_unknown_method() -> None:
    with pytest.raises(ValueError, match="magic is none of published, joint, coral, mmd, adversarial"):
        align(toy_bundle(), sample(8)[1], "magic")

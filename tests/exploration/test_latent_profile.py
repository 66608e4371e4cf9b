"""One latent vector among those of the models."""

from __future__ import annotations

import numpy as np

from dtl.exploration.latent_profile import BANDS, profile

RNG = np.random.default_rng(3)
MODELS = RNG.normal(5.0, 2.0, (4000, 6)).astype(np.float32)
MODELS[:, 4] = 7.0  # says nothing


def test_values_are_in_units_of_the_models() -> None:
    found = profile(np.stack([MODELS.mean(axis=0), MODELS.mean(axis=0) + 2 * MODELS.std(axis=0)]), MODELS)
    alive = [0, 1, 2, 3, 5]
    np.testing.assert_allclose(found.values[0], 0.0, atol=1e-5)
    np.testing.assert_allclose(found.values[1, alive], 2.0, atol=1e-4)
    np.testing.assert_allclose(found.percentile[0, alive], 50.0, atol=3.0)
    np.testing.assert_allclose(found.percentile[1, alive], 97.7, atol=1.0)
    assert found.dead.tolist() == [False, False, False, False, True, False] and found.values[1, 4] == 0


def test_bands_hold_as_many_models_as_they_say() -> None:
    found = profile(MODELS[:1], MODELS)
    scaled = (MODELS[:, 0] - MODELS[:, 0].mean()) / MODELS[:, 0].std()
    for band in BANDS:
        low, high = found.bands[band][:, 0]
        assert abs(100 * np.mean((scaled > low) & (scaled < high)) - band) < 0.2


def test_what_no_model_reaches() -> None:
    far = MODELS.mean(axis=0)
    far[2] = MODELS[:, 2].max() + 1
    assert profile(far[None], MODELS).outside[0, [0, 1, 2]].tolist() == [False, False, True]

"""How far the projector lies from another transform of the same map, in fractions of its diagonal."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from dtl.bundle.projection import mirrored, project
from dtl.training.maps import projector_error

RNG = np.random.default_rng(1)
NODES, VECTORS = RNG.normal(size=(200, 8)), RNG.normal(size=(30, 8))
PLACES = np.vstack([[0.0, 0.0], [3.0, 4.0], RNG.uniform(0, 3, (198, 2))])  # a diagonal of 5


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_projector_error(shift: float, centred: bool) -> None:
    def transform(vectors: np.ndarray) -> np.ndarray:
        pair = (mirrored(vectors), mirrored(NODES)) if centred else (vectors, NODES)
        return project(*pair, PLACES) + np.array([shift, 0.0])

    found = projector_error(SimpleNamespace(embedding_=PLACES, transform=transform), VECTORS, NODES, centred=centred)
    diagonal = np.linalg.norm(np.ptp(PLACES, axis=0))
    assert found == pytest.approx({"median": shift / diagonal, "q90": shift / diagonal}, abs=1e-9)


def test_mirrored_vectors_make_the_correlation_a_cosine() -> None:
    cosine = (VECTORS @ NODES.T) / np.outer(np.linalg.norm(VECTORS, axis=1), np.linalg.norm(NODES, axis=1))
    both = np.corrcoef(mirrored(VECTORS), mirrored(NODES))[: len(VECTORS), len(VECTORS) :]
    np.testing.assert_allclose(both, cosine, atol=1e-12)

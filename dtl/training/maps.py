"""The two maps: UMAP fitted once, offline. `dtl.bundle.projection.project` places new spectra."""

from __future__ import annotations

from typing import Any

import numpy as np

from dtl.bundle.projection import mirrored, project
from dtl.training.settings import MapSettings

__all__ = ["fit_map", "projector_error"]


def fit_map(vectors: np.ndarray, settings: MapSettings, seed: int, *, metric: str) -> Any:
    """A fitted UMAP (McInnes et al. 2018) of vectors ``(m, n)``; its ``embedding_`` has shape ``(m, 2)``."""
    import umap  # slow to import, and only training needs it

    return umap.UMAP(
        n_neighbors=min(settings.neighbours, len(vectors) - 1),
        min_dist=settings.min_dist,
        metric=metric,
        random_state=seed,
        n_jobs=1,
    ).fit(vectors)


def projector_error(fitted: Any, vectors: np.ndarray, nodes: np.ndarray, *, centred: bool = False) -> dict[str, float]:
    """How far the deterministic projector and umap-learn's own transform place the same new vectors apart.

    Args:
        fitted: a map of the nodes.
        vectors: new ones; shape ``(k, n)``.
        nodes: what the map was fitted on; shape ``(m, n)``.
        centred: the vectors are centred already, as the scores of a `FluxBasis` are.

    Returns:
        Median and 90 % quantile of the distance, as a fraction of the map's diagonal.
    """
    places = np.asarray(fitted.embedding_)
    mine = project(*((mirrored(vectors), mirrored(nodes)) if centred else (vectors, nodes)), places)
    difference_in_sigma = np.linalg.norm(mine - fitted.transform(vectors), axis=1)
    diagonal = float(np.linalg.norm(np.ptp(places, axis=0)))
    return {
        "median": float(np.median(difference_in_sigma)) / diagonal,
        "q90": float(np.quantile(difference_in_sigma, 0.9)) / diagonal,
    }

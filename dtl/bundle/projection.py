"""Places in latent space: nearest nodes, distances, and the maps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

__all__ = ["FluxBasis", "dead_latents", "flux_basis", "mirrored", "nearest", "principal_axes", "project"]

#: Nodes that place a new spectrum on a map.
_PLACING = 15


def nearest(latents: np.ndarray, nodes: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices and Euclidean distances of the nearest nodes, nearest first.

    Args:
        latents: shape ``(k, n_latent)``.
        nodes: latents of the nodes; shape ``(m, n_latent)``.
        count: how many.

    Returns:
        Indices and distances; shapes ``(k, count)``.
    """
    squared = np.maximum((latents**2).sum(1)[:, None] + (nodes**2).sum(1)[None] - 2.0 * latents @ nodes.T, 0.0)
    chosen = np.argpartition(squared, count - 1, axis=1)[:, :count]
    distance = np.sqrt(np.take_along_axis(squared, chosen, axis=1))
    order = np.argsort(distance, axis=1, kind="stable")
    return np.take_along_axis(chosen, order, axis=1), np.take_along_axis(distance, order, axis=1)


def dead_latents(latents: np.ndarray) -> np.ndarray:
    """Which latents say nothing: their standard deviation over the grid is below 1e-6 of the largest.

    Args:
        latents: of the nodes, standardised or not; shape ``(m, n_latent)``.

    Returns:
        True where dead; shape ``(n_latent,)``.
    """
    spread = latents.std(axis=0, dtype=float)
    return spread <= 1e-6 * spread.max()


def project(vectors: np.ndarray, nodes: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Places of new vectors on a map whose old points never move.

    A new vector lies at the mean of its nearest nodes in correlation distance, weighted as UMAP's own first
    guess of a transform is (McInnes et al. 2018, arXiv:1802.03426, sect. 3.1): ``exp(-(d - d_1) / s)``. No
    random number, no batch effect, no compilation at serving time.

    Args:
        vectors: shape ``(k, n)``.
        nodes: shape ``(m, n)``.
        places: of the nodes on the map; shape ``(m, 2)``.

    Returns:
        Shape ``(k, 2)``.
    """
    return _placed(_centred(vectors), _centred(nodes), places)


def _placed(vectors: np.ndarray, nodes: np.ndarray, places: np.ndarray) -> np.ndarray:
    """`project` of vectors and nodes that are `_centred`."""
    count = min(_PLACING, len(nodes))
    distance = 1.0 - vectors @ nodes.T
    chosen = np.argpartition(distance, count - 1, axis=1)[:, :count]
    near = np.take_along_axis(distance, chosen, axis=1)
    near = near - near.min(axis=1, keepdims=True)
    weight = np.exp(-near / np.maximum(near.mean(axis=1, keepdims=True) / 3.0, 1e-12))
    weight /= weight.sum(axis=1, keepdims=True)
    return np.einsum("kc,kcd->kd", weight, places[chosen])


def _centred(vectors: np.ndarray) -> np.ndarray:
    centred = vectors - vectors.mean(axis=1, keepdims=True)
    return centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-12)


@dataclass(frozen=True)
class FluxBasis:
    """A short description of flux space in which correlation distances are kept.

    Attributes:
        components: orthonormal; shape ``(c, n)``.
        scores: of the nodes, in ``components``; shape ``(m, c)``.
    """

    components: np.ndarray
    scores: np.ndarray

    def describe(self, flux: np.ndarray) -> np.ndarray:
        """Scores ``(k, c)`` of spectra, flux ``(k, n)``; their cosine is the correlation of the spectra."""
        return _centred(flux) @ self.components.T

    def project(self, flux: np.ndarray, places: np.ndarray) -> np.ndarray:
        """Places of spectra, flux ``(k, n)``, on the map of flux space; shape ``(k, 2)``."""
        return _placed(_directions(self.describe(flux)), self._of_nodes, places)

    @cached_property
    def _of_nodes(self) -> np.ndarray:
        """Directions of the nodes."""
        return _directions(self.scores)


def _directions(scores: np.ndarray) -> np.ndarray:
    """Unit vectors of scores ``(k, c)``, whose products are the correlations of the spectra."""
    return scores / np.maximum(np.linalg.norm(scores, axis=1, keepdims=True), 1e-12)


def mirrored(scores: np.ndarray) -> np.ndarray:
    """Scores ``(k, c)`` beside their negatives ``(k, 2c)``: of mean zero, so that correlation equals cosine."""
    return np.c_[scores, -scores]


def principal_axes(centred: np.ndarray, count: int) -> np.ndarray:
    """The first principal axes of centred vectors ``(m, n)``; orthonormal, shape ``(count, n)``."""
    if len(centred) < centred.shape[1]:
        return np.linalg.svd(centred, full_matrices=False)[2][:count]
    _, vectors = np.linalg.eigh(centred.T @ centred)  # cheaper where there are more vectors than points
    return vectors[:, ::-1][:, :count].T


def flux_basis(flux: np.ndarray, components: int = 32) -> FluxBasis:
    """The basis of grid spectra, flux of shape ``(m, n)``, by singular value decomposition of the centred spectra."""
    centred = _centred(np.asarray(flux, dtype=float))
    basis = principal_axes(centred, components)
    return FluxBasis(basis.astype(np.float32), (centred @ basis.T).astype(np.float32))

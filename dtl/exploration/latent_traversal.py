"""Walking through the latent space: what the decoder makes of a point, and what the networks read in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dtl.bundle.projection import nearest, project
from dtl.inference.interpolation import latent_at
from dtl.inference.trust import hull_distance
from dtl.result import PARAMETERS

if TYPE_CHECKING:
    from dtl.bundle.model import ModelBundle

__all__ = ["Directions", "Step", "correlations", "directions", "flux_effect", "grid_limits", "start_at", "step_to"]

#: Farther than this from a node, in the units of `dtl.inference.trust.hull_distance`, a point is outside the models.
_OUTSIDE = 1.0


@dataclass(frozen=True)
class Step:
    """A point of the latent space.

    Attributes:
        latent: shape ``(n_latent,)``.
        flux: decoded, normalised; shape ``(n,)``.
        read: parameter name -> mean of what the members of the ensemble read in the latent vector.
        distance: Euclidean, to the nearest node in latent space.
        map_latent: place on the map; shape ``(2,)``.
    """

    latent: np.ndarray
    flux: np.ndarray
    read: dict[str, float]
    distance: float
    map_latent: np.ndarray


@dataclass(frozen=True)
class Directions:
    """Principal axes of the latent vectors of the nodes, that of the largest variance first.

    Attributes:
        axes: orthonormal, signed so that Teff rises along each; shape ``(n_latent, n_latent)``, one row an axis.
        spread: standard deviation of the nodes along each; shape ``(n_latent,)``.
        share: of the variance, sums to 1; shape ``(n_latent,)``.
        scores: of the nodes along the axes, about their mean; shape ``(m, n_latent)``.
    """

    axes: np.ndarray
    spread: np.ndarray
    share: np.ndarray
    scores: np.ndarray


def step_to(latent: np.ndarray, bundle: ModelBundle) -> Step:
    """The point at a latent vector of shape ``(n_latent,)``."""
    row = np.asarray(latent, dtype=np.float32)[None]
    return Step(
        latent=row[0],
        flux=bundle.decode(row)[0],
        read={name: float(bundle.regress(row, name).mean()) for name in PARAMETERS},
        distance=float(nearest(row, bundle.latents, 1)[1][0, 0]),
        map_latent=project(row, bundle.latents, bundle.map_latent)[0],
    )


def start_at(parameters: np.ndarray, bundle: ModelBundle) -> tuple[Step, bool]:
    """The point at Teff [K], log g, [M/H], v sin i [km/s], shape ``(4,)``, between the nodes, and whether it lies
    outside the models: inside every range of the grid and still far from any node."""
    beyond = bool(hull_distance(parameters, bundle.triples)[0] > _OUTSIDE)
    return step_to(latent_at(np.asarray(parameters, dtype=float), bundle), bundle), beyond


def grid_limits(bundle: ModelBundle) -> dict[str, tuple[float, float]]:
    """Parameter name -> lowest and highest value among the nodes, to the decimals in which they are given."""
    low, high = bundle.nodes.min(axis=0), bundle.nodes.max(axis=0)
    return {name: (round(float(low[i]), 3), round(float(high[i]), 3)) for i, name in enumerate(PARAMETERS)}


def directions(latents: np.ndarray, nodes: np.ndarray) -> Directions:
    """Principal axes of latent vectors.

    Args:
        latents: of the nodes; shape ``(m, n_latent)``.
        nodes: their parameters; shape ``(m, 4)``.
    """
    centred = np.asarray(latents, dtype=float) - latents.mean(axis=0, dtype=float)
    variance, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    axes = vectors[:, ::-1].T
    scores = centred @ axes.T
    falling = (scores * (nodes[:, :1] - nodes[:, :1].mean())).sum(axis=0) < 0
    axes[falling] *= -1
    scores[:, falling] *= -1
    variance = np.maximum(variance[::-1], 0.0)
    return Directions(axes, np.sqrt(variance), variance / variance.sum(), scores)


def correlations(scores: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """Pearson's correlation of each column of scores ``(m, c)`` with each parameter of nodes ``(m, 4)``, v sin i by
    its logarithm; shape ``(c, 4)``, zero where a column does not vary."""
    parameters = np.c_[nodes[:, :3], np.log(nodes[:, 3])].astype(float)
    left, right = (_standardised(np.asarray(values, dtype=float)) for values in (scores, parameters))
    return left.T @ right / len(left)


def _standardised(values: np.ndarray) -> np.ndarray:
    spread = values.std(axis=0)
    return (values - values.mean(axis=0)) / np.where(spread > 0, spread, np.inf)


def flux_effect(latent: np.ndarray, axes: np.ndarray, spread: np.ndarray, bundle: ModelBundle) -> np.ndarray:
    """How much one standard deviation along each axis changes the decoded spectrum.

    Args:
        latent: from where; shape ``(n_latent,)``.
        axes: directions of unit length; shape ``(c, n_latent)``.
        spread: step along each; shape ``(c,)``.
        bundle: the networks.

    Returns:
        Root of the mean squared change of normalised flux; shape ``(c,)``.
    """
    moved = np.concatenate([latent[None], latent + spread[:, None] * axes])
    flux = bundle.decode(moved)
    return np.sqrt(np.mean((flux[1:] - flux[0]) ** 2, axis=1, dtype=float))

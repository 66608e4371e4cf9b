"""How often models are drawn so that networks meet them as often as stars are like them."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from dtl.inference.prior import StarPrior

__all__ = ["draw_often"]

#: Scales of Teff [K], log g, [M/H] and the logarithm of v sin i within which nodes crowd.
_CROWD = np.array([100.0, 0.15, 0.2, 0.5])


def draw_often(nodes: np.ndarray, prior: StarPrior, broad: float) -> np.ndarray:
    """How often models at nodes ``(m, 4)`` are drawn so that they are as frequent as stars; shape ``(m,)``.

    Args:
        nodes: whose own density is divided out.
        prior: of the stars.
        broad: part of the draws that goes evenly over all nodes.
    """
    places = np.array(nodes, dtype=float)
    places[:, 3] = np.log(places[:, 3])
    tree = cKDTree(places / _CROWD)
    crowd = tree.query_ball_point(places / _CROWD, 1.0, return_length=True)
    likely, even = prior.density(nodes) / crowd, 1.0 / crowd
    return (1.0 - broad) * likely / likely.sum() + broad * even / even.sum()

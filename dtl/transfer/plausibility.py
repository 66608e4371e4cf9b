"""How often models are drawn so that networks meet them as often as stars are like them."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from dtl.inference.prior import PriorSettings, StarPrior
from dtl.inference.trust import fills_box
from dtl.transfer.population import Population

__all__ = ["draw_often", "draw_often_in"]

#: Scales of Teff [K], log g, [M/H] and the logarithm of v sin i within which nodes crowd.
_CROWD = np.array([100.0, 0.15, 0.2, 0.5])
#: Scatter of log g where a sample is not said to be on the main sequence, dex.
_ANY_LOGG = 0.5


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


def draw_often_in(population: Population, nodes: np.ndarray, prior: StarPrior | None) -> np.ndarray:
    """How often models at nodes ``(m, 4)`` are drawn for a sample of stars, relative to each other; shape ``(m,)``.

    Nodes on the main sequence are drawn by their [M/H] alone. Of nodes that fill a box those count that are like the
    sample in log g too.

    Args:
        population: what is known of the sample.
        nodes: of a bundle.
        prior: of its networks.
    """
    if prior is None or not fills_box(nodes):
        return population.weights(nodes)
    scatter = prior.settings.logg_scatter if population.main_sequence else _ANY_LOGG
    known = population.mean_mh is not None
    mean, spread = (population.mean_mh, population.spread_mh) if known else (0.0, 10.0)
    return draw_often(nodes, StarPrior(PriorSettings(mean, spread, scatter)), 0.0)

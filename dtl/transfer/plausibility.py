"""How often models are drawn so that networks meet them as often as stars are like them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from dtl.bundle.model import ModelBundle
from dtl.inference.prior import MainSequence, StarPrior, main_sequence, prior_of
from dtl.transfer.population import Population

__all__ = ["PriorSequence", "draw_often", "often_in_sample", "sequence_of"]

#: Part of the draws that goes evenly over all nodes, and the spread of [M/H] where nothing is known of it, dex.
_BROAD, _ANY_MH = 0.04, 10.0
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


def often_in_sample(bundle: ModelBundle, rows: np.ndarray, population: Population) -> np.ndarray:
    """How often the nodes of a bundle with these indices are drawn for a sample of stars; shape ``(m,)``.

    Args:
        bundle: whose prior says how log g scatters. Where it names none, or the networks have only seen models, nodes
            are drawn by their [M/H] alone.
        rows: indices among the nodes; shape ``(m,)``.
        population: of the sample, for its [M/H].
    """
    nodes, prior = bundle.nodes[rows], prior_of(bundle.card)
    if prior is None or bundle.target_encoder is None:
        return population.weights(nodes)
    known = population.mean_mh is not None
    mean, spread = (population.mean_mh, population.spread_mh) if known else (0.0, _ANY_MH)
    return draw_often(nodes, StarPrior(replace(prior.settings, mean_mh=mean, spread_mh=spread)), _BROAD)


@dataclass(frozen=True)
class PriorSequence:
    """The main sequence in the middle of a prior."""

    prior: StarPrior

    def logg(self, teff: np.ndarray, mh: np.ndarray) -> np.ndarray:
        """log g at Teff [K] and [M/H], shape ``(k,)`` each."""
        return self.prior.logg(teff, mh)[0]


def sequence_of(bundle: ModelBundle) -> MainSequence | PriorSequence:
    """The main sequence that the stars of a bundle are believed to lie on: its prior's, or else that of its nodes."""
    prior = prior_of(bundle.card)
    return main_sequence(bundle.nodes) if prior is None else PriorSequence(prior)

"""How plausible stars are before their spectra are seen: the main sequence and the metallicities of field stars.

The models fill a box of Teff, log g and [M/H], giants and compositions that hardly any star has among them. What is
plausible is a weight of the nodes in training, and the prior that each estimate is compared with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from dtl.catalogue.main_sequence import sequence_logg
from dtl.grid.nodes import main_sequence_nodes
from dtl.training.settings import FamilySettings
from dtl.transfer.population import MainSequence, main_sequence

__all__ = ["StarPrior", "draw_often"]

#: Scales of Teff [K], log g, [M/H] and the logarithm of v sin i within which nodes crowd.
_CROWD = np.array([100.0, 0.15, 0.2, 0.5])
#: Spread of the logarithm of v sin i of made-up stars above the slowest: two thirds turn at less than 3.3 km/s.
_ROTATION = 0.8


@dataclass(frozen=True)
class StarPrior:
    """Field M dwarfs: log g about the main sequence, [M/H] about a mean.

    The sequence is the mean of that of evolutionary models (the published nodes) and that of measured masses and
    radii (`dtl.catalogue.main_sequence`); half of the difference between both counts as an error of it.

    Attributes:
        models: sequence of evolutionary models.
        settings: mean and scatter.
    """

    models: MainSequence
    settings: FamilySettings

    @classmethod
    def of(cls, settings: FamilySettings) -> StarPrior:
        """With the published main sequence."""
        return cls(main_sequence(main_sequence_nodes(teff=(3000.0, 4300.0))), settings)

    def logg(self, teff: np.ndarray, mh: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of log g at Teff [K] and [M/H]; shape ``(k,)`` each."""
        model, measured = self.models.logg(teff, mh), sequence_logg(teff, mh)
        return 0.5 * (model + measured), np.hypot(self.settings.logg_scatter, 0.5 * (model - measured))

    def density(self, parameters: np.ndarray) -> np.ndarray:
        """Relative density of stars at Teff, log g, [M/H], v sin i, shape ``(k, 4)``, even in the first and last."""
        mean, width = self.logg(parameters[:, 0], parameters[:, 2])
        metals = (parameters[:, 2] - self.settings.mean_mh) / self.settings.spread_mh
        return np.exp(-0.5 * (((parameters[:, 1] - mean) / width) ** 2 + metals**2)) / width

    def draw(self, count: int, limits: np.ndarray, seed: int) -> np.ndarray:
        """Made-up stars: even in Teff, most of them slow rotators.

        Args:
            count: of stars.
            limits: lowest and highest Teff, log g, [M/H] and v sin i; shape ``(2, 4)``.
            seed: of the random choice.

        Returns:
            Shape ``(count, 4)``, within the limits.
        """
        rng = np.random.default_rng(seed)
        teff = rng.uniform(*limits[:, 0], count)
        mh = np.clip(rng.normal(self.settings.mean_mh, self.settings.spread_mh, count), *limits[:, 2])
        mean, width = self.logg(teff, mh)
        vsini = limits[0, 3] * np.exp(_ROTATION * np.abs(rng.standard_normal(count)))
        return np.clip(np.stack([teff, rng.normal(mean, width), mh, vsini], axis=1), *limits)


def draw_often(nodes: np.ndarray, prior: StarPrior) -> np.ndarray:
    """How often models at nodes ``(m, 4)`` are drawn so that they are as frequent as stars; shape ``(m,)``.

    The nodes' own density is divided out; a part of the draws goes evenly over all of them.
    """
    places = np.array(nodes, dtype=float)
    places[:, 3] = np.log(places[:, 3])
    tree = cKDTree(places / _CROWD)
    crowd = np.array([len(near) for near in tree.query_ball_point(places / _CROWD, 1.0)])
    likely, even = prior.density(nodes) / crowd, 1.0 / crowd
    broad = prior.settings.broad
    return (1.0 - broad) * likely / likely.sum() + broad * even / even.sum()

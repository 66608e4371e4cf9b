"""How plausible stars are before their spectra are seen: the main sequence and the metallicities of field stars.

The models of a bundle may fill a box of Teff, log g and [M/H], giants and compositions that hardly any star has among
them. What is plausible is a weight of the nodes in training, and the prior that each estimate is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np

from dtl.catalogue.main_sequence import sequence_logg
from dtl.grid.nodes import main_sequence_nodes
from dtl.inference.trust import fills_box

__all__ = ["MainSequence", "PriorSettings", "StarPrior", "main_sequence", "prior_of"]

#: Spread of the logarithm of v sin i of made-up stars above the slowest: two thirds turn at less than 3.3 km/s.
_ROTATION = 0.8


@dataclass(frozen=True)
class PriorSettings:
    """Of field M dwarfs.

    Attributes:
        mean_mh, spread_mh: of [M/H], dex: what volume-limited samples have, with the error of the mean.
        logg_scatter: about the main sequence, dex.
    """

    mean_mh: float = -0.08
    spread_mh: float = 0.22
    logg_scatter: float = 0.07


@dataclass(frozen=True)
class MainSequence:
    """Mean log g of the nodes as a polynomial of Teff and [M/H]; ``coefficients`` of shape ``(7,)``."""

    coefficients: np.ndarray

    def logg(self, teff: np.ndarray, mh: np.ndarray) -> np.ndarray:
        """log g at Teff [K] and [M/H], shape ``(k,)`` each."""
        return _terms(teff, mh) @ self.coefficients


def main_sequence(nodes: np.ndarray) -> MainSequence:
    """The mean main sequence of a grid, nodes of shape ``(m, 4)``; its triples scatter about it by 0.05 dex.

    Of a grid that fills a box only those nodes count that the published grid has too.
    """
    triples = np.unique(nodes[:, :3], axis=0)
    if fills_box(triples):
        published = {tuple(triple) for triple in np.round(main_sequence_nodes()[:, :3], 3)}
        triples = np.array([triple for triple in triples if tuple(np.round(triple, 3)) in published])
    return MainSequence(np.linalg.lstsq(_terms(triples[:, 0], triples[:, 2]), triples[:, 1], rcond=None)[0])


def _terms(teff: np.ndarray, mh: np.ndarray) -> np.ndarray:
    t = (np.asarray(teff, dtype=float) - 3600.0) / 400.0
    return np.stack([np.ones_like(t), t, t**2, t**3, mh, mh * t, np.square(mh)], axis=1)


@dataclass(frozen=True)
class StarPrior:
    """Field M dwarfs: log g about the main sequence, [M/H] about a mean.

    The sequence is the mean of that of evolutionary models (the published nodes) and that of measured masses and
    radii (`dtl.catalogue.main_sequence`); half of the difference between both counts as an error of it.

    Attributes:
        settings: mean and scatter.
    """

    settings: PriorSettings = PriorSettings()

    def entries(self) -> dict[str, float]:
        """Plain values for a card."""
        return asdict(self.settings)

    def logg(self, teff: np.ndarray, mh: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of log g at Teff [K] and [M/H]; shape ``(k,)`` each."""
        model, measured = _published_sequence().logg(teff, mh), sequence_logg(teff, mh)
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


@lru_cache(maxsize=1)
def _published_sequence() -> MainSequence:
    return main_sequence(main_sequence_nodes(teff=(3000.0, 4300.0)))


def prior_of(card: Mapping[str, Any]) -> StarPrior | None:
    """The prior that the networks of a bundle learned with, from its card; None where it names none."""
    entries = card.get("prior")
    if not isinstance(entries, Mapping):
        return None
    return StarPrior(PriorSettings(**{item.name: float(entries[item.name]) for item in fields(PriorSettings)}))

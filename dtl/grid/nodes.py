"""The nodes of a grid: the 22,933 of Mas-Buitrago et al. (2024) on the main sequence, and a box about them."""

from __future__ import annotations

from itertools import product

import numpy as np

from dtl.resources import asset

__all__ = ["VSINI", "box_nodes", "main_sequence_nodes"]

_FOLDER = asset("grid")
#: km/s.
VSINI = (1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 25.0, 30.0)
#: Steps of the box in Teff [K], log g and [M/H], and its v sin i [km/s]: spectra change evenly between library nodes,
#: which are 100 K and 0.5 dex apart, so that a few values hold what there is to learn.
_STEPS = (50.0, 0.3, 0.25)
_BOX_VSINI = (1.5, 3.0, 6.0, 12.0, 25.0)


def main_sequence_nodes(
    *,
    teff: tuple[float, float] = (2300.0, 4500.0),
    logg: tuple[float, float] = (4.2, 5.5),
    mh: tuple[float, float] = (-1.0, 0.8),
) -> np.ndarray:
    """The published nodes within a domain.

    The triples (Teff, log g, [M/H]) agree with PARSEC main-sequence models; each comes with 13 values of
    v sin i, but for 38 combinations that the published grid leaves out.

    Args:
        teff: range in K, ends included.
        logg: range in dex, ends included.
        mh: range in dex, ends included.

    Returns:
        Teff [K], log g [dex], [M/H] [dex], v sin i [km/s], sorted; shape ``(m, 4)``.
    """
    triples = [
        (teff_, logg_, round(value, 1) + 0.0)
        for teff_, logg_, first, last in _table("main_sequence.csv")
        for value in np.arange(first, last + 0.05, 0.1)
    ]
    absent = set(map(tuple, _table("absent.csv")))
    nodes = np.array([(*triple, vsini) for triple in triples for vsini in VSINI if (*triple, vsini) not in absent])
    keep = np.ones(len(nodes), dtype=bool)
    for i, (low, high) in enumerate((teff, logg, mh)):
        keep &= (nodes[:, i] >= low - 1e-6) & (nodes[:, i] <= high + 1e-6)
    return nodes[keep]


def box_nodes(*, teff: tuple[float, float], logg: tuple[float, float], mh: tuple[float, float]) -> np.ndarray:
    """Nodes at even steps over a whole domain, on the main sequence or not.

    A network that has met the published nodes alone takes for granted what they leave out: giants, and metallicities
    that they lack at some Teff. What is plausible belongs into the weights of the nodes, not into holes among them.

    Args:
        teff: range in K, ends included.
        logg: range in dex, ends included.
        mh: range in dex, ends included.

    Returns:
        Teff [K], log g [dex], [M/H] [dex], v sin i [km/s], sorted; shape ``(m, 4)``.
    """
    axes = [
        np.round(np.linspace(low, high, max(round((high - low) / step), 1) + 1), 3) + 0.0
        for (low, high), step in zip((teff, logg, mh), _STEPS, strict=True)
    ]
    return np.unique(list(product(*axes, _BOX_VSINI)), axis=0)


def _table(name: str) -> list[list[float]]:
    """The rows of a table below its names."""
    return np.loadtxt(_FOLDER / name, delimiter=",", comments=["#", "teff"]).tolist()

"""Between the nodes of the grid: a local quadratic surface through the spectra or latent vectors of the nodes around.

Left out itself, a node's spectrum follows from its neighbours with an rms of 1.3e-4 by their latents, and of 1.6e-4 by
their flux (median over the shipped grid), less than what the decoder leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dtl.wavelengths import SPEED_OF_LIGHT

if TYPE_CHECKING:
    from dtl.bundle.model import ModelBundle

__all__ = ["NodePlaces", "NodeSpectra", "Surface", "latent_at", "models_at", "node_spectra"]

#: Every third point of 0.01 Angstrom: six remain in a resolution element at 50,000.
_EVERY = 3
_CHUNK = 500
#: Scale of Teff, log g, [M/H] and line width (logarithm) in which nodes are near each other: two steps of the grid.
_UNIT = np.array([50.0, 0.2, 0.2, 0.3])
#: Nodes that a surface goes through.
_NEAREST = 60
#: Quadratic terms give way to linear ones where the nodes cannot tell them apart.
_BENT = 0.3
#: Products of two parameters in a surface. The square of log g is left out: at one temperature the main sequence has
#: one to five values of it, too few for a curve that can be trusted.
_PAIRS = [(i, j) for i in range(4) for j in range(i, 4) if (i, j) != (1, 1)]
#: How far a surface is trusted beyond the nodes it goes through, in units of `_UNIT`: half a step of the grid.
_BEYOND = 0.25
#: Part of the instrumental FWHM [km/s] to which rotation adds in quadrature.
_PART = 2.0 / 3.0


@dataclass(frozen=True)
class NodePlaces:
    """Where the nodes of a bundle lie, on axes along which their spectra change evenly.

    Places are Teff, log g, [M/H] and the logarithm of the line width, ``ln sqrt(v^2 + (2/3 FWHM)^2)`` with v sin i
    and the instrumental FWHM in km/s, in units of `_UNIT`. Flux changes with v^2 where v is small, and so does this
    width, while the logarithm of v itself runs to minus infinity.

    Attributes:
        bundle: whose nodes.
        places: of the nodes; shape ``(m, 4)``.
    """

    bundle: ModelBundle
    places: np.ndarray

    def place(self, parameters: np.ndarray) -> np.ndarray:
        """Places of Teff [K], log g, [M/H], v sin i [km/s]; both of shape ``(..., 4)``."""
        return _place(np.asarray(parameters, dtype=float), self.bundle.resolution)

    def parameters(self, place: np.ndarray) -> np.ndarray:
        """Teff [K], log g, [M/H], v sin i [km/s] of places; both of shape ``(..., 4)``."""
        found = np.asarray(place, dtype=float) * _UNIT
        width2 = np.exp(2 * found[..., 3])
        found[..., 3] = np.sqrt(np.maximum(width2 - _instrumental(self.bundle.resolution) ** 2, 0.0))
        return found

    def slopes(self, parameters: np.ndarray) -> np.ndarray:
        """Change of place with each parameter, at parameters of shape ``(4,)``; shape ``(4,)``."""
        vsini = parameters[3]
        return np.r_[np.ones(3), vsini / (vsini**2 + _instrumental(self.bundle.resolution) ** 2)] / _UNIT

    def surface(self, centre: np.ndarray) -> Surface:
        """The surface through the nodes around a place of shape ``(4,)``."""
        distance2 = ((self.places - centre) ** 2).sum(axis=1)
        near = np.argpartition(distance2, _NEAREST)[:_NEAREST] if len(distance2) > _NEAREST else slice(None)
        near = np.arange(len(distance2))[near]
        # The weight falls with distance so that the surface changes smoothly when a node comes or goes.
        weight = np.exp(-0.5 * distance2[near] / np.sort(distance2[near])[len(near) // 3])
        return Surface(self.places[near], near, weight)


@dataclass(frozen=True)
class NodeSpectra(NodePlaces):
    """The nodes of a bundle with their spectra, decoded once.

    Attributes:
        flux: normalised, float32, every third point; shape ``(m, n)``.
    """

    flux: np.ndarray

    @property
    def every(self) -> slice:
        """Which points of a spectrum ``flux`` holds."""
        return slice(None, None, _EVERY)


class Surface:
    """A quadratic function of the place for each wavelength, through given nodes.

    It is developed about their mean. Then a parameter in which these nodes do not vary has no effect, nor has a
    square where there are two values: the solution of least norm leaves such terms out.

    Args:
        places: of the nodes; shape ``(k, 4)``.
        near: their indices; shape ``(k,)``.
        weight: of the nodes; shape ``(k,)``.
    """

    def __init__(self, places: np.ndarray, near: np.ndarray, weight: np.ndarray) -> None:
        self.places, self.near = places, near
        self._mean = weight**2 / np.sum(weight**2)
        self._centre = self._mean @ places
        terms = _terms(places - self._centre)
        self._mean_terms = self._mean @ terms
        inverse = np.linalg.pinv((terms - self._mean_terms) * weight[:, None], rcond=1e-4) * weight
        # From the flux of the nodes to the coefficients, the mean flux first.
        self._solution = np.vstack([self._mean, inverse - inverse.sum(axis=1, keepdims=True) * self._mean])

    @property
    def reach(self) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest place at which it can be trusted; shape ``(4,)`` each.

        Off the band of nodes a surface is a guess: no farther than half a step beyond those it goes through.
        """
        first, last = self.places.min(axis=0), self.places.max(axis=0)
        beyond = np.where(last - first > 1e-3, _BEYOND, 0.0)
        return first - beyond, last + beyond

    def shares(self, place: np.ndarray) -> np.ndarray:
        """Share of each node in the flux at a place of shape ``(4,)``; shape ``(k,)``, sum 1."""
        return self._powers(place) @ self._solution

    def coefficients(self, flux: np.ndarray) -> np.ndarray:
        """Coefficients for `at` and `gradient` from the flux of its nodes, shape ``(k, n)``."""
        return self._solution @ flux

    def at(self, place: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
        """Flux ``(n,)`` at a place of shape ``(4,)``."""
        return self._powers(place) @ coefficients

    def gradient(self, place: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
        """Change of flux with the place, of shape ``(4,)``; shape ``(n, 4)``."""
        offset = place - self._centre
        slopes = np.zeros((4, len(coefficients)))
        slopes[np.arange(4), 1 + np.arange(4)] = 1.0
        for term, (i, j) in enumerate(_PAIRS, start=5):
            slopes[i, term] += _BENT * offset[j]
            slopes[j, term] += _BENT * offset[i]
        return (slopes @ coefficients).T

    def _powers(self, place: np.ndarray) -> np.ndarray:
        return np.r_[1.0, _terms((place - self._centre)[None])[0] - self._mean_terms]


def node_spectra(bundle: ModelBundle) -> NodeSpectra:
    """Decode all nodes of a bundle, about a second and 33 MB for 7,000 nodes; to be kept by the caller."""
    parts = [
        bundle.decode(bundle.latents[start : start + _CHUNK])[:, ::_EVERY].astype(np.float32)
        for start in range(0, len(bundle.latents), _CHUNK)
    ]
    return NodeSpectra(bundle, _node_places(bundle), np.concatenate(parts))


def _node_places(bundle: ModelBundle) -> np.ndarray:
    return _place(bundle.nodes.astype(float), bundle.resolution)


def latent_at(parameters: np.ndarray, bundle: ModelBundle) -> np.ndarray:
    """Latent vectors between the nodes; off their band, where no model is, that of its edge.

    Args:
        parameters: Teff [K], log g, [M/H], v sin i [km/s]; shape ``(4,)`` or ``(k, 4)``.
        bundle: the networks.

    Returns:
        Shape ``(n_latent,)`` or ``(k, n_latent)``.
    """
    nodes = NodePlaces(bundle, _node_places(bundle))
    found = []
    for place in nodes.place(np.atleast_2d(parameters)):
        surface = nodes.surface(place)
        found.append(surface.shares(np.clip(place, *surface.reach)) @ bundle.latents[surface.near])
    return np.reshape(found, (*np.shape(parameters)[:-1], -1))


def models_at(parameters: np.ndarray, bundle: ModelBundle) -> np.ndarray:
    """Model spectra at parameters ``(k, 4)`` between the nodes, through the decoder; normalised flux ``(k, n)``."""
    return bundle.decode(latent_at(parameters, bundle))


def _instrumental(resolution: float) -> float:
    return _PART * SPEED_OF_LIGHT / resolution


def _place(parameters: np.ndarray, resolution: float) -> np.ndarray:
    width = 0.5 * np.log(parameters[..., 3] ** 2 + _instrumental(resolution) ** 2)
    return np.concatenate([parameters[..., :3], width[..., None]], axis=-1) / _UNIT


def _terms(offset: np.ndarray) -> np.ndarray:
    """Linear and quadratic terms ``(k, 13)`` of offsets ``(k, 4)``."""
    first, second = np.transpose(_PAIRS)
    return np.c_[offset, _BENT * offset[:, first] * offset[:, second]]

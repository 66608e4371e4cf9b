"""Where spectra lie among the models before and after a transfer: the synthetic gap, star by star."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dtl.bundle.calibration import Reference, quantile
from dtl.bundle.projection import nearest, project
from dtl.inference.infer import encode_with_gaps
from dtl.inference.interpolation import NodeSpectra
from dtl.result import PARAMETERS, Neighbour
from dtl.spectrum import PreparedSpectrum

if TYPE_CHECKING:
    from dtl.bundle.model import ModelBundle

__all__ = ["STATES", "UNUSUAL", "LatentPosition", "flux_neighbours", "from_quantiles", "locate_spectra", "spacing"]

#: State of the networks -> what it is called.
STATES = {"before": "Before the transfer", "after": "After the transfer"}
#: Percentile of the latent distance of simulated observations beyond which a star is outside the mapped area: a map
#: can only put it beside the models that are least far.
UNUSUAL = 99.0
_NEIGHBOURS = 8
_AT_ONCE = 64
#: Candidates whose distance is computed anew without the loss of digits of the fast way.
_SPARE = 8


@dataclass(frozen=True)
class LatentPosition:
    """Where one spectrum lies in one state of the networks.

    Attributes:
        flux: as it is compared with models, the learned gap taken off after a transfer; shape ``(n,)``.
        latent: shape ``(n_latent,)``.
        map_flux, map_latent: places on the two maps; shape ``(2,)`` each.
        neighbours: nearest nodes in latent space, nearest first.
        unusual: whether it lies farther from all models than `UNUSUAL` % of simulated observations of like S/N.
        values: parameter name -> mean of what the members of the ensemble read there, in the units of
            `dtl.result.PARAMETERS`.
    """

    flux: np.ndarray
    latent: np.ndarray
    map_flux: np.ndarray
    map_latent: np.ndarray
    neighbours: tuple[Neighbour, ...]
    unusual: bool
    values: Mapping[str, float]

    @property
    def distance(self) -> float:
        """Euclidean distance to the nearest node in latent space."""
        return self.neighbours[0].distance


def locate_spectra(prepared: Sequence[PreparedSpectrum], bundle: ModelBundle) -> list[dict[str, LatentPosition]]:
    """Places of spectra in each of the `STATES`.

    Before a transfer the encoder is that of the models and the flux as observed. After it the encoder is the
    fine-tuned one, and from the flux is taken what the networks have learned that stars have and models lack; the
    models themselves stay where they are.

    Args:
        prepared: the spectra, as prepared for the bundle.
        bundle: as it is in use; without a transfer both states are alike.
    """
    found: list[dict[str, LatentPosition]] = []
    for start in range(0, len(prepared), _AT_ONCE):
        part = prepared[start : start + _AT_ONCE]
        states = {"before": bundle.source, "after": bundle}
        of_states = {name: _places(part, networks, bundle) for name, networks in states.items()}
        found += [dict(zip(of_states, places, strict=True)) for places in zip(*of_states.values(), strict=True)]
    return found


def _places(prepared: Sequence[PreparedSpectrum], networks: ModelBundle, bundle: ModelBundle) -> list[LatentPosition]:
    """Places in the state of the first networks; the second hold the ensemble, which is the same in both."""
    flux, good = (np.stack([getattr(p, name) for p in prepared]) for name in ("flux", "good"))
    filled, latents = encode_with_gaps(flux, good, networks)
    members = {name: bundle.regress(latents, name) for name in PARAMETERS}
    if networks.gap is not None:
        filled = filled - (networks.reconstruct(latents, members) - networks.decode(latents))
    index, distance = nearest(latents, bundle.latents, _NEIGHBOURS)
    on_flux = bundle.flux_basis.project(filled, bundle.map_flux)
    on_latent = project(latents, bundle.latents, bundle.map_latent)
    reference = bundle.references.get("latent_distance")
    usual = None if reference is None else quantile(UNUSUAL, np.array([p.snr for p in prepared]), reference)
    return [
        LatentPosition(
            flux=filled[i].astype(np.float32),
            latent=latents[i],
            map_flux=on_flux[i],
            map_latent=on_latent[i],
            neighbours=_neighbours(index[i], distance[i], bundle.nodes),
            unusual=usual is not None and bool(distance[i, 0] > usual[i]),
            values={name: float(values[:, i].mean()) for name, values in members.items()},
        )
        for i in range(len(prepared))
    ]


def _neighbours(index: np.ndarray, distance: np.ndarray, nodes: np.ndarray) -> tuple[Neighbour, ...]:
    return tuple(
        Neighbour(int(k), float(d), *(float(v) for v in nodes[k])) for k, d in zip(index, distance, strict=True)
    )


def flux_neighbours(flux: np.ndarray, spectra: NodeSpectra, count: int = _NEIGHBOURS) -> list[tuple[Neighbour, ...]]:
    """The nearest nodes of spectra in flux itself, nearest first, by Euclidean distance over all points.

    Model spectra are kept at every third point, six of which remain in a resolution element; the sum over these
    stands for that over all.

    Args:
        flux: without gaps; shape ``(k, n)``.
        spectra: of the nodes.
        count: how many neighbours.
    """
    seen = np.ascontiguousarray(flux[:, spectra.every], dtype=np.float32)
    stretch = np.sqrt(flux.shape[1] / seen.shape[1])
    index, distance = _exact(seen, spectra.flux, count)
    return [_neighbours(i, d * stretch, spectra.bundle.nodes) for i, d in zip(index, distance, strict=True)]


def spacing(vectors: np.ndarray, every: int = 10) -> np.ndarray:
    """Distances from every so many of vectors ``(m, n)`` to the nearest other one; shape ``(m / every,)``."""
    chosen = np.arange(0, len(vectors), every)
    parts = [
        _exact(vectors[chosen[i : i + 200]], vectors, 1, without=chosen[i : i + 200])[1][:, 0]
        for i in range(0, len(chosen), 200)
    ]
    return np.concatenate(parts)


def from_quantiles(snr: float, reference: Reference, count: int = 1000) -> np.ndarray:
    """Scores of ``count`` made-up good stars at a signal-to-noise ratio that are spread as a reference says."""
    return quantile((np.arange(count) + 0.5) / count * 100, np.full(count, snr), reference)


def _exact(
    vectors: np.ndarray, nodes: np.ndarray, count: int, *, without: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Nearest nodes as `dtl.bundle.projection.nearest` gives them, among a few more measured without loss of digits.

    Args:
        vectors: shape ``(k, n)``.
        nodes: shape ``(m, n)``.
        count: how many.
        without: for each vector a node that does not count; shape ``(k,)``.
    """
    index, _ = nearest(vectors, nodes, min(count + _SPARE, len(nodes)))
    distance = np.stack(
        [
            np.linalg.norm(nodes[near].astype(float) - vector, axis=1)
            for near, vector in zip(index, vectors, strict=True)
        ]
    )
    if without is not None:
        distance[index == without[:, None]] = np.inf
    order = np.argsort(distance, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(index, order, axis=1), np.take_along_axis(distance, order, axis=1)

"""What a bundle says about prepared spectra: one vectorised path for app, command line and cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from dtl.bundle.calibration import percentile, quantile
from dtl.bundle.model import ModelBundle
from dtl.bundle.projection import nearest, project
from dtl.flags import Doubt
from dtl.inference.estimate import estimate
from dtl.inference.judgement import doubts_of_estimates, doubts_of_strangeness, limit_rotation, withhold
from dtl.inference.trust import trust_scores
from dtl.networks.resampled_noise import pixel_noise
from dtl.result import PARAMETERS, Estimate, InferenceResult, Neighbour
from dtl.spectrum import PreparedSpectrum

__all__ = ["encode_with_gaps", "estimate_parameters", "infer"]

#: Realisations of the photon noise that are carried through the networks.
_DRAWS = 32
#: Rounds, at most, in which missing points are filled by what the decoder expects there; they end for a spectrum where
#: none changes the flux by more than this.
_FILLING, _SETTLED = 8, 1e-6
_NEIGHBOURS = 8
#: Good stars have residuals up to this percentile; what is more widens the interval.
_USUAL = 95.0
#: Width of a line in points of the grid.
_LINE = 20


def infer(prepared: Sequence[PreparedSpectrum], bundle: ModelBundle) -> list[InferenceResult]:
    """Parameters, latents, reconstruction, map places, neighbours and flags of each spectrum.

    The answer for a spectrum does not depend on the others it is asked with.
    """
    if not prepared:
        return []
    flux, latents = encode_with_gaps(np.stack([p.flux for p in prepared]), np.stack([p.good for p in prepared]), bundle)
    reconstruction = bundle.reconstruct(latents)
    index, distance = nearest(latents, bundle.latents, _NEIGHBOURS)
    map_flux = bundle.flux_basis.project(flux, bundle.map_flux)
    map_latent = project(latents, bundle.latents, bundle.map_latent)
    members = {name: bundle.regress(latents, name) for name in PARAMETERS}
    all_scores = [
        trust_scores(p, reconstruction[i], float(distance[i, 0]), {name: v[:, i] for name, v in members.items()})
        for i, p in enumerate(prepared)
    ]
    of_all = estimate_parameters(
        flux,
        np.stack([p.uncertainty for p in prepared]),
        [p.pixel for p in prepared],
        bundle,
        unexplained=[_unexplained(s["residual"], p.snr, bundle) for s, p in zip(all_scores, prepared, strict=True)],
    )
    results = []
    for i, (spectrum, estimates, scores) in enumerate(zip(prepared, of_all, all_scores, strict=True)):
        residual = (spectrum.flux - reconstruction[i])[spectrum.good]
        percentiles = {
            name: percentile(scores[name], spectrum.snr, reference) for name, reference in bundle.references.items()
        }
        answer, doubts = _judge(estimates, percentiles, spectrum, bundle)
        results.append(
            InferenceResult(
                prepared=spectrum,
                estimates=answer,
                latent=latents[i],
                reconstruction=reconstruction[i],
                reconstruction_mse=float(np.mean(residual**2)),
                latent_distance_percentile=percentiles.get("latent_distance", 0.0),
                map_flux=map_flux[i],
                map_latent=map_latent[i],
                neighbours=tuple(
                    Neighbour(int(k), float(d), *(float(v) for v in bundle.nodes[k]))
                    for k, d in zip(index[i], distance[i], strict=True)
                ),
                flags=tuple(dict.fromkeys((*spectrum.flags, *(doubt.flag for doubt in doubts)))),
                bundle=f"{bundle.name} {bundle.version}",
                scores=scores,
                percentiles=percentiles,
                doubts=(*spectrum.doubts, *doubts),
            )
        )
    return results


def _judge(
    estimates: dict[str, Estimate], percentiles: dict[str, float], spectrum: PreparedSpectrum, bundle: ModelBundle
) -> tuple[dict[str, Estimate], list[Doubt]]:
    """Estimates as they are given, limits and what is withheld marked as such, and what is in doubt about them."""
    strange = doubts_of_strangeness(percentiles, bundle.trust_threshold, spectrum.rv_quality)
    doubts = doubts_of_estimates(estimates, bundle.nodes, bundle.triples, unlike=bool(strange)) + strange
    answer, withheld = withhold(estimates)
    answer["vsini"], limits = limit_rotation(
        answer["vsini"], float(bundle.nodes[:, 3].min()), blurred="resolution_too_low" in spectrum.flags
    )
    return answer, doubts + withheld + limits


def _unexplained(residual: float, snr: float, bundle: ModelBundle) -> float:
    """Rms by which a spectrum differs from its reconstruction beyond what good stars do; 0 for these."""
    if "residual" not in bundle.references:
        return 0.0
    usual = quantile(_USUAL, snr, bundle.references["residual"])
    return float(np.sqrt(max(residual**2 - usual**2, 0.0)))


def encode_with_gaps(flux: np.ndarray, good: np.ndarray, bundle: ModelBundle) -> tuple[np.ndarray, np.ndarray]:
    """Latents of spectra whose missing points are filled with what the networks expect there, each until it settles.

    Args:
        flux: shape ``(k, n)``.
        good: False where a point is missing; shape ``(k, n)``.
        bundle: the networks.

    Returns:
        The filled flux ``(k, n)`` and the latents ``(k, n_latent)``.
    """
    flux = np.where(good, flux, bundle.autoencoder.mean.numpy())
    latents = bundle.encode(flux)
    left = np.flatnonzero(~good.all(axis=1))
    for _ in range(_FILLING):
        if not left.size:
            break
        filled = np.where(good[left], flux[left], bundle.reconstruct(latents[left]))
        change = np.abs(filled - flux[left]).max(axis=1)
        flux[left], latents[left] = filled, bundle.encode(filled)
        left = left[change > _SETTLED]
    return flux, latents


def estimate_parameters(
    flux: np.ndarray,
    uncertainty: np.ndarray,
    pixel: Sequence[float],
    bundle: ModelBundle,
    draws: int = _DRAWS,
    *,
    unexplained: Sequence[float] | None = None,
) -> list[dict[str, Estimate]]:
    """Estimates of spectra: the members' values, each spread by the photon noise, then calibrated.

    A spectrum already carries one realisation of its noise. Further ones are added to see how far each
    member's value moves, and only the moves are kept, so that the value itself is not disturbed twice.

    Args:
        flux: normalised, without gaps; shape ``(k, n)``.
        uncertainty: 1 sigma per input pixel; shape ``(k, n)``.
        pixel: of each input, Angstrom; length ``k``.
        bundle: the networks.
        draws: realisations of the noise.
        unexplained: rms of what is neither noise nor the gap of good stars, as wide as lines are, so that a spectrum
            unlike the models has a wide interval too; length ``k``.
    """
    step = float(bundle.wavelength[1] - bundle.wavelength[0])
    latents = []
    for spectrum, sigma, size, more in zip(flux, uncertainty, pixel, unexplained or [0.0] * len(flux), strict=True):
        generator = torch.Generator().manual_seed(0)
        noise = pixel_noise(draws, len(spectrum), max(1, round(size / step)), generator).numpy() * sigma
        if more > 0:
            noise = noise + more * pixel_noise(draws, len(spectrum), _LINE, generator).numpy()
        latents.append(bundle.encode(np.concatenate([spectrum[None], spectrum + noise])))
    stacked = np.concatenate(latents)
    estimates: list[dict[str, Estimate]] = [{} for _ in flux]
    for name in PARAMETERS:
        values = bundle.regress(stacked, name).reshape(-1, len(flux), draws + 1)
        moves = values[..., 1:] - values[..., 1:].mean(axis=2, keepdims=True)
        for i, of_spectrum in enumerate(estimates):
            found = (values[:, i, :1] + moves[:, i]).ravel()
            if name == "vsini":
                found = np.maximum(found, 0.0)  # networks go on below the slowest node, rotation does not
            answer = estimate(found, bundle.calibration[name])
            if name == "vsini":  # the smooth density of values that end at 0 may have its mode just below
                answer = replace(answer, value=max(answer.value, 0.0))
            of_spectrum[name] = answer
    return estimates

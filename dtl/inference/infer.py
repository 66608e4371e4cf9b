"""What a bundle says about prepared spectra: one vectorised path for app, command line and cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from dtl.bundle.calibration import percentile, quantile
from dtl.bundle.model import ModelBundle
from dtl.bundle.projection import nearest, project
from dtl.flags import Doubt
from dtl.inference.correlation import correlate
from dtl.inference.estimate import estimate
from dtl.inference.gradients import MemberSlopes, member_slopes
from dtl.inference.judgement import (
    doubts_of_estimates,
    doubts_of_gravity,
    doubts_of_strangeness,
    limit_rotation,
    mistaken_rotation,
    withhold,
    without_blur,
)
from dtl.inference.noise_propagation import misfit_responses, propagate_noise
from dtl.inference.prior import prior_of
from dtl.inference.trust import trust_scores
from dtl.result import Estimate, InferenceResult, Neighbour
from dtl.spectrum import PreparedSpectrum
from dtl.wavelengths import SPEED_OF_LIGHT

__all__ = ["encode_with_gaps", "estimate_parameters", "infer", "infer_in_parts", "noise_responses"]

#: Spectra that are asked at once: more gain no time and take memory.
_AT_ONCE = 64
#: Values that stand for each member's spread by the noise: of a normal distribution at even steps of probability, of
#: unit variance.
_NORMAL = ndtri((np.arange(32) + 0.5) / 32)
_NORMAL /= _NORMAL.std()
#: Rounds, at most, in which missing points are filled by what the decoder expects there; they end for a spectrum where
#: none changes the flux by more than this.
_FILLING, _SETTLED = 8, 1e-6
_NEIGHBOURS = 8
#: Good stars have residuals up to this percentile; what is more widens the interval.
_USUAL = 95.0
#: By how much more than noise of its size a misfit moves the parameters: of the exposures of LHS 3154, which no model
#: fits, values then scatter by no more than their intervals.
_MISFIT = 2.0


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
    slopes = member_slopes(flux, bundle)
    all_scores = [
        trust_scores(p, reconstruction[i], float(distance[i, 0]), {name: v[:, i] for name, v in slopes.values.items()})
        for i, p in enumerate(prepared)
    ]
    responses = noise_responses(slopes, prepared, bundle)
    misfit = [_misfit(scores["residual"], p.snr, bundle) for scores, p in zip(all_scores, prepared, strict=True)]
    misfits = misfit_responses(slopes, misfit)
    starts = np.cumsum([0, *map(len, slopes.values.values())])[:-1]
    of_all = [
        _with_misfit(estimates, response, starts)
        for estimates, response in zip(estimate_parameters(slopes, responses, bundle), misfits, strict=True)
    ]
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
                correlation=correlate(
                    {name: v[:, i] for name, v in slopes.values.items()}, np.hstack([responses[i], misfits[i]])
                ),
            )
        )
    return results


def infer_in_parts(
    prepared: Sequence[PreparedSpectrum],
    bundle: ModelBundle,
    progress: Callable[[float], None] = lambda fraction: None,
) -> list[InferenceResult]:
    """`infer` for any number of spectra, some at a time; ``progress`` is called with the fraction done."""
    results: list[InferenceResult] = []
    for start in range(0, len(prepared), _AT_ONCE):
        results += infer(prepared[start : start + _AT_ONCE], bundle)
        progress(len(results) / len(prepared))
    return results


def _judge(
    estimates: dict[str, Estimate], percentiles: dict[str, float], spectrum: PreparedSpectrum, bundle: ModelBundle
) -> tuple[dict[str, Estimate], list[Doubt]]:
    """Estimates as they are given, limits and what is withheld marked as such, and what is in doubt about them."""
    strange = doubts_of_strangeness(percentiles, bundle.trust_threshold, spectrum.rv_quality)
    doubts = doubts_of_estimates(estimates, bundle.limits, bundle.triples, unlike=bool(strange)) + strange
    answer, withheld = withhold(estimates)
    doubts += doubts_of_gravity(answer, prior_of(bundle.card))
    answer["vsini"] = without_blur(answer["vsini"], mistaken_rotation(spectrum.spectrum.resolution, bundle.resolution))
    answer["vsini"], limits = limit_rotation(answer["vsini"], float(bundle.limits[0, 3]))
    return answer, doubts + withheld + limits


def _misfit(residual: float, snr: float, bundle: ModelBundle) -> float:
    """Rms by which a spectrum differs from its reconstruction beyond what good stars do, as noise; 0 for these."""
    if "residual" not in bundle.references:
        return 0.0
    usual = quantile(_USUAL, snr, bundle.references["residual"])
    return _MISFIT * float(np.sqrt(max(residual**2 - usual**2, 0.0)))


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


def noise_responses(
    slopes: MemberSlopes, prepared: Sequence[PreparedSpectrum], bundle: ModelBundle
) -> list[np.ndarray]:
    """How far noise moves the members, see `dtl.inference.noise_propagation.propagate_noise`.

    Args:
        slopes: values of the members for the spectra, and their derivatives.
        prepared: the spectra, for their noise; length ``k``.
        bundle: the networks.
    """
    return propagate_noise(
        slopes,
        np.stack([p.uncertainty for p in prepared]),
        [p.pixel for p in prepared],
        [p.fwhm / SPEED_OF_LIGHT * p.window.centre for p in prepared],
        float(bundle.wavelength[1] - bundle.wavelength[0]),
    )


def estimate_parameters(
    slopes: MemberSlopes, responses: Sequence[np.ndarray], bundle: ModelBundle
) -> list[dict[str, Estimate]]:
    """Estimates of spectra: the members' values, each spread by the photon noise, then calibrated.

    Args:
        slopes: values of the members for ``k`` spectra.
        responses: of the members to noise, see `noise_responses`; length ``k``.
        bundle: the networks.
    """
    return [
        _estimate_all({name: values[:, i] for name, values in slopes.values.items()}, response, bundle)
        for i, response in enumerate(responses)
    ]


def _with_misfit(estimates: dict[str, Estimate], responses: np.ndarray, starts: np.ndarray) -> dict[str, Estimate]:
    """Intervals as wide as a misfit asks for. It is no part of the calibration, which has seen good stars alone.

    Args:
        estimates: parameter name -> calibrated estimate.
        responses: of the members of all parameters to the misfit; shape ``(members of all, noises)``.
        starts: number of the first member of each parameter.
    """
    if not responses.size:
        return estimates
    counts = np.diff([*starts, len(responses)])
    variances = np.add.reduceat((responses**2).sum(axis=1), starts) / counts
    return {
        name: replace(e, lower=float(np.sqrt(e.lower**2 + more)), upper=float(np.sqrt(e.upper**2 + more)))
        for (name, e), more in zip(estimates.items(), variances, strict=True)
    }


def _estimate_all(members: dict[str, np.ndarray], response: np.ndarray, bundle: ModelBundle) -> dict[str, Estimate]:
    """Estimates of one spectrum from its members' values and their responses to the noise."""
    spread = iter(np.sqrt((response**2).sum(axis=1)))
    estimates = {}
    for name, values in members.items():
        found = np.concatenate([value + next(spread) * _NORMAL for value in values])
        if name == "vsini":
            found = np.maximum(found, 0.0)  # networks go on below the slowest node, rotation does not
        answer = estimate(found, bundle.calibration[name])
        if name == "vsini":  # the smooth density of values that end at 0 may have its mode just below
            answer = replace(answer, value=max(answer.value, 0.0))
        estimates[name] = answer
    return estimates

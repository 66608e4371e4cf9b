"""What a bundle says about prepared spectra: one vectorised path for app, command line and cluster."""

from __future__ import annotations

import math
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
from dtl.inference.noise_propagation import misfit_covariance, propagate_noise
from dtl.inference.prior import prior_of
from dtl.inference.trust import trust_scores
from dtl.result import Estimate, InferenceResult, Neighbour
from dtl.spectrum import PreparedSpectrum
from dtl.wavelengths import SPEED_OF_LIGHT

__all__ = ["encode_with_gaps", "estimate_parameters", "infer", "infer_in_parts", "noise_covariance"]

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
    slopes = member_slopes(flux, bundle)
    reconstruction = bundle.reconstruct(latents, slopes.values)
    index, distance = nearest(latents, bundle.latents, _NEIGHBOURS)
    near = np.concatenate([distance[..., None], bundle.nodes[index]], axis=2)
    map_flux = bundle.flux_basis.project(flux, bundle.map_flux)
    map_latent = project(latents, bundle.latents, bundle.map_latent)
    scores = trust_scores(prepared, reconstruction, distance[:, 0], slopes.values)
    snr = np.array([p.snr for p in prepared])
    percentiles = {name: percentile(scores[name], snr, reference) for name, reference in bundle.references.items()}
    noise = noise_covariance(slopes, prepared, bundle)
    misfit = misfit_covariance(slopes, _misfit(scores["residual"], snr, bundle))
    correlation = correlate(slopes.values, noise + misfit)
    of_all = _with_misfit(estimate_parameters(slopes, noise, bundle), _variances(misfit, slopes))
    results = []
    for i, (spectrum, estimates) in enumerate(zip(prepared, of_all, strict=True)):
        residual = (spectrum.flux - reconstruction[i])[spectrum.good]
        unusual = _of_one(percentiles, i)
        answer, doubts = _judge(estimates, unusual, spectrum, bundle)
        results.append(
            InferenceResult(
                prepared=spectrum,
                estimates=answer,
                latent=latents[i],
                reconstruction=reconstruction[i],
                reconstruction_mse=float(np.mean(residual**2)),
                latent_distance_percentile=unusual.get("latent_distance", 0.0),
                map_flux=map_flux[i],
                map_latent=map_latent[i],
                neighbours=tuple(Neighbour(int(k), *row) for k, row in zip(index[i], near[i].tolist(), strict=True)),
                flags=tuple(dict.fromkeys((*spectrum.flags, *(doubt.flag for doubt in doubts)))),
                bundle=f"{bundle.name} {bundle.version}",
                scores=_of_one(scores, i),
                percentiles=unusual,
                doubts=(*spectrum.doubts, *doubts),
                correlation=correlation[i],
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


def _misfit(residual: np.ndarray, snr: np.ndarray, bundle: ModelBundle) -> np.ndarray:
    """Rms by which spectra differ from their reconstructions beyond what good stars do, as noise; 0 for these.

    Args:
        residual: the score of that name; shape ``(k,)``.
        snr: signal-to-noise ratios; shape ``(k,)``.
        bundle: what good stars have.
    """
    if "residual" not in bundle.references:
        return np.zeros(len(residual))
    usual = quantile(_USUAL, snr, bundle.references["residual"])
    return _MISFIT * np.sqrt(np.maximum(residual**2 - usual**2, 0.0))


def _of_one(values: dict[str, np.ndarray], i: int) -> dict[str, float]:
    """Of values by name, each of shape ``(k,)``, those of one spectrum."""
    return {name: float(of_all[i]) for name, of_all in values.items()}


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


def noise_covariance(slopes: MemberSlopes, prepared: Sequence[PreparedSpectrum], bundle: ModelBundle) -> np.ndarray:
    """How noise moves the members, see `dtl.inference.noise_propagation.propagate_noise`.

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


def estimate_parameters(slopes: MemberSlopes, noise: np.ndarray, bundle: ModelBundle) -> list[dict[str, Estimate]]:
    """Estimates of spectra: the members' values, each spread by the photon noise, then calibrated.

    Args:
        slopes: values of the members for ``k`` spectra.
        noise: covariance of the members by it, see `noise_covariance`; shape ``(k, members of all, members of all)``.
        bundle: the networks.
    """
    estimates = {}
    for name, variance in _variances(noise, slopes).items():
        found = slopes.values[name].T[..., None] + np.sqrt(variance)[..., None] * _NORMAL
        found = found.reshape(len(found), -1)
        if name == "vsini":
            found = np.maximum(found, 0.0)  # networks go on below the slowest node, rotation does not
        answers = estimate(found, bundle.calibration[name])
        if name == "vsini":  # the smooth density of values that end at 0 may have its mode just below
            answers = [replace(answer, value=max(answer.value, 0.0)) for answer in answers]
        estimates[name] = answers
    return [dict(zip(estimates, row, strict=True)) for row in zip(*estimates.values(), strict=True)]


def _variances(covariance: np.ndarray, slopes: MemberSlopes) -> dict[str, np.ndarray]:
    """Variances of the members of each parameter, shape ``(k, members)``, from the covariance of all of them."""
    ends = np.cumsum([len(values) for values in slopes.values.values()])[:-1]
    parts = np.split(np.diagonal(covariance, axis1=1, axis2=2), ends, axis=1)
    return dict(zip(slopes.values, parts, strict=True))


def _with_misfit(
    estimates: Sequence[dict[str, Estimate]], variances: dict[str, np.ndarray]
) -> list[dict[str, Estimate]]:
    """Intervals as wide as a misfit asks for. It is no part of the calibration, which has seen good stars alone.

    Args:
        estimates: of ``k`` spectra, parameter name -> calibrated estimate.
        variances: parameter name -> of its members, by the misfit; shape ``(k, members)``.
    """
    more = {name: of_members.mean(axis=1).tolist() for name, of_members in variances.items()}
    return [{name: _widened(e, more[name][i]) for name, e in of_one.items()} for i, of_one in enumerate(estimates)]


def _widened(estimate: Estimate, more: float) -> Estimate:
    """An estimate whose distances have a variance more; itself where there is none."""
    if not more:
        return estimate
    return replace(estimate, lower=math.sqrt(estimate.lower**2 + more), upper=math.sqrt(estimate.upper**2 + more))

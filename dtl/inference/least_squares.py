"""A second opinion: the spectra of the grid fitted by least squares, without encoder or regressors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import toeplitz
from scipy.optimize import least_squares

from dtl.inference.interpolation import NodeSpectra
from dtl.inference.judgement import limit_rotation, mistaken_rotation, without_blur
from dtl.inference.trust import hull_distance
from dtl.result import PARAMETERS, Estimate
from dtl.spectrum import PreparedSpectrum, UnusableInput

__all__ = ["AGREEMENT", "LeastSquaresFit", "departure", "fit_least_squares"]

#: Departure up to which two answers are said to agree, see `departure`.
AGREEMENT = 2.0
#: Rms error of the models for the first look, normalised flux: about what they leave of real M dwarfs.
_FIRST_FLOOR = 0.03
#: Rms error of the models from which a fit is a bad one: twice what they leave of real M dwarfs.
_BAD = 2.0 * _FIRST_FLOOR
#: Points without which there is no fit.
_MIN_POINTS = 100
#: Rounds of fitting about a new centre, and the move, in units of a place, below which no further one is needed.
_ROUNDS, _SETTLED = 20, 0.02
#: Resolution elements over which residuals are taken to be related.
_RELATED = 3.0


@dataclass(frozen=True)
class LeastSquaresFit:
    """The model nearest to a spectrum.

    Attributes:
        estimates: parameter name -> value, with the same 1 sigma on both sides.
        reduced_chi2: against the photon noise alone; about 1 where the models are true.
        residual_rms: of spectrum minus model over the good points, normalised flux.
        floor: rms error of the models that the residual asks for, normalised flux.
        flux: of the model, normalised; shape ``(n_wavelength,)``.
        edge: names of the parameters that stopped at an end of the grid.
        undetermined: names of the parameters whose 1 sigma is more than half of the grid's range.
        outside: True where the place is far from any node, see `dtl.inference.trust.hull_distance`.
    """

    estimates: dict[str, Estimate]
    reduced_chi2: float
    residual_rms: float
    floor: float
    flux: np.ndarray
    edge: tuple[str, ...]
    undetermined: tuple[str, ...]
    outside: bool

    @property
    def bad(self) -> bool:
        """Whether no model comes as near to the spectrum as the models come to real M dwarfs."""
        return self.floor > _BAD


def fit_least_squares(prepared: PreparedSpectrum, spectra: NodeSpectra) -> LeastSquaresFit:
    """Fit the grid to a spectrum.

    The variance of a point is that of its photons plus the square of a floor, the error of the models. The floor is
    first taken to be 3 %, then measured from what the best node leaves, then from what the first fit leaves.

    Args:
        prepared: the spectrum; its points that are not good count for nothing.
        spectra: of the nodes, see `dtl.inference.interpolation.node_spectra`.

    Raises:
        UnusableInput: where too few points are good.
    """
    every = spectra.every
    good = prepared.good[every]
    if good.sum() < _MIN_POINTS:
        raise UnusableInput(
            f"{prepared.spectrum.file} has too few usable pixels in the window for a fit; use a more complete spectrum."
        )
    data, noise2 = prepared.flux[every].astype(float), prepared.uncertainty[every].astype(float) ** 2

    def floor2(model: np.ndarray) -> float:
        return max(float(np.mean((data - model)[good] ** 2 - noise2[good])), 0.0)

    def inverse_sigma(squared_floor: float) -> np.ndarray:
        return np.where(good, 1.0 / np.sqrt(np.maximum(noise2 + squared_floor, 1e-12)), 0.0)

    best = _nearest_node(data, inverse_sigma(_FIRST_FLOOR**2), spectra.flux)
    place, squared_floor = spectra.places[best], floor2(spectra.flux[best])
    for _ in range(2):
        weight = inverse_sigma(squared_floor)
        place, model, gradient, near, shares = _fit(data, weight, spectra, place)
        squared_floor = floor2(model)

    weight = inverse_sigma(squared_floor)
    values = spectra.parameters(place)
    covariance = _covariance((data - model) * weight, gradient * weight[:, None], good, spectra)
    sigma = np.sqrt(np.diag(covariance)) / spectra.slopes(values)
    span = np.ptp(spectra.bundle.nodes, axis=0)
    low, high = _ends(spectra)
    at_end = (place < low + 0.01) | (place > high - 0.01)
    residual = (data - model)[good]
    estimates = {
        name: Estimate(float(v), float(s), float(s)) for name, v, s in zip(PARAMETERS, values, sigma, strict=True)
    }
    blur = mistaken_rotation(prepared.spectrum.resolution, spectra.bundle.resolution)
    slowest = float(spectra.bundle.nodes[:, 3].min())
    estimates["vsini"], _ = limit_rotation(without_blur(estimates["vsini"], blur), slowest)
    return LeastSquaresFit(
        estimates=estimates,
        reduced_chi2=float(np.sum(residual**2 / np.maximum(noise2[good], 1e-12)) / (good.sum() - len(place))),
        residual_rms=float(np.sqrt(np.mean(residual**2))),
        floor=float(np.sqrt(squared_floor)),
        flux=shares @ spectra.bundle.decode(spectra.bundle.latents[near]),
        edge=tuple(name for name, end in zip(PARAMETERS, at_end, strict=True) if end),
        undetermined=tuple(name for name, s, r in zip(PARAMETERS, sigma, span, strict=True) if s > 0.5 * r),
        outside=bool(hull_distance(values, spectra.bundle.nodes)[0] > 1.0),
    )


def departure(first: Estimate, second: Estimate) -> float | None:
    """Second minus first value in units of their combined interval: the facing sides added in quadrature.

    An upper limit differs only from what lies above it, and then by the distance to the limit. None where there is
    nothing to compare: a value that is withheld, or one that a limit allows.
    """
    if first.withheld or second.withheld:
        return None
    for limit, other, sign in ((first.limit, second, 1.0), (second.limit, first, -1.0)):
        if limit is not None:
            beyond = other.value - limit
            return sign * beyond / max(other.lower, 1e-12) if beyond > 0 and other.limit is None else None
    difference = second.value - first.value
    sides = (first.upper, second.lower) if difference > 0 else (first.lower, second.upper)
    return float(difference / max(np.hypot(*sides), 1e-12))


def _nearest_node(data: np.ndarray, weight: np.ndarray, flux: np.ndarray) -> int:
    """Index of the node of least chi^2; ``weight`` is 1/sigma of each point, shape ``(n,)``; ``flux`` ``(m, n)``."""
    root = weight.astype(np.float32)
    difference = (flux - data.astype(np.float32)) * root
    return int(np.argmin(np.einsum("mn,mn->m", difference, difference)))


def _ends(spectra: NodeSpectra) -> tuple[np.ndarray, np.ndarray]:
    return spectra.places.min(axis=0), spectra.places.max(axis=0)


def _fit(
    data: np.ndarray, weight: np.ndarray, spectra: NodeSpectra, place: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Place of the least chi^2 from a start, with flux, its gradient, the nodes it is made of and their shares."""
    low, high = _ends(spectra)
    for _ in range(_ROUNDS):
        surface = spectra.surface(place)
        coefficients = surface.coefficients(spectra.flux[surface.near])
        first, last = surface.places.min(axis=0), surface.places.max(axis=0)
        least, most = surface.reach
        lower = np.maximum(np.maximum(least, low), np.minimum(place, last) - 1.0) - 1e-6
        upper = np.minimum(np.minimum(most, high), np.maximum(place, first) + 1.0) + 1e-6
        found = least_squares(
            lambda p, s=surface, c=coefficients: (s.at(p, c) - data) * weight,
            np.clip(place, lower, upper),
            jac=lambda p, s=surface, c=coefficients: s.gradient(p, c) * weight[:, None],
            bounds=(lower, upper),
            max_nfev=20,
        ).x
        moved = np.abs(found - place).max()
        place = found
        if moved < _SETTLED:
            break
    model, gradient = surface.at(place, coefficients), surface.gradient(place, coefficients)
    return place, model, gradient, surface.near, surface.shares(place)


def _covariance(residual: np.ndarray, gradient: np.ndarray, good: np.ndarray, spectra: NodeSpectra) -> np.ndarray:
    """Covariance of a place where neighbouring residuals are related, as resampled noise and errors of models are.

    ``H^-1 J^T R J H^-1`` with ``H = J^T J`` and R the autocovariance of the residuals, tapered (Newey & West 1987,
    Econometrica 55, 703). The scale of R is that of the residuals: this is the scaling by the reduced chi^2.

    Args:
        residual: over sigma, 0 where a point is not good; shape ``(n,)``.
        gradient: over sigma, likewise; shape ``(n, 4)``.
        good: shape ``(n,)``.
        spectra: for the step and the range of the grid.
    """
    wavelength = spectra.bundle.wavelength[spectra.every]
    element = wavelength.mean() / spectra.bundle.resolution / (wavelength[1] - wavelength[0])
    lags = min(round(_RELATED * element), len(residual) - 1)
    products = np.array([residual[: len(residual) - k] @ residual[k:] for k in range(lags + 1)])
    column = np.zeros(len(residual))
    column[: lags + 1] = products / (good.sum() - 4) * (1.0 - np.arange(lags + 1) / (lags + 1))
    # What the nodes do not vary in stays as uncertain as the grid is wide.
    low, high = _ends(spectra)
    unknown = np.diag(1.0 / np.maximum(high - low, 1e-3) ** 2)
    inverse = np.linalg.inv(gradient.T @ gradient + unknown)
    return inverse @ (gradient.T @ toeplitz(column) @ gradient + unknown) @ inverse

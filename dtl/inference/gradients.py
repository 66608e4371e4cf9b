"""Derivatives of the parameters with respect to the flux, through encoder and regressors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from dtl.result import PARAMETERS

if TYPE_CHECKING:
    from dtl.bundle.model import ModelBundle

__all__ = ["MemberSlopes", "integrated_gradients", "member_slopes", "sensitivities"]

#: Points of the Gauss-Legendre rule along the way. From the mean of the grid 16 would do; from one end of the grid to
#: the other the networks bend more, and 64 take hardly longer.
_STEPS = 64


@dataclass(frozen=True)
class MemberSlopes:
    """Each member's value for each spectrum, and how it follows the first layer of the encoder.

    That layer is linear in the flux, so that what is linear in the flux, as noise is, need only be known in its terms.

    Attributes:
        values: parameter name -> in its unit; shape ``(members, k)``.
        slopes: parameter name -> derivatives with respect to the outputs of the layer; shape ``(members, k, h)``.
        weights: of the layer, per unit of normalised flux; shape ``(h, n)``.
    """

    values: dict[str, np.ndarray]
    slopes: dict[str, np.ndarray]
    weights: np.ndarray


def member_slopes(flux: np.ndarray, bundle: ModelBundle) -> MemberSlopes:
    """Values of all members for spectra, and their derivatives.

    Args:
        flux: normalised, without gaps; shape ``(k, n)``.
        bundle: the networks.
    """
    encoder = bundle.observed_encoder
    first, others = encoder.encoder[0], encoder.encoder[1:]
    counts = [len(bundle.regressors[name]) for name in PARAMETERS]
    with torch.no_grad():
        points = torch.as_tensor(np.asarray(flux, dtype=np.float32), device=bundle.device)
        hidden = first((points - encoder.mean) / encoder.scale)
    with torch.enable_grad():
        # What follows the first layer is small: each member has a pass of its own through it, there and back.
        of_each = hidden.expand(sum(counts), *hidden.shape).clone().requires_grad_()
        found = bundle.ensemble((others(of_each) - encoder.latent_mean) / encoder.latent_scale)
        (slopes,) = torch.autograd.grad(found.sum(), of_each)
    ends = np.cumsum(counts)[:-1]
    values, moves = (np.split(part.detach().cpu().numpy(), ends) for part in (found, slopes))
    return MemberSlopes(
        dict(zip(PARAMETERS, values, strict=True)), dict(zip(PARAMETERS, moves, strict=True)), bundle.input_weights
    )


def integrated_gradients(
    flux: np.ndarray, baseline: np.ndarray, bundle: ModelBundle, *, steps: int = _STEPS
) -> dict[str, np.ndarray]:
    """Contributions ``(x - b) * integral of the gradient from b to x``: Sundararajan, Taly & Yan 2017, ICML, eq. 1.

    They sum to the difference of the values at both ends (completeness).

    Args:
        flux, baseline: both ends of the straight way, normalised flux; shape ``(n,)`` each.
        bundle: the networks.
        steps: points of the Gauss-Legendre rule.

    Returns:
        Parameter name -> contribution of each point in the parameter's unit; shape ``(n,)``.
    """
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    fraction = 0.5 * (nodes + 1.0)[:, None]
    slopes, _ = sensitivities(baseline + fraction * (flux - baseline), bundle)
    return {name: (flux - baseline) * (0.5 * weights @ slope) for name, slope in slopes.items()}


def sensitivities(flux: np.ndarray, bundle: ModelBundle) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Derivative of each parameter with respect to the flux, and its value, both the mean of the members.

    Args:
        flux: normalised; shape ``(k, n)``.
        bundle: the networks.

    Returns:
        Parameter name -> derivatives ``(k, n)`` in the parameter's unit per unit of normalised flux, and parameter
        name -> values ``(k,)``.
    """
    slopes, values = {}, {}
    with torch.enable_grad():
        points = torch.as_tensor(np.asarray(flux, dtype=np.float32), device=bundle.device).requires_grad_()
        latents = bundle.observed_encoder.encode(points)
        for name in PARAMETERS:
            # To the latents member by member, and from there once for all of them: the encoder is the wider part.
            end = latents.detach().requires_grad_()
            members = bundle.regressors[name]
            value = sum(member(end) for member in members) / len(members)
            (outer,) = torch.autograd.grad(value.sum(), end)
            (slope,) = torch.autograd.grad(latents, points, outer, retain_graph=True)
            slopes[name], values[name] = slope.cpu().numpy(), value.detach().cpu().numpy()
    return slopes, values

"""Regressors of one layout side by side: what a loop over the members gives, in one pass of batched products."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import nn

from dtl.networks.regressor import Regressor

__all__ = ["stacked"]

_Function = Callable[[torch.Tensor], torch.Tensor]
#: Up to this many spectra one pass is faster; of more, what lies between the layers outgrows the processor's cache.
_FEW = 8
_SCALES = ("centre", "spread")


def stacked(members: Sequence[Regressor]) -> _Function:
    """The members as one function of latents ``(members, k, n_latent)``, each of its own, or ``(k, n_latent)``.

    Its values, ``(members, k)``, are those of the members to rounding. Weights are copied: members have to have learned
    before.

    Args:
        members: of any layouts; those whose layers are not all alike, and many spectra, go one member after the other.
    """

    def one_by_one(latents: torch.Tensor) -> torch.Tensor:
        return torch.stack([m(x) for m, x in zip(members, _of_each(latents, len(members)), strict=True)])

    layers = [list(member.network) for member in members]
    if len({tuple(map(repr, of_member)) for of_member in layers}) != 1:
        return one_by_one
    centre, spread = (torch.stack([getattr(member, name) for member in members])[:, None] for name in _SCALES)
    steps = [_step(alike) for alike in zip(*layers, strict=True)]

    def values(latents: torch.Tensor) -> torch.Tensor:
        if latents.shape[-2] > _FEW:
            return one_by_one(latents)
        found = _of_each(latents, len(members))[..., None, :]  # (members, k, channels, points)
        for step in steps:
            found = step(found)
        return found[..., 0] * spread + centre

    return values


def _of_each(latents: torch.Tensor, count: int) -> torch.Tensor:
    return latents if latents.ndim == 3 else latents.expand(count, *latents.shape)


def _step(layers: Sequence[nn.Module]) -> _Function:
    """One layer of all members."""
    first = layers[0]
    if not any(True for _ in first.parameters()):
        return (lambda x: x.flatten(2)) if isinstance(first, nn.Flatten) else first
    weight, bias = (torch.stack([getattr(layer, name).detach() for layer in layers]) for name in ("weight", "bias"))
    flat = weight.flatten(2).transpose(1, 2).contiguous()
    if isinstance(first, nn.Linear):
        return lambda x: torch.baddbmm(bias[:, None], x, flat)
    kernel = first.kernel_size[0]

    def convolve(x: torch.Tensor) -> torch.Tensor:
        near = x.unfold(3, kernel, 1).transpose(2, 3).flatten(3)  # (members, k, points, channels * kernel)
        return torch.baddbmm(bias[:, None], near.flatten(1, 2), flat).unflatten(1, near.shape[1:3]).transpose(2, 3)

    return convolve

"""Regressors of one layout side by side: what a loop over the members gives, as plain products of matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import torch
from torch import nn
from torch.nn.functional import pad

from dtl.networks.regressor import Regressor

__all__ = ["Ensemble", "stacked"]

#: What a layer of one member, by its number, or of all, by a slice, makes of values.
_Layer = Callable[[torch.Tensor, int | slice], torch.Tensor]
#: Up to this many spectra one pass is faster; of more, what lies between the layers outgrows the processor's cache.
_FEW = 8
_SCALES = ("centre", "spread")
_ALL = slice(None)


class Ensemble(Protocol):
    """The members as one function."""

    def __call__(self, latents: torch.Tensor, which: slice = ...) -> torch.Tensor:
        """Values of the members ``which``, of all if not said otherwise; shape ``(members, k)``.

        Args:
            latents: shape ``(members, k, n_latent)``, each of its own, or ``(k, n_latent)``.
            which: of the members.
        """


def stacked(members: Sequence[Regressor]) -> Ensemble:
    """The members as one function, whose values are theirs to rounding.

    Weights are copied: members have to have learned before.

    Args:
        members: of any layouts; those whose layers are not all alike, and many spectra, go one member after the other.
    """
    layers = [list(member.network) for member in members]
    if len({tuple(map(repr, of_member)) for of_member in layers}) != 1:

        def one_by_one(latents: torch.Tensor, which: slice = _ALL) -> torch.Tensor:
            chosen = members[which]
            return torch.stack([m(x) for m, x in zip(chosen, _of_each(latents, len(chosen)), strict=True)])

        return one_by_one
    centre, spread = (torch.stack([getattr(member, name) for member in members])[:, None] for name in _SCALES)
    of_all = [_layer(alike) for alike in zip(*layers, strict=True)]

    def run(latents: torch.Tensor, which: int | slice) -> torch.Tensor:
        found = latents[..., None]  # (..., k, points, channels)
        for layer in of_all:
            found = layer(found, which)
        return found[..., 0]

    def values(latents: torch.Tensor, which: slice = _ALL) -> torch.Tensor:
        numbers = range(len(members))[which]
        each = _of_each(latents, len(numbers))
        few = latents.shape[-2] <= _FEW
        found = run(each, which) if few else torch.stack([run(x, i) for i, x in zip(numbers, each, strict=True)])
        return found * spread[which] + centre[which]

    return values


def _of_each(latents: torch.Tensor, count: int) -> torch.Tensor:
    return latents if latents.ndim == 3 else latents.expand(count, *latents.shape)


def _layer(layers: Sequence[nn.Module]) -> _Layer:
    """One layer of all members: of values ``(..., k, points, channels)``, and once these are flat ``(..., k, width)``.

    Channels come last, as a convolution is then one product with all of its taps.
    """
    first = layers[0]
    if isinstance(first, nn.ConstantPad1d):
        return lambda x, which: pad(x, (0, 0, *first.padding), value=first.value)
    if isinstance(first, nn.Flatten):
        return lambda x, which: x.transpose(-2, -1).flatten(-2)
    if not any(True for _ in first.parameters()):
        return lambda x, which: first(x)
    weight, bias = (torch.stack([getattr(layer, name).detach() for layer in layers]) for name in ("weight", "bias"))
    bias = bias[:, None]
    if isinstance(first, nn.Linear):
        flat = weight.transpose(1, 2).contiguous()
        return lambda x, which: x @ flat[which] + bias[which]
    return _convolution(weight, bias)


def _convolution(weight: torch.Tensor, bias: torch.Tensor) -> _Layer:
    """Convolutions: weight ``(members, filters, channels, kernel)``, bias ``(members, 1, filters)``.

    Points are brought together before the product or after it, wherever there is less to move.
    """
    _, filters, channels, kernel = weight.shape
    near = weight.permute(0, 2, 3, 1).flatten(1, 2).contiguous()  # (members, channels * kernel, filters)
    taps = weight.permute(0, 2, 3, 1).flatten(2).contiguous()  # (members, channels, kernel * filters)

    def before(x: torch.Tensor, which: int | slice) -> torch.Tensor:
        x = x.unfold(-2, kernel, 1).flatten(-2)
        return (x.flatten(-3, -2) @ near[which] + bias[which]).unflatten(-2, x.shape[-3:-1])

    def after(x: torch.Tensor, which: int | slice) -> torch.Tensor:
        parts = (x.flatten(-3, -2) @ taps[which]).unflatten(-2, x.shape[-3:-1]).chunk(kernel, dim=-1)
        found = bias[which][..., None, :]
        for i, part in enumerate(parts):
            found = found + part[..., i : part.shape[-2] - kernel + 1 + i, :]
        return found

    return before if channels < filters else after

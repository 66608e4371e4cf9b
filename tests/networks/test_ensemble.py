"""Members side by side give what they give one after the other."""

from __future__ import annotations

import pytest
import torch

from dtl.networks.ensemble import stacked
from dtl.networks.published import PublishedRegressor
from dtl.networks.regressor import Regressor


def members(kind: type[Regressor], count: int = 3) -> list[Regressor]:
    torch.manual_seed(1)
    made = [kind(12).eval() for _ in range(count)]
    for i, member in enumerate(made):
        member.centre.fill_(100.0 * i)
        member.spread.fill_(2.0 + i)
    return made


@pytest.mark.parametrize("kind", [Regressor, PublishedRegressor])
@pytest.mark.parametrize("spectra", [1, 5, 40])
def test_values_and_slopes_are_those_of_the_members(kind: type[Regressor], spectra: int) -> None:
    loop = members(kind)
    latents = torch.randn(3, spectra, 12, requires_grad=True)
    found = stacked(loop)(latents)
    expected = torch.stack([member(x) for member, x in zip(loop, latents, strict=True)])
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
    slopes, wanted = (torch.autograd.grad(values.sum(), latents)[0] for values in (found, expected))
    torch.testing.assert_close(slopes, wanted, rtol=1e-4, atol=1e-5)


def test_latents_in_common_go_to_every_member() -> None:
    loop, latents = members(Regressor), torch.randn(2, 12)
    torch.testing.assert_close(stacked(loop)(latents), torch.stack([m(latents) for m in loop]), rtol=1e-5, atol=1e-5)


def test_members_of_different_layouts_are_asked_one_by_one() -> None:
    loop = [*members(Regressor, 1), Regressor(12, filters=(8, 4), dense=(16,)).eval()]
    latents = torch.randn(2, 12)
    torch.testing.assert_close(stacked(loop)(latents), torch.stack([m(latents) for m in loop]), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("spectra", [2, 40])
@pytest.mark.parametrize("layouts", [((16, 8),) * 3, ((16, 8), (16, 8), (8, 4))])
def test_some_of_the_members_are_asked_alone(spectra: int, layouts: tuple[tuple[int, int], ...]) -> None:
    loop, latents = [Regressor(12, filters=filters).eval() for filters in layouts], torch.randn(spectra, 12)
    expected = torch.stack([member(latents) for member in loop[1:]])
    torch.testing.assert_close(stacked(loop)(latents, slice(1, 3)), expected, rtol=1e-5, atol=1e-5)

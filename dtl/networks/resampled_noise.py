"""Photon noise as it looks after resampling: white between input pixels, interpolated in between."""

from __future__ import annotations

import torch
from torch.nn import functional

__all__ = ["pixel_noise"]


def pixel_noise(count: int, points: int, pixel: int, generator: torch.Generator | None = None) -> torch.Tensor:
    """Noise of unit variance at each input pixel, linear in between; shape ``(count, points)``.

    Args:
        count: realisations.
        points: of the spectrum.
        pixel: size of an input pixel in points.
        generator: of the random numbers.
    """
    coarse = torch.randn(count, 1, points // pixel + 3, generator=generator)
    noise = functional.interpolate(coarse, size=coarse.shape[-1] * pixel, mode="linear")[:, 0]
    # Start past the half pixel that the interpolation repeats at the edge.
    return noise[:, pixel : pixel + points]

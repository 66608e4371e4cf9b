"""Augmentation: what observers bring and the library lacks. Noise, residual velocity, continuum, resolution."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from dtl.networks.resampled_noise import pixel_noise
from dtl.wavelengths import SPEED_OF_LIGHT, Window

__all__ = ["Augmentation", "add_noise", "augment", "disturbed", "perturb_line_depths", "shift"]

#: Size of an input pixel in `disturbed` spectra, points of 0.01 Angstrom: that of HPF and CARMENES is 3 to 6.
_PIXEL = 5


#: Points of 0.01 Angstrom over which errors of line depths vary: a line, a blend, a band.
_DEPTH_SCALES = (20, 60, 200)


@dataclass(frozen=True)
class Augmentation:
    """Strength of each disturbance.

    Attributes:
        snr: range of the signal-to-noise ratio per input pixel, drawn uniformly in 1/snr.
        clean_fraction: part of the spectra that stays noise-free.
        pixel: range of the input's pixel, in points of the grid (0.01 Angstrom); noise is white between input
            pixels and interpolated between them, as real noise is after resampling.
        rv: residual velocity, uniform within +- km/s.
        continuum: standard deviation of each of the level, tilt and curvature of the continuum.
        depth: mean amplitude of relative errors of the line depths that vary smoothly along wavelength. Models
            err in the strength of their lines; networks that have met such errors lean on no single line, and two
            exposures of a real star agree better.
    """

    snr: tuple[float, float] = (30.0, 500.0)
    clean_fraction: float = 0.2
    pixel: tuple[int, int] = (1, 7)
    rv: float = 0.5
    continuum: float = 0.003
    depth: float = 0.05


def add_noise(
    flux: torch.Tensor, snr: torch.Tensor, pixel: int, generator: torch.Generator | None = None
) -> torch.Tensor:
    """Flux with photon noise of input pixels.

    Args:
        flux: normalised; shape ``(k, n)``.
        snr: per input pixel, where the normalised flux is 1; shape ``(k,)``.
        pixel: size of an input pixel in points.
        generator: of the random numbers.
    """
    noise = pixel_noise(*flux.shape, pixel, generator)
    return flux + noise * flux.clamp_min(0.05).sqrt() / snr[:, None]


def shift(flux: torch.Tensor, velocity: torch.Tensor, window: Window) -> torch.Tensor:
    """Flux ``(k, n)`` on a window's points moved by velocities ``(k,)`` in km/s, linear in between, edges repeated."""
    points = flux.shape[1]
    step = window.width / (points - 1)
    pixels = velocity / SPEED_OF_LIGHT * window.centre / step
    position = (torch.arange(points)[None, :] - pixels[:, None]).clamp(0, points - 1.001)
    left = position.long()
    fraction = position - left
    return flux.gather(1, left) * (1 - fraction) + flux.gather(1, left + 1) * fraction


def perturb_line_depths(flux: torch.Tensor, amplitude: float, generator: torch.Generator) -> torch.Tensor:
    """Flux ``(k, n)`` with its line depths wrong by smooth random factors, on scales of 0.2, 0.6 and 2 Angstrom.

    Each spectrum draws its own amplitude, uniform from 0 to twice the mean ``amplitude``.
    """
    count, points = flux.shape
    error = sum(pixel_noise(count, points, scale, generator) for scale in _DEPTH_SCALES) / len(_DEPTH_SCALES) ** 0.5
    strength = 2.0 * amplitude * torch.rand(count, 1, generator=generator)
    return 1.0 - (1.0 - flux) * (1.0 + strength * error)


def augment(flux: torch.Tensor, settings: Augmentation, window: Window, generator: torch.Generator) -> torch.Tensor:
    """A disturbed copy of clean spectra on a window's points; shape ``(k, n)`` in and out."""
    count, points = flux.shape
    velocity = (torch.rand(count, generator=generator) * 2 - 1) * settings.rv
    x = torch.linspace(-1, 1, points)
    shape = torch.stack([torch.ones(points), x, 1.5 * x**2 - 0.5])
    continuum = 1 + settings.continuum * torch.randn(count, 3, generator=generator) @ shape
    inverse = torch.rand(count, generator=generator) * (1 / settings.snr[0] - 1 / settings.snr[1]) + 1 / settings.snr[1]
    inverse = torch.where(
        torch.rand(count, generator=generator) < settings.clean_fraction, torch.full_like(inverse, 1e-6), inverse
    )
    pixel = int(torch.randint(settings.pixel[0], settings.pixel[1] + 1, (1,), generator=generator))
    if settings.depth > 0:
        flux = perturb_line_depths(flux, settings.depth, generator)
    return add_noise(shift(flux, velocity, window) * continuum, 1 / inverse, pixel, generator)


def disturbed(flux: np.ndarray, snr: float, settings: Augmentation, window: Window, seed: int) -> np.ndarray:
    """Model spectra ``(k, n)`` as observed at one signal-to-noise ratio, with residual velocity and continuum."""
    generator = torch.Generator().manual_seed(seed)
    quiet = replace(settings, clean_fraction=1.0, depth=0.0)
    clean = augment(torch.from_numpy(flux), quiet, window, generator)
    return add_noise(clean, torch.full((len(flux),), snr), _PIXEL, generator).numpy()

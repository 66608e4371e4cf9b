"""Rotational and instrumental broadening, exact in Fourier space on a grid of constant velocity step."""

from __future__ import annotations

import numpy as np
import scipy.fft
from scipy.special import j1

from dtl.wavelengths import SPEED_OF_LIGHT

__all__ = ["broaden", "degrading_velocity", "gaussian_transfer", "log_grid", "rotation_transfer"]

_SIGMA_PER_FWHM = 1.0 / (2.0 * np.sqrt(2.0 * np.log(2.0)))


def log_grid(start: float, stop: float, step: float) -> np.ndarray:
    """Wavelengths from ``start`` to at least ``stop`` (Angstrom) with a constant velocity ``step`` in km/s."""
    count = int(np.ceil(np.log(stop / start) / (step / SPEED_OF_LIGHT))) + 1
    return start * np.exp(np.arange(count) * step / SPEED_OF_LIGHT)


def rotation_transfer(frequency: np.ndarray, vsini: float, limb_darkening: float = 0.6) -> np.ndarray:
    """Fourier transform of the rotation profile of a limb-darkened sphere.

    The profile is Gray (2005, The Observation and Analysis of Stellar Photospheres), eq. 18.14; with
    ``u = 2 pi f v sin i`` its transform is
    ``[2 (1 - e) J1(u) / u + 2 e (sin u - u cos u) / u^3] / (1 - e / 3)``.

    Args:
        frequency: per km/s; any shape.
        vsini: km/s, not negative.
        limb_darkening: linear coefficient e, 0 to 1.

    Raises:
        ValueError: for a negative ``vsini``.
    """
    if vsini < 0:
        raise ValueError(f"v sin i must not be negative, it is {vsini}")
    u = 2.0 * np.pi * np.abs(np.asarray(frequency, dtype=float)) * vsini
    small = u < 1e-2  # the closed form cancels there; two terms of the series are exact to 1e-9
    safe = np.where(small, 1.0, u)
    disc = np.where(small, 0.5 - u**2 / 16.0, j1(safe) / safe)
    darkening = np.where(small, 1.0 / 3.0 - u**2 / 30.0, (np.sin(safe) - safe * np.cos(safe)) / safe**3)
    e = limb_darkening
    return (2.0 * (1.0 - e) * disc + 2.0 * e * darkening) / (1.0 - e / 3.0)


def gaussian_transfer(frequency: np.ndarray, fwhm: float) -> np.ndarray:
    """Fourier transform of a unit Gaussian of full width ``fwhm`` (km/s); ``frequency`` per km/s, any shape."""
    return np.exp(-2.0 * (np.pi * frequency * fwhm * _SIGMA_PER_FWHM) ** 2)


def degrading_velocity(resolution_from: float, resolution_to: float) -> float:
    """FWHM in km/s of the Gaussian that takes a spectrum from one resolution to a lower one, 0 if it is not lower."""
    if resolution_from <= resolution_to:
        return 0.0
    return SPEED_OF_LIGHT * float(np.sqrt(resolution_to**-2 - resolution_from**-2))


def broaden(
    flux: np.ndarray, step: float, *, vsini: float = 0.0, fwhm: float = 0.0, limb_darkening: float = 0.6
) -> np.ndarray:
    """Flux broadened by rotation and by a Gaussian, on a grid of constant velocity step.

    The edges are extended by their own value, so that nothing wraps round.

    Args:
        flux: shape ``(..., n)``.
        step: of the grid, km/s.
        vsini: km/s; none where 0.
        fwhm: of the Gaussian, km/s; none where 0.
        limb_darkening: linear coefficient.

    Returns:
        Broadened flux; shape ``(..., n)``.
    """
    if vsini == 0.0 and fwhm == 0.0:
        return np.array(flux, dtype=float)
    pad, points = int(np.ceil((vsini + 4.0 * fwhm) / step)) + 1, np.shape(flux)[-1]
    length = scipy.fft.next_fast_len(points + 2 * pad, real=True)
    padded = np.pad(flux, [(0, 0)] * (np.ndim(flux) - 1) + [(pad, length - points - pad)], mode="edge")
    frequency = np.fft.rfftfreq(length, d=step)
    transfer = gaussian_transfer(frequency, fwhm)
    if vsini > 0.0:
        transfer = transfer * rotation_transfer(frequency, vsini, limb_darkening)
    return scipy.fft.irfft(scipy.fft.rfft(padded) * transfer, length)[..., pad : pad + points]

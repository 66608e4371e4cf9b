"""Pixels that are measured and yet not used: under strong telluric lines, or hit by cosmic rays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dtl.preparation.continuum import fit_continuum
from dtl.preparation.noise import estimate_snr
from dtl.spectrum import PreparationStep, PreparedSpectrum, Spectrum
from dtl.wavelengths import SPEED_OF_LIGHT, Window, doppler_shift

__all__ = ["masked_flux", "show_masked", "telluric_lines", "telluric_pixels", "without_cosmics"]

#: Half of what is masked about a telluric line, Angstrom.
_TELLURIC_REACH = 0.11
#: A run of at most so many pixels this far above the continuum is a cosmic ray, not an emission line.
_COSMIC_RUN, _COSMIC_HEIGHT, _COSMIC_SIGMA = 5, 0.3, 8.0
#: Part of the continuum that the deepest lines leave, and the depth below both neighbours that no line has.
_DARK, _COLD_DEPTH = 0.12, 0.4
#: How far a pixel of so many Angstrom stands above both neighbours that no gap between lines reaches, as part of the
#: continuum; with wider pixels more, by their squares, up to that of `_COSMIC_HEIGHT`. Models have 0.07 (R = 105,000).
_SPIKE_HEIGHT, _SPIKE_PIXEL = 0.1, 0.05


def telluric_lines(prepared: PreparedSpectrum) -> np.ndarray:
    """Where the telluric lines that are left out lie in the star's rest frame, vacuum Angstrom; shape ``(k,)``.

    Empty where the wavelengths are not the observatory's, so that their place is not known.
    """
    spectrum = prepared.spectrum
    if spectrum.frame != "observatory":
        return np.empty(0)
    velocity = prepared.rv
    if spectrum.barycentric_velocity is not None:  # undo `add_velocities`
        barycentric = spectrum.barycentric_velocity
        velocity = (velocity - barycentric) / (1.0 + barycentric / SPEED_OF_LIGHT)
    return doppler_shift(np.array(prepared.telluric_lines), -velocity)


def telluric_pixels(spectrum: Spectrum, lines: Sequence[float]) -> np.ndarray:
    """Pixels under a strong telluric line; none where the wavelengths are not the observatory's; shape ``(n,)``."""
    if spectrum.frame != "observatory" or not len(lines):
        return np.zeros(spectrum.wavelength.shape, dtype=bool)
    return np.abs(spectrum.wavelength[:, None] - np.array(lines)).min(axis=1) < _TELLURIC_REACH


def without_cosmics(rest: np.ndarray, spectrum: Spectrum, window: Window) -> np.ndarray:
    """Flux with short runs far above the continuum, single pixels far above both neighbours, and what is below any line
    set to NaN; shape ``(n,)``."""
    flux = np.array(spectrum.flux, dtype=float)
    near = (rest > window.lower - window.margin) & (rest < window.upper + window.margin)
    if near.sum() < 50:
        return flux
    sigma = None if spectrum.uncertainty is None else spectrum.uncertainty[near]
    pixel = float(np.median(np.diff(rest[near])))
    snr, _ = estimate_snr(flux[near], sigma, pixel=pixel)
    relative = flux / fit_continuum(rest, flux, window=window)
    high = near & (relative > 1.0 + max(_COSMIC_HEIGHT, _COSMIC_SIGMA / max(snr, 1.0)))
    spikes = _alone(relative, max(_spike_height(pixel), _COSMIC_SIGMA / max(snr, 1.0)))
    for spoilt in (high, near & spikes, near & _cold(relative, max(snr, 1.0))):
        edges = np.flatnonzero(np.diff(np.r_[0, spoilt.astype(int), 0]))
        for start, stop in edges.reshape(-1, 2):
            if stop - start <= _COSMIC_RUN:
                flux[max(start - 1, 0) : stop + 1] = np.nan
    return flux


def _cold(relative: np.ndarray, snr: float) -> np.ndarray:
    """Pixels darker than a line can be: next to nothing is left, or one alone lies far below its neighbours."""
    noise = _COSMIC_SIGMA / snr
    dark = relative < _DARK - noise if noise < _DARK else np.zeros(relative.shape, dtype=bool)
    return dark | _alone(-relative, max(_COLD_DEPTH, noise))


def _alone(relative: np.ndarray, height: float) -> np.ndarray:
    """Pixels that stand above both neighbours by more than a height; shape ``(n,)``."""
    alone = np.zeros(relative.shape, dtype=bool)
    alone[1:-1] = relative[1:-1] - np.maximum(relative[:-2], relative[2:]) > height
    return alone


def _spike_height(pixel: float) -> float:
    """How far above its neighbours a pixel of so many Angstrom is hit by a cosmic ray; part of the continuum."""
    return min(_COSMIC_HEIGHT, _SPIKE_HEIGHT * max(1.0, pixel / _SPIKE_PIXEL) ** 2)


def show_masked(step: PreparationStep, telluric: np.ndarray, cosmic: np.ndarray) -> PreparationStep:
    """A step on the pixels of the file with those that are left out from it on."""
    parts = [
        f"{points.sum()} {words}"
        for points, words in ((telluric, "under telluric lines"), (cosmic, "hit by cosmic rays"))
        if points.any()
    ]
    if not parts:
        return step
    masked = telluric | cosmic
    return replace(
        step,
        text=f"{step.text} Pixels left out from here on: {', '.join(parts)}.",
        flux=np.where(masked, np.nan, step.flux),
        masked=np.where(masked, step.flux, np.nan),
    )


def masked_flux(
    rest: np.ndarray, masked: np.ndarray, used: np.ndarray, where: np.ndarray, good: np.ndarray
) -> np.ndarray:
    """Flux of pixels that are left out, as measured, at points that are not good; NaN elsewhere; shape of ``where``.

    Beside them stand those of the used pixels next to them whose points are lost too, so that curves join.
    """
    flux = np.where(np.isfinite(masked), masked, used)
    known = np.isfinite(flux)
    middles = 0.5 * (rest[1:] + rest[:-1])
    nearest = np.searchsorted(middles, where)
    return np.where(~good & known[nearest], np.interp(where, rest[known], flux[known]), np.nan)

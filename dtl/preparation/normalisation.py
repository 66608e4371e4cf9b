"""Last steps: the continuum divided out, and the flux on the wavelengths of the networks."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline

from dtl.preparation.continuum import fit_continuum
from dtl.preparation.doubts import doubts_of_gaps
from dtl.preparation.masks import masked_flux
from dtl.preparation.refusals import no_continuum, window_missing
from dtl.preparation.resolution import present_part
from dtl.preparation.state import PreparationState
from dtl.preparation.uncertainty import remaining_noise
from dtl.spectrum import PreparationStep

__all__ = ["divide_continuum", "resample"]

#: More of the window missing than this is refused.
_MISSING_REFUSED = 0.3


def divide_continuum(state: PreparationState) -> PreparationState:
    """A continuum is laid through the tops between the lines.

    Raises:
        UnusableInput: where none is found.
    """
    work, present, degraded = state.work, state.present, state.degraded
    continuum = fit_continuum(work, np.where(present, degraded, np.nan), window=state.window)
    with np.errstate(all="ignore"):
        usable = np.isfinite(degraded / continuum).all()  # a steep curve can be next to nothing somewhere
    if not usable:
        raise no_continuum(state.spectrum)
    picture = PreparationStep(
        "Continuum",
        "Upper quantile of the tops between lines, a smooth curve through them; divided out.",
        *present_part(work, present, degraded),
        {"continuum": (work[present], continuum[present])},
    )
    return state.shown(picture, continuum=continuum)


def resample(state: PreparationState) -> PreparationState:
    """Normalised flux with its uncertainty on the wavelengths of the target, by cubic splines.

    Raises:
        UnusableInput: where too much of the window is missing.
    """
    work, wavelength, rest = state.work, state.target.wavelength, state.rest
    normalised = CubicSpline(work, state.degraded / state.continuum)(wavelength)
    good = np.interp(wavelength, work, state.present.astype(float), left=0.0, right=0.0) > 0.99
    # What telluric lines take is filled by what the networks expect there, and is no fault of the file.
    taken = np.interp(wavelength, rest, state.telluric.astype(float)) > 0
    missing = 1.0 - (good | _widened(taken)).mean()
    if missing > _MISSING_REFUSED:
        raise window_missing(state.spectrum, state.window, missing, state.velocity)
    state = state.doubted(doubts_of_gaps(missing, state.window))
    level = np.interp(wavelength, work, state.continuum)
    not_used, masked = state.telluric | state.cosmic, None
    if not_used.any():
        measured = np.where(not_used, state.spectrum.flux, np.nan)
        masked = masked_flux(rest, measured, state.flux, wavelength, good) / level
    picture = PreparationStep(
        "Prepared",
        f"{len(wavelength):,} points of {wavelength[1] - wavelength[0]:.2f} Å; "
        f"signal-to-noise ratio {state.snr:.0f} per pixel of the input"
        + ("" if state.stated else " (measured on the flux itself, a lower limit)")
        + (f"; {100 * missing:.1f} % of the window is missing." if missing else "."),
        wavelength,
        np.where(good, normalised, np.nan),
        masked=masked,
    )
    return state.shown(
        picture,
        prepared=np.where(good, normalised, 1.0),
        uncertainty=remaining_noise(state) / level,
        good=good,
        masked=masked,
    )


def _widened(points: np.ndarray, reach: int = 8) -> np.ndarray:
    """Points and their neighbours, that a pixel beside a hole loses too; shape ``(n,)``."""
    return np.convolve(points, np.ones(2 * reach + 1), mode="same") > 0

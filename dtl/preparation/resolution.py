"""Resolution: whether it suffices, and how it is brought to that of the models, in the star's rest frame."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.ndimage import median_filter

from dtl.preparation.broadening import broaden, degrading_velocity, log_grid
from dtl.preparation.doubts import doubts_of_resolution, doubts_of_sampling
from dtl.preparation.state import PreparationState
from dtl.preparation.target import PreparationTarget
from dtl.spectrum import PreparationStep, Spectrum, UnusableInput

__all__ = ["check_resolution", "match_resolution", "present_part"]

#: Used down to this part of the bundle's resolution (with a flag), refused below it.
_LOWEST_RESOLUTION = 0.8
#: Velocity step of the work grid, km/s.
_STEP = 0.3
#: Steps between pixels of which the middle one is usual there.
_NEIGHBOURS = 25


def check_resolution(state: PreparationState) -> PreparationState:
    """A resolution that is unknown or somewhat too low is put in doubt.

    Raises:
        UnusableInput: where it is far too low.
    """
    spectrum, resolution, wanted = state.spectrum, state.spectrum.resolution, state.target.resolution
    lowest = _LOWEST_RESOLUTION * wanted
    if resolution is not None and resolution < lowest:
        raise UnusableInput(
            f"{spectrum.file}: its resolution, {resolution:,.0f}"
            + (f" ({spectrum.instrument})" if spectrum.instrument else "")
            + f", is too low for these models, which are made at {wanted:,.0f} and can be used down to "
            f"{lowest:,.0f}; take a spectrum of higher resolution, or correct the resolution if this one is wrong."
        )
    return state.doubted(doubts_of_resolution(resolution, wanted))


def match_resolution(state: PreparationState) -> PreparationState:
    """The flux is shifted to rest, resampled in velocity, and brought to the resolution of the target."""
    spectrum, target, window = state.spectrum, state.target, state.window
    work = log_grid(window.lower - window.margin - 1.0, window.upper + window.margin + 1.0, _STEP)
    on_work, present, pixel = _resample(state, work)
    fwhm = degrading_velocity(spectrum.resolution or target.resolution, target.resolution)
    degraded = broaden(on_work, _STEP, fwhm=fwhm)
    picture = PreparationStep(
        "Rest frame",
        f"Shifted to rest; {_resolution_words(spectrum, target)}.",
        *present_part(work, present, degraded),
    )
    state = state.doubted(doubts_of_sampling(pixel, target.resolution, window))
    return state.shown(picture, work=work, present=present, pixel=pixel, fwhm=fwhm, degraded=degraded)


def present_part(work: np.ndarray, present: np.ndarray, flux: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Work grid and flux from the first to the last point present, NaN in the gaps between; shape ``(n,)`` each."""
    first, last = np.flatnonzero(present)[[0, -1]]
    part = slice(first, last + 1)
    return work[part], np.where(present, flux, np.nan)[part]


def _resolution_words(spectrum: Spectrum, target: PreparationTarget) -> str:
    if spectrum.resolution is None:
        return f"the resolution, which is unknown, was taken as that of the models, {target.resolution:,.0f}"
    if spectrum.resolution > target.resolution:
        return f"resolution brought from {spectrum.resolution:,.0f} to {target.resolution:,.0f}"
    below = "below that" if spectrum.resolution < target.resolution else "that"
    return f"the resolution, {spectrum.resolution:,.0f}, is {below} of the models and was kept"


def _local_pixels(state: PreparationState, pixel: float) -> np.ndarray:
    """The usual step between pixels about each of them, Angstrom; shape ``(p,)``.

    The detectors of a mosaic have a step each. Where steps are wider than a line, pixels are missing. Of steps that
    take turns, as where two spectra are mixed, the least is usual.

    Args:
        state: with pixels at rest.
        pixel: the usual step in the window, which is the least there is.
    """
    steps = np.diff(state.rest)
    steps = np.minimum(steps, np.r_[steps[:1], steps[:-1]])
    usual = median_filter(steps, _NEIGHBOURS, mode="nearest")
    usual[usual > max(pixel, state.window.centre / state.target.resolution)] = pixel
    return np.maximum(pixel, np.maximum(np.r_[usual[0], usual], np.r_[usual, usual[-1]]))


def _resample(state: PreparationState, work: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Flux on the work grid by cubic spline, where there is any, and the input's pixel in Angstrom.

    A point counts as present where the usable pixels on either side of it are less than 1.8 pixels apart, as pixels are
    there.
    """
    rest, flux, window = state.rest, state.flux, state.window
    good = np.isfinite(flux)
    pixel = float(np.median(np.diff(rest[(rest > window.lower) & (rest < window.upper)])))
    x, y, local = rest[good], flux[good], _local_pixels(state, pixel)[good]
    near = (x > work[0] - 5.0) & (x < work[-1] + 5.0)
    x, y, local = x[near], y[near], local[near]
    right = np.clip(np.searchsorted(x, work), 1, len(x) - 1)
    inside = (work >= x[0]) & (work <= x[-1])
    present = inside & (x[right] - x[right - 1] < 1.8 * np.maximum(local[right - 1], local[right]))
    # The spline is only asked where data are; elsewhere a straight line keeps the broadening from ringing.
    value = np.interp(work, x, y)
    value[present] = CubicSpline(x, y)(work[present])
    return value, present, pixel

"""From a spectrum as read to one as the networks want it, step by step and each step kept for the eye."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import CubicSpline

from dtl.preparation.broadening import broaden, degrading_velocity, log_grid
from dtl.preparation.continuum import fit_continuum
from dtl.preparation.masks import masked_flux, show_masked, telluric_pixels, without_cosmics
from dtl.preparation.noise import MAX_SNR, estimate_snr
from dtl.preparation.velocity import Velocity, add_velocities, measure_velocity
from dtl.spectrum import PreparationStep, PreparedSpectrum, Spectrum, UnusableInput
from dtl.wavelengths import MARGIN, SPEED_OF_LIGHT, WINDOW, doppler_shift

__all__ = ["PreparationTarget", "prepare"]

#: Used down to this part of the bundle's resolution (with a flag), refused below it.
_LOWEST_RESOLUTION = 0.8
#: More of the window missing than this is flagged, more than that is refused.
_MISSING_FLAGGED, _MISSING_REFUSED = 0.02, 0.3
_LOW_SNR = 30.0
#: Velocities that are not believed, km/s: of a spectrum that is said to be at rest (air taken for vacuum makes 82), and
#: of any star of the solar neighbourhood (Kapteyn's star, the fastest M dwarf near by, moves at 245).
_AT_REST, _FASTEST_STAR = 10.0, 350.0
#: Velocity step of the work grid, km/s.
_STEP = 0.3


@dataclass(frozen=True)
class PreparationTarget:
    """What a bundle wants its spectra to be.

    Attributes:
        wavelength: vacuum Angstrom, evenly spaced; shape ``(n,)``.
        resolution: lambda/FWHM.
        templates: normalised flux at rest on ``wavelength``, for the velocity; shape ``(k, n)``.
        template_names: one a template, in words.
    """

    wavelength: np.ndarray
    resolution: float
    templates: np.ndarray
    template_names: tuple[str, ...]


def prepare(spectrum: Spectrum, target: PreparationTarget) -> PreparedSpectrum:
    """Prepare one spectrum.

    Sky is subtracted where the file carries it; the velocity is measured and taken out; the resolution is
    degraded to the target's; the continuum is divided out; the rest is resampled by cubic splines.

    Raises:
        UnusableInput: where the spectrum misses the window, has too low a resolution, or is empty.
    """
    flags: list[str] = list(spectrum.flags)
    _check_resolution(spectrum, target, flags)
    steps = [_step(spectrum, "As read", _describe_reading(spectrum), spectrum.flux)]
    if spectrum.sky is not None:
        spectrum = replace(spectrum, flux=spectrum.flux - np.nan_to_num(spectrum.sky))
        steps.append(
            _step(
                spectrum,
                "Sky",
                "The flux of the sky fibre was subtracted.",
                spectrum.flux,
                sky=np.asarray(spectrum.sky),
            )
        )
    velocity = _measure(spectrum, target)
    flux = without_cosmics(doppler_shift(spectrum.wavelength, -velocity.value), spectrum)
    if np.isnan(flux).sum() > np.isnan(spectrum.flux).sum():  # a cosmic ray pulls the velocity: once more without
        velocity = _measure(replace(spectrum, flux=flux), target)
    telluric = telluric_pixels(spectrum)
    cosmic = np.isnan(flux) & np.isfinite(spectrum.flux)
    flux = np.where(telluric, np.nan, flux)
    steps[-1] = show_masked(steps[-1], telluric & np.isfinite(spectrum.flux), cosmic & ~telluric)
    if velocity.uncertain:
        flags.append("rv_uncertain")
    elif abs(velocity.value) > (_AT_REST if spectrum.frame == "rest" else _FASTEST_STAR):
        flags.append("rv_implausible")
    rv, rv_frame = _to_barycentre(velocity.value, spectrum)
    steps.append(
        PreparationStep(
            "Velocity",
            f"Cross-correlation with {target.template_names[velocity.template]}: {velocity.value:+.2f} km/s in the "
            f"frame of the file, peak {velocity.quality:.2f}" + (" (uncertain)." if velocity.uncertain else "."),
            velocity.velocities,
            velocity.correlation,
            x_title="Velocity [km/s]",
        )
    )
    rest = doppler_shift(spectrum.wavelength, -velocity.value)
    in_window = (rest >= WINDOW[0]) & (rest <= WINDOW[1])
    if in_window.sum() < 50:
        raise _misses_window(spectrum)
    template = np.interp(rest[in_window], target.wavelength, target.templates[velocity.template])
    snr, stated = estimate_snr(
        flux[in_window],
        None if spectrum.uncertainty is None else spectrum.uncertainty[in_window],
        template * fit_continuum(rest, flux)[in_window],
        pixel=float(np.median(np.diff(rest[in_window]))),
    )
    if stated and snr > MAX_SNR:
        flags.append("uncertainty_implausible")
    if not stated:
        flags.append("uncertainty_estimated")
    if snr < _LOW_SNR:
        flags.append("low_snr")

    work = log_grid(WINDOW[0] - MARGIN - 1.0, WINDOW[1] + MARGIN + 1.0, _STEP)
    on_work, present, pixel = _resample(rest, flux, work)
    fwhm = degrading_velocity(spectrum.resolution or target.resolution, target.resolution)
    degraded = broaden(on_work, _STEP, fwhm=fwhm)
    steps.append(
        PreparationStep(
            "Rest frame",
            f"Shifted to rest and brought from {_resolution_words(spectrum, target)}.",
            *_seen(work, present, degraded),
        )
    )
    continuum = fit_continuum(work, np.where(present, degraded, np.nan))
    if not np.isfinite(continuum).all():
        raise _no_continuum(spectrum)
    steps.append(
        PreparationStep(
            "Continuum",
            "Upper quantile of the tops between lines, a smooth curve through them; divided out.",
            *_seen(work, present, degraded),
            {"continuum": (work[present], continuum[present])},
        )
    )
    normalised = CubicSpline(work, degraded / continuum)(target.wavelength)
    good = np.interp(target.wavelength, work, present.astype(float), left=0.0, right=0.0) > 0.99
    # What telluric lines take is filled by what the networks expect there, and is no fault of the file.
    taken = np.interp(target.wavelength, rest, telluric.astype(float)) > 0
    missing = 1.0 - (good | _widened(taken)).mean()
    if missing > _MISSING_REFUSED:
        raise UnusableInput(
            f"{spectrum.file}: {100 * missing:.0f} % of the window {WINDOW[0]:.0f}-{WINDOW[1]:.0f} Å has no usable "
            "pixel, too much to say anything; take an exposure or an order that covers it."
        )
    if missing > _MISSING_FLAGGED:
        flags.append("window_incomplete")
    sigma = _uncertainty(rest, spectrum, snr, stated, target.wavelength)
    level = np.interp(target.wavelength, work, continuum)
    sigma = sigma / level * _noise_left(pixel, fwhm)
    flux_out = np.where(good, normalised, 1.0)
    left_out = telluric | cosmic
    masked = None
    if left_out.any():
        measured = np.where(left_out, spectrum.flux, np.nan)
        masked = masked_flux(rest, measured, flux, target.wavelength, good) / level
    steps.append(
        PreparationStep(
            "Prepared",
            f"{len(target.wavelength):,} points of {target.wavelength[1] - target.wavelength[0]:.2f} Å; "
            f"signal-to-noise ratio {snr:.0f} per pixel of the input"
            + ("" if stated else " (measured on the flux itself, a lower limit)")
            + (f"; {100 * missing:.1f} % of the window is missing." if missing else "."),
            target.wavelength,
            np.where(good, normalised, np.nan),
            masked=masked,
        )
    )
    return PreparedSpectrum(
        spectrum=spectrum,
        wavelength=target.wavelength,
        flux=flux_out,
        uncertainty=sigma,
        good=good,
        pixel=pixel,
        snr=snr,
        rv=rv,
        rv_frame=rv_frame,
        rv_quality=velocity.quality,
        steps=tuple(steps),
        flags=tuple(flags),
        masked=masked,
    )


def _seen(work: np.ndarray, present: np.ndarray, flux: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Work grid and flux from the first to the last point present, NaN in the gaps between; shape ``(n,)`` each."""
    first, last = np.flatnonzero(present)[[0, -1]]
    part = slice(first, last + 1)
    return work[part], np.where(present, flux, np.nan)[part]


def _widened(points: np.ndarray, reach: int = 8) -> np.ndarray:
    """Points and their neighbours, that a pixel beside a hole loses too; shape ``(n,)``."""
    return np.convolve(points, np.ones(2 * reach + 1), mode="same") > 0


def _check_resolution(spectrum: Spectrum, target: PreparationTarget, flags: list[str]) -> None:
    resolution = spectrum.resolution
    if resolution is None:
        flags.append("resolution_unknown")
        return
    lowest = _LOWEST_RESOLUTION * target.resolution
    if resolution < lowest:
        raise UnusableInput(
            f"{spectrum.file}: its resolution, {resolution:,.0f}"
            + (f" ({spectrum.instrument})" if spectrum.instrument else "")
            + f", is too low for these models, which are made at {target.resolution:,.0f} and can be used down to "
            f"{lowest:,.0f}; take a spectrum of higher resolution, or correct the resolution if this one is wrong."
        )
    if resolution < target.resolution:
        flags.append("resolution_too_low")


def _resolution_words(spectrum: Spectrum, target: PreparationTarget) -> str:
    if spectrum.resolution is None:
        return f"an unknown resolution, taken as {target.resolution:,.0f}"
    if spectrum.resolution <= target.resolution:
        return f"its resolution {spectrum.resolution:,.0f}, which is below that of the models and was kept"
    return f"resolution {spectrum.resolution:,.0f} to {target.resolution:,.0f}"


def _describe_reading(spectrum: Spectrum) -> str:
    good = np.isfinite(spectrum.flux)
    return (
        f"{good.sum():,} usable pixels from {spectrum.wavelength[0]:.1f} to {spectrum.wavelength[-1]:.1f} Å in vacuum, "
        f"frame: {spectrum.frame}."
    )


def _step(spectrum: Spectrum, name: str, text: str, flux: np.ndarray, **overlays: np.ndarray) -> PreparationStep:
    return PreparationStep(
        name, text, spectrum.wavelength, flux, {k: (spectrum.wavelength, v) for k, v in overlays.items()}
    )


def _misses_window(spectrum: Spectrum) -> UnusableInput:
    usable = np.isfinite(spectrum.flux)
    good = spectrum.wavelength[usable]
    window = f"{WINDOW[0]:.0f}-{WINDOW[1]:.0f} Å"
    if good.size and min(good[-1], WINDOW[1]) - max(good[0], WINDOW[0]) > 0.5 * (WINDOW[1] - WINDOW[0]):
        inside = (spectrum.wavelength >= WINDOW[0]) & (spectrum.wavelength <= WINDOW[1])
        bad = 1.0 - usable[inside].mean()
        if bad > 0.1:
            return UnusableInput(
                f"{spectrum.file}: {100 * bad:.0f} % of the pixels in {window} have no usable flux, too many to find "
                "its lines, probably because they are flagged as bad; use another exposure or reduction."
            )
        return UnusableInput(
            f"{spectrum.file}: it has only {usable[inside].sum()} usable pixels in {window}, far too few for its "
            "lines; give a high-resolution spectrum (R of 50,000 or more)."
        )
    reach = f"its usable flux goes from {good[0]:.1f} to {good[-1]:.1f} Å" if good.size else "it has no usable flux"
    return UnusableInput(
        f"{spectrum.file}: {reach} and misses most of the window {window} (vacuum); "
        "take the order or the arm that covers it, or correct the unit of the wavelengths."
    )


def _no_continuum(spectrum: Spectrum) -> UnusableInput:
    return UnusableInput(
        f"{spectrum.file}: no continuum could be found, because most of the flux is zero, negative or constant; "
        "check the flux column."
    )


def _measure(spectrum: Spectrum, target: PreparationTarget) -> Velocity:
    near = (spectrum.wavelength > WINDOW[0] - MARGIN) & (spectrum.wavelength < WINDOW[1] + MARGIN)
    flux = spectrum.flux[near & np.isfinite(spectrum.flux)]
    if flux.size and (np.median(flux) <= 0 or np.ptp(flux) == 0):
        raise _no_continuum(spectrum)
    try:
        return measure_velocity(spectrum.wavelength, spectrum.flux, target.wavelength, target.templates)
    except ValueError as error:
        raise _misses_window(spectrum) from error


def _to_barycentre(velocity: float, spectrum: Spectrum) -> tuple[float, str]:
    if spectrum.frame == "observatory" and spectrum.barycentric_velocity is not None:
        return add_velocities(velocity, spectrum.barycentric_velocity), "barycentric"
    return velocity, spectrum.frame


def _resample(rest: np.ndarray, flux: np.ndarray, work: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Flux on the work grid by cubic spline, where there is any, and the input's pixel in Angstrom.

    A point counts as present where the usable pixels on either side of it are less than 1.8 pixels apart.
    """
    good = np.isfinite(flux)
    x, y = rest[good], flux[good]
    near = (x > work[0] - 5.0) & (x < work[-1] + 5.0)
    x, y = x[near], y[near]
    pixel = float(np.median(np.diff(rest[(rest > WINDOW[0]) & (rest < WINDOW[1])])))
    right = np.clip(np.searchsorted(x, work), 1, len(x) - 1)
    inside = (work >= x[0]) & (work <= x[-1])
    present = inside & (x[right] - x[right - 1] < 1.8 * pixel)
    # The spline is only asked where data are; elsewhere a straight line keeps the broadening from ringing.
    value = np.interp(work, x, y)
    value[present] = CubicSpline(x, y)(work[present])
    return value, present, pixel


def _uncertainty(rest: np.ndarray, spectrum: Spectrum, snr: float, stated: bool, wavelength: np.ndarray) -> np.ndarray:
    """1 sigma of the flux per input pixel, on the target's wavelengths; unit of the flux."""
    if stated and spectrum.uncertainty is not None:
        usable = np.isfinite(spectrum.uncertainty) & (spectrum.uncertainty > 0)
        return np.interp(wavelength, rest[usable], spectrum.uncertainty[usable])
    near = (rest > WINDOW[0]) & (rest < WINDOW[1])
    level = float(np.nanmedian(spectrum.flux[near]))
    return np.full(wavelength.shape, level / max(snr, 1e-3))


def _noise_left(pixel: float, fwhm: float) -> float:
    """Part of the noise per pixel that is left after smoothing by a Gaussian of ``fwhm`` km/s.

    White noise in pixels p smoothed by a Gaussian of sigma s: sqrt(p / (2 sqrt(pi) s)), at most 1.
    """
    sigma = fwhm / 2.3548 / SPEED_OF_LIGHT * 0.5 * (WINDOW[0] + WINDOW[1])
    if sigma <= 0:
        return 1.0
    return float(min(1.0, np.sqrt(pixel / (2.0 * np.sqrt(np.pi) * sigma))))

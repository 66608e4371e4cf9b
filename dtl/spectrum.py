"""The two kinds of spectrum: as read from a file, and as prepared for a network."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dtl.flags import Doubt
from dtl.lines import Line
from dtl.wavelengths import Window

__all__ = ["AnalysisFailed", "Finding", "PreparationStep", "PreparedSpectrum", "Spectrum", "UnusableInput"]


class UnusableInput(ValueError):
    """Input that cannot be used; the message is one sentence for a person.

    It names the file, says what is wrong and the likely cause, and what to do.
    """


class AnalysisFailed(UnusableInput):
    """A fault of the program that one file has met; the message is for a person, the cause is chained."""


@dataclass(frozen=True)
class Finding:
    """One thing a reader understood about a file.

    Attributes:
        name: what it is about: ``format``, ``unit``, ``medium``, ``frame``, ``resolution``,
            ``instrument``, ``star``, ``uncertainty``, ``orders``, ``sky``, ``blaze`` ...
        value: what was understood, in words for a person.
        source: ``file`` (stated in the file), ``guessed`` (by a stated rule) or ``user``.
        reason: where it stands in the file, or the rule of the guess.
    """

    name: str
    value: str
    source: str
    reason: str


@dataclass(frozen=True)
class Spectrum:
    """A spectrum as read: vacuum wavelengths, one flux per wavelength, and what is known of it.

    Attributes:
        wavelength: vacuum Angstrom, strictly increasing, in ``frame``; shape ``(n,)``.
        flux: any linear unit, bad pixels NaN; shape ``(n,)``.
        uncertainty: 1 sigma in the unit of ``flux``, or None where the file has none; shape ``(n,)``.
        file: name of the file for people.
        star: name of the star, empty where unknown.
        instrument: name from `dtl.readers.instruments`, or the file's own, or empty.
        resolution: lambda/FWHM of the file, None where unknown.
        frame: ``observatory`` (as observed), ``barycentric`` or ``rest``; ``unknown`` otherwise.
        barycentric_velocity: velocity of the observatory towards the star in km/s, to be added to
            a velocity measured in the observatory's frame; None where unknown.
        position: right ascension and declination that the file gives, degrees; None where it gives none. Its epoch is
            not known.
        sky: flux of a sky fibre on ``wavelength``, None where the file has none; shape ``(n,)``.
        simulated: True for simulated observations, which are labelled wherever they appear.
        findings: what the reader understood, and how.
        orders: number, first and last wavelength of each order of the file that reaches into the window, the one
            that covers most of it first; empty where there is no choice.
        spectra: how many spectra the file holds that share their wavelengths, of which this is one.
        extensions: number and words of each extension of the file that holds a spectrum of the window, this one among
            them; empty where there is no choice.
        flags: doubts about the reading, in the words of `dtl.flags`.
        stated_velocity: radial velocity of the star in km/s as the file states it, None where it does not.
        mjd: modified Julian date (UTC) of the middle of the exposure, None where the file does not say when.
        oxygen_velocity: of the oxygen lines of Earth's atmosphere on these wavelengths, km/s, None where not seen.
    """

    wavelength: np.ndarray
    flux: np.ndarray
    uncertainty: np.ndarray | None = None
    file: str = ""
    star: str = ""
    instrument: str = ""
    resolution: float | None = None
    frame: str = "unknown"
    barycentric_velocity: float | None = None
    sky: np.ndarray | None = None
    simulated: bool = False
    findings: tuple[Finding, ...] = ()
    orders: tuple[tuple[int, float, float], ...] = ()
    spectra: int = 1
    extensions: tuple[tuple[str, str], ...] = ()
    position: tuple[float, float] | None = None
    flags: tuple[str, ...] = ()
    stated_velocity: float | None = None
    oxygen_velocity: float | None = None
    mjd: float | None = None


@dataclass(frozen=True)
class PreparationStep:
    """One step of the preparation, with what is needed to draw it.

    Attributes:
        name: short title, as *Continuum*.
        text: one sentence that says what was done, with its figures.
        wavelength: vacuum Angstrom; shape ``(n,)``.
        flux: the spectrum after the step, NaN where there is none; shape ``(n,)``.
        overlays: named curves on the same axes, name -> ``(x, y)``, as the continuum itself.
        x_title: title of the horizontal axis where it is no wavelength.
        masked: flux of the pixels that are left out from here on, NaN elsewhere; shape ``(n,)``, or None.
    """

    name: str
    text: str
    wavelength: np.ndarray
    flux: np.ndarray
    overlays: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    x_title: str = "Wavelength in vacuum [Å]"
    masked: np.ndarray | None = None


@dataclass(frozen=True)
class PreparedSpectrum:
    """A spectrum as the networks want it: rest frame, bundle's resolution and wavelengths, normalised.

    Attributes:
        spectrum: what it was made from.
        wavelength: vacuum Angstrom, rest frame, the bundle's points; shape ``(n,)``.
        flux: normalised flux, finite everywhere (bridged where ``good`` is False); shape ``(n,)``.
        uncertainty: 1 sigma of ``flux``, correlated as ``pixel`` and ``fwhm`` say; shape ``(n,)``.
        good: False where the input had no usable pixel; shape ``(n,)``.
        pixel: size of an input pixel in the window, Angstrom.
        snr: signal-to-noise ratio per pixel of the input, in the window.
        rv: velocity of the star in km/s, in ``rv_frame``.
        rv_frame: ``barycentric``, ``observatory``, ``rest`` or ``unknown``.
        rv_quality: height of the cross-correlation peak, 0 to 1.
        steps: the preparation step by step.
        flags: doubts met on the way, in the words of `dtl.flags`.
        masked: normalised flux of measured pixels that are not used, under telluric lines or hit by cosmic rays, NaN
            elsewhere; shape ``(n,)``, or None where none is.
        window: that ``wavelength`` spans.
        lines: of the window, to be named in figures.
        telluric_lines: of the window, vacuum Angstrom in the observatory's frame.
        doubts: what raised the flags, with figures.
        rv_error: 1 sigma of ``rv`` in km/s, without that of the wavelengths; None where the peak is not measured.
        fwhm: of the Gaussian that brought the resolution to the bundle's, km/s; 0 where none did.
    """

    spectrum: Spectrum
    wavelength: np.ndarray
    flux: np.ndarray
    uncertainty: np.ndarray
    good: np.ndarray
    pixel: float
    snr: float
    rv: float
    rv_frame: str
    rv_quality: float
    steps: tuple[PreparationStep, ...] = ()
    flags: tuple[str, ...] = ()
    masked: np.ndarray | None = None
    window: Window = field(kw_only=True)
    lines: tuple[Line, ...] = field(default=(), kw_only=True)
    telluric_lines: tuple[float, ...] = field(default=(), kw_only=True)
    doubts: tuple[Doubt, ...] = field(default=(), kw_only=True)
    fwhm: float = field(default=0.0, kw_only=True)
    rv_error: float | None = field(default=None, kw_only=True)

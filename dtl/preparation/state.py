"""A spectrum on its way through the preparation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from dtl.flags import Doubt
from dtl.preparation.target import PreparationTarget
from dtl.preparation.velocity import Velocity
from dtl.spectrum import PreparationStep, Spectrum
from dtl.wavelengths import Window, doppler_shift

__all__ = ["PreparationState"]


@dataclass(frozen=True)
class PreparationState:
    """What is known of a spectrum between two steps; each step gives the next state, with a picture of it.

    Attributes:
        spectrum: as read, and less the sky once that is subtracted.
        target: what it is to become.
        doubts: so far.
        pictures: of the steps so far.
        velocity: in the frame of the file.
        flux: of the spectrum's pixels, those that are not used NaN; shape ``(p,)``.
        telluric, cosmic: pixels under telluric lines, and those that cosmic rays have hit; shape ``(p,)``.
        snr: signal-to-noise ratio per pixel of the input in the window.
        stated: whether it comes from the file's uncertainties.
        pixel: size of an input pixel, Angstrom.
        fwhm: of the Gaussian that brings the resolution to the target's, km/s.
        work: grid of constant velocity step in the rest frame, vacuum Angstrom; shape ``(w,)``.
        present: where the input has usable pixels on it; shape ``(w,)``.
        degraded: flux on it at the target's resolution; shape ``(w,)``.
        continuum: on it; shape ``(w,)``.
        prepared: normalised flux on the target's wavelengths, 1 where there is none; shape ``(n,)``.
        uncertainty: 1 sigma of it; shape ``(n,)``.
        good: False where the input has no usable pixel; shape ``(n,)``.
        masked: normalised flux of measured pixels that are not used, or None; shape ``(n,)``.
    """

    spectrum: Spectrum
    target: PreparationTarget
    doubts: tuple[Doubt, ...] = ()
    pictures: tuple[PreparationStep, ...] = ()
    velocity: Velocity | None = None
    flux: np.ndarray | None = None
    telluric: np.ndarray | None = None
    cosmic: np.ndarray | None = None
    snr: float = 0.0
    stated: bool = False
    pixel: float = 0.0
    fwhm: float = 0.0
    work: np.ndarray | None = None
    present: np.ndarray | None = None
    degraded: np.ndarray | None = None
    continuum: np.ndarray | None = None
    prepared: np.ndarray | None = None
    uncertainty: np.ndarray | None = None
    good: np.ndarray | None = None
    masked: np.ndarray | None = None

    @property
    def window(self) -> Window:
        """That of the target."""
        return self.target.window

    @property
    def rest(self) -> np.ndarray:
        """Wavelengths of the spectrum's pixels in the star's rest frame, vacuum Angstrom; shape ``(p,)``."""
        return doppler_shift(self.spectrum.wavelength, -self.velocity.value)

    def doubted(self, doubts: Iterable[Doubt]) -> PreparationState:
        """The state with further doubts."""
        return replace(self, doubts=(*self.doubts, *doubts))

    def shown(self, picture: PreparationStep, **changes: object) -> PreparationState:
        """The state after a step: with its picture, and with what it changed."""
        return replace(self, pictures=(*self.pictures, picture), **changes)

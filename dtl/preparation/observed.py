"""First steps: the spectrum as it was read, and its sky."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtl.preparation.state import PreparationState
from dtl.spectrum import PreparationStep, Spectrum

__all__ = ["show_as_read", "subtract_sky"]


def show_as_read(state: PreparationState) -> PreparationState:
    """The spectrum as the reader gave it."""
    return state.shown(_picture(state.spectrum, "As read", _describe_reading(state.spectrum)))


def subtract_sky(state: PreparationState) -> PreparationState:
    """The flux of the sky fibre is subtracted, where the file carries it."""
    sky = state.spectrum.sky
    if sky is None:
        return state
    spectrum = replace(state.spectrum, flux=state.spectrum.flux - np.nan_to_num(sky))
    picture = _picture(spectrum, "Sky", "The flux of the sky fibre was subtracted.", sky=np.asarray(sky))
    return state.shown(picture, spectrum=spectrum)


def _picture(spectrum: Spectrum, name: str, text: str, **overlays: np.ndarray) -> PreparationStep:
    curves = {key: (spectrum.wavelength, curve) for key, curve in overlays.items()}
    return PreparationStep(name, text, spectrum.wavelength, spectrum.flux, curves)


def _describe_reading(spectrum: Spectrum) -> str:
    good = np.isfinite(spectrum.flux)
    return (
        f"{good.sum():,} usable pixels from {spectrum.wavelength[0]:.1f} to {spectrum.wavelength[-1]:.1f} Å in vacuum, "
        f"frame: {spectrum.frame}."
    )

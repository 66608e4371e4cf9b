"""One prepared spectrum at the wavelengths of another, to be drawn over it."""

from __future__ import annotations

import numpy as np

from dtl.spectrum import PreparedSpectrum

__all__ = ["flux_at"]

#: Part of a point that has to come from good points.
_GOOD = 0.999


def flux_at(wavelength: np.ndarray, prepared: PreparedSpectrum) -> np.ndarray:
    """The prepared flux at other wavelengths, by linear interpolation; NaN beyond its ends and next to a bad point.

    Args:
        wavelength: at rest, vacuum Angstrom, ascending; shape ``(n,)``.
        prepared: at rest and normalised, with the resolution of its own bundle.

    Returns:
        Normalised flux; shape ``(n,)``.
    """
    flux = np.where(prepared.good, prepared.flux, 0.0)
    good = np.interp(wavelength, prepared.wavelength, prepared.good.astype(float), left=0.0, right=0.0)
    return np.where(good > _GOOD, np.interp(wavelength, prepared.wavelength, flux), np.nan)

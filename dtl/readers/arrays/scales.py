"""Fluxes that are written as logarithms or magnitudes, made linear."""

from __future__ import annotations

import numpy as np

from dtl.readers.words.names import Name

__all__ = ["linear_flux", "log_factor", "scale_of_uncertainty"]


def linear_flux(values: np.ndarray, scale: str) -> np.ndarray:
    """Flux of logarithms or magnitudes; shape of ``values``."""
    with np.errstate(over="ignore", invalid="ignore"):
        if scale == "log10":
            return 10.0**values
        if scale == "ln":
            return np.exp(values)
        if scale == "magnitude":
            return 10.0 ** (-0.4 * (values - np.nanmedian(values)))
    return values


def log_factor(scale: str) -> float:
    """Relative uncertainty of a flux for one unit of uncertainty of its logarithm or magnitude."""
    return {"log10": float(np.log(10)), "ln": 1.0, "magnitude": float(0.4 * np.log(10))}.get(scale, 1.0)


def scale_of_uncertainty(flux: str, name: Name, told: str | None) -> str:
    """The scale of what an uncertainty is one of: that of the flux, or where this is linear what its name says ("dex").

    Args:
        flux: its scale.
        name: of the uncertainty.
        told: the kind of the uncertainty as the user says.
    """
    own = name.scale if told is None and name.role == "uncertainty" and name.kind == "sigma" else "linear"
    return own if flux == "linear" else flux

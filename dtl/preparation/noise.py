"""Signal-to-noise ratio of a spectrum."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dtl.preparation.scatter import measure_scatter

__all__ = ["MAX_SNR", "estimate_snr", "scatter_snr"]

#: No spectrum of an M dwarf has a higher ratio; what claims to is flagged.
MAX_SNR = 2000.0


def scatter_snr(flux: np.ndarray, pixel: float | None = None) -> float:
    """Signal-to-noise ratio per independent pixel from the flux alone, by `dtl.preparation.scatter.measure_scatter`.

    0 where fewer than five pixels are finite.

    Args:
        flux: on even steps, NaN where bad; shape ``(n,)``.
        pixel: step in Angstrom; None where it is not known.
    """
    noise, stride = measure_scatter(flux, pixel)
    if not stride:
        return 0.0
    return float(np.nanmedian(flux) / noise) if noise > 0 else np.inf


def estimate_snr(
    flux: np.ndarray,
    uncertainty: np.ndarray | None,
    model: Callable[[], np.ndarray] | None = None,
    *,
    pixel: float | None = None,
) -> tuple[float, bool]:
    """Signal-to-noise ratio per pixel, and whether it comes from the file's uncertainties.

    Args:
        flux: shape ``(n,)``.
        uncertainty: 1 sigma, or None; shape ``(n,)``.
        model: gives what the flux should be but for the noise, shape ``(n,)``, where the ratio comes from the flux; its
            lines are not counted as noise if that raises the ratio.
        pixel: step in Angstrom, so that lines are not taken for correlated noise.
    """
    if uncertainty is not None:
        good = np.isfinite(flux) & np.isfinite(uncertainty) & (uncertainty > 0)
        if good.sum() > 0.5 * flux.size:
            return float(np.median(flux[good] / uncertainty[good])), True
    plain = scatter_snr(flux, pixel)
    if model is None:
        return plain, False
    level = np.nanmedian(flux)
    return max(plain, scatter_snr(level + flux - model(), pixel)), False

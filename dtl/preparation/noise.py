"""Signal-to-noise ratio of a spectrum."""

from __future__ import annotations

import numpy as np

__all__ = ["der_snr", "estimate_snr"]


def der_snr(flux: np.ndarray) -> float:
    """Signal-to-noise ratio per pixel from the flux alone, shape ``(n,)``.

    DER_SNR (Stoehr et al. 2008, ASPC 394, 505): median over 1.482602 / sqrt(6) times the median of
    ``|2 f(i) - f(i - 2) - f(i + 2)|``. Lines narrower than four pixels count as noise, so that a rich spectrum
    sampled coarsely gives a lower limit. 0 where fewer than five pixels are finite.
    """
    flux = flux[np.isfinite(flux)]
    if flux.size < 5:
        return 0.0
    noise = 1.482602 / np.sqrt(6.0) * np.median(np.abs(2.0 * flux[2:-2] - flux[:-4] - flux[4:]))
    return float(np.median(flux) / noise) if noise > 0 else np.inf


def estimate_snr(
    flux: np.ndarray, uncertainty: np.ndarray | None, model: np.ndarray | None = None
) -> tuple[float, bool]:
    """Signal-to-noise ratio per pixel, and whether it comes from the file's uncertainties.

    Args:
        flux: shape ``(n,)``.
        uncertainty: 1 sigma, or None; shape ``(n,)``.
        model: what the flux should be but for the noise; where given, its lines are not counted as noise if
            that raises the ratio; shape ``(n,)``.
    """
    if uncertainty is not None:
        good = np.isfinite(flux) & np.isfinite(uncertainty) & (uncertainty > 0)
        if good.sum() > 0.5 * flux.size:
            return float(np.median(flux[good] / uncertainty[good])), True
    plain = der_snr(flux)
    if model is None:
        return plain, False
    level = np.nanmedian(flux)
    return max(plain, der_snr(level + flux - model)), False

"""Calibration tables of a bundle: how wide intervals have to be, and how far good stars are from the models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["SCORES", "Calibration", "Reference", "percentile", "quantile"]

#: What is compared with good stars of the same signal-to-noise ratio; larger is stranger. Each is a noun
#: that stands alone and after "the".
SCORES: dict[str, str] = {
    "residual": "residual (observed minus reconstruction) beyond the noise",
    "relative_residual": "residual beyond the noise, relative to the depth of the lines",
    "slow_residual": "residual smoothed over half an Angstrom",
    "periodic_residual": "amplitude of the strongest period of the residual between 0.8 and 9 Angstrom",
    "latent_distance": "distance to the nearest model in latent space",
    "member_spread": "disagreement of the members of the ensemble",
    "velocity_mismatch": "mismatch of the velocity, one minus the height of the cross-correlation peak",
}


_PERCENT = np.arange(101.0)


@dataclass(frozen=True)
class Calibration:
    """Widens an interval so that it covers what it claims: ``sqrt((scale * width)^2 + floor^2)``.

    ``floor``, in the parameter's unit, is the error that all members share and no spread shows. Both are fitted
    on simulated spectra of validation nodes.
    """

    scale: float = 1.0
    floor: float = 0.0

    def widen(self, width: float | np.ndarray) -> float | np.ndarray:
        """The calibrated width for a raw one, same unit."""
        return np.sqrt((self.scale * width) ** 2 + self.floor**2)


@dataclass(frozen=True)
class Reference:
    """What good stars look like: quantiles 0 to 100 % of a score at several signal-to-noise ratios.

    Attributes:
        snr: increasing; shape ``(b,)``.
        quantiles: shape ``(b, 101)``.
    """

    snr: np.ndarray
    quantiles: np.ndarray


def percentile(score: np.ndarray, snr: np.ndarray, reference: Reference) -> np.ndarray:
    """Percentage of good stars at a signal-to-noise ratio with a lower score, 0 to 100; shape ``(k,)`` each."""
    rows = zip(score, _at(snr, reference), strict=True)
    return np.array([np.interp(one, quantiles, _PERCENT) for one, quantiles in rows])


def quantile(part: float | np.ndarray, snr: np.ndarray, reference: Reference) -> np.ndarray:
    """The scores that ``part`` per cent of good stars at signal-to-noise ratios stay below; shape ``(k,)`` each."""
    rows = zip(np.broadcast_to(part, len(snr)), _at(snr, reference), strict=True)
    return np.array([np.interp(one, _PERCENT, quantiles) for one, quantiles in rows])


def _at(snr: np.ndarray, reference: Reference) -> np.ndarray:
    """Quantiles 0 to 100 % at signal-to-noise ratios ``(k,)``, interpolated in their logarithm; shape ``(k, 101)``."""
    levels = np.arange(len(reference.snr))
    position = np.interp(np.log(np.maximum(snr, 1e-3)), np.log(reference.snr), levels)
    low = position.astype(int)
    high = np.minimum(low + 1, levels[-1])
    fraction = (position - low)[:, None]
    return (1 - fraction) * reference.quantiles[low] + fraction * reference.quantiles[high]

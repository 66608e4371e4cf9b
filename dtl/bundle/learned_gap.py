"""The synthetic gap as learned from observed spectra without labels: what is added to a model to look like a star."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtl.preparation.broadening import broaden
from dtl.wavelengths import SPEED_OF_LIGHT, Window

__all__ = ["LearnedGap"]

#: Rotation in km/s up to which the gap is as learned: most stars it is learned from turn more slowly.
_SLOW = 3.0
#: Over how many K the gap may change by its second component, and between which values it is held.
_UNIT, _REACH = 300.0, 2.0


@dataclass(frozen=True)
class LearnedGap:
    """A curve in normalised flux that depends linearly on Teff.

    Attributes:
        level: at ``teff``; shape ``(n,)``.
        slope: change for 300 K; shape ``(n,)``.
        teff: K.
        window: on whose points the curve stands.
    """

    level: np.ndarray
    slope: np.ndarray
    teff: float
    window: Window

    def weights(self, teff: np.ndarray) -> np.ndarray:
        """What ``slope`` is multiplied by at ``teff`` [K], any shape; held beyond 600 K from the middle."""
        return np.clip((np.asarray(teff, dtype=float) - self.teff) / _UNIT, -_REACH, _REACH)

    def curves(self, teff: np.ndarray, vsini: np.ndarray) -> np.ndarray:
        """The gap of stars.

        Args:
            teff: K; shape ``(k,)``.
            vsini: km/s, which widens the lines of the gap too; shape ``(k,)``.

        Returns:
            Shape ``(k, n)``, float32.
        """
        curves = self.level + self.weights(teff)[:, None] * self.slope
        for i in np.flatnonzero(np.asarray(vsini) > _SLOW):
            curves[i] = rotated(curves[i], float(vsini[i]), self.window)
        return curves.astype(np.float32)


def rotated(curves: np.ndarray, vsini: float, window: Window) -> np.ndarray:
    """Curves on a window's points ``(..., n)``, broadened by a rotation of ``vsini`` km/s beyond the slow stars'."""
    if vsini <= _SLOW:
        return curves
    points = curves.shape[-1]
    step = window.width / (points - 1) / window.centre * SPEED_OF_LIGHT
    return broaden(curves, step, vsini=vsini)

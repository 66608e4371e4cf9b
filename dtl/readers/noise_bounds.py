"""Between what bounds the noise of a spectrum lies, as its pixels tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtl.preparation.scatter import measure_scatter

__all__ = ["NoiseBounds", "measure_bounds"]

#: The sixth difference. Lines of a resolved spectrum are smooth over seven pixels, so that it passes noise alone up to
#: a signal-to-noise ratio of a thousand and more, of an M dwarf too; the second difference ends at fifty.
_SIXTH = np.array([1.0, -6.0, 15.0, -20.0, 15.0, -6.0, 1.0])


@dataclass(frozen=True)
class NoiseBounds:
    """1 sigma per pixel, in the unit of the flux.

    Attributes:
        floor: noise that differs from pixel to pixel; too small where neighbours are correlated.
        ceiling: all scatter of neighbours, lines among it.
        level: of the flux.
    """

    floor: float
    ceiling: float
    level: float


def measure_bounds(flux: np.ndarray, pixel: float | None, max_snr: float) -> NoiseBounds:
    """The bounds of the noise of pixels in the order of their wavelengths.

    Args:
        flux: finite and not zero; shape ``(n,)``, n of 10 or more.
        pixel: step in Angstrom.
        max_snr: signal-to-noise ratio that no spectrum exceeds.
    """
    level = float(np.median(np.abs(flux)))
    least = level / max_snr
    sixth = np.median(np.abs(np.convolve(flux, _SIXTH, "valid"))) * 1.482602 / np.sqrt((_SIXTH**2).sum())
    ceiling = max(measure_scatter(flux, pixel)[0], float(sixth), least)
    return NoiseBounds(max(float(sixth), least), ceiling, level)

"""How well a velocity is known: from the height and the sharpness of the peak of its cross-correlation."""

from __future__ import annotations

import numpy as np

from dtl.preparation.velocity import Velocity

__all__ = ["velocity_error"]


def velocity_error(velocity: Velocity, pixels: float) -> float | None:
    """1 sigma of a velocity in km/s, None where there is no peak to measure.

    After Zucker (2003, MNRAS 342, 1291), who takes all that keeps the peak below 1 for noise: what the template lacks
    counts with the photons, and the wavelengths themselves are taken as right.

    Args:
        velocity: with its correlation.
        pixels: independent data that the correlation is of.
    """
    values = velocity.correlation
    if not np.isfinite(values).any():
        return None
    peak = int(np.nanargmax(values))
    if not 0 < peak < len(values) - 1 or not np.isfinite(values[peak - 1 : peak + 2]).all():
        return None
    left, centre, right = values[peak - 1 : peak + 2]
    step = velocity.velocities[1] - velocity.velocities[0]
    curvature = (left - 2.0 * centre + right) / step**2
    if not 0.0 < centre < 1.0 or curvature >= 0.0 or pixels <= 0:
        return None
    return float((-pixels * curvature * centre / (1.0 - centre**2)) ** -0.5)

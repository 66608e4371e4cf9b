"""How well a velocity is known: from the height and the sharpness of the peak of its cross-correlation."""

from __future__ import annotations

import numpy as np

from dtl.preparation.velocity import Velocity

__all__ = ["velocity_error"]

_FWHM_PER_SIGMA = 2.0 * np.sqrt(2.0 * np.log(2.0))


def velocity_error(velocity: Velocity, pixels: float, width: float, noise: float) -> float | None:
    """1 sigma of a velocity in km/s, None where there is no peak to measure.

    After Zucker (2003, MNRAS 342, 1291), who takes all that keeps the peak below 1 for noise, so that what the template
    lacks counts with the photons. Photon noise is independent from pixel to pixel; what the template lacks is lines,
    independent from one width of a line to the next. That width follows from the peak, whose variance is that of two
    lines. The wavelengths themselves are taken as right.

    Args:
        velocity: with its correlation.
        pixels: that the correlation is of.
        width: that they span, km/s.
        noise: part of the variance of the data that is photon noise, 0 to 1.
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
    lines = max(width / (_FWHM_PER_SIGMA * np.sqrt(-0.5 * centre / curvature)), 1.0)
    lacking = 1.0 - centre**2
    photons = min(noise, lacking)
    variance = photons / pixels + (lacking - photons) / min(lines, pixels)
    return float(np.sqrt(variance / (-curvature * centre)))

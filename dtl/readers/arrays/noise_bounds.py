"""Between what bounds the noise of a spectrum lies, as its pixels tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtl.preparation.scatter import measure_scatter

__all__ = ["NoiseBounds", "measure_bounds"]

#: The sixth difference. Lines of a resolved spectrum are smooth over seven pixels, so that it passes noise alone up to
#: a signal-to-noise ratio of a thousand and more, of an M dwarf too; the second difference ends at fifty.
_SIXTH = np.array([1.0, -6.0, 15.0, -20.0, 15.0, -6.0, 1.0])
#: The tenth: what lines of two or three pixels leave in the sixth it hardly passes.
_TENTH = np.array([1.0, -10.0, 45.0, -120.0, 210.0, -252.0, 210.0, -120.0, 45.0, -10.0, 1.0])
#: Part of the tenth difference that no sigma is below, and the widest pixels, Angstrom, of which lines leave nothing in
#: it. Of 5,061 simulated spectra (2300 to 4300 K, v sin i of 2 to 30 km/s, S/N of 10 to 500, R of 48,000 to 94,600;
#: as observed, resampled, smoothed, coadded) with such pixels none had sigma below 0.81 of it, of 143 of HPF none below
#: 0.57, as a pipeline forgets noise. With pixels of 0.12 Angstrom and more lines are up to fifteen times the noise.
_TOO_SMALL, _SAMPLED = 0.45, 0.07
#: Multiples that no sigma exceeds: of the scatter where noise is as strong in the tenth difference as in the sixth, by
#: the third number, and where it is not, as of smoothed pixels; and of the sixth where those of the first kind are at
#: least so wide, Angstrom, that they were not interpolated to finer ones. Of 7,500 simulated spectra, most of them
#: resampled, or smoothed by two or three pixels with sigma as before, 15 exceed one, none of those as observed. In
#: all, the sigma of 32 of 7,500 is not believed, all with pixels that are or were of 0.08 Angstrom or more.
_TOO_LARGE, _TOO_LARGE_OF_SMOOTH, _WHITE = 4.0, 12.0, 0.87
_TOO_LARGE_OF_SIXTH, _WIDE = 6.0, 0.045


@dataclass(frozen=True)
class NoiseBounds:
    """1 sigma per pixel, in the unit of the flux.

    Attributes:
        floor: noise that differs from pixel to pixel; too small where neighbours are correlated.
        ceiling: all scatter of neighbours, lines among it.
        level: of the flux.
        least: what no sigma is below; 0 where that cannot be told from lines.
        most: what no sigma is above.
    """

    floor: float
    ceiling: float
    level: float
    least: float
    most: float


def measure_bounds(flux: np.ndarray, pixel: float | None, max_snr: float) -> NoiseBounds:
    """The bounds of the noise of pixels in the order of their wavelengths.

    Args:
        flux: finite and not zero; shape ``(n,)``, n of 10 or more.
        pixel: step in Angstrom.
        max_snr: signal-to-noise ratio that no spectrum exceeds.
    """
    level = float(np.median(np.abs(flux)))
    lowest = level / max_snr
    sixth, tenth = _noise_passed(flux, _SIXTH), _noise_passed(flux, _TENTH)
    ceiling = max(measure_scatter(flux, pixel)[0], sixth, lowest)
    least = _TOO_SMALL * tenth if pixel is not None and pixel <= _SAMPLED else 0.0
    if sixth <= lowest:  # no noise, as of a model: any sigma is as good
        most = level / 3.0
    elif tenth < _WHITE * sixth:
        most = _TOO_LARGE_OF_SMOOTH * ceiling
    else:
        wide = pixel is not None and pixel >= _WIDE
        most = min(_TOO_LARGE * ceiling, _TOO_LARGE_OF_SIXTH * sixth if wide else np.inf)
    return NoiseBounds(max(sixth, lowest), ceiling, level, least, most)


def _noise_passed(flux: np.ndarray, kernel: np.ndarray) -> float:
    """1 sigma of white noise that leaves a filter as the flux does; 0 where there are too few pixels."""
    if flux.size < kernel.size:
        return 0.0
    return float(np.median(np.abs(np.convolve(flux, kernel, "valid"))) * 1.482602 / np.sqrt((kernel**2).sum()))

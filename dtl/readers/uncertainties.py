"""What a column of uncertainties holds, told by its name and checked against the scatter of neighbouring pixels.

Inverse variances read as sigma make a signal-to-noise ratio of 4e8, variances of a faint star hide that it is faint:
a name alone is never believed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtl.preparation.scatter import measure_scatter
from dtl.readers.several import common_shape

__all__ = ["KINDS", "MAX_SNR", "Verdict", "judge", "to_sigma"]

#: What a column of uncertainties can hold, in words.
KINDS = {
    "sigma": "1 sigma",
    "variance": "square root of the variances in",
    "ivar": "inverse root of the inverse variances in",
    "percent": "per cent of the flux in",
    "relative": "part of the flux in",
    "snr": "flux over the signal-to-noise ratios in",
}
#: No spectrum of an M dwarf is that good; a higher ratio is another column, or another kind of number.
MAX_SNR = 2000.0
#: Sigma over scatter that is believed. Lines count as scatter, so that good spectra lie far below 1; where the scatter
#: alone says that the spectrum is noisy, they do not.
_LOW_OF_GOOD, _LOW_OF_NOISY, _NOISY = 0.03, 0.4, 40.0
_HIGH = 30.0
#: The same for a column of which nothing says that it holds uncertainties, and how strongly its kind must be favoured.
_LOW_UNNAMED, _HIGH_UNNAMED = 0.12, 25.0
_PENALTY = {"sigma": 0.0, "variance": 0.5, "ivar": 0.5, "relative": 0.8, "percent": 1.0, "snr": 1.2}
#: Correlation with the flux that parts of it have at least, upside down; relative range of numbers without lines.
_UPSIDE_DOWN, _FLAT = -0.5, 0.05
#: A ratio this near to 1 is what an uncertainty looks like.
_CLOSE = 3.0


@dataclass(frozen=True)
class Verdict:
    """What was made of a column.

    Attributes:
        kind: a word of `KINDS`, empty where nothing fits.
        ratio: sigma over the scatter of neighbouring pixels.
        stated: whether the kind is what the name says.
    """

    kind: str
    ratio: float
    stated: bool

    @property
    def distance(self) -> float:
        """How far it is from the scatter, in natural logarithms, with a penalty for rarer kinds."""
        return abs(np.log(self.ratio)) + _PENALTY[self.kind] if self.kind and self.ratio > 0 else np.inf


def to_sigma(values: np.ndarray, kind: str, flux: np.ndarray) -> np.ndarray:
    """1 sigma in the unit of the flux, NaN where there is none; shape of ``values``.

    Args:
        values: as in the file.
        kind: a word of `KINDS`.
        flux: in its unit; the same shape.
    """
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        if kind == "variance":
            found = np.sqrt(values)
        elif kind == "ivar":
            found = np.where(values > 0, 1.0 / np.sqrt(values), np.nan)
        elif kind == "snr":
            found = np.where(values > 0, np.abs(flux) / values, np.nan)
        elif kind in ("percent", "relative"):
            found = np.abs(flux) * values / (100.0 if kind == "percent" else 1.0)
        else:
            found = np.array(values, dtype=float)
    return found


def judge(values: np.ndarray, flux: np.ndarray, pixel: float | None, named: str | None) -> Verdict:
    """Tell what a column holds.

    Args:
        values: of the column in the window, on pixels in the order of their wavelengths; shape ``(n,)``.
        flux: its flux; shape ``(n,)``.
        pixel: step in Angstrom.
        named: the kind that its name or the user states; None where nothing does.

    Returns:
        The verdict; an empty kind where nothing fits.
    """
    usable = np.isfinite(flux) & np.isfinite(values) & (flux != 0)
    level = float(np.nanmedian(np.abs(flux[usable]))) if usable.any() else 0.0
    if usable.sum() < 10 or level <= 0 or not (values[usable] > 0).mean() > 0.5:
        return Verdict("", 0.0, False)
    scatter = max(measure_scatter(flux[usable], pixel)[0], level / MAX_SNR)
    noisy = level / scatter < _NOISY

    def ratio_as(kind: str) -> float:
        """Sigma over the scatter where the column is of a kind; 0 where it cannot be."""
        sigma = to_sigma(values[usable], kind, flux[usable])
        good = np.isfinite(sigma) & (sigma > 0)
        middle = float(np.median(sigma[good])) if good.sum() > 0.5 * usable.sum() else 0.0
        return middle / scatter if level < MAX_SNR * middle else 0.0

    if named is None:
        low = _LOW_OF_NOISY if noisy else _LOW_UNNAMED
        # These are larger where there is less light, or are flat: what has lines of its own is another flux.
        upright = common_shape(flux[usable], values[usable]) > _UPSIDE_DOWN and not _is_flat(values[usable])
        kinds = {k: ratio_as(k) for k in KINDS if not (upright and k in ("percent", "relative", "ivar"))}
        found = [Verdict(k, r, False) for k, r in kinds.items() if low < r < _HIGH_UNNAMED and _can_be(k, values)]
        return min(found, key=lambda v: v.distance, default=Verdict("", 0.0, False))
    ratio = ratio_as(named)
    low = _LOW_OF_NOISY if noisy else _LOW_OF_GOOD
    if low < ratio < _HIGH:
        return Verdict(named, ratio, True)
    ratios = {kind: ratio_as(kind) for kind in _alternatives(named)}
    others = [Verdict(kind, other, False) for kind, other in ratios.items() if 1 / _CLOSE < other < _CLOSE]
    best = min(others, key=lambda v: v.distance, default=None)
    if best is not None:
        return best
    # too large an uncertainty does no harm unless it says that there is nothing but noise
    harmless = ratio >= _HIGH and level / (ratio * scatter) > 3.0
    return Verdict(named, ratio, True) if harmless else Verdict("", ratio, False)


def _alternatives(named: str) -> tuple[str, ...]:
    """What a column is by mistake or by another habit, where its name does not hold."""
    return {
        "sigma": ("variance", "ivar", "relative", "percent"),
        "variance": ("sigma", "ivar"),
        "ivar": ("sigma", "variance"),
        "percent": ("relative", "sigma"),
        "relative": ("percent", "sigma"),
        "snr": (),
    }.get(named, ())


def _is_flat(values: np.ndarray) -> bool:
    """Whether nearly all numbers are alike: those of a spectrum are not in its lines."""
    low, middle, high = np.percentile(values, (2.0, 50.0, 98.0))
    return bool(high - low < _FLAT * abs(middle))


def _can_be(kind: str, values: np.ndarray) -> bool:
    """Whether numbers without a name can be of a kind: percentages and ratios have their usual size."""
    middle = float(np.nanmedian(values))
    if kind == "percent":
        return 0.1 < middle < 50
    if kind == "snr":
        return 3 < middle < MAX_SNR
    if kind == "relative":
        return middle < 0.5
    return True

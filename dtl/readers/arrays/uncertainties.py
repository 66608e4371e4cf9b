"""What a column of uncertainties holds, told by its name and checked against the scatter of neighbouring pixels.

Inverse variances read as sigma make a signal-to-noise ratio of 4e8, variances of a faint star hide that it is faint:
a name alone is never believed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from dtl.readers.arrays.noise_bounds import NoiseBounds, measure_bounds
from dtl.readers.arrays.several import common_shape, repeats_lines
from dtl.readers.options import KINDS

__all__ = ["MAX_SNR", "Verdict", "believe", "is_relative_weight", "judge", "to_sigma"]

#: No spectrum of an M dwarf is that good; a higher ratio is another column, or another kind of number.
MAX_SNR = 2000.0
#: Sigma over the floor of `NoiseBounds` that is believed at least, where that says no more, as coarse pixels leave the
#: floor too high; and over its ceiling at most, where no name says what it is.
_LOW, _HIGH_UNNAMED = 0.15, 8.0
#: How much worse a rarer kind may fit; sigma is what most files hold.
_PENALTY = {"sigma": 0.0, "variance": 1.4, "ivar": 0.5, "relative": 0.8, "percent": 1.0, "snr": 1.2}
#: Within the bounds the noise is rather near the floor.
_PULL = 0.2
#: Correlation with the flux that makes a column without a name an uncertainty: positive or, of these kinds, negative.
_FOLLOWS, _UPSIDE_DOWN = 0.3, ("ivar", "percent", "relative")
#: Relative range of numbers that are all one; correlation with its place of one that only counts.
_CONSTANT, _COUNTS = 1e-3, 0.999
#: A column that does not follow the flux is an uncertainty where it agrees with the noise within these factors.
_AGREES = {"sigma": 2.0, "variance": 1.3, "ivar": 1.3}
#: The same of one that repeats the lines of the flux as deep as they are, as variances of light alone do and ratios to
#: a noise that is the same everywhere; 1 sigma never does.
_REPEATS = {"variance": 1.3, "snr": 1.3}
#: A column of another kind than its name says agrees within this factor with the bounds, and two such kinds that differ
#: by more than the second are told apart where one is this near to the floor.
_CLOSE, _APART = 2.0, 1.5
#: Scatter from pixel to pixel that 1 sigma of a star has at most, in natural logarithms: it follows the light, also
#: where that is faint; the sky, which may be as large, has its own noise.
_RAGGED = 0.2
#: Kinds that do not follow from the flux of each pixel -> what the scatter of 1 sigma is of theirs.
_ROOTS = {"sigma": 1.0, "variance": 0.5, "ivar": 0.5}
#: Part of an uncertainty that is negative, at most, but for one number that stands for none; of a residual half is.
_NEGATIVE = 0.1
#: Weights have a largest, a mean or a sum of one within this, and no scale.
_ONE = 1e-3


@dataclass(frozen=True)
class Verdict:
    """What was made of a column.

    Attributes:
        kind: a word of `KINDS`, empty where nothing fits.
        distance: how far it is from the noise that the pixels show, in natural logarithms, with a penalty for rarer
            kinds.
        stated: whether the kind is what the name says.
        rival: another kind that would fit too with another number, empty where there is none.
        doubted: whether the pixels contradict the user, whose word counts.
        repeats: whether a column that is none has the lines of the flux, as deep.
    """

    kind: str
    distance: float
    stated: bool
    rival: str = ""
    doubted: bool = False
    repeats: bool = False


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


def is_relative_weight(values: np.ndarray) -> bool:
    """Whether inverse variances are weights without a scale, of which the largest, the mean or the sum is one."""
    finite = values[np.isfinite(values)]
    return bool(finite.size) and any(abs(n - 1.0) < _ONE for n in (finite.max(), finite.mean(), finite.sum()))


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
    usable = _usable(values, flux)
    if not usable.any():
        return Verdict("", np.inf, False)
    values, flux = values[usable], flux[usable]
    negative = values[values < 0]
    if negative.size > _NEGATIVE * values.size and np.ptp(negative) > 0:
        return Verdict("", np.inf, False)
    noise = measure_bounds(flux, pixel, MAX_SNR)
    if noise.level <= 0:
        return Verdict("", np.inf, False)
    if named is None:
        return _judge_unnamed(values, flux, noise, _possible(KINDS, values, flux, noise))
    stated = _possible((named,), values, flux, noise)
    if stated:
        return Verdict(named, _distance(stated[named], noise), True)
    shape = common_shape(flux, values)  # a kind that is larger where there is more light, or less, is so here too
    against = {kind: shape if kind in _UPSIDE_DOWN else -shape for kind in _alternatives(named)}
    sigmas = _possible([kind for kind, share in against.items() if share < _FOLLOWS], values, flux, noise)
    other = _other_kind(sigmas, noise)
    if other:
        return Verdict(other, _distance(sigmas[other], noise) + _PENALTY[other], False)
    return Verdict("", np.inf, False)


def believe(values: np.ndarray, flux: np.ndarray, pixel: float | None, told: str) -> Verdict:
    """The verdict on a column that holds what the user says, whatever the pixels say; arguments as of `judge`."""
    doubted = bool(_usable(values, flux).any()) and not judge(values, flux, pixel, told).stated
    return Verdict(told, 0.0, True, doubted=doubted)


def _usable(values: np.ndarray, flux: np.ndarray) -> np.ndarray:
    """Pixels that can be compared, none where they are too few."""
    usable = np.isfinite(flux) & np.isfinite(values) & (flux != 0)
    enough = usable.sum() >= 10 and (values[usable] > 0).mean() > 0.5
    return usable if enough else np.zeros_like(usable)


def _possible(kinds: Iterable[str], values: np.ndarray, flux: np.ndarray, noise: NoiseBounds) -> dict[str, float]:
    """The usual sigma of a column for each kind by which that is within the bounds."""
    sigmas = {kind: _middle(values, kind, flux, noise) for kind in kinds}
    low = max(noise.least, _LOW * noise.floor)
    return {kind: sigma for kind, sigma in sigmas.items() if low < sigma < noise.most}


def _middle(values: np.ndarray, kind: str, flux: np.ndarray, noise: NoiseBounds) -> float:
    """The usual sigma where a column is of a kind; 0 where it cannot be."""
    sigma = to_sigma(values, kind, flux)
    good = np.isfinite(sigma) & (sigma > 0)
    middle = float(np.median(sigma[good])) if good.sum() > 0.5 * flux.size else 0.0
    return middle if noise.level < MAX_SNR * middle else 0.0


def _distance(sigma: float, noise: NoiseBounds) -> float:
    """How far a sigma is from what the pixels allow, in natural logarithms."""
    outside = max(0.0, np.log(noise.floor / sigma), np.log(sigma / noise.ceiling))
    return float(outside + _PULL * abs(np.log(sigma / noise.floor)))


def _judge_unnamed(values: np.ndarray, flux: np.ndarray, noise: NoiseBounds, sigmas: dict[str, float]) -> Verdict:
    """The likeliest kind of a column of which no word says that it holds uncertainties; empty where it need not."""
    low, middle, high = np.percentile(values, (5.0, 50.0, 95.0))
    constant = high - low < _CONSTANT * abs(middle)
    counts = not constant and abs(np.corrcoef(values, np.arange(values.size))[0, 1]) > _COUNTS
    shape = 0.0 if constant or counts else common_shape(flux, values)
    smooth = noise.floor <= noise.level / MAX_SNR  # no noise to compare with
    most = noise.most if smooth else _HIGH_UNNAMED * noise.ceiling
    repeats = repeats_lines(flux, values)
    ragged = _raggedness(values)
    found = []
    for kind, sigma in sigmas.items():
        if ragged * _ROOTS.get(kind, 0.0) > _RAGGED:
            continue
        follows = (-shape if kind in _UPSIDE_DOWN else shape) > _FOLLOWS
        within = (_REPEATS if repeats else _AGREES).get(kind, 0.0)
        near = max(sigma / noise.floor, noise.floor / sigma) < within
        agrees = near or (smooth and within > 0 and not repeats)
        believed = (follows and not repeats) or (agrees and not counts and (kind == "sigma" or not constant))
        if believed and sigma < most and _can_be(kind, values):
            found.append((_distance(sigma, noise) + _PENALTY[kind], kind))
    if not found:
        return Verdict("", np.inf, False, repeats=repeats)
    (best, kind), *others = sorted(found)
    rivals = [k for d, k in others if d < best + 1.5 and abs(np.log(sigmas[k] / sigmas[kind])) > np.log(_APART)]
    return Verdict(kind, best, False, rivals[0] if rivals else "")


def _raggedness(values: np.ndarray) -> float:
    """Usual scatter of numbers from one to the next, in natural logarithms; 0 of too few that are positive."""
    positive = values[values > 0]
    if positive.size < 10:
        return 0.0
    return 1.4826 * float(np.median(np.abs(np.diff(np.log(positive))))) / np.sqrt(2.0)


def _other_kind(sigmas: dict[str, float], noise: NoiseBounds) -> str:
    """The kind by which a column agrees with the noise, where its name does not; empty where that cannot be told."""
    most = min(noise.ceiling * _CLOSE, noise.most / _CLOSE)
    fit = {k: s for k, s in sigmas.items() if noise.floor / _CLOSE < s < most}
    if not fit:
        return ""
    best = min(fit, key=lambda kind: abs(np.log(fit[kind] / noise.floor)))
    rivals = [s for s in fit.values() if abs(np.log(s / fit[best])) > np.log(_APART)]
    return best if not rivals or abs(np.log(fit[best] / noise.floor)) < np.log(_APART) else ""


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

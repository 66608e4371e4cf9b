"""Columns that are spectra of their own, side by side with the one that is read: other stars, epochs or fibres."""

from __future__ import annotations

import re

import numpy as np

from dtl.readers.words.names import says_nothing

__all__ = [
    "common_shape",
    "has_light",
    "has_noise_of_its_own",
    "is_other_spectrum",
    "is_smooth",
    "repeats_lines",
    "same_but_for_number",
    "share_lines",
]

#: Scatter of another spectrum, and its level, as multiples of those of the one that is read, at most.
_STRUCTURE, _LEVEL = 4.0, 100.0
#: Pixels that are enough to tell; a table may hold hundreds of columns.
_ENOUGH = 5_000
#: Pixels of a stretch that lines fill and a blaze hardly bends.
_STRETCH = 200
#: From this correlation on both have the same lines: the same star once more, or a model of it.
_SAME = 0.9
#: From this one on most of their lines, or of their noise, are the same, as before and after a correction.
_CORRECTED = 0.5
#: Level of another spectrum that has a noise of its own, at most.
_FAINTEST = 3_000.0
#: Fourth differences, which pass what changes from pixel to pixel and hardly a line that is sampled well.
_HIGH_PASS = np.array([1.0, -4.0, 6.0, -4.0, 1.0]) / np.sqrt(70.0)
#: Noise over level, at least, beyond what rounding makes; and that of one over that of the other.
_MIN_NOISE, _NOISE_RATIO = 1e-3, 0.15
#: Noise over all scatter, at least, where there are no lines: of stars with S/N 8 it is 0.65 to 0.82.
_ALL_NOISE = 0.9
#: Pixels to either side of which sums are looked for; noises beyond which a pixel is bad; pixels that are enough.
_REACH, _OUTLIER, _FEWEST = 8, 5.0, 300
#: Pixels of a block, and how well blocks of one exposure agree, as part of how exposures with these noises would.
_BLOCK, _AGREES = 16, 0.6
#: Correlation with the flux, at least, of what repeats its lines, its relative scatter over that of the flux, at least,
#: and how much deeper those of the flux are, at most. The lines of 1 sigma are half as deep where it is the root of the
#: light, and less with other noise. Of 2,400 simulated ones, S/N of 10 to 500, 0.4 % are taken for repeated lines, all
#: of spectra that were smoothed with sigma as before; of 4,800 that were normalised by smooth curves, or not, 99.9 %
#: are, of 400 models 60 % below S/N 30, 96 % to 80 and 99.5 % from there on.
_FOLLOWS, _AS_ROUGH, _AS_DEEP = 0.3, 0.65, 1.3
#: Pixels that both have, as part of those of the one taken, at least; arms side by side share fewer.
_OVERLAP = 0.2
#: Pixels whose mean is taken to tell a curve from lines, and how often a blaze or a continuum turns at most.
_MEAN, _TURNS = 10, 8
#: Variance that is shared, over that which a mean of both would share, at most.
_SHARED = 0.5


def same_but_for_number(one: str, other: str) -> bool:
    """Whether two names differ by a number only, as ``GJ_1`` and ``GJ_2``, and say more than which column it is."""
    bare = [re.sub(r"\d+", "#", name.strip().lower()) for name in (one, other)]
    return bare[0] == bare[1] and "#" in bare[0] and not says_nothing(one)


def has_light(flux: np.ndarray) -> bool:
    """Whether a flux stands out of its own scatter, which it does not where there is noise alone; NaN counts not."""
    flux = flux[np.isfinite(flux)]
    level = float(np.median(flux)) if flux.size > 1 else 0.0
    return level > 0 and level > float(np.median(np.abs(flux - level)))


def is_other_spectrum(flux: np.ndarray, values: np.ndarray) -> bool:
    """Whether numbers beside a flux look like that of something else: with lines, but not the same or not its noise.

    Args:
        flux: any unit, NaN where there is none; any shape.
        values: the same shape.
    """
    if values.shape != flux.shape:
        return False
    run = slice(max(0, flux.size - _ENOUGH) // 2, None)
    near = [part.reshape(-1)[run][:_ENOUGH] for part in (flux, values)]  # neighbours, for their noise
    step = flux.size // _ENOUGH + 1
    flux, values = flux.reshape(-1)[::step], values.reshape(-1)[::step]
    good = np.isfinite(flux) & np.isfinite(values)
    if good.sum() < max(100.0, _OVERLAP * np.isfinite(flux).sum()):  # arms side by side
        return False
    levels = [float(np.median(part[good])) for part in (flux, values)]
    if min(levels) <= 0 or max(levels) > _FAINTEST * min(levels):
        return False
    scatter = [
        float(np.std(_without_slope(part[good]))) / level for part, level in zip((flux, values), levels, strict=True)
    ]
    if min(scatter) <= 0 or max(scatter) > _STRUCTURE * min(scatter):
        return False
    other_lines = max(levels) <= _LEVEL * min(levels) and _common_lines(flux, values) < _SAME
    lined = other_lines and not _is_noise_alone(near[1]) and not is_smooth(near[1])
    return lined or has_noise_of_its_own(*near)


def is_smooth(values: np.ndarray) -> bool:
    """Whether neighbouring numbers follow a curve without lines or noise, as a blaze or a continuum; NaN count not."""
    values = values[np.isfinite(values)]
    if values.size < _FEWEST:
        return False
    steps = np.diff(values[: values.size // _MEAN * _MEAN].reshape(-1, _MEAN).mean(axis=1))
    steps = steps[abs(steps) > 1e-6 * float(np.median(abs(values)))]  # the digits that were kept
    return bool(np.count_nonzero(np.diff(np.sign(steps))) <= _TURNS)


def _is_noise_alone(values: np.ndarray) -> bool:
    """Whether neighbouring numbers differ by as much as all do, as a faint sky without lines; NaN count not."""
    values = values[np.isfinite(values)]
    if values.size < _FEWEST:
        return False
    return _spread(np.convolve(values, _HIGH_PASS, "valid")) > _ALL_NOISE * _spread(values - np.median(values))


def repeats_lines(flux: np.ndarray, values: np.ndarray) -> bool:
    """Whether numbers beside a flux have its lines as deep as it has: the same spectrum normalised, raw, or a model.

    Args:
        flux: neighbouring pixels without NaN; shape ``(n,)``.
        values: the same shape.
    """
    count = max(1, flux.size // _STRETCH)
    size = flux.size // count
    place = np.arange(size) - 0.5 * (size - 1)
    parts = []
    for part in (flux, values):
        rows = part[: count * size].reshape(count, size).astype(float)
        level = np.abs(np.median(rows, axis=1, keepdims=True))
        rows = rows - rows.mean(axis=1, keepdims=True)
        rows -= (rows @ place / (place @ place))[:, None] * place
        parts.append(rows / np.where(level > 0, level, np.nan))
    shared, own, other = ((x * y).sum(axis=1) for x, y in (parts, (parts[0], parts[0]), (parts[1], parts[1])))
    usable = (own > 0) & (other > 0)
    if not usable.any():
        return False
    rough = np.median(np.sqrt(other[usable] / own[usable]))
    common = np.median(shared[usable] / np.sqrt(own[usable] * other[usable]))
    return bool(common > _FOLLOWS and rough > _AS_ROUGH and common < _AS_DEEP * rough)


def share_lines(flux: np.ndarray, values: np.ndarray) -> bool:
    """Whether numbers follow a flux from pixel to pixel, as it does before and after a correction; any one shape."""
    if values.shape != flux.shape:
        return False
    lit = np.isfinite(flux) & np.isfinite(values) & (flux != 0)
    run = slice(max(0, int(lit.sum()) - _ENOUGH) // 2, None)
    near = [part[lit][run][:_ENOUGH] for part in (flux, values)]
    return bool(near[0].size) and _common_lines(*near) > _CORRECTED


def has_noise_of_its_own(flux: np.ndarray, values: np.ndarray) -> bool:
    """Whether numbers are another exposure: they have a noise, and it is not that of the flux.

    The same exposure normalised, shifted, smoothed or corrected shares its noise, or is a sum over neighbouring pixels
    of it; a mean shares as much of it as its own is smaller; a model has none. Noise is what is left where lines are
    filtered out; of undersampled spectra these are left as well, and two exposures of one star are then not told apart.

    Args:
        flux: neighbouring pixels, NaN where there is none; shape ``(n,)``.
        values: the same shape.
    """
    finite = [part[np.isfinite(part)] for part in (flux, values)]
    levels = [float(np.median(part)) if part.size >= _FEWEST else 0.0 for part in finite]
    if min(levels) <= 0:
        return False
    parts = [np.convolve(part, _HIGH_PASS, "valid") for part in (flux, values)]
    noise = [_spread(part) / level for part, level in zip(parts, levels, strict=True)]
    if not (min(noise) > _MIN_NOISE and min(noise) > _NOISE_RATIO * max(noise)):
        return False
    fast, other = (np.where(abs(part) < _OUTLIER * _spread(part), part, np.nan) for part in parts)
    shifted = np.lib.stride_tricks.sliding_window_view(fast, 2 * _REACH + 1)
    other = other[_REACH:-_REACH]
    good = np.isfinite(other) & np.isfinite(shifted).all(axis=1)
    if good.sum() < _FEWEST or _agreement(flux, values) < _AGREES * np.hypot(*noise):
        return False
    shifted, other = shifted[good], other[good]
    left = other - shifted @ np.linalg.lstsq(shifted, other, rcond=None)[0]
    shared = 1.0 - (_spread(left) / _spread(other)) ** 2 - shifted.shape[1] / len(other)
    return shared < _SHARED * (min(noise) / max(noise)) ** 2


def _agreement(flux: np.ndarray, values: np.ndarray) -> float:
    """Scatter of the ratio of two arrays from block to block, per pixel: relative; what no filter of one leaves."""
    blocks = [part[: part.size // _BLOCK * _BLOCK].reshape(-1, _BLOCK).mean(axis=1) for part in (flux, values)]
    ratio = blocks[1] / np.where(blocks[0] == 0, np.nan, blocks[0])
    return _spread(np.diff(ratio, 2)) / abs(float(np.nanmedian(ratio))) * np.sqrt(_BLOCK / 6.0)


def _spread(values: np.ndarray) -> float:
    """The standard deviation of numbers about zero, without outliers."""
    finite = values[np.isfinite(values)]
    return 1.4826 * float(np.median(abs(finite))) if finite.size else 0.0


def _common_lines(flux: np.ndarray, values: np.ndarray) -> float:
    """The usual correlation of two arrays over short stretches, which neither a blaze nor a few bad pixels change."""
    count = max(1, flux.size // _STRETCH)
    pairs = zip(np.array_split(flux, count), np.array_split(values, count), strict=True)
    return float(np.median([abs(common_shape(*pair)) for pair in pairs]))


def common_shape(flux: np.ndarray, values: np.ndarray) -> float:
    """Correlation of two arrays of one shape without their slopes, over what both have; 0 where one is flat."""
    good = np.isfinite(flux) & np.isfinite(values)
    if good.sum() < 10:
        return 0.0
    first, second = (_without_slope(part[good].astype(float)) for part in (flux, values))
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / size) if size > 0 else 0.0


def _without_slope(values: np.ndarray) -> np.ndarray:
    place = np.arange(values.size) - 0.5 * (values.size - 1)
    centred = values - values.mean()
    return centred - place * (place @ centred) / (place @ place)

"""Bad pixels, found once before anything is measured: masks of either polarity, zeros, sentinels, absurd sigma."""

from __future__ import annotations

import numpy as np

__all__ = ["bad_by_mask", "bad_by_value", "is_mask"]

#: Values that programs write where they have none.
_SENTINELS = (-9.0, -99.0, -999.0, -9999.0, -99999.0, 99.0, 999.0, 9999.0, 99999.0)
#: A flux beyond this many times the usual range of the spectrum is no flux; an uncertainty this many times the median
#: marks a bad pixel.
_HUGE, _WORTHLESS = 8.0, 100.0
#: More than this part of the pixels is never bad: then the mask or the rule is not understood.
_MOST_BAD = 0.5


def is_mask(values: np.ndarray) -> bool:
    """Whether numbers are flags: few values, whole, not negative, of which one is held by most pixels."""
    finite = values[np.isfinite(values)]
    if finite.size < 10 or (finite < 0).any() or (finite != np.round(finite)).any():
        return False
    found, counts = np.unique(finite, return_counts=True)
    if not 2 <= len(found) <= 16 or counts.max() <= _MOST_BAD * finite.size:
        return False
    bits = found[found > 0].astype(np.int64)
    return bool(set(found.tolist()) <= {0.0, 1.0} or np.all([bin(b).count("1") <= 4 for b in bits]))


def bad_by_mask(values: np.ndarray) -> np.ndarray:
    """Which pixels a mask marks as bad; what most pixels hold is good, whatever it is called; shape of ``values``.

    Of flags with bits, those that most pixels carry are informative and mark nothing; 0 is always good there.
    """
    finite = np.isfinite(values)
    found, counts = np.unique(values[finite], return_counts=True)
    if not len(found):
        return np.zeros(values.shape, dtype=bool)
    usual = found[counts.argmax()]
    if set(found.tolist()) <= {0.0, 1.0}:
        return finite & (values != usual)
    whole = np.where(finite & (np.abs(values) < 2**53), values, 0).astype(np.int64)
    return finite & (values != usual) & ((whole & ~np.int64(usual)) != 0)


def bad_by_value(flux: np.ndarray, uncertainty: np.ndarray | None) -> dict[str, np.ndarray]:
    """Pixels that their own numbers betray; words -> mask of shape ``(n,)``.

    Args:
        flux: NaN where bad already; shape ``(n,)``.
        uncertainty: 1 sigma, or None.
    """
    found: dict[str, np.ndarray] = {}
    good = np.isfinite(flux)
    if good.sum() < 10:
        return found
    level = float(np.median(flux[good & (flux != 0)])) if (good & (flux != 0)).any() else 0.0
    if level <= 0:
        return found
    spread = float(np.median(np.abs(flux[good] - level)))
    _add(found, "exactly zero", good & (flux == 0), good)
    far = np.abs(flux - level) > max(10 * spread, 0.3 * level)
    _add(found, "holding a sentinel as -999", good & far & np.isin(flux, _SENTINELS), good)
    _add(found, "beyond any flux", good & ((np.abs(flux) > _HUGE * (level + 10 * spread)) | _repeated(flux, far)), good)
    if uncertainty is not None:
        known = np.isfinite(uncertainty) & (uncertainty > 0)
        if known.any():
            worthless = known & (uncertainty > _WORTHLESS * np.median(uncertainty[known & good]))
            _add(found, "with an uncertainty beyond use", good & worthless, good)
    return found


def _repeated(flux: np.ndarray, far: np.ndarray) -> np.ndarray:
    """Negative numbers far below the spectrum that stand there several times to the last digit."""
    odd = far & (flux < 0)
    values, counts = np.unique(flux[odd], return_counts=True)
    return odd & np.isin(flux, values[counts >= 3])


def _add(found: dict[str, np.ndarray], words: str, bad: np.ndarray, good: np.ndarray) -> None:
    if bad.any() and bad.sum() < _MOST_BAD * good.sum():
        found[words] = bad

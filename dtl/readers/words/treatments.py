"""Words that the sky, lines of the air or something else was taken away: what they stand beside is the spectrum."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["is_treated"]

_DONE = re.compile(
    r"sub(tract\w*)?|corr(ect\w*)?|remov\w*|clean(ed|ing)?|free|divided|minus|without|no|not|non", re.IGNORECASE
)


def is_treated(words: Iterable[str]) -> bool:
    """Whether words as those of "sky subtracted", "telluric_corrected" or "not sky" are of the spectrum without it."""
    return any(map(_DONE.fullmatch, words))

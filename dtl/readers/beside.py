"""What a name means by those that stand beside it: the corrected one of two, an error of the mean beside a scatter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from dtl.readers.names import NO_NAME, Name, says_nothing, split_words

__all__ = ["by_neighbours"]

#: Transmission of the atmosphere as molecfit calls it (Smette et al. 2015, A&A 576, A77).
_TRANSMISSION = "mtrans"
#: How much further from the plain word a flux is that was not corrected.
_UNCORRECTED = 0.3
#: How much nearer to it is one that the sky was taken from.
_WITHOUT_SKY = 0.12
#: Words of an error of the mean, and of the scatter of the exposures that it is the mean of.
_OF_MEAN, _OF_EACH = {"sem", "stderr"}, {"std", "stddev", "stdev", "sd", "rms", "deviation", "sigma"}


def by_neighbours(columns: Sequence[str], names: Sequence[Name]) -> list[Name]:
    """What the names of columns say, where others change it.

    Args:
        columns: names as in the file.
        names: what each says alone.
    """
    return _means(columns, _less_sky(columns, _corrected(columns, _counted(columns, names))))


def _counted(columns: Sequence[str], names: Sequence[Name]) -> list[Name]:
    """Names where all are one letter and a number, ``f0``, ``f1`` ... as numpy writes them: they say nothing."""
    letters = {name.strip().rstrip("0123456789").lower() for name in columns}
    counted = len(columns) > 1 and len(letters) == 1 and all(map(says_nothing, columns))
    return [NO_NAME if counted and name.role == "flux" else name for name in names]


def _less_sky(columns: Sequence[str], names: Sequence[Name]) -> list[Name]:
    """Names where ``OBJ-SKY`` stands beside ``OBJ`` and ``SKY``: that difference is the light of the star."""
    words, found = [name.strip().lower() for name in columns], list(names)
    for i, word in enumerate(words):
        parts = [part.strip() for part in re.split(r"[-−]", word)]
        if len(parts) != 2 or not all(part in words for part in parts):
            continue
        whole, sky = (names[words.index(part)] for part in parts)
        if whole.role == "flux" and sky.role == "sky":
            found[i] = replace(whole, doubt=whole.doubt - _WITHOUT_SKY)
    return found


def _corrected(columns: Sequence[str], names: Sequence[Name]) -> list[Name]:
    """Names where a transmission stands beside ``flux`` and ``cflux``: the second was corrected by it.

    The same of their uncertainties, ``dflux`` and ``cdflux``.
    """
    words, found = [name.strip().lower() for name in columns], list(names)
    if _TRANSMISSION not in words and not any(name.role == "telluric" for name in names):
        return found
    for i, word in enumerate(words):
        plain = words.index(word[1:]) if word[:1] == "c" and word[1:] in words else None
        if plain is None or names[i].role or names[plain].role not in ("flux", "uncertainty"):
            continue
        own = names[plain]
        found[i] = replace(own, stem=own.stem | {"corrected"})
        found[plain] = replace(own, doubt=own.doubt + _UNCORRECTED)
    return found


def _means(columns: Sequence[str], names: Sequence[Name]) -> list[Name]:
    """Names where the error of a mean stands beside a standard deviation: this is that of single exposures."""
    words = [
        set(split_words(name)) if said.role == "uncertainty" else set()
        for name, said in zip(columns, names, strict=True)
    ]
    if not any(own & _OF_MEAN for own in words):
        return list(names)
    each = [bool(own & _OF_EACH) and not own & _OF_MEAN for own in words]
    return [replace(said, stem=said.stem | {"each"}) if of else said for said, of in zip(names, each, strict=True)]

"""What a name means by those that stand beside it: the corrected one of two, an error of the mean beside a scatter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from dtl.readers.names import Name, split_words

__all__ = ["by_neighbours"]

#: Transmission of the atmosphere as molecfit calls it (Smette et al. 2015, A&A 576, A77).
_TRANSMISSION = "mtrans"
#: What the name of a flux that was freed of telluric lines has more than that of the other.
_FREED = re.compile(
    r"[\s_]*(?:tell?(?:uric)?[\s_]*(?:corr(?:ected)?|free|removed|sub(?:tracted)?)|no[\s_]*tell?\w*)[\s_]*"
)
#: How much further from the plain word a flux is that was not corrected.
_UNCORRECTED = 0.3
#: Words of an error of the mean, and of the scatter of the exposures that it is the mean of.
_OF_MEAN, _OF_EACH = {"sem", "stderr"}, {"std", "stddev", "stdev", "sd", "rms", "deviation", "sigma"}


def by_neighbours(columns: Sequence[str], names: Sequence[Name]) -> list[Name]:
    """What the names of columns say, where others change it.

    Args:
        columns: names as in the file.
        names: what each says alone.
    """
    return _means(columns, _corrected(columns, names))


def _corrected(columns: Sequence[str], names: Sequence[Name]) -> list[Name]:
    """Names where one flux stands beside the same that was freed of telluric lines, which goes before it.

    As molecfit's ``cflux`` beside ``flux`` and a transmission, and their uncertainties ``cdflux`` and ``dflux``.
    """
    words, found = [name.strip().lower() for name in columns], list(names)
    molecfit = _TRANSMISSION in words or any(name.role == "telluric" for name in names)
    for i, word in enumerate(words):
        bare = word[1:] if molecfit and not names[i].role and word[:1] == "c" else _FREED.sub("_", word).strip("_")
        plain = words.index(bare) if bare != word and bare in words else None
        if plain is None or names[plain].role not in ("flux", "uncertainty"):
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

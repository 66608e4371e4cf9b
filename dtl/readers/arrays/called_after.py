"""Columns that are called after another: the error of ``s`` as ``serr``, ``norm`` beside the flux it is made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dtl.readers.arrays.several import share_lines
from dtl.readers.words.names import Name, parse_name, split_words

__all__ = ["called_after"]

#: What is glued to a name for its error.
_BEHIND = ("err", "error", "errors", "sig", "sigma", "unc", "uncert", "std", "var", "ivar")
_BEFORE = ("err", "error", "sig", "sigma", "unc", "std", "var", "ivar")
#: Names of a flux over its continuum that have no word for a flux, and how far they are from the plain word.
_NORMALISED = {"norm", "normed", "normalized", "normalised", "rectified"}
_DOUBT = 0.15


def called_after(columns: Sequence[str], names: Sequence[Name], values: Sequence[np.ndarray]) -> list[Name]:
    """What the names of columns say, where one that says nothing alone is made of the name of another.

    Args:
        columns: names as in the file.
        names: what each says so far.
        values: their numbers: the error of what runs one way is that of wavelengths, and what was normalised has the
            lines of the flux.
    """
    found = list(names)
    bare = {column.strip().lower(): i for i, column in enumerate(columns) if names[i].role in ("", "flux")}
    fluxes = [i for i, name in enumerate(names) if name.role == "flux"]
    for i, (column, name) in enumerate(zip(columns, names, strict=True)):
        normalised = bool(column.strip()) and set(split_words(column)) <= _NORMALISED
        if not name.role and normalised and any(share_lines(values[i], values[j]) for j in fluxes):
            found[i] = Name("flux", doubt=_DOUBT)
    for i, (column, name) in enumerate(zip(columns, found, strict=True)):
        word = column.strip().lower()
        if name.role or not word:
            continue
        ends = [(word.removesuffix(end), end) for end in _BEHIND if word.endswith(end)]
        ends += [(word.removeprefix(end), end) for end in _BEFORE if word.startswith(end)]
        of, end = next(((of, end) for of, end in ends if of in bare), ("", ""))
        # beside a flux that is named so, what has no such name is something else, as "fwhm" with "fwhmerr"
        if end and (found[bare[of]].role or not fluxes):
            stem = frozenset({"wavelength"}) if _runs(values[bare[of]]) else found[bare[of]].stem
            found[i] = Name("uncertainty", parse_name(end).kind, stem=stem)
    return found


def _runs(values: np.ndarray) -> bool:
    """Whether numbers rise, or fall, all the way."""
    steps = np.diff(values, axis=-1)
    return bool((steps > 0).all() or (steps < 0).all())

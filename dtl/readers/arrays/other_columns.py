"""Which columns of a table are spectra of their own beside the flux that is read: of other stars, epochs or fibres."""

from __future__ import annotations

import re

from dtl.readers.arrays.dispersion import Column
from dtl.readers.arrays.roles import Roles
from dtl.readers.arrays.several import is_other_spectrum, same_but_for_number
from dtl.readers.words.names import Name, split_words

__all__ = ["other_spectra"]

#: A flux that was treated is further from the plain word than another by this, see `dtl.readers.words.names.Name`.
_TREATMENT = 0.1
#: The beginning of words for a fibre, and those for what a spectrograph saw beside the star or what was done to a flux.
_FIBRE = "fib"
_SAME_STAR = (_FIBRE, "trace", "un", "no", "tell", "sky", "before", "after", "orig", "extr", "opt", "box")
_SAME_STAR += ("binned", "rebin", "resampl", "interp", "shift", "rest", "net", "corrected", "molec")
#: The word for a star that leaves a name as it is.
_STAR = {"sci"}


def other_spectra(roles: Roles) -> tuple[list[Column], bool]:
    """The columns that are spectra of their own, and whether that is known by the number in their names alone.

    They differ by their number only, as ``flux_1`` and ``flux_2``, ``star1`` and ``star2`` or ``GJ_1`` and ``GJ_2``,
    or can be the flux and have lines or noise of their own. So do fibres that are numbered where they saw other stars.

    Args:
        roles: with what can be the flux, and the one that was taken.
    """
    own, name = roles.flux, roles.flux_name
    free = [other for other in roles.others if other is not roles.uncertainty]
    fibres = []
    if name.role == "flux":
        fibres = [o for o in free if _is_fibre(o.name) and same_but_for_number(own.name, o.name)]
        free = [other for other in free if _is_another_star(other.meaning, name)]
        alike = [other for other in free if other.meaning.stem | name.stem <= _STAR]
        numbered = [other for other in alike if same_but_for_number(own.name, other.name)]
        numbered += [other for other in free if _is_numbered(other.meaning)] if _is_numbered(name) else []
    else:
        numbered = [other for other in free if same_but_for_number(own.name, other.name)]
    found = numbered or [other for other in [*free, *fibres] if is_other_spectrum(own.values, other.values)]
    return found, bool(numbered)


def _is_fibre(name: str) -> bool:
    return any(word.startswith(_FIBRE) for word in split_words(name))


def _is_another_star(other: Name, flux: Name) -> bool:
    """Whether another flux can be that of another star by its name: not the same once more, treated otherwise or raw,
    nor what another fibre of a spectrograph saw."""
    words = [word for word in (*other.stem, *flux.stem) if word.startswith(_SAME_STAR)]
    return other.role == "flux" and abs(other.doubt - flux.doubt) < _TREATMENT and not words


def _is_numbered(name: Name) -> bool:
    """Whether the name of a flux says nothing more than which of them it is."""
    return name.role == "flux" and len(name.stem) == 1 and bool(re.fullmatch(r"\d+|[a-z]", *name.stem))

"""Files that come under another name than the same bytes have in the visit already: said, and not added again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pages.shared.core.visit import Upload, Visit

__all__ = ["first_name", "sentences"]

#: Names that a sentence spells out.
_MAX_NAMES = 3


def first_name(digest: str, name: str, before: Visit, new: Mapping[str, Upload]) -> str | None:
    """The name that the same bytes have already; None where there are none, or where it is the same.

    Args:
        digest: of a file that comes.
        name: under which it comes.
        before: the visit that it comes into.
        new: what came with it so far.
    """
    stands_in = digest == before.example and digest not in new  # until a file is chosen, and that is this one
    known = () if stands_in else (*new.items(), *before.uploads.items())
    found = next((upload.name for key, upload in known if key.startswith(digest)), None)
    return None if found == name else found


def sentences(found: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """A sentence for each file that others repeat -> its digest.

    Args:
        found: digest, name that came later, and the one before.
    """
    by_first: dict[tuple[str, str], dict[str, None]] = {}
    for digest, later, first in found:
        by_first.setdefault((digest, first), {})[later] = None
    return {_sentence(list(later), first): digest for (digest, first), later in by_first.items()}


def _sentence(later: list[str], first: str) -> str:
    shown = later[:_MAX_NAMES] + ([f"{len(later) - _MAX_NAMES} more"] if len(later) > _MAX_NAMES else [])
    names = " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
    if len(later) == 1:
        return f"{names} was not added: its content is that of {first}, byte by byte, which is here already."
    return f"{names} were not added: their content is that of {first}, byte by byte, which is here already."

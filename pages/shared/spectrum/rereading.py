"""Reading a file again, and what stood against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dtl.readers.parts import Part
from pages.shared.core import uploads, visit

__all__ = ["forget", "problem_of", "reread", "separate"]


@dataclass(frozen=True)
class Rereading:
    """The last attempt of a visit to read a file again.

    Attributes:
        digest: of the file.
        problem: the sentence where it failed.
        changed: names of the options that were changed.
    """

    digest: str = ""
    problem: str | None = None
    changed: tuple[str, ...] = ()


def reread(digest: str, **changes: object) -> str | None:
    """Read a file again, see `pages.shared.core.uploads.reread`; the sentence is kept to be shown beside the file."""
    problem = uploads.reread(digest, **changes)
    visit.keep(Rereading(digest, problem, tuple(changes)))
    return problem


def separate(digest: str, parts: Sequence[Part], progress: Callable[[int, str], object]) -> None:
    """Make each spectrum of a file one of the visit, see `pages.shared.core.uploads.separate`; a sentence is kept."""
    visit.keep(Rereading(digest, uploads.separate(digest, parts, progress), ("row",)))  # shown beside the list


def forget(digest: str) -> None:
    """Say no more of the last attempt to read this file again."""
    if visit.kept(Rereading).digest == digest:
        visit.keep(Rereading())


def problem_of(digest: str, *, about: tuple[str, ...]) -> str | None:
    """Why the last attempt to read this file again failed, if it was one of these options; None where it did not."""
    last = visit.kept(Rereading)
    return last.problem if last.digest == digest and set(last.changed) <= set(about) else None

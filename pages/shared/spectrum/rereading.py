"""Reading a file again, and what stood against it."""

from __future__ import annotations

from dataclasses import dataclass

from pages.shared.core import uploads, visit

__all__ = ["problem_of", "reread"]


@dataclass(frozen=True)
class Rereading:
    """The last attempt of a visit to read a file again: digest of the file, and the sentence where it failed."""

    digest: str = ""
    problem: str | None = None


def reread(digest: str, **changes: object) -> str | None:
    """Read a file again, see `pages.shared.core.uploads.reread`; the sentence is kept to be shown beside the file."""
    problem = uploads.reread(digest, **changes)
    visit.keep(Rereading(digest, problem))
    return problem


def problem_of(digest: str) -> str | None:
    """Why the last attempt to read this file again failed, None where it did not."""
    last = visit.kept(Rereading)
    return last.problem if last.digest == digest else None

"""Texts of several spectra that were joined to one, each with words of its own above its numbers."""

from __future__ import annotations

import re
from itertools import pairwise

from dtl.readers.metadata import key_of, parse_comments

__all__ = ["blocks_of"]

_MARKS = "#%!;"
_COMMENT = re.compile(rf"\s*[{_MARKS}]+\s*")
#: Rows that a spectrum has at least.
_MIN_ROWS = 10


def blocks_of(text: str) -> list[str]:
    """The texts that one was put together from; none where it is of one piece.

    Each begins with comments that name a star, its motion or what else is of one spectrum alone; comments that only
    count orders, or repeat the names of the columns, begin nothing.
    """
    last = max(text.rfind(f"\n{mark}") for mark in _MARKS)
    if last < 0 or not any(line.strip() and not _COMMENT.match(line) for line in text[:last].splitlines()):
        return []  # as most, in which all comments stand above the numbers
    lines = text.splitlines()
    starts, rows, head = [0], 0, -1
    for place, line in enumerate(lines):
        if _COMMENT.match(line):
            head = place if head < 0 else head
        elif line.strip():
            if head > 0 and rows >= _MIN_ROWS and _speaks(lines[head:place]):
                starts, rows = [*starts, head], 0
            rows, head = rows + 1, -1
    if len(starts) < 2 or rows < _MIN_ROWS:
        return []
    return ["\n".join(lines[start:stop]) for start, stop in pairwise([*starts, len(lines)])]


def _speaks(comments: list[str]) -> bool:
    """Whether comments name something that is of one spectrum."""
    said = parse_comments([_COMMENT.sub("", line, count=1) for line in comments])
    return any(key_of(name)[0] for name in said)

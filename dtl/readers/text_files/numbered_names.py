"""Names of columns that lines above a table give with their numbers, as SExtractor writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dtl.readers.words.names import parse_name

__all__ = ["numbered_names"]

#: A line that names a column by its number, as SExtractor writes it: "2 FLUX Flux [adu]"; also "Column 2: flux".
_NUMBERED = re.compile(r"(?:col(?:umn)?\.? ?)?[(\[]?(\d{1,3})[)\]]?(?: ?[:=.-])? +([^\W\d].*)", re.IGNORECASE)
#: The number with a mark behind it, after which words are one name, "3: flux error", and their number at most.
_MARKED, _MOST_WORDS = re.compile(r"\d[)\]]?\s*[:=]"), 3
#: Letters of a line that are looked at.
_LONGEST = 300


def numbered_names(lines: Sequence[str], count: int) -> list[str] | None:
    """Names of all ``count`` columns where each has a line with its number, else None."""
    found: dict[int, str] = {}
    for line in lines:
        match = _NUMBERED.fullmatch(" ".join(line[:_LONGEST].split()))
        if match:
            first, unit = match[2].split()[0], re.search(r"[\[(][^\])]*[\])]\s*$", match[2])
            name = first if parse_name(first).role and not _is_phrase(line, match[2]) else match[2]
            found[int(match[1])] = f"{name} {unit[0]}" if unit and not name.endswith(unit[0]) else name
    names = [found[i] for i in range(1, count + 1)] if found.keys() == set(range(1, count + 1)) else []
    roles = {parse_name(name).role for name in names} - {""}
    return names if len(roles) > 1 and "wavelength" in roles else None


def _is_phrase(line: str, words: str) -> bool:
    """Whether the words behind a number are a name, rather than a name and what it means."""
    return bool(_MARKED.search(line)) and len(words.split()) <= _MOST_WORDS and bool(parse_name(words).role)

"""Names of columns in two rows: units below the names, or a name that goes on in the next row.

Spreadsheets write units so, and pandas names of several levels: ``Observed`` above ``flux`` and ``error``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from dtl.readers.words.names import parse_name
from dtl.readers.words.units import parse_unit

__all__ = ["joined_names", "neighbouring_cells", "units_of"]

#: A word or a bracket, where blanks stand between the columns.
_CELL = re.compile(r"[\[(][^\])]{0,60}[\])]|[^\s,;|]+")
_NEEDED = {"wavelength", "flux"}


def neighbouring_cells(line: str, lines: Sequence[str], separator: str | None, count: int) -> list[list[str]]:
    """The cells of the lines above and below one, where they are ``count`` each; an empty list for another line.

    Args:
        line: one of the lines.
        lines: in their order.
        separator: of the columns; None for blanks.
        count: of the columns.
    """
    place = lines.index(line)
    found = []
    for near in (place - 1, place + 1):
        own = lines[near] if 0 <= near < len(lines) else ""
        apart = separator is not None and separator in own
        cells = [cell.strip().strip("\"'") for cell in (own.split(separator) if apart else _CELL.findall(own))]
        cells = cells[:count] if not any(cells[count:]) else []
        found.append(cells if len(cells) == count and any(re.search(r"[^\W\d]", cell) for cell in cells) else [])
    return found


def joined_names(names: list[str], above: list[str], below: list[str]) -> list[str]:
    """The names with the words above or below them, where they say too little alone: two are the same, or none is that
    of the wavelengths or the flux."""
    same = len({name for name in names if name}) < sum(bool(name) for name in names)
    roles = {parse_name(name).role for name in names}
    if not same and roles >= _NEEDED:
        return names
    for upper, lower in ((above, names), (names, below)):
        if not upper or not lower:
            continue
        both = [f"{one} {other}".strip() for one, other in zip(_filled(upper, lower), lower, strict=True)]
        found = {parse_name(name).role for name in both}
        if found >= _NEEDED and found >= roles - {""} and len(set(both)) > len(set(names)):
            return both
    return names


def units_of(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str] | None:
    """Units of the columns from the row that has one of wavelengths at the wavelengths; None where there is none."""
    waves = [i for i, name in enumerate(names) if parse_name(name).role == "wavelength"]
    for row in rows:
        if row and any(parse_unit(row[i]) for i in waves):
            return [cell[1:-1] if cell[:1] in ("[", "(") else cell for cell in row]
    return None


def _filled(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """A row whose cells reach over empty ones to their right, as merged ones do."""
    found = list(upper)
    for (i, one), (j, other) in pairwise(enumerate(lower)):
        if one and other and not found[j]:
            found[j] = found[i]
    return found

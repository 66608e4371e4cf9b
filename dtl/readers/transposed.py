"""Text tables with a row for each column, as `numpy.savetxt` writes a list of arrays."""

from __future__ import annotations

import re

__all__ = ["upright"]

#: Rows that are columns: fewer than a spectrum has pixels, which are these at least.
_MOST_ROWS, _FEWEST_PIXELS = 9, 50
#: Letters of a text, and lines with comments among them, that are looked at: it is split into its cells.
_LONGEST, _MOST_LINES = 5_000_000, 500
_NUMBER = re.compile(r"[-+]?\.?\d|[-+]?(nan|inf)\b", re.IGNORECASE)


def upright(text: str, comment: re.Pattern[str]) -> str | None:
    """The text with one row a pixel; None where it has that already, or is no such table.

    Args:
        text: of the file.
        comment: what begins a line that is none of the table's.
    """
    if len(text) > _LONGEST or text.count("\n") > _MOST_LINES:
        return None
    lines = [line for line in text.splitlines() if line.strip()]
    rows = [line for line in lines if not comment.match(line)]
    if not 2 <= len(rows) <= _MOST_ROWS:
        return None
    between = r"[\s,;|]+" if any("." in row for row in rows) else r"[\s;|]+"  # else the comma is the decimal mark
    cells = [[cell for cell in re.split(between, row) if cell] for row in rows]
    counts = {len(row) for row in cells}
    if len(counts) != 1 or counts.pop() < _FEWEST_PIXELS or not all(_NUMBER.match(row[1]) for row in cells):
        return None
    others = [line for line in lines if comment.match(line)]
    return "\n".join([*others, *(" ".join(pixel) for pixel in zip(*cells, strict=True))])

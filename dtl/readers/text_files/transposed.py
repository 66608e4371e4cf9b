"""Text tables with a row for each column, as `numpy.savetxt` writes a list of arrays."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dtl.readers.words.decimal_marks import COMMENT

__all__ = ["upright"]

#: Rows that are columns: fewer than a spectrum has pixels, which are these at least.
_MOST_ROWS, _FEWEST_PIXELS = 9, 50
#: Letters of a text, and lines with comments among them, that are looked at: it is split into its cells.
_LONGEST, _MOST_LINES = 5_000_000, 500
_NUMBER = re.compile(r"[-+]?\.?\d|[-+]?(nan|inf)\b", re.IGNORECASE)


def upright(text: str) -> str | None:
    """The text of a file with one row a pixel; None where it has that already, or is no such table."""
    if len(text) > _LONGEST or text.count("\n") > _MOST_LINES:
        return None
    lines = [line for line in text.splitlines() if line.strip()]
    # an empty cell before a semicolon begins no comment
    rows = [line for line in lines if not COMMENT.match(line) or line.count(";") >= _FEWEST_PIXELS]
    if not 2 <= len(rows) <= _MOST_ROWS:
        return None
    comma = any("." in row for row in rows)  # else it is the decimal mark
    cells = _upright_cells(rows, r"[\s,;|]+" if comma else r"[\s;|]+")
    between = " " if cells else "\t"  # a name may be empty or have blanks
    cells = cells or _upright_cells_with_gaps(rows, ";|\t," if comma else ";|\t")
    if cells is None:
        return None
    others = [line for line in lines if line not in rows]
    return "\n".join([*others, *(between.join(pixel) for pixel in zip(*cells, strict=True))])


def _upright_cells(rows: Sequence[str], between: str) -> list[list[str]] | None:
    """The cells of rows that are columns, or None."""
    return _checked(
        [[cell.rstrip(":=") for cell in re.split(between, row) if cell not in ("", ":", "=")] for row in rows]
    )


def _upright_cells_with_gaps(rows: Sequence[str], marks: str) -> list[list[str]] | None:
    """The same where cells are empty, or a row above all counts the pixels, as pandas writes a table that is turned."""
    mark = next((mark for mark in marks if all(mark in row for row in rows)), None)
    if mark is None:
        return None
    cells = [[cell.strip(" \"'") for cell in row.split(mark)] for row in rows]
    if all(not row[-1] for row in cells):
        cells = [row[:-1] for row in cells]
    counted = [str(i) for i in range(len(cells[0]))]
    if len(cells) > 2 and cells[0][1:] in (counted[:-1], counted[1:]):
        cells = cells[1:]
    if any(re.search(r"[=:]", row[0]) for row in cells):  # a name and the first number
        return None
    return _checked([[row[0], *(cell or "nan" for cell in row[1:])] for row in cells])


def _checked(cells: list[list[str]]) -> list[list[str]] | None:
    counts = {len(row) for row in cells}
    if len(counts) != 1 or counts.pop() < _FEWEST_PIXELS or not all(_NUMBER.match(row[1]) for row in cells):
        return None
    return cells

"""Tables whose numbers stand between other marks than blanks, commas, semicolons, tabs and bars.

Rows of LaTeX, lists and tuples of Python, lines of JSON, colons, ``0.93 ± 0.01``, ``0.93(1)``, ``flux=0.93``. All rows
of a table have the same marks in the same places, and lines of a log or of prose do not: a text is taken for a table
only where nearly all of its lines are alike but for their numbers, and no words stand between these.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from dtl.readers.words.decimal_marks import COMMENT
from dtl.readers.words.names import parse_name

__all__ = ["without_marks"]

#: Rows that are alike, at least, their part of all lines, and lines that are looked at before all are.
_MIN_ROWS, _MOST, _GLANCE = 10, 0.8, 400
#: Lines that are looked at, at most: it takes ten times as long as with other tables.
_MAX_ROWS = 100_000
#: Letters of such a row, at most: what has more holds marks without end.
_LONGEST = 2_000
_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+(?:\.\d*|,\d+)?|\.\d+)(?:[eEdD][-+]?\d+)?(?![\w.])|\b(?:nan|inf)\b", re.IGNORECASE
)
#: What stands before a number as its name, as in ``flux=`` and ``"flux": ``.
_KEY = re.compile(r"""["']?([^\W\d]\w{0,30})["']?\s*[=:]\s*(?=0)""")
#: Marks that stand for blanks, some of several letters.
_MARK = re.compile(r"\\\\|\\pm|[][(){}&:±$]")
#: An uncertainty of the last digits, as in 0.931(12).
_LAST_DIGITS = re.compile(r"(?<![\w.])([-+]?\d+(?:[.,](\d*))?)\((\d+)\)")


def without_marks(lines: Sequence[str]) -> list[str] | None:
    """Lines with blanks in place of the marks between numbers; None where they are no such table.

    Args:
        lines: of a text in which no table was found as it stands.
    """
    own = [i for i, line in enumerate(lines) if line.strip() and not COMMENT.match(line)]
    if not own or max(len(lines[i]) for i in own) > _LONGEST:
        return None
    glance = [_shape(lines[i]) for i in own[len(own) // 2 :][:_GLANCE]]
    if not _MIN_ROWS <= len(own) <= _MAX_ROWS or _alike(glance) is None:
        return None
    shapes = [_shape(lines[i]) for i in own]
    shape = _alike(shapes)
    if shape is None:
        return None
    keys, found = _KEY.findall(shape), list(lines)
    core, count = shape.strip(",; "), len(_NUMBER.findall(shape))
    for i, each in zip(own, shapes, strict=True):
        # the first row of a list has a bracket more, and the last one has that and no comma
        alike = each == shape or (core in each and len(_NUMBER.findall(each)) == count)
        found[i] = _row(lines[i]) if alike else _other(lines[i], shape)
    return [" ".join(keys), *found] if keys else found


def _alike(shapes: list[str]) -> str | None:
    """What most lines are like, where that is a row of a table of numbers."""
    shape, count = Counter(shapes).most_common(1)[0]
    if count < max(min(_MIN_ROWS, len(shapes)), _MOST * len(shapes)):
        return None
    keys = _KEY.findall(shape)
    numbers = re.sub("[,;|]", " ", _MARK.sub(" ", _KEY.sub("", shape))).split()
    if len(numbers) < 2 or set(numbers) != {"0"}:
        return None
    named = len(keys) == len(numbers) and any(parse_name(key).role == "wavelength" for key in keys)
    return shape if named or not keys else None


def _shape(line: str) -> str:
    """A line with all numbers as 0, and without blanks beside other marks."""
    return re.sub(r"\s*([^\w\s.])\s*|(\s)\s+", r"\1\2", _NUMBER.sub("0", line.replace("+/-", "±"))).strip()


def _row(line: str) -> str:
    if "(" in line:
        line = _LAST_DIGITS.sub(_spelt_out, line)
    return " ".join(_NUMBER.findall(line.replace("+/-", "±")))


def _spelt_out(cell: re.Match[str]) -> str:
    value, decimals, last = cell[1], len(cell[2] or ""), cell[3]
    return f"{value} {int(last[:18]) * 10.0**-decimals:.{decimals}f}"


def _other(line: str, shape: str) -> str:
    """A line that is no such row, as that of the names, without what stands between the numbers or around all."""
    if shape[0] in "[({":
        line = line.strip().rstrip(",;").strip("[](){}")
    for mark in ("\\\\", "&", ":"):
        line = line.replace(mark, " ") if mark in shape else line
    return line

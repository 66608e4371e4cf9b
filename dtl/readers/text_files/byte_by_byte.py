"""Text tables with a byte-by-byte description above their rows, as VizieR and the AAS journals publish them.

The description gives for each column its bytes, format, unit, label and explanation (Standards for Astronomical
Catalogues, CDS 2000). Rows are cut at these bytes: blanks may stand between columns or not, and cells may be empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dtl.readers import limits

__all__ = ["Described", "described"]

#: What stands above a description, and letters in which it is looked for; letters of all that are cut.
_TITLE, _GLANCE, _LONGEST = "byte-by-byte description", 50_000, 20_000_000
#: Lines of a description that are looked at.
_MOST_LINES = 2_000
#: Tables that are looked at, of those described.
_MOST_TABLES = 30
#: Rows below a description, at least; a catalogue's ReadMe alone has notes there.
_MIN_ROWS = 10
_MARK, _RULE = re.compile(r"^[\s#%!;]+"), re.compile(r"[\s#%!;]*[-=]{6,}\s*")
#: "  13- 20 F8.6   0.1nm   lambda   ?=-9 Wavelength in vacuum": first byte, last byte, format, unit, label, the rest.
_FIELD = re.compile(
    r"\s*(?:(\d{1,5})\s*-)?\s*(\d{1,5})\s+[AIFED]\d{0,4}(?:\.\d{1,3})?\s+(\S+)\s+(\S+)\s*(.*)", re.IGNORECASE
)
#: What may stand before an explanation: limits, order, and the number that stands for none.
_CONDITIONS = re.compile(r"\s*([\[\]][^\[\]]{0,80}[\[\]])?\s*(?:\?(?:=(\S+))?)?\s*[-+=]*\s*")
_WITHOUT_UNIT = {"---", "--", "-"}


@dataclass(frozen=True)
class Described:
    """A table by its description.

    Attributes:
        text: comments, a line of labels and the rows, with tabs between the columns.
        words: label -> unit and explanation, empty where there is none.
    """

    text: str
    words: dict[str, tuple[str, str]]


@dataclass
class _Field:
    first: int
    last: int
    unit: str
    label: str
    words: str
    missing: str = ""


def described(text: str) -> Described | None:
    """The table as its description has it; None where there is none or rows do not follow it.

    Args:
        text: of the file.
    """
    if _TITLE not in text[:_GLANCE].lower() or len(text) > _LONGEST or text.count("\n") > limits.most("lines"):
        return None
    lines = text.splitlines()
    while lines and (not lines[-1].strip() or _RULE.fullmatch(lines[-1])):
        lines.pop()
    rules = [i for i, line in enumerate(lines) if _RULE.fullmatch(line)]
    rows = [line for line in lines[rules[-1] + 1 :] if line.strip()] if rules else []
    if len(rows) < _MIN_ROWS:
        return None
    start, end, fields, follows = _description(lines, rules, rows)
    if not fields or len(fields) * len(rows) > limits.most("values"):
        return None
    comments = [*lines[:start], *lines[end + 1 : rules[-1]], *(f"{own.label} {own.words}" for own in fields)]
    labels, body = [own.label for own in fields], "\n".join("\t".join(_cells(row, fields)) for row in rows)
    if not follows:  # rows that were written anew between blanks
        labels, body = [" ".join(labels)], "\n".join(rows)
    bare = [_MARK.sub("", line) for line in comments if not _RULE.fullmatch(line)]
    head = [f"# {line}" for line in bare if line]
    words = {own.label: (own.unit, own.words) for own in fields}
    return Described("\n".join([*head, "\t".join(labels), body]), words)


def _description(
    lines: Sequence[str], rules: Sequence[int], rows: Sequence[str]
) -> tuple[int, int, list[_Field], bool]:
    """First and last line and the columns of the description that rows follow, else of the last, and if they do.

    A ReadMe describes several tables; there are no columns where it has no description.
    """
    found: tuple[int, int, list[_Field], bool] = (0, 0, [], False)
    for start in [i for i, line in enumerate(lines) if _TITLE in line.lower()][:_MOST_TABLES]:
        own = [i for i in rules if i > start][:3]  # above the headings of the description, below them, below it
        fields = _fields(lines[own[1] + 1 : own[2]][:_MOST_LINES]) if len(own) == 3 else []
        if len(fields) < 2:
            continue
        found = start, own[2], fields, _follow(rows, fields)
        if found[-1]:
            break
    return found


def _fields(lines: Sequence[str]) -> list[_Field]:
    """The columns of a description; lines without bytes go on with the explanation before."""
    found: list[_Field] = []
    for line in (_MARK.sub("", line) for line in lines):
        match = _FIELD.fullmatch(line)
        if match is None:
            if found:
                found[-1].words += f" {line.strip()}"
            continue
        last, unit, label = int(match[2]), match[3], match[4]
        first = int(match[1] or last)
        if last < first or (found and first <= found[-1].last):  # a part of what was told before
            continue
        conditions = _CONDITIONS.match(match[5])
        if unit.startswith("[") and unit.endswith("]"):  # the logarithm of a quantity in this unit
            unit, label = unit[1:-1], label if label.lower().startswith("log") else f"log_{label}"
        unit = "" if unit in _WITHOUT_UNIT else unit
        found.append(_Field(first, last, unit, label, match[5][conditions.end() :], conditions[2] or ""))
    return found


def _follow(rows: Sequence[str], fields: Sequence[_Field]) -> bool:
    """Whether nothing stands in the rows where the description has nothing."""
    ends = [0, *(own.last for own in fields)]
    gaps = [(end, own.first - 1) for end, own in zip(ends, fields, strict=False) if own.first - 1 > end]
    return not any(row[first:last].strip() for row in rows for first, last in gaps) and not any(
        row[ends[-1] :].strip() for row in rows
    )


def _cells(row: str, fields: Sequence[_Field]) -> list[str]:
    cells = [row[own.first - 1 : own.last].strip().replace("\t", " ") for own in fields]
    return [cell if cell and cell != own.missing else "nan" for cell, own in zip(cells, fields, strict=True)]

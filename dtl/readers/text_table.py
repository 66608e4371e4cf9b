"""A table of numbers out of free text: comments, names, separator, decimal mark, missing values."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from dtl.readers.source import Source, sanitise

__all__ = ["TextTable", "parse_table"]

_COMMENT = re.compile(r"^\s*(#|%|!|//|\*|;|--)")
_MISSING = {"", "nan", "--", "---", "...", "indef", "null", "na", "n/a", "none", "*", "masked"}
_SEPARATORS = {None: "blanks", ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_MIN_ROWS = 10
_LONGEST_HEAD = 500


@dataclass
class TextTable:
    """Numbers of a text and the words around them.

    Attributes:
        values: shape ``(rows, columns)``.
        names: of the columns, empty where there are none.
        comments: the comment lines above the numbers, without their marks.
        separator: in words.
        skipped: lines left out as they do not fit.
    """

    values: np.ndarray
    names: list[str]
    comments: list[str]
    separator: str
    skipped: int = 0


def parse_table(source: Source, text: str | None = None) -> TextTable:
    """Parse the text of a source, or a part of it.

    Raises:
        UnusableInput: no table of at least two columns and ten rows of numbers.
    """
    lines = (source.text if text is None else text).splitlines()
    comments, head, first = _head(lines)
    if first is None:
        words = sanitise(next((line for line in lines if line.strip()), ""), 40)
        raise source.refuse(
            f"is text without a table of numbers (it begins '{words}'), probably notes, a log or a wrong file; "
            "give a table "
            "with the columns wavelength and flux."
        )
    body = [line for line in lines[first:] if line.strip() and not _COMMENT.match(line)]
    separator, comma = _separator(body[:50])
    if comma:
        body = [line.replace(",", ".") for line in body]
    values, skipped = _numbers(source, body, separator)
    names = _names(head, comments, separator, values.shape[1])
    filled = np.isfinite(values).any(axis=0)
    if not filled.all() and filled.sum() >= 2:  # a separator at the end of each line, or a column of words
        values = values[:, filled]
        names = [name for name, keep in zip(names, filled, strict=True) if keep]
    if values.shape[1] < 2:
        raise source.refuse(
            "has only one column of numbers, while wavelength and flux are needed; save both in one table."
        )
    return TextTable(values, names, comments, _SEPARATORS[separator], skipped)


def _head(lines: list[str]) -> tuple[list[str], list[str], int | None]:
    """Comment lines, other lines above the numbers, and the number of the first line of numbers."""
    comments, head = [], []
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        if _COMMENT.match(line):
            comments.append(re.sub(r"^[\s#%!/*;-]+", "", line).rstrip())
            continue
        if _is_data(line):
            return comments, head, number
        head.append(line)
        if len(head) > _LONGEST_HEAD:
            break
    return comments, head, None


def _is_data(line: str) -> bool:
    """Whether the line begins with two numbers."""
    cells = [cell for cell in re.split(r"[\s,;|]+", line.strip()) if cell]
    return len(cells) >= 2 and all(_number(cell) is not None for cell in cells[:2]) and bool(re.search(r"\d", cells[0]))


def _separator(lines: list[str]) -> tuple[str | None, bool]:
    """The separator (None for blanks) and whether the decimal mark is a comma."""
    text = "\n".join(lines)
    dots = "." in text
    for mark in (";", "|"):
        if all(mark in line for line in lines):
            return mark, not dots and "," in text
    if "," in text:
        cells = [cell for line in lines for cell in line.split()]
        if (
            not dots
            and all(re.fullmatch(r"[-+]?\d+(,\d+)?([eE][-+]?\d+)?", cell) for cell in cells)
            and len(cells) > len(lines)
        ):
            return None, True
        return ",", False
    if all("\t" in line.strip() for line in lines):
        return "\t", False
    return None, False


def _numbers(source: Source, body: list[str], separator: str | None) -> tuple[np.ndarray, int]:
    """The numbers of all lines with the usual number of columns, and how many lines were left out."""
    try:
        values = np.loadtxt(body, delimiter=separator, comments="#", ndmin=2, dtype=float)
        skipped = 0
    except ValueError:
        values, skipped = _numbers_one_by_one(source, body, separator)
    if len(values) < _MIN_ROWS:
        raise source.refuse(
            f"has only {len(values)} row{'' if len(values) == 1 else 's'} of numbers, too few for a spectrum, "
            "probably because "
            "it is another kind of file or was cut off; give a table with one row a pixel."
        )
    return values, skipped


def _numbers_one_by_one(source: Source, body: list[str], separator: str | None) -> tuple[np.ndarray, int]:
    rows = [_cells(line, separator) for line in body]
    counts = [len(row) for row in rows]
    usual = max(set(counts), key=counts.count)
    good = [row for row in rows if len(row) == usual and not all(np.isnan(cell) for cell in row)]
    skipped = len(rows) - len(good)
    if skipped > max(3, 0.05 * len(rows)):
        odd = next((i for i, count in enumerate(counts) if count != usual), None)
        if odd is None:
            empty = next(i for i, row in enumerate(rows) if all(np.isnan(cell) for cell in row))
            raise source.refuse(
                f"has rows without a number (row {empty + 1} is '{sanitise(body[empty], 40)}'), probably because of "
                "thousands separators; write plain numbers, as 8810.25."
            )
        raise source.refuse(
            f"has rows of different length ({counts[odd]} columns in row {odd + 1} of the numbers, {usual} in "
            "most), probably "
            "because separators are mixed or missing; write it with one separator throughout."
        )
    return np.array(good, dtype=float).reshape(len(good), usual), skipped


def _cells(line: str, separator: str | None) -> list[float]:
    line = line.split("#", 1)[0].strip()
    cells = line.split(separator) if separator else line.split()
    numbers = (_number(cell) for cell in cells)
    return [np.nan if number is None else number for number in numbers]


def _number(cell: str) -> float | None:
    """A number, NaN for a missing value, None for a word."""
    cell = cell.strip().strip("\"'").lower()
    if cell in _MISSING:
        return np.nan
    try:
        return float(cell)
    except ValueError:
        pass
    try:  # Fortran's 1.0D+03
        return float(cell.replace("d", "e").replace(",", "."))
    except ValueError:
        return None


def _names(head: list[str], comments: list[str], separator: str | None, count: int) -> list[str]:
    """Names of the columns, from the line above the numbers or the last comment line that has as many words."""
    for line in [*reversed(head[-3:]), *reversed(comments[-40:])]:
        if separator and separator in line:
            words = [word.strip().strip("\"'") for word in line.split(separator)]
        else:
            # a bracket belongs to the word before it: "Wavelength [nm]"
            words = re.findall(r"[^\s,;|\[(]+(?:\s*[\[(][^\])]*[\])])?", line)
        if len(words) == count and not all(_number(word) is not None for word in words) and ":" not in line:
            return [sanitise(word, 40) for word in words]
    return [""] * count

"""Rows of text as numbers: fast where all cells are such, word by word where they are not."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from math import isnan

import numpy as np

from dtl.readers.source import Source, sanitise
from dtl.readers.words.decimal_marks import MISSING

__all__ = ["number", "numbers"]

_DIGIT = re.compile(r"\d")
_MIN_ROWS = 10
#: Rows at the beginning, in the middle and at the end by which columns of words are told.
_SAMPLE = 50
#: What a number begins with, but for digits: signs, marks, infinity, and a NaN after blanks.
_FIRST = set("+-.,in")
_TRUTH = {"true": 1.0, "false": 0.0}


def numbers(source: Source, body: list[str], separator: str | None) -> tuple[np.ndarray, int]:
    """The numbers of all lines with the usual number of columns, and how many lines were left out.

    Args:
        source: for the name in messages.
        body: lines with points as decimal marks.
        separator: of the columns; None for blanks.

    Raises:
        UnusableInput: too few rows, or rows that do not fit.
    """
    try:
        values, skipped = _load(body, separator), 0
    except ValueError:
        values, skipped = _numbers_one_by_one(source, body, separator)
    if len(values) < _MIN_ROWS:
        raise source.refuse(
            f"has only {len(values)} row{'' if len(values) == 1 else 's'} of numbers, too few for a spectrum, probably "
            "because it is another kind of file or was cut off; give a table with one row a pixel."
        )
    return values, skipped


def _load(body: list[str], separator: str | None) -> np.ndarray:
    """The numbers of rows of one length, NaN for words in columns that hold some.

    Raises:
        ValueError: where other columns hold words too, or a row has nothing else.
    """
    quote = '"' if '"' in body[0] else None
    middle = len(body) // 2
    sample = [*body[:_SAMPLE], *body[middle : middle + _SAMPLE], *body[-_SAMPLE:]]
    words = {j for line in sample for j, cell in enumerate(_split(line, separator)) if not _is_float(cell.strip('"'))}
    own = dict.fromkeys(words, _number_or_nan) or None
    values = np.loadtxt(body, delimiter=separator, comments="#", ndmin=2, dtype=float, quotechar=quote, converters=own)
    if words and np.isnan(values).all(axis=1).any():
        raise ValueError
    return values


def _numbers_one_by_one(source: Source, body: list[str], separator: str | None) -> tuple[np.ndarray, int]:
    rows = [_cells(line, separator) for line in body]
    counts = [len(row) for row in rows]
    usual = Counter(counts).most_common(1)[0][0]
    good = [row for row in rows if len(row) == usual and not all(map(isnan, row))]
    skipped = len(rows) - len(good)
    numbered = [i for i, line in enumerate(body) if _DIGIT.search(line)]  # others are no rows, as those of NA alone
    if len(numbered) - len(good) > max(3, 0.05 * len(numbered)):
        odd = next((i for i in numbered if counts[i] != usual), None)
        if odd is None:
            empty = next(i for i in numbered if all(map(isnan, rows[i])))
            raise source.refuse(
                f"has rows without a number (row {empty + 1} is '{sanitise(body[empty], 40)}'), probably because of "
                "thousands separators; write plain numbers, as 8810.25."
            )
        raise source.refuse(
            f"has rows of different length ({counts[odd]} columns in row {odd + 1} of the numbers, {usual} in most), "
            "probably because separators are mixed or missing; write it with one separator throughout."
        )
    return np.array(good, dtype=float).reshape(len(good), usual), skipped


def _cells(line: str, separator: str | None) -> list[float]:
    cells = _split(line, separator)
    try:
        return [float(cell) for cell in cells]
    except ValueError:
        return [_number_or_nan(cell) for cell in cells]


def _split(line: str, separator: str | None) -> list[str]:
    return line.split("#", 1)[0].strip().split(separator)


def _is_float(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=10_000)  # words of a column are few, and millions of cells may be such
def _number_or_nan(cell: str) -> float:
    value = number(cell)
    return np.nan if value is None else value


def number(cell: str) -> float | None:
    """A number, NaN for a missing value, None for a word."""
    cell = cell.strip().strip("\"'").lower()
    if cell in MISSING:
        return np.nan
    if cell in _TRUTH:
        return _TRUTH[cell]
    first = cell.lstrip()[:1]
    if not first.isdigit() and first not in _FIRST:
        return None  # a word, as most of millions of cells may be: an error raised and caught costs ten times as much
    try:
        return float(cell)
    except ValueError:
        pass
    if "d" not in cell and "," not in cell:
        return None
    try:  # Fortran's 1.0D+03
        return float(cell.replace("d", "e").replace(",", "."))
    except ValueError:
        return None

"""Columns by their names or numbers, as a user counts them in the file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from dtl.readers.arrays.dispersion import Column
from dtl.readers.source import Source, sanitise

__all__ = ["asked_column", "numbers_of", "shown"]


def numbers_of(columns: Sequence[Column]) -> list[int]:
    """The number of each column, from 1: that in the file, where columns without numbers count too.

    Columns that are in no file by themselves, as the middles of bins, come after all others.
    """
    following = count(max((column.number for column in columns), default=0) + 1)
    numbers = [column.number or next(following) for column in columns]
    return numbers if len(set(numbers)) == len(numbers) else list(range(1, len(numbers) + 1))


def asked_column(columns: Sequence[Column], key: str, source: Source) -> Column:
    """The column that the user named or numbered.

    Raises:
        UnusableInput: where there is none.
    """
    key = str(key).strip()
    for column in columns:
        if column.name and column.name.strip().lower() == key.lower():
            return column
    for number, column in zip(numbers_of(columns), columns, strict=True):
        if key.isdigit() and int(key) == number:
            return column
    names = ", ".join(shown(columns, column) for column in columns[:12])
    raise source.refuse(f"has no column '{sanitise(key, 40)}'; it has {names}.")


def shown(columns: Sequence[Column], column: Column) -> str:
    """One of the columns in words, as ``column 2 'flux'``."""
    number = next(number for number, c in zip(numbers_of(columns), columns, strict=True) if c is column)
    return f"column {number}" + (f" '{sanitise(column.name, 30)}'" if column.name else "")

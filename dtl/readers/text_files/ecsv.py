"""ECSV, the text table of astropy with units and meta data in its head."""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Mapping
from functools import partial
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING

import numpy as np

from dtl.readers import limits
from dtl.readers.arrays.columns import Column, contents_from_columns
from dtl.readers.arrays.complex_numbers import without_imaginary
from dtl.readers.arrays.groups import BESIDE
from dtl.readers.arrays.row_values import describe_row, of_columns, padded
from dtl.readers.contents import Contents
from dtl.readers.facts.metadata import apply_metadata, in_words, key_of, named_after
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source, sanitise
from dtl.readers.text_files.counted_lines import check_values, text_lines
from dtl.readers.words.names import parse_name, split_words
from dtl.readers.words.resolutions import apply_resolutions, metadata_lines
from dtl.readers.words.statements import apply_statements
from dtl.readers.words.treatments import is_treated
from dtl.wavelengths import Window

if TYPE_CHECKING:
    from astropy.table import Table

__all__ = ["columns", "identify", "read", "table_columns"]

#: A reference of YAML to what stands elsewhere.
_ALIAS = re.compile(r"(?:^|[\s\[{,:?-])\*[^\s\]},*]")


def identify(source: Source) -> bool:
    """Whether the first line says so."""
    return source.data[:200].lstrip(b"\xef\xbb\xbf").startswith(b"# %ECSV")


def read(source: Source, options: ReadOptions, window: Window) -> Contents:
    """Read the numeric columns, their units and the meta data."""
    table = _table(source)
    contents = contents_from_columns("ECSV table", table_columns(table), source, options, window)
    contents.describe = (partial(describe_row, said=of_columns(table)),)
    meta: dict[object, object] = {}
    of_star_last = sorted(table.meta.items(), key=lambda pair: key_of(str(pair[0]))[0] == "star")
    for key, value in of_star_last:  # what stands below a key of its own, if this names nothing else
        if isinstance(value, Mapping) and not _is_of_another(str(key)):
            meta |= named_after(str(key), value)
    meta |= {key: value for key, value in table.meta.items() if not isinstance(value, Mapping)}
    apply_metadata(contents, meta)
    said = in_words(meta)
    comments = table.meta.get("comments", [])
    written = [text for text in comments if isinstance(text, str)] if isinstance(comments, list) else []
    apply_statements(contents, [*said, *written], "the metadata")
    apply_resolutions(contents, metadata_lines(table.meta))
    return contents


def columns(source: Source, options: ReadOptions, window: Window) -> list[Column]:
    """The numeric columns."""
    return table_columns(_table(source))


def _table(source: Source) -> Table:
    from astropy.table import Table

    lines = text_lines(source, source.text, measured="#")  # a cell may hold all the pixels of a spectrum
    for separator in (None, ","):  # of the two that the format has
        check_values(source, lines, separator)
    _check_head(source, lines)
    csv.field_size_limit(max(csv.field_size_limit(), limits.most("text_bytes")))  # as long as the text may be
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Table.read(lines, format="ascii.ecsv")
        except MemoryError:  # that memory is lacking says nothing of the file
            raise
        except Exception as error:
            raise source.refuse(
                f"is an ECSV table that cannot be parsed ({sanitise(error, 100).rstrip('.')}), probably because it was "
                "cut off or edited by hand; write it again."
            ) from error


def _check_head(source: Source, lines: list[str]) -> None:
    """Measure the YAML above the table before it is parsed: references can make a few lines grow without end.

    Raises:
        UnusableInput: beyond the limits.
    """
    head = list(takewhile(lambda line: line.startswith("#"), lines))
    limits.check("yaml_bytes", sum(map(len, head)), source.refuse)
    aliases = sum(len(_ALIAS.findall(line)) for line in head)
    limits.check("yaml_aliases", aliases, source.refuse)
    steps = [1 if mark in "[{" else -1 for mark in re.findall(r"[\[\]{}]", "".join(head))]
    lists = max((len(found) // 2 for line in head for found in re.findall(r"(?:- )+", line)), default=0)
    limits.check("yaml_depth", max(accumulate(steps, initial=lists)), source.refuse)


def _is_of_another(key: str) -> bool:
    """Whether metadata below a key are of something beside the spectrum: ``telluric``, but not ``sky_subtraction``."""
    return parse_name(key).role in (*BESIDE, "mask") and not is_treated(split_words(key))


def table_columns(table: Table) -> list[Column]:
    """The columns of numbers of a table, missing ones NaN; of rows of arrays these, a row a spectrum or an order."""
    found = []
    for number, name in enumerate(table.colnames, 1):
        column = table[name]
        values = _arrays(column) if column.dtype.kind == "O" else np.ma.asarray(column)
        values = values[0] if values.ndim > 1 and len(values) == 1 else values
        if values.dtype.kind == "c":
            values = without_imaginary(np.ma.filled(values, np.nan))
        if values.ndim in (1, 2) and values.dtype.kind in "iufb":
            said = (str(column.description or ""), str(column.meta.get("ucd", "")))
            unit = str(column.unit or "")
            filled = np.ma.filled(values.astype(float), np.nan)
            found.append(Column(name, filled, unit, "; ".join(text for text in said if text), number))
    longest = max((column.values.shape for column in found), key=lambda shape: (len(shape), shape[-1]), default=())
    return [column for column in found if column.values.shape == longest]


def _arrays(column: np.ndarray) -> np.ndarray:
    """Arrays of different length, a row each; nothing where they are no arrays of numbers."""
    rows = [np.ma.asarray(cell) for cell in column]
    if any(row.ndim != 1 or row.dtype.kind not in "iufb" for row in rows):
        return np.empty(0)
    return padded([np.ma.filled(row.astype(float), np.nan) for row in rows])

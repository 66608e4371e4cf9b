"""Texts of several spectra that were joined to one, each with words of its own above its numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from dtl.readers import limits
from dtl.readers.facts.metadata import key_of, parse_comments
from dtl.readers.source import Source
from dtl.readers.text_files.headings import cells_of_names, without_label
from dtl.readers.text_files.text_table import TextTable, parse_table
from dtl.readers.text_files.word_columns import tidy_words
from dtl.readers.words.names import parse_name
from dtl.readers.words.statements import stated_medium
from dtl.readers.words.units import parse_unit
from dtl.spectrum import UnusableInput

__all__ = ["blocks_of", "tables_of"]

_COMMENT = re.compile(r"\s*(?:[#%!;*]+|//+|--+)\s*")
#: What a row of numbers begins with, and letters of rows without words.
_ROW = re.compile(r"\s*[-+.]?\d")
_FIRST, _NUMBERS = re.compile(r"(?:\A|[\r\n])[^\S\r\n]*[-+.]?\d"), b"0123456789.+-eE, |\t\r\n"
_BETWEEN = re.compile(r"\s*[,;|]\s*|\s+")
#: Rows that a spectrum has at least.
_MIN_ROWS = 10
#: Rows of a table that is no spectrum, as part of those of the longest beside it, at most.
_SHORT = 0.05


def tables_of(source: Source) -> list[TextTable]:
    """The tables of a text that was put together from several spectra, without short ones, as lists of lines; none
    where it was not.

    Raises:
        UnusableInput: where there are more of them than a file may hold.
    """
    blocks = blocks_of(source.text)
    limits.check("orders", len(blocks), source.refuse)
    try:
        tables = [parse_table(source, tidy_words(block)) for block in blocks]
    except UnusableInput:
        return []
    longest = max((len(table.values) for table in tables), default=0)
    long = [table for table in tables if len(table.values) > _SHORT * longest]
    if long and long[0] is not tables[0]:  # what stands above all is of the file
        above, own = tables[0], long[0]
        comments, lines = [*own.comments, *above.comments], [*own.lines, *above.lines]
        long[0] = replace(own, comments=comments, lines=lines, cards=above.cards | own.cards)
    return long


def blocks_of(text: str) -> list[str]:
    """The texts that one was put together from; none where it is of one piece.

    Each begins with words, mostly comments, that name a star, its motion or what else is of one spectrum alone; words
    that only count orders, or repeat the names of the columns, begin nothing, and neither do those above the first.
    Names of other columns do, as these are read by them.
    """
    begin = _FIRST.search(text)
    if begin is None or not text[begin.start() :].encode(errors="replace").translate(None, _NUMBERS):
        return []  # as most, in which all words stand above the numbers
    lines = text.splitlines()
    last = next((place for place in reversed(range(len(lines))) if _is_word(lines[place])), 0)
    first = next((place for place, line in enumerate(lines) if _ROW.match(line)), len(lines))
    if last < first:
        return []
    starts, rows, head, known = [0], 0, -1, lines[:first]
    named = _names_in(known, lines[first])
    for place in range(first, len(lines)):
        if _is_word(lines[place]):
            head = place if head < 0 else head
        elif lines[place].strip():
            if head > 0 and rows >= _MIN_ROWS:
                said = lines[head:place]
                own = _names_in(said, lines[place]) or named
                if _differ(named, own) or (said != known[-len(said) :] and _speaks(said)):
                    starts, rows, named = [*starts, head], 0, own
            rows, head = rows + 1, -1
    if len(starts) < 2 or rows < _MIN_ROWS:
        return []
    return ["\n".join(lines[start:stop]) for start, stop in pairwise([*starts, len(lines)])]


def _is_word(line: str) -> bool:
    """Whether a line is a comment under any mark, or a key with its value."""
    return not _ROW.match(line) and bool(_COMMENT.match(line) or re.match(r"[^\w\s]*\s*[^\W\d]", line.lstrip()))


def _names_in(lines: list[str], row: str) -> list[tuple[str, ...]]:
    """What the names of columns above a row say that make it one of wavelengths and of fluxes or their errors; empty
    where none do, as notes of as many words."""
    count, said = len(_BETWEEN.split(row.strip())), lambda word: parse_name(word).role
    for line in reversed(lines):
        words = cells_of_names(without_label(_COMMENT.sub("", line, count=1)), None, count)
        roles = {*map(said, words)} if len(words) == count else set()
        if "wavelength" in roles and roles & {"flux", "uncertainty"}:
            return [_meaning(word) for word in words]
    return []


def _meaning(word: str) -> tuple[str, ...]:
    """Role, kind and scale of a column by its name, its unit unless that is Angstrom, and its medium if it says one."""
    name, unit = parse_name(word), re.search(r"[\[(]([^\])]+)[\])]", word)
    own = parse_unit(unit[1]) if unit and name.role == "wavelength" else None
    return name.role, name.kind, name.scale, own if own and own != "Angstrom" else "", stated_medium(word) or ""


def _differ(named: list[tuple[str, ...]], own: list[tuple[str, ...]]) -> bool:
    """Whether names say other columns or units than those before, or another medium where both say one."""
    if not named or [each[:-1] for each in named] != [each[:-1] for each in own]:
        return bool(named)
    return any(len({one[-1], other[-1]} - {""}) > 1 for one, other in zip(named, own, strict=True))


def _speaks(comments: list[str]) -> bool:
    """Whether comments name something that is of one spectrum."""
    said = parse_comments([_COMMENT.sub("", line, count=1) for line in comments])
    return any(key_of(name)[0] for name in said)

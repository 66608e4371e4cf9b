"""A table of numbers out of free text: comments, names, separator, decimal mark, missing values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from dtl.readers import limits
from dtl.readers.facts.cards import is_written_card, written_cards
from dtl.readers.source import Source, sanitise
from dtl.readers.text_files.byte_by_byte import described
from dtl.readers.text_files.counted_lines import check_values, refuse_json, text_lines
from dtl.readers.text_files.headings import cells_of_names, names_columns, role_by_unit, without_label
from dtl.readers.text_files.marked_rows import without_marks
from dtl.readers.text_files.numbered_names import numbered_names
from dtl.readers.text_files.one_column import has_one_column, with_wavelengths
from dtl.readers.text_files.transposed import upright
from dtl.readers.text_files.two_rows import joined_names, neighbouring_cells, units_of
from dtl.readers.text_files.word_columns import tidy_words
from dtl.readers.words.decimal_marks import COMMENT, plain_lines, plain_text
from dtl.readers.words.names import parse_name
from dtl.readers.words.number_rows import number, numbers
from dtl.readers.words.statements import frame_of, medium_of
from dtl.spectrum import UnusableInput

__all__ = ["TextTable", "parse_table"]

#: Cells of which none holds anything, as spreadsheets write rows above, between or below those of a table.
_EMPTY = re.compile(r"[\s,;|\"']*$")
_WITHOUT_NUMBERS = re.compile(rf"{_EMPTY.pattern}|{COMMENT.pattern}")
_SEPARATORS = {None: "blanks", ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_LONGEST_HEAD, _MAX_BELOW, _FEW_TOUCHING = 500, 100, 4
_ONE_COLUMN = "has only one column of numbers, while wavelength and flux are needed; save both in one table."
#: Marks at the beginning of a comment.
_MARKS = re.compile(r"^[\s#%!/*;-]*(?:(?:COMMENT|HISTORY)\s+(?=[^\W\d]))?")
#: Comments that are looked at, and letters of each.
_MAX_COMMENTS, _LONGEST_COMMENT = 2_000, 1_000
#: A cell with two decimal points, between which dates and thousands have fewer digits.
_TOUCH = re.compile(r"(?<!\S)\S*\d\.\d{4,}\.\d\S*")


@dataclass
class TextTable:
    """Numbers of a text and the words around them.

    Attributes:
        values: shape ``(rows, columns)``.
        names: of the columns, empty where there are none.
        comments: the comment lines above the numbers, without their marks, and lines of words that are no names.
        cards: FITS cards among them; keys, values and comments.
        separator: in words.
        skipped: lines left out as they do not fit.
        transposed: whether the text has a row for each column.
        said: name of a column -> its unit and words about it, where a description or a row of units gives them.
        lines: all words above the numbers, cards among them.
        below: words below the numbers, which can be of something else.
        places: of the columns in the text, from 1, as those without a number are left out.
    """

    values: np.ndarray
    names: list[str]
    comments: list[str]
    separator: str
    skipped: int = 0
    cards: dict[str, tuple[object, str]] = field(default_factory=dict)
    transposed: bool = False
    said: dict[str, tuple[str, str]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)


def parse_table(source: Source, text: str | None = None) -> TextTable:
    """Parse the text of a source, or a part of it.

    Raises:
        UnusableInput: no table of at least two columns and ten rows of numbers.
    """
    by_bytes = described(source.text) if text is None else None
    turned = upright(source.text) if text is None and by_bytes is None else None
    text = turned or (tidy_words(by_bytes.text if by_bytes else source.text) if text is None else text)
    lines = text_lines(source, plain_text(text))
    comments, head, first = _head(lines)
    unmarked = None
    if first is None:
        paired = with_wavelengths(source, lines, [*comments, *head])
        unmarked = without_marks(lines) if paired is None else None
        lines = paired or unmarked or lines
        comments, head, first = _head(lines)
    _refuse_touching(source, head, few=first is not None)
    if first is None:
        raise _without_rows(source, text, lines)
    body, separator = _rows(source, lines[first:])
    values, skipped = numbers(source, body, separator)
    if _counts_columns(values[0]):
        body, values = body[1:], values[1:]
    cards = written_cards([*comments, *head])
    words = [line for line in [*comments, *head] if not is_written_card(line)]
    about = [] if by_bytes else words  # explanations of as many words as there are columns name none
    if _has_row_names(body, values, separator, about):
        values = values[:, 1:]
    known = set(head)
    head = [line for line in words if line in known]
    places = _filled(values)
    values, names, units = _named(head, about, separator, values, places)
    if values.shape[1] < 2:
        raise source.refuse(_ONE_COLUMN)
    apart = _SEPARATORS[separator] if unmarked is None else "marks that were taken for blanks"
    said = by_bytes.words if by_bytes else {name: (unit, "") for name, unit in zip(names, units, strict=True) if unit}
    apart = "the bytes of the description" if by_bytes and separator == "\t" else apart
    below = _below(lines)
    lines, swapped = [*comments, *head], turned is not None
    numbered = [int(place) + 1 for place in places]
    return TextTable(values, names, words, apart, skipped, cards, swapped, said, lines, below, numbered)


def _rows(source: Source, lines: list[str]) -> tuple[list[str], str | None]:
    """The rows of a table with points as decimal marks, counted before they are parsed, and what separates columns."""
    # nearly all begin with a digit, which is told sooner than that they are no comment
    body = [line for line in lines if line.lstrip()[:1].isdigit() or not _WITHOUT_NUMBERS.match(line)]
    limits.check("columns", max(len(re.split(r"[\s,;|]+", line)) for line in body[:3]), source.refuse)
    body, separator = plain_lines(body)
    if separator:  # with those that are empty
        limits.check("columns", max(line.count(separator) + 1 for line in body[:3]), source.refuse)
    check_values(source, body, separator)
    return body, separator


def _without_rows(source: Source, text: str, lines: list[str]) -> UnusableInput:
    """The error for a text without rows of two numbers."""
    refuse_json(source, text)
    if has_one_column(lines):
        return source.refuse(_ONE_COLUMN)
    words = sanitise(next((line for line in lines if line.strip()), ""), 40)
    return source.refuse(
        f"is text without a table of numbers (it begins '{words}'), probably notes, a log or a wrong file; give a "
        "table with the columns wavelength and flux."
    )


def _refuse_touching(source: Source, head: list[str], *, few: bool) -> None:
    """Refuse numbers without anything between them, as a format of too few letters writes them: 8782.00000.98765.

    Args:
        source: for the name in messages.
        head: lines that are no rows of a table.
        few: whether rows follow, before which a few such lines are the number of a version.
    """
    found = [cell for line in head for cell in _TOUCH.findall(line)]
    if len(found) > max(0.5 * len(head), _FEW_TOUCHING if few else 0):
        raise source.refuse(
            f"has numbers that touch ('{sanitise(found[0], 30)}'), probably because they fill their columns to the "
            "last letter; write them with blanks between."
        )


def _counts_columns(row: np.ndarray) -> bool:
    """Whether the first row of numbers are those of the columns, as pandas writes them: ``,0,1,2``."""
    row = row[1:] if np.isnan(row[0]) else row
    return row.size > 1 and np.array_equal(row, np.arange(row.size))


def _has_row_names(body: list[str], values: np.ndarray, separator: str | None, words: list[str]) -> bool:
    """Whether the first column numbers the rows, as R writes it: counted, and without a name in the line of names."""
    if values.shape[1] < 3 or not np.array_equal(values[:, 0], values[0, 0] + np.arange(len(values))):
        return False
    if all(line.lstrip().startswith(('"', "'")) for line in body[:50]) and not all(
        '"' in c for c in body[0].split()[1:]
    ):
        return True
    short, full = (_headings(words, words, separator, columns)[0] for columns in (values[:, 1:], values))
    return any(short) and not any(full)


def _head(lines: list[str]) -> tuple[list[str], list[str], int | None]:
    """Comment lines, other lines above the numbers, and the number of the first line of numbers."""
    comments, head = [], []
    for place, line in enumerate(lines):
        if _EMPTY.match(line):
            continue
        if COMMENT.match(line):
            if len(comments) < _MAX_COMMENTS:
                comments.append(_MARKS.sub("", line[:_LONGEST_COMMENT]).rstrip())
            continue
        if _is_data(line):
            return comments, head, place
        head.append(line)
        if len(head) > _LONGEST_HEAD:
            break
    return comments, head, None


def _below(lines: list[str]) -> list[str]:
    """The lines of words below the last row of numbers, without marks of comments."""
    last = lines[-_MAX_BELOW:][::-1]
    count = next((place for place, line in enumerate(last) if _is_data(line)), 0)
    return [_MARKS.sub("", line[:_LONGEST_COMMENT]).rstrip() for line in last[:count][::-1] if not _EMPTY.match(line)]


def _is_data(line: str) -> bool:
    """Whether the line begins with two numbers; where the first is missing or a word, all others must be numbers."""
    mark = next((mark for mark in ";|\t," if mark in line), None)
    words = [cell.strip() for cell in line.split(mark)] if mark else []
    if len(words) > 2 and re.search(r"[^\W\d]", words[0]) and number(words[0]) is None:
        line = line.split(mark, 1)[1]  # the name of the star in each row
        if any(number(cell) is None for cell in words[1:]):
            return False
    cells = [cell for cell in re.split(r"[\s,;|]+", line.strip()) if cell]
    if len(cells) < 2 or any(number(cell) is None for cell in cells[:2]):
        return False
    digits = [bool(re.search(r"\d", cell)) for cell in cells]
    return digits[0] or (any(digits) and all(number(cell) is not None for cell in cells))


def _filled(values: np.ndarray) -> np.ndarray:
    """Places of the columns that hold numbers, from 0; of all where these are too few for a table."""
    filled = np.isfinite(values).any(axis=0)
    return np.flatnonzero(filled | (filled.sum() < 2))


def _named(
    head: list[str], comments: list[str], separator: str | None, values: np.ndarray, places: np.ndarray
) -> tuple[np.ndarray, list[str], list[str]]:
    """The columns at some places, with their names and units."""
    names, units = _headings(head, comments, separator, values)
    if len(places) == len(names):
        return values, names, units
    values = values[:, places]  # without a separator at the end of each line, or a column of words
    names, units = ([row[place] for place in places] for row in (names, units))
    return values, *((names, units) if any(names) else _headings(head, comments, separator, values))


def _headings(
    head: list[str], comments: list[str], separator: str | None, values: np.ndarray
) -> tuple[list[str], list[str]]:
    """Names of the columns, from the line of as many words of which most are recognised; of equals the nearest.

    What stands above it or below it may be units, or the rest of the names.
    """
    count = values.shape[1]
    numbered = numbered_names(comments, count)
    if numbered:
        return [sanitise(name, 40) for name in numbered], [""] * count
    best: tuple[int, int, list[str], str] | None = None
    for line in [*reversed(head[-3:]), *reversed(comments[-40:])]:
        own = without_label(line)
        apart = bool(separator) and separator in own
        words = cells_of_names(own, separator if apart else None, count)
        if len(words) != count or ":" in own.replace("Unnamed: ", ""):
            continue
        if all(number(word) is not None for word in words) or "=" in words:
            continue
        roles = [parse_name(word).role or role_by_unit(word) for word in words]
        score = (len(set(roles) - {""}), sum(bool(role) for role in roles))
        spoken = score[0] < 2 and (medium_of(line) or frame_of(line))
        if line not in head and (spoken or not score[0]):
            continue  # a sentence of as many words
        if not (apart and line in head) and not names_columns(words, roles, values, apart=apart):
            continue
        if best is None or score > best[:2]:
            best = (*score, words, line)
    if best is None:
        return [""] * count, [""] * count
    above, below = neighbouring_cells(best[3], comments or head, separator, count)
    names = joined_names(best[2], above, below)
    return [sanitise(name, 40) for name in names], units_of(names, (below, above)) or [""] * count

"""A table of numbers out of free text: comments, names, separator, decimal mark, missing values."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from dtl.readers import limits
from dtl.readers.byte_by_byte import described
from dtl.readers.decimal_marks import MISSING, plain_lines, plain_text
from dtl.readers.headings import cells_of_names, names_columns, without_label
from dtl.readers.marked_rows import without_marks
from dtl.readers.names import parse_name
from dtl.readers.numbered_names import numbered_names
from dtl.readers.source import Source, sanitise
from dtl.readers.statements import frame_of, medium_of
from dtl.readers.transposed import upright
from dtl.readers.two_rows import joined_names, neighbouring_cells, units_of
from dtl.readers.word_columns import tidy_words

__all__ = ["TextTable", "parse_table", "text_lines"]

_COMMENT = re.compile(r"^\s*(#|%|!|//|\*|;|--)")
_WITHOUT_NUMBERS = re.compile(rf"\s*$|{_COMMENT.pattern}")
_SEPARATORS = {None: "blanks", ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_MARKS = re.compile(r"[,;|]")
_MIN_ROWS = 10
_LONGEST_HEAD = 500
#: Comments that are looked at, and letters of each.
_MAX_COMMENTS, _LONGEST_COMMENT = 2_000, 1_000
#: What ends a line, as `str.splitlines` has it.
_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
#: What a number begins with, but for digits: signs, marks, infinity, and a NaN after blanks.
_FIRST = set("+-.,in")
_TRUTH = {"true": 1.0, "false": 0.0}
#: A FITS card as text: SPECSYS = 'TOPOCENT' / frame
_CARD = re.compile(
    r"^\s*(HIERARCH +)?([A-Z][A-Z0-9_ -]{0,40}?)\s*=\s*('[^']*'|[TF]|[-+]?[0-9.]+(?:[ED][-+]?[0-9]+)?)\s*(/.*)?$"
)


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


def parse_table(source: Source, text: str | None = None) -> TextTable:
    """Parse the text of a source, or a part of it.

    Raises:
        UnusableInput: no table of at least two columns and ten rows of numbers.
    """
    by_bytes = described(source.text) if text is None else None
    turned = upright(source.text, _COMMENT) if text is None and by_bytes is None else None
    text = turned or (tidy_words(by_bytes.text if by_bytes else source.text) if text is None else text)
    lines = text_lines(source, plain_text(text))
    comments, head, first = _head(lines)
    unmarked = without_marks(lines, _COMMENT) if first is None else None
    if unmarked is not None:
        lines = unmarked
        comments, head, first = _head(lines)
    if first is None:
        words = sanitise(next((line for line in lines if line.strip()), ""), 40)
        raise source.refuse(
            f"is text without a table of numbers (it begins '{words}'), probably notes, a log or a wrong file; "
            "give a table "
            "with the columns wavelength and flux."
        )
    # nearly all begin with a digit, which is told sooner than that they are no comment
    body = [line for line in lines[first:] if line.lstrip()[:1].isdigit() or not _WITHOUT_NUMBERS.match(line)]
    limits.check("columns", max(len(re.split(r"[\s,;|]+", line)) for line in body[:3]), source.refuse)
    body, separator = plain_lines(body)
    if separator:  # with those that are empty
        limits.check("columns", max(line.count(separator) + 1 for line in body[:3]), source.refuse)
    values, skipped = _numbers(source, body, separator)
    cards = _cards([*comments, *head])
    words = [line for line in [*comments, *head] if not _CARD.match(line)]
    about = [] if by_bytes else words  # explanations of as many words as there are columns name none
    if _has_row_names(body, values, separator, about):
        values = values[:, 1:]
    known = set(head)
    head = [line for line in words if line in known]
    names, units = _headings(head, about, separator, values)
    filled = np.isfinite(values).any(axis=0)
    if not filled.all() and filled.sum() >= 2:  # a separator at the end of each line, or a column of words
        values = values[:, filled]
        names, units = ([word for word, keep in zip(row, filled, strict=True) if keep] for row in (names, units))
        names, units = (names, units) if any(names) else _headings(head, about, separator, values)
    if values.shape[1] < 2:
        raise source.refuse(
            "has only one column of numbers, while wavelength and flux are needed; save both in one table."
        )
    apart = _SEPARATORS[separator] if unmarked is None else "marks that were taken for blanks"
    said = by_bytes.words if by_bytes else {name: (unit, "") for name, unit in zip(names, units, strict=True) if unit}
    apart = "the bytes of the description" if by_bytes and separator == "\t" else apart
    lines = [*comments, *head]
    return TextTable(values, names, words, apart, skipped, cards, transposed=turned is not None, said=said, lines=lines)


def text_lines(source: Source, text: str) -> list[str]:
    """The lines of a text, counted and measured before anything looks at them.

    Raises:
        UnusableInput: more, or longer ones, or more cells in them, than a table has.
    """
    if len(text) > limits.most("lines"):  # else there are fewer ends of lines
        limits.check("lines", sum(text.count(end) for end in _ENDS), source.refuse)
    lines = text.splitlines()
    limits.check("line_length", max(map(len, lines), default=0), source.refuse)
    if len(text) > 2 * limits.most("values"):  # else there are fewer, as each has a letter and a mark beside it
        # counting the marks is sooner done than splitting at them
        possible = sum(map(text.count, " \t\x1f,;|")) + len(lines) if text.isascii() else len(text) // 2
        if possible > limits.most("values"):
            limits.check("values", sum(len(_MARKS.sub(" ", line).split()) for line in lines), source.refuse)
    return lines


def _cards(lines: list[str]) -> dict[str, tuple[object, str]]:
    """FITS cards that stand as text above the numbers."""
    found: dict[str, tuple[object, str]] = {}
    for line in lines:
        match = _CARD.match(line)
        if match:
            text = match[3].strip("'").strip()
            quoted = match[3].startswith("'")
            number = None if quoted or text in "TF" else _number(text)
            value = text if quoted else text == "T" if text in ("T", "F") else number
            found[match[2].strip()] = (value, (match[4] or "").lstrip("/ "))
    return {key: card for key, card in found.items() if card[0] is not None}


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
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        if _COMMENT.match(line):
            if len(comments) < _MAX_COMMENTS:
                comments.append(re.sub(r"^[\s#%!/*;-]+", "", line[:_LONGEST_COMMENT]).rstrip())
            continue
        if _is_data(line):
            return comments, head, number
        head.append(line)
        if len(head) > _LONGEST_HEAD:
            break
    return comments, head, None


def _is_data(line: str) -> bool:
    """Whether the line begins with two numbers; where the first is missing or a word, all others must be numbers."""
    mark = next((mark for mark in ";|\t," if mark in line), None)
    words = [cell.strip() for cell in line.split(mark)] if mark else []
    if len(words) > 2 and re.search(r"[^\W\d]", words[0]) and _number(words[0]) is None:
        line = line.split(mark, 1)[1]  # the name of the star in each row
        if any(_number(cell) is None for cell in words[1:]):
            return False
    cells = [cell for cell in re.split(r"[\s,;|]+", line.strip()) if cell]
    if len(cells) < 2 or any(_number(cell) is None for cell in cells[:2]):
        return False
    digits = [bool(re.search(r"\d", cell)) for cell in cells]
    return digits[0] or (any(digits) and all(_number(cell) is not None for cell in cells))


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
    usual = Counter(counts).most_common(1)[0][0]
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
    try:
        return [float(cell) for cell in cells]
    except ValueError:
        numbers = (_number(cell) for cell in cells)
        return [np.nan if number is None else number for number in numbers]


def _number(cell: str) -> float | None:
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
        if all(_number(word) is not None for word in words) or "=" in words:
            continue
        roles = [parse_name(word).role for word in words]
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

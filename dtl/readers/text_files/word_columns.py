"""Columns of words in a text: masks as OK and BAD become numbers, names of stars or epochs put rows together.

A column of words, as a star's name, a date or a remark, is blanked: behind blanks alone a row with a word is not told
from one of a log. Words after numbers that come and go may be those of a mask, or of spectra row by row; they stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from dtl.readers.words.decimal_marks import MISSING
from dtl.readers.words.names import parse_name, split_words

__all__ = ["flag_values", "tidy_words"]

#: Words of a mask -> 1 where the pixel is bad, or where the name of the column holds.
_FLAGS = dict.fromkeys(("ok", "good", "pass", "passed", "valid", "clean", "fine", "f", "false", "n", "no"), "0")
_FLAGS |= dict.fromkeys(("bad", "fail", "failed", "invalid", "reject", "rejected", "flagged", "masked"), "1")
_FLAGS |= dict.fromkeys(("t", "true", "y", "yes"), "1")
#: A word of a mask that is not understood, as a number no mask has.
UNKNOWN = "-1"
#: Columns that say of which spectrum a row is, and how many rows a spectrum has at least.
_LABELS = {"star", "object", "target", "name", "epoch", "date", "night", "id", "spectrum", "exposure"}
_MIN_ROWS, _SAMPLE = 50, 20
#: Words beside these where a number is a name: that of "star_rv" is a velocity.
_NUMBERED = {"no", "nr", "num", "number", "index", "code", "obs", "observation", "jd", "mjd", "bjd", "of", "the"}
_NUMBERED |= {"hip", "hd", "gj", "tic", "gaia", "source"}
#: Words beside these of what the star is and not of its name.
_KINDS = {"type", "class", "kind", "spt"}
#: Letters that numbers have.
_OF_NUMBERS = {"e", "d", "nan", "inf"}
#: Letters that are looked at before all are, and at most.
_GLANCE, _LONGEST = 4_000, 20_000_000
#: A row: a number at its beginning or after a first word.
_ROW = re.compile(r"[\s\"']*[\d.+-]|[^#,;|\t]{1,60}[,;|\t][\s\"']*[\d.+-]|\s*[^#\s]\S{0,59}\s+[\d.+-]")
#: A number in any notation; dates and times, which are words; a word that is no number with a unit or a mark.
_NUMBER = re.compile(r"[-+]?(?=[.,']*\d)[\d.,']+(?:[ed][-+]?\d+)?")
_DATE = re.compile(r"\d[-/:]\d")
_WORD = re.compile(r"(?![-+]?\d+[.,]\d*\D*$)(?=.*(?:[^\W\d]|\d[-/:]\d))[^=(){}\[\]]+")
#: A word after numbers, which may touch each other: it begins with a letter, or is a date.
_INNER_WORD = re.compile(r"[^\W\d_][^=(){}\[\]]*|\d{4}-\d\d-\d\d\S*")
#: What the column that names the star is called, and what stands where a word was.
_OF_STARS, _BLANK, _QUOTES = {"star", "object", "target", "name"}, "nan", "\"'"
_SEPARATORS = (";", "|", "\t", ",")


def flag_values(words: Sequence[str]) -> np.ndarray:
    """Words of a mask as numbers, -1 where they are not understood; shape ``(n,)``."""
    return np.array([float(_FLAGS.get(word.strip().strip(_QUOTES).lower(), UNKNOWN)) for word in words])


def tidy_words(text: str) -> str:
    """The text with masks in words as numbers, and the rows of each star or epoch one after the other.

    Args:
        text: lines with numbers, under a line of names or without.
    """
    glance = text[len(text) // 2 :][:_GLANCE]
    words = {word.lower() for word in re.findall(r"[^\W\d_]+", glance)} - _OF_NUMBERS or _DATE.search(glance)
    if len(text) > _LONGEST or not (words or _LABELS & set(split_words(text[:_GLANCE]))):
        return text  # numbers alone, as in nearly all
    lines = text.splitlines()
    rows = [i for i, line in enumerate(lines) if _ROW.match(line)]
    sample = [lines[i] for i in rows[len(rows) // 2 :][:_SAMPLE]]
    if len(sample) < _SAMPLE:
        return text
    mark = next((m for m in _SEPARATORS if all(m in line for line in sample)), None)
    count = Counter(len(_cells(line, mark)) for line in sample).most_common(1)[0][0]
    head = next((i for i in range(rows[0] - 1, -1, -1) if len(_cells(lines[i], mark)) == count), None)
    names = _cells(lines[head], mark) if head is not None else [""] * count
    cells = [row for row in (_cells(line, mark) for line in sample) if len(row) == count]
    masks = [j for j in range(count) if _is_mask_of_words(names[j], [row[j] for row in cells])]
    label = next((j for j in range(count) if _is_label(names[j]) and count > 2), None)
    if masks:
        _number_masks(lines, rows, mark, masks, count)
    words = _column_of_words(cells, masks)
    label = 0 if label is None and words == 0 else label
    if words and words != label and not _in_blocks([_cells(lines[i], mark)[words : words + 1] for i in rows]):
        words = None
    star = _gather(lines, rows, mark, names, label) if label is not None else ""
    if words is not None:
        _blank(lines, rows, mark, words)
    if star:
        lines.insert(rows[0], f"# star: {star}")
    return "\n".join(lines) if masks or label is not None or words is not None else text


def _cells(line: str, mark: str | None) -> list[str]:
    return line.lstrip("# ").split(mark)


def _is_mask_of_words(name: str, cells: list[str]) -> bool:
    """Whether a column holds words of a mask, or words under the name of one."""
    words = [cell.strip().strip(_QUOTES).lower() for cell in cells]
    if not all(re.fullmatch(r"[^\W\d_][\w -]*", word) for word in words) or set(words) <= {"nan", "inf", "null"}:
        return False
    return parse_name(name).role == "mask" or all(word in _FLAGS for word in words)


def _is_label(name: str) -> bool:
    """Whether a column says by its name of which star or epoch a row is, and not of which quality."""
    return bool(_LABELS & set(split_words(name))) and parse_name(name).role not in ("mask", "uncertainty")


def _names_star(name: str, value: str) -> bool:
    """Whether what all rows hold is the name of the star; a number is where its column says nothing else."""
    words = set(split_words(name))
    number = _NUMBER.fullmatch(value.strip(_QUOTES).lower())
    return bool(_OF_STARS & words) and not words & _KINDS and (not number or words <= _LABELS | _NUMBERED)


def _number_masks(lines: list[str], rows: list[int], mark: str | None, masks: list[int], count: int) -> None:
    for i in rows:
        row = _cells(lines[i], mark)
        if len(row) == count:
            for j in masks:
                row[j] = _FLAGS.get(row[j].strip().strip(_QUOTES).lower(), UNKNOWN)
            lines[i] = (mark or " ").join(row)


def _column_of_words(cells: list[list[str]], masks: list[int]) -> int | None:
    """The column that holds words, where all others but masks hold numbers, two at least; None where there is none."""
    rows = [[cell.strip().strip(_QUOTES).lower() for cell in row] for row in cells]
    kinds = [[bool(_NUMBER.fullmatch(cell)) or cell in MISSING for cell in row] for row in rows if len(row) > 2]
    if not kinds or len(kinds) < len(rows):
        return None
    found = [j for j in range(len(kinds[0])) if j not in masks and not all(row[j] for row in kinds)]
    if len(found) != 1 or any(row[found[0]] for row in kinds):
        return None
    word = _WORD if found[0] == 0 else _INNER_WORD
    return found[0] if all(word.fullmatch(row[found[0]]) for row in rows) else None


def _in_blocks(words: list[list[str]]) -> bool:
    """Whether the rows with one word come one after the other."""
    changes = sum(word != before for before, word in pairwise(words))
    return changes < len({tuple(word) for word in words})


def _blank(lines: list[str], rows: list[int], mark: str | None, column: int) -> None:
    """Put the mark of a missing number in place of the word that each row has in a column, in place."""
    for i in rows:
        cells = lines[i].lstrip("# ").split(mark, column + 1)
        if len(cells) > column + 1 or (column and len(cells) == column + 1):
            if not _NUMBER.fullmatch(cells[column].strip().strip(_QUOTES).lower()):
                cells[column] = _BLANK
                lines[i] = (mark or " ").join(cells)


def _gather(lines: list[str], rows: list[int], mark: str | None, names: list[str], label: int) -> str:
    """Put the rows of one label together, in place, where there are several of a spectrum's length; blank the labels.

    Returns:
        The name of the star where all rows have one under the name of such, else nothing.
    """
    cells = [_cells(lines[i], mark) for i in rows]
    full = [(i, row) for i, row in zip(rows, cells, strict=True) if len(row) == len(names)]
    found = Counter(row[label].strip() for _, row in full)
    if len(found) == 1 and _names_star(names[label], next(iter(found))):
        return next(iter(found)).strip(_QUOTES)
    if len(found) < 2 or min(found.values()) < _MIN_ROWS:
        return ""
    order = {word: number for number, word in enumerate(found)}
    ranked = sorted((row for _, row in full), key=lambda row: order[row[label].strip()])
    for (i, _), row in zip(full, ranked, strict=True):
        lines[i] = (mark or " ").join([*row[:label], _BLANK, *row[label + 1 :]])
    return ""

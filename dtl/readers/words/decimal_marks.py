"""Decimal marks, marks between thousands and what separates columns: lines of a text in the form that is parsed."""

from __future__ import annotations

import re

__all__ = ["COMMENT", "MISSING", "plain_lines", "plain_text"]

#: What begins a line that is none of a table's.
COMMENT = re.compile(r"^\s*(#|%|!|//|\*|;|--|(COMMENT|HISTORY)\s+[^\W\d])")

#: What stands where a number is missing, in lower case.
MISSING = {"", "nan", "--", "---", "...", "indef", "null", "na", "n/a", "none", "*", "masked"}
#: Blanks, minus signs and marks of Unicode -> those of ASCII.
_BLANKS = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_SPACES = str.maketrans(dict.fromkeys(_BLANKS, " ") | {"\u2212": "-", "\u200b": "", "\ufeff": ""})
#: Lines drawn around cells and between them, as Julia prints a table.
_SPACES |= dict.fromkeys(range(0x2500, 0x2580), " ")
_GERMAN, _ENGLISH = r"[-+]?\d{1,3}(\.\d{3})+(,\d+)?([eE][-+]?\d+)?", r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?([eE][-+]?\d+)?"
#: A number in quotes.
_QUOTED = re.compile(r'"([-+\d.,eE ]+)"')
#: Marks between thousands, as in 8'810.25.
_SWISS = re.compile(r"(?<=\d)['\u2019](?=\d{3}(?!\d))")
#: Blanks of no width to speak of between thousands, as in French; other marks stand between the columns then.
_FRENCH = re.compile(r"(?<![\d.,])(\d{1,3})[\u00a0\u2009\u202f](?=\d{3}(?!\d))")
#: Numbers that touch, as a column of fixed width is full where one is negative: 1.0342E+00-3.1021E-03. Both have a
#: point, as the parts of a date have not; only numbers stand in such a row.
_TOUCHES, _GLANCE, _OF_NUMBERS = re.compile(r"\d-\d{0,30}\.\d"), 20_000, frozenset("0123456789+-.eEdD \t")
_TOUCHING = re.compile(r"(\d\.\d{1,30}(?:[eEdD][-+]\d{2,3})?)(?=[-+]\d{0,30}\.\d)")
#: The same with plain blanks, in a cell between other marks.
_SPACED, _POLISH = re.compile(r"[-+]?\d{1,3}( \d{3})+([.,]\d+)?"), re.compile(r"(?<![\d.,])(\d{1,3}) (?=\d{3}(?!\d))")


def plain_text(text: str) -> str:
    """A text with ASCII's blanks and minus signs, without lines drawn around cells, and without apostrophes and narrow
    blanks between thousands."""
    if not text.isascii():
        if any(mark in text for mark in ";\t|") and any(blank in text for blank in "\u00a0\u2009\u202f"):
            text = _FRENCH.sub(r"\1", text)
        text = text.translate(_SPACES)
    text = _SWISS.sub("", text) if "'" in text or "\u2019" in text else text
    if not _TOUCHES.search(text[len(text) // 2 :][:_GLANCE]):
        return text
    return "\n".join(_TOUCHING.sub(r"\1 ", row) if _OF_NUMBERS.issuperset(row) else row for row in text.splitlines())


def plain_lines(body: list[str]) -> tuple[list[str], str | None]:
    """Lines with points as decimal marks and without thousands separators, and the separator of columns."""
    body = _without_end(_unquoted(body))
    mark = next((m for m in (";", "|", "\t") if all(m in line for line in body[:50])), None)
    cells = [cell.strip().strip("\"'") for line in body[:200] for cell in line.split(mark)] if mark else []
    if sum(bool(_SPACED.fullmatch(cell)) for cell in cells) > 0.2 * len(cells):
        body = [_POLISH.sub(r"\1", line) for line in body]
    if not any("," in line for line in body[:200]):  # neither a decimal mark nor one between thousands
        return body, _separator(body[:50])[0]
    cells = [c.strip().strip("\"'") for line in body[:200] for c in (line.split(mark) if mark else line.split())]
    german = sum(bool(re.fullmatch(_GERMAN, c)) for c in cells if "," in c)
    if german > 0.2 * len(cells):
        return [line.replace(".", "").replace(",", ".") for line in body], mark
    english = sum(bool(re.fullmatch(_ENGLISH, c)) for c in cells if "," in c and "." in c)
    if english > 0.2 * len(cells):
        return [line.replace(",", "") for line in body], mark
    separator, comma = _separator(body[:50])
    return ([line.replace(",", ".") for line in body] if comma else body), separator


def _without_end(body: list[str]) -> list[str]:
    """Lines without a mark that ends each of them and stands nowhere else in them, as ``8796.65 0.93;``."""
    ends = {line.rstrip()[-1:] for line in body[:50]}
    mark = ends.pop() if len(ends) == 1 else ""
    if mark not in (";", "|", ",") or any(line.count(mark) > 1 for line in body[:50]):
        return body
    return [line.rstrip().removesuffix(mark) for line in body]


def _unquoted(body: list[str]) -> list[str]:
    """Lines in which numbers stand without quotes, where commas stand within these: between thousands or as decimal
    marks, never between columns."""
    quoted = [cell for line in body[:200] for cell in _QUOTED.findall(line) if "," in cell]
    if not quoted:
        return body
    both = [cell for cell in quoted if "." in cell]
    if both:
        decimal = all(cell.rfind(",") > cell.rfind(".") for cell in both)
    else:
        decimal = not all(re.fullmatch(_ENGLISH, cell.strip()) for cell in quoted)

    def plain(cell: re.Match[str]) -> str:
        if not decimal:
            return cell[1].replace(",", "")
        german = "," in cell[1] or re.fullmatch(_GERMAN, cell[1].strip())
        return cell[1].replace(".", "").replace(",", ".") if german else cell[1]

    return [_QUOTED.sub(plain, line) for line in body]


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
            and all(re.fullmatch(r"[-+]?\d+(,\d+)?([eE][-+]?\d+)?", c) or c.lower() in MISSING for c in cells)
            and len(cells) > len(lines)
        ):
            return None, True
        return ",", False
    if all("\t" in line.strip() for line in lines):
        mixed = len({line.count("\t") for line in lines}) > 1 and len({len(line.split()) for line in lines}) == 1
        return None if mixed else "\t", False
    return None, False

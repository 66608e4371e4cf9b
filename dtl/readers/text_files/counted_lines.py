"""Lines of a text and the cells in them, counted before anything looks at them."""

from __future__ import annotations

import re

from dtl.readers import limits
from dtl.readers.source import Source

__all__ = ["check_values", "refuse_json", "text_lines"]

_JSON = re.compile(r"\s*(\{\s*\"|\[\s*[{\[(])")
#: What ends a line, as `str.splitlines` has it.
_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


def text_lines(source: Source, text: str, measured: str = "") -> list[str]:
    """The lines of a text, counted and measured before anything looks at them.

    Args:
        source: for the name in messages.
        text: of the file.
        measured: how lines begin that may not be long; all may not by default.

    Raises:
        UnusableInput: more, or longer ones, than a table has.
    """
    if len(text) > limits.most("lines"):  # else there are fewer ends of lines
        limits.check("lines", sum(text.count(end) for end in _ENDS), source.refuse)
    lines = text.splitlines()
    longest = max((len(line) for line in lines if line.startswith(measured)), default=0)
    if longest > limits.most("line_length"):
        refuse_json(source, text)
    limits.check("line_length", longest, source.refuse)
    return lines


def refuse_json(source: Source, text: str) -> None:
    """Refuse a text in JSON's notation."""
    if _JSON.match(text):
        raise source.refuse(
            "is a JSON file, which is read only where each row stands on a line of its own; write wavelength and flux "
            "as CSV or ECSV, as pandas.DataFrame({'wavelength': ..., 'flux': ...}).to_csv(...) does."
        )


def check_values(source: Source, lines: list[str], separator: str | None) -> None:
    """Count the cells of lines before they are parsed; a comma in them can be a decimal mark until the separator is
    known.

    Raises:
        UnusableInput: more than a table has.
    """
    if sum(map(len, lines)) > limits.most("values"):  # else there are fewer, as each has a letter
        counts = (line.count(separator) + 1 if separator else len(line.split()) for line in lines)
        limits.check("values", sum(counts), source.refuse)

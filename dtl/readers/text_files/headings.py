"""Which line above a table of text names its columns, and which is a title of as many words."""

from __future__ import annotations

import re

import numpy as np

from dtl.readers.words.units import parse_unit

__all__ = ["cells_of_names", "names_columns", "role_by_unit", "without_label"]

#: What stands before names.
_LABEL = re.compile(
    r"^\s*(?:(?:the|data|table) )?(?:columns?|fields?|names?|format)(?: (?:are|names?|of (?:the )?(?:file|table)))*"
    r"\s*[:=]\s*",
    re.IGNORECASE,
)
#: What stands in a title and names no column.
_TITLE_WORDS = {"in", "of", "the", "and", "for", "from", "with", "by", "as", "is", "are", "on", "at", "to", "scale"}
#: The same, unless two columns beside that of the wavelengths are named too, or one of errors.
_TREATMENTS = {"calibrated", "corrected", "subtracted", "divided", "applied", "resampled", "shifted", "measured"}
_NUMBER = re.compile(r"[-+]?\.?\d[\d.,]*(?:[eEdD][-+]?\d+)?")


def without_label(line: str) -> str:
    """A line without what says that names follow, as "columns: "."""
    return _LABEL.sub("", line)


def cells_of_names(line: str, separator: str | None, count: int) -> list[str]:
    """The names in a line; those of ``count`` columns where a separator ends it that ends no row."""
    if separator is None:  # a bracket belongs to the word before it: "Wavelength [nm]"
        return [word.strip("\"'") for word in re.findall(r"[^\s,;|\[(]+(?:\s*[\[(][^\])]{0,60}[\])])?", line)]
    words = [word.strip(" \t;").strip("\"'") for word in line.split(separator)]
    return (
        words if len(words) <= count else [word for word in words if word]
    )  # a separator at the end of this line alone


def role_by_unit(word: str) -> str:
    """That of wavelengths where a name that says nothing has their unit in brackets, as "k [cm-1]", else none."""
    unit = re.search(r"[\[(]([^\])]+)[\])]\s*$", word)
    return "wavelength" if unit and parse_unit(unit[1]) else ""


def names_columns(words: list[str], roles: list[str], values: np.ndarray, *, apart: bool) -> bool:
    """Whether words that stand between blanks name columns: one of them that of the wavelengths, or none any role.

    A title has often as many words as there are columns, as "GJ 699 spectrum", "blaze corrected flux".
    """
    if "wavelength" not in roles:
        return not any(roles)
    named = apart or "uncertainty" in roles or len(set(roles) - {""}) > 2
    title = _TITLE_WORDS if named else _TITLE_WORDS | _TREATMENTS
    if any(_NUMBER.fullmatch(word) or word.lower() in title for word in words):
        return False
    if words[0].lower() in ("wave", "ln", "log") and len(words) == 2 and roles[1] != "flux":  # "wave number"
        return False
    run = [_runs(column) for column in values.T]
    return not any(run) or any(runs for runs, role in zip(run, roles, strict=True) if role == "wavelength")


def _runs(values: np.ndarray) -> bool:
    """Whether numbers go one way, but for where one order passes to the next."""
    steps = np.diff(values[np.isfinite(values)])
    return steps.size > 0 and bool(max((steps > 0).mean(), (steps < 0).mean()) > 0.9)

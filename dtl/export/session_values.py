"""Values of a saved session, each tested for its type before anything else sees it."""

from __future__ import annotations

import math
import re

from dtl.readers.options import ReadOptions
from dtl.result import COLUMNS, PARAMETERS
from dtl.spectrum import UnusableInput

__all__ = ["BadValue", "as_dict", "as_digest", "as_key", "as_number", "as_options", "as_row", "as_settings", "as_text"]

#: Columns of a result that hold text; ``flags`` is a list of it, and all others are numbers.
TEXTS = ("file", "star", "instrument", "bundle", "rv_frame")
#: Columns that not every spectrum has, and sessions of earlier versions have not.
_OPTIONAL = ("rv_error", "ra", "dec", "mjd")
_NEEDED = {"file", "bundle", *(f"{name}{end}" for name in PARAMETERS for end in ("", "_lower", "_upper"))}
_MAX = 500


class BadValue(ValueError):
    """What is wrong with a value, as the middle of a sentence."""


def as_dict(value: object, what: str) -> dict[str, object]:
    """An object of JSON.

    Raises:
        BadValue: for anything else; so below.
    """
    if not isinstance(value, dict):
        raise BadValue(f"“{what}” is no set of names and values")
    return value


def as_text(value: object, what: str, *, longest: int = 1000) -> str:
    """Text of bounded length."""
    if not isinstance(value, str) or len(value) > longest:
        raise BadValue(f"“{what}” is no text, or too long")
    return value


def as_number(value: object, what: str, *, low: float = -math.inf, high: float = math.inf) -> float:
    """A finite number between two bounds."""
    try:
        number = math.nan if isinstance(value, bool) or not isinstance(value, int | float) else float(value)
    except OverflowError:  # a whole number with hundreds of digits
        number = math.inf
    if not math.isfinite(number) or not low <= number <= high:
        raise BadValue(f"“{what}” is no number that is possible there")
    return number


def as_digest(value: object, what: str) -> str:
    """A sha256 as 64 hexadecimal digits."""
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{64}", value):
        raise BadValue(f"the checksum in “{what}” is none")
    return value


def as_key(value: object, what: str) -> str:
    """A sha256 of a file, and after ``#`` which of its spectra is meant, if there are several."""
    digest, _, part = str(value).partition("#")
    return as_digest(digest, what) + (f"#{as_text(part, what, longest=60)}" if part else "")


def as_options(value: object, what: str) -> ReadOptions:
    """What the user said of a file."""
    options = as_dict(value, f"options of {what}")
    if any(len(str(told)) > 3000 for told in options.values()):
        raise BadValue(f"the reading options of {what} are too long")
    try:
        return ReadOptions.told(**options)
    except TypeError as error:
        raise BadValue(f"the reading options of {what} are not those of this program") from error
    except UnusableInput as error:
        reason = str(error).partition(";")[0].replace("The", "the", 1)
        raise BadValue(f"{reason} among the reading options of {what}") from error


def as_row(value: object, what: str) -> dict[str, object]:
    """A result, the columns of the contract; parameters that are withheld come back as None, other numbers as NaN."""
    given = as_dict(value, f"result of {what}")
    if not _NEEDED <= set(given) <= set(COLUMNS):
        raise BadValue(f"the result of {what} does not have the columns of this program")
    row: dict[str, object] = {}
    for name in COLUMNS:
        if name in TEXTS:
            row[name] = as_text(given.get(name, ""), f"{name} of {what}")
        elif name == "flags":
            flags = given.get(name, [])
            if not isinstance(flags, list) or len(flags) > _MAX:
                raise BadValue(f"the flags of {what} are no list")
            row[name] = [as_text(flag, f"flags of {what}") for flag in flags]
        else:
            number = given.get(name)
            absent = None if name.startswith((*PARAMETERS, "corr_")) or name in _OPTIONAL else math.nan
            row[name] = absent if number is None else as_number(number, f"{name} of {what}")
    return row


def as_settings(value: object) -> dict[str, object]:
    """View options: scalars, or lists of scalars."""
    settings = as_dict(value, "settings")
    if len(settings) > _MAX:
        raise BadValue("it has more settings than this program")
    for name, setting in settings.items():
        parts = setting if isinstance(setting, list) else [setting]
        if len(name) > 100 or len(parts) > _MAX:
            raise BadValue(f"the setting “{name[:40]}” is too long")
        for part in parts:
            plain = (
                part is None or isinstance(part, bool | int | str) or (isinstance(part, float) and math.isfinite(part))
            )
            if not plain or len(str(part)) > 1000:
                raise BadValue(f"the setting “{name}” is no text or number")
    return dict(settings)

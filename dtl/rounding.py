"""Figures cut by their uncertainty, and words in a row."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from math import floor, isfinite, log10

from dtl.result import PARAMETERS, Estimate

__all__ = [
    "decimals",
    "estimate_words",
    "format_estimate",
    "format_number",
    "format_significant",
    "format_with_error",
    "listed",
    "rounded",
    "shortened",
]

_MINUS = "\N{MINUS SIGN}"
#: Digits that a float can have, and that a half goes away from zero.
_EXACT = Context(prec=700, rounding=ROUND_HALF_UP)
#: From here on numbers have no decimals in a computer.
_WHOLE = 2.0**53
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def decimals(uncertainty: float, most: int) -> int:
    """Decimals that an uncertainty justifies: two significant figures of it, and no more decimals than ``most``.

    Where ``most`` would show the uncertainty as zero, its first significant figure is kept. Negative for tens and more.
    """
    if not isfinite(uncertainty) or uncertainty <= 0:
        return most
    first = -floor(log10(uncertainty))
    return min(first + 1, max(most, first))


def rounded(value: float, places: int) -> float:
    """``value`` with ``places`` decimals (tens and hundreds where negative); 92.5 gives 93, as a browser rounds it.

    Python's own `round` gives 92, the even one of two that are as near.
    """
    value = float(value)
    if not isfinite(value) or abs(value) >= _WHOLE:
        return value
    return float(Decimal(value).quantize(Decimal(1).scaleb(-places), context=_EXACT))


def format_number(value: float, places: int) -> str:
    """``value`` with ``places`` decimals (rounded to tens and hundreds where negative) and a true minus sign.

    Where it has more digits than a computer knows, as a power of ten.
    """
    if not isfinite(value):
        return "–"
    if abs(value) >= _WHOLE:
        return format_significant(value)
    text = f"{rounded(value, places):.{max(places, 0)}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("-", _MINUS)


def format_significant(value: float, figures: int = 2) -> str:
    """``value`` with so many significant figures; as a power of ten where it is below a thousandth and not zero, or has
    more than 15 digits."""
    if not isfinite(value) or value == 0:
        return format_number(value, 0)
    power = int(f"{value:.{figures - 1}e}".partition("e")[2])  # of the rounded value: 9.99 is 10
    if -3 <= power < 15:
        return format_number(value, figures - 1 - power)
    mantissa = format_number(value / 10.0**power, figures - 1)
    return f"{mantissa} × 10{str(power).translate(_RAISED)}"


def format_with_error(value: float, error: float | None, figures: int = 3) -> str:
    """``value ± error``, both with the decimals of two significant figures of the error.

    Where there is no error, ``value`` with so many significant ``figures`` at most, yet never rounded to tens.
    """
    if error is None or not isfinite(error) or error <= 0:
        text = format_significant(value, figures) if abs(value) < 10 ** (figures - 1) else format_number(value, 0)
        return text.rstrip("0").rstrip(".") if "." in text and "×" not in text else text
    places = decimals(error, 99)
    return f"{format_number(value, places)} ± {format_number(error, places)}"


def format_estimate(name: str, estimate: Estimate) -> tuple[str, str, str]:
    """Value, lower and upper distance of a parameter of `PARAMETERS`, as text cut by the smaller distance, no units.

    A value that is withheld is called so, and has no distances.
    """
    if estimate.withheld:
        return "withheld", "", ""
    places = decimals(min(estimate.lower, estimate.upper), PARAMETERS[name][2])
    return (
        format_number(estimate.value, places),
        f"{_MINUS}{format_number(estimate.lower, places)}",
        f"+{format_number(estimate.upper, places)}",
    )


def estimate_words(name: str, estimate: Estimate) -> str:
    """A parameter of `PARAMETERS` in words: ``3412 -40 +35 K``, ``< 3.4 km/s`` for an upper limit, or ``withheld``."""
    _, unit, places = PARAMETERS[name]
    if estimate.withheld:
        return "withheld"
    if estimate.limit is not None:
        return f"< {format_number(estimate.limit, places)} {unit}"
    return f"{' '.join(format_estimate(name, estimate))} {unit}"


def listed(words: Sequence[str]) -> str:
    """Words in a row: ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def shortened(text: str, longest: int, end: int | None = None) -> str:
    """Text of so many characters at most; what is too long loses its middle, as names of files differ at their ends.

    Args:
        text: to be shown.
        longest: number of characters, the ellipsis among them.
        end: how many of them are from the end of the text; None for half of them.
    """
    if len(text) <= longest:
        return text
    end = longest // 2 if end is None else end
    return f"{text[: longest - end - 1]}…{text[len(text) - end :]}"

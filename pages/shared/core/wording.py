"""How the pages write: names of spectra, text from files, sizes with their units."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from dtl.result import PARAMETERS, InferenceResult
from dtl.rounding import format_significant, listed, shortened

__all__ = [
    "RMSE",
    "label",
    "labels",
    "listed",
    "mean_of",
    "names_apart",
    "plain",
    "printable",
    "sentence",
    "value_with_unit",
    "with_minus",
    "with_unit",
]

_HYPHEN = re.compile(r"(?<![\w.-])-(?=\d)")
#: That of a range with its unit; names as G 9-40 and dates have none.
_RANGE = re.compile(r"(?<=\d)-(?=[\d.]+ (?:K|Å|%|dex|km/s)(?!\w))")
#: Of addresses that become links by themselves, whatever is escaped: what an invisible letter after it ends.
_LINK = re.compile(r"https?:(?=//)|www(?=\.)|@", re.IGNORECASE)
RMSE = "rmse: root of the mean squared error, the size of a typical error."


def label(result: InferenceResult, *, short: bool = False) -> str:
    """Name of a spectrum for lists, without markup: star and (not if ``short``) file, and that it is simulated.

    A mean of several exposures is called so, and by no file.
    """
    spectrum = result.prepared.spectrum
    name = spectrum.star or spectrum.file
    if result.exposures > 1:
        name += f", {mean_of(result)}"
    elif spectrum.star and not short:
        name += f" ({spectrum.file})"
    simulated = ""
    if spectrum.simulated and "simulated" not in name.lower():
        simulated = " (simulated)" if short else " · simulated observation"
    return printable(name) + simulated


def labels(names: Iterable[str], most: int) -> str:
    """Names of some spectra in a row as Markdown, each once with the number of its spectra; ``most`` at most."""
    named = [plain(name) + (f" ({count} spectra)" if count > 1 else "") for name, count in Counter(names).items()]
    # Names have commas of their own.
    return "; ".join(named[:most]) + (f"; and {len(named) - most} more" if len(named) > most else "")


def names_apart(results: Iterable[InferenceResult]) -> list[str]:
    """A name for each of some spectra without markup: that of its star, with its file where several have it."""
    results = list(results)
    count = Counter(label(result, short=True) for result in results)
    return [label(result, short=count[label(result, short=True)] == 1) for result in results]


def mean_of(result: InferenceResult) -> str:
    """That a result is a mean, as ``mean of 3 exposures``; empty where it is none."""
    return f"mean of {result.exposures} exposures" if result.exposures > 1 else ""


def printable(text: object, longest: int = 100) -> str:
    """Text from a file, to be shown where Markdown is not understood; at most ``longest`` characters of it.

    What is too long loses its middle: names of files differ at their ends.
    """
    return shortened("".join(c for c in str(text) if c.isprintable()), longest)


def plain(text: object, longest: int = 400) -> str:
    """Text from a file, to be shown as it is where Markdown is understood; at most ``longest`` characters of it."""
    printable = shortened("".join(c if c.isprintable() else " " for c in str(text)), longest, 0)
    return "".join("\\" + c if c in r"\`*_{}[]()#+-.!|~$:<>&^=@/" else c for c in _LINK.sub(_unlinked, printable))


def sentence(text: object) -> str:
    """A sentence of the program, as `plain`: whole, as its end says what to do, whatever it quotes from a file."""
    return plain(text, 2000)


def _unlinked(found: re.Match[str]) -> str:
    return found[0] + "\N{WORD JOINER}"


def with_minus(text: str) -> str:
    """Text with a true minus sign in place of each hyphen that stands for one, and a dash within ranges."""
    return _RANGE.sub("\N{EN DASH}", _HYPHEN.sub("\N{MINUS SIGN}", text))


def value_with_unit(parameter: str, text: str) -> str:
    """A value of a parameter, or a range of them, with its unit; log g has none, only its differences are in dex."""
    return text if parameter == "logg" else f"{text} {PARAMETERS[parameter][1]}"


def with_unit(parameter: str, value: float | None, figures: int = 2) -> str:
    """A size of a parameter with its unit, as ``11 K``; a dash where there is none."""
    return "–" if value is None else f"{format_significant(value, figures)} {PARAMETERS[parameter][1]}"

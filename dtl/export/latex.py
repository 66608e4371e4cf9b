"""The table of results as LaTeX, for a paper."""

from __future__ import annotations

from collections.abc import Sequence

import dtl
from dtl.result import PARAMETERS, Estimate, InferenceResult
from dtl.rounding import format_estimate, format_number

__all__ = ["latex_table"]

_TITLES = {
    "teff": ("$T_{\\rm eff}$", "[K]"),
    "logg": ("$\\log g$", "[cm\\,s$^{-2}$]"),
    "mh": ("[M/H]", "[dex]"),
    "vsini": ("$v \\sin i$", "[km\\,s$^{-1}$]"),
}
_SPECIAL = {character: f"\\{character}" for character in "&%$#_{}"} | {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
}


def latex_table(results: Sequence[InferenceResult]) -> str:
    """A ``tabular`` with one row a spectrum: values with their 68 % intervals, upper limits (95 %) with ``<``, flags.

    What is withheld is an ellipsis.
    """
    titles = ["Star", "S/N", "RV", *(title for title, _ in _TITLES.values()), "Flags"]
    units = ["", "", "[km\\,s$^{-1}$]", *(unit for _, unit in _TITLES.values()), ""]
    lines = [
        f"% dtl {dtl.__version__}, {', '.join(sorted({_escape(result.bundle) for result in results}))}; method of "
        "Mas-Buitrago et al. 2024, A&A 687, A205",
        "% mode of the ensemble with its 68 % interval; upper limits 95 %",
        f"\\begin{{tabular}}{{l{'r' * (len(titles) - 2)}l}}",
        "\\hline",
        f"{' & '.join(titles)} \\\\",
        f"{' & '.join(units)} \\\\",
        "\\hline",
        *(_row(result) for result in results),
        "\\hline",
        "\\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def _row(result: InferenceResult) -> str:
    prepared = result.prepared
    cells = [
        _escape(prepared.spectrum.star or prepared.spectrum.file),
        format_number(prepared.snr, 0),
        _number(format_number(prepared.rv, 2)),
        *(_value(name, result.estimates[name]) for name in PARAMETERS),
        _escape(", ".join(flag.replace("_", " ") for flag in result.flags)),
    ]
    return f"{' & '.join(cells)} \\\\"


def _value(name: str, estimate: Estimate) -> str:
    if estimate.withheld:
        return "\\ldots"
    if estimate.limit is not None:
        return f"$<{format_number(estimate.limit, PARAMETERS[name][2])}$"
    value, lower, upper = (text.replace("\N{MINUS SIGN}", "-") for text in format_estimate(name, estimate))
    return f"${value}^{{{upper}}}_{{{lower}}}$"


def _number(text: str) -> str:
    return f"${text}$".replace("\N{MINUS SIGN}", "-")


def _escape(text: str) -> str:
    """Text without what LaTeX takes for a command."""
    return "".join(_SPECIAL.get(c, c) for c in text if c.isprintable())

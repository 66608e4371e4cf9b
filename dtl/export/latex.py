"""The table of results as LaTeX, for a paper: as A&A and as the journals of the AAS want it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import dtl
from dtl.result import PARAMETERS, Estimate, InferenceResult
from dtl.rounding import decimals, format_estimate, format_number

__all__ = ["STYLES", "latex_table"]

#: Styles of tables -> the class of documents that they are for.
STYLES = {"aa": "aa.cls", "aastex": "aastex"}
_TITLES = {
    "teff": ("$T_{\\rm eff}$", "K"),
    "logg": ("$\\log g$", "cm\\,s$^{-2}$"),
    "mh": ("[M/H]", "dex"),
    "vsini": ("$v \\sin i$", "km\\,s$^{-1}$"),
}
#: Frames of a radial velocity that are marked, as the barycentric one is what a reader expects.
_MARKS = {"observatory": "t", "rest": "r", "unknown": "u"}
_SPECIAL = {character: f"\\{character}" for character in "&%$#_{}"} | {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
}


class _Column(NamedTuple):
    """A column of the table: its title, its unit, and the cell of a result."""

    title: str
    unit: str
    cell: Callable[[InferenceResult], str]


def latex_table(results: Sequence[InferenceResult], style: str = "aa") -> str:
    """A table with one row a spectrum: values with their 68 % intervals, upper limits (95 %) with ``<``, flags.

    What is withheld or not known is an ellipsis. Position and date have columns where any file gives them.

    Args:
        results: one row each.
        style: key of `STYLES`.
    """
    columns = _columns(results)
    rows = [" & ".join(column.cell(result) for column in columns) + " \\\\" for result in results]
    shape = f"l{'r' * (len(columns) - 2)}l"
    lines = [
        f"% dtl {dtl.__version__}, {', '.join(sorted({_escape(result.bundle) for result in results}))}; method of "
        "Mas-Buitrago et al. 2024, A&A 687, A205",
        f"% for {STYLES[style]}",
    ]
    notes = (
        "Mode of the ensemble with its 68\\,\\% interval; upper limits 95\\,\\%. Radial velocities are barycentric but "
        "for those marked t (topocentric), r (star at rest), u (frame not stated)."
    )
    if style == "aastex":
        heads = (f"\\colhead{{{column.title}}}" for column in columns)
        units = (f"\\colhead{{{f'({column.unit})' if column.unit else ''}}}" for column in columns)
        lines += [
            f"\\begin{{deluxetable*}}{{{shape}}}",
            "\\tablecaption{Stellar parameters\\label{tab:parameters}}",
            f"\\tablehead{{{' & '.join(heads)} \\\\ {' & '.join(units)}}}",
            "\\startdata",
            *rows,
            "\\enddata",
            f"\\tablecomments{{{notes}}}",
            "\\end{deluxetable*}",
        ]
    else:
        lines += [
            f"% {notes}",
            f"\\begin{{tabular}}{{{shape}}}",
            "\\hline\\hline",
            f"{' & '.join(column.title for column in columns)} \\\\",
            f"{' & '.join(f'[{column.unit}]' if column.unit else '' for column in columns)} \\\\",
            "\\hline",
            *rows,
            "\\hline",
            "\\end{tabular}",
        ]
    return "\n".join(lines) + "\n"


def _columns(results: Sequence[InferenceResult]) -> list[_Column]:
    """The columns of a table, without those for which no file has anything."""
    spectra = [result.prepared.spectrum for result in results]
    columns = [
        _Column("Star", "", lambda result: _escape(result.prepared.spectrum.star or result.prepared.spectrum.file))
    ]
    if any(spectrum.position for spectrum in spectra):
        for place, title in enumerate(("$\\alpha$", "$\\delta$")):
            columns.append(_Column(title, "deg", lambda result, place=place: _position(result, place)))
    if any(spectrum.mjd for spectrum in spectra):
        columns.append(_Column("MJD", "d", lambda result: _plain(result.prepared.spectrum.mjd, 4)))
    columns += [
        _Column("S/N", "", lambda result: format_number(result.prepared.snr, 0)),
        _Column("RV", "km\\,s$^{-1}$", _velocity),
        *(
            _Column(title, unit, lambda result, name=name: _value(name, result.estimates[name]))
            for name, (title, unit) in _TITLES.items()
        ),
        _Column("Flags", "", lambda result: _escape(", ".join(flag.replace("_", " ") for flag in result.flags))),
    ]
    return columns


def _position(result: InferenceResult, place: int) -> str:
    position = result.prepared.spectrum.position
    return _plain(position and position[place], 4)


def _plain(value: float | None, places: int) -> str:
    return "\\ldots" if value is None else _number(format_number(value, places))


def _velocity(result: InferenceResult) -> str:
    """Radial velocity with its error, as many digits as that allows, and a mark where the frame is none to expect."""
    prepared = result.prepared
    error = prepared.rv_error
    places = 2 if error is None else decimals(error, 3)
    text = format_number(prepared.rv, places) + ("" if error is None else f"\\pm{format_number(error, places)}")
    mark = _MARKS.get(prepared.rv_frame)
    return _number(text + (f"^{{\\rm {mark}}}" if mark else ""))


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
    """Text without what LaTeX takes for a command, or at its beginning for a part of the command before it.

    The end of a row looks beyond blanks for a star and for a length in brackets.
    """
    plain = "".join(_SPECIAL.get(c, c) for c in text if c.isprintable()).lstrip()
    return f"{{{plain[0]}}}{plain[1:]}" if plain.startswith(("[", "*")) else plain

"""Tables of results for other programs: ECSV, FITS, VOTable, CSV, Parquet, and JSON lines."""

from __future__ import annotations

import io
import json
import math
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from astropy import units as u
from astropy.table import Column, Table
from astropy.utils.exceptions import AstropyWarning

import dtl
from dtl.export.latex import latex_table
from dtl.flags import explain, joined
from dtl.resources import plain_cell, whole_file, write_whole
from dtl.result import COLUMNS, InferenceResult
from dtl.spectrum import UnusableInput

__all__ = [
    "ENDINGS",
    "FORMATS",
    "ecsv_text",
    "json_line",
    "results_table",
    "save_table",
    "table_bytes",
    "table_of",
    "write_table",
]

#: Ending of the file -> format of `astropy.table.Table.write`.
FORMATS = {
    ".ecsv": "ascii.ecsv",
    ".fits": "fits",
    ".vot": "votable",
    ".csv": "ascii.csv",
    ".parquet": "parquet",
}
#: Endings of all files that can be written: those that are read back, and LaTeX for a paper.
ENDINGS = (*FORMATS, ".tex")


def results_table(results: Sequence[InferenceResult]) -> Table:
    """One row a result, the columns of the contract, with units and descriptions; flags joined by commas."""
    rows = [dict(result.row(), flags=joined(result.flags)) for result in results]
    return table_of({name: [np.nan if row[name] is None else row[name] for row in rows] for name in COLUMNS})


def table_of(columns: Mapping[str, Sequence[object]]) -> Table:
    """The table of results from its columns, those of the contract; flags joined by commas, absent numbers NaN."""
    table = Table({name: np.array(columns[name]) for name in COLUMNS})
    for name, (unit, description) in COLUMNS.items():
        table[name].unit = None if unit in ("", "dex(cm/s2)") else u.Unit(unit)
        table[name].description = description
    table["logg"].unit = u.dex
    table.meta = {
        "software": f"dtl {dtl.__version__}",
        "method": "Mas-Buitrago et al. 2024, A&A 687, A205",
        "interval": "mode of the ensemble with distances to the 16 % and 84 % quantiles, calibrated on simulated stars",
        "limit": "where vsini_limit is given, vsini was not measured and is below that with a confidence of 95 %",
        "absent": "not a number: withheld, as no star can have it (see flags), no limit, or not stated by the file",
    }
    used = dict.fromkeys(flag for flags in dict.fromkeys(columns["flags"]) for flag in flags.split(", ") if flag)
    table.meta |= {f"flag {flag}": explain(flag) for flag in used}
    return table


def write_table(results: Sequence[InferenceResult], path: str | Path) -> None:
    """Write results to a file whose ending names the format.

    Raises:
        UnusableInput: for another ending, or where the file cannot be written.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UnusableInput(f"{path}: unknown kind of table; let the name end in {', '.join(ENDINGS)}.")
    if not path.parent.is_dir():
        raise UnusableInput(f"{path} cannot be written (there is no folder {path.parent}); choose another place.")
    if ending != ".tex":
        save_table(results_table(results), path)
        return
    try:
        write_whole(path, latex_table(results))
    except OSError as error:
        raise _unwritable(path, error) from error


def save_table(table: Table, path: Path) -> None:
    """Write a table of `table_of` to a file whose ending is one of `FORMATS`, whole or not at all.

    Raises:
        UnusableInput: where it cannot be written.
    """
    ending = path.suffix.lower()
    _fit(table, ending)
    try:
        with whole_file(path) as place:
            _write(table, place, ending)
    except OSError as error:
        raise _unwritable(path, error) from error


def _fit(table: Table, ending: str) -> None:
    """Make of a table what this kind of file can hold."""
    if ending == ".fits":
        _fit_to_fits(table)
    elif ending == ".vot":  # of what is said of a table as a whole it keeps the description alone
        table.meta = {"description": "; ".join(f"{name}: {words.rstrip('.')}" for name, words in table.meta.items())}
    elif ending == ".csv":
        _fit_to_spreadsheets(table)


def _write(table: Table, place: Path | io.StringIO | io.BytesIO, ending: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)  # neither FITS nor VOTable has the dex among its units
        table.write(place, format=FORMATS[ending])


def _unwritable(path: Path, error: OSError) -> UnusableInput:
    # astropy says once more what it was told at each of its levels
    reason = (error.strerror or str(error)).partition(". ")[0].rstrip(".")
    return UnusableInput(f"{path} cannot be written ({reason}); choose another place.")


def table_bytes(results: Sequence[InferenceResult], ending: str) -> bytes:
    """The table of results as the content of a file.

    Args:
        results: one row each.
        ending: one of `ENDINGS`, ``.json`` for a list of objects, or ``.aas.tex`` for LaTeX of the AAS journals.
    """
    if ending == ".aas.tex":
        return latex_table(results, "aastex").encode()
    if ending == ".json":
        return ("[\n" + ",\n".join(map(json_line, results)) + "\n]\n").encode()
    if ending == ".tex":
        return latex_table(results).encode()
    if ending != ".parquet":  # in memory, as the disk of a server may be full
        table = results_table(results)
        _fit(table, ending)
        stream = io.StringIO() if FORMATS[ending].startswith("ascii") else io.BytesIO()
        _write(table, stream, ending)
        content = stream.getvalue()
        return content.encode() if isinstance(content, str) else content
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{ending}"
        write_table(results, path)
        return path.read_bytes()


def ecsv_text(results: Sequence[InferenceResult]) -> str:
    """The table of results as the text of an ECSV file."""
    text = io.StringIO()
    results_table(results).write(text, format=FORMATS[".ecsv"])
    return text.getvalue()


def _fit_to_fits(table: Table) -> None:
    """Escape letters beyond ASCII, of which FITS has none, and keep the dex as a unit it does not know."""
    for name in table.colnames:
        column = table[name]
        if column.dtype.kind == "U":
            plain = [value.encode("ascii", "backslashreplace").decode() for value in column]
            table.replace_column(name, Column(plain, description=column.description))
        elif column.unit == u.dex:
            column.unit = u.UnrecognizedUnit("dex")


def _fit_to_spreadsheets(table: Table) -> None:
    """Mark text as text that a spreadsheet would run as a formula."""
    for name in table.colnames:
        if table[name].dtype.kind == "U":
            table.replace_column(name, Column([plain_cell(str(value)) for value in table[name]]))


def json_line(result: InferenceResult) -> str:
    """One JSON object with the columns of the contract; numbers as numbers, what is no number as null."""
    row = {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in result.row().items()
    }
    return json.dumps(row, ensure_ascii=False)

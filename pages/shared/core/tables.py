"""Tables beside the figures: spectra point by point, nearest neighbours, small tables of text."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dtl.figures.scale import ANGSTROM, Scale
from dtl.resources import plain_cell
from dtl.result import PARAMETERS, InferenceResult, Neighbour, value_title
from dtl.rounding import format_estimate, format_number

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

__all__ = [
    "describe",
    "estimates_written",
    "fixed",
    "neighbours",
    "number_table",
    "point_table",
    "spectrum_table",
    "text_table",
    "written",
]


def text_table(columns: Mapping[str, Sequence[str]], alt: str) -> None:
    """A small table of text."""
    st.table(dict(columns), border="horizontal", hide_index=True, alt=alt)


def number_table(
    rows: object, places: Mapping[str, int | Callable[[float], str]], *, signed: Collection[str] = ()
) -> Styler:
    """Rows for `streamlit.dataframe` whose numbers are written as the rest of the app writes them, and sort as such.

    The browser writes a hyphen for a minus sign; here the words of a cell go beside its number. A column that is
    written so must have no ``format`` in its configuration. Meant for some hundred rows.

    Args:
        rows: of a table, or its columns, as `streamlit.dataframe` takes them.
        places: column -> decimals, or what writes a number.
        signed: columns whose positive numbers have a sign too.
    """
    import pandas as pd

    table = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows)
    formats = {
        column: decimals
        if callable(decimals)
        else partial(_signed if column in signed else format_number, places=decimals)
        for column, decimals in places.items()
        if column in table
    }
    table = table.astype({column: float for column in formats})
    return table.style.format(formats, na_rep="")


def written(texts: Iterable[tuple[float, str]]) -> Callable[[float], str]:
    """For `number_table`: what writes the numbers of a column as given, as each has decimals of its own."""
    return dict(texts).__getitem__


def estimates_written(results: Iterable[InferenceResult]) -> dict[str, Callable[[float], str]]:
    """For `number_table`: what writes the values of the parameters, cut by their intervals, and a limit as such."""
    texts: dict[str, list[tuple[float, str]]] = {name: [] for name in PARAMETERS}
    for result in results:
        for name, estimate in result.estimates.items():
            if estimate.limit is not None:
                texts[name].append((estimate.limit, f"< {format_number(estimate.limit, PARAMETERS[name][2])}"))
            elif not estimate.withheld:
                texts[name].append((estimate.value, format_estimate(name, estimate)[0]))
    return {name: written(pairs) for name, pairs in texts.items()}


def point_table(columns: Mapping[str, np.ndarray], places: Mapping[str, int], alt: str) -> None:
    """A curve point by point: written as the rest of the app writes numbers where one of them is negative.

    Other tables are left to the browser, which writes thousands of rows at once, with the same decimals: nothing in
    them looks different.

    Args:
        columns: shape ``(n,)`` each.
        places: column -> decimals.
        alt: what the table holds.
    """
    if any(np.nanmin(columns[name], initial=0.0) < 0 for name in places):
        # A screen reader is given the number, not how it is written.
        rounded = {name: np.round(columns[name], decimals) for name, decimals in places.items()}
        st.dataframe(number_table({**columns, **rounded}, places), alt=alt, hide_index=True)
    else:
        st.dataframe(columns, column_config=fixed(places), alt=alt, hide_index=True)


def fixed(places: Mapping[str, int]) -> dict[str, object]:
    """For `streamlit.dataframe`: columns of long tables whose numbers the browser writes, with so many decimals."""
    return {
        title: st.column_config.NumberColumn(title, format=f"%.{max(decimals, 0)}f")
        for title, decimals in places.items()
    }


def _signed(value: float, places: int) -> str:
    text = format_number(value, places)
    return f"+{text}" if value > 0 and float(text) else text


def spectrum_table(
    result: InferenceResult,
    name: str,
    model: np.ndarray,
    *,
    more: Mapping[str, np.ndarray] | None = None,
    scale: Scale = ANGSTROM,
) -> None:
    """A spectrum and models of it, shape ``(n_wavelength,)`` each, point by point."""
    prepared = result.prepared
    columns = {
        scale.column(): scale.at(prepared.wavelength),
        "flux": prepared.flux,
        "uncertainty": prepared.uncertainty,
        "used": prepared.good,
        name: model,
        **(more or {}),
    }
    places = {title: 4 for title in columns if title != "used"} | {scale.column(): scale.places()}
    point_table(columns, places, f"Wavelength, flux, uncertainty and {name}, point by point")


def describe(neighbour: Neighbour) -> str:
    """A node of the grid in words, as ``3375 K, log g 4.80, [M/H] 0.00, v sin i 4.0 km/s``."""
    words = (
        f"{label if name != 'teff' else ''} {format_number(getattr(neighbour, name), places)} "
        f"{unit if unit != 'dex' else ''}"
        for name, (label, unit, places) in PARAMETERS.items()
    )
    return ", ".join(word.strip() for word in words)


def neighbours(result: InferenceResult) -> None:
    """The nearest nodes of the grid, nearest first, and their download."""
    rows = [
        {"distance": n.distance} | {name: getattr(n, name) for name in PARAMETERS} | {"node": n.index}
        for n in result.neighbours
    ]
    columns = {name: st.column_config.NumberColumn(value_title(name)) for name in PARAMETERS}
    st.dataframe(
        number_table(rows, {name: places for name, (_, _, places) in PARAMETERS.items()} | {"distance": 2}),
        column_config=columns
        | {
            "distance": st.column_config.NumberColumn(
                "Distance",
                help="Between latent vectors, each dimension scaled to unit variance over the grid.",
            ),
            "node": st.column_config.NumberColumn("Node", format="%d", help="Number of the model in the grid, from 0."),
        },
        hide_index=True,
        alt="Nearest neighbours with their distances and parameters",
    )
    text = _table(["distance", *PARAMETERS, "node"], rows)
    st.download_button(
        "CSV",
        text,
        "nearest-models.csv",
        "text/csv",
        key="download-neighbours",
        icon=":material/download:",
        on_click="ignore",
    )


def _table(columns: Sequence[str], rows: Sequence[dict[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: plain_cell(value) for key, value in row.items()} for row in rows)
    return text.getvalue()

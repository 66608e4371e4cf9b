"""Tables of the page Literature: statistics, star by star, and one star in all sources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dtl.catalogue import published_stars
from dtl.catalogue.literature import MEANINGS, agrees, comparison, write
from dtl.catalogue.star_record import OWN
from dtl.figures.star_record import FAR
from dtl.result import PARAMETERS, Estimate, value_title
from dtl.rounding import decimals, format_estimate, format_number
from pages.shared.core import tables, wording

__all__ = [
    "differences",
    "downloads",
    "label_of",
    "published_statistics",
    "record_table",
    "statistics_table",
    "twin",
]

_HEADERS = {
    "source": "Source", "stars": "Stars", "mean": "Mean", "published_mean": "Published", "correlation": "r",
    "published_correlation": "Published r", "rmse": "rmse", "median": "Median", "scatter": "Scatter", "note": "Note",
}  # fmt: skip
#: Width in which the longest note can be read, pixels.
_NOTE = 470
#: Column of what the publication states -> column that is computed here.
_STATED = {"published_mean": "mean", "published_correlation": "correlation"}


def label_of(source: str, exposures: int = 1) -> str:
    """What a source is called; the user's own value may be the mean of several ``exposures``."""
    if source == OWN:
        return "Your spectrum" if exposures == 1 else f"Yours, mean of {exposures}"
    if source == published_stars.PUBLISHED:
        return published_stars.PUBLISHED_LABEL
    return published_stars.SOURCES[source].label


@st.cache_data(show_spinner=False)
def published_statistics(parameter: str, alt: str) -> None:
    """The table of `differences`, the same for all visitors: Streamlit keeps what was sent."""
    statistics_table(differences(parameter), parameter, alt)


def statistics_table(table: pd.DataFrame, parameter: str, alt: str) -> None:
    """Rows of `dtl.catalogue.literature.comparison` or of the user's statistics."""
    _, unit, places = PARAMETERS[parameter]
    shown = table.assign(source=[label_of(source) for source in table["source"]])
    shown = shown[[c for c in _HEADERS if c in shown and (shown[c].notna() & (shown[c] != "")).any()]]
    columns, shown_places = {}, {}
    for column in shown:
        words = f"{MEANINGS[column][0].upper()}{MEANINGS[column][1:]}."
        decimals = 2 if column.endswith("correlation") else 0 if column == "stars" else places
        header = _HEADERS[column]
        words += f" In {unit}." if column in ("mean", "rmse", "median", "scatter", "published_mean") else ""
        if column in _STATED:
            shown[column] = [
                ""
                if np.isnan(stated)
                else f"{format_number(stated, decimals)} {'✓' if agrees(*pair, decimals) else '≠'}"
                for stated, *pair in zip(table[column], table[_STATED[column]], table[column], strict=True)
            ]
            words += " ✓ where the value computed here agrees to its last digit, ≠ where it does not."
        elif column == "note":
            shown[column] = shown[column].map(wording.with_minus)
        elif shown[column].dtype.kind == "f" and shown[column].isna().any():
            shown[column] = [format_number(value, decimals) for value in shown[column]]
        if shown[column].dtype.kind not in "fi":
            width = _NOTE if column == "note" else None
            columns[column] = st.column_config.TextColumn(header, help=words, pinned=column == "source", width=width)
        else:
            shown_places[column] = decimals
            shown[column] = shown[column].round(decimals)  # a screen reader is given the number, not how it is written
            columns[column] = st.column_config.NumberColumn(header, help=words)
    st.dataframe(
        tables.number_table(shown, shown_places), column_config=columns, hide_index=True, height="content", alt=alt
    )


def twin(table: pd.DataFrame, alt: str) -> None:
    """Rows of `literature_table` or `dtl.catalogue.literature.user_comparison`, sources by their names."""
    columns = {name: st.column_config.Column(name, help=MEANINGS.get(name)) for name in table}
    shown = table.assign(source=[label_of(source) for source in table["source"]]).reset_index(drop=True)
    places = max((PARAMETERS[name][2] for name in table["parameter"].unique()), default=2)
    numbers = {name: places + (places > 0) for name in shown if shown[name].dtype.kind == "f"} | {"sigma": 2}
    if "own" in shown:
        numbers["own"] = tables.written(
            (row.own, format_estimate(row.parameter, Estimate(row.own, row.own_lower, row.own_upper))[0])
            for row in shown.itertuples()
        )
    st.dataframe(tables.number_table(shown, numbers), column_config=columns, hide_index=True, placeholder="", alt=alt)


@st.cache_data(show_spinner=False)
def differences(parameter: str) -> pd.DataFrame:
    """`dtl.catalogue.literature.comparison`, of which a visit sees few."""
    return comparison(parameter)


def downloads(table: pd.DataFrame, stem: str, title: str, unit: str = "") -> None:
    """A table as CSV and as ECSV."""
    with st.container(horizontal=True):
        for kind, mime in (("csv", "text/csv"), ("ecsv", "text/plain")):
            st.download_button(
                kind.upper(),
                partial(write, table, kind, title, unit),  # made when it is wanted
                f"{stem}.{kind}",
                mime,
                key=f"download-{stem}-{kind}",
                icon=":material/download:",
                on_click="ignore",
            )


def record_table(values: pd.DataFrame, exposures: int, alt: str) -> None:
    """All values of a star, a line for each source, with how many sigma each is from the first.

    The user's own value is the mean of so many exposures.
    """
    works, rows = published_stars.references(), []
    by_source: dict[str, dict[str, dict[str, object]]] = {}
    for value in values.to_dict("records"):
        by_source.setdefault(value["source"], {})[value["parameter"]] = value
    for source, part in by_source.items():
        row = {"Source": label_of(source, exposures)}
        for name in PARAMETERS:
            row[value_title(name)] = _text(part[name], name) if name in part else ""
        reference = next(iter(part.values()))["reference"]
        row["Reference"] = works[reference].citation if reference else ""
        row["Link"] = works[reference].url if reference else None
        rows.append(row)
    columns = {
        value_title(name): st.column_config.TextColumn(
            value_title(name),
            width={"teff": 140, "mh": 148, "vsini": 118}.get(name, 140),
            help="Value with its 1σ uncertainty, and in brackets how many σ it is above or below the first line, both "
            f"uncertainties counted. A triangle marks {FAR:g}σ or more.",
        )
        for name in PARAMETERS
    }
    columns["Source"] = st.column_config.TextColumn("Source", pinned=True, width=142)
    columns["Link"] = st.column_config.LinkColumn("Link", display_text="open")
    st.dataframe(rows, column_config=columns, hide_index=True, height="content", alt=alt)


def _text(row: Mapping[str, Any], parameter: str) -> str:
    """A value as ``▲ 5.14 ± 0.04 (3.6σ)``."""
    places = PARAMETERS[parameter][2]
    if row["source"] == OWN:  # cut as everywhere else; published values have the digits that were published
        places = decimals(min(row["lower"], row["upper"]), places)
    value = ("< " if row["limit"] else "") + format_number(row["value"], places)
    lower, upper = format_number(row["lower"], places), format_number(row["upper"], places)
    if np.isfinite(row["upper"]):
        value += f" ± {upper}" if lower == upper else f" −{lower} +{upper}"
    if not np.isfinite(row["sigma"]):
        return value
    far = "" if abs(row["sigma"]) < FAR else ("▲ " if row["sigma"] > 0 else "▼ ")
    return f"{far}{value} ({format_number(row['sigma'], 1)}σ)"

"""The diagrams of stars as a table, and where the first of them departs from the published figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from dtl.catalogue import published_stars
from dtl.catalogue.facts import overview
from dtl.catalogue.luminosity import spectroscopic_luminosity
from dtl.catalogue.mass_radius import Derived
from dtl.figures.hr_diagram import DIFFERENCES
from dtl.figures.plotted_star import PlottedStar
from dtl.flags import joined
from dtl.result import InferenceResult
from pages.shared.core import tables
from pages.shared.hr_diagram import luminosities

__all__ = ["differences", "star_tables"]

#: Decimals of the columns that begin so.
_PLACES = {"teff": 0, "logg": 3, "mh": 3, "vsini": 2, "radius": 4, "mass": 4}
#: Columns of the user's stars that the table of published stars has not.
_UNITS = {"radius": "R☉", "radius_error": "R☉", "mass": "M☉", "mass_error": "M☉"}
_USERS = (
    "label", "teff", "teff_lower", "teff_upper", "logg", "logg_lower", "logg_upper", "mh", "vsini", "luminosity",
    "luminosity_error", "luminosity_source", "radius", "radius_error", "radius_source", "mass", "mass_error",
    "mass_source", "spectroscopic_luminosity", "flags", "simulated",
)  # fmt: skip
_SOURCE = "Where the value beside it was published; empty where the star has none."


def star_tables(users: Sequence[PlottedStar], results: Mapping[str, InferenceResult]) -> None:
    """The user's stars and the published ones, each luminosity and flag with its source, sent once it is opened.

    Args:
        users: the user's stars.
        results: of their spectra, by the keys of the stars.
    """
    table = st.expander("Data table", icon=":material/table:", on_change="rerun", key="diagram-table")
    if not table.open:
        return
    meanings = published_stars.columns().set_index("column")
    headers = {
        "luminosity_source": st.column_config.Column(help="Where the luminosity comes from."),
        "spectroscopic_luminosity": st.column_config.NumberColumn(
            "spectroscopic_luminosity [Sun]", format="%.3g", help="Teff⁴/g in units of the Sun's, as drawn."
        ),
    }
    for name, row in meanings.iterrows():
        header, words = f"{name} [{row['unit']}]", f"{row['description']} ({row['reference']})"
        if row["unit"] == "L☉":
            headers[name] = st.column_config.NumberColumn(header, help=words, format="%.4g")
        else:
            headers[name] = st.column_config.Column(header if row["unit"] else name, help=words)
    published = overview()
    for name in published.columns:
        if name.endswith("_reference") and name not in meanings.index:
            headers[name] = st.column_config.Column(name, help=_SOURCE)
    with table:
        if users:
            st.markdown("**Your stars**")
            rows = [
                vars(star)
                | {
                    "flags": joined(star.flags),
                    "spectroscopic_luminosity": float(spectroscopic_luminosity(star.teff, star.logg)),
                    "vsini": star.quantity("vsini"),
                }
                | _surest(luminosities.derived(star.key, results[star.key]))
                for star in users
            ]
            st.dataframe(
                _numbers(rows, tables.estimates_written(results[star.key] for star in users)), hide_index=True,
                column_config=headers | {name: f"{name} [{unit}]" for name, unit in _UNITS.items()},
                column_order=[name for name in _USERS if any(name in row for row in rows)],
                placeholder="", alt="Your stars in the diagram",
            )  # fmt: skip
        st.markdown("**Published stars**")
        published["spectroscopic_luminosity"] = spectroscopic_luminosity(published["teff"], published["logg"])
        st.dataframe(
            _numbers(published),
            hide_index=True,
            column_config=headers,
            placeholder="",
            alt="The published stars in the diagram",
        )
        works = [f"[{work.citation}]({work.url})" for work in published_stars.references().values()]
        # Not as a caption, in which links are too pale to read.
        st.markdown(f":small[References: {' · '.join(works)}]")


def _numbers(rows: object, written: Mapping[str, Callable[[float], str]] = {}) -> Styler:
    """Rows with the decimals of their columns, or as some columns are ``written``."""
    table = pd.DataFrame(rows)
    numbers = table.select_dtypes("number").columns
    known = {name: _PLACES.get(name.partition("_")[0]) for name in numbers}
    return tables.number_table(
        table, {name: places for name, places in known.items() if places is not None} | dict(written)
    )


def _surest(found: Sequence[Derived]) -> dict[str, object]:
    """The first radius and the first mass of a star, with error and source."""
    row: dict[str, object] = {}
    for derived in reversed(found):
        source = derived.method + (f", {derived.reference.citation}" if derived.reference else "")
        row |= dict(
            zip(
                (derived.quantity, f"{derived.quantity}_error", f"{derived.quantity}_source"),
                (derived.value, derived.error, source),
                strict=True,
            )
        )
    return row


def differences() -> None:
    """Where the HR diagram departs from the published figure, and why."""
    part = st.expander(
        "How this differs from the published figure", icon=":material/difference:", on_change="rerun",
        key="diagram-differences",
    )  # fmt: skip
    if part.open:
        for row in DIFFERENCES:  # a list, as a table of four columns of words leaves a narrow page no room for them
            published = "" if row.published == "–" else f"Published: {row.published}. "
            part.markdown(f"- **{row.what}.** {published}Here: {row.here}. {row.reason}")

"""Pieces of a page that say what is known of a spectrum."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

import streamlit as st

from dtl.flags import explain
from dtl.result import COLUMNS, PARAMETERS, InferenceResult, Neighbour
from dtl.rounding import format_estimate, format_number
from pages.shared import session

__all__ = [
    "choose_spectrum",
    "describe",
    "downloads",
    "facts",
    "flags",
    "heading",
    "map_table",
    "neighbours",
    "parameters",
    "results_table",
]

_INTERVAL = (
    "The large figure is the most probable value: the mode of what the networks of the ensemble say. Minus and plus "
    "lead to the ends of the interval that holds 68 % of the probability. Digits without meaning are cut."
)
_MEANING = {
    "teff": "Effective temperature.",
    "logg": "Surface gravity: decimal logarithm of its value in cm/s².",
    "mh": "Metallicity: decimal logarithm of the abundance of metals relative to the Sun.",
    "vsini": "Rotation speed at the equator, as projected on the line of sight.",
}
_FRAMES = {
    "barycentric": "relative to the barycentre of the solar system",
    "observatory": "relative to the observatory, the motion of the Earth included",
    "rest": "left in a file that is at rest already",
    "unknown": "in the frame of the file, which it does not state",
}
#: Flags that say how the spectrum was handled; the others doubt the values.
_NOTES = ("resolution_unknown", "uncertainty_estimated")


def choose_spectrum(key: str) -> InferenceResult | None:
    """A list to choose the spectrum shown, where there are several."""
    results = st.session_state["results"]
    if len(results) > 1:
        st.session_state[key] = st.session_state["selected"]

        def choose() -> None:
            st.session_state["selected"] = st.session_state[key]

        st.selectbox(
            "Spectrum shown", list(results), format_func=lambda d: session.label(results[d]), key=key, on_change=choose
        )
    return session.selected()


def heading(result: InferenceResult) -> None:
    """Whose spectrum it is."""
    spectrum = result.prepared.spectrum
    title = session.plain(spectrum.star or spectrum.file)
    parts = [spectrum.file if spectrum.star else "", spectrum.instrument]
    st.subheader(title, anchor=False)
    badge = ":blue-badge[:material/science: Simulated observation] " if spectrum.simulated else ""
    st.markdown(badge + " · ".join(session.plain(part) for part in parts if part))


def parameters(result: InferenceResult) -> None:
    """The four parameters as cards."""
    doubted = any(flag not in (*_NOTES, "upper_limit_vsini") for flag in result.flags)
    with st.grid(4, min_column_width=150):
        for name, (title, unit, _) in PARAMETERS.items():
            value, lower, upper = format_estimate(name, result.estimates[name])
            limit = name == "vsini" and "upper_limit_vsini" in result.flags
            st.metric(
                title,
                f"≤ {value} {unit}" if limit else f"{value} {unit}",
                f"{lower} {upper}",
                delta_color="off",
                delta_arrow="off",
                help=f"{_MEANING[name]} {_INTERVAL}",
                icon=":material/warning:" if doubted or limit else None,
                border=True,
            )


def flags(result: InferenceResult) -> None:
    """Doubts and notes as sentences."""
    doubts = [explain(flag) for flag in result.flags if flag not in _NOTES]
    notes = [explain(flag) for flag in result.flags if flag in _NOTES]
    if doubts:
        st.warning(_list(doubts), icon=":material/warning:")
    if notes:
        st.info(_list(notes), icon=":material/info:")


def _list(sentences: Sequence[str]) -> str:
    """Sentences as Markdown, with bullets where there are several."""
    bullet = "- " if len(sentences) > 1 else ""
    return "\n".join(bullet + session.plain(sentence) for sentence in sentences)


def facts(result: InferenceResult) -> None:
    """Quality, velocity and bundle, each with what it means."""
    prepared = result.prepared
    misfit = format_number(100 * result.reconstruction_mse**0.5, 1)
    share = format_number(result.latent_distance_percentile, 0)
    with st.container(horizontal=True, gap="medium"):
        for text, help_ in (
            (f"S/N **{format_number(prepared.snr, 0)}**", "Signal-to-noise ratio per pixel of the file in the window."),
            (
                f"Velocity **{format_number(prepared.rv, 1)} km/s** ({session.plain(prepared.rv_frame)})",
                f"Radial velocity {_FRAMES.get(prepared.rv_frame, '')}, from cross-correlation with a model spectrum; "
                f"the peak is {format_number(prepared.rv_quality, 2)} high, where 1 is a perfect match.",
            ),
            (
                f"Misfit **{misfit} %**",
                "Root of the mean squared difference between spectrum and reconstruction, relative to the continuum "
                f"(mean squared difference {result.reconstruction_mse:.2g}).",
            ),
            (
                f"Unlikeness **{share} of 100**",
                f"Of 100 simulated stars with a similar signal-to-noise ratio, {share} lie closer to the model spectra "
                "than this one. Near 100 the spectrum is unlike any model.",
            ),
            (f"Networks **{session.plain(result.bundle)}**", "Name and version of the trained networks in use."),
        ):
            st.markdown(text, help=help_, width="content")


def results_table(results: Sequence[InferenceResult], alt: str) -> None:
    """All results as a table, one row a spectrum."""
    rows = [result.row() | {"flags": ", ".join(result.flags) or "none"} for result in results]
    columns = {
        name: st.column_config.NumberColumn(f"{name} [{unit}]" if unit else name, help=text, format=_FORMATS.get(name))
        if isinstance(rows[0][name], float)
        else st.column_config.TextColumn(name, help=text)
        for name, (unit, text) in COLUMNS.items()
    }
    for row, result in zip(rows, results, strict=True):
        row["file"] += " (simulated)" if result.prepared.spectrum.simulated else ""
    st.dataframe(rows, column_config=columns, hide_index=True, alt=alt)


def downloads(results: Sequence[InferenceResult], stem: str) -> None:
    """The rows of results as CSV and as JSON."""
    rows = [result.row() for result in results]
    with st.container(horizontal=True):
        for kind, mime, text in (
            ("csv", "text/csv", _csv(rows)),
            ("json", "application/json", json.dumps(rows, indent=2)),
        ):
            st.download_button(
                kind.upper(),
                text,
                f"{stem}.{kind}",
                mime,
                key=f"download-{stem}-{kind}",
                icon=":material/download:",
                on_click="ignore",
            )


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
    columns = {
        name: st.column_config.NumberColumn(f"{title} [{unit}]", format=f"%.{places}f")
        for name, (title, unit, places) in PARAMETERS.items()
    }
    st.dataframe(
        rows,
        column_config=columns
        | {
            "distance": st.column_config.NumberColumn(
                "Distance",
                format="%.2f",
                help="Between latent vectors, each dimension scaled to unit variance over the grid.",
            ),
            "node": st.column_config.NumberColumn("Node", format="%d", help="Number of the model in the grid, from 0."),
        },
        hide_index=True,
        alt="Nearest model spectra with their distances and parameters",
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


def map_table(bundle: object, which: str) -> None:
    """The user's stars and the nodes with their places on a map, for those who do not read the figure."""
    results = st.session_state["results"].values()
    stars = [
        {"spectrum": session.label(r), "axis 1": float(place[0]), "axis 2": float(place[1])}
        for r in results
        for place in [getattr(r, f"map_{which}")]
    ]
    st.dataframe(stars, hide_index=True, alt="Places of your stars on the map")
    places = getattr(bundle, f"map_{which}")
    nodes = {name: bundle.nodes[:, i] for i, name in enumerate(PARAMETERS)}
    st.dataframe(
        {"axis 1": places[:, 0], "axis 2": places[:, 1]} | nodes,
        hide_index=True,
        alt="Places of the model spectra on the map and their parameters",
    )


_FORMATS = {"teff": "%.0f", "logg": "%.2f", "mh": "%.2f", "vsini": "%.1f", "rv": "%.2f", "snr": "%.0f"} | {
    f"{name}_{side}": f"%.{places}f" for name, (_, _, places) in PARAMETERS.items() for side in ("lower", "upper")
}


def _csv(rows: Sequence[dict[str, object]]) -> str:
    return _table(list(COLUMNS), [row | {"flags": " ".join(row["flags"])} for row in rows])


def _table(columns: Sequence[str], rows: Sequence[dict[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()

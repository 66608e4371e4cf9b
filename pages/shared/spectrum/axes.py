"""The unit in which the figures and tables of a spectrum show its wavelengths; the analysis knows nothing of it."""

from __future__ import annotations

import streamlit as st

from dtl.figures.scale import UNITS, Scale
from dtl.lines import LINES
from pages.shared.core import links

__all__ = ["choose_scale"]


def choose_scale() -> Scale:
    """A menu for unit, medium and line, and what was chosen."""
    lines = {line.label: line for line in LINES}
    with st.popover("Axis", icon=":material/straighten:", help="Unit of the wavelengths in figures and tables."):
        unit = st.segmented_control(
            "Unit",
            list(UNITS),
            format_func=UNITS.get,
            default="Angstrom",
            required=True,
            key=links.view("axis", UNITS),
            persist_state="session",
            help="km/s: velocity from a line, c (λ / λ₀ − 1).",
        )
        medium = st.segmented_control(
            "Wavelengths in",
            ["vacuum", "air"],
            default="vacuum",
            required=True,
            disabled=unit == "km/s",
            key=links.view("axis-medium", ["vacuum", "air"]),
            persist_state="session",
            help="Velocities are the same in both." if unit == "km/s" else "At 8815 Å the two differ by 2.42 Å.",
        )
        line = st.selectbox(
            "Velocity from",
            list(lines),
            index=list(lines).index("Mg I 8809.2"),
            disabled=unit != "km/s",
            key=links.view("axis-line", lines, "Mg I 8809.2"),
            persist_state="session",
            help=None if unit == "km/s" else "Choose km/s first.",
        )
        st.caption("Changes what is shown, never the analysis.")
    return Scale(unit or "Angstrom", medium or "vacuum", lines.get(line))

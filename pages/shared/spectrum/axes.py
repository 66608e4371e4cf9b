"""The unit in which the figures and tables of a spectrum show its wavelengths; the analysis knows nothing of it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dtl.figures.scale import UNITS, Scale
from dtl.result import InferenceResult
from dtl.wavelengths import vacuum_to_air
from pages.shared.core import links

__all__ = ["choose_scale"]


def choose_scale(result: InferenceResult) -> Scale:
    """A menu for unit, medium and line of a result's window, and what was chosen."""
    window = result.prepared.window
    lines = {line.label: line for line in result.prepared.lines}
    units = [unit for unit in UNITS if unit != "km/s" or lines]
    # Most of the window is seen about a line in its middle.
    middle = min(lines, key=lambda label: abs(lines[label].wavelength - window.centre), default=None)
    apart = float(window.centre - vacuum_to_air(np.array(window.centre)))
    with st.popover("Axis", icon=":material/straighten:", help="Unit of the wavelengths in figures and tables."):
        unit = st.segmented_control(
            "Unit",
            units,
            format_func=UNITS.get,
            default="Angstrom",
            required=True,
            key=links.view("axis", units),
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
            help="Velocities are the same in both."
            if unit == "km/s"
            else f"At {window.centre:.0f} Å the two differ by {apart:.2f} Å.",
        )
        line = None
        if lines:
            line = st.selectbox(
                "Velocity from",
                list(lines),
                index=list(lines).index(middle),
                disabled=unit != "km/s",
                key=links.view("axis-line", lines, middle),
                persist_state="session",
                help=None if unit == "km/s" else "Choose km/s first.",
            )
        st.caption("Changes what is shown, never the analysis.")
    return Scale(unit or "Angstrom", medium or "vacuum", lines.get(line))

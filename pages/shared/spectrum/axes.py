"""The unit in which the figures and tables of a spectrum show its wavelengths; the analysis knows nothing of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dtl.figures.scale import ANGSTROM, UNITS, Scale
from dtl.lines import Line
from dtl.result import InferenceResult
from dtl.wavelengths import vacuum_to_air
from pages.shared.core import links, visit

__all__ = ["choose_scale", "follow"]


@dataclass(frozen=True)
class ShownScale:
    """The scale that the page was last drawn with."""

    scale: Scale = ANGSTROM


def follow(result: InferenceResult) -> Scale:
    """The scale as it is chosen, for a run of the whole page."""
    lines, state = _lines(result), st.session_state
    line = state.get("axis-line", _middle(result, lines))
    scale = Scale(state.get("axis") or "Angstrom", state.get("axis-medium") or "vacuum", lines.get(line))
    visit.keep(ShownScale(scale))
    return scale


def _lines(result: InferenceResult) -> dict[str, Line]:
    return {line.label: line for line in result.prepared.lines}


def _middle(result: InferenceResult, lines: dict[str, Line]) -> str | None:
    """The line in the middle of the window: most of it is seen about that one."""
    centre = result.prepared.window.centre
    return min(lines, key=lambda label: abs(lines[label].wavelength - centre), default=None)


def choose_scale(result: InferenceResult) -> Scale:
    """A menu for unit, medium and line of a result's window, and what was chosen."""
    window, lines = result.prepared.window, _lines(result)
    units = [unit for unit in UNITS if unit != "km/s" or lines]
    middle = _middle(result, lines)
    apart = float(window.centre - vacuum_to_air(np.array(window.centre)))
    with st.popover("Axis", icon=":material/straighten:", help="Unit of the wavelengths in figures and tables."):
        unit = st.segmented_control(
            "Unit",
            units,
            format_func=UNITS.get,
            required=True,
            key=links.view("axis", units),
            default=links.default("axis", "Angstrom"),
            persist_state="session",
            help="km/s: velocity from a line, c (λ / λ₀ − 1).",
        )
        medium = st.segmented_control(
            "Wavelengths in",
            ["vacuum", "air"],
            required=True,
            disabled=unit == "km/s",
            key=links.view("axis-medium", ["vacuum", "air"]),
            default=links.default("axis-medium", "vacuum"),
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
                disabled=unit != "km/s",
                key=links.view("axis-line", lines, middle),
                index=links.default("axis-line", list(lines).index(middle)) or 0,
                persist_state="session",
                help=None if unit == "km/s" else "Choose km/s first.",
            )
        st.caption("Changes what is shown, never the analysis.")
    scale = Scale(unit or "Angstrom", medium or "vacuum", lines.get(line or middle))
    if scale != visit.kept(ShownScale).scale:
        st.rerun()  # the other figures of the page follow
    return scale

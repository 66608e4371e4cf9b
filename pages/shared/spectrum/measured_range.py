"""The range of wavelengths that was dragged over the spectrum, or typed, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dtl.exploration.wavelength_range import range_statistics
from dtl.figures.scale import UNITS, Scale
from dtl.result import InferenceResult
from dtl.rounding import decimals, format_number
from pages.shared.core import visit

__all__ = ["statistics", "take"]

_ENDS = ("range-from", "range-to")
_STEPS = {"Angstrom": 0.1, "nm": 0.01, "km/s": 1.0}


@dataclass(frozen=True)
class MeasuredRange:
    """The range that was chosen last, vacuum Angstrom; None before there is one."""

    ends: tuple[float, float] | None = None


def take(chart: str, result: InferenceResult, scale: Scale) -> None:
    """Take the range that was dragged over a figure; what ends the choice changes nothing."""
    boxes = st.session_state[chart].selection.box
    if boxes:
        _keep(result, scale, *boxes[-1]["x"][:2])


def statistics(result: InferenceResult, scale: Scale) -> None:
    """Fields for the ends of the range, and its numbers below them."""
    wavelength = result.prepared.wavelength
    middle = result.prepared.window.centre
    ends = visit.kept(MeasuredRange).ends or (middle - 2.0, middle + 2.0)
    ends = tuple(float(end) for end in np.clip(ends, wavelength[0], wavelength[-1]))
    low, high = (float(scale.at(end)) for end in (wavelength[0], wavelength[-1]))
    unit, places = UNITS[scale.unit], {"Angstrom": 2, "nm": 3, "km/s": 1}[scale.unit]

    def typed() -> None:
        _keep(result, scale, *(st.session_state[key] for key in _ENDS))

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for key, title, end in zip(_ENDS, ("From", "To"), ends, strict=True):
            st.session_state[key] = min(max(round(float(scale.at(end)), places), low), high)
            st.number_input(
                f"{title} [{unit}]", low, high, step=_STEPS[scale.unit], format=f"%.{places}f", key=key, width=150,
                on_change=typed,
            )  # fmt: skip
    found = range_statistics(result, *ends)
    if found is None:
        st.info("Fewer than two points of this range can be used.", icon=":material/info:")
        return
    digits = max(2, decimals(found.equivalent_width_error, 4))
    width, error, model = (
        format_number(value, digits)
        for value in (found.equivalent_width, found.equivalent_width_error, found.model_equivalent_width)
    )
    left = "" if found.used == found.points else f" ({found.points - found.used} of {found.points} left out)"
    parts = (
        (f"Mean flux **{format_number(found.mean, 3)}**, scatter **{format_number(found.scatter, 3)}**",
         f"Mean and standard deviation of the normalised flux of {found.used} points{left}."),
        (f"S/N **{format_number(found.snr, 0)}**",
         "Median of flux over uncertainty, per point of the models' grid and not per pixel of the file."),
        (f"Residual rms **{format_number(100 * found.residual_rms, 1)} %**", "Spectrum against its reconstruction."),
        (f"Equivalent width **{width} ± {error} Å** (reconstruction {model} Å)",
         "Integral of 1 − flux over the points that can be used: against the continuum at 1, so that lines beside it "
         "count too. The error is that of the photon noise, taken as not correlated from point to point."),
    )  # fmt: skip
    with st.container(horizontal=True, gap="medium"):
        for text, words in parts:
            st.markdown(text, help=words, width="content")


def _keep(result: InferenceResult, scale: Scale, first: float, last: float) -> None:
    """Keep a range that is given as it is shown."""
    wavelength = result.prepared.wavelength
    ends = np.interp(sorted((first, last)), scale.at(wavelength), wavelength)
    visit.keep(MeasuredRange((float(ends[0]), float(ends[1]))))

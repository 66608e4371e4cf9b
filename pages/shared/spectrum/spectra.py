"""Figures of a spectrum with what controls them: beside its models, and step by step through the preparation."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dtl.figures.scale import Scale
from dtl.figures.spectrum import AT_REST, preparation_figure, reconstruction_figure
from dtl.lines import TELLURIC, species_of
from dtl.preparation.masks import telluric_lines
from dtl.result import InferenceResult
from dtl.spectrum import UnusableInput
from pages.shared.core import bundles, tables, wording
from pages.shared.core.chart import chart, dark
from pages.shared.spectrum import least_squares

__all__ = ["preparation", "reconstruction"]

_FIT = "fit"
#: Curves over the spectrum beyond which none can be told from the others.
_MAX = 4
_RANKS = ("1st", "2nd", "3rd", *(f"{number}th" for number in range(4, 9)))


@st.fragment
def reconstruction(result: InferenceResult, scale: Scale) -> None:
    """The spectrum with its reconstruction and whatever else it is compared with, and the table."""
    overlays, lines = _controls(result)
    chart(
        reconstruction_figure(result, overlays=overlays, lines=lines, scale=scale, dark=dark()),
        key="reconstruction",
        alt=f"Spectrum of {wording.label(result)} with the reconstruction of the networks"
        + "".join(f", {name}" for name in overlays)
        + ", and the difference to the reconstruction below",
    )
    words = (
        "The networks squeeze the spectrum into 32 numbers and rebuild it from them: the reconstruction. Where the two "
        "differ by more than the noise, the spectrum holds something that the model spectra do not."
    )
    if result.prepared.masked is not None:
        words += " Grey pixels lie under telluric lines or were hit by cosmic rays, and are not used."
    if TELLURIC in lines:
        known = len(telluric_lines(result.prepared)) > 0
        words += (
            " ⊕ marks lines of water in the air."
            if known
            else " Telluric lines are not marked: the wavelengths are not as observed, so their place is not known."
        )
    st.caption(words)
    tables.spectrum_table(result, "reconstruction", result.reconstruction, more=overlays, scale=scale)


def _controls(result: InferenceResult) -> tuple[dict[str, np.ndarray], list[str]]:
    """What is drawn over the spectrum, by its name in the figure, and the species whose lines are named."""
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
    near = {str(rank): neighbour for rank, neighbour in enumerate(result.neighbours)}
    names = {_FIT: "Least-squares fit"} | {str(i): f"{rank} nearest model" for i, rank in enumerate(_RANKS)}
    names["0"] = "Nearest model"
    chosen = left.multiselect(
        "Compare with",
        list(names),
        format_func=names.get,
        placeholder="the fit, or the nearest models",
        max_selections=_MAX,
        select_all=False,
        key="compare",
        persist_state="session",
        help="Least-squares fit: the model nearest to the spectrum, see the second opinion. Nearest models: those "
        "whose latent vectors are nearest, drawn as the networks rebuild them.",
    )
    overlays: dict[str, np.ndarray] = {}
    for key in chosen:
        if key == _FIT:
            try:
                overlays[names[_FIT]] = least_squares.opinion(result).flux
            except UnusableInput as error:
                st.info(wording.plain(error), icon=":material/info:")
        elif key in near:
            bundle = bundles.of_result(result)
            overlays[f"{names[key]}: {tables.describe(near[key])}"] = bundle.decode(bundle.latents[[near[key].index]])[
                0
            ]
    species = list(species_of(result.prepared.lines))
    lines = right.pills(
        "Name the lines",
        [*species, TELLURIC],
        selection_mode="multi",
        default=species,
        key="lines",
        persist_state="session",
        help="Lines whose identification is beyond doubt; most other features are blends. Telluric: water in the air, "
        "placed where the file gives wavelengths as observed.",
    )
    return overlays, lines


@st.fragment
def preparation(result: InferenceResult, scale: Scale) -> None:
    """One step of the preparation at a time."""
    steps = {step.name: step for step in result.prepared.steps}
    st.markdown("#### How it was prepared")
    if not steps:
        return
    name = st.pills(
        "Step of the preparation",
        list(steps),
        default=next(iter(steps)),
        required=True,
        key="step",
        label_visibility="collapsed",
    )
    step = steps.get(name, next(iter(steps.values())))
    st.markdown(wording.plain(step.text))
    chart(
        preparation_figure(
            step, result.prepared.window, simulated=result.prepared.spectrum.simulated, scale=scale, dark=dark()
        ),
        key="preparation",
        alt=f"The spectrum after the step {step.name}: {step.text}",
    )
    table = st.expander("The same as a table", icon=":material/table:", on_change="rerun", key="preparation-table")
    if table.open:
        on_wavelengths = step.x_title.startswith("Wavelength")
        title = scale.column() + ("" if step.name in AT_REST else ", as in the file")
        columns = {title if on_wavelengths else step.x_title: scale.at(step.wavelength)}
        if not on_wavelengths:
            columns = {step.x_title: step.wavelength}
        table.dataframe(columns | {"value": step.flux}, hide_index=True, alt=f"{step.name}, point by point")

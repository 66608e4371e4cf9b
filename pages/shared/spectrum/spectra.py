"""Figures of a spectrum with what controls them: beside its models, and step by step through the preparation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from dtl.exploration.overlay import flux_at
from dtl.figures.scale import Scale
from dtl.figures.spectrum import AT_REST, preparation_figure, reconstruction_figure
from dtl.figures.style import lay_out
from dtl.lines import TELLURIC, species_of
from dtl.preparation.masks import telluric_lines
from dtl.result import InferenceResult
from dtl.rounding import decimals
from dtl.spectrum import PreparationStep, UnusableInput
from pages.shared.core import bundles, elements, keeping, tables, wording
from pages.shared.core.chart import chart, dark
from pages.shared.spectrum import axes, least_squares, measured_range, own_spectra

__all__ = ["preparation", "reconstruction"]

_FIT = "fit"
#: Of the figure, pixels: with the parameters above it, it ends within a window of 900.
_HEIGHT = 410
#: Curves over the spectrum beyond which none can be told from the others.
_MAX = 4
_RANKS = ("1st", "2nd", "3rd", *(f"{number}th" for number in range(4, 9)))


@st.fragment
def reconstruction(result: InferenceResult) -> None:
    """The spectrum with its reconstruction and whatever else it is compared with."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("## Spectrum and reconstruction", width="stretch")
        overlays, lines = _controls(result)
        scale = axes.choose_scale(result)
        measuring = st.toggle(
            "Measure", key="measure", persist_state="session",
            help="Drag a range over the figure, or type it, for its mean, scatter, S/N and equivalent width.",
        )  # fmt: skip
    figure = reconstruction_figure(result, overlays=overlays, lines=lines, scale=scale, dark=dark(), height=_HEIGHT)
    options = {}
    if measuring:
        lay_out(figure, dragmode="select", selectdirection="h")
        options = {
            "on_select": lambda: measured_range.take("reconstruction", result, scale),
            "selection_mode": "box",
        }
    chart(
        figure,
        key="reconstruction",
        alt=f"Spectrum of {wording.label(result)} with the reconstruction of the networks"
        + "".join(f", {name}" for name in overlays)
        + ", and the difference to the reconstruction below",
        table=lambda: tables.spectrum_table(
            result, "reconstruction", result.reconstruction, more=overlays, scale=scale
        ),
        script=lambda: keeping.python("parameters", result),
        **options,
    )
    if measuring:
        measured_range.statistics(result, scale)
    words = "Autoencoder reconstruction (32 latents); residual: observed minus reconstructed."
    if result.prepared.masked is not None:
        words += " Grey pixels lie under telluric lines or were hit by cosmic rays, and are not used."
    if TELLURIC in lines:
        known = len(telluric_lines(result.prepared)) > 0
        words += (
            " ⊕ marks lines of water in the air."
            if known
            else " Telluric lines are not marked: the wavelengths are not as observed, so their place is not known."
        )
    st.caption(
        words,
        help="The encoder maps the spectrum to 32 latents, and the decoder rebuilds it from them. Where the two differ "
        "by more than the noise, the spectrum holds something that the model spectra do not.",
    )


def _controls(result: InferenceResult) -> tuple[dict[str, np.ndarray], list[str]]:
    """What is drawn over the spectrum, by its name in the figure, and the species whose lines are named."""
    near = {str(rank): neighbour for rank, neighbour in enumerate(result.neighbours)}
    names = {_FIT: "Least-squares fit"} | {str(i): f"{rank} nearest grid point" for i, rank in enumerate(_RANKS)}
    names["0"] = "Nearest grid point"
    mine = own_spectra.others(result)
    names |= {digest: f"Your {name}" for digest, name in own_spectra.names(mine).items()}
    if set(st.session_state.get("compare") or ()) - set(names):  # a file that was removed since
        st.session_state["compare"] = [key for key in st.session_state["compare"] if key in names]
    words = "Fit, nearest grid points and other spectra of yours, drawn over it"
    with st.popover("Compare", icon=":material/stacked_line_chart:", help=words):
        chosen = st.multiselect(
            "Compare with",
            list(names),
            format_func=names.get,
            **elements.TYPED,
            placeholder="fit, nearest grid points, your spectra" if mine else "the fit, or the nearest grid points",
            max_selections=_MAX,
            key="compare",
            persist_state="session",
            help="Least-squares fit: the model nearest to the spectrum, see the fit below. Nearest grid points: those "
            "whose latent vectors are nearest, drawn as the networks rebuild them. Your spectra: other files of this "
            "visit, prepared in the same manner.",
        )
    species = list(species_of(result.prepared.lines))
    with st.popover("Lines", icon=":material/label:"):
        lines = st.pills(
            "Line identification",
            [*species, TELLURIC],
            selection_mode="multi",
            default=species,
            key="lines",
            persist_state="session",
            help="Lines whose identification is beyond doubt; most other features are blends. Telluric: water in the "
            "air, placed where the file gives wavelengths as observed.",
        )
    overlays: dict[str, np.ndarray] = {}
    for key in chosen:
        if key == _FIT:
            try:
                overlays[names[_FIT]] = least_squares.opinion(result).flux
            except UnusableInput as error:
                st.info(wording.sentence(error), icon=":material/info:")
        elif key in mine:
            overlays[names[key]] = flux_at(result.prepared.wavelength, mine[key].prepared)
        elif key in near:
            bundle = bundles.of_result(result)
            overlays[f"{names[key]}: {tables.describe(near[key])}"] = bundle.decode(bundle.latents[[near[key].index]])[
                0
            ]
    return overlays, lines


@st.fragment
def preparation(result: InferenceResult, scale: Scale) -> None:
    """One step of the preparation at a time."""
    steps = {step.name: step for step in result.prepared.steps}
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
    if step.name not in AT_REST and _in_air(result):  # as the file has them
        scale = replace(scale, medium="air")
    st.markdown(wording.plain(step.text))
    chart(
        preparation_figure(
            step, result.prepared.window, simulated=result.prepared.spectrum.simulated, scale=scale, dark=dark()
        ),
        key="preparation",
        alt=f"The spectrum after the step {step.name}: {step.text}",
        table=lambda: _step_table(step, scale),
    )


def _in_air(result: InferenceResult) -> bool:
    """Whether the wavelengths of the file are those in air."""
    return any(
        finding.name == "medium" and finding.value.startswith("air") for finding in result.prepared.spectrum.findings
    )


def _step_table(step: PreparationStep, scale: Scale) -> None:
    if step.x_title.startswith("Wavelength"):
        title, places = scale.column() + ("" if step.name in AT_REST else ", as in the file"), scale.places()
        columns = {title: scale.at(step.wavelength)}
    else:
        title, places = step.x_title, 2
        columns = {title: step.wavelength}
    digits = {title: places, "value": decimals(float(np.nanmax(np.abs(step.flux), initial=0.0)) / 1e4, 4)}
    tables.point_table(columns | {"value": step.flux}, digits, f"{step.name}, point by point")

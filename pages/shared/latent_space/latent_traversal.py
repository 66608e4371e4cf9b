"""The decoder walk: sliders along parameters or latents, and what the decoder makes of the point that is reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dtl.exploration.latent_traversal import Step, flux_effect, grid_limits, start_at, step_to
from dtl.figures.latent_traversal import walk_figure, walk_map
from dtl.result import PARAMETERS, InferenceResult, value_title
from dtl.rounding import format_number, rounded
from pages.shared.core import bundles, elements, visit, wording
from pages.shared.core.chart import chart, dark
from pages.shared.latent_space.positions import meanings, picture, places

__all__ = ["decoder_walk"]

_WAYS = {"parameters": "Along parameters", "directions": "Along main directions", "latents": "Along single latents"}
_STEPS = {"teff": 5.0, "logg": 0.01, "mh": 0.01, "vsini": 0.1}
_DIRECTIONS = 6
_FARTHEST = 3.0
_MAX_LATENTS = 6


@dataclass(frozen=True)
class WalkStart:
    """The star at which the sliders of a visit start: name, bundle and Teff in K, in words; None for no star."""

    star: tuple[str, str, str] | None = None


@st.fragment
def decoder_walk(result: InferenceResult, state: str) -> None:
    """Sliders, the decoded spectrum with its change since the start, and what the networks read in it."""
    bundle = bundles.of_result(result)
    way = st.segmented_control(
        "Walk",
        list(_WAYS),
        format_func=_WAYS.get,
        default="parameters",
        required=True,
        key="walk",
        persist_state="session",
        help="Parameters: a point between the models. Main directions: along which the models differ most, the first "
        "before all. Single latents: one of the 32 numbers at a time.",
    )
    _start_anew(result, bundle)
    left, right = st.columns([2, 5], gap="large")
    with left:
        start, here, beyond = (
            _along_parameters(result, bundle) if way == "parameters" else (_along_latents(result, bundle, way, state))
        )
        st.button("Back to the start", key="walk-back", icon=":material/undo:", on_click=_forget)
    with right:
        chart(
            walk_figure(bundle.wavelength, start.flux, here.flux, bundle.lines, dark=dark()),
            key="walk-figure",
            alt="Decoded spectrum at the start and at the point reached, and their difference below",
        )
    _reading(start, here, beyond)
    with left:
        chart(
            walk_map(
                bundle.map_latent,
                picture(bundle.name, "latent", "teff", b"", dark()),
                start.map_latent,
                here.map_latent,
                dark=dark(),
            ),
            key="walk-map",
            alt="The start and the point reached on the map of the latent space, models coloured by Teff",
        )
    _table(bundle, start, here)


def _start_anew(result: InferenceResult, bundle: object) -> None:
    """Put every slider to the star shown, when it has changed or the walk is given up."""
    mark = (wording.label(result), result.bundle, f"{result.estimates['teff'].value:.3f}")
    if visit.kept(WalkStart).star == mark:
        return
    for name, value in zip(PARAMETERS, _estimate(result, bundle), strict=True):
        st.session_state[f"walk-{name}"] = float(value)
    for key in [key for key in st.session_state if str(key).startswith(("walk-direction-", "walk-latent-"))]:
        st.session_state[key] = 0.0
    visit.keep(WalkStart(mark))


def _forget() -> None:
    visit.keep(WalkStart())


def _estimate(result: InferenceResult, bundle: object) -> np.ndarray:
    """The estimates of a star, on the steps of the sliders and within the ranges of the models."""
    limits = grid_limits(bundle)
    values = []
    for name in PARAMETERS:
        low, high = limits[name]
        estimate = result.estimates[name]
        value = 0.5 * (low + high) if estimate.withheld else estimate.value
        stepped = low + round((value - low) / _STEPS[name]) * _STEPS[name]
        values.append(round(min(max(stepped, low), high), 3))
    return np.array(values)


def _along_parameters(result: InferenceResult, bundle: object) -> tuple[Step, Step, bool]:
    values = []
    for name, (low, high) in grid_limits(bundle).items():
        *_, places = PARAMETERS[name]
        values.append(
            st.slider(
                value_title(name),
                low,
                high,
                step=_STEPS[name],
                format=f"%.{places}f",
                key=f"walk-{name}",
                persist_state="session",
            )
        )
    start, _ = start_at(_estimate(result, bundle), bundle)
    here, beyond = start_at(np.array(values), bundle)
    return start, here, beyond


def _along_latents(result: InferenceResult, bundle: object, way: str, state: str) -> tuple[Step, Step, bool]:
    latent = np.asarray(places([result])[0][state].latent, dtype=float)
    start = step_to(latent, bundle)
    if way == "directions":
        axes, spread, names = _main(bundle.name)
        chosen = list(range(min(_DIRECTIONS, len(axes))))
    else:
        axes, spread, names = _single(bundle.name)
        chosen = _choose_latents(bundle, latent, axes, spread, names)
    for i in chosen:
        offset = st.slider(
            names[i],
            -_FARTHEST,
            _FARTHEST,
            step=0.1,
            format="%+.1f σ",
            key=f"walk-{way[:-1]}-{i}",
            persist_state="session",
            help="In standard deviations of the models, from the star shown.",
        )
        latent = latent + offset * spread[i] * axes[i]
    return start, step_to(latent, bundle), False


def _choose_latents(bundle: object, latent: np.ndarray, axes: np.ndarray, spread: np.ndarray, names: list[str]):
    order = np.argsort(-flux_effect(latent, axes, spread, bundle), kind="stable").tolist()
    if "walk-chosen-latents" not in st.session_state:
        st.session_state["walk-chosen-latents"] = order[:2]
    return st.multiselect(
        "Latents to move",
        order,
        format_func=lambda i: names[i],
        max_selections=_MAX_LATENTS,
        **elements.TYPED,
        key="walk-chosen-latents",
        persist_state="session",
        help="Those that change the spectrum most come first. Beside each, the parameter that it goes with most "
        "closely over all models, and the correlation.",
    )


@st.cache_data(max_entries=4, show_spinner=False)
def _main(name: str) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Principal axes, the spread of the models along each, and what they are called."""
    from dtl.exploration.latent_traversal import correlations, directions

    bundle = bundles.find_bundle(name)
    found = directions(bundle.latents, bundle.nodes)
    names = []
    for i, row in enumerate(correlations(found.scores[:, :_DIRECTIONS], bundle.nodes)):
        strongest = int(np.abs(row).argmax())
        label = list(PARAMETERS.values())[strongest][0]
        names.append(
            f"Direction {i + 1}, {format_number(100 * float(found.share[i]), 0)} % of the variance "
            f"({label}, r = {format_number(float(row[strongest]), 2)})"
        )
    return found.axes[:_DIRECTIONS], found.spread[:_DIRECTIONS], names


def _single(name: str) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """The latents themselves as axes."""
    latents = bundles.find_bundle(name).latents
    words = meanings(name)[1]
    return np.eye(latents.shape[1]), latents.std(axis=0), [f"Latent {i + 1} ({text})" for i, text in enumerate(words)]


def _reading(start: Step, here: Step, beyond: bool) -> None:
    st.markdown(
        "**What the networks read here**",
        help="The mean of the ensemble at this point of the latent space; below, the change since the start. "
        "A reading of v sin i is no measurement: of a star that rotates slowly the upper limit on the page Spectrum "
        "holds.",
    )
    with st.grid(5, min_column_width=130):
        for name, (label, unit, places) in PARAMETERS.items():
            change = here.read[name] - start.read[name]
            sign = "+" if rounded(change, places) > 0 else ""
            st.metric(
                label,
                f"{format_number(here.read[name], places)}{'' if name == 'logg' else f' {unit}'}",
                f"{sign}{format_number(change, places)} {unit}",
                delta_color="off",
                delta_arrow="off",
                border=True,
            )
        st.metric(
            "Nearest grid point",
            format_number(here.distance, 2),
            f"{format_number(start.distance, 2)} at the start",
            delta_color="off",
            delta_arrow="off",
            border=True,
            help="Distance in latent space. Far from all models the decoder makes up spectra that no star has.",
        )
    if beyond:
        st.warning(
            "No model is near this point: it lies inside each range but off the main sequence that the grid follows, "
            "so the decoder extrapolates.",
            icon=":material/warning:",
        )


def _table(bundle: object, start: Step, here: Step) -> None:
    table = st.expander("Data table", icon=":material/table:", on_change="rerun", key="walk-table")
    if table.open:
        columns = {"wavelength [Å]": bundle.wavelength, "at the start": start.flux, "here": here.flux}
        columns["change"] = here.flux - start.flux
        table.dataframe(columns, hide_index=True, alt="Decoded flux at the start and here, point by point")

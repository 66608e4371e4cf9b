"""The models nearest to a star, in the space where they were measured, and one of them beside its spectrum."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dtl.figures.spectrum import reconstruction_figure
from dtl.result import InferenceResult, Neighbour
from pages.shared.core import bundles, tables, wording
from pages.shared.core.chart import chart, dark
from pages.shared.latent_space.positions import places

__all__ = ["nearest_models"]

_SPACES = {"latent": "Latent vectors", "flux": "Flux"}


@st.fragment
def nearest_models(result: InferenceResult, state: str) -> None:
    """The nearest neighbours as a table, and the spectrum beside one of them."""
    space = st.segmented_control(
        "Distances measured between",
        list(_SPACES),
        format_func=_SPACES.get,
        default="latent",
        required=True,
        key="neighbour-space",
        persist_state="session",
        help="Latent vectors: in all 32 dimensions. Flux: over all points of the spectra. Never on a flat map, which "
        "must distort distances.",
    )
    left, right = st.columns([2, 3], gap="large")
    with left:
        found = _neighbours(result, state, space)
        tables.neighbours(replace(result, neighbours=found))
        st.caption(
            "Distances are measured "
            + (
                "between the latent vectors themselves, in all 32 dimensions, and not on the flat map; on the maps "
                "these models are ringed."
                if space == "latent"
                else "over all points of the spectra, and not on the flat map; noise of the observation counts in full."
            )
        )
    with right:
        _comparison(result, found)


def _neighbours(result: InferenceResult, state: str, space: str) -> tuple[Neighbour, ...]:
    place = places([result])[0][state]
    if space == "latent":
        return place.neighbours
    from dtl.exploration.position import flux_neighbours

    spectra = bundles.node_spectra(bundles.of_result(result).name)
    return flux_neighbours(place.flux[None], spectra)[0]


def _comparison(result: InferenceResult, found: tuple[Neighbour, ...]) -> None:
    known = {neighbour.index: neighbour for neighbour in found}
    index = st.selectbox("Model", list(known), format_func=lambda i: tables.describe(known[i]), key="model")
    if index not in known:
        return
    bundle = bundles.of_result(result)
    model = bundle.decode(bundle.latents[[index]])[0]
    name = tables.describe(known[index])
    chart(
        reconstruction_figure(result, model=model, name=f"Model of {name}", dark=dark()),
        key="comparison",
        alt=f"Spectrum of {wording.label(result)} with the model of {name}, and their difference below",
        table=lambda: tables.spectrum_table(result, "model", model),
    )
    st.caption("The model is drawn as the networks rebuild it, at the resolution of the spectrum as prepared.")

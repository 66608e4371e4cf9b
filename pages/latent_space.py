"""Latent space page: where a spectrum lies among the model spectra, and which of them are nearest."""

import streamlit as st

from dtl.figures.latent import latent_map, outside_map
from dtl.figures.spectrum import reconstruction_figure
from dtl.result import PARAMETERS, InferenceResult
from pages.shared import elements, keeping, links, session, tables
from pages.shared.chart import chart

MAPS = {"latent": "By latent vector", "flux": "By flux"}


@st.fragment
def the_map(result: InferenceResult) -> None:
    """The map with its settings and its table."""
    bundle, (results, others) = session.bundle_of(result), session.same_models(result)
    left, right = st.columns(2, gap="medium")
    which = left.segmented_control(
        "Map",
        list(MAPS),
        format_func=MAPS.get,
        default="latent",
        required=True,
        key=links.view("map", MAPS),
        persist_state="session",
        help="By latent vector: alike in the 32 numbers into which the networks squeeze a spectrum. "
        "By flux: alike in the spectrum itself.",
    )
    parameter = right.selectbox(
        "Colour",
        list(PARAMETERS),
        format_func=lambda name: PARAMETERS[name][0],
        key=links.view("map-colour", PARAMETERS),
        persist_state="session",
    )
    places = getattr(bundle, f"map_{which}")
    stars = [(session.label(other, short=True), getattr(other, f"map_{which}")) for other in results]
    chart(
        latent_map(
            places,
            bundle.nodes,
            parameter,
            stars,
            chosen=next(i for i, other in enumerate(results) if other is result),
            neighbours=[neighbour.index for neighbour in result.neighbours],
            dark=session.dark(),
        ),
        key="latent-map",
        alt=f"{len(places)} model spectra on a map, coloured by {PARAMETERS[parameter][0]}, and {len(stars)} stars",
        light=True,
    )
    outside = [name for name, star in stars if outside_map(places, star)]
    if outside:
        st.warning(
            session.plain(f"{len(outside)} of {len(stars)} lie outside the map, at its edge as triangles: ")
            + ", ".join(session.plain(name) for name in outside),
            icon=":material/warning:",
        )
    if others:
        st.info(_apart(others, result), icon=":material/visibility_off:")
    table = st.expander("The map as a table", icon=":material/table:", on_change="rerun", key="map-table")
    if table.open:
        with table:
            tables.map_table(bundle, which, results)


@st.fragment
def comparison(result: InferenceResult) -> None:
    """The spectrum and one of its nearest models."""
    st.markdown("#### The spectrum beside a model")
    neighbours = {neighbour.index: neighbour for neighbour in result.neighbours}
    index = st.selectbox("Model", list(neighbours), format_func=lambda i: tables.describe(neighbours[i]), key="model")
    if index not in neighbours:
        return
    bundle = session.bundle_of(result)
    model = bundle.decode(bundle.latents[[index]])[0]
    name = tables.describe(neighbours[index])
    chart(
        reconstruction_figure(result, model=model, name=f"Model of {name}", dark=session.dark()),
        key="comparison",
        alt=f"Spectrum of {session.label(result)} with the model of {name}, and their difference below",
    )
    st.caption("The model is drawn as the networks rebuild it, at the resolution of the spectrum as prepared.")
    tables.spectrum_table(result, "model", model)


def _apart(others: list[InferenceResult], result: InferenceResult) -> str:
    """Which stars a map leaves out, and why."""
    names = ", ".join(session.label(other, short=True) for other in others[:5]) + (
        " and others" if len(others) > 5 else ""
    )
    return session.plain(
        f"Not on this map of {result.bundle}: {names}. They were analysed with other models, which have a map of their "
        "own; choose one of them to see it."
    )


st.title("Where it lies among the models", anchor=False)
st.caption(
    "Each dot is a model spectrum. Spectra that look alike lie close together; the directions of the map and the width "
    "of its gaps have no meaning."
)
result = elements.choose_spectrum("map-spectrum")
if result is None:
    st.info("Upload a spectrum on the first page to see it among the models.", icon=":material/upload:")
    st.stop()
wide, narrow = st.columns([3, 2], gap="large")
with wide:
    the_map(result)
with narrow:
    elements.heading(result)
    st.markdown("#### Nearest model spectra")
    tables.neighbours(result)
    st.caption(
        "Distances are measured between the latent vectors themselves, in all 32 dimensions, and not on the flat map, "
        "which must distort them. On the map these models are ringed."
    )
    elements.flags(result)
comparison(result)
keeping.python("latent", result, which=st.session_state.get("map", "latent"))

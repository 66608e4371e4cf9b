"""Latent space page: where a spectrum lies among the model spectra, and which of them are nearest."""

import streamlit as st

from dtl.figures.latent import latent_map, outside_map
from dtl.result import PARAMETERS
from pages.shared import elements, session

MAPS = {"latent": "By latent vector", "flux": "By flux"}

st.title("Where it lies among the models", anchor=False)
st.caption(
    "Each dot is a model spectrum. Spectra that look alike lie close together; the directions of the map and the width "
    "of its gaps have no meaning."
)
result = session.selected()
if result is None:
    st.info("Upload a spectrum on the first page to see it among the models.", icon=":material/upload:")
    st.stop()
bundle = session.bundle()

left, middle, right = st.columns(3, gap="medium")
with left:
    which = st.segmented_control(
        "Map", list(MAPS), format_func=MAPS.get, default="latent", required=True, key="map", persist_state="session",
        help="By latent vector: alike in the 32 numbers into which the networks squeeze a spectrum. "
        "By flux: alike in the spectrum itself.",
    )  # fmt: skip
with middle:
    parameter = st.selectbox(
        "Colour",
        list(PARAMETERS),
        format_func=lambda name: PARAMETERS[name][0],
        key="map-colour",
        persist_state="session",
    )
with right:
    result = elements.choose_spectrum("map-spectrum")

results = list(st.session_state["results"].values())
places = getattr(bundle, f"map_{which}")
stars = [(session.label(other, short=True), getattr(other, f"map_{which}")) for other in results]
chosen = next(i for i, other in enumerate(results) if other is result)
wide, narrow = st.columns([3, 2], gap="large")
with wide:
    st.plotly_chart(
        latent_map(
            places,
            bundle.nodes,
            parameter,
            stars,
            chosen=chosen,
            neighbours=[neighbour.index for neighbour in result.neighbours],
            dark=session.dark(),
        ),
        theme=None,
        key="latent-map",
        alt=f"{len(places)} model spectra on a map, coloured by {PARAMETERS[parameter][0]}, and {len(stars)} stars",
        config={"scrollZoom": True, "displaylogo": False},
    )
    outside = [name for name, star in stars if outside_map(places, star)]
    if outside:
        st.warning(
            session.plain(f"{len(outside)} of {len(stars)} lie outside the map, at its edge as triangles: ")
            + ", ".join(session.plain(name) for name in outside),
            icon=":material/warning:",
        )
with narrow:
    elements.heading(result)
    st.markdown("#### Nearest model spectra")
    elements.neighbours(result)
    st.caption(
        "Distances are measured between the latent vectors themselves, in all 32 dimensions, and not on the flat map, "
        "which must distort them. On the map these models are ringed."
    )
    elements.flags(result)

table = st.expander("The map as a table", icon=":material/table:", on_change="rerun", key="map-table")
if table.open:
    with table:
        elements.map_table(bundle, which)

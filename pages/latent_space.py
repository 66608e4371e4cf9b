"""Latent space page: where spectra lie among the models, before and after the transfer, and what the space means."""

import streamlit as st

from pages.shared.core import bundles, elements, keeping, links
from pages.shared.latent_space.latent_traversal import decoder_walk
from pages.shared.latent_space.maps import the_maps
from pages.shared.latent_space.neighbours import nearest_models
from pages.shared.latent_space.parallel import parallel_view
from pages.shared.latent_space.positions import choose_state
from pages.shared.latent_space.synthetic_gap import distances
from pages.shared.latent_space.this_star import this_star

SECTIONS = {
    "nearest": "Nearest neighbours",
    "gap": "Distances",
    "latents": "Latent vector",
    "walk": "Latent traversal",
}

st.title("Latent space", anchor=False)
st.caption(
    "Maps by UMAP: each dot is a model spectrum. Spectra that look alike lie close together; the directions of a map "
    "and the width of its gaps have no meaning."
)
result = elements.choose_spectrum("map-spectrum")
if result is None:
    st.info("Upload a spectrum on the first page to see it among the models.", icon=":material/upload:")
    st.stop()
with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):  # which wraps where it is narrow
    with st.container(width="stretch"):
        elements.heading(result)
    with st.container(width="content"):
        state = choose_state(bundles.of_result(result))
star = st.container()  # filled once the maps are there, as distances take longer
elements.flags(result)
elements.notes(result)
the_maps(result, state)
section = st.segmented_control(
    "Below the maps",
    list(SECTIONS),
    format_func=SECTIONS.get,
    required=True,
    key=links.view("latent-section", SECTIONS),
    default=links.default("latent-section", "nearest"),
    persist_state="session",
    label_visibility="collapsed",
    width="stretch",
)
if section == "gap":
    distances(result)
elif section == "latents":
    parallel_view(result)
elif section == "walk":
    decoder_walk(result, state)
else:
    nearest_models(result, state)
keeping.python("latent", result)
with star:
    this_star(result)

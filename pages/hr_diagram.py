"""HR diagram page: the published stars and the user's in three diagrams, and the populations they belong to."""

import streamlit as st

from pages.shared.hr_diagram.diagrams import diagrams

st.title("HR diagram of your stars", anchor=False)
st.caption(
    "286 M dwarfs of the solar neighbourhood with the parameters of Mas-Buitrago et al. (2024), and the stars you have "
    "analysed. A star well off the others is either unusual or not to be trusted."
)
diagrams()

"""Literature page: one star in all sources, then the published stars and the user's against the literature."""

import streamlit as st

from pages.shared.core import elements
from pages.shared.literature import identity
from pages.shared.literature.comparison import comparison, references
from pages.shared.literature.star_search import one_star

st.title("Comparison with the literature", anchor=False)
elements.choose_spectrum("literature-choice")
one_star()
st.markdown("## All stars")
st.caption(
    "The parameters of 286 M dwarfs by Mas-Buitrago et al. (2024), and yours, against what others have published of "
    "the same stars."
)
identity.ask_star()
comparison()
references()

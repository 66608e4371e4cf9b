"""Literature page: the published stars and the user's against the literature, and one star in all sources."""

import streamlit as st

from pages.shared.literature import identity
from pages.shared.literature.comparison import comparison, references
from pages.shared.literature.star_search import one_star

st.title("Beside the literature", anchor=False)
st.caption(
    "The parameters of 286 M dwarfs by Mas-Buitrago et al. (2024), and yours, against what others have published of "
    "the same stars."
)
identity.ask_star()
comparison()
one_star()
references()

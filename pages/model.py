"""Model page: what the trained networks are worth, as their card says."""

import streamlit as st

from dtl.spectrum import UnusableInput
from pages.shared.core import bundles, links, visit, wording
from pages.shared.model import accuracy, credibility, provenance
from pages.shared.model.card_parts import as_far_as_possible
from pages.shared.model.real_stars import real_stars
from pages.shared.model.transfer_gain import transfer
from pages.shared.model.unseen_gaps import unseen_gaps

#: Name of a tab -> its parts; each is drawn once its tab is opened.
TABS = {
    "Summary": (accuracy.summary, provenance.purpose),
    "Validation": (accuracy.measured, transfer, accuracy.intervals, unseen_gaps, credibility.doubts),
    "Real stars": (real_stars,),
    "Training": (provenance.training,),
}


def choose_card() -> tuple[dict, bool]:
    """The card of the networks that gave the result on show, or of others of the program or of this visit.

    With it comes whether it is of this visit.
    """
    from dtl.bundle.shipped import read_card, shipped_bundles

    own, result = bundles.own(), visit.shown()
    names = [*shipped_bundles(), *own]
    if not names:
        raise UnusableInput("There are no trained networks; install the program again.")
    used = bundles.name_of(result) if result else ""
    if used not in names:
        used = next((name for name in names if name.startswith("common")), names[0])
    if len(names) > 1:
        used = st.selectbox(
            "Networks", names, key=links.view("card", names, used), persist_state="session",
            index=links.default("card", names.index(used)) or 0,
            help="At first those that the spectrum on show was analysed with.",
        )  # fmt: skip
    if used in own:
        st.info(
            "These networks are of this visit alone, adapted or loaded on the page Adapt. What is measured below was "
            "measured before an adaptation, on the networks they came from.",
            icon=":material/info:",
        )
        return own[used].card, True
    return read_card(used), False


st.title("Model performance", anchor=False)
st.caption(
    "Everything here stands in the card that comes with the trained networks. The program that trained them measured "
    "it, on spectra that they had not learned from."
)
try:
    card, loaded = choose_card()
except UnusableInput as error:
    st.error(wording.sentence(error), icon=":material/error:")
    st.stop()
tabs = st.tabs(list(TABS), key=links.view("model-tab", TABS), on_change="rerun")
for tab, parts in zip(tabs, TABS.values(), strict=True):
    if not tab.open:
        continue
    with tab, as_far_as_possible(loaded):
        for part in parts:
            part(card)

"""Export page: save and restore a session, and take tables, figures and a report along."""

import streamlit as st

from dtl.figures.spectrum import reconstruction_figure
from pages.shared.core import bundles, elements, keeping, visit, wording
from pages.shared.core.chart import chart, dark
from pages.shared.core.citing import cite
from pages.shared.export import takeaway

st.title("Export, repeat and cite your results", anchor=False)
st.caption(
    "Nothing is stored on the server: what is not saved is gone once this tab is closed or loaded anew. What you save "
    "here is a file of yours, and brings everything back on any day and on any machine that runs this program."
)
keeping.notes()
left, right = st.columns(2, gap="large")
with left:
    takeaway.save_session()
with right:
    takeaway.restore_session()
takeaway.awaited()
result = elements.choose_spectrum("keep-spectrum")
if result is None:
    st.info("Upload a spectrum on the first page, or restore a session.", icon=":material/upload:")
    st.stop()
everything = list(visit.current().results.values())
left, right = st.columns(2, gap="large")
with left:
    takeaway.tables(everything)
    keeping.python("table")
with right:
    takeaway.archive(everything)
st.markdown("## How to cite")
cite(bundles.of_result(result).card, result)
st.markdown("## Figures")
st.caption(
    "Every figure of this app has “Save” below it: PDF and SVG for a paper, 88 or 180 mm wide and always light, HTML "
    "as a page of its own; its camera button gives PNG. The report holds this one for each of your spectra, "
    "and the HR and Kiel diagrams."
)
chart(
    reconstruction_figure(result, dark=dark()),
    key="kept-reconstruction",
    alt=f"Spectrum of {wording.label(result)} with the reconstruction of the networks, and their difference below",
)

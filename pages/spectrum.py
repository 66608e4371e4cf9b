"""Spectrum page: upload, parameters, the spectrum with its reconstruction, and how it was read and prepared."""

import streamlit as st

from pages.shared.core import bundles, elements, keeping, tables, visit, wording
from pages.shared.spectrum import (
    attribution,
    axes,
    corrections,
    joint,
    least_squares,
    one_star,
    reading,
    several,
    spectra,
)
from pages.shared.spectrum.files import files

st.title("Stellar parameters from a spectrum", anchor=False)
st.caption(
    f"For M dwarfs observed at high resolution (R ≥ 50,000) in {wording.listed(bundles.windows())}. Your files are "
    "forgotten when you close the page."
)
reading.inputs()
reading.failures()
files()
result = visit.shown()
if result is None:
    st.info("Upload a spectrum to see its parameters here.", icon=":material/upload:")
    st.stop()
elements.heading(result)
several.several_spectra(visit.current().selected, result)
elements.parameters(result)
elements.flags(result)
elements.facts(result)
one_star.exposures()
least_squares.fit_least_squares(result)
figures = st.container()
left, right = st.columns([3, 2], gap="large")
with right:  # words before figures, which take longer
    reading.findings(result)
with figures:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("#### Spectrum and reconstruction", width="stretch")
        scale = axes.choose_scale(result)
    spectra.reconstruction(result, scale)
    attribution.wavelengths(result, scale)
    joint.correlations(result)
with left:
    spectra.preparation(result, scale)
    corrections.corrections(visit.current().selected, result)
st.markdown("#### Results")
everything = list(visit.current().results.values())
tables.results_table(everything, "Parameters of every spectrum of this visit, one row a spectrum")
tables.downloads(everything, "stellar-parameters")
keeping.python("parameters", result)

"""Spectrum page: upload, parameters, the spectrum with its reconstruction, and how it was read and prepared."""

import streamlit as st

from pages.shared.core import bundles, elements, visit, wording
from pages.shared.core.downloads import downloads
from pages.shared.spectrum import (
    attribution,
    axes,
    cards,
    files,
    joint,
    least_squares,
    one_star,
    reading,
    several,
    spectra,
)

result = visit.shown()
opening = result is None or visit.current().example is not None  # nobody has chosen anything yet
head = st.container()  # also where nothing is in it: what follows keeps its place while files are read
if opening:
    head.title("Stellar parameters from a spectrum", anchor=False)
    head.caption(
        f"For M dwarfs observed at high resolution (R ≥ 50,000) in {wording.listed(bundles.windows())}. Your files are "
        "forgotten when you close the page or load it anew."
    )
reading.inputs()
reading.failures()
files.files()
if result is None:
    st.info("Upload a spectrum to see its parameters here.", icon=":material/upload:")
    st.stop()
elements.heading(result, top=not opening)
several.several_spectra(visit.current().selected, result)
cards.parameters(result)
elements.flags(result)
elements.facts(result)
scale = axes.follow(result)
spectra.reconstruction(result)
elements.notes(result)
one_star.exposures()
least_squares.fit_least_squares(result)
attribution.wavelengths(result, scale)
joint.correlations(result)
reading.understanding(result, scale)
if not files.several():
    downloads([result], "results")

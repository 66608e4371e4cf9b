"""Spectrum page: upload, parameters, the spectrum with its reconstruction, and how it was read and prepared."""

import streamlit as st

from dtl.figures.spectrum import preparation_figure, reconstruction_figure
from dtl.result import InferenceResult
from pages.shared import elements, evidence, keeping, links, reading, session, tables
from pages.shared.chart import chart


@st.fragment
def reconstruction(result: InferenceResult) -> None:
    """Main figure and its table."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("#### Spectrum and reconstruction", width="stretch")
        lines = st.toggle("Name the lines", value=True, key=links.view("lines", default=True), persist_state="session")
    chart(
        reconstruction_figure(result, lines=lines, dark=session.dark()),
        key="reconstruction",
        alt=f"Spectrum of {session.label(result)} with the reconstruction of the networks, and their difference below",
    )
    st.caption(
        "The networks squeeze the spectrum into 32 numbers and rebuild it from them: the reconstruction. Where the two "
        "differ by more than the noise, the spectrum holds something that the model spectra do not."
    )
    tables.spectrum_table(result, "reconstruction", result.reconstruction)


@st.fragment
def preparation(result: InferenceResult) -> None:
    """One step of the preparation at a time."""
    steps = {step.name: step for step in result.prepared.steps}
    st.markdown("#### How it was prepared")
    if not steps:
        return
    name = st.pills(
        "Step of the preparation",
        list(steps),
        default=next(iter(steps)),
        required=True,
        key="step",
        label_visibility="collapsed",
    )
    step = steps.get(name, next(iter(steps.values())))
    st.markdown(session.plain(step.text))
    chart(
        preparation_figure(step, simulated=result.prepared.spectrum.simulated, dark=session.dark()),
        key="preparation",
        alt=f"The spectrum after the step {step.name}: {step.text}",
    )
    table = st.expander("The same as a table", icon=":material/table:", on_change="rerun", key="preparation-table")
    if table.open:
        table.dataframe({step.x_title: step.wavelength, "value": step.flux}, alt=f"{step.name}, point by point")


st.title("Stellar parameters from a spectrum", anchor=False)
st.caption(
    "For M dwarfs observed at high resolution (R ≥ 50,000) in 8800–8835 Å. Your files are forgotten when you close the "
    "page."
)
reading.inputs()
reading.failures()
result = elements.choose_spectrum("spectrum-choice")
if result is None:
    st.info("Upload a spectrum to see its parameters here.", icon=":material/upload:")
    st.stop()
elements.heading(result)
elements.parameters(result)
elements.flags(result)
elements.facts(result)
evidence.second_opinion(result)
reconstruction(result)
evidence.wavelengths(result)
left, right = st.columns([3, 2], gap="large")
with left:
    preparation(result)
    reading.corrections(st.session_state["selected"], result)
with right:
    reading.findings(result)
st.markdown("#### Results")
everything = list(st.session_state["results"].values())
tables.results_table(everything, "Parameters of every spectrum of this visit, one row a spectrum")
tables.downloads(everything, "stellar-parameters")
keeping.python("parameters", result)

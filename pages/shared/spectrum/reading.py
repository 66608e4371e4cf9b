"""Files: where they come in, which cannot be used, and what was understood of the one shown."""

from __future__ import annotations

import streamlit as st

from dtl.readers.source import SIZE_LIMIT
from dtl.result import InferenceResult
from dtl.spectrum import Finding
from pages.shared.core import keeping, uploads, visit, wording
from pages.shared.core.examples import list_examples
from pages.shared.spectrum import corrections, wizard
from pages.shared.spectrum.files import unreadable_file

__all__ = ["failures", "findings", "inputs"]

#: Refusals that are shown in full at once; of more, the one chosen in the table of files is, so that the parameters
#: stay in sight.
_MAX_REFUSALS = 1
#: Refusals whose reasons are in sight; those of more are to be opened.
_MAX_REASONS = 4


def inputs() -> None:
    """Upload and examples."""
    left, right = st.columns([3, 2], gap="medium")
    files = uploads.show_uploader(
        "Upload spectra",
        "upload",
        left,
        accept_multiple_files=True,
        max_upload_size=SIZE_LIMIT // 10**6,
        help="FITS files of spectrographs and archives, or tables of wavelength, flux and, if you have it, uncertainty "
        "(text, CSV, ECSV). Several at once, 200 MB each.",
    )
    if files:
        bar = left.progress(0.0, "Reading and analysing …")

        def progress(number: int, name: str) -> None:
            bar.progress(number / len(files), f"{number + 1} of {len(files)}: {wording.plain(name)}")

        uploads.add(((file.name, file.getvalue()) for file in files), progress)
        uploads.empty_uploader("upload", *files)  # the list of spectra below is the one that counts
        st.rerun()
    examples = {example.file: example for example in list_examples()}
    if examples:
        right.selectbox(
            "Or see an example",
            list(examples),
            index=None,
            format_func=lambda file: examples[file].title,
            placeholder="Choose a simulated observation",
            key="example-choice",
            on_change=_open_example,
        )
        result = visit.shown()
        shown = examples.get(result.prepared.spectrum.file) if result else None
        right.caption(wording.plain(shown.text) if shown else "Simulated, so that the true parameters are known.")


def _open_example() -> None:
    file = st.session_state["example-choice"]
    uploads.add([(e.file, e.read()) for e in list_examples() if e.file == file])
    st.session_state["example-choice"] = None


def failures() -> None:
    """A sentence for each file that cannot be used, with ways out; of many, for the one chosen in the table."""
    keeping.notes()
    failures = visit.current().failures
    if len(failures) > _MAX_REFUSALS:
        chosen = unreadable_file()
        st.warning(
            f"{len(failures)} files could not be used. Choose one in the table for what can be done.",
            icon=":material/error:",
        )
        with st.expander("Why", expanded=len(failures) <= _MAX_REASONS):
            st.markdown("\n".join(f"- {wording.plain(sentence)}" for sentence in failures.values()))
        failures = {digest: sentence for digest, sentence in failures.items() if digest == chosen}
    for digest, sentence in failures.items():
        left, right = st.columns([7, 3], vertical_alignment="center")
        left.error(wording.plain(sentence), icon=":material/error:")
        with right, st.container(horizontal=True):
            if digest in visit.current().uploads:
                with st.popover("Read it another way", icon=":material/tune:"):
                    st.caption("What the file does not say was guessed. State it here and the file is read again.")
                    corrections.reading_options(digest, ())
            st.button("Dismiss", key=f"dismiss-{digest}", on_click=uploads.remove, args=(digest,))
        if digest in visit.current().uploads:
            wizard.columns(digest, unreadable=True)


def findings(result: InferenceResult) -> None:
    """What was understood of the file, and why."""
    found = result.prepared.spectrum.findings
    st.markdown("#### What the file says")
    if found:
        st.table(
            {
                "About": [wording.plain(finding.name.capitalize()) for finding in found],
                "Understood": [wording.plain(finding.value) for finding in found],
                "Because": [_because(finding) for finding in found],
            },
            border="horizontal",
            hide_index=True,
            alt="What was understood of the file and why",
        )


def _because(finding: Finding) -> str:
    lead = {"file": "", "guessed": "**Guessed:** ", "user": "**Your choice** "}.get(finding.source, "")
    return lead + wording.plain("" if finding.source == "user" else finding.reason)

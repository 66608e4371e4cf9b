"""Files: where they come in, which cannot be used, and what was understood of the one shown."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dtl.figures.scale import Scale
from dtl.readers.source import SIZE_LIMIT
from dtl.result import FRAME_WORDS, InferenceResult
from dtl.spectrum import Finding
from pages.shared.core import incoming, keeping, uploads, visit, wording
from pages.shared.core.examples import list_examples
from pages.shared.spectrum import corrections, spectra, wizard
from pages.shared.spectrum.files import unreadable_file

__all__ = ["failures", "inputs", "understanding"]

#: Refusals that are shown in full at once; of more, the one chosen in the table of files is, so that the parameters
#: stay in sight.
_MAX_REFUSALS = 5


def inputs() -> None:
    """Upload and examples, in one bar."""
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="center")
    with left:
        count = incoming.queue(
            "Upload spectra", "upload", max_upload_size=SIZE_LIMIT // 10**6, label_visibility="collapsed"
        )
    if count:
        bar = left.progress(0.0, "Reading and analysing …")

        def progress(number: int, name: str) -> None:
            bar.progress(number / count, f"{number + 1} of {count}: {wording.plain(name)}")

        incoming.read_waiting("upload", progress)
        st.rerun()
    examples = {example.file: example for example in list_examples()}
    if examples:
        right.selectbox(
            "Or see an example",
            list(examples),
            index=None,
            format_func=lambda file: examples[file].title,
            placeholder="Or see an example, a simulated observation",
            key="example-choice",
            on_change=_open_example,
            label_visibility="collapsed",
        )


def _open_example() -> None:
    file = st.session_state["example-choice"]
    uploads.add([(e.file, e.read()) for e in list_examples() if e.file == file])
    st.session_state["example-choice"] = None


def failures() -> None:
    """A sentence for each file that cannot be used, with ways out; of many, for the one chosen in the table."""
    keeping.notes()
    failures, chosen = visit.current().failures, unreadable_file()
    if len(failures) > _MAX_REFUSALS:
        st.warning(
            f"{len(failures)} files could not be used. Choose one in the table for what can be done.",
            icon=":material/error:",
        )
        failures = {digest: sentence for digest, sentence in failures.items() if digest == chosen}
    for digest, sentence in failures.items():
        left, right = st.columns([7, 3], vertical_alignment="center")
        left.error(wording.sentence(sentence), icon=":material/error:")
        with right, st.container(horizontal=True):
            if digest in visit.current().uploads:
                with st.popover("Reading options", icon=":material/tune:"):
                    st.caption("What the file does not say was guessed. State it here and the file is read again.")
                    corrections.reading_options(digest, ())
            st.button("Dismiss", key=f"dismiss-{digest}", on_click=uploads.remove, args=(digest,))
        if digest in visit.current().uploads and (len(failures) == 1 or digest == chosen):
            wizard.columns(digest, unreadable=True)
    now = visit.current()
    if now.failures and not now.own and now.results:
        st.info(
            "None of your files could be used. What is shown below is the example that comes with the app.",
            icon=":material/info:",
        )


def understanding(result: InferenceResult, scale: Scale) -> None:
    """How the file was read and prepared, and how else it could be; open where something was guessed or stated."""
    found = result.prepared.spectrum.findings
    words = _open_questions(found)
    digest = visit.current().selected
    box = st.expander(
        f"Metadata, preparation and reading options{wording.plain(words)}",
        icon=":material/description:",
        expanded=any(finding.source in ("guessed", "user") for finding in found),
        on_change="rerun",
        key=f"reading-{digest}",
    )
    if not box.open:
        return
    with box:
        metadata, steps, options = st.tabs(
            ["Metadata", "Preparation steps", "Reading options"], key=f"reading-tabs-{digest}", on_change="rerun"
        )
    with metadata:
        _findings(found)
    with options:
        corrections.corrections(digest, result)
    with steps:
        spectra.preparation(result, scale)


def _open_questions(found: Sequence[Finding]) -> str:
    """What of a file was guessed and what is unknown, to stand behind a title; empty for nothing."""
    names: dict[str, list[str]] = {"guessed": [], "unknown": []}
    for finding in found:
        if finding.source == "guessed":
            names["unknown" if finding.value == "unknown" else "guessed"].append(finding.name)
    words = [f"{wording.listed(those)} {state}" for state, those in names.items() if those]
    return ": " + "; ".join(words) if words else ""


def _findings(found: Sequence[Finding]) -> None:
    """What was understood of the file, and why."""
    if found:
        st.table(
            {
                "Item": [wording.plain(finding.name.capitalize()) for finding in found],
                "Value": [wording.plain(wording.with_minus(_value(finding))) for finding in found],
                "Source": [_because(finding) for finding in found],
            },
            border="horizontal",
            hide_index=True,
            alt="What was understood of the file and why",
        )


def _value(finding: Finding) -> str:
    """A finding in the words of the page."""
    if finding.name != "frame" or finding.value == "unknown":  # which is said of the frame already
        return finding.value
    return FRAME_WORDS.get(finding.value, finding.value)


def _because(finding: Finding) -> str:
    guessed = "" if finding.value == "unknown" else "**Guessed:** "
    lead = {"guessed": guessed, "user": "**Your choice** "}.get(finding.source, "")
    return lead + wording.plain("" if finding.source == "user" else finding.reason)

"""The spectra of a file that holds several: one to look at, or each of them as a spectrum of the visit."""

from __future__ import annotations

import streamlit as st

from dtl.readers.parts import Part, parts_of
from dtl.result import InferenceResult
from pages.shared.core import visit, wording
from pages.shared.spectrum import rereading

__all__ = ["several_spectra"]


def several_spectra(digest: str, result: InferenceResult) -> None:
    """A list of the spectra in the file on show and a button that analyses all; nothing where it holds one."""
    upload, spectrum = visit.current().uploads.get(digest), result.prepared.spectrum
    if upload is None or upload.part:
        return
    rows = {row: f"{row} of {spectrum.spectra}" for row in range(1, spectrum.spectra + 1)}
    extensions = dict(spectrum.extensions)
    in_rows = len(rows) > 1
    if not in_rows and len(extensions) < 2:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if in_rows:
            used = [finding.value for finding in spectrum.findings if finding.name == "spectra"]
            taken = f"{used[-1].removesuffix(' used')}: the first with light" if used else rows[1]
            _choice(digest, "row", rows, upload.options.row, taken)
        if len(extensions) > 1 and (not in_rows or upload.options.extension):
            given = upload.options.extension if upload.options.extension in extensions else None
            words = {number: text.removeprefix("extension ") for number, text in extensions.items()}
            _choice(digest, "extension", words, given, "chosen by the window")
        parts = parts_of(spectrum, upload.options)
        if st.button(f"Analyse all {len(parts)}", key=f"analyse-all-{digest}", icon=":material/stacks:"):
            _analyse_all(digest, parts)
    if problem := rereading.problem_of(digest, about=("row", "extension")):
        st.error(wording.plain(f"{problem} The earlier reading is kept."), icon=":material/error:")


def _choice(digest: str, name: str, words: dict, value: object, taken: str) -> None:
    """A list of the spectra of a file; a choice reads it again."""
    key = f"option-{name}-{digest}"
    st.session_state[key] = value
    st.selectbox(
        "Spectrum of this file" if name == "row" else "Extension of this file",
        list(words),
        index=None,
        format_func=lambda option: wording.printable(words[option]),
        placeholder=taken,
        key=key,
        width=260,
        on_change=lambda: rereading.reread(digest, **{name: st.session_state[key]}),
    )


def _analyse_all(digest: str, parts: list[Part]) -> None:
    bar = st.progress(0.0, "Analysing …")

    def progress(number: int, name: str) -> None:
        bar.progress(number / len(parts), f"{number + 1} of {len(parts)}: {wording.plain(name)}")

    rereading.separate(digest, parts, progress)
    st.rerun()

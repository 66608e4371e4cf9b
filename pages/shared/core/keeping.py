"""What a visit leaves behind: sessions, reports and the Python of each result."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import streamlit as st

from dtl.result import InferenceResult
from pages.shared.core import links, session

if TYPE_CHECKING:  # loaded where they are used: they bring tables of astropy, for which the first page would wait
    from dtl.export import snippet
    from dtl.export.report import Reported
    from dtl.export.session import SavedSession

__all__ = ["current", "digest_of", "notes", "python", "report", "reported", "restore"]

_FIELDS = ("results", "uploads", "failures")


def digest_of(result: InferenceResult) -> str:
    """The sha256 of the file of a result of this visit, empty for another."""
    return next((digest for digest, known in st.session_state["results"].items() if known is result), "")


def reported(results: list[InferenceResult] | None = None) -> list[Reported]:
    """Results of this visit with their files; None for all."""
    from dtl.export.report import Reported

    state, typed = st.session_state, st.session_state.get("luminosities") or {}
    return [
        Reported(result, digest, state["uploads"][digest].options, state["uploads"][digest].bundle, typed.get(digest))
        for digest, result in state["results"].items()
        if digest in state["uploads"] and (results is None or any(result is wanted for wanted in results))
    ]


def current() -> SavedSession:
    """This visit as it can be saved, the spectra that are awaited still among them."""
    from dtl.export.report import bundles_used
    from dtl.export.session import SavedSession, SavedSpectrum

    state = st.session_state
    results, uploads = state["results"], state["uploads"]
    here = [
        SavedSpectrum(
            upload.name, digest, upload.options, upload.bundle, results[digest].row() if digest in results else None,
            upload.data,
        )
        for digest, upload in uploads.items()
    ]  # fmt: skip
    awaited = [spectrum for digest, spectrum in state.get("awaited", {}).items() if digest not in uploads]
    return SavedSession(
        spectra=(*here, *awaited),
        settings=links.settings(),
        luminosities=dict(state.get("luminosities") or {}),
        selected=state.get("selected"),
        bundles=bundles_used(list(results.values())) if results else {},
    )


def restore(saved: SavedSession) -> None:
    """Bring a saved visit back beside what is there; spectra that are not at hand are awaited by their checksum."""
    state = st.session_state
    examples = {sha256(data).hexdigest(): data for data in (example.read() for example in session.examples())}
    placeholder = state.get("example")
    bar = st.progress(0.0, "Restoring …")
    for number, spectrum in enumerate(saved.spectra, 1):
        bar.progress(number / len(saved.spectra), session.plain(f"Restoring {spectrum.file} …"))
        held = state["uploads"].get(spectrum.sha256)
        data = spectrum.data or (held.data if held else None) or examples.get(spectrum.sha256)
        state["awaited"] = state.get("awaited", {}) | {spectrum.sha256: spectrum}
        if data is not None:
            session.add([(spectrum.file, data)])
    bar.empty()
    # The example that stood in for the visitor's own spectra leaves, unless it was saved.
    if placeholder and saved.spectra and placeholder not in {spectrum.sha256 for spectrum in saved.spectra}:
        if len(state["results"]) > 1:
            for field in _FIELDS:
                state[field] = {digest: value for digest, value in state[field].items() if digest != placeholder}
    if state["results"]:
        state["example"] = None
    state["luminosities"] = dict(state.get("luminosities") or {}) | saved.luminosities
    for key in [key for key in state if str(key).startswith("luminosity-")]:  # fields would bring their old values back
        state.pop(key, None)
    if saved.selected in state["results"]:
        state["selected"] = saved.selected
    links.want(saved.settings)


def notes() -> None:
    """What happened to spectra that a restored session knows, as sentences; each can be dismissed."""
    sentences = st.session_state.get("restore-notes", [])
    if sentences:
        left, right = st.columns([7, 3], vertical_alignment="center")
        text = "\n".join("- " + session.plain(sentence) for sentence in sentences[-20:])
        left.info(text, icon=":material/history:")
        right.button("Dismiss", key="dismiss-restore-notes", on_click=_dismiss)


def _dismiss() -> None:
    st.session_state["restore-notes"] = []


def report(results: list[InferenceResult] | None = None) -> bytes:
    """The archive of results, with a bar that shows how far it is."""
    from dtl.export.report import report_archive

    bar = st.progress(0.0, "Writing the report …")
    try:
        return report_archive(
            reported(results),
            session=current() if results is None else None,
            progress=lambda fraction, text: bar.progress(min(fraction, 1.0), session.plain(f"Writing {text} …")),
        )
    finally:
        bar.empty()


def python(kind: str, result: InferenceResult | None = None, /, **details: object) -> None:
    """A closed box with the script that gives a result again.

    Args:
        kind: function of `dtl.export.snippet`: ``parameters``, ``latent``, ``opinion``, ``explanation``, ``table`` or
            ``diagram``.
        result: which it is about; None for all of this visit.
        details: more arguments of the function, as ``which`` or ``parameter``.
    """
    box = st.expander("Show the Python", icon=":material/code:", on_change="rerun", key=f"python-{kind}")
    if not box.open:
        return
    from dtl.export import snippet

    with box:
        every = reported()
        if not every:
            st.caption("Analyse a spectrum first; the script is about its file.")
            return
        if kind == "diagram":
            code = snippet.diagram([(_source(entry), entry.luminosity) for entry in every], **details)
        elif kind == "table":
            code = snippet.table([_source(entry) for entry in every], **details)
        else:
            found = reported([result])
            if not found:
                return
            if kind in ("opinion", "explanation"):
                details = {"bundle": result.bundle.rpartition(" ")[0]} | details
            code = getattr(snippet, kind)(_source(found[0]), **details)
        # Without the colours of a language, which are too pale to read, and without a bar that only a mouse can move.
        st.code(code, language=None, wrap_lines=True)
        st.caption("Runs in the folder of the file where dtl is installed; with an example, in the folder of app.py.")


def _source(entry: Reported) -> snippet.Source:
    """The file of a result, an example with its path."""
    from dtl.export import snippet

    name = entry.result.prepared.spectrum.file
    examples = {example.file: example for example in session.examples()}
    if name in examples and sha256(examples[name].read()).hexdigest() == entry.sha256:
        name = f"assets/examples/{name}"
    return snippet.Source(name, entry.options, entry.bundle)

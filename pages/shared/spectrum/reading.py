"""Files: where they come in, what was understood of them, and how to correct it."""

from __future__ import annotations

import streamlit as st

from dtl.readers.instruments import INSTRUMENTS
from dtl.readers.options import ReadOptions
from dtl.readers.source import SIZE_LIMIT
from dtl.result import InferenceResult
from dtl.spectrum import Finding
from pages.shared.core import keeping, session
from pages.shared.core.upload_memory import release_uploads
from pages.shared.spectrum import wizard

__all__ = ["corrections", "failures", "findings", "inputs"]

_CHOICES = {
    "unit": ("Unit of the wavelengths", {"Angstrom": "Å", "nm": "nm", "um": "µm"}),
    "medium": ("Wavelengths measured in", {"vacuum": "vacuum", "air": "air"}),
    "frame": (
        "Velocity frame",
        {
            "observatory": "observatory (as observed)",
            "barycentric": "barycentric (corrected for the Earth)",
            "rest": "star at rest",
        },
    ),
    "instrument": ("Instrument", {instrument.name: instrument.name for instrument in INSTRUMENTS}),
}
_HELP = {
    "instrument": "The spectrograph gives the resolution, and whether wavelengths are those of air, where the file "
    "does not state them.",
}
#: Refusals that are shown in full at once; of more, the one chosen in the table of files is, so that the parameters
#: stay in sight.
_MAX_REFUSALS = 1
#: Refusals whose reasons are in sight; those of more are to be opened.
_MAX_REASONS = 4


def inputs() -> None:
    """Upload and examples."""
    state = st.session_state
    state.setdefault("upload-round", 0)
    left, right = st.columns([3, 2], gap="medium")
    files = left.file_uploader(
        "Upload spectra",
        accept_multiple_files=True,
        max_upload_size=SIZE_LIMIT // 10**6,
        key=f"upload-{state['upload-round']}",
        help="FITS files of spectrographs and archives, or tables of wavelength, flux and, if you have it, uncertainty "
        "(text, CSV, ECSV). Several at once, 200 MB each.",
    )
    if files:
        bar = left.progress(0.0, "Reading and analysing …")

        def progress(number: int, name: str) -> None:
            bar.progress(number / len(files), f"{number + 1} of {len(files)}: {session.plain(name)}")

        session.add(((file.name, file.getvalue()) for file in files), progress)
        state["upload-round"] += 1  # a fresh uploader: the list of spectra below is the one that counts
        release_uploads(*files)
        st.rerun()
    examples = {example.file: example for example in session.examples()}
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
        result = session.selected()
        shown = examples.get(result.prepared.spectrum.file) if result else None
        right.caption(session.plain(shown.text) if shown else "Simulated, so that the true parameters are known.")


def _open_example() -> None:
    file = st.session_state["example-choice"]
    session.add([(e.file, e.read()) for e in session.examples() if e.file == file])
    st.session_state["example-choice"] = None


def failures() -> None:
    """A sentence for each file that cannot be used, with ways out; of many, for the one chosen in the table."""
    keeping.notes()
    failures = st.session_state["failures"]
    if len(failures) > _MAX_REFUSALS:
        chosen = st.session_state.get("refused")
        st.warning(
            f"{len(failures)} files could not be used. Choose one in the table for what can be done.",
            icon=":material/error:",
        )
        with st.expander("Why", expanded=len(failures) <= _MAX_REASONS):
            st.markdown("\n".join(f"- {session.plain(sentence)}" for sentence in failures.values()))
        failures = {digest: sentence for digest, sentence in failures.items() if digest == chosen}
    for digest, sentence in failures.items():
        left, right = st.columns([7, 3], vertical_alignment="center")
        left.error(session.plain(sentence), icon=":material/error:")
        with right, st.container(horizontal=True):
            if digest in st.session_state["uploads"]:
                with st.popover("Read it another way", icon=":material/tune:"):
                    st.caption("What the file does not say was guessed. State it here and the file is read again.")
                    _corrections(digest, ())
            st.button("Dismiss", key=f"dismiss-{digest}", on_click=session.remove, args=(digest,))
        if digest in st.session_state["uploads"]:
            wizard.columns(digest, refused=True)


def findings(result: InferenceResult) -> None:
    """What was understood of the file, and why."""
    found = result.prepared.spectrum.findings
    st.markdown("#### What the file says")
    if found:
        st.table(
            {
                "About": [session.plain(finding.name.capitalize()) for finding in found],
                "Understood": [session.plain(finding.value) for finding in found],
                "Because": [_because(finding) for finding in found],
            },
            border="horizontal",
            hide_index=True,
            alt="What was understood of the file and why",
        )


def corrections(digest: str, result: InferenceResult) -> None:
    """Widgets to correct the reading of a file, and to remove it."""
    st.markdown("#### Read it another way")
    st.caption("Is something in the list wrong? Change it here and the spectrum is read again.")
    _corrections(digest, result.prepared.spectrum.findings, result.prepared.spectrum.orders)
    wizard.columns(digest, refused=False)
    st.button(
        "Remove this spectrum",
        key=f"remove-{digest}",
        icon=":material/delete:",
        on_click=session.remove,
        args=(digest,),
    )


def _because(finding: Finding) -> str:
    lead = {"file": "", "guessed": "**Guessed:** ", "user": "**Your choice** "}.get(finding.source, "")
    return lead + session.plain("" if finding.source == "user" else finding.reason)


def _corrections(digest: str, found: tuple[Finding, ...], orders: tuple[tuple[int, float, float], ...] = ()) -> None:
    """Widgets for `ReadOptions` and the models; any change reads this file again, alone."""
    upload: session.Upload = st.session_state["uploads"][digest]
    options: ReadOptions = upload.options
    read = {finding.name: finding.value for finding in found if finding.source != "user"}
    columns = st.columns(2)
    for i, (name, (title, words)) in enumerate(_CHOICES.items()):
        columns[i % 2].selectbox(
            title,
            list(words),
            format_func=words.get,
            index=None,
            placeholder=f"as read: {read[name]}" if name in read else "as read",
            key=_key(digest, name, getattr(options, name)),
            on_change=_reread,
            args=(digest, name),
            help=_HELP.get(name),
        )
    columns[1].number_input(
        "Resolution λ/FWHM",
        min_value=1000.0,
        max_value=1_000_000.0,
        step=1000.0,
        format="%.0f",
        value=None,
        placeholder=f"as read: {read['resolution']}" if "resolution" in read else "as read",
        key=_key(digest, "resolution", options.resolution),
        on_change=_reread,
        args=(digest, "resolution"),
    )
    if orders:
        ranges = {number: f"{number} ({low:.1f}–{high:.1f} Å)" for number, low, high in orders}
        columns[0].selectbox(
            "Order",
            list(ranges),
            format_func=ranges.get,
            index=None,
            placeholder="all that reach into the window",
            key=_key(digest, "order", options.order),
            on_change=_reread,
            args=(digest, "order"),
            help="Orders of the echelle spectrum with part of the window, counted from 0.",
        )
    if len(session.bundles()) > 1:
        columns[0].selectbox(
            "Models",
            list(session.bundles()),
            format_func=lambda name: f"{name} (R = {session.bundles()[name]:,.0f})",
            index=None,
            placeholder=f"by resolution: {read['models']}" if "models" in read else "by resolution",
            key=_key(digest, "bundle", upload.bundle),
            on_change=_reread,
            args=(digest, "bundle"),
            help="The networks. Without a choice they are the sharpest that the resolution of the spectrum allows.",
        )
    if problem := st.session_state.get("reread-problem", {}).get(digest):
        st.error(session.plain(f"{problem} The earlier reading is kept."), icon=":material/error:")


def _key(digest: str, name: str, value: object) -> str:
    """Key of a widget that shows ``value``, also after its page was left."""
    key = f"option-{name}-{digest}"
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def _reread(digest: str, name: str) -> None:
    key = f"option-{name}-{digest}"
    problem = session.reread(digest, **{name: st.session_state[key]})
    st.session_state["reread-problem"] = {digest: problem} if problem else {}
    if problem:
        upload: session.Upload = st.session_state["uploads"][digest]
        st.session_state[key] = upload.bundle if name == "bundle" else getattr(upload.options, name)

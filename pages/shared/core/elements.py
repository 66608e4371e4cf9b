"""Pieces of a page that say what is known of a spectrum."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dtl.flags import NOTES, doubts
from dtl.result import FRAME_WORDS, InferenceResult
from dtl.rounding import format_number, format_with_error
from pages.shared.core import visit, wording
from pages.shared.core.stars import ANCHOR, sets_the_gap

__all__ = [
    "TYPED",
    "choose_spectrum",
    "differing",
    "facts",
    "flags",
    "heading",
    "notes",
    "wide_and_narrow",
]

#: How a list of several is searched: Enter takes the one found first, not all that have the letters typed somewhere.
TYPED = {"filter_mode": "contains", "select_all": False}
#: Pixels in which a narrow figure or a list of facts can be read.
_NARROW = 230
_FRAMES = {
    "barycentric": "relative to the barycentre of the solar system",
    "observatory": "relative to the observatory, the motion of the Earth included",
    "rest": "left in a file that is at rest already",
    "unknown": "in the frame of the file, which it does not state",
}


def choose_spectrum(key: str) -> InferenceResult | None:
    """A list to choose the spectrum shown, where there are several."""
    results = visit.current().results
    if len(results) > 1:
        st.session_state[key] = visit.current().selected

        def choose() -> None:
            visit.change(selected=st.session_state[key])

        st.selectbox(
            "Spectrum shown", list(results), format_func=lambda d: wording.label(results[d]), key=key, on_change=choose
        )
    return visit.shown()


def heading(result: InferenceResult, *, top: bool = False) -> None:
    """Whose spectrum it is, from which file and spectrograph; the title of the page where it is on ``top``."""
    spectrum = result.prepared.spectrum
    parts = [spectrum.file if spectrum.star else "", spectrum.instrument]
    stands_in = result is visit.current().results.get(visit.current().example)
    simulated = "Simulated observation, the example" if stands_in else "Simulated observation"
    badge = f":blue-badge[:material/science: {simulated}] " if spectrum.simulated else ""
    if sets_the_gap(result):
        badge += f"{ANCHOR[0]} "
    title = wording.plain(spectrum.star or spectrum.file)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="star-heading"):
        (st.title if top else st.header)(title, anchor=False, width="content")
        st.markdown(
            badge + " · ".join(wording.plain(part) for part in parts if part),
            width="content",
            help=ANCHOR[1] if "anchor" in badge else None,
        )


def flags(result: InferenceResult) -> None:
    """Doubts as sentences; a limit is none."""
    if warnings := [result.explain(flag) for flag in doubts(result.flags)]:
        st.warning(_list(warnings), icon=":material/warning:")


def wide_and_narrow() -> tuple[DeltaGenerator, DeltaGenerator]:
    """A wide place and a narrow one beside it, or below it where the window leaves neither of them enough."""
    grid = st.grid(3, min_column_width=_NARROW, gap="medium", key="wide-and-narrow")  # wraps by `app.css`
    return grid.cell(column_span=2), grid.cell()


def differing(result: InferenceResult) -> None:
    """That the exposures differ whose mean a result is, where they do."""
    if "exposures_differ" in result.flags:
        st.warning(wording.plain(result.explain("exposures_differ"), 1000), icon=":material/warning:")


def notes(result: InferenceResult) -> None:
    """How the spectrum was handled where that is no doubt, as sentences."""
    if known := [result.explain(flag) for flag in result.flags if flag in NOTES]:
        st.info(_list(known), icon=":material/info:")


def _list(sentences: Sequence[str]) -> str:
    """Sentences as Markdown, with bullets where there are several."""
    bullet = "- " if len(sentences) > 1 else ""
    return "\n".join(bullet + wording.plain(sentence, 1000) for sentence in sentences)


def _frame(result: InferenceResult) -> str:
    """Relative to what a velocity is, and what it hangs on that was guessed."""
    guessed = {"medium_guessed": "air or vacuum", "frame_guessed": "frame"}
    known = [words for flag, words in guessed.items() if flag in result.flags]
    return FRAME_WORDS[result.prepared.rv_frame] + (f"; {wording.listed(known)} guessed" if known else "")


def facts(result: InferenceResult) -> None:
    """Quality, velocity and bundle, each with what it means."""
    prepared = result.prepared
    residual_rms = format_number(100 * result.reconstruction_mse**0.5, 1)
    share = format_number(result.latent_distance_percentile, 0)
    with st.container(horizontal=True, gap="medium"):
        for text, help_ in (
            (f"S/N **{format_number(prepared.snr, 0)}**", "Signal-to-noise ratio per pixel of the file in the window."),
            (
                f"Radial velocity **{format_with_error(prepared.rv, prepared.rv_error)} km/s** ({_frame(result)})",
                f"Radial velocity {_FRAMES[prepared.rv_frame]}, from cross-correlation with a model spectrum; "
                f"the peak is {format_number(prepared.rv_quality, 2)} high, where 1 is a perfect match. "
                + (
                    "Its 1σ error cannot be told from the peak."
                    if prepared.rv_error is None
                    else "Its 1σ error is that of the peak; the error of the file's wavelengths comes on top."
                ),
            ),
            (
                f"Residual rms **{residual_rms} %**",
                "Root of the mean squared difference between spectrum and reconstruction, relative to the continuum "
                f"(mean squared difference {result.reconstruction_mse:.2g}).",
            ),
            (
                f"Outlier percentile **{share}**",
                f"Of 100 simulated stars with a similar signal-to-noise ratio, {share} lie closer to the model spectra "
                "than this one. Networks that have learned from models alone put most real stars near 100: real "
                "spectra differ from all models, which is the synthetic gap. A flag says when the difference is too "
                "large, in this or in another measure.",
            ),
            (f"Model version **{wording.plain(result.bundle)}**", "Name and version of the trained networks in use."),
        ):
            st.markdown(text, help=help_, width="content")

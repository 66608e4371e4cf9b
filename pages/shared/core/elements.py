"""Pieces of a page that say what is known of a spectrum."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dtl.flags import NOTES, doubts
from dtl.result import PARAMETERS, InferenceResult
from dtl.rounding import estimate_words, format_estimate, format_number
from pages.shared.core import visit, wording

__all__ = [
    "choose_spectrum",
    "facts",
    "flags",
    "heading",
    "parameters",
]

_INTERVAL = (
    "The large figure is the most probable value: the mode of what the networks of the ensemble say. Minus and plus "
    "lead to the ends of the interval that holds 68 % of the probability. Digits without meaning are cut."
)
_MEANING = {
    "teff": "Effective temperature.",
    "logg": "Surface gravity: decimal logarithm of its value in cm/s².",
    "mh": "Metallicity: decimal logarithm of the abundance of metals relative to the Sun.",
    "vsini": "Rotation speed at the equator, as projected on the line of sight.",
}
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


def heading(result: InferenceResult) -> None:
    """Whose spectrum it is."""
    spectrum = result.prepared.spectrum
    title = wording.plain(spectrum.star or spectrum.file)
    parts = [spectrum.file if spectrum.star else "", spectrum.instrument]
    st.subheader(title, anchor=False)
    badge = ":blue-badge[:material/science: Simulated observation] " if spectrum.simulated else ""
    st.markdown(badge + " · ".join(wording.plain(part) for part in parts if part))


def parameters(result: InferenceResult) -> None:
    """The four parameters as cards."""
    doubtful = bool(doubts(result.flags))
    with st.grid(4, min_column_width=150):
        for name, (title, unit, _) in PARAMETERS.items():
            estimate = result.estimates[name]
            value, lower, upper = format_estimate(name, estimate)
            limit = estimate.limit is not None
            st.metric(
                title,
                estimate_words(name, estimate) if limit or estimate.withheld else f"{value} {unit}",
                f"mode {value}" if limit else f"{lower} {upper}".strip() or "impossible",
                delta_color="off",
                delta_arrow="off",
                help=f"{_MEANING[name]} {_INTERVAL}",
                icon=":material/warning:" if doubtful or limit else None,
                border=True,
            )
    if not result.prepared.spectrum.simulated:
        st.caption(
            "The intervals hold the spread of the networks and the photon noise. What real stars have and models lack "
            "is not in them: published values of the same star may differ by 100 K, 0.2 dex in log g, 0.3 dex in [M/H]."
        )


def flags(result: InferenceResult) -> None:
    """Doubts and notes as sentences."""
    warnings = [result.explain(flag) for flag in result.flags if flag not in NOTES]
    notes = [result.explain(flag) for flag in result.flags if flag in NOTES]
    if warnings:
        st.warning(_list(warnings), icon=":material/warning:")
    if notes:
        st.info(_list(notes), icon=":material/info:")


def _list(sentences: Sequence[str]) -> str:
    """Sentences as Markdown, with bullets where there are several."""
    bullet = "- " if len(sentences) > 1 else ""
    return "\n".join(bullet + wording.plain(sentence, 1000) for sentence in sentences)


def facts(result: InferenceResult) -> None:
    """Quality, velocity and bundle, each with what it means."""
    prepared = result.prepared
    residual_rms = format_number(100 * result.reconstruction_mse**0.5, 1)
    share = format_number(result.latent_distance_percentile, 0)
    with st.container(horizontal=True, gap="medium"):
        for text, help_ in (
            (f"S/N **{format_number(prepared.snr, 0)}**", "Signal-to-noise ratio per pixel of the file in the window."),
            (
                f"Velocity **{format_number(prepared.rv, 1)} km/s** ({wording.plain(prepared.rv_frame)})",
                f"Radial velocity {_FRAMES.get(prepared.rv_frame, '')}, from cross-correlation with a model spectrum; "
                f"the peak is {format_number(prepared.rv_quality, 2)} high, where 1 is a perfect match.",
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
                "large.",
            ),
            (f"Networks **{wording.plain(result.bundle)}**", "Name and version of the trained networks in use."),
        ):
            st.markdown(text, help=help_, width="content")

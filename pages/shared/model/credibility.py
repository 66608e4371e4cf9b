"""When not to believe the networks: what their flags and scores catch, as their card says."""

from __future__ import annotations

import streamlit as st

from dtl.bundle.calibration import SCORES
from dtl.bundle.card import lookup, number
from dtl.flags import FLAGS
from dtl.rounding import format_number, format_significant
from pages.shared.core import tables, wording
from pages.shared.core.chart import chart, dark
from pages.shared.model import card_parts
from pages.shared.model.card_figures import doubt_figure

__all__ = ["KINDS", "doubts"]

#: Kind of spectra of `dtl.evaluation.contaminants` -> its name and what it is.
KINDS = {
    "cool": ("Cooler star", "A star of 2300–2700 K, cooler than all models"),
    "hot": ("Hot star", "A star of type K to A"),
    "giant": ("Giant", "A giant or subgiant of log g 3.5–4.1"),
    "close_binary": ("Two stars, blended", "Two M dwarfs in one spectrum, 4–20 km/s apart"),
    "binary": ("Two stars", "Two M dwarfs in one spectrum, 20–80 km/s apart"),
    "veiled": ("Veiled star", "An accreting star, its lines filled by light without lines"),
    "featureless": ("No lines", "A continuum alone, as of a lamp or a white dwarf"),
    "noise": ("Noise alone", "An exposure without light"),
    "other_range": ("Other wavelengths", "Another part of the spectrum under the wavelengths of the window"),
    "reversed": ("Reversed", "Flux from red to blue, wavelengths from blue to red"),
    "wrong_medium": ("Air as vacuum", "Wavelengths in air that are said to be in vacuum"),
    "wrong_frame": ("Not at rest", "A moving star that is said to be at rest"),
    "cosmic_storm": ("Cosmic rays", "50–200 hits in the window that the file does not mark"),
    "fringed": ("Fringes", "Fringes of the detector, 1–8 % high"),
    "sky_emission": ("Sky lines", "3–10 emission lines of the sky, not subtracted"),
    "telluric": ("Telluric lines", "Water of the air, not corrected, its strongest line 5–15 % deep"),
    "clipped": ("Saturated", "A saturated exposure, cut at 0.5–0.85 of the continuum"),
    "stretched": ("Wrong dispersion", "Wavelengths stretched or shrunk by 0.1–0.3 %"),
    "wrong_resolution": ("Wrong resolution", "A spectrum of 15,000–25,000 that says it is sharp enough"),
}


def doubts(card: dict) -> None:
    """Scores, flags, and how many spectra that should be flagged are."""
    card_parts.heading(
        "When not to believe it", "doubts", "A flag is a word beside a result that says why to doubt it."
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        _flagged(card)
    with right:
        _scores(card)
    with st.expander("What each flag says", icon=":material/flag:"):
        tables.text_table(
            {"Flag": [f"`{flag}`" for flag in FLAGS], "Meaning": [wording.plain(text) for text in FLAGS.values()]},
            "Every flag and its meaning",
        )


def _flagged(card: dict) -> None:
    flagged = lookup(card, "metrics", "trust", "flagged")
    if not flagged:
        card_parts.lacking("spectra that should be flagged")
        return
    alarms = lookup(card, "metrics", "false_alarms") or {}
    count = number(card, "metrics", "trust", "spectra_of_each_kind")
    mean = sum(flagged.values()) / len(flagged)
    worst = min(flagged, key=flagged.__getitem__)
    name = wording.plain(_kind(worst)[0].lower())
    st.markdown(
        f"Of spectra that are no ordinary M dwarf well observed, {format_number(100 * mean, 0)} % are flagged or "
        f"not readable; least often “{name}”, {format_number(100 * flagged[worst], 0)} %."
        + (f" Of good ones {_range(alarms)} % are flagged by mistake." if alarms else "")
    )
    chart(
        doubt_figure(
            {_kind(kind)[0]: part for kind, part in flagged.items()},
            {f"Good, S/N {snr}": part for snr, part in alarms.items()},
            dark=dark(),
        ),
        "card-doubts",
        f"Part of the spectra of {len(flagged)} strange kinds that is flagged, {format_number(100 * mean, 0)} % on "
        "average, and of good spectra; the table below has the numbers",
    )
    st.caption(
        (f"{count:.0f} simulated spectra of each kind. " if count else "")
        + "What carries no flag may still be wrong: kinds that nobody thought of are not in this figure."
    )
    with card_parts.twin():
        rows = [(wording.plain(_kind(kind)[0]), _kind(kind)[1], part) for kind, part in flagged.items()]
        rows += [
            (f"Good, S/N {wording.plain(snr)}", "An ordinary M dwarf: flagged by mistake", part)
            for snr, part in alarms.items()
        ]
        names, words, parts = zip(*rows, strict=True)
        tables.text_table(
            {"Kind": names, "What it is": words, "Flagged": [f"{format_number(100 * part, 1)} %" for part in parts]},
            "Part of the spectra of each kind that is flagged or not readable",
        )
        for kind, reason in (lookup(card, "metrics", "trust", "left_out") or {}).items():
            st.caption(f"{wording.plain(_kind(kind)[0])}: left out. {wording.plain(reason)}")


def _scores(card: dict) -> None:
    st.markdown("### How it is noticed")
    percentile, scores = number(card, "trust", "percentile"), lookup(card, "trust", "scores")
    if percentile is None or not scores:
        card_parts.lacking("the scores behind the flags")
        return
    wanted = number(card, "trust", "false_alarms")
    st.markdown(
        f"Each score says how strange a spectrum is beside good ones of the same noise. Above "
        f"{format_number(percentile, 1)} of 100 in any of them the spectrum is flagged `out_of_distribution`"
        + (
            f"; the threshold was set so that {format_significant(100 * wanted)} % of good spectra are."
            if wanted
            else "."
        )
    )
    tables.text_table(
        {
            "Score": [wording.plain(name.replace("_", " ")) for name in scores],
            "What it measures": [wording.plain(SCORES.get(name, words)) for name, words in scores.items()],
        },
        "Scores of strangeness",
    )


def _kind(kind: str) -> tuple[str, str]:
    return KINDS.get(kind, (kind.replace("_", " ").capitalize(), ""))


def _range(alarms: dict[str, float]) -> str:
    low, high = (format_number(100 * part, 1) for part in (min(alarms.values()), max(alarms.values())))
    return low if low == high else f"{low} to {high}"

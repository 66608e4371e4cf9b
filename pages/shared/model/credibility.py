"""When not to believe the networks, and what they make of real stars, as their card says."""

from __future__ import annotations

import streamlit as st

from dtl.bundle.card import Comparison, comparisons, flattened, lookup, number
from dtl.figures.performance import doubt_figure, star_figure
from dtl.flags import FLAGS
from dtl.inference.trust import vsini_limit
from dtl.result import PARAMETERS
from dtl.rounding import decimals, format_number, format_significant
from pages.shared.core import tables, wording
from pages.shared.core.chart import chart, dark
from pages.shared.model import card_parts

__all__ = ["KINDS", "doubts", "published_layout", "real_stars"]

#: Kind of spectra of `dtl.evaluation.contaminants` -> its name and what it is.
KINDS = {
    "cool": ("Cooler star", "A star of 2300–2700 K, cooler than all models"),
    "hot": ("Hot star", "A star of type K to A"),
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
    st.markdown(
        f"Of spectra that are no ordinary M dwarf well observed, {format_number(100 * mean, 0)} % are flagged or "
        f"refused; least often “{_kind(worst)[0].lower()}”, {format_number(100 * flagged[worst], 0)} %."
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
        rows = [(*_kind(kind), part) for kind, part in flagged.items()]
        rows += [(f"Good, S/N {snr}", "An ordinary M dwarf: flagged by mistake", part) for snr, part in alarms.items()]
        names, words, parts = zip(*rows, strict=True)
        tables.text_table(
            {"Kind": names, "What it is": words, "Flagged": [f"{format_number(100 * part, 1)} %" for part in parts]},
            "Part of the spectra of each kind that is flagged or refused",
        )
        for kind, reason in (lookup(card, "metrics", "trust", "left_out") or {}).items():
            st.caption(f"{_kind(kind)[0]}: left out. {wording.plain(reason)}")


def _scores(card: dict) -> None:
    st.markdown("#### How it is noticed")
    percentile, scores = number(card, "trust", "percentile"), lookup(card, "trust", "scores")
    if percentile is None or not scores:
        card_parts.lacking("the scores behind the flags")
        return
    wanted = number(card, "trust", "false_alarms")
    st.markdown(
        f"Each score says how strange a spectrum is beside good ones of the same noise. Above "
        f"{format_significant(percentile, 4)} of 100 in any of them the spectrum is flagged `out_of_distribution`"
        + (
            f"; the threshold was set so that {format_significant(100 * wanted)} % of good spectra are."
            if wanted
            else "."
        )
    )
    tables.text_table(
        {
            "Score": [wording.plain(name.replace("_", " ")) for name in scores],
            "What it measures": [wording.plain(words) for words in scores.values()],
        },
        "Scores of strangeness",
    )


def _kind(kind: str) -> tuple[str, str]:
    return KINDS.get(kind, (kind.replace("_", " ").capitalize(), ""))


def _range(alarms: dict[str, float]) -> str:
    low, high = (format_number(100 * part, 1) for part in (min(alarms.values()), max(alarms.values())))
    return low if low == high else f"{low} to {high}"


def real_stars(card: dict) -> None:
    """Real stars beside the literature."""
    card_parts.heading(
        "Real stars",
        "stars",
        "Value and 1-sigma interval of the networks; the median, where there are several spectra of a star.",
    )
    rows = comparisons(card)
    if not rows:
        card_parts.lacking("real stars")
        return
    stars = lookup(card, "metrics", "real_stars", "stars")
    anchors = [star for star in stars if lookup(stars, star, "anchor")]
    known = [row for row in rows if row.difference is not None]
    st.markdown(
        f"{len(stars)} stars, {len({row.star for row in known})} of them with values in the literature. Published "
        "values of one star differ by 100 K, 0.2 dex in log g and 0.3 dex in [M/H] among each other."
    )
    if known:
        with st.grid(2, min_column_width=340):
            for name, (label, _, _) in PARAMETERS.items():
                if any(row.parameter == name for row in known):
                    chart(
                        star_figure(name, rows, dark=dark()),
                        f"card-stars-{name}",
                        f"{label} of real stars, networks minus literature; the table below has the numbers",
                    )
    if anchors:
        st.caption(
            f"Hollow in the figure and marked with an anchor ⚓ in the table: {wording.listed(anchors)}. On these "
            "stars the synthetic gap was measured that the networks learned from: they are no independent test."
        )
    resolution = number(card, "resolution")
    limit = vsini_limit(resolution) if resolution else 0.0
    columns = {
        "Star": [row.star + (" ⚓" if row.anchor else "") for row in rows],
        "Parameter": [PARAMETERS[row.parameter][0] for row in rows],
        "Networks": [_found(row, limit) for row in rows],
        "Literature": [_literature(row) for row in rows],
        "Spectra apart": ["–" if row.worst_pair is None else format_number(row.worst_pair, 1) for row in rows],
    }
    with card_parts.twin("The stars as a table"):
        tables.text_table(
            {title: [wording.plain(text) for text in texts] for title, texts in columns.items()},
            "Parameters of real stars, of the networks and in the literature",
        )
        st.caption(
            "Spectra apart: the largest difference of two spectra of the star, in units of both intervals combined. "
            "v sin i of 1.5 km/s in the literature stands for rotation that is not resolved."
        )
        for star, entry in stars.items():
            st.caption(_about(star, entry))


def _found(row: Comparison, limit: float) -> str:
    unit = PARAMETERS[row.parameter][1]
    if row.limit:
        return f"< {limit:.1f} {unit}"
    places = decimals(row.interval, PARAMETERS[row.parameter][2])
    return f"{format_number(row.value, places)} ± {format_number(row.interval, places)} {unit}"


def _literature(row: Comparison) -> str:
    if row.literature is None:
        return "–"
    _, unit, places = PARAMETERS[row.parameter]
    return f"{format_number(row.literature, places)} {unit}"


def _about(star: str, entry: dict) -> str:
    """Spectra, noise, flags and reference of a star."""
    spectra, snr = number(entry, "spectra") or 0, number(entry, "snr")
    flags = [f"{flag} ({count} of {spectra:.0f})" for flag, count in (lookup(entry, "flags") or {}).items()]
    parts = [
        f"{spectra:.0f} {'spectrum' if spectra == 1 else 'spectra'}" + (f" of S/N {snr:.0f}" if snr else ""),
        f"flags: {', '.join(flags)}" if flags else "no flags",
        f"literature: {entry['reference']}" if lookup(entry, "reference") else "",
    ]
    return f"**{wording.plain(star)}**: " + wording.plain("; ".join(filter(None, parts)))


def published_layout(card: dict) -> None:
    """The layout of the publication, trained on the same spectra."""
    card_parts.heading(
        "The published layout, trained here",
        "published-layout",
        "Networks with the layers and losses of the publication, and a third of its steps, trained on the model "
        "spectra of this program.",
    )
    values = lookup(card, "metrics", "published_layout")
    if not values:
        card_parts.lacking("the published layout")
        return
    pairs = list(flattened(values))
    tables.text_table(
        {
            "Figure": [wording.plain(_words(name)) for name, _ in pairs],
            "Value": [wording.plain(_value(value)) for _, value in pairs],
        },
        "Figures of the published layout trained on the same spectra",
    )


def _words(name: str) -> str:
    """The name of a figure for a person: ``rmse_noise_free.teff`` as ``rmse noise free, Teff``."""
    parts = [PARAMETERS[part][0] if part in PARAMETERS else part.replace("_", " ") for part in name.split(".")]
    return ", ".join(part.replace("mse", "MSE") if part.endswith("autoencoder mse") else part for part in parts)


def _value(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else format_significant(value, 3)

"""What the networks make of real stars beside the literature, as their card says."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dtl.bundle.card import Comparison, comparisons, lookup, number, star_name
from dtl.inference.judgement import rotation_limit
from dtl.result import PARAMETERS, Estimate
from dtl.rounding import decimals, estimate_words, format_number
from pages.shared.core import tables, wording
from pages.shared.core.chart import chart, dark
from pages.shared.model import card_parts
from pages.shared.model.card_figures import star_figure

__all__ = ["real_stars"]


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
    anchors = [star_name(star) for star in stars if lookup(stars, star, "anchor")]
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
        if any(row.limit for row in known):
            st.caption(
                "A triangle that points left: the rotation is not resolved. It stands at the most probable value; what "
                "holds is the upper limit, which the table has."
            )
    if anchors:
        st.caption(
            f"Hollow in the figure and marked with an anchor ⚓ in the table: {wording.listed(anchors)}. On these "
            "stars the synthetic gap was measured that the networks learned from: they are no independent test."
        )
    slowest = (lookup(card, "parameters", "vsini", "range") or (0.0,))[0]
    columns = {
        "Star": [row.star + (" ⚓" if row.anchor else "") for row in rows],
        "Parameter": [PARAMETERS[row.parameter][0] for row in rows],
        "Networks": [_found(row, slowest) for row in rows],
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


def _found(row: Comparison, slowest: float) -> str:
    unit = PARAMETERS[row.parameter][1]
    if row.limit:
        # of those that are limits, whatever made them so
        estimate = Estimate(row.value, row.interval, row.interval)
        return estimate_words(row.parameter, replace(estimate, limit=rotation_limit(estimate, slowest)))
    places = decimals(row.interval, PARAMETERS[row.parameter][2])
    return f"{format_number(row.value, places)} ± {format_number(row.interval, places)} {unit}"


def _literature(row: Comparison) -> str:
    if row.literature is None:
        return "–"
    return wording.value_with_unit(row.parameter, format_number(row.literature, PARAMETERS[row.parameter][2]))


def _about(star: str, entry: dict) -> str:
    """Spectra, noise, flags and reference of a star."""
    reference = wording.with_minus(str(lookup(entry, "reference") or "").replace("+-", "±"))
    spectra, snr = number(entry, "spectra") or 0, number(entry, "snr")
    flags = [f"{flag} ({count} of {spectra:.0f})" for flag, count in (lookup(entry, "flags") or {}).items()]
    parts = [
        f"{spectra:.0f} {'spectrum' if spectra == 1 else 'spectra'}" + (f" of S/N {snr:.0f}" if snr else ""),
        f"flags: {', '.join(flags)}" if flags else "no flags",
        f"literature: {reference}" if reference else "",
    ]
    return f"**{wording.plain(star_name(star))}**: " + wording.plain("; ".join(filter(None, parts)))

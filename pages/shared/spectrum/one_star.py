"""The exposures of the star on show, and what they say together."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dtl.catalogue.epochs import Epochs
from dtl.flags import doubts
from dtl.result import FRAME_WORDS, PARAMETERS, InferenceResult
from dtl.rounding import decimals, estimate_words, format_number, format_with_error
from pages.shared.core import elements, epochs, visit, wording

__all__ = ["exposures"]

_VELOCITY = "Radial velocity [km/s]"


def exposures() -> None:
    """A table of the exposures of the star on show with their means, where there are several."""
    star = epochs.epochs_of(visit.current().selected)
    if star is None:
        return
    name = next((r.prepared.spectrum.star for r in star.results.values() if r.prepared.spectrum.star), "this star")
    with st.expander(
        f"{len(star.results)} exposures of {wording.plain(name)}",
        icon=":material/stacks:",
        expanded=True,
        key="exposures",
    ):
        rows = [_row(result) for result in star.results.values()]
        st.table(
            {title: [row[title] for row in rows] + [text] for title, text in _means(star).items()},
            border="horizontal",
            hide_index=True,
            alt=f"The exposures of {name}, one row each, and their means",
        )
        st.caption(
            "Means are weighted by the intervals, that of the velocity by S/N; exposures in doubt (⚠) do not count "
            "where there are others. The interval of a mean is not smaller than that of one exposure, as most of it is "
            "the networks' error for this star, and not smaller than the scatter. v sin i is the lowest of the upper "
            "limits where no exposure resolves the rotation, else the mean of those that do. In the diagrams and the "
            "comparison with the literature these exposures are one star, shown by these means."
        )
        elements.differing(star.combined)
        if star.velocity is not None and star.velocity.differ:
            st.warning(
                "The velocities differ by more than their errors say: the star is a binary, or one of the exposures "
                "is in another medium or frame than was read.",
                icon=":material/warning:",
            )


def _row(result: InferenceResult) -> dict[str, str]:
    prepared = result.prepared
    row = {
        "Exposure": ("⚠ " if doubts(result.flags) else "") + wording.plain(prepared.spectrum.file),
        "S/N": format_number(prepared.snr, 0),
        _VELOCITY: f"{format_with_error(prepared.rv, prepared.rv_error)} ({FRAME_WORDS[prepared.rv_frame]})",
    }
    return row | {label: estimate_words(name, result.estimates[name]) for name, (label, _, _) in PARAMETERS.items()}


def _means(star: Epochs) -> dict[str, str]:
    velocity = star.velocity
    said = f"{format_number(velocity.value, 2)}, scatter {format_number(velocity.scatter, 2)}" if velocity else "–"
    row = {"Exposure": f"**Mean of {star.combined.exposures}**", "S/N": "", _VELOCITY: said}
    for name, (label, _, places) in PARAMETERS.items():
        scatter = star.scatter[name]
        more = f", scatter {format_number(scatter, decimals(scatter, places))}" if np.isfinite(scatter) else ""
        row[label] = estimate_words(name, star.combined.estimates[name]) + more
    return row

"""The star on show in a sentence: how far from the models it lies, and what the transfer changed in its values."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dtl.result import PARAMETERS, InferenceResult
from dtl.rounding import estimate_words, format_estimate, format_number, format_significant
from pages.shared.core import bundles, wording
from pages.shared.latent_space.positions import has_transfer, places, spacings
from pages.shared.latent_space.synthetic_gap import distances_of

__all__ = ["this_star"]

_SPACES = {"flux": "in flux", "latent": "in latent space"}


def this_star(result: InferenceResult) -> None:
    """Distances in units of a step of the grid, and the values before and after the transfer."""
    bundle, (results, _) = bundles.of_result(result), bundles.same_bundle(result)
    number = next(i for i, other in enumerate(results) if other is result)
    found = places(results)
    apart, usual, moved = distances_of(bundle.name, found), spacings(bundle.name), has_transfer(bundle)
    parts = []
    for space, words in _SPACES.items():
        before, after = (format_significant(steps) for steps in apart[space][number] / np.median(usual[space]))
        parts.append(f"**{after}** {words}" + (f" ({before} before the transfer)" if moved else ""))
    name = wording.plain(wording.label(result, short=True))
    st.markdown(
        f"**{name}** lies {' and '.join(parts)} from the nearest grid point, in steps of the grid.",
        help="A step of the grid is the usual distance of a model to its nearest neighbour: the median over the grid.",
    )
    if moved:
        changes = []
        for parameter, (label, unit, places_) in PARAMETERS.items():
            estimate = result.estimates[parameter]
            if estimate.withheld or estimate.limit is not None:
                changes.append(f"{label} **{wording.plain(estimate_words(parameter, estimate))}**")
                continue
            before, after = (place.values[parameter] for place in found[number].values())
            value, *_ = format_estimate(parameter, estimate)
            shift = format_number(after - before, places_)
            sign = "+" if after > before and shift.strip("0.") else ""
            # a value of log g is that of cm/s², and what is added to it in dex
            of_value, of_change = ("", f" {unit}") if parameter == "logg" else (f" {unit}", "")
            changes.append(f"{label} **{value}**{of_value} ({sign}{shift}{of_change})")
        st.markdown(
            f"The transfer moved the values: {', '.join(changes)}.",
            help="The values as on the first page, and in brackets what the transfer added: by how much the mean of "
            "what the networks of the ensemble read in the latent vector changed.",
        )

"""The four parameters as cards: the value with its interval, the literature's, and the reason of any flag below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dtl.flags import NOTES, Doubt, doubts
from dtl.result import PARAMETERS, InferenceResult
from dtl.rounding import estimate_words, format_estimate, format_number
from pages.shared.core import wording
from pages.shared.core.stars import identify

if TYPE_CHECKING:
    from dtl.catalogue.literature_median import LiteratureMedian

__all__ = ["parameters"]

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
_REAL = (
    " The interval holds the spread of the networks and the photon noise, not what real stars have and models lack: "
    "published values of the same star may differ by 100 K, 0.2 dex in log g, 0.3 dex in [M/H]."
)
_REASONS = {
    "upper_limit_vsini": "95 % limit, not resolved",
    "out_of_distribution": "Unlike any model spectrum",
    "value_withheld": "No star has this value",
    "logg_from_main_sequence": "By the main sequence, hardly by the data",
}


def parameters(result: InferenceResult) -> None:
    """The four parameters of a spectrum."""
    known = _literature(result)
    doubtful = bool(doubts(result.flags))
    with st.grid(4, min_column_width=150, gap="small", key="parameters"):
        for name in PARAMETERS:
            with st.container(border=True, gap=None, height="stretch"):
                _card(name, result, doubtful=doubtful)
                if name in known:
                    _source(name, known[name])
                for doubt in result.doubts:
                    if name in doubt.parameters:
                        icon = "info" if doubt.flag in NOTES else "warning"
                        text = f":material/{icon}: {wording.plain(_reason(doubt))}"
                        st.markdown(f":small[{text}]", help=wording.plain(doubt.sentence, 1000))


def _card(name: str, result: InferenceResult, *, doubtful: bool) -> None:
    title, unit, _ = PARAMETERS[name]
    estimate = result.estimates[name]
    value, lower, upper = format_estimate(name, estimate)
    limit = estimate.limit is not None
    st.metric(
        title,
        estimate_words(name, estimate) if limit or estimate.withheld else f"{value} {unit}",
        f"mode {value}" if limit else f"{lower} {upper}".strip() or "impossible",
        delta_color="off",
        delta_arrow="off",
        help=f"{_MEANING[name]} {_INTERVAL}{'' if result.prepared.spectrum.simulated else _REAL}",
        icon=":material/warning:" if doubtful or limit else None,
    )


def _literature(result: InferenceResult) -> dict[str, LiteratureMedian]:
    star = identify(result)
    if star is None:
        return {}
    from dtl.catalogue.literature_median import literature_medians

    return literature_medians(star)


def _source(name: str, found: LiteratureMedian) -> None:
    """The literature's value, as ``Literature 3252 K (11 sources)``."""
    _, unit, places = PARAMETERS[name]
    sign = "≤ " if found.limit else ""
    low, high = (format_number(value, places) for value in (found.low, found.high))
    st.markdown(
        f":small[Literature **{sign}{format_number(found.value, places)}** {unit}, {found.sources} "
        f"source{'' if found.sources == 1 else 's'}]",
        help=f"Median of the published values of this star, which reach from {low} to {high} {unit}; each of them "
        "stands on the page Literature."
        + (" Upper limits are among them, so that it may be smaller." if found.limit else ""),
    )


def _reason(doubt: Doubt) -> str:
    """Why a value is flagged, in a few words; the sentence of the doubt says all."""
    if doubt.flag == "outside_grid":
        if "end of the models" in doubt.sentence and doubt.limit is not None:
            _, unit, places = PARAMETERS[doubt.parameters[0]]
            return f"At the end of the models, {format_number(doubt.limit, places)} {unit}"
        return "Below the main sequence" if "below the main" in doubt.sentence else "No model has this combination"
    return _REASONS.get(doubt.flag, doubt.flag.replace("_", " "))

"""The four parameters as cards: the value with its interval, the literature's, and the reason of any flag below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from dtl.flags import LIMITS, NOTES, doubts
from dtl.inference.contraction import contraction, prior_widths, reached_end
from dtl.result import PARAMETERS, InferenceResult
from dtl.rounding import estimate_words, format_estimate, format_number
from pages.shared.core import bundles, wording
from pages.shared.core.flag_words import short_reason
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
#: Part of the prior's variance that the data remove, below which the prior is named beside them.
_BY_DATA = 0.9
_PRIORS = {
    "teff": "even over the range of the models",
    "logg": "the scatter of the main sequence at this Teff and \\[M/H\\]",
    "mh": "that of M dwarfs in the solar neighbourhood",
    "vsini": "even over the range of the models",
}
#: Flags whose reason is the share of data and prior.
_SAID_BY_SHARE = ("logg_from_main_sequence",)


def parameters(result: InferenceResult) -> None:
    """The four parameters of a spectrum."""
    known, card = _literature(result), bundles.of_result(result).card
    widths = prior_widths(card, result.estimates)
    with st.grid(4, min_column_width=150, gap="small", key="parameters"):
        for name in PARAMETERS:
            with st.container(border=True, gap=None, height="stretch"):
                _card(name, result, doubtful=bool(doubts(result.flags, name)))
                _standing(name, result, card, widths.get(name))
                if name in known:
                    _source(name, known[name])
                for doubt in result.doubts:
                    if name in doubt.parameters and doubt.flag not in _SAID_BY_SHARE:
                        icon = "info" if doubt.flag in NOTES | LIMITS else "warning"
                        text = f":material/{icon}: {wording.plain(short_reason(doubt, beside_value=True))}"
                        st.markdown(f":small[{text}]", help=wording.plain(doubt.sentence, 1000))


def _card(name: str, result: InferenceResult, *, doubtful: bool) -> None:
    title, unit, _ = PARAMETERS[name]
    estimate = result.estimates[name]
    value, lower, upper = format_estimate(name, estimate)
    limit = estimate.limit is not None
    dex = f" {unit}" if name == "logg" else ""  # its values have no unit, its intervals do
    st.metric(
        title,
        estimate_words(name, estimate) if limit or estimate.withheld else wording.value_with_unit(name, value),
        f"mode {value}" if limit else "impossible" if estimate.withheld else f"{lower} {upper}{dex}",
        delta_color="off",
        delta_arrow="off",
        help=f"{_MEANING[name]} {_INTERVAL}{'' if result.prepared.spectrum.simulated else _REAL}",
        icon=":material/warning:" if doubtful else ":material/info:" if limit else None,
    )


def _standing(name: str, result: InferenceResult, card: Mapping[str, Any], width: float | None) -> None:
    """How a value is known: by how much the data narrow the prior, and whether its interval ends with the models."""
    estimate, (label, unit, places) = result.estimates[name], PARAMETERS[name]
    if estimate.withheld or estimate.limit is not None or width is None:
        return
    share = contraction(estimate, width)
    words, end = f"From the data **{format_number(100 * share, 0)} %**", reached_end(name, estimate, card)
    flagged = any(doubt.flag == "outside_grid" and name in doubt.parameters for doubt in result.doubts)
    if end is not None and not flagged:
        words += f" · interval reaches the end of the models, {format_number(end, places)}"
    elif share < _BY_DATA:
        words += f", from the prior {format_number(100 * (1 - share), 0)} %"
    half = format_number(0.5 * (estimate.lower + estimate.upper), places + 1)
    st.markdown(
        f":small[{words}]",
        help=f"What the spectrum tells of {wording.plain(label)} beyond what was known before it: 1 − (σ / prior σ)², "
        f"with σ = {half} {unit}, half the interval, and a prior of {format_number(width, places + 1)} {unit}, "
        f"{_PRIORS[name]}. 100 %: the prior does not matter; 0 %: the value repeats it."
        + ("" if end is None else f" The interval reaches the end of the models, {format_number(end, places)} {unit}."),
    )


def _literature(result: InferenceResult) -> dict[str, LiteratureMedian]:
    star = identify(result)
    if star is None:
        return {}
    return _medians(star)


@st.cache_resource(max_entries=512, show_spinner=False)
def _medians(star: str) -> dict[str, LiteratureMedian]:
    from dtl.catalogue.literature_median import literature_medians

    return literature_medians(star)


def _source(name: str, found: LiteratureMedian) -> None:
    """The literature's value, as ``Literature 3252 K (11 sources)``."""
    _, unit, places = PARAMETERS[name]
    sign = "≤ " if found.limit else ""
    low, high = (format_number(value, places) for value in (found.low, found.high))
    st.markdown(
        f":small[Literature **{sign}{format_number(found.value, places)}**{'' if name == 'logg' else f' {unit}'}, "
        f"{found.sources} "
        f"source{'' if found.sources == 1 else 's'}]",
        help=f"Median of the published values of this star, which reach from {low} to {high} {unit}; each of them "
        "stands on the page Literature."
        + (" Upper limits are among them, so that it may be smaller." if found.limit else ""),
    )

"""The four parameters together, drawn when it is opened."""

from __future__ import annotations

import streamlit as st

from dtl.figures.corner import PARTS, corner_figure
from dtl.result import PARAMETERS, Estimate, InferenceResult, value_title
from dtl.rounding import format_estimate, format_number
from pages.shared.core import tables, wording
from pages.shared.core.chart import chart, dark

__all__ = ["correlations"]


@st.fragment
def correlations(result: InferenceResult) -> None:
    """How the uncertainties of the parameters go together, as figure and table."""
    box = st.expander("Correlations of the parameters", icon=":material/scatter_plot:", on_change="rerun", key="corner")
    kept = [name for name in PARAMETERS if not result.estimates[name].withheld]
    if not box.open or not kept:
        return
    with box:
        chart(
            corner_figure(result, dark=dark()),
            key="corner-figure",
            alt=f"Corner plot of {wording.label(result)}: distribution of each parameter, and each pair of them",
            table=lambda: _table(result, kept),
        )
        st.caption(
            f"Curves hold {PARTS[0]:g} and {PARTS[1]:g} % of the draws, 300 of which are shown. The same photon noise "
            "moves all parameters, what separates the members of the ensemble each on its own; the widths are those of "
            f"the calibrated intervals.{_unresolved(result)} In Python: result.draws(1000) and result.covariance."
        )


def _unresolved(result: InferenceResult) -> str:
    """That the draws of a v sin i that is not resolved are no measure of it, as they lie far below its limit."""
    limit = result.estimates["vsini"].limit
    if limit is None:
        return ""
    return (
        f" v sin i is not resolved: its draws are what the networks say, not a measurement; the limit, "
        f"{wording.plain(format_number(limit, 1))} km/s, holds instead."
    )


def _table(result: InferenceResult, kept: list[str]) -> None:
    numbers = [list(PARAMETERS).index(name) for name in kept]
    words = [_words(name, result.estimates[name]) for name in kept]
    pairs = {
        f"correlation with {PARAMETERS[name][0]}": result.correlation[numbers, i]
        for i, name in zip(numbers, kept, strict=True)
    }
    rows = {
        "parameter": [value_title(name) for name in kept],
        "value": [value for value, _ in words],
        "68 %": [interval for _, interval in words],
    }
    st.dataframe(
        tables.number_table(rows | pairs, dict.fromkeys(pairs, 2)),
        hide_index=True,
        alt="Value, 1-sigma distances and correlations of each parameter",
    )


def _words(name: str, estimate: Estimate) -> tuple[str, str]:
    """Value and interval without units; an upper limit has none."""
    if estimate.limit is not None:
        return f"< {format_number(estimate.limit, PARAMETERS[name][2])} (95 %)", ""
    value, lower, upper = format_estimate(name, estimate)
    return value, f"{lower} {upper}"

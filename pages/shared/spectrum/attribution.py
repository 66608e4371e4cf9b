"""What each wavelength does to a parameter, which is computed when it is opened."""

from __future__ import annotations

import streamlit as st

from dtl.figures.attribution import explanation_figure
from dtl.figures.scale import ANGSTROM, Scale
from dtl.inference.attribution import Explanation
from dtl.result import PARAMETERS, InferenceResult
from dtl.rounding import format_number
from pages.shared.core import bundles, keeping, links, tables, wording
from pages.shared.core.chart import chart, dark
from pages.shared.spectrum.answers import Answers, recall

__all__ = ["wavelengths"]

_KINDS = {"contribution": "Contribution", "sensitivity": "Derivative"}


class Explanations(Answers):
    """The attributions of a visit."""


@st.fragment
def wavelengths(result: InferenceResult, scale: Scale = ANGSTROM) -> None:
    """What each wavelength does to a parameter, as figure and table."""
    box = st.expander("Wavelength attribution", icon=":material/graphic_eq:", on_change="rerun", key="wavelengths")
    if not box.open:
        return
    with box:
        with st.spinner("Asking the networks …"):
            explanation = recall(Explanations, result, _explain)
        name, kind = _choose()
        label = PARAMETERS[name][0]
        chart(
            explanation_figure(result, explanation, name, kind=kind, scale=scale, dark=dark()),
            key="explanation",
            alt=f"Spectrum of {wording.label(result)} with the average model, and below how far each stretch of "
            f"{explanation.width:.2f} Å moves {label}",
            table=lambda: _table(explanation, name, kind, scale),
            script=lambda: keeping.python("explanation", result, parameter=name, kind=kind),
        )
        st.caption(_reading(result, explanation, name, kind))
        if kind == "contribution":
            _shares(explanation, name)


def _table(explanation: Explanation, name: str, kind: str, scale: Scale) -> None:
    label, unit, _ = PARAMETERS[name]
    middle, bars = explanation.elements(name, kind)
    change = f"change of {label} [{unit}]"
    rows = {scale.column(): scale.at(middle), change: bars}
    st.dataframe(
        tables.number_table(rows, {change: _places(name) + 1, scale.column(): 2}, signed=(change,)),
        hide_index=True,
        alt=f"Change of {label}, bar by bar",
    )


def _choose() -> tuple[str, str]:
    """The parameter, and what is asked of each wavelength."""
    left, right = st.columns(2, gap="medium")
    name = left.selectbox(
        "Parameter",
        list(PARAMETERS),
        format_func=lambda name: PARAMETERS[name][0],
        key=links.view("explained", PARAMETERS),
        persist_state="session",
    )
    kind = right.segmented_control(
        "Of each wavelength",
        list(_KINDS),
        format_func=_KINDS.get,
        required=True,
        key=links.view("explained-kind", _KINDS),
        default=links.default("explained-kind", "contribution"),
        persist_state="session",
        help="Contribution: how far this spectrum, where it differs from the average model, moves the value "
        "(integrated gradients, Sundararajan et al. 2017). Derivative: how far the value would "
        "move if the spectrum were brighter by 1 % of the continuum there.",
    )
    return name, kind


def _shares(explanation: Explanation, name: str) -> None:
    """What each line adds to a parameter."""
    label, unit, _ = PARAMETERS[name]
    shares = explanation.shares(name)
    rows = {
        "where": [share.label for share in shares],
        "adds": [share.contribution for share in shares],
        "share": [100 * share.share for share in shares],
    }
    st.dataframe(
        tables.number_table(rows, {"adds": _places(name), "share": 0}, signed=("adds",)),
        column_config={
            "where": st.column_config.TextColumn(
                "Where", help="Within 0.6 Å of the wavelength. Most features are blends and have no name here."
            ),
            "adds": st.column_config.NumberColumn(f"Contribution to {label} [{unit}]", help="Sum of its bars."),
            "share": st.column_config.NumberColumn(
                "Share [%]",
                help="Of all movement: the length of its bars, up or down, over that of all bars.",
            ),
        },
        hide_index=True,
        alt=f"What each line adds to {label}",
    )


def _explain(result: InferenceResult) -> Explanation:
    from dtl.inference.attribution import explain_spectrum

    return explain_spectrum(result.prepared, bundles.of_result(result))


def _reading(result: InferenceResult, explanation: Explanation, name: str, kind: str) -> str:
    """How to read the figure, with its numbers."""
    label, unit, places = PARAMETERS[name]
    start, end = explanation.baseline_values[name], explanation.values[name]
    if kind == "sensitivity":
        text = (
            f"Each bar: how far {label} would move if {explanation.width:.2f} Å of the spectrum (a resolution "
            "element) were brighter by 1 % of the continuum. Long bars stand where an error of the data or of the "
            "models does most harm."
        )
    else:
        text = (
            f"The networks give the average model {format_number(start, places)} {unit}. The bars, one for each "
            f"{explanation.width:.2f} Å, lead from there to this spectrum: they sum to {_signed(name, end - start)} "
            f"{unit}, in the mean of the networks. A long bar stands where the star differs from the average model in "
            f"a way that matters for {label}."
        )
    if not result.prepared.good.all():
        text += " Where the spectrum has no usable pixel, the networks go by what they expect there."
    return wording.plain(text)


def _places(name: str) -> int:
    """Decimals of a contribution: one more than of the parameter."""
    return PARAMETERS[name][2] + 1


def _signed(name: str, value: float) -> str:
    return ("+" if value > 0 else "") + format_number(value, _places(name))

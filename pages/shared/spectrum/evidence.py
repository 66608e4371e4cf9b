"""What stands behind an answer: a second opinion, and the wavelengths that speak. Computed when it is opened."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dtl.figures.attribution import explanation_figure
from dtl.figures.scale import ANGSTROM, Scale
from dtl.result import PARAMETERS, Estimate, InferenceResult
from dtl.rounding import decimals, format_estimate, format_number
from dtl.spectrum import UnusableInput
from pages.shared.core import keeping, links, session
from pages.shared.core.chart import chart

__all__ = ["fit_least_squares", "opinion", "wavelengths"]

_KINDS = {"contribution": "What it adds", "sensitivity": "What a change would do"}


@st.fragment
def fit_least_squares(result: InferenceResult) -> None:
    """The networks' answer beside that of a least-squares fit."""
    box = st.expander(
        "A second opinion: the models fitted by least squares",
        icon=":material/balance:",
        on_change="rerun",
        key="second-opinion",
    )
    if not box.open:
        return
    with box:
        try:
            fitted = opinion(result)
        except UnusableInput as error:
            st.info(session.plain(error), icon=":material/info:")
            return
        rows = [_row(name, result, fitted) for name in PARAMETERS]
        st.table(
            {
                "": [PARAMETERS[name][0] for name in PARAMETERS],
                "Networks": [row[0] for row in rows],
                "Least-squares fit": [row[1] for row in rows],
                "Difference in intervals": [row[2] for row in rows],
            },
            border="horizontal",
            hide_index=True,
            alt="The four parameters as the networks and as a least-squares fit give them",
        )
        _verdict(result, fitted)
        st.markdown(
            f"Misfit **{format_number(100 * fitted.residual_rms, 1)} %** · "
            f"reduced χ² **{format_number(fitted.reduced_chi2, 1 if fitted.reduced_chi2 < 10 else 0)}**",
            help="Misfit: root of the mean squared difference between spectrum and fitted model, relative to the "
            "continuum. Reduced χ²: the same squared difference in units of the photon noise; near 1 where the models "
            "describe the spectrum, far above it where real stars differ from all models.",
        )
        st.caption(
            "The fit looks for the model nearest to the spectrum, between the models too. It knows the models as the "
            "decoder draws them; encoder and regressors, which give the answer above, have no part in it. What no "
            "model can describe counts as an error of the models and widens the intervals of the fit. The difference "
            "is that of the two values, in units of both intervals combined."
        )
        keeping.python("opinion", result)


def opinion(result: InferenceResult):
    """The least-squares fit to a spectrum, computed once.

    Raises:
        UnusableInput: where too little of the spectrum can be used.
    """
    with st.spinner("Fitting the models …"):
        return _kept("opinion", result, _fit)


@st.fragment
def wavelengths(result: InferenceResult, scale: Scale = ANGSTROM) -> None:
    """What each wavelength does to a parameter, as figure and table."""
    box = st.expander("Which wavelengths speak", icon=":material/graphic_eq:", on_change="rerun", key="wavelengths")
    if not box.open:
        return
    with box:
        with st.spinner("Asking the networks …"):
            explanation = _kept("explanation", result, _explain)
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
            default="contribution",
            required=True,
            key=links.view("explained-kind", _KINDS),
            persist_state="session",
            help="What it adds: how far this spectrum, where it differs from the average model, moves the value "
            "(integrated gradients, Sundararajan et al. 2017). What a change would do: how far the value would "
            "move if the spectrum were brighter by 1 % of the continuum there.",
        )
        label, unit, _ = PARAMETERS[name]
        chart(
            explanation_figure(result, explanation, name, kind=kind, scale=scale, dark=session.dark()),
            key="explanation",
            alt=f"Spectrum of {session.label(result)} with the average model, and below how far each stretch of "
            f"{explanation.width:.2f} Å moves {label}",
        )
        st.caption(_reading(result, explanation, name, kind))
        if kind == "contribution":
            shares = explanation.shares(name)
            st.dataframe(
                {
                    "where": [share.label for share in shares],
                    "adds": [share.contribution for share in shares],
                    "share": [100 * share.share for share in shares],
                },
                column_config={
                    "where": st.column_config.TextColumn(
                        "Where", help="Within 0.6 Å of the wavelength. Most features are blends and have no name here."
                    ),
                    "adds": st.column_config.NumberColumn(
                        f"Adds to {label} [{unit}]", format=f"%+.{_places(name)}f", help="Sum of its bars."
                    ),
                    "share": st.column_config.NumberColumn(
                        "Share",
                        format="%.0f %%",
                        help="Of all movement: the length of its bars, up or down, over that of all bars.",
                    ),
                },
                hide_index=True,
                alt=f"What each line adds to {label}",
            )
        table = st.expander("The same as a table", icon=":material/table:", on_change="rerun", key="explanation-table")
        if table.open:
            middle, bars = explanation.elements(name, kind)
            table.dataframe(
                {scale.column(): scale.at(middle), f"change of {label} [{unit}]": bars},
                hide_index=True,
                alt=f"Change of {label}, bar by bar",
            )
        keeping.python("explanation", result, parameter=name, kind=kind)


def _fit(result: InferenceResult):
    from dtl.inference.least_squares import fit_least_squares

    return fit_least_squares(result.prepared, session.node_spectra(session.bundle_of(result).name))


def _explain(result: InferenceResult):
    from dtl.inference.attribution import explain_spectrum

    return explain_spectrum(result.prepared, session.bundle_of(result))


def _kept(kind: str, result: InferenceResult, compute: Callable[[InferenceResult], object]):
    """What ``compute`` says of a result, kept as long as this very result is."""
    results, kept = st.session_state["results"].values(), st.session_state.get(kind, [])
    for known, answer in kept:
        if known is result:
            return answer
    answer = compute(result)
    alive = [(known, old) for known, old in kept if any(known is other for other in results)]
    st.session_state[kind] = [*alive, (result, answer)]
    return answer


def _row(name: str, result: InferenceResult, opinion) -> tuple[str, str, str]:
    """A parameter from the networks, from the fit, and their difference, in words."""
    from dtl.inference.least_squares import departure

    unit = PARAMETERS[name][1]
    estimate, fitted = result.estimates[name], opinion.estimates[name]
    value, lower, upper = format_estimate(name, estimate)
    ours, theirs = f"{value} {lower} {upper} {unit}", f"{_symmetric(name, fitted)} {unit}"
    if name in opinion.undetermined:
        return ours, "not determined", "–"
    difference = format_number(departure(estimate, fitted), 1)
    if name in opinion.edge:
        theirs += ", at the end of the models"
    if name == "vsini":
        limit = session.vsini_limit(result)
        limits = "upper_limit_vsini" in result.flags, fitted.value < limit
        below = f"< {limit:.1f} {unit}"
        ours, theirs = (below if limits[0] else ours), (below if limits[1] else theirs)
        difference = "–" if all(limits) else difference
    return ours, theirs, difference


def _symmetric(name: str, estimate: Estimate) -> str:
    places = decimals(estimate.upper, PARAMETERS[name][2])
    return f"{format_number(estimate.value, places)} ± {format_number(estimate.upper, places)}"


def _verdict(result: InferenceResult, opinion) -> None:
    from dtl.inference.least_squares import AGREEMENT, departure

    differing = [
        PARAMETERS[name][0]
        for name, estimate in result.estimates.items()
        if name not in opinion.undetermined and abs(departure(estimate, opinion.estimates[name])) > AGREEMENT
    ]
    if opinion.outside:
        st.warning(
            "The nearest model lies beside the main sequence, where there are no models: the fit is a guess.",
            icon=":material/warning:",
        )
    if differing:
        st.markdown(
            f":material/compare_arrows: They differ by more than {AGREEMENT:.0f} intervals in "
            f"**{', '.join(differing)}**: at least one of the two is farther from the truth than its interval says."
        )
    else:
        st.markdown(f":material/check: The two agree within {AGREEMENT:.0f} intervals.")


def _reading(result: InferenceResult, explanation, name: str, kind: str) -> str:
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
            f"The networks give the average model {format_number(start, places)} {unit} and this spectrum "
            f"{format_number(end, places)} {unit} (their mean; the large figure on top is the mode). The bars, one "
            f"for each {explanation.width:.2f} Å, lead from one to the other: they sum to {_signed(name, end - start)} "
            f"{unit}. A long bar stands where the star differs from the average model in a way that matters for "
            f"{label}."
        )
    if not result.prepared.good.all():
        text += " Where the spectrum has no usable pixel, the networks go by what they expect there."
    return session.plain(text)


def _places(name: str) -> int:
    """Decimals of a contribution: one more than of the parameter."""
    return PARAMETERS[name][2] + 1


def _signed(name: str, value: float) -> str:
    return ("+" if value > 0 else "") + format_number(value, _places(name))

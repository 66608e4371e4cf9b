"""The networks' answer beside that of a least-squares fit, which is computed when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dtl.result import PARAMETERS, Estimate, InferenceResult
from dtl.rounding import decimals, estimate_words, format_number
from dtl.spectrum import UnusableInput
from pages.shared.core import bundles, keeping, wording
from pages.shared.spectrum.answers import Answers, recall

if TYPE_CHECKING:
    from dtl.inference.least_squares import LeastSquaresFit

__all__ = ["fit_least_squares", "opinion"]


class Fits(Answers):
    """The fits of a visit."""


@st.fragment
def fit_least_squares(result: InferenceResult) -> None:
    """The networks' answer beside that of a least-squares fit."""
    box = st.expander(
        "Least-squares fit: the same parameters by another method",
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
            st.info(wording.sentence(error), icon=":material/info:")
            return
        rows = [_row(name, result, fitted) for name in PARAMETERS]
        st.table(
            {
                "Parameter": [PARAMETERS[name][0] for name in PARAMETERS],
                "Networks": [row[0] for row in rows],
                "Least-squares fit": [row[1] for row in rows],
                "Difference [sigma]": [row[2] for row in rows],
            },
            border="horizontal",
            hide_index=True,
            alt="The four parameters as the networks and as a least-squares fit give them",
        )
        _verdict(result, fitted)
        st.markdown(
            f"Residual rms **{format_number(100 * fitted.residual_rms, 1)} %** · "
            f"reduced χ² **{format_number(fitted.reduced_chi2, 1 if fitted.reduced_chi2 < 10 else 0)}**",
            help="Residual rms: root of the mean squared difference between spectrum and fitted model, relative to the "
            "continuum. Reduced χ²: the same squared difference in units of the photon noise; near 1 where the models "
            "describe the spectrum, far above it where real stars differ from all models.",
        )
        st.caption(
            "The fit looks for the model nearest to the spectrum, between the models too. It knows the models as the "
            "decoder draws them; encoder and regressors, which give the answer above, have no part in it. What no "
            "model can describe counts as an error of the models and widens the intervals of the fit. The difference "
            "is fit minus networks, in units of both intervals combined."
        )
        keeping.python("opinion", result)


def opinion(result: InferenceResult) -> LeastSquaresFit:
    """The least-squares fit to a spectrum, computed once.

    Raises:
        UnusableInput: where too little of the spectrum can be used.
    """
    with st.spinner("Fitting the models …"):
        return recall(Fits, result, _fit)


def _fit(result: InferenceResult) -> LeastSquaresFit:
    from dtl.inference.least_squares import fit_least_squares

    return fit_least_squares(result.prepared, bundles.node_spectra(bundles.of_result(result).name))


def _row(name: str, result: InferenceResult, opinion: LeastSquaresFit) -> tuple[str, str, str]:
    """A parameter from the networks, from the fit, and their difference, in words."""
    from dtl.inference.least_squares import departure

    estimate, fitted = result.estimates[name], opinion.estimates[name]
    ours = estimate_words(name, estimate)
    theirs = estimate_words(name, fitted) if fitted.limit else f"{_symmetric(name, fitted)} {PARAMETERS[name][1]}"
    if name in opinion.undetermined:
        return ours, "not determined", "–"
    if name in opinion.edge:
        theirs += ", at the end of the models"
    apart = departure(estimate, fitted)
    return ours, theirs, "–" if apart is None else format_number(apart, 1)


def _symmetric(name: str, estimate: Estimate) -> str:
    places = decimals(estimate.upper, PARAMETERS[name][2])
    return f"{format_number(estimate.value, places)} ± {format_number(estimate.upper, places)}"


def _verdict(result: InferenceResult, opinion: LeastSquaresFit) -> None:
    from dtl.inference.least_squares import AGREEMENT, departure

    differing = [
        PARAMETERS[name][0]
        for name, estimate in result.estimates.items()
        if name not in opinion.undetermined and abs(departure(estimate, opinion.estimates[name]) or 0.0) > AGREEMENT
    ]
    if opinion.outside:
        st.warning(
            "The nearest grid point lies beside the main sequence, where there are no models: the fit is a guess.",
            icon=":material/warning:",
        )
    worthless = _worthless(result, opinion)
    if differing:
        st.markdown(
            f":material/compare_arrows: They differ by more than {AGREEMENT:.0f} intervals in "
            f"**{', '.join(differing)}**"
            + ("." if worthless else ": at least one of the two is farther from the truth than its interval says.")
        )
    if worthless:
        st.markdown(
            f":material/warning: {'This comparison' if differing else 'That they agree'} says nothing: "
            f"{'; '.join(worthless)}."
        )
    elif not differing:
        st.markdown(f":material/check: The two agree within {AGREEMENT:.0f} intervals.")


def _worthless(result: InferenceResult, opinion: LeastSquaresFit) -> list[str]:
    """Why agreement of the two would say nothing, in words; empty where it says something."""
    reasons = []
    if opinion.edge:
        labels = wording.listed([PARAMETERS[name][0] for name in opinion.edge])
        reasons.append(f"the fit stopped at the end of the models in {labels}")
    elif "outside_grid" in result.flags:
        reasons.append("the star lies outside the models")
    if "out_of_distribution" in result.flags:
        reasons.append("the spectrum is unlike any model")
    if opinion.bad:
        reasons.append(
            f"the best model misses the spectrum by {format_number(100 * opinion.floor, 1)} % beyond the noise, at "
            "least twice what is usual for M dwarfs"
        )
    return reasons

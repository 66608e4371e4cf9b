"""All stars in one parameter: the published ones and the user's against the literature, as figure and statistics."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dtl.catalogue import literature, published_stars
from dtl.result import PARAMETERS
from pages.shared.core import elements, links, wording
from pages.shared.core.chart import chart, dark
from pages.shared.literature import figures, identity
from pages.shared.literature.source_tables import (
    differences,
    downloads,
    label_of,
    published_statistics,
    statistics_table,
    twin,
)
from pages.shared.literature.star_search import clicked, search_clicked

__all__ = ["comparison", "references"]


@st.fragment
def comparison() -> None:
    """All stars in one parameter; a choice here runs no other part of the page anew, but a click on a star does."""
    if clicked():
        st.rerun()
    parameter, chosen, errors = _choose()
    mine = figures.users(identity.matched())
    _show_stars(parameter, chosen, mine, errors=errors)
    _show_statistics(parameter, mine)


def _choose() -> tuple[str, list[str], bool]:
    """The parameter, the sources and whether error bars are drawn."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):  # which wraps where it is narrow
        parameter = st.segmented_control(
            "Parameter", list(PARAMETERS), format_func=lambda name: PARAMETERS[name][0], required=True,
            key=links.view("literature-parameter", PARAMETERS), persist_state="session",
            default=links.default("literature-parameter", "teff"),
        )  # fmt: skip
        sources = literature.sources_of(parameter)
        chosen = st.multiselect(
            "Sources", sources, default=sources[:1], format_func=label_of, max_selections=5, width=340,
            key=f"literature-sources-{parameter}", persist_state="session", **elements.TYPED,
            help="Sets of literature values, at most five: " + "; ".join(
                f"{published_stars.SOURCES[source].label} ({published_stars.SOURCES[source].method})" for source in
                sources
            ) + ". The number of stars is in the legend and in the table.",
        )  # fmt: skip
        errors = st.toggle(
            "Error bars", value=True, key="literature-errors", persist_state="session", width="content",
            help="1σ uncertainties as published; those of several sources hide the points.",
        )  # fmt: skip
    if not chosen:
        chosen = sources[:1]
        st.caption(f"No source is chosen: {label_of(chosen[0])} is shown.")
    return parameter, chosen, errors


def _show_stars(parameter: str, chosen: list[str], mine: pd.DataFrame, *, errors: bool) -> None:
    """The figure of the published stars and the user's with its table."""
    table, (title, unit, _) = published_stars.literature_table(), PARAMETERS[parameter]
    names = ", ".join(label_of(source) for source in chosen)
    yours = mine[(mine["parameter"] == parameter) & mine["source"].isin(chosen)]
    spectra = yours["spectrum"].nunique()
    chart(
        figures.comparison(parameter, chosen, mine, errors=errors, dark=dark()),
        key="literature-figure",
        alt=f"{title} in the literature ({names}) against {label_of(published_stars.PUBLISHED)} for the published stars"
        + (f" and your results for {spectra} of your stars" if spectra else "")
        + ", with the line of equality, and the differences below",
        on_select=lambda: search_clicked("literature-figure"),
        selection_mode="points",
    )
    st.caption(
        "On the dashed line both agree. Hollow points are upper limits. A diamond is a star of yours, the mean of its "
        "exposures where there are several, with the result of this program across, crossed where a flag doubts it, "
        "hollow with an arrow where it is an upper limit. Point at a star to read its name, or click it to see all its "
        "values at the top of the page." + (" Both axes are logarithmic." if parameter == "vsini" else "")
    )
    twin_of_figure = st.expander("Data table", icon=":material/table:", on_change="rerun", key="literature-table")
    if twin_of_figure.open:
        with twin_of_figure:
            drawn = table[(table["parameter"] == parameter) & table["source"].isin(chosen)]
            if spectra:
                st.markdown("**Your spectra**")
                twin(yours, alt=f"{title} of your spectra and in the literature")
                downloads(yours, f"yours-{parameter}", f"{title}: your spectra and the literature", unit)
            st.markdown("**Published stars**")
            twin(drawn, alt=f"{title} of the published stars and in the literature")
            downloads(drawn, f"stars-{parameter}", f"{title}: Mas-Buitrago et al. 2024 and the literature", unit)


def _show_statistics(parameter: str, mine: pd.DataFrame) -> None:
    """Mean differences and what goes with them, of the published stars and of the user's spectra."""
    title, unit, _ = PARAMETERS[parameter]
    st.markdown(f"### {title}: literature − {label_of(published_stars.PUBLISHED)} [{unit}]")
    statistics = differences(parameter)
    published_statistics(parameter, alt=f"Differences of {title} between every source and the 286 stars")
    st.caption(
        "All sources, whatever is drawn; upper limits count with their value. What Mas-Buitrago et al. (2024) state "
        "stands beside what is computed here from the values of each star: ✓ where both agree to the last digit stated."
    )
    downloads(statistics, f"comparison-{parameter}", f"{title}: literature - Mas-Buitrago et al. 2024", unit)
    own = literature.user_statistics(mine, parameter)
    if len(own):
        st.markdown(f"**Your spectra: literature − your result [{unit}]**")
        statistics_table(own, parameter, alt=f"Differences of {title} between every source and your spectra")
        downloads(own, f"own-comparison-{parameter}", f"{title}: literature - own results", unit)


def references() -> None:
    """The works whose values are shown."""
    works = published_stars.references()
    other_names: dict[str, list[str]] = {published_stars.PUBLISHED: []}  # of sets that are not called by an author
    for source in published_stars.SOURCES.values():
        names = other_names.setdefault(source.reference, [])
        if source.label.split("+")[0].split()[0] not in works[source.reference].citation:
            names.append(source.label)
    listed = " · ".join(
        f"[{works[key].citation}]({works[key].url})" + (f" (for {wording.listed(names)})" if names else "")
        for key, names in other_names.items()
    )
    st.markdown(f":small[References: {listed}]")  # not as a caption, in which links are too pale to read

"""Populations: do thin and thick disc differ in a parameter?"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dtl.catalogue import published_stars
from dtl.catalogue.populations import POPULATIONS, PUBLISHED_PVALUE, Comparison, compare, compare_pairs
from dtl.figures.populations import histogram, name_group, population_figure
from dtl.quantities import QUANTITIES
from dtl.result import PARAMETERS, InferenceResult
from dtl.rounding import format_number, format_significant, format_with_error
from pages.shared.core import elements, links, tables, wording
from pages.shared.core.chart import chart, dark
from pages.shared.hr_diagram import luminosities

__all__ = ["show"]


def show(results: Mapping[str, InferenceResult]) -> None:
    """Histogram, cumulative distributions and the test, with the groups to choose."""
    column, first, second = _choose()
    stars = published_stars.stars()
    try:
        comparison = compare(stars, column, first, second)
    except ValueError as error:
        st.warning(str(error), icon=":material/warning:")
        return
    quantity, users = QUANTITIES[column], luminosities.plotted(results)
    wide, narrow = elements.wide_and_narrow()
    with wide:
        chart(
            population_figure(stars, column, comparison, users, dark=dark()),
            key="populations-figure",
            alt=f"Histogram and cumulative distributions of {quantity.label} for {name_group(first)} and "
            f"{name_group(second)}; their largest distance is {format_number(comparison.statistic, 2)}",
        )
    with narrow, st.container(border=True):
        _verdict(column, comparison)
    table = st.expander("Data table", icon=":material/table:", on_change="rerun", key="populations-table")
    if table.open:
        _tables(table, column, comparison)


def _choose() -> tuple[str, list[str], list[str]]:
    """The parameter and the two groups."""
    left, middle, right = st.columns(3, gap="medium")
    labels = {name: quantity.label for name, quantity in QUANTITIES.items()}
    column = left.selectbox(
        "Parameter", list(labels), format_func=labels.get,
        key=links.view("population-parameter", labels), persist_state="session",
        help="What is compared. In the publication it is the metallicity [M/H].",
    )  # fmt: skip
    groups = []
    for place, title, default in ((middle, "First group", "TD"), (right, "Second group", "D")):
        groups.append(
            place.multiselect(
                title, list(POPULATIONS), default=[default], format_func=POPULATIONS.get,
                key=f"population-{title.split()[0].lower()}", persist_state="session", **elements.TYPED,
                help="Populations of the Galaxy, told from the motion of the stars by Marfil et al. (2021).",
            )
        )  # fmt: skip
    return column, *groups


def _verdict(column: str, comparison: Comparison) -> None:
    """What the test says, in numbers and words."""
    quantity = QUANTITIES[column]
    p = comparison.pvalue
    st.metric(
        "Kolmogorov–Smirnov test", f"p = {format_with_error(p, None, 2)}",
        help="Two samples, two-sided: the probability that distributions as far apart as these, or farther, are found "
        "by chance in samples of these sizes from one population.",
    )  # fmt: skip
    groups = zip((comparison.first, comparison.second), comparison.numbers, comparison.medians, strict=True)
    where, distance = _value(column, comparison.location), format_number(comparison.statistic, 3)
    lines = [f"KS statistic **D = {distance}**, at {where} {quantity.unit}.\n"]
    lines += [
        f"- {name_group(group)}: {number} stars, median {_value(column, value)} {quantity.unit}"
        for group, number, value in groups
    ]
    st.markdown("\n".join(lines))
    if p < 0.01:
        st.markdown("So different by chance in fewer than 1 of 100 cases.")
    elif p < 0.05:
        st.markdown("So different by chance in fewer than 5 of 100 cases.")
    else:
        st.markdown("The two groups may well have the same distribution.")
    if column == "mh":
        st.caption(
            f"The publication gives p = {PUBLISHED_PVALUE} for [M/H] of the thick against the thin disc. That is the "
            "value of the thick disc (TD, 21 stars) against the thin disc alone (D, 167 stars), without the young disc "
            "and without the transition."
        )
    st.caption("The uncertainties of the single values, which widen both distributions, are not in the test.")


def _value(column: str, value: float) -> str:
    """A value of a quantity, a parameter with its own decimals and one more; the published values are not rounded."""
    places = PARAMETERS[column][2] if column in PARAMETERS else None
    return format_significant(value, 3) if places is None else format_number(value, places + (places > 0))


def _tables(place: object, column: str, comparison: Comparison) -> None:
    """The bins, and the test for several ways to form the groups."""
    unit = QUANTITIES[column].value_unit
    bins = histogram(published_stars.stars(), column, (comparison.first, comparison.second))
    place.dataframe(
        tables.number_table(bins, dict.fromkeys(("from", "to"), QUANTITIES[column].places)), hide_index=True,
        alt="Stars by bin and group", column_config={"from": f"From [{unit}]", "to": f"To [{unit}]"},
    )  # fmt: skip
    place.markdown(f"**The test for other groups, {wording.plain(QUANTITIES[column].label)}**")
    rows = [
        {
            "first group": name_group(pair.first), "stars": pair.numbers[0], "second group": name_group(pair.second),
            "stars ": pair.numbers[1], "D": pair.statistic, "p": pair.pvalue,
        }
        for pair in compare_pairs(published_stars.stars(), column)
    ]  # fmt: skip
    columns = {name: st.column_config.NumberColumn(name, format=f"%.{n}f") for name, n in (("D", 3), ("p", 4))}
    place.dataframe(rows, hide_index=True, column_config=columns, alt="The test for several ways to form the groups")

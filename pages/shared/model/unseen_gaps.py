"""How far the networks hold for stars whose synthetic gap they have not met, as their card says."""

from __future__ import annotations

import streamlit as st

from dtl.bundle.card import lookup, number
from dtl.result import PARAMETERS
from dtl.rounding import format_number
from pages.shared.core import tables, wording
from pages.shared.core.wording import with_unit
from pages.shared.model import card_parts

__all__ = ["unseen_gaps"]

#: Kind of `dtl.simulation.gap_kinds` -> what such stars are.
_KINDS = {
    "cool star": "gap of GJ 699 alone, at any Teff",
    "hot star": "gap of G 9-40 alone, at any Teff",
    "measured stars hotter": "both hotter by 50 K than published",
    "measured stars cooler": "both cooler by 50 K than published",
    "measured stars richer": "both richer in metals by 0.15 dex than published",
    "measured stars poorer": "both poorer in metals by 0.15 dex than published",
    "measured stars faster": "both rotating faster by 0.7 km/s than taken",
    "measured stars slower": "both rotating slower by 0.7 km/s than taken",
    "atoms stronger": "atoms' lines 12 % stronger, molecules' weaker",
    "atoms weaker": "atoms' lines 12 % weaker, molecules' stronger",
    "saturation": "lines stronger by a quarter of their depth",
}


def unseen_gaps(card: dict) -> None:
    """Errors, coverage and flags, a row for each kind of gap that was left out."""
    card_parts.heading(
        "Stars of kinds it has not met",
        "unseen-gaps",
        "Real stars differ from models in ways that nobody knows for all of them. For each kind of difference networks "
        "were trained without it, and asked about stars that have it. The intervals were fitted to other such answers, "
        "for the kinds that were measured on real stars; the last three were thought out.",
    )
    kinds = lookup(card, "metrics", "unseen_gaps")
    if not kinds:
        card_parts.lacking("kinds of gaps that it has not met")
        return
    _table(kinds, "Kind left out", "Errors and coverage for each kind of gap that was left out")
    st.caption(
        "Errors of 286 simulated stars of S/N 50 to 300; held: how many true values lie within the 1-sigma interval, "
        "of 68 % that should. One interval cannot fit all kinds: where it holds more, the kind was easier."
    )
    adapted = lookup(card, "metrics", "adapted_gaps")
    if not adapted:
        return
    st.markdown("**The same, adapted to thirty of these stars**")
    _table(adapted, "Kind adapted to", "Errors and coverage for the same kinds, adapted to thirty of their stars")
    st.caption(
        "Nothing was told about the thirty; errors are those of the others. Intervals hold what an error of 0.1 dex of "
        "the believed mean [M/H] would change: where the belief is right, they hold more than 68 %."
    )


def _table(kinds: dict, first: str, title: str) -> None:
    columns: dict[str, list[str]] = {first: [_KINDS.get(kind) or wording.plain(kind) for kind in kinds]}
    for name, (label, _, _) in PARAMETERS.items():
        columns[f"{label} rmse, held"] = [_held(name, row) for row in kinds.values()]
    columns["Flagged"] = [_percent(number(row, "flagged")) for row in kinds.values()]
    tables.text_table(columns, title)


def _held(name: str, row: object) -> str:
    rmse, held = number(row, "errors", name, "rmse"), number(row, "coverage", name)
    return "–" if rmse is None else f"{with_unit(name, rmse)}, {_percent(held)}"


def _percent(part: float | None) -> str:
    return "–" if part is None else f"{format_number(100 * part, 0)} %"

"""What every section on the page of the model is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dtl.result import PARAMETERS
from dtl.rounding import format_significant
from pages.shared.core.chart import chart

__all__ = ["RMSE", "chart", "heading", "lacking", "listed", "table", "twin", "with_unit"]

RMSE = "rmse: root of the mean squared error, the size of a typical error."


def heading(title: str, anchor: str, help_: str | None = None) -> None:
    """Title of a section, with an address of its own."""
    st.header(title, anchor=anchor, help=help_)


def lacking(what: str) -> None:
    """The sentence that stands where the card of an earlier version has nothing."""
    st.caption(f"The card of these networks has no figures on {what}.")


def table(columns: Mapping[str, Sequence[str]], alt: str) -> None:
    """A small table of text."""
    st.table(dict(columns), border="horizontal", hide_index=True, alt=alt)


def twin(label: str = "The same as a table") -> object:
    """A closed box for the numbers of a figure."""
    return st.expander(label, icon=":material/table:")


def with_unit(parameter: str, value: float | None, figures: int = 2) -> str:
    """A size of a parameter with its unit, as ``11 K``; a dash where there is none."""
    return "–" if value is None else f"{format_significant(value, figures)} {PARAMETERS[parameter][1]}"


def listed(words: Sequence[str]) -> str:
    """Words in a row: ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))

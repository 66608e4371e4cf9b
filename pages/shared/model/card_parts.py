"""What every section on the page of the model is made of."""

from __future__ import annotations

import streamlit as st

__all__ = ["heading", "lacking", "twin"]


def heading(title: str, anchor: str, help_: str | None = None) -> None:
    """Title of a section, with an address of its own."""
    st.header(title, anchor=anchor, help=help_)


def lacking(what: str) -> None:
    """The sentence that stands where the card of an earlier version has nothing."""
    st.caption(f"The card of these networks has no figures on {what}.")


def twin(label: str = "Data table") -> object:
    """A closed box for the numbers of a figure."""
    return st.expander(label, icon=":material/table:")

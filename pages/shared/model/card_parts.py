"""What every section on the page of the model is made of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

__all__ = ["as_far_as_possible", "heading", "lacking", "twin"]

#: What is raised where a card holds something else than is drawn, as a text for a number, or 0 for a logarithm.
_ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def heading(title: str, anchor: str, help_: str | None = None) -> None:
    """Title of a section, with an address of its own."""
    st.header(title, anchor=anchor, help=help_)


def lacking(what: str) -> None:
    """The sentence that stands where the card of an earlier version has nothing."""
    st.caption(f"The card of these networks has no figures on {what}.")


def twin(label: str = "Data table") -> object:
    """A closed box for the numbers of a figure."""
    return st.expander(label, icon=":material/table:")


@contextmanager
def as_far_as_possible(loaded: bool) -> Iterator[None]:
    """Show a part of a card; where it is odd, a sentence stands in the place of what is left of it.

    Args:
        loaded: whether the card may come from a stranger. One of the program's own is never odd.
    """
    try:
        yield
    except _ODD:
        if not loaded:
            raise
        st.warning(
            "The rest of this part of the card cannot be shown: it holds other things than this program writes, "
            "probably because the card was changed by hand or by another version. The networks themselves were "
            "checked as they were loaded; download them again from where you have them.",
            icon=":material/warning:",
        )

"""The one way in which a page shows a figure, and in which it is taken along."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from pages.shared.core import visit

__all__ = ["chart", "dark", "data_table"]

#: Formats of the picture that the camera button of every figure saves -> what they are good for.
_FORMATS = {"png": "PNG", "svg": "SVG"}


@dataclass(frozen=True)
class PictureFormat:
    """The format of pictures that the visitor chose."""

    ending: str = "png"


def dark() -> bool:
    """Whether the page is shown dark."""
    return st.context.theme.type == "dark"


def chart(
    figure: go.Figure,
    key: str,
    alt: str,
    *,
    filename: str | None = None,
    table: Callable[[], object] | None = None,
    script: Callable[[], object] | None = None,
    **options,
):
    """Show a figure with its buttons: save, its data as a table, the Python that draws it again.

    Args:
        figure: to show.
        key: of the widget.
        alt: what it shows, for those who do not see it.
        filename: of the picture that its camera button saves, without suffix; None for the key.
        table: draws the data of the figure, called once its button is pressed.
        script: draws the button for the Python, see `pages.shared.core.keeping.python`.
        options: of `streamlit.plotly_chart`, as ``on_select``.

    Returns:
        What `streamlit.plotly_chart` gives.
    """
    name = re.sub(r"[^\w.-]+", "-", filename or key)
    chosen = visit.kept(PictureFormat).ending
    config = {"displaylogo": False, "toImageButtonOptions": {"filename": name, "scale": 2, "format": chosen}}
    with st.container(gap=None):  # one cell, where figures stand in a grid
        shown = st.plotly_chart(figure, theme=None, key=key, alt=alt, config=config, **options)
        with st.container(horizontal=True, gap="small"):
            _take(figure, key, name, alt)
            if table is not None:
                data_table(f"{key}-table", table)
            if script is not None:
                script()
    return shown


def data_table(key: str, draw: Callable[[], object]) -> None:
    """A button that shows the data of a figure, which are sent once it is pressed."""
    box = st.popover("Data table", icon=":material/table:", type="tertiary", on_change="rerun", key=key)
    if box.open:
        with box:
            draw()


def _take(figure: go.Figure, key: str, name: str, alt: str) -> None:
    """A small menu under a figure: format of its camera button, and the figure as a page of its own."""

    def page() -> str:
        from dtl.figures.page import figure_page

        return figure_page(figure, alt, name=name)

    widget = f"{key}-format"
    st.session_state[widget] = visit.kept(PictureFormat).ending
    with st.popover("Save", icon=":material/download:", type="tertiary", key=f"{key}-save"):
        st.segmented_control(
            "The camera on the figure saves", list(_FORMATS), format_func=_FORMATS.get, required=True, key=widget,
            on_change=_choose, args=(widget,),
            help="PNG: pixels, for slides and pages. SVG: lines, sharp at any size, for papers. Kept for all figures.",
        )  # fmt: skip
        st.download_button(
            "HTML", page, f"{name}.html", "text/html", key=f"{key}-html", icon=":material/html:", on_click="ignore",
            help="A page of its own (5 MB) in which the figure can be zoomed and read, without this app.",
        )  # fmt: skip


def _choose(widget: str) -> None:
    visit.keep(PictureFormat(st.session_state[widget]))

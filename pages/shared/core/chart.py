"""The one way in which a page shows a figure, and in which it is taken along."""

from __future__ import annotations

import re
from collections.abc import Callable

import plotly.graph_objects as go
import streamlit as st

__all__ = ["chart", "dark", "data_table"]

#: Widths of one and two columns, mm, and formats with their types, as of `dtl.figures.paper`, loaded at the click.
WIDTHS = (88, 180)
PRINTED = {"pdf": "application/pdf", "svg": "image/svg+xml"}
_PRINT = (
    "One or two columns of A&A, letters of 7 points or more, without the marks of a choice. Fonts are embedded (PDF), "
    "or text stays text (SVG)."
)


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
    light: Callable[[], go.Figure] | None = None,
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
        light: draws the figure as it is printed, where colours alone do not make it so; asks nothing of the visit.
        options: of `streamlit.plotly_chart`, as ``on_select``.

    Returns:
        What `streamlit.plotly_chart` gives.
    """
    name = re.sub(r"[^\w.-]+", "-", filename or key)
    config = {"displaylogo": False, "toImageButtonOptions": {"filename": name, "scale": 2}}
    with st.container(gap=None):  # one cell, where figures stand in a grid
        shown = st.plotly_chart(figure, theme=None, key=key, alt=alt, config=config, **options)
        with st.container(horizontal=True, gap="small"):
            _take(light or (lambda: figure), figure, key, name, alt)
            if script is not None:
                script()
        if table is not None:
            data_table(f"{key}-table", table)
    return shown


def data_table(key: str, draw: Callable[[], object]) -> None:
    """A box with the data of a figure, which are sent once it is opened.

    No menu: one that runs a part of the page as it closes leaves the page empty that a link is followed to meanwhile.
    """
    box = st.expander("Data table", icon=":material/table:", on_change="rerun", key=key)
    if box.open:
        with box:
            draw()


def _take(light: Callable[[], go.Figure], figure: go.Figure, key: str, name: str, alt: str) -> None:
    """A small menu under a figure: for print, at the width of one or two columns, and as a page of its own."""

    def page() -> str:
        from dtl.figures.page import figure_page

        return figure_page(figure, alt, name=name)

    def printed(width: int, kind: str) -> Callable[[], bytes]:
        def draw() -> bytes:
            from dtl.figures.paper import print_figure

            return print_figure(light(), width=width, kind=kind, title=alt)

        return draw

    with st.popover("Save", icon=":material/download:", type="tertiary", key=f"{key}-save"):
        st.markdown("For a paper, always light:", help=_PRINT)
        with st.grid(2, min_column_width=110):
            for kind, mime in PRINTED.items():
                for width in WIDTHS:
                    st.download_button(
                        f"{kind.upper()}, {width} mm", printed(width, kind), f"{name}-{width}mm.{kind}", mime,
                        key=f"{key}-{kind}-{width}", on_click="ignore", width="stretch",
                    )  # fmt: skip
        st.markdown("For slides: PNG, by the camera on the figure.")
        st.download_button(
            "HTML", page, f"{name}.html", "text/html", key=f"{key}-html", icon=":material/html:", on_click="ignore",
            help="A page of its own (5 MB) in which the figure can be zoomed and read, without this app.",
        )  # fmt: skip

"""The one way in which a page shows a figure."""

from __future__ import annotations

import re

import plotly.graph_objects as go
import streamlit as st

__all__ = ["chart"]


def chart(figure: go.Figure, key: str, alt: str, *, filename: str | None = None, light: bool = False, **options):
    """Show a figure with its buttons.

    Args:
        figure: to show.
        key: of the widget.
        alt: what it shows, for those who do not see it.
        filename: of the picture that its camera button saves, without suffix; None for the key.
        light: draw no finer than the screen's nominal pixels; for figures of thousands of points.
        options: of `streamlit.plotly_chart`, as ``on_select``.

    Returns:
        What `streamlit.plotly_chart` gives.
    """
    name = re.sub(r"[^\w.-]+", "-", filename or key)
    config = {"displaylogo": False, "toImageButtonOptions": {"filename": name, "scale": 2}}
    if light:
        # Twice the resolution of the screen, the default, makes every redraw slow where no graphics card helps.
        config["plotGlPixelRatio"] = 1
    return st.plotly_chart(figure, theme=None, key=key, alt=alt, config=config, **options)

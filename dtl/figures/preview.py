"""Figure of two columns of a table, as they stand in the file."""

from __future__ import annotations

from html import escape

import numpy as np
import plotly.graph_objects as go

from dtl.figures.curves import steps
from dtl.figures.style import axis, prepare

__all__ = ["preview_figure"]


def preview_figure(x: np.ndarray, y: np.ndarray, *, x_title: str, y_title: str, dark: bool = False) -> go.Figure:
    """One column against another.

    Args:
        x, y: values; shape ``(n,)`` each.
        x_title, y_title: of the axes, as the file names the columns.
        dark: for a dark page.
    """
    figure = go.Figure()
    colours = prepare(figure, dark=dark, height=260)
    finite = np.isfinite(x) & np.isfinite(y)
    flux = np.where(finite, y, np.nan)
    figure.add_trace(steps(np.where(np.isfinite(x), x, np.nan), flux, "", colours.data))
    figure.update_layout(showlegend=False, margin={"t": 8})
    figure.update_xaxes(axis(escape(x_title), 0, 0, colours, range=None, exponentformat="none", automargin=True))
    figure.update_yaxes(
        axis(escape(y_title), 0, 0, colours, range=None, exponentformat="power", minexponent=5, automargin=True)
    )
    return figure

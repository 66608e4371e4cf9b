"""All values of one parameter of one star."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dtl.catalogue.star_record import OWN
from dtl.figures.literature import TITLES, value_text
from dtl.figures.marks import limit_arrows
from dtl.figures.palette import Palette
from dtl.figures.style import axis, lay_out, prepare, scatter
from dtl.result import PARAMETERS
from dtl.rounding import decimals, format_number

__all__ = ["FAR", "star_figure"]

#: From how many sigma on a value is called far from the one that all are compared with.
FAR = 3.0
#: Pixels that a letter of a name along the axis needs, on average.
_LETTER = 7


def star_figure(
    values: pd.DataFrame, parameter: str, labels: Mapping[str, str], *, first: str, dark: bool = False
) -> go.Figure:
    """All values of one parameter of one star, a line for each source, with the 1 and 3 sigma bands of one source.

    Args:
        values: rows of `dtl.catalogue.star_record.star_values`.
        parameter: name in `dtl.result.PARAMETERS`.
        labels: source -> what it is called.
        first: source that the others are compared with, whose bands are drawn.
        dark: for a dark page.
    """
    figure = go.Figure()
    part = values[values["parameter"] == parameter].iloc[::-1]
    colours = prepare(figure, dark=dark, height=150 + 30 * len(part))
    base = part[part["source"] == first].iloc[0]
    for width in (3, 1):
        ends = base["value"] - width * base["lower"], base["value"] + width * base["upper"]
        if np.isfinite(ends).all():  # a limit has no interval, nor has what is withheld
            figure.add_vrect(*ends, fillcolor=colours.band, line_width=0, layer="below")
    ours = part["source"] == first
    bars = {"array": part["upper"], "arrayminus": part["lower"], "color": colours.data, "width": 4, "thickness": 1.4}
    texts = _texts(part, parameter, labels, first)
    symbols = np.where(ours, "diamond", "circle")
    symbols = np.where(part["limit"], np.where(ours, "diamond-open", "triangle-left-open"), symbols)
    points = scatter(
        x=part["value"],
        y=[escape(labels[source]) for source in part["source"]],
        mode="markers",
        marker={
            "symbol": symbols,
            "size": np.where(ours, 13, 10),
            "opacity": 1,
            "color": np.where(ours, colours.star, np.where(part["sigma"].abs() > FAR, colours.model, colours.data)),
        },
        error_x=bars,
        text=texts,
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
        meta="values",
    )
    figure.add_trace(points)
    if (mine := part[ours & part["limit"]]).size:
        figure.add_trace(limit_arrows(mine["value"], [escape(labels[first])], colours.star))
    _name_far(figure, part, labels, colours)
    lay_out(figure, xaxis=axis(TITLES[parameter], 0, 0, colours, range=None, nticks=4, tickangle=0))
    lay_out(figure, yaxis=axis("", 0, 0, colours, range=None, ticks="", gridwidth=1))
    lay_out(
        figure,
        margin={"t": 12, "l": 16 + _LETTER * max(len(labels[source]) for source in part["source"])},
        dragmode=False,
    )
    return figure


def _texts(part: pd.DataFrame, parameter: str, labels: Mapping[str, str], first: str) -> list[str]:
    """What the pointer shows of each value; the user's own is cut by its interval as everywhere."""
    unit, most = PARAMETERS[parameter][1:]
    texts = []
    for row in part.itertuples():
        places = decimals(min(row.lower, row.upper), most) if row.source == OWN else most
        text = f"<b>{escape(labels[row.source])}</b>: {'< ' if row.limit else ''}"
        text += f"{value_text(row.value, row.upper, places)} {unit}"
        if not np.isnan(row.sigma):
            text += f"<br>{format_number(row.sigma, 1)}σ from {escape(labels[first])}"
        texts.append(text)
    return texts


def _name_far(figure: go.Figure, part: pd.DataFrame, labels: Mapping[str, str], colours: Palette) -> None:
    """Write beside the values that are far from the one they are compared with how many sigma they are."""
    for source, value, sigma in zip(part["source"], part["value"], part["sigma"], strict=True):
        if abs(sigma) > FAR:
            figure.add_annotation(
                x=value, y=escape(labels[source]), text=f"{format_number(sigma, 1)}σ", showarrow=False, yshift=13,
                font={"size": 12, "color": colours.text},
            )  # fmt: skip

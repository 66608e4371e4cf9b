"""Figures of a walk through the latent space: the decoded spectrum beside that of the start, and the way on the map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dtl.figures.curves import along, finish, flux_range, name_lines
from dtl.figures.map_picture import background, map_box
from dtl.figures.palette import palette
from dtl.figures.scale import ANGSTROM
from dtl.figures.style import axis, pointed, prepare, scatter, two_panels
from dtl.lines import Line

__all__ = ["walk_figure", "walk_map"]

#: Every second point of 0.01 Angstrom: nine remain in a resolution element at 50,000.
_EVERY = 2
_SMALLEST = 0.02


def walk_figure(
    wavelength: np.ndarray, start: np.ndarray, here: np.ndarray, lines: Sequence[Line], *, dark: bool = False
) -> go.Figure:
    """The decoded spectrum over that of the start, and their difference below.

    Args:
        wavelength: vacuum Angstrom; shape ``(n,)``.
        start: flux at the start of the walk; shape ``(n,)``.
        here: flux at the point that was reached; shape ``(n,)``.
        lines: of the window, to be named.
        dark: for a dark page.
    """
    colours = palette(dark)
    x, before, now = (values[::_EVERY] for values in (wavelength, start, here))
    figure = two_panels(0.7, 0.03)
    for flux, name, colour, width in (
        (before, "At the start", colours.muted, 1.4),
        (now, "Here", colours.model, 1.6),
    ):
        line = {"color": colour, "width": width}
        curve = scatter(**along(x), y=flux.astype(np.float32), name=name, line=line, **pointed(".3f"))
        figure.add_trace(curve, row=1, col=1)
    change = scatter(
        **along(x), y=(now - before).astype(np.float32), name="Here minus start", showlegend=False,
        line={"color": colours.model, "width": 1.4}, **pointed("+.3f"),
    )  # fmt: skip
    figure.add_trace(change, row=2, col=1)
    name_lines(figure, lines, colours)
    prepare(figure, dark=dark, height=500)
    low, high = flux_range(before, now)
    limit = max(_SMALLEST, 1.1 * float(np.abs(now - before).max()))
    ends = float(wavelength[0]), float(wavelength[-1])
    figure.update_xaxes(axis("", *ends, colours, **ANGSTROM.axis()), row=1, col=1)
    figure.update_xaxes(axis(ANGSTROM.title(), *ends, colours, **ANGSTROM.axis()), row=2, col=1)
    figure.update_yaxes(axis("Decoded flux", low, high, colours), row=1, col=1)
    figure.update_yaxes(axis("Change", -limit, limit, colours, nticks=5), row=2, col=1)
    return finish(figure, top=84)


def walk_map(places: np.ndarray, picture: str, start: np.ndarray, here: np.ndarray, *, dark: bool = False) -> go.Figure:
    """The way of a walk on the map of the latent space.

    Args:
        places: of the nodes; shape ``(m, 2)``.
        picture: of the nodes, as for `dtl.figures.latent_maps.latent_map`.
        start: place of the start; shape ``(2,)``.
        here: place that was reached; shape ``(2,)``.
        dark: for a dark page.
    """
    colours = palette(dark)
    low, high = map_box(places)
    figure = go.Figure()
    figure.add_layout_image(background(picture, low, high))
    for place, name, symbol, size in ((start, "Start", "star-open", 15), (here, "Here", "star", 17)):
        figure.add_trace(
            scatter(
                x=[place[0]], y=[place[1]], mode="markers", name=name, hovertemplate=f"{name}<extra></extra>",
                marker={"symbol": symbol, "size": size, "color": colours.star, "line": {"width": 1.8}},
            )
        )  # fmt: skip
    prepare(figure, dark=dark, height=300)
    hidden = {"showgrid": False, "showticklabels": False, "ticks": ""}
    return figure.update_layout(
        xaxis=axis("", low[0], high[0], colours, **hidden),
        yaxis=axis("", low[1], high[1], colours, **hidden),
        margin={"l": 4, "r": 4, "t": 8, "b": 34, "autoexpand": False},
        legend_y=-0.01,
    )

"""The map of the latent space: the grid as one layer that never moves, the user's stars above it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from dtl.figures.palette import Palette, palette
from dtl.figures.style import axis, prepare
from dtl.result import PARAMETERS

__all__ = ["MOST_LABELS", "latent_map", "outside_map"]

#: Above this number of stars only the chosen one is labelled.
MOST_LABELS = 12
_LONGEST_LABEL = 36
_MARGIN = 0.06


def latent_map(
    places: np.ndarray,
    nodes: np.ndarray,
    parameter: str,
    stars: Sequence[tuple[str, np.ndarray]] = (),
    *,
    chosen: int = 0,
    neighbours: Sequence[int] = (),
    dark: bool = False,
) -> go.Figure:
    """The grid on one of the maps, coloured by a parameter, with stars.

    The ranges of the axes depend on the grid alone. A star outside is drawn as a triangle at the edge.

    Args:
        places: of the nodes on the map; shape ``(n, 2)``.
        nodes: their parameters in the order of `PARAMETERS`; shape ``(n, 4)``.
        parameter: name of the parameter that gives the colour.
        stars: label and place, shape ``(2,)``, of each star.
        chosen: which of ``stars`` is emphasised.
        neighbours: nodes to mark, as indices.
        dark: for a dark page.
    """
    colours = palette(dark)
    figure = go.Figure(_grid(places, nodes, parameter, colours))
    if len(neighbours):
        figure.add_trace(_neighbours(places[list(neighbours)], colours))
    if stars:
        _add_stars(figure, places, stars, chosen, colours)
    prepare(figure, dark=dark, height=560)
    low, high = _box(places)
    hidden = {"showgrid": False, "showticklabels": False, "ticks": ""}
    # The margins are fixed: fitting them to colour bar and legend would draw everything a second time.
    margin = {"l": 8, "r": 8, "t": 80, "b": 40, "autoexpand": False}
    return figure.update_layout(
        xaxis=axis("", low[0], high[0], colours, **hidden),
        yaxis=axis("", low[1], high[1], colours, **hidden),
        margin=margin,
        legend_y=-0.01,
        uirevision="map",
    )


def outside_map(places: np.ndarray, star: np.ndarray) -> bool:
    """Whether a star, shape ``(2,)``, lies outside what the map of ``places``, shape ``(n, 2)``, shows."""
    low, high = _box(places)
    return bool(np.any(star < low) or np.any(star > high))


def _box(places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper corner of the map, shape ``(2,)`` each."""
    low, high = places.min(axis=0).astype(float), places.max(axis=0).astype(float)
    margin = _MARGIN * (high - low)
    return low - margin, high + margin


def _grid(places: np.ndarray, nodes: np.ndarray, parameter: str, colours: Palette) -> go.Scattergl:
    index = list(PARAMETERS).index(parameter)
    label, unit, _ = PARAMETERS[parameter]
    x, y = np.ascontiguousarray(places.T, dtype=np.float32)
    hover = "<br>".join(
        f"{name} %{{customdata[{i}]:.{places_}f}} {unit_}"
        for i, (name, unit_, places_) in enumerate(PARAMETERS.values())
    )
    return go.Scattergl(
        x=x,
        y=y,
        mode="markers",
        name="Model spectra",
        customdata=np.ascontiguousarray(nodes, dtype=np.float32),
        hovertemplate=hover + "<extra>Model spectrum</extra>",
        showlegend=False,
        marker={
            "size": 4,
            "opacity": 0.75,
            "color": np.ascontiguousarray(nodes[:, index], dtype=np.float32),
            "colorscale": list(colours.scale),
            "colorbar": {
                "title": {"text": f"{label} [{unit}]", "side": "top"},
                "orientation": "h",
                "thickness": 12,
                "outlinewidth": 0,
                "y": 1.0,
                "yanchor": "bottom",
            },
        },
    )


def _neighbours(places: np.ndarray, colours: Palette) -> go.Scattergl:
    return go.Scattergl(
        x=places[:, 0],
        y=places[:, 1],
        mode="markers",
        name="Nearest models",
        hoverinfo="skip",
        marker={"symbol": "circle-open", "size": 11, "color": colours.star, "line": {"width": 2}},
    )


def _add_stars(
    figure: go.Figure, places: np.ndarray, stars: Sequence[tuple[str, np.ndarray]], chosen: int, colours: Palette
) -> None:
    low, high = _box(places)
    inset = 0.015 * (high - low)
    shown = np.clip([star for _, star in stars], low + inset, high - inset)
    names = [escape(name) for name, _ in stars]
    symbols = ["triangle-up" if outside_map(places, star) else "star" for _, star in stars]
    figure.add_trace(  # WebGL too: what is SVG lies below it
        go.Scattergl(
            x=shown[:, 0],
            y=shown[:, 1],
            mode="markers",
            name="Your stars",
            text=names,
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
            marker={
                "symbol": symbols,
                "size": [20 if i == chosen else 13 for i in range(len(stars))],
                "color": colours.star,
                "line": {"color": colours.ground, "width": 1.5},
            },
        )
    )
    for i, (name, _) in enumerate(stars):
        label = escape(_shortened(name))
        if i == chosen or len(stars) <= MOST_LABELS:
            right = shown[i, 0] > 0.5 * (high[0] + low[0])  # to the side that has more room
            figure.add_annotation(
                x=shown[i, 0],
                y=shown[i, 1],
                text=f"<b>{label}</b>" if i == chosen else label,
                showarrow=False,
                xanchor="right" if right else "left",
                xshift=-12 if right else 12,
                font={"size": 13, "color": colours.text},
                bgcolor=colours.ground,
                opacity=0.9,
                borderpad=2,
            )


def _shortened(name: str) -> str:
    """A name that fits into the map; that a star is simulated stays readable."""
    mark = " (simulated)"
    stem, tail = (name.removesuffix(mark), mark) if name.endswith(mark) else (name, "")
    return (stem[: _LONGEST_LABEL - 1].rstrip() + "…" if len(stem) > _LONGEST_LABEL else stem) + tail

"""How far stars are from the nearest grid point, beside how far models are from each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import plotly.graph_objects as go

from dtl.figures.palette import Palette, palette
from dtl.figures.style import axis, prepare, scatter, two_panels
from dtl.rounding import shortened

__all__ = ["MAX_NAMES", "DistanceStar", "distance_figure"]

#: Above this number of stars they have no names at the axis.
MAX_NAMES = 30
_BINS = 36
_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True)
class DistanceStar:
    """A star and its distance to the nearest grid point before and after a transfer."""

    label: str
    before: float
    after: float


def distance_figure(
    models: np.ndarray,
    stars: Sequence[DistanceStar],
    *,
    simulated: np.ndarray | None = None,
    published: float | None = None,
    chosen: int = 0,
    title: str = "Distance to the nearest grid point",
    dark: bool = False,
) -> go.Figure:
    """A row for each star, from before to after, over histograms of what is usual.

    Args:
        models: distance of each model to the nearest other one; shape ``(m,)``.
        stars: to draw, one at least.
        simulated: distances of simulated observations after the transfer; shape ``(s,)``.
        published: mean of the published stars, where it can be compared.
        chosen: which of ``stars`` is emphasised.
        title: of the axis.
        dark: for a dark page.
    """
    colours = palette(dark)
    of_stars = np.array([[star.before, star.after] for star in stars])
    every = [models, of_stars.ravel(), *(np.ravel(more) for more in (simulated, published) if more is not None)]
    low, high = _range(np.concatenate(every))
    rows = 14 * min(max(len(stars), 3), MAX_NAMES)
    height = 330 + rows
    strip = (60 + rows) / (height - 120)
    figure = two_panels(strip, 0.03)
    edges = np.logspace(low, high, _BINS + 1)
    _add_stars(figure, of_stars, stars, chosen, colours)
    figure.add_trace(_histogram(models, edges, "Models, to the next model", colours.muted, colours.band), row=2, col=1)
    if simulated is not None:
        outline = _histogram(simulated, edges, "Simulated observations, after", colours.others[0], None)
        figure.add_trace(outline, row=2, col=1)
    prepare(figure, dark=dark, height=height)
    _set_axes(figure, stars, title, (low, high), colours)
    if published is not None:
        figure.add_vline(x=published, line={"color": colours.text, "width": 1.2, "dash": "dash"})
        figure.add_annotation(
            x=np.log10(published), y=1.0, yref="paper", yanchor="bottom", text=f"published mean {published:g}",
            showarrow=False, xanchor="right", font={"size": 12, "color": colours.text},
        )  # fmt: skip
    return figure.update_layout(margin={"t": 34, "b": 90}, hovermode="closest", legend_y=-0.2)


def _range(distances: np.ndarray) -> tuple[float, float]:
    """Decimal logarithms of the ends of the axis: all but the smallest half per cent, with a margin."""
    positive = distances[distances > 0]
    return np.log10(np.percentile(positive, 0.5)) - 0.05, np.log10(positive.max()) + 0.12


def _set_axes(
    figure: go.Figure, stars: Sequence[DistanceStar], title: str, reach: tuple[float, float], colours: Palette
) -> None:
    """Logarithmic distances, the same in both panels; a row a star above, shares below."""
    ticks = [tick for tick in _TICKS if reach[0] <= np.log10(tick) <= reach[1]]
    scale = {"type": "log", "tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
    figure.update_xaxes(axis("", *reach, colours, **scale, showticklabels=False), row=1, col=1)
    figure.update_xaxes(axis(title, *reach, colours, **scale), row=2, col=1)
    names = len(stars) <= MAX_NAMES
    rows = {"tickvals": list(range(len(stars))), "ticktext": [_short(star.label) for star in stars]}
    figure.update_yaxes(
        axis(
            "",
            len(stars) - 0.4,
            -0.6,
            colours,
            ticks="",
            showgrid=False,
            automargin=True,
            **(rows if names else {"tickvals": []}),
        ),
        row=1,
        col=1,
    )
    figure.update_yaxes(axis("Share [%]", 0, 0, colours, range=None, rangemode="tozero", nticks=5), row=2, col=1)


def _add_stars(
    figure: go.Figure, distances: np.ndarray, stars: Sequence[DistanceStar], chosen: int, colours: Palette
) -> None:
    rows = np.arange(len(stars))
    gaps = np.full(len(stars), np.nan)
    figure.add_trace(
        scatter(
            x=np.c_[distances, gaps].ravel(), y=np.repeat(rows, 3), mode="lines", showlegend=False, hoverinfo="skip",
            line={"color": colours.star, "width": 1},
        ),
        row=1, col=1,
    )  # fmt: skip
    small = 9 if len(stars) <= 40 else 6
    sizes = [small + 4 if i == chosen else small for i in rows]
    names = [escape(star.label) for star in stars]
    for column, state, symbol in ((0, "Your spectra, before the transfer", "circle-open"), (1, "after it", "circle")):
        trace = scatter(
            x=distances[:, column],
            y=rows,
            mode="markers",
            name=state,
            text=names,
            hovertemplate="%{text}: %{x:.3g}<extra>" + ("after" if column else "before") + "</extra>",
            marker={"symbol": symbol, "size": sizes, "color": colours.star, "line": {"width": 1.8}, "opacity": 1},
        )
        figure.add_trace(trace, row=1, col=1)


def _histogram(values: np.ndarray, edges: np.ndarray, name: str, colour: str, fill: str | None) -> dict[str, object]:
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    share = 100.0 * counts / max(len(values), 1)
    return scatter(
        x=edges.astype(np.float32),
        y=np.append(share, share[-1]).astype(np.float32),
        name=name,
        mode="lines",
        line={"color": colour, "width": 1.8, "shape": "hv"},
        fill="tozeroy" if fill else None,
        fillcolor=fill,
        hovertemplate="from %{x:.2g}: %{y:.1f} %<extra></extra>",
    )


def _short(name: str) -> str:
    return escape(shortened(name, 18))

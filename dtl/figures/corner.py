"""The parameters of a star that go together: each with its distribution, and each pair."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dtl.figures.palette import Palette
from dtl.figures.style import axis, prepare, scatter
from dtl.result import PARAMETERS, InferenceResult, value_title
from dtl.rounding import format_number

__all__ = ["PARTS", "corner_figure"]

#: Of the draws inside each curve, per cent.
PARTS = (68.3, 95.4)
_DRAWS, _SHOWN, _BINS = 4000, 300, 40
_REACH = 3.2


def corner_figure(result: InferenceResult, *, dark: bool = False) -> go.Figure:
    """Corner plot: distributions of the parameters on the diagonal, below it those of pairs with their draws.

    Parameters that are withheld are left out.

    Args:
        result: whose estimates and correlation are drawn.
        dark: for a dark page.
    """
    kept = [i for i, name in enumerate(PARAMETERS) if not result.estimates[name].withheld]
    draws = result.draws(_DRAWS)
    count = max(len(kept), 1)
    figure = make_subplots(rows=count, cols=count, horizontal_spacing=0.03, vertical_spacing=0.03)
    colours = prepare(figure, dark=dark, height=590)
    for row, vertical in enumerate(kept, start=1):
        for column, horizontal in enumerate(kept[:row], start=1):
            at = {"row": row, "col": column}
            own = row == column
            if own:
                figure.add_trace(_distribution(draws[:, vertical], colours), **at)
            else:
                for trace in _pair(result, draws, horizontal, vertical, colours):
                    figure.add_trace(trace, **at)
            low, high = _range(result, horizontal)
            figure.update_xaxes(_axis(horizontal, low, high, colours, labelled=row == count), **at)
            if own:
                figure.update_yaxes(showticklabels=False, showgrid=False, zeroline=False, rangemode="tozero", **at)
            else:
                low, high = _range(result, vertical)
                figure.update_yaxes(_axis(vertical, low, high, colours, labelled=column == 1), **at)
    return figure.update_layout(showlegend=False, margin={"l": 88, "t": 12, "b": 84})


def _distribution(draws: np.ndarray, colours: Palette) -> dict[str, object]:
    density, edges = np.histogram(draws, bins=_BINS, density=True)
    return scatter(
        x=0.5 * (edges[1:] + edges[:-1]), y=density, mode="lines", fill="tozeroy", fillcolor=colours.band,
        line={"color": colours.model, "shape": "hvh"}, hoverinfo="skip",
    )  # fmt: skip


def _pair(result: InferenceResult, draws: np.ndarray, i: int, j: int, colours: Palette) -> list[dict[str, object]]:
    """Some draws of two parameters, and the curves that hold `PARTS` of all."""
    some = draws[:_SHOWN].astype(np.float32)
    look = {"size": 3, "color": colours.muted, "opacity": 0.5}
    traces = [scatter(x=some[:, i], y=some[:, j], mode="markers", marker=look, hoverinfo="skip")]
    angle = np.linspace(0.0, 2.0 * np.pi, 121)
    turned = np.linalg.cholesky(result.correlation[np.ix_((i, j), (i, j))]) @ np.array([np.cos(angle), np.sin(angle)])
    label = f"correlation {format_number(result.correlation[i, j], 2)}"
    for part in PARTS:
        normal = turned * np.sqrt(-2.0 * np.log(1.0 - part / 100.0))
        x, y = (_stretched(result, k, values) for k, values in zip((i, j), normal, strict=True))
        traces.append(
            scatter(
                x=x, y=y, mode="lines", line={"color": colours.model, "width": 1.6},
                hovertemplate=f"{label}<br>{part:g} % inside<extra></extra>",
            )
        )  # fmt: skip
    return traces


def _stretched(result: InferenceResult, index: int, normal: np.ndarray) -> np.ndarray:
    """Values of a parameter at distances in 1 sigma ``(n,)``; no v sin i is below 0."""
    name = list(PARAMETERS)[index]
    estimate = result.estimates[name]
    found = estimate.value + normal * np.where(normal < 0.0, estimate.lower, estimate.upper)
    return np.maximum(found, 0.0) if name == "vsini" else found


def _range(result: InferenceResult, index: int) -> tuple[float, float]:
    low, high = _stretched(result, index, np.array([-_REACH, _REACH]))
    return float(low), float(high)


def _axis(index: int, low: float, high: float, colours: Palette, *, labelled: bool) -> dict[str, object]:
    # the unit on a line of its own: on a telephone the titles would run into each other
    title = value_title(list(PARAMETERS)[index]).replace(" [", "<br>[") if labelled else ""
    return axis(title, low, high, colours, nticks=4, showticklabels=labelled, tickfont={"size": 11})

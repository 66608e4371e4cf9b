"""What colour and size of a marker stand for: scales, areas, and the key of sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dtl.figures.palette import Palette
from dtl.figures.style import POINT, diameter, scatter
from dtl.quantities import QUANTITIES

__all__ = ["AS_PUBLISHED", "EQUAL", "SCALES", "Look", "add_size_key", "colour_axis", "diameters", "limit_arrows"]

#: Name -> colour scale, low to high; the first is that of the publication.
SCALES: dict[str, str] = {"as published": "turbo_r", "colour-blind safe": "cividis"}
#: The size that stands for nothing.
EQUAL = "equal"
#: Areas in points^2 of the markers of the smallest and the largest value.
_AREAS = (30.0, 420.0)
#: An arrow with room before the middle of its symbol.
_ARROW = "←\u00a0\u00a0"
_TITLES = {
    "mh": "Metallicity [M/H] [dex]",
    "teff": "Effective temperature <i>T</i><sub>eff</sub> [K]",
    "logg": "Surface gravity log <i>g</i> [cm s<sup>−2</sup>]",
    "vsini": "<i>v</i> sin <i>i</i> [km/s]",
}


@dataclass(frozen=True)
class Look:
    """How stars are drawn.

    Attributes:
        active: column of `dtl.catalogue.published_stars.stars` that makes a triangle.
        colour: key of `QUANTITIES`.
        size: key of `QUANTITIES`, or `EQUAL`.
        scale: key of `SCALES`.
        dark: for a dark page.
        chosen: key of the star that is ringed: its karmn, or `dtl.figures.plotted_star.PlottedStar.key`.
    """

    active: str = "halpha_active"
    colour: str = "mh"
    size: str = "vsini"
    scale: str = "as published"
    dark: bool = False
    chosen: str = ""


#: The marks of the published figure.
AS_PUBLISHED = Look()


def diameters(name: str, values: np.ndarray) -> np.ndarray:
    """Diameters in pixels of the markers of values of a quantity.

    The area is 18 points^2 for each km/s of v sin i, as published; for other quantities it grows linearly from the low
    to the high end of their range (of its logarithm for luminosity). A value that is not known has the smallest marker.

    Args:
        name: key of `QUANTITIES`, or `EQUAL`.
        values: shape ``(n,)``.
    """
    values = np.asarray(values, float)
    if name == "vsini":
        return diameter(values)
    if name == EQUAL:
        return np.full(values.shape, diameter(np.array(2.5)))
    quantity = QUANTITIES[name]
    low, high = quantity.scaled(quantity.low), quantity.scaled(quantity.high)
    share = np.nan_to_num(np.clip((quantity.scaled(values) - low) / (high - low), 0, 1))
    return np.sqrt(_AREAS[0] + (_AREAS[1] - _AREAS[0]) * share) * POINT


def colour_axis(look: Look) -> dict[str, object]:
    """Settings of the colour axis: the range and the ticks of the quantity, the bar above the plot."""
    quantity = QUANTITIES[look.colour]
    texts = [quantity.text(tick) for tick in quantity.ticks]
    if look.colour == "mh":
        texts = [
            "0" if tick == 0 else "+" * (tick > 0) + text for tick, text in zip(quantity.ticks, texts, strict=True)
        ]
    return {
        "colorscale": SCALES[look.scale],
        "cmin": float(quantity.scaled(quantity.low)),
        "cmax": float(quantity.scaled(quantity.high)),
        "colorbar": {
            "orientation": "h",
            # The second, tiny line keeps the title off the bar.
            "title": {
                "text": f"{_TITLES.get(look.colour, quantity.title)}<br><span style='font-size:4px'> </span>",
                "side": "top",
                "font": {"size": 13},
            },
            "x": 0.5,
            "yref": "container",
            "y": 1,
            "yanchor": "top",
            "ypad": 0,
            "len": 0.9,
            "thickness": 10,
            "tickvals": quantity.scaled(np.array(quantity.ticks)),
            "ticktext": texts,
            "tickfont": {"size": 12},
            "outlinewidth": 0,
        },
    }


def add_size_key(figure: go.Figure, name: str, colours: Palette) -> None:
    """Three circles in the lower left corner that tell by their area the quantity ``name`` (none for `EQUAL`)."""
    if name == EQUAL:
        return
    quantity = QUANTITIES[name]
    sizes = diameters(name, np.array(quantity.sizes))
    marker = {"size": sizes, "color": "rgba(0,0,0,0)", "line": {"color": colours.text, "width": 1.2}}
    common = {"x": [0.7, 2.0, 3.8], "xaxis": "x2", "yaxis": "y2", "hoverinfo": "skip", "showlegend": False}
    figure.add_trace(scatter(y=[1.15] * 3, mode="markers", marker=marker, meta="key", **common))
    texts = [quantity.text(value) for value in quantity.sizes]
    figure.add_trace(scatter(y=[0.25] * 3, mode="text", text=texts, textfont={"size": 12}, meta="key", **common))
    hidden = {"visible": False, "fixedrange": True}
    figure.layout.xaxis2 = hidden | {"domain": [0.02, 0.02 + 0.3], "range": [0, 5], "anchor": "y2"}
    figure.layout.yaxis2 = hidden | {"domain": [0.02, 0.16], "range": [0, 2.6], "anchor": "x2"}
    title = "<i>v</i> sin <i>i</i> [km/s]" if name == "vsini" else quantity.title
    figure.add_annotation(
        text=title, x=0.1, y=2.6, xref="x2", yref="y2", xanchor="left", yanchor="top", showarrow=False,
        font={"size": 12},
    )  # fmt: skip


def limit_arrows(x: Sequence[float], y: Sequence[float], colour: str) -> dict[str, object]:
    """Arrows that begin at open symbols, which stand for upper limits on the horizontal axis, towards smaller values.

    They are text, as an arrow that is a marker ends at its place.

    Args:
        x, y: places of the symbols, in the units of the data.
        colour: of the arrows.
    """
    return scatter(
        x=x,
        y=y,
        mode="text",
        text=[_ARROW] * len(x),
        textposition="middle left",
        textfont={"size": 22, "color": colour},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
        meta="limits",
    )

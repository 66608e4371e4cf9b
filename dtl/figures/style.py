"""What the diagrams of stars share: text, axes and the area that stands for rotation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dtl.figures.palette import Palette, palette

__all__ = [
    "AREA_PER_VSINI",
    "FONT",
    "POINT",
    "TEFF",
    "annotate",
    "axis",
    "diameter",
    "lay_out",
    "pointed",
    "prepare",
    "scatter",
    "teff_axis",
    "two_panels",
    "widened",
]

FONT = '"Source Sans", "Source Sans 3", "Helvetica Neue", Arial, sans-serif'
#: Range of the axis of temperature, K.
TEFF = (2990.0, 4350.0)
#: Area in points^2 of a marker for each km/s of v sin i.
AREA_PER_VSINI = 18.0
#: Pixels in a point.
POINT = 96 / 72


def diameter(vsini: np.ndarray) -> np.ndarray:
    """Diameter in pixels of markers whose area in points^2 is 18 v sin i.

    Args:
        vsini: projected rotational velocity in km/s, not negative; shape ``(n,)``.
    """
    return np.sqrt(AREA_PER_VSINI * np.asarray(vsini, float)) * POINT


def axis(
    title: str, low: float, high: float, colours: Palette, *, reverse: bool = False, **more: object
) -> dict[str, object]:
    """Settings of an axis from ``low`` to ``high``, unit in the ``title``, the larger value first where ``reverse``.

    Its title and labels have the room that `prepare` gives. One with long labels needs ``automargin=True``: the browser
    then measures them and draws the figure twice.
    """
    return {
        "title": {"text": title, "font": {"size": 14}, "standoff": 8},
        "range": [high, low] if reverse else [low, high],
        "showgrid": True,
        "gridcolor": colours.band,
        "gridwidth": 0.5,
        "zeroline": False,
        "showline": True,
        "linecolor": colours.muted,
        "mirror": True,
        "ticks": "inside",
        "tickcolor": colours.muted,
        "tickfont": {"size": 13},
        "automargin": False,
    } | more


def teff_axis(low: float, high: float, colours: Palette) -> dict[str, object]:
    """Settings of an axis of temperature in K, hot left."""
    title = "Effective temperature <i>T</i><sub>eff</sub> [K]"
    return axis(title, low, high, colours, reverse=True, tickformat="d", nticks=9)


def widened(span: tuple[float, float], values: np.ndarray, margin: float) -> tuple[float, float]:
    """``span``, stretched to ``margin`` beyond those of ``values``, shape ``(n,)``, that lie nearer to an end of it."""
    low, high = span
    known = values[np.isfinite(values)]
    near, far = known[known - margin < low], known[known + margin > high]
    return min([low, *(near - margin)]), max([high, *(far + margin)])


def pointed(written: str, unit: str = "") -> dict[str, str]:
    """Settings of a trace whose ordinates are written so under the pointer, by a format of D3, as ``.3f``.

    Written by the axis, negative numbers have a true minus sign; a format within the template gives a hyphen.
    """
    return {"hovertemplate": f"%{{y}} {unit}".strip(), "yhoverformat": written}


def scatter(**settings: object) -> dict[str, object]:
    """A trace of points or lines for `plotly.graph_objects.Figure.add_trace`, by the names of its settings.

    A `plotly.graph_objects.Scatter` would be looked at twice, as it is made and as it is added.
    """
    return {"type": "scatter"} | settings


def lay_out(figure: go.Figure, **settings: object) -> go.Figure:
    """Change settings of the layout as `plotly.graph_objects.Figure.update_layout` does, in a tenth of the time.

    That method looks at every setting on its own; here those of one name are joined as they are and looked at once.
    Names are those of the layout itself, without its shorthands as ``legend_y``.
    """
    layout = figure.layout
    for name, new in settings.items():
        old = layout[name].to_plotly_json() if isinstance(new, dict) and name in layout else None
        layout[name] = _joined(old, new)
    return figure


def annotate(figure: go.Figure, words: Sequence[dict[str, object]]) -> None:
    """Add annotations, all at once: each on its own would copy those before it."""
    lay_out(figure, annotations=[*(known.to_plotly_json() for known in figure.layout.annotations), *words])


def _joined(old: object, new: object) -> object:
    """``new`` over ``old``, dictionaries key by key."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return old | {key: _joined(old.get(key), value) for key, value in new.items()}


def two_panels(upper: float, gap: float) -> go.Figure:
    """An empty figure of two panels above each other with the same abscissae.

    Args:
        upper: part of the height that the upper one has, without the gap.
        gap: between the two, as part of the height.
    """
    return go.Figure(_two_panels(upper, gap))


@lru_cache(maxsize=32)
def _two_panels(upper: float, gap: float) -> go.Figure:
    """The same, made once: a copy takes a tenth of the time."""
    figure = make_subplots(rows=2, shared_xaxes=True, row_heights=[upper, 1 - upper], vertical_spacing=gap)
    return figure.update_layout(template="none")


def prepare(figure: go.Figure, *, dark: bool, height: int) -> Palette:
    """Give a figure the common look, a transparent ground and a legend below; return its colours."""
    colours = palette(dark)
    text = {"family": FONT, "size": 13, "color": colours.text}
    lay_out(
        figure,
        template="none",
        height=height,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font=text,
        hoverlabel={"bgcolor": colours.ground, "font": text, "align": "left"},
        margin={"l": 64, "r": 16, "t": 66, "b": 46},
        legend={
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": -0.14,
            "yanchor": "top",
            "font": {"size": 13},
            "itemclick": False,
            "itemdoubleclick": False,
        },
        hovermode="closest",
        dragmode="pan",
    )
    return colours

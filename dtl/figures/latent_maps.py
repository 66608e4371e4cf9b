"""The maps of flux and of the latent space: the models as a picture that never moves, the user's stars above it."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import plotly.graph_objects as go

from dtl.exploration.spectrum_metrics import FLAG_GROUPS
from dtl.figures.map_picture import background, map_box
from dtl.figures.palette import Palette, palette
from dtl.figures.style import annotate, axis, lay_out, prepare, scatter
from dtl.result import PARAMETERS
from dtl.rounding import shortened

__all__ = ["MAX_LABELS", "ColourBar", "MapStar", "latent_map", "outside_map"]

#: Above this number of stars only the chosen one is labelled.
MAX_LABELS = 12
_LONGEST_LABEL = 40
#: Letters in a line of a name: half a map has room for them on a narrow screen.
_LINE = 22
#: Width of a name and height of a line of it in units of the map's sides, on a narrow screen.
_NAME = (0.6, 0.055)
_SYMBOLS = ("x", "square", "diamond", "cross", "triangle-down", "star")
_BELOW = 60
#: Places that are told apart along a side of a map, at least: as many as a screen shows.
_CELLS = 1024


@dataclass(frozen=True)
class MapStar:
    """A star on a map.

    Attributes:
        label: its name, as the user knows it.
        place: shape ``(2,)``.
        value: what gives its colour; None for none.
        group: of `dtl.exploration.spectrum_metrics.FLAG_GROUPS`, which then gives colour and symbol; None for none.
        other: where it lies in the other state of the networks, shape ``(2,)``; None to leave it out.
        unusual: it lies far from all models, so that its place says little.
        note: more lines under the pointer.
    """

    label: str
    place: np.ndarray
    value: float | None = None
    group: str | None = None
    other: np.ndarray | None = None
    unusual: bool = False
    note: str = ""


@dataclass(frozen=True)
class ColourBar:
    """What the colours of a map mean: a label with its unit, and the values at both ends."""

    label: str
    low: float
    high: float


def latent_map(
    places: np.ndarray,
    nodes: np.ndarray,
    picture: str,
    stars: Sequence[MapStar] = (),
    *,
    bar: ColourBar | None = None,
    chosen: int = 0,
    neighbours: Sequence[int] = (),
    other_state: str = "",
    dark: bool = False,
) -> go.Figure:
    """The models on one of the maps, with stars.

    The dots of the models are a picture; an invisible trace lets the pointer read their parameters. The ranges of the
    axes depend on the models alone. A star outside is drawn at the edge, and as a triangle.

    Args:
        places: of the nodes on the map; shape ``(m, 2)``.
        nodes: their parameters in the order of `PARAMETERS`; shape ``(m, 4)``.
        picture: of `dtl.figures.map_picture.map_picture`.
        stars: to draw.
        bar: of the colours; None where they stand for nothing or for groups.
        chosen: which of ``stars`` is emphasised.
        neighbours: nodes to ring, as indices.
        other_state: what the place in the other state is called in the legend.
        dark: for a dark page.
    """
    colours = palette(dark)
    low, high = map_box(places)
    rich = nodes[:, list(PARAMETERS).index("mh")] >= 0
    figure = go.Figure([_models(places[part], nodes[part], sign) for part, sign in ((rich, ""), (~rich, "−"))])
    figure.add_layout_image(background(picture, low, high))
    if len(neighbours):
        figure.add_trace(_rings(places[list(neighbours)], colours))
    if stars:
        _add_stars(figure, (low, high), stars, colours, chosen=chosen, other_state=other_state)
    prepare(figure, dark=dark, height=496)
    hidden = {"showgrid": False, "showticklabels": False, "ticks": ""}
    # The margins are fixed: fitting them to colour bar and legend would draw everything a second time.
    return lay_out(
        figure,
        xaxis=axis("", low[0], high[0], colours, **hidden),
        yaxis=axis("", low[1], high[1], colours, **hidden),
        margin={"l": 4, "r": 4, "t": 70, "b": _BELOW, "autoexpand": False},
        legend={"y": -0.01},
        dragmode="lasso",
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": colours.muted, "activecolor": colours.text},
        coloraxis=_colour_axis(bar, colours) if bar else None,
        newselection={"line": {"color": colours.star, "width": 2}},
        uirevision="map",
    )


def outside_map(places: np.ndarray, stars: np.ndarray) -> np.ndarray:
    """Whether stars, shape ``(n, 2)``, lie outside what the map of ``places``, shape ``(m, 2)``, shows; ``(n,)``."""
    low, high = map_box(places)
    return np.any((stars < low) | (stars > high), axis=1)


def _models(places: np.ndarray, nodes: np.ndarray, sign: str) -> dict[str, object]:
    """Models whose [M/H] have one sign, which is written here: Plotly would write a hyphen."""
    x, y = np.ascontiguousarray(_rounded(places).T, dtype=np.float32)
    shown = [f"%{{customdata[{i}]:.{decimals}f}}" for i, (_, _, decimals) in enumerate(PARAMETERS.values())]
    # The last stands by itself: rows of three numbers are whole letters of base64 and repeat, which packs to a sixth.
    shown[-1] = shown[-1].replace(f"customdata[{len(shown) - 1}]", "text")
    hover = "<br>".join(
        f"{label} {sign if name == 'mh' else ''}{value}" + ("" if name == "logg" else f" {unit}")
        for value, (name, (label, unit, _)) in zip(shown, PARAMETERS.items(), strict=True)
    )
    return scatter(
        x=x,
        y=y,
        mode="none",
        name="Model spectra",
        customdata=np.ascontiguousarray(np.abs(nodes[:, :-1]), dtype=np.float32),
        text=_as_sent(nodes[:, -1]),
        hovertemplate=hover + "<extra>Model spectrum</extra>",
        showlegend=False,
    )


def _as_sent(values: np.ndarray) -> dict[str, str]:
    """Numbers in the form in which arrays are sent: as they are, Plotly would make a word of each."""
    single = np.ascontiguousarray(values, dtype="<f4")
    return {"dtype": "f4", "bdata": base64.b64encode(single.tobytes()).decode("ascii")}


def _rounded(places: np.ndarray) -> np.ndarray:
    """Places to a pixel of a screen: numbers that end with zeros are packed on their way."""
    step = 2.0 ** np.floor(np.log2(np.ptp(places, axis=0).max() / _CELLS))
    return np.rint(places / step) * step


def _rings(places: np.ndarray, colours: Palette) -> dict[str, object]:
    return scatter(
        x=places[:, 0],
        y=places[:, 1],
        mode="markers",
        name="Nearest neighbours",
        hoverinfo="skip",
        marker={"symbol": "circle-open", "size": 11, "color": colours.star, "line": {"width": 2}},
        unselected={"marker": {"opacity": 1}},
    )


def _colour_axis(bar: ColourBar, colours: Palette) -> dict[str, object]:
    return {
        "colorscale": list(colours.scale),
        "cmin": bar.low,
        "cmax": bar.high,
        "colorbar": {
            "title": {"text": bar.label, "side": "top"},
            "orientation": "h",
            "thickness": 10,
            "outlinewidth": 0,
            "y": 1.0,
            "yanchor": "bottom",
        },
    }


def _add_stars(
    figure: go.Figure,
    box: tuple[np.ndarray, np.ndarray],
    stars: Sequence[MapStar],
    colours: Palette,
    *,
    chosen: int,
    other_state: str,
) -> None:
    low, high = box
    inset = 0.02 * (high - low)
    shown = np.clip([star.place for star in stars], low + inset, high - inset)
    if (other := stars[chosen].other) is not None:
        moved = np.clip(other, low + inset, high - inset)
        figure.add_trace(_shift(moved, shown[chosen], other_state, colours))
    groups = list(dict.fromkeys(star.group for star in stars))
    for group in sorted(groups, key=lambda name: list(FLAG_GROUPS).index(name) if name else 0):
        members = [i for i, star in enumerate(stars) if star.group == group]
        figure.add_trace(_markers(shown, stars, members, chosen, colours))
    names, lines = [], [_lines(star.label) for star in stars]
    for i in _labelled(shown / (high - low), chosen, [len(of_star) for of_star in lines]):
        right = shown[i, 0] > 0.5 * (high[0] + low[0])  # to the side that has more room
        label = "<br>".join(map(escape, lines[i]))
        name = {
            "x": shown[i, 0],
            "y": shown[i, 1],
            "text": f"<b>{label}</b>" if i == chosen else label,
            "showarrow": False,
            "xanchor": "right" if right else "left",
            "align": "right" if right else "left",
            "xshift": -13 if right else 13,
            "font": {"size": 13, "color": colours.text},
            "bgcolor": colours.ground,
            "opacity": 0.88,
            "borderpad": 2,
        }
        names.append(name)
    annotate(figure, names)


def _labelled(shown: np.ndarray, chosen: int, lines: Sequence[int]) -> list[int]:
    """Which stars bear their name: the chosen one, and of a few stars those whose name covers no other.

    Args:
        shown: places in units of the map's sides; shape ``(k, 2)``.
        chosen: the star that always does.
        lines: how many each name has.
    """
    high, named = 0.5 * _NAME[1] * np.asarray(lines), [chosen]
    for i in range(len(shown) if len(shown) <= MAX_LABELS else 0):
        x, y = np.abs(shown[named] - shown[i]).T
        if i != chosen and not np.any((x < _NAME[0]) & (y < high[named] + high[i])):
            named.append(i)
    return named


def _markers(
    shown: np.ndarray, stars: Sequence[MapStar], members: list[int], chosen: int, colours: Palette
) -> dict[str, object]:
    group = stars[members[0]].group
    small = 13 if len(stars) <= 100 else 9
    marker: dict[str, object] = {
        "symbol": ["triangle-up" if stars[i].unusual else "star" for i in members],
        "size": [20 if i == chosen else small for i in members],
        "color": colours.star,
        "line": {"color": colours.ground, "width": 1.5},
        "opacity": 1,
    }
    if group is not None:
        place = list(FLAG_GROUPS).index(group)
        fills = (*colours.others, colours.model, colours.muted, colours.star)
        marker |= {"symbol": _SYMBOLS[place % len(_SYMBOLS)], "color": fills[place % len(fills)]}
    elif any(stars[i].value is not None for i in members):  # one without stays without colour
        shades = [np.nan if stars[i].value is None else stars[i].value for i in members]
        marker |= {"color": shades, "coloraxis": "coloraxis"}
        marker |= {"line": {"color": colours.star, "width": 2}}
    texts = [f"<b>{escape(stars[i].label)}</b>" + (f"<br>{stars[i].note}" if stars[i].note else "") for i in members]
    return scatter(
        x=shown[members, 0],
        y=shown[members, 1],
        mode="markers",
        name=group or "Your spectra",
        text=texts,
        hovertemplate="%{text}<extra></extra>",
        showlegend=True,
        marker=marker,
        unselected={"marker": {"opacity": 1}},
    )


def _shift(start: np.ndarray, end: np.ndarray, name: str, colours: Palette) -> dict[str, object]:
    """The way of the chosen star from its place in the other state."""
    return scatter(
        x=[start[0], end[0]],
        y=[start[1], end[1]],
        mode="lines+markers",
        name=name,
        hoverinfo="skip",
        line={"color": colours.star, "width": 1.5, "dash": "dot"},
        marker={"symbol": ["star-open", "circle"], "size": [12, 0.1], "color": colours.star, "line": {"width": 1.5}},
        unselected={"marker": {"opacity": 1}},
    )


def _lines(name: str) -> list[str]:
    """A name that fits into the map, in lines; that a star is simulated stays readable."""
    mark = " (simulated)"
    stem, tail = (name.removesuffix(mark), mark) if name.endswith(mark) else (name, "")
    return textwrap.wrap(shortened(stem, _LONGEST_LABEL) + tail, _LINE) or [""]

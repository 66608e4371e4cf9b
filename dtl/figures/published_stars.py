"""The published stars in a diagram: circles and triangles, with open stars and squares around some of them."""

from __future__ import annotations

from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dtl.catalogue.populations import POPULATIONS
from dtl.figures.marks import EQUAL, Look, diameters
from dtl.figures.palette import Palette
from dtl.figures.style import scatter
from dtl.quantities import QUANTITIES
from dtl.rounding import format_number, format_significant

__all__ = ["add_legend_entry", "add_published"]

_SPOKEN = ["name", "karmn", "teff", "logg", "mh", "vsini", "population", "luminosity", "luminosity_note"]
_OUTLINES = (
    ("thick_disc", "star-open", 18, "thick disc"),
    ("subdwarf_like", "square-open", 22, "subdwarf-like"),
)


def add_published(figure: go.Figure, stars: pd.DataFrame, vertical: str, look: Look, colours: Palette) -> None:
    """Draw published stars, column ``vertical`` against teff, outlines of thick disc and subdwarfs above them.

    Stars whose colour is not known are hollow. Large markers are drawn first, so that they cover no small ones.

    Args:
        figure: to draw into.
        stars: rows of `dtl.catalogue.published_stars.stars`, with the column ``vertical``.
        vertical: column of the vertical axis.
        look: what shapes, colours and sizes stand for.
        colours: of the page.
    """
    triangle = stars[look.active].fillna(False).to_numpy(bool)
    coloured = stars[look.colour].notna().to_numpy()
    values = stars["vsini"] if look.size == EQUAL else stars[look.size]
    table = stars.assign(size=diameters(look.size, values.to_numpy()))
    for chosen, symbol, name in ((~triangle, "circle", "published star"), (triangle, "triangle-up", "Hα active")):
        _add_markers(figure, table[chosen & coloured], vertical, symbol=symbol, name=name, look=look, colours=colours)
        add_legend_entry(figure, name, {"symbol": symbol, "size": 11, "color": colours.muted})
    if not coloured.all():
        for chosen, symbol in ((~triangle, "circle"), (triangle, "triangle-up")):
            part, name = table[chosen & ~coloured], "not measured"
            _add_markers(figure, part, vertical, symbol=symbol, name=name, look=look, colours=colours, hollow=True)
        hollow = {"symbol": "circle-open", "size": 11, "color": colours.text}
        add_legend_entry(figure, f"{QUANTITIES[look.colour].label} not known", hollow)
    for column, symbol, size, name in _OUTLINES:
        part = stars[stars[column].to_numpy(bool)]
        marker = {"symbol": symbol, "size": size, "color": colours.text, "line": {"width": 1.6}}
        trace = scatter(x=part["teff"], y=part[vertical], mode="markers", marker=marker, name=name, meta="outline")
        figure.add_trace(trace | {"hoverinfo": "skip", "showlegend": False})
        add_legend_entry(figure, name, marker | {"size": 14})


def _add_markers(
    figure: go.Figure,
    stars: pd.DataFrame,
    vertical: str,
    *,
    symbol: str,
    name: str,
    look: Look,
    colours: Palette,
    hollow: bool = False,
) -> None:
    """One trace of published stars."""
    part = stars.sort_values("size", ascending=False)
    marker: dict[str, object] = {
        "symbol": symbol,
        "size": part["size"],
        "opacity": 0.9,
        "line": {"color": colours.text, "width": 0.8},
    }
    if hollow:
        marker["color"] = "rgba(0,0,0,0)"
    else:
        marker |= {"color": QUANTITIES[look.colour].scaled(part[look.colour].to_numpy()), "coloraxis": "coloraxis"}
    figure.add_trace(
        scatter(
            x=part["teff"],
            y=part[vertical],
            mode="markers",
            marker=marker,
            # A click chooses a star, which is ringed: the others are not to fade.
            selected={"marker": {"opacity": 0.9}},
            unselected={"marker": {"opacity": 0.9}},
            name=name,
            meta="published",
            customdata=part["karmn"],
            text=_words(part, look.active),
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
        )
    )


def _words(stars: pd.DataFrame, active: str) -> list[str]:
    """What the pointer shows of each published star."""
    texts = []
    for star in stars[[*_SPOKEN, active]].to_dict("records"):
        triangle = star[active]
        activity = "Hα not measured" if pd.isna(triangle) else "Hα active" if triangle else "not Hα active"
        lines = [
            f"<b>{escape(star['name'])}</b> ({star['karmn']})",
            f"Teff {star['teff']:.0f} K, log g {star['logg']:.2f}",
            f"[M/H] {format_number(star['mh'], 2)}, v sin i {star['vsini']:.1f} km/s",
            f"{POPULATIONS.get(star['population'], 'population unknown')}, {activity}",
        ]
        if np.isfinite(star["luminosity"]):
            lines.insert(3, f"L {format_significant(star['luminosity'], 3)} L☉ {star['luminosity_note']}".strip())
        texts.append("<br>".join(lines))
    return texts


def add_legend_entry(figure: go.Figure, name: str, marker: dict[str, object]) -> None:
    """An entry of the legend of its own size and colour, since those of the data vary."""
    figure.add_trace(scatter(x=[None], y=[None], mode="markers", marker=marker, name=name, meta="legend"))

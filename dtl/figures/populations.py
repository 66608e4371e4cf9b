"""How a parameter is distributed in two groups of stars: histogram and cumulative distributions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dtl.catalogue.populations import POPULATIONS, Comparison, sample
from dtl.figures.marks import limit_arrows
from dtl.figures.palette import Palette
from dtl.figures.plotted_star import PlottedStar
from dtl.figures.style import axis, prepare, scatter
from dtl.quantities import QUANTITIES, Quantity
from dtl.result import Estimate
from dtl.rounding import format_estimate

__all__ = ["histogram", "name_group", "population_figure"]


def name_group(populations: Sequence[str]) -> str:
    """Populations in words, as ``thick disc``."""
    return " + ".join(POPULATIONS[key] for key in populations)


def histogram(stars: pd.DataFrame, column: str, groups: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Numbers of stars by bin: from, to, and a column for each group.

    Args:
        stars: rows of `dtl.catalogue.published_stars.stars`.
        column: key of `QUANTITIES`.
        groups: populations of each group.
    """
    quantity = QUANTITIES[column]
    samples = [sample(stars, column, group) for group in groups]
    edges = quantity.edges(np.concatenate(samples))
    shown = 10**edges if quantity.logarithmic else edges
    table = pd.DataFrame({"from": shown[:-1], "to": shown[1:]})
    for group, values in zip(groups, samples, strict=True):
        # Rounding keeps a value on an edge, as 0.1, in the bin that begins with it.
        table[name_group(group)] = np.histogram(np.round(quantity.scaled(values), 9), np.round(edges, 9))[0]
    return table


def population_figure(
    stars: pd.DataFrame,
    column: str,
    comparison: Comparison,
    users: Sequence[PlottedStar] = (),
    *,
    dark: bool = False,
) -> go.Figure:
    """Shares of each group by bin, above, and their cumulative distributions with the largest distance, below.

    The first group is hatched and drawn with a solid line, the second is plain with a broken line.

    Args:
        stars: rows of `dtl.catalogue.published_stars.stars`.
        column: key of `QUANTITIES`.
        comparison: of the two groups in this column.
        users: the user's stars, diamonds at the foot of the histogram where their value is known.
        dark: for a dark page.
    """
    quantity, figure = QUANTITIES[column], go.Figure()
    colours = prepare(figure, dark=dark, height=620)
    groups = (comparison.first, comparison.second)
    table = histogram(stars, column, groups)
    edges = quantity.scaled(np.append(table["from"], table["to"].iloc[-1]))
    looks = ((colours.model, "/", "solid"), (colours.others[0], "", "dash"))
    for group, number, (colour, pattern, dash) in zip(groups, comparison.numbers, looks, strict=True):
        name = f"{name_group(group)}, {number} stars"
        figure.add_trace(_bars(table, name_group(group), number, quantity) | {"marker": _filled(colour, pattern)})
        steps = _steps(quantity.scaled(sample(stars, column, group)), edges, name)
        figure.add_trace(steps | {"line": {"shape": "hv", "color": colour, "width": 2.5, "dash": dash}})
    highest = max(table[name_group(group)].max() / n for group, n in zip(groups, comparison.numbers, strict=True))
    _add_distance(figure, stars, column, comparison, colours)
    _add_users(figure, users, column, quantity, colours)
    figure.update_layout(
        barmode="overlay",
        bargap=0,
        margin={"t": 16},
        xaxis=axis(quantity.title, edges[0], edges[-1], colours, anchor="y2", **_ticks(quantity)),
        yaxis=axis("Share of the group", 0, 1.12 * highest, colours, tickformat=".0%", domain=[0.55, 1]),
        yaxis2=axis("Cumulative fraction", 0, 1.02, colours, tickformat=".0%", domain=[0, 0.49], anchor="x"),
        uirevision=column,
    )
    return figure


def _filled(colour: str, pattern: str) -> dict[str, object]:
    """The look of bars, told apart without their colour."""
    return {"color": colour, "line": {"color": colour, "width": 2}, "pattern": {"shape": pattern}}


def _bars(table: pd.DataFrame, group: str, number: int, quantity: Quantity) -> dict[str, object]:
    """Share of a group of ``number`` stars in each bin of `histogram`."""
    counts = table[group].to_numpy()
    low, high = (quantity.scaled(table[end].to_numpy()) for end in ("from", "to"))
    return {
        "type": "bar",
        "x": (low + high) / 2,
        "y": counts / number,
        "width": high - low,
        "opacity": 0.62,
        "text": [
            f"{first:.3g} to {last:.3g} {quantity.unit}: {count} stars".replace("-", "\N{MINUS SIGN}")
            for first, last, count in zip(table["from"], table["to"], counts, strict=True)
        ],
        "textposition": "none",
        "hovertemplate": f"{group}, {number} stars<br>%{{text}}, %{{y:.0%}}<extra></extra>",
        "name": f"{group}, {number} stars",
        "meta": "histogram",
    }


def _steps(values: np.ndarray, edges: np.ndarray, name: str) -> dict[str, object]:
    """The cumulative distribution of sorted values, from the first edge to the last."""
    return scatter(
        x=np.concatenate([[edges[0]], values, [edges[-1]]]),
        y=np.concatenate([[0.0], np.arange(1, len(values) + 1) / len(values), [1.0]]),
        mode="lines",
        name=name,
        showlegend=False,
        yaxis="y2",
        hovertemplate=f"{name}<br>%{{y:.0%}} are at or below<extra></extra>",
        meta="cumulative",
    )


def _ticks(quantity: Quantity) -> dict[str, object]:
    """Ticks at round values where the axis is logarithmic, else their format."""
    if not quantity.logarithmic:
        return {"tickformat": f".{quantity.places}f"}
    values = quantity.scaled(np.array(quantity.ticks))
    return {"tickvals": values, "ticktext": [quantity.text(tick) for tick in quantity.ticks]}


def _add_distance(
    figure: go.Figure, stars: pd.DataFrame, column: str, comparison: Comparison, colours: Palette
) -> None:
    """The largest distance between the cumulative distributions, with its size."""
    ends = [
        np.searchsorted(values, comparison.location, side="right") / len(values)
        for values in (sample(stars, column, group) for group in (comparison.first, comparison.second))
    ]
    x = float(QUANTITIES[column].scaled(comparison.location))
    line = {"color": colours.text, "width": 2}
    marker = {"symbol": "line-ew", "size": 12, "line": line}
    trace = scatter(
        x=[x, x],
        y=ends,
        yaxis="y2",
        mode="lines+markers",
        line=line,
        marker=marker,
        name="largest distance",
        hovertemplate=f"D = {comparison.statistic:.3f}<extra></extra>",
        meta="distance",
    )
    figure.add_trace(trace)
    figure.add_annotation(
        x=x, y=sum(ends) / 2, yref="y2", text=f"<i>D</i> = {comparison.statistic:.2f}", showarrow=False,
        xanchor="left", xshift=10, font={"size": 14, "color": colours.text}, bgcolor=colours.ground,
    )  # fmt: skip


def _add_users(
    figure: go.Figure, users: Sequence[PlottedStar], column: str, quantity: Quantity, colours: Palette
) -> None:
    """The user's stars at the foot of the histogram."""
    known = [star for star in users if np.isfinite(star.quantity(column))]
    for doubtful, name in ((False, "your star"), (True, "your star, in doubt")):
        part = [star for star in known if star.doubted(column) == doubtful]
        if not part:
            continue
        limits = np.array([column == "vsini" and star.vsini_limit is not None for star in part], bool)
        symbol = "diamond-x-open" if doubtful else "diamond"
        symbols = np.where(limits, symbol.removesuffix("-open") + "-open", symbol) if limits.any() else symbol
        places = quantity.scaled([star.quantity(column) for star in part])
        words = [_word(star, column, quantity) for star in part]
        figure.add_trace(
            scatter(
                x=places,
                y=np.zeros(len(part)),
                mode="markers",
                marker={
                    "symbol": symbols,
                    "size": 15,
                    "color": colours.star,
                    "line": {"color": colours.ground, "width": 1},
                },
                cliponaxis=False,
                text=[
                    f"{star.label}: {'&lt; ' if limit else ''}{word} {quantity.unit}"
                    for star, word, limit in zip(part, words, limits, strict=True)
                ],
                hovertemplate="%{text}<extra></extra>",
                name=name,
                meta="users",
            )
        )
        if limits.any():
            figure.add_trace(limit_arrows(places[limits], np.zeros(limits.sum()), colours.star))


def _word(star: PlottedStar, column: str, quantity: Quantity) -> str:
    """The value of a star, Teff cut by its interval as everywhere."""
    if column == "teff":
        return format_estimate("teff", Estimate(star.teff, star.teff_lower, star.teff_upper))[0]
    return quantity.text(star.quantity(column))

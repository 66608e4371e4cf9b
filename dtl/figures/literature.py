"""Literature against Mas-Buitrago et al. (2024), and the user's results, for many stars.

After figures 11 to 14 of that publication: its values across, literature up, the dashed line where both agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import wrap

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.colors import hex_to_rgb

from dtl.catalogue.published_stars import PUBLISHED_LABEL, SOURCES
from dtl.figures.marks import limit_arrows
from dtl.figures.palette import Palette
from dtl.figures.style import axis, lay_out, prepare, scatter, two_panels
from dtl.flags import doubts, explain
from dtl.result import PARAMETERS, Estimate
from dtl.rounding import format_estimate, format_number, shortened

__all__ = ["MAX_LABELS", "TITLES", "comparison_figure", "marker_of", "value_text"]

#: Title of the axis of a parameter, unit in brackets.
TITLES = {
    "teff": "<i>T</i><sub>eff</sub> [K]",
    "logg": "log <i>g</i> [cm s<sup>−2</sup>]",
    "mh": "[M/H] [dex]",
    "vsini": "<i>v</i> sin <i>i</i> [km/s]",
}
#: Above this number of spectra of the user none is labelled; the pointer still names them.
MAX_LABELS = 8
_SYMBOLS = ("circle", "square", "triangle-up", "triangle-down", "cross", "x", "pentagon", "hexagram", "hourglass")
_MARGIN = {"teff": 60.0, "logg": 0.04, "mh": 0.05, "vsini": 1.0}
_TICKS = (1, 2, 3, 5, 10, 20, 30, 50, 100)


def marker_of(source: str, colours: Palette) -> tuple[str, str]:
    """Symbol and colour of a set of literature values, the same in every figure."""
    index = list(SOURCES).index(source)
    ring = (colours.data, colours.model, *colours.others)
    return _SYMBOLS[index % len(_SYMBOLS)], ring[index % len(ring)]


def comparison_figure(
    table: pd.DataFrame,
    parameter: str,
    sources: Sequence[str],
    *,
    users: pd.DataFrame | None = None,
    errors: bool = True,
    dark: bool = False,
) -> go.Figure:
    """Literature against the publication with the line of equality, and the differences below on the same values.

    Each star has its CARMENES identifier as ``customdata``. Upper limits are hollow. v sin i is on logarithmic axes.

    Args:
        table: rows of `dtl.catalogue.published_stars.literature_table`.
        parameter: name in `dtl.result.PARAMETERS`.
        sources: keys of `dtl.catalogue.published_stars.SOURCES` to draw, the last on top.
        users: rows of `dtl.catalogue.literature.user_comparison`, drawn as diamonds on top.
        errors: draw 1-sigma error bars.
        dark: for a dark page.
    """
    figure = two_panels(0.7, 0.04)
    colours = prepare(figure, dark=dark, height=720)
    table = table[table["parameter"] == parameter]
    shown = [table[table["source"] == source] for source in sources]
    mine = pd.DataFrame() if users is None else users[users["parameter"] == parameter]
    mine = mine[mine["source"].isin(sources) & np.isfinite(mine["own"].astype(float))] if len(mine) else mine
    span = _span(parameter, [*(part[["published", "value"]] for part in shown), mine.get(["own", "value"])])
    line = {"color": colours.muted, "width": 1.5, "dash": "dash"}
    for row, ends in ((1, span), (2, (0.0, 0.0))):
        guide = scatter(x=span, y=ends, mode="lines", line=line, hoverinfo="skip", showlegend=False, meta="guide")
        figure.add_trace(guide, row=row, col=1)
    for part in shown:
        _add_source(figure, part, parameter, colours, errors=errors)
    if len(mine):
        _add_users(figure, mine, parameter, colours)
    scale: dict[str, object] = {}
    if parameter == "vsini":
        ticks = [tick for tick in _TICKS if span[0] <= tick <= span[1]]
        scale = {"type": "log", "tickvals": ticks, "ticktext": [str(tick) for tick in ticks]}
        span = tuple(np.log10(span))
    across, below = f"{TITLES[parameter]}, {PUBLISHED_LABEL}", f"Literature −<br>{PUBLISHED_LABEL}"
    if len(mine):
        across, below = f"{across} (yours: dtl)", f"{below}, dtl"
    limit = _difference_limit([*(part["difference"] for part in shown), mine.get("difference")], _MARGIN[parameter])
    return lay_out(
        figure,
        xaxis=axis("", *span, colours, **scale, showticklabels=False),
        xaxis2=axis(across, *span, colours, **scale),
        yaxis=axis(f"{TITLES[parameter]}, literature", *span, colours, **scale),
        yaxis2=axis(f"{below} [{PARAMETERS[parameter][1]}]", -limit, limit, colours, nticks=6),
        margin={"t": 24, "l": 78},
        legend={"y": -0.1},
    )


def _add_source(figure: go.Figure, part: pd.DataFrame, parameter: str, colours: Palette, *, errors: bool) -> None:
    """The published stars with one set of literature values, in both panels."""
    source = part["source"].iloc[0]
    symbol, colour = marker_of(source, colours)
    # One symbol for all where there are no limits: the browser styles points with symbols of their own one by one.
    symbols = np.where(part["limit"], f"{symbol}-open", symbol) if part["limit"].any() else symbol
    unit, places = PARAMETERS[parameter][1:]
    texts = [
        f"<b>{escape(row.name_)}</b> ({row.karmn})<br>{SOURCES[source].label}: {'< ' if row.limit else ''}"
        f"{value_text(row.value, row.error, places)} {unit}<br>{PUBLISHED_LABEL}: "
        f"{format_number(row.published, places)} {unit}<br>difference: {format_number(row.difference, places)} {unit}"
        for row in part.rename(columns={"name": "name_"}).itertuples()
    ]
    x, error = part["published"], part["error"]
    left, below = _positive(part, "published", parameter), np.minimum(error, _floor(part["value"], parameter))
    for row, column in ((1, "value"), (2, "difference")):
        if errors:
            bars = [_bars(x, part[column], below if row == 1 else error, error)]
            if row == 1:
                bars.append(_bars(part[column], x, left, part["published_upper"])[..., ::-1])
            if path := _path(np.concatenate(bars)):
                line = {"color": _faint(colour), "width": 1}
                shape = {"type": "path", "path": path, "line": line, "layer": "below", "name": f"{source} bars"}
                figure.add_shape(shape, row=row, col=1)
        points = scatter(
            x=x,
            y=part[column],
            mode="markers",
            marker={"symbol": symbols, "size": 7, "color": colour, "opacity": 0.75},
            customdata=part["karmn"],
            text=texts,
            hovertemplate="%{text}<extra></extra>",
            name=escape(f"{SOURCES[source].label} ({len(part)})"),
            legendgroup=source,
            showlegend=row == 1,
            meta=source,
        )
        figure.add_trace(points, row=row, col=1)


def _bars(along: pd.Series, values: pd.Series, down: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Ends of the known error bars from ``values - down`` to ``values + up`` at each ``along``; shape ``(k, 2, 2)``."""
    ends = np.stack([np.column_stack([along, values - down]), np.column_stack([along, values + up])], axis=1)
    return ends[np.isfinite(ends).all(axis=(1, 2))]


def _path(bars: np.ndarray) -> str:
    """Error bars ``(k, 2, 2)`` as one shape, which is drawn at once; hundreds of bars take a tenth of a second."""
    return "".join(f"M{x0:.6g},{y0:.6g}L{x1:.6g},{y1:.6g}" for (x0, y0), (x1, y1) in bars)


def _spoken(mine: pd.DataFrame, parameter: str) -> list[str]:
    """What is said of each of the user's spectra that is pointed at."""
    unit, places = PARAMETERS[parameter][1:]
    of_value = "" if parameter == "logg" else f" {unit}"  # its differences alone are in dex
    own = [
        format_estimate(parameter, Estimate(*ends))[0]
        for ends in zip(mine["own"], mine["own_lower"], mine["own_upper"], strict=True)
    ]
    return [
        f"<b>{escape(row['spectrum'])}</b> is {escape(row['name'])}<br>{SOURCES[row['source']].label}: "
        f"{'&lt; ' if row['limit'] else ''}{value_text(row['value'], row['error'], places)}{of_value}<br>yours: "
        f"{'&lt; ' if row['own_limit'] else ''}{value}{of_value}"
        f"<br>difference: {format_number(row['difference'], places)} {unit}"
        + "".join(f"<br><i>{line}</i>" for flag in row["flags"].split(", ") if flag for line in _lines(explain(flag)))
        for value, (_, row) in zip(own, mine.iterrows(), strict=True)
    ]


def _add_users(figure: go.Figure, mine: pd.DataFrame, parameter: str, colours: Palette) -> None:
    """The user's spectra as diamonds, hollow and crossed where a flag doubts them, in both panels."""
    in_doubt = np.array([bool(flags) and bool(doubts(flags.split(", "), parameter)) for flags in mine["flags"]], bool)
    limit = mine["own_limit"].to_numpy(bool)
    bars = {"color": colours.star, "width": 3, "thickness": 1.5}
    across = bars | {"array": mine["own_upper"], "arrayminus": _positive(mine, "own", parameter)}
    up = bars | {"array": mine["error"], "arrayminus": np.minimum(mine["error"], _floor(mine["value"], parameter))}
    for row, column in ((1, "value"), (2, "difference")):
        points = scatter(
            x=mine["own"],
            y=mine[column],
            mode="markers",
            marker={
                "symbol": np.where(in_doubt, "diamond-x-open", np.where(limit, "diamond-open", "diamond")),
                "size": 13,
                "color": colours.star,
                "line": {"color": colours.star, "width": 1.5},
            },
            error_x=across,
            error_y=up | ({} if row == 1 else {"arrayminus": mine["error"]}),
            customdata=mine["karmn"],
            text=_spoken(mine, parameter),
            hovertemplate="%{text}<extra></extra>",
            name="your spectra"
            + (", crossed: in doubt" if in_doubt.any() else "")
            + (", hollow: limits" if limit.any() else ""),
            legendgroup="users",
            showlegend=row == 1,
            meta="users",
        )
        figure.add_trace(points, row=row, col=1)
        if limit.any():
            part = mine[limit]
            figure.add_trace(limit_arrows(part["own"], part[column], colours.star), row=row, col=1)
    first = mine.drop_duplicates("spectrum", keep="last")
    if len(first) > MAX_LABELS:
        return
    for number, (_, row) in enumerate(first.iterrows()):
        place = (row["own"], row["value"])
        x, y = np.log10(place) if parameter == "vsini" else place
        name = row["spectrum"].removesuffix(" exposures")
        name = shortened(name, 20)
        figure.add_annotation(
            x=x, y=y, text=escape(name), ax=-34, ay=-26 - 20 * (number % 3), showarrow=True, arrowhead=0,
            arrowcolor=colours.star, arrowwidth=1.2, standoff=8, bgcolor=colours.ground, bordercolor=colours.star,
            borderpad=3, font={"size": 13, "color": colours.text}, row=1, col=1,
        )  # fmt: skip


def value_text(value: float, error: float, places: int) -> str:
    """A value with its uncertainty, where it has one."""
    text = format_number(value, places)
    return text if np.isnan(error) else f"{text} ± {format_number(error, places)}"


def _lines(text: str) -> list[str]:
    """A sentence in lines that fit the label at the pointer."""
    return [escape(line) for line in wrap(text, 60)]


def _positive(part: pd.DataFrame, name: str, parameter: str) -> np.ndarray:
    """Lower error bars that stay on the axis."""
    return np.minimum(part[f"{name}_lower"], _floor(part[name], parameter))


def _floor(values: pd.Series, parameter: str) -> np.ndarray:
    return 0.95 * values.to_numpy() if parameter == "vsini" else np.full(len(values), np.inf)


def _faint(colour: str) -> str:
    return "rgba({}, {}, {}, 0.28)".format(*hex_to_rgb(colour))


def _span(parameter: str, parts: Sequence[pd.DataFrame | None]) -> tuple[float, float]:
    """Both ends of both axes: all values with a margin."""
    every = np.concatenate([part.to_numpy(float).ravel() for part in parts if part is not None and len(part)])
    every = every[np.isfinite(every)]
    if parameter == "vsini":
        return 0.8 * float(every.min()), 1.25 * float(every.max())
    return float(every.min()) - _MARGIN[parameter], float(every.max()) + _MARGIN[parameter]


def _difference_limit(parts: Sequence[pd.Series | None], margin: float) -> float:
    every = np.concatenate([np.abs(part.to_numpy(float)) for part in parts if part is not None and len(part)])
    return float(np.nanmax(every, initial=0.0)) + margin

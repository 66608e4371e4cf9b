"""Figures of an adaptation: how it goes, what it changed, and how many spectra one needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from dtl.evaluation.comparison import STATES, AdaptationComparison
from dtl.evaluation.sample_size import SampleSizes
from dtl.figures.palette import Palette
from dtl.figures.style import axis, lay_out, prepare, scatter
from dtl.result import PARAMETERS, value_title

__all__ = ["LABELS", "gap_figure", "learning_figure", "parameter_figure", "sample_size_figure"]

#: Quantity of a view -> title of its axis.
LABELS = {"residual_rms": "Residual rms of the spectrum [%]", "distance": "Distance in latent space"}
#: Bins of a histogram.
_BINS = 24


def learning_figure(rows: Sequence[Mapping[str, float]], rounds: int, *, dark: bool = False) -> go.Figure:
    """Loss of each round, and the residual rms of the spectra that only judge, each relative to the first round.

    Args:
        rows: ``round``, ``loss`` and ``held_out_rms`` of the rounds done.
        rounds: that are planned.
        dark: for a dark page.
    """
    figure = go.Figure()
    colours = prepare(figure, dark=dark, height=300)
    looks = (
        ("loss", "Loss", colours.data, "circle", "solid"),
        ("held_out_rms", "Residual rms", colours.model, "diamond", "dash"),
    )
    values = [1.0]
    for key, name, colour, symbol, dash in looks:
        y = [100 * row[key] / rows[0][key] for row in rows]
        values += y
        figure.add_trace(
            scatter(
                x=[row["round"] for row in rows],
                y=y,
                name=name,
                mode="lines+markers",
                line={"color": colour, "width": 2, "dash": dash},
                marker={"symbol": symbol, "size": 9, "color": colour},
                customdata=np.array([row[key] for row in rows], dtype=np.float32),
                hovertemplate=f"{name}, round %{{x}}: %{{y:.1f}} % of the first (%{{customdata:.4g}})<extra></extra>",
            )
        )
    low, high = (min(values[1:], default=90.0), max(values[1:], default=100.0))
    margin = max(2.0, 0.1 * (high - low))
    lay_out(figure, xaxis=axis("Round", 0.6, rounds + 0.4, colours, dtick=1 if rounds <= 10 else 5))
    lay_out(figure, yaxis=axis("Relative to the first round [%]", low - margin, high + margin, colours, nticks=6))
    return _still(figure, legend=True)


def gap_figure(change: AdaptationComparison, quantity: str, *, dark: bool = False) -> go.Figure:
    """How many spectra lie how far from the models, with the networks in each state.

    Args:
        change: what was seen before and after.
        quantity: ``residual_rms`` or ``distance``.
        dark: for a dark page.
    """
    figure = go.Figure()
    colours = prepare(figure, dark=dark, height=320)
    factor = 100.0 if quantity == "residual_rms" else 1.0
    found = {state: factor * getattr(view, quantity) for state, view in change.views.items()}
    if np.array_equal(found["models_alone"], found["before"]):
        found.pop("models_alone")
    top = 1.02 * max(float(np.quantile(values, 0.98)) for values in found.values())
    edges = np.linspace(0.0, top, _BINS + 1)
    most = 0
    for state, values in found.items():
        counts, _ = np.histogram(np.clip(values, None, top * (1 - 1e-9)), edges)
        most = max(most, int(counts.max()))
        colour, dash = _look(state, colours)
        figure.add_trace(
            scatter(
                x=np.repeat(edges, 2).astype(np.float32),
                y=np.concatenate([[0], np.repeat(counts, 2), [0]]).astype(np.float32),
                name=f"{STATES[state]}, median {np.median(values):.2f}",
                mode="lines",
                line={"color": colour, "width": 2.5 if state == "after" else 2, "dash": dash},
                hovertemplate=f"{STATES[state]}: %{{y:.0f}} spectra at %{{x:.2f}}<extra></extra>",
            )
        )
    ticks = {"dtick": 1} if most < 6 else {"nticks": 6}  # of whole spectra
    lay_out(figure, xaxis=axis(LABELS[quantity], 0.0, 1.02 * top, colours, nticks=7))
    lay_out(figure, yaxis=axis("Spectra", 0.0, 1.1 * most, colours, tickformat="d", **ticks))
    return _still(figure, legend=True)


def parameter_figure(change: AdaptationComparison, parameter: str, *, dark: bool = False) -> go.Figure:
    """One parameter of every star before and after, joined by a line, with the true value where it is known."""
    _, unit, places = PARAMETERS[parameter]
    written = "%{y}" if parameter == "logg" else f"%{{y}} {unit}"
    column = list(PARAMETERS).index(parameter)
    before, after = (change.views[state].values[:, column] for state in ("before", "after"))
    order = np.argsort(before if change.truth is None else change.truth[:, column], kind="stable")
    figure = go.Figure()
    colours = prepare(figure, dark=dark, height=360)
    x = np.arange(len(order))
    names = [escape(change.names[i]) for i in order]
    lines = np.stack([before[order], after[order], np.full(len(order), np.nan)], axis=1).ravel()
    figure.add_trace(
        scatter(
            x=np.repeat(x, 3), y=lines.astype(np.float32), mode="lines", showlegend=False, hoverinfo="skip",
            line={"color": colours.muted, "width": 1.5},
        )
    )  # fmt: skip
    points = [
        (STATES["before"], before, "circle-open", colours.others[0], 8),
        (STATES["after"], after, "diamond", colours.model, 8),
    ]
    if change.truth is not None:
        points.append(("True value", change.truth[:, column], "line-ew-open", colours.data, 10))
    for name, values, symbol, colour, size in points:
        figure.add_trace(
            scatter(
                x=x,
                y=values[order].astype(np.float32),
                name=name,
                mode="markers",
                marker={"symbol": symbol, "size": size, "color": colour, "line": {"width": 2, "color": colour}},
                text=names,
                hovertemplate=f"%{{text}}, {name.lower()}: {written}<extra></extra>",
                yhoverformat=f".{places}f",
            )
        )
    everything = np.concatenate([values for _, values, *_ in points])
    everything = everything[np.isfinite(everything)]  # not what is withheld
    everything = everything if len(everything) else np.zeros(1)
    margin = 0.06 * max(float(np.ptp(everything)), 10.0**-places)
    sorted_by = "true value" if change.truth is not None else "value before"
    lay_out(
        figure, xaxis=axis(f"Stars, by {sorted_by}", -0.8, len(order) - 0.2, colours, showticklabels=False, ticks="")
    )
    lay_out(
        figure,
        yaxis=axis(value_title(parameter), everything.min() - margin, everything.max() + margin, colours, nticks=6),
    )
    return _still(figure, legend=True)


def sample_size_figure(
    sizes: SampleSizes, parameter: str, *, chosen: int | None = None, dark: bool = False
) -> go.Figure:
    """The rmse of a parameter on other stars against the number of stars adapted to: surveys and their mean.

    Args:
        sizes: as measured.
        parameter: name of `PARAMETERS`.
        chosen: number of stars that is marked.
        dark: for a dark page.
    """
    label, unit, _ = PARAMETERS[parameter]
    figure = go.Figure()
    colours = prepare(figure, dark=dark, height=320)
    found = {count: sizes.rmse(count, parameter) for count in sizes.counts}
    without, shipped = sizes.unadapted(parameter), sizes.unadapted(parameter, "shipped")
    places = [(count, value) for count, values in found.items() for value in values]
    figure.add_trace(
        scatter(
            x=[count for count, _ in places], y=[value for _, value in places], name="One survey", mode="markers",
            marker={"size": 7, "color": colours.others[0], "symbol": "circle-open", "line": {"width": 1.5}},
            hovertemplate=f"%{{x}} stars, one survey: %{{y:.3~g}} {unit}<extra></extra>",
        )
    )  # fmt: skip
    figure.add_trace(
        scatter(
            x=list(found), y=[float(np.mean(values)) for values in found.values()], name="Mean", mode="lines+markers",
            line={"color": colours.model, "width": 2.5},
            marker={"size": 9, "color": colours.model, "symbol": "diamond"},
            hovertemplate=f"%{{x}} stars, mean: %{{y:.3~g}} {unit}<extra></extra>",
        )
    )  # fmt: skip
    ends = [min(found), max(found)]
    for name, values, dash in (("Models alone", without, "dash"), ("As shipped", shipped, "dot")):
        mean = float(np.mean(values))
        figure.add_trace(
            scatter(
                x=ends, y=[mean, mean], name=name, mode="lines",
                line={"color": colours.data, "width": 1.8, "dash": dash},
                hovertemplate=f"{name}: %{{y:.3~g}} {unit}<extra></extra>",
            )
        )  # fmt: skip
    if chosen is not None:
        figure.add_vline(x=min(max(chosen, ends[0]), ends[1]), line={"color": colours.star, "width": 2})
    top = 1.08 * max([value for _, value in places] + without + shipped)
    lay_out(
        figure,
        xaxis=axis("Stars adapted to", np.log10(ends[0] * 0.85), np.log10(ends[1] * 1.18), colours, type="log",
             tickvals=[count for count in found if count not in (20, 25)] )
    )  # fmt: skip
    lay_out(figure, yaxis=axis(f"rmse of {label} [{unit}]", 0.0, top, colours, nticks=6))
    return _still(figure, legend=True)


def _look(state: str, colours: Palette) -> tuple[str, str]:
    return {
        "models_alone": (colours.data, "dot"),
        "before": (colours.others[0], "dash"),
        "after": (colours.model, "solid"),
    }[state]


def _still(figure: go.Figure, *, legend: bool) -> go.Figure:
    """A figure that neither zooms nor moves, with its legend below the title of the axis."""
    figure.update_xaxes(fixedrange=True).update_yaxes(fixedrange=True)
    lay_out(figure, showlegend=legend, dragmode=False, margin={"t": 10})
    return figure.update_layout(legend_y=-62 / (figure.layout.height - 80))

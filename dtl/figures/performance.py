"""Figures of what a bundle is worth: reconstruction, transfer, intervals, doubts and real stars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import floor, log10

import plotly.graph_objects as go

from dtl.bundle.card import Comparison
from dtl.figures.palette import Palette
from dtl.figures.style import axis, lay_out, prepare, scatter
from dtl.result import PARAMETERS
from dtl.rounding import format_number, format_significant

__all__ = ["coverage_figure", "doubt_figure", "reconstruction_errors", "star_figure", "transfer_figure"]

#: Pixels of one row of names, and of what stands above and below the rows.
_ROW, _AROUND = 30, 74
_ONE_SIGMA = 68.3
_SYMBOLS = ("circle", "diamond", "square", "triangle-up")


def reconstruction_errors(
    pca: Mapping[int, float],
    networks: Mapping[str, float],
    published: float,
    *,
    n_latent: int = 32,
    dark: bool = False,
) -> go.Figure:
    """Mean squared error of reconstructed test spectra against the length of the description, both logarithmic.

    Args:
        pca: number of principal components -> error.
        networks: label -> error of the autoencoder, one for each kind of test spectra.
        published: error of the published autoencoders, which have 32 latents.
        n_latent: of the autoencoder.
        dark: for a dark page.
    """
    figure = go.Figure()
    colours = prepare(figure, dark=dark, height=360)
    traces: list[tuple[str, list[float], list[float], dict[str, object]]] = []
    if pca:
        lengths = sorted(pca)
        looks = {"mode": "lines+markers", "marker": {"symbol": "square", "size": 9, "color": colours.others[0]}}
        traces.append(("PCA", lengths, [pca[k] for k in lengths], looks | {"line": {"color": colours.others[0]}}))
    for (label, error), symbol in zip(networks.items(), ("diamond", "diamond-open"), strict=False):
        marker = {"symbol": symbol, "size": 13, "color": colours.model, "line": {"width": 2}}
        traces.append((label, [n_latent], [error], {"mode": "markers", "marker": marker}))
    cross = {"symbol": "x", "size": 11, "color": colours.data}
    traces.append(("Published autoencoder", [32], [published], {"mode": "markers", "marker": cross}))
    for name, x, y, looks in traces:
        hover = [f"{name}, {n} numbers: {format_significant(error)}" for n, error in zip(x, y, strict=True)]
        figure.add_trace(scatter(x=x, y=y, name=name, text=hover, hovertemplate="%{text}<extra></extra>", **looks))
    ticks = sorted({int(n) for _, x, _, _ in traces for n in x})
    powers = [log10(error) for _, _, y, _ in traces for error in y]
    low, high = min(powers) - 0.35, max(powers) + 0.35
    title = "Latent dimension"
    lay_out(
        figure, xaxis=axis(title, log10(ticks[0]) - 0.08, log10(ticks[-1]) + 0.08, colours, type="log", tickvals=ticks)
    )
    decades = list(range(floor(low) + 1, floor(high) + 1))
    named = {
        "tickvals": [10.0**k for k in decades],
        "ticktext": [f"10<sup>{str(k).replace('-', '−')}</sup>" for k in decades],
    }
    lay_out(figure, yaxis=axis("Mean squared error", low, high, colours, type="log", **named))
    return _still(figure, legend=True)


def transfer_figure(
    parameter: str,
    errors: Mapping[str, Sequence[float]],
    *,
    reference: str | None = None,
    chosen: str | None = None,
    dark: bool = False,
) -> go.Figure:
    """The rmse of one parameter for each way of transfer: a dot a survey and a bar at their mean.

    Args:
        parameter: name of `PARAMETERS`.
        errors: label of the way -> rmse on each survey, in the parameter's unit, first on top.
        reference: the way whose mean is drawn through as a line.
        chosen: the way that is emphasised.
        dark: for a dark page.
    """
    label, unit, _ = PARAMETERS[parameter]
    figure = go.Figure()
    colours = prepare(figure, dark=dark, height=_AROUND + _ROW * len(errors))
    for row, (name, values) in enumerate(errors.items()):
        mean = sum(values) / len(values)
        colour = colours.model if name == chosen else colours.others[0]
        figure.add_trace(
            scatter(
                x=list(values),
                y=[row] * len(values),
                name=name,
                meta="surveys",
                mode="markers",
                marker={
                    "size": 8,
                    "color": colour,
                    "opacity": 0.75,
                    "symbol": "diamond" if name == chosen else "circle",
                },
                hovertemplate=f"{escape(name)}, one survey: %{{x:.3~g}} {unit}<extra></extra>",
            )
        )
        figure.add_trace(
            scatter(
                x=[mean],
                y=[row],
                name=name,
                meta="mean",
                mode="markers",
                marker={"symbol": "line-ns", "size": 17, "line": {"color": colour, "width": 3}},
                hovertemplate=f"{escape(name)}, mean of {len(values)}: %{{x:.3~g}} {unit}<extra></extra>",
            )
        )
        if name == reference:
            figure.add_vline(x=mean, line={"color": colours.muted, "width": 1.5, "dash": "dash"}, layer="below")
    most = max(max(values) for values in errors.values())
    lay_out(figure, xaxis=axis(f"rmse of {label} [{unit}]", 0.0, 1.06 * most, colours, nticks=6))
    _rows(figure, [f"<b>{escape(name)}</b>" if name == chosen else escape(name) for name in errors], colours)
    return _still(figure)


def coverage_figure(covered: Mapping[str, Mapping[str, float]], *, dark: bool = False) -> go.Figure:
    """Part of the true values inside their 1-sigma interval, in per cent, with the ideal as a line.

    Args:
        covered: signal-to-noise ratio -> parameter -> part, 0 to 1.
        dark: for a dark page.
    """
    figure = go.Figure()
    colours = prepare(figure, dark=dark, height=_AROUND + 46 * len(PARAMETERS) + 40)
    names = list(PARAMETERS)
    looks = zip(_SYMBOLS, (colours.others[0], colours.model, colours.others[1], colours.others[2]), strict=True)
    for i, ((snr, parts), (symbol, colour)) in enumerate(zip(covered.items(), looks, strict=False)):
        shown = [name for name in names if name in parts]
        figure.add_trace(
            scatter(
                x=[100 * parts[name] for name in shown],
                y=[names.index(name) + 0.2 * (i - (len(covered) - 1) / 2) for name in shown],
                name=f"S/N {snr}",
                mode="markers",
                marker={"symbol": symbol, "size": 11, "color": colour},
                text=[PARAMETERS[name][0] for name in shown],
                hovertemplate=f"%{{text}}, S/N {escape(snr)}: %{{x:.0f}} %<extra></extra>",
            )
        )
    values = [100 * part for parts in covered.values() for part in parts.values()]
    low, high = min([50.0, *(v - 3 for v in values)]), max([90.0, *(v + 3 for v in values)])
    figure.add_vline(x=_ONE_SIGMA, line={"color": colours.muted, "width": 1.5, "dash": "dash"}, layer="below")
    figure.add_annotation(
        x=_ONE_SIGMA, y=1.0, yref="y domain", yanchor="bottom", text="ideal: 68.3 %", showarrow=False,
        font={"size": 13, "color": colours.text},
    )  # fmt: skip
    lay_out(figure, xaxis=axis("True values inside their interval [%]", low, high, colours, nticks=6))
    _rows(figure, [PARAMETERS[name][0] for name in names], colours)
    return _still(figure, legend=True, top=26)


def doubt_figure(strange: Mapping[str, float], good: Mapping[str, float], *, dark: bool = False) -> go.Figure:
    """Part of the spectra that is flagged or not usable, in per cent, as bars.

    Args:
        strange: label of a kind of spectra that should be -> part, 0 to 1; drawn with the smallest on top.
        good: label of spectra that should not be -> part; drawn below.
        dark: for a dark page.
    """
    figure = go.Figure()
    colours = prepare(figure, dark=dark, height=_AROUND + 24 * (len(strange) + len(good)) + 40)
    groups = (
        ("Should be flagged", dict(sorted(strange.items(), key=lambda item: item[1])), colours.others[0], ""),
        ("Should pass", good, colours.model, "/"),
    )
    labels: list[str] = []
    for name, parts, colour, shape in groups:
        if not parts:
            continue
        texts = [f"{_percent(part)} %" for part in parts.values()]
        bars = go.Bar(
            x=[100 * part for part in parts.values()],
            y=list(range(len(labels), len(labels) + len(parts))),
            orientation="h",
            name=name,
            text=texts,
            textposition="outside",
            textfont={"color": colours.text, "size": 13},
            cliponaxis=False,
            marker={"color": colour, "line": {"width": 0}, "pattern": {"shape": shape}},
            hovertext=[f"{escape(label)}: {text}" for label, text in zip(parts, texts, strict=True)],
            hovertemplate="%{hovertext}<extra></extra>",
        )
        figure.add_trace(bars)
        labels += [escape(label) for label in parts]
    lay_out(figure, xaxis=axis("Flagged or not readable [%]", 0, 118, colours, tickvals=[0, 25, 50, 75, 100]))
    _rows(figure, labels, colours)
    return _still(figure, legend=True).update_layout(bargap=0.3)


def star_figure(parameter: str, rows: Sequence[Comparison], *, dark: bool = False) -> go.Figure:
    """Networks minus literature of one parameter, star by star, with the networks' 1-sigma intervals.

    Hollow where the star was used to learn the synthetic gap; a triangle that points left is an upper limit.
    """
    label, unit, places = PARAMETERS[parameter]
    known = [row for row in rows if row.parameter == parameter and row.difference is not None]
    figure = go.Figure()
    colours = prepare(figure, dark=dark, height=_AROUND + _ROW * max(len(known), 1))
    symbols = [("triangle-left" if row.limit else "circle") + ("-open" if row.anchor else "") for row in known]
    figure.add_trace(
        scatter(
            x=[row.difference for row in known],
            y=list(range(len(known))),
            mode="markers",
            name="Networks minus literature",
            marker={"symbol": symbols, "size": 11, "color": colours.star, "line": {"width": 2, "color": colours.star}},
            error_x={"type": "data", "array": [row.interval for row in known], "color": colours.star, "thickness": 1.5},
            text=[escape(row.star) for row in known],
            hovertemplate=f"%{{text}}: %{{x}} {unit}<extra></extra>",
            xhoverformat=f"+.{places}f",
        )
    )
    reach = max([abs(row.difference or 0.0) + row.interval for row in known], default=1.0)
    figure.add_vline(x=0.0, line={"color": colours.muted, "width": 1.5, "dash": "dash"}, layer="below")
    title = f"{label}, networks minus literature [{unit}]"
    lay_out(figure, xaxis=axis(title, -1.1 * reach, 1.1 * reach, colours, nticks=6))
    _rows(figure, [escape(row.star) for row in known], colours)
    return _still(figure)


def _percent(part: float) -> str:
    """A part in per cent; one that is not all or nothing is not rounded to it."""
    whole = format_number(100 * part, 0)
    return format_number(100 * part, 1) if 0 < part < 1 and whole in ("0", "100") else whole


def _rows(figure: go.Figure, labels: Sequence[str], colours: Palette) -> None:
    """Names along the vertical axis, the first on top."""
    rows = {"tickvals": list(range(len(labels))), "ticktext": list(labels), "ticks": "", "showgrid": False}
    lay_out(figure, yaxis=axis("", -0.6, len(labels) - 0.4, colours, reverse=True, automargin=True, **rows))


def _still(figure: go.Figure, *, legend: bool = False, top: int = 10) -> go.Figure:
    """A figure that neither zooms nor moves, so that a finger that scrolls the page does not drag it."""
    figure.update_xaxes(fixedrange=True).update_yaxes(fixedrange=True)
    lay_out(figure, showlegend=legend, dragmode=False, margin={"t": top})
    if legend:  # below the title of the axis, whatever the height
        figure.update_layout(legend_y=-62 / (figure.layout.height - top - 70))
    return figure

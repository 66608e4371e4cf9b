"""Figure of what each wavelength does to a parameter, below the spectrum itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from dtl.figures.curves import add_observation, along, finish, flux_range, mark_simulated, name_lines
from dtl.figures.palette import palette
from dtl.figures.scale import ANGSTROM, Scale
from dtl.figures.style import axis, pointed, prepare, scatter, two_panels
from dtl.preparation.masks import telluric_lines
from dtl.result import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Collection

    from dtl.inference.attribution import Explanation
    from dtl.result import InferenceResult

__all__ = ["explanation_figure"]


def explanation_figure(
    result: InferenceResult,
    explanation: Explanation,
    parameter: str,
    *,
    kind: str = "contribution",
    lines: bool | Collection[str] = True,
    scale: Scale = ANGSTROM,
    dark: bool = False,
) -> go.Figure:
    """The spectrum over the one it is compared with, and below a bar for each resolution element.

    Args:
        result: whose spectrum.
        explanation: of that spectrum.
        parameter: name of the parameter.
        kind: what the bars say, see `dtl.inference.attribution.KINDS`.
        lines: to be named, see `dtl.figures.curves.name_lines`.
        scale: of the horizontal axis.
        dark: for a dark page.
    """
    colours, prepared = palette(dark), result.prepared
    figure = two_panels(0.52, 0.03)
    add_observation(figure, prepared, colours, scale)
    baseline = scatter(
        **along(scale.at(explanation.wavelength)),
        y=explanation.baseline.astype(np.float32),
        name="Average model",
        line={"color": colours.others[1], "width": 1.4},
        **pointed(".3f"),
    )
    figure.add_trace(baseline, row=1, col=1)
    label, unit, places = PARAMETERS[parameter]
    middle, bars = explanation.elements(parameter, kind)
    half = 0.5 * explanation.width
    width = scale.at(middle + half) - scale.at(middle - half)
    for raises, colour in ((True, colours.model), (False, colours.others[0])):
        chosen = bars > 0 if raises else bars <= 0
        trace = go.Bar(
            x=scale.at(middle[chosen]),
            y=bars[chosen].astype(np.float32),
            width=width[chosen],
            name=f"{'Raises' if raises else 'Lowers'} {label}",
            marker={"color": colour, "line": {"width": 0}},
            **pointed(f"+.{places + 1}f", unit),
        )
        figure.add_trace(trace, row=2, col=1)
    name_lines(figure, prepared.lines, colours, lines, scale, telluric=telluric_lines(prepared))
    if prepared.spectrum.simulated:
        mark_simulated(figure, colours, scale.at(prepared.wavelength), prepared.flux, scale.span(prepared.window))
    prepare(figure, dark=dark, height=600)
    low, high = flux_range(prepared.flux[prepared.good], explanation.baseline)
    limits = {"range": [1.08 * min(bars.min(), 0.0), 1.08 * max(bars.max(), 1e-9)]}
    figure.update_xaxes(axis("", *scale.span(prepared.window), colours, **scale.axis()), row=1, col=1)
    figure.update_xaxes(axis(scale.title(), *scale.span(prepared.window), colours, **scale.axis()), row=2, col=1)
    figure.update_yaxes(axis("Normalised flux", low, high, colours), row=1, col=1)
    change = f"Change of {label} [{unit}]"
    zero = {"zeroline": True, "zerolinecolor": colours.muted, "zerolinewidth": 1}
    figure.update_yaxes(axis(change, 0, 0, colours, nticks=6, **limits, **zero), row=2, col=1)
    return finish(figure, top=100, scale=scale).update_layout(barmode="overlay", bargap=0)

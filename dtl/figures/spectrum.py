"""Figures of one spectrum: with its reconstruction, and step by step through the preparation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from html import escape
from itertools import cycle

import numpy as np
import plotly.graph_objects as go

from dtl.figures.curves import (
    add_observation,
    along,
    finish,
    flux_range,
    joined,
    mark_simulated,
    name_lines,
    ordinates,
    steps,
)
from dtl.figures.palette import Palette, palette
from dtl.figures.scale import ANGSTROM, Scale
from dtl.figures.style import axis, lay_out, pointed, prepare, scatter, two_panels
from dtl.preparation.masks import telluric_lines
from dtl.result import InferenceResult
from dtl.spectrum import PreparationStep
from dtl.wavelengths import Window

__all__ = ["AT_REST", "preparation_figure", "reconstruction_figure"]

#: Names of the steps of the preparation after which the star is at rest.
AT_REST = ("Rest frame", "Continuum", "Prepared")

#: Those after which the continuum is one.
_NORMALISED = ("Prepared",)
#: What is drawn of a step beyond the window on each side, Angstrom: room for any star's velocity and the margins.
_AROUND = 15.0
#: A difference this many times the usual range of the lower panel is a spike, and is cut there.
_SPIKE = 2.0


def reconstruction_figure(
    result: InferenceResult,
    *,
    model: np.ndarray | None = None,
    name: str = "Reconstruction",
    overlays: Mapping[str, np.ndarray] | None = None,
    lines: bool | Collection[str] = True,
    scale: Scale = ANGSTROM,
    dark: bool = False,
    height: int = 560,
) -> go.Figure:
    """The prepared spectrum with a model over it, and their difference below on the same wavelengths.

    Args:
        result: what to draw.
        model: normalised flux, shape ``(n_wavelength,)``; the reconstruction where None.
        name: of the model, for the legend.
        overlays: further models, name -> normalised flux, shape ``(n_wavelength,)`` each; in the upper panel only.
        lines: to be named, see `dtl.figures.curves.name_lines`.
        scale: of the horizontal axis.
        dark: for a dark page.
        height: in pixels.
    """
    model = result.reconstruction if model is None else model
    prepared, colours = result.prepared, palette(dark)
    wavelength, good = scale.at(prepared.wavelength), prepared.good
    data = np.where(good, prepared.flux, np.nan)
    difference = data - model
    figure = two_panels(0.74, 0.03)
    add_observation(figure, prepared, colours, scale)
    curve = scatter(
        **along(wavelength),
        y=ordinates(model),
        name=escape(name),
        line={"color": colours.model, "width": 1.6},
        **pointed(".3f"),
    )
    figure.add_trace(curve, row=1, col=1)
    _add_overlays(figure, wavelength, overlays or {}, colours)
    residual = steps(wavelength, difference, "Residual", colours.data)
    figure.add_trace(residual | {"showlegend": False, "opacity": 0.75}, row=2, col=1)
    _add_noise(figure, wavelength, np.where(good, prepared.uncertainty, np.nan), colours)
    if lines:
        name_lines(figure, prepared.lines, colours, lines, scale, telluric=telluric_lines(prepared))
    if prepared.spectrum.simulated:
        mark_simulated(figure, colours, wavelength, data, scale.span(prepared.window))
    prepare(figure, dark=dark, height=height)
    low, high = flux_range(data, model)
    limit = _difference_limit(difference, prepared.uncertainty)
    wavelengths = {"showspikes": True, "spikemode": "across", "spikethickness": 1, "spikecolor": colours.muted}
    shared = scale.axis() | wavelengths
    lay_out(
        figure,
        xaxis=axis("", *scale.span(prepared.window), colours, **shared),
        xaxis2=axis(scale.title(), *scale.span(prepared.window), colours, **shared),
        yaxis=axis("Normalised flux", low, high, colours),
        yaxis2=axis("Residual", -limit, limit, colours, nticks=5),
    )
    return finish(figure, top=84 if not overlays else 108, scale=scale)


def preparation_figure(
    step: PreparationStep, window: Window, *, simulated: bool = False, scale: Scale = ANGSTROM, dark: bool = False
) -> go.Figure:
    """One step of the preparation with its overlays.

    Args:
        step: what to draw.
        window: of which a step on wavelengths is drawn, with its surroundings.
        simulated: label it as simulated.
        scale: of the horizontal axis, where it is one of wavelengths.
        dark: for a dark page.
    """
    colours = palette(dark)
    on_wavelengths = step.x_title.startswith("Wavelength")
    curves = {"Spectrum" if on_wavelengths else step.name: (step.wavelength, step.flux)} | step.overlays
    figure, drawn = go.Figure(), []
    for (name, (x, y)), colour in zip(curves.items(), colours.cycle(len(curves)), strict=True):
        if on_wavelengths and len(x) > 2:
            inside = (x > window.lower - _AROUND) & (x < window.upper + _AROUND)
            x, y = scale.at(x[inside]), np.asarray(y)[inside]  # noqa: PLW2901
        drawn.append((x, np.asarray(y)))
        if on_wavelengths and name == "Spectrum":
            figure.add_trace(steps(x, y, name, colour))
        else:
            curve = scatter(x=x, y=np.asarray(y), name=escape(name), line={"color": colour, "width": 1.8})
            figure.add_trace(curve | pointed(".4g"))
    if step.masked is not None:
        inside = (step.wavelength > window.lower - _AROUND) & (step.wavelength < window.upper + _AROUND)
        grey = joined(step.masked, step.flux)[inside]
        figure.add_trace(steps(scale.at(step.wavelength[inside]), grey, "Not used", colours.muted))
    if simulated:
        mark_simulated(figure, colours, *drawn[0])
    prepare(figure, dark=dark, height=380)
    frame = "star at rest" if step.name in AT_REST else "as in the file"
    title = scale.title(frame) if on_wavelengths else step.x_title
    upward = "Normalised flux" if step.name in _NORMALISED else "Flux" if on_wavelengths else "Correlation"
    numbers = (scale if on_wavelengths else ANGSTROM).axis()
    up = axis(
        upward,
        0,
        0,
        colours,
        range=None,
        minexponent=5,
        exponentformat="power",
        automargin=True,
    )
    lay_out(figure, xaxis=axis(title, 0, 0, colours, **numbers, range=None), yaxis=up)
    return finish(figure, top=36, scale=scale)


def _add_overlays(figure: go.Figure, x: np.ndarray, overlays: Mapping[str, np.ndarray], colours: Palette) -> None:
    """Further models in the upper panel, told apart by dashes as well as by colour."""
    looks = cycle(zip(colours.others * 2, ("dash", "dot", "dashdot", "longdash", "solid", "longdashdot"), strict=True))
    for (name, flux), (colour, dash) in zip(overlays.items(), looks, strict=False):
        curve = scatter(
            **along(x),
            y=flux.astype(np.float32),
            name=escape(name),
            line={"color": colour, "width": 1.6, "dash": dash},
            **pointed(".3f"),
        )
        figure.add_trace(curve, row=1, col=1)


def _add_noise(figure: go.Figure, wavelength: np.ndarray, uncertainty: np.ndarray, colours: Palette) -> None:
    """One standard deviation of the noise on both sides of zero, in the lower panel."""
    for sign in (-1, 1):
        edge = scatter(
            **along(wavelength),
            y=ordinates(sign * uncertainty, seen=8),
            name="Noise, 1σ",
            legendgroup="noise",
            showlegend=sign > 0,
            mode="lines",
            line={"color": colours.others[0], "width": 1.4},
            hoverinfo="skip",
        )
        figure.add_trace(edge, row=2, col=1)


def _difference_limit(difference: np.ndarray, uncertainty: np.ndarray) -> float:
    """Half the range of the lower panel: all of the difference, or nearly all where a spike would flatten the rest."""
    finite = np.abs(difference[np.isfinite(difference)])
    if not finite.size:
        return 0.1
    usual = max(1.4 * np.percentile(finite, 99.5), 3.0 * np.median(uncertainty), 0.01)
    whole = 1.05 * finite.max()  # cut where it needs not be, the worst of the fit would be out of sight
    return float(max(usual, whole) if whole < _SPIKE * usual else usual)

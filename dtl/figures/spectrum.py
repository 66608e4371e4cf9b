"""Figures of one spectrum: with its reconstruction, and step by step through the preparation."""

from __future__ import annotations

from html import escape

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dtl.figures.palette import Palette, palette
from dtl.figures.style import axis, prepare
from dtl.lines import LINES
from dtl.result import InferenceResult
from dtl.spectrum import PreparationStep
from dtl.wavelengths import WINDOW

__all__ = ["preparation_figure", "reconstruction_figure"]

#: What is drawn of a step beyond the window on each side, Angstrom: room for any star's velocity and the margins.
_AROUND = 15.0
#: Lines closer than this, Angstrom, get their names at two heights, so that they keep apart on a telephone.
_CLOSE = 8.0
#: Wavelengths are written out, never shortened to thousands.
_PLAIN = {"tickformat": ".6~g", "exponentformat": "none", "hoverformat": ".2f"}


def reconstruction_figure(
    result: InferenceResult,
    *,
    model: np.ndarray | None = None,
    name: str = "Reconstruction",
    lines: bool = True,
    dark: bool = False,
) -> go.Figure:
    """The prepared spectrum with a model over it, and their difference below on the same wavelengths.

    Args:
        result: what to draw.
        model: normalised flux, shape ``(n_wavelength,)``; the reconstruction where None.
        name: of the model, for the legend.
        lines: name the strong lines of `dtl.lines`.
        dark: for a dark page.
    """
    model = result.reconstruction if model is None else model
    prepared, colours = result.prepared, palette(dark)
    wavelength, good = prepared.wavelength, prepared.good
    data = np.where(good, prepared.flux, np.nan)
    difference = data - model
    figure = make_subplots(rows=2, shared_xaxes=True, row_heights=[0.74, 0.26], vertical_spacing=0.03)
    observed = "Simulated observation" if prepared.spectrum.simulated else "Observation"
    figure.add_trace(_steps(wavelength, data, observed, colours.data), row=1, col=1)
    if not good.all():
        masked = np.where(_widened(~good), prepared.flux, np.nan)
        figure.add_trace(_steps(wavelength, masked, "Not used", colours.muted), row=1, col=1)
    curve = go.Scatter(
        **_along(wavelength),
        y=model.astype(np.float32),
        name=escape(name),
        line={"color": colours.model, "width": 1.6},
        hovertemplate="%{y:.3f}",
    )
    figure.add_trace(curve, row=1, col=1)
    residual = _steps(wavelength, difference, "Difference", colours.data)
    figure.add_trace(residual.update(showlegend=False, opacity=0.75), row=2, col=1)
    _add_noise(figure, wavelength, np.where(good, prepared.uncertainty, np.nan), colours)
    if lines:
        _name_lines(figure, colours)
    if prepared.spectrum.simulated:
        _mark_simulated(figure, colours)
    prepare(figure, dark=dark, height=560)
    low, high = _flux_range(data, model)
    limit = _difference_limit(difference, prepared.uncertainty)
    wavelengths = {"showspikes": True, "spikemode": "across", "spikethickness": 1, "spikecolor": colours.muted}
    title = "Wavelength in vacuum, star at rest [Å]"
    figure.update_xaxes(axis("", *WINDOW, colours, **_PLAIN, **wavelengths), row=1, col=1)
    figure.update_xaxes(axis(title, *WINDOW, colours, **_PLAIN, **wavelengths), row=2, col=1)
    figure.update_yaxes(axis("Normalised flux", low, high, colours), row=1, col=1)
    figure.update_yaxes(axis("Difference", -limit, limit, colours, nticks=5), row=2, col=1)
    return _finish(figure, top=84)


def preparation_figure(step: PreparationStep, *, simulated: bool = False, dark: bool = False) -> go.Figure:
    """One step of the preparation with its overlays.

    Args:
        step: what to draw; on wavelengths only the window and its surroundings are drawn.
        simulated: label it as simulated.
        dark: for a dark page.
    """
    colours = palette(dark)
    on_wavelengths = step.x_title.startswith("Wavelength")
    curves = {"Spectrum" if on_wavelengths else step.name: (step.wavelength, step.flux)} | step.overlays
    figure = go.Figure()
    for (name, (x, y)), colour in zip(curves.items(), colours.cycle(len(curves)), strict=True):
        if on_wavelengths and len(x) > 2:
            inside = (x > WINDOW[0] - _AROUND) & (x < WINDOW[1] + _AROUND)
            x, y = x[inside], y[inside]  # noqa: PLW2901
        if on_wavelengths and name == "Spectrum":
            figure.add_trace(_steps(x, y, name, colour))
        else:
            curve = go.Scatter(x=x, y=np.asarray(y), name=escape(name), line={"color": colour, "width": 1.8})
            figure.add_trace(curve.update(hovertemplate="%{y:.4g}"))
    if simulated:
        _mark_simulated(figure, colours)
    prepare(figure, dark=dark, height=380)
    figure.update_xaxes(axis(step.x_title, 0, 0, colours, **_PLAIN, range=None))
    figure.update_yaxes(
        axis("Flux" if on_wavelengths else "", 0, 0, colours, range=None, minexponent=5, exponentformat="power")
    )
    return _finish(figure, top=36)


def _steps(wavelength: np.ndarray, flux: np.ndarray, name: str, colour: str) -> go.Scatter:
    """A step plot that leaves gaps where ``flux`` is NaN."""
    return go.Scatter(
        **_along(wavelength),
        y=np.asarray(flux, dtype=np.float32),
        name=name,
        mode="lines",
        line={"color": colour, "width": 1.1, "shape": "hvh"},
        connectgaps=False,
        hovertemplate="%{y:.4g}",
    )


def _along(x: np.ndarray) -> dict[str, object]:
    """Abscissae of a curve: start and step where ``x``, shape ``(n,)``, is regular, which saves the transfer."""
    if len(x) > 2:
        step = (x[-1] - x[0]) / (len(x) - 1)
        if np.allclose(x, x[0] + step * np.arange(len(x)), rtol=0, atol=1e-3 * abs(step)):
            return {"x0": float(x[0]), "dx": float(step)}
    return {"x": x}


def _add_noise(figure: go.Figure, wavelength: np.ndarray, uncertainty: np.ndarray, colours: Palette) -> None:
    """One standard deviation of the noise on both sides of zero, in the lower panel."""
    for sign in (-1, 1):
        edge = go.Scatter(
            **_along(wavelength),
            y=(sign * uncertainty).astype(np.float32),
            name="Noise, 1σ",
            legendgroup="noise",
            showlegend=sign > 0,
            mode="lines",
            line={"color": colours.others[0], "width": 1.4},
            hoverinfo="skip",
        )
        figure.add_trace(edge, row=2, col=1)


def _name_lines(figure: go.Figure, colours: Palette) -> None:
    guide = {"color": colours.muted, "width": 1, "dash": "dot"}
    before, level = -np.inf, 0
    for line in LINES:
        level = 1 - level if line.wavelength - before < _CLOSE else 0
        before = line.wavelength
        for row in (1, 2):
            figure.add_vline(x=line.wavelength, line=guide, row=row, col=1)
        figure.add_annotation(
            x=line.wavelength,
            xref="x",
            y=1.0,
            yref="y domain",
            yanchor="bottom",
            yshift=15 * level,
            text=line.label,
            showarrow=False,
            font={"size": 12, "color": colours.text},
        )


def _mark_simulated(figure: go.Figure, colours: Palette) -> None:
    figure.add_annotation(
        x=0.995,
        y=0.02,
        xref="x domain",
        yref="y domain",
        xanchor="right",
        yanchor="bottom",
        text="Simulated observation",
        showarrow=False,
        font={"size": 13, "color": colours.text},
        bgcolor=colours.ground,
        bordercolor=colours.muted,
        borderpad=3,
    )


def _widened(mask: np.ndarray) -> np.ndarray:
    """``mask`` with one more point on each side, so that its pieces join what they were cut from."""
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    return wide


def _difference_limit(difference: np.ndarray, uncertainty: np.ndarray) -> float:
    """Half the range of the lower panel: nearly all of the difference, whatever a single spike does."""
    finite = np.abs(difference[np.isfinite(difference)])
    if not finite.size:
        return 0.1
    return float(max(1.4 * np.percentile(finite, 99.5), 3.0 * np.median(uncertainty), 0.01))


def _flux_range(*curves: np.ndarray) -> tuple[float, float]:
    """Range of the upper panel: all of the curves but a few outlying points, with room at both ends."""
    values = np.concatenate([curve[np.isfinite(curve)] for curve in curves])
    low, high = np.percentile(values, [0.05, 99.95]) if values.size else (0.0, 1.0)
    return float(low - 0.06 * (high - low)), float(high + 0.08 * (high - low))


def _finish(figure: go.Figure, *, top: int) -> go.Figure:
    return figure.update_layout(
        hovermode="x unified",
        dragmode="zoom",
        margin={"l": 8, "r": 8, "t": top, "b": 8},
        legend={"y": 1.0 + 0.5 * top / (figure.layout.height - top - 50), "yanchor": "bottom", "itemclick": "toggle"},
        uirevision="spectrum",
    )

"""What figures along wavelengths share: the observation, names of lines, ranges and margins."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from dtl.figures.palette import Palette
from dtl.lines import LINES
from dtl.spectrum import PreparedSpectrum

__all__ = [
    "PLAIN",
    "WAVELENGTH",
    "add_observation",
    "along",
    "finish",
    "flux_range",
    "mark_simulated",
    "name_lines",
    "steps",
]

#: Lines closer than this, Angstrom, get their names at two heights, so that they keep apart on a telephone.
_CLOSE = 8.0
#: Wavelengths are written out, never shortened to thousands.
PLAIN = {"tickformat": ".6~g", "exponentformat": "none", "hoverformat": ".2f"}
#: Title of the horizontal axis.
WAVELENGTH = "Wavelength in vacuum, star at rest [Å]"


def add_observation(figure: go.Figure, prepared: PreparedSpectrum, colours: Palette) -> None:
    """A prepared spectrum in the upper panel, grey where it was not used."""
    name = "Simulated observation" if prepared.spectrum.simulated else "Observation"
    flux = np.where(prepared.good, prepared.flux, np.nan)
    figure.add_trace(steps(prepared.wavelength, flux, name, colours.data), row=1, col=1)
    if not prepared.good.all():
        flux = np.where(_joined(~prepared.good), prepared.flux, np.nan)
        figure.add_trace(steps(prepared.wavelength, flux, "Not used", colours.muted), row=1, col=1)


def steps(wavelength: np.ndarray, flux: np.ndarray, name: str, colour: str) -> go.Scatter:
    """A step plot that leaves gaps where ``flux`` is NaN."""
    return go.Scatter(
        **along(wavelength),
        y=np.asarray(flux, dtype=np.float32),
        name=name,
        mode="lines",
        line={"color": colour, "width": 1.1, "shape": "hvh"},
        connectgaps=False,
        hovertemplate="%{y:.4g}",
    )


def along(x: np.ndarray) -> dict[str, object]:
    """Abscissae of a curve: start and step where ``x``, shape ``(n,)``, is regular, which saves the transfer."""
    if len(x) > 2:
        step = (x[-1] - x[0]) / (len(x) - 1)
        if np.allclose(x, x[0] + step * np.arange(len(x)), rtol=0, atol=1e-3 * abs(step)):
            return {"x0": float(x[0]), "dx": float(step)}
    return {"x": x}


def name_lines(figure: go.Figure, colours: Palette) -> None:
    """The lines of `dtl.lines` in both panels of a figure, their names above the first."""
    shapes, annotations, before, level = [], [], -np.inf, 0
    for line in LINES:
        level = 1 - level if line.wavelength - before < _CLOSE else 0
        before = line.wavelength
        for number in ("", "2"):
            shapes.append(
                {
                    "type": "line",
                    "x0": line.wavelength,
                    "x1": line.wavelength,
                    "xref": f"x{number}",
                    "y0": 0,
                    "y1": 1,
                    "yref": f"y{number} domain",
                    "line": {"color": colours.muted, "width": 1, "dash": "dot"},
                }
            )
        annotations.append(
            {
                "x": line.wavelength,
                "xref": "x",
                "y": 1.0,
                "yref": "y domain",
                "yanchor": "bottom",
                "yshift": 15 * level,
                "text": line.label,
                "showarrow": False,
                "font": {"size": 12, "color": colours.text},
            }
        )
    # All at once: figure.add_vline takes 4 ms for each.
    figure.layout.shapes += tuple(shapes)
    figure.layout.annotations += tuple(annotations)


def mark_simulated(figure: go.Figure, colours: Palette) -> None:
    """The words that belong to every figure of a simulated observation."""
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


def _joined(mask: np.ndarray) -> np.ndarray:
    """``mask`` with one more point on each side, so that its pieces join what they were cut from."""
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    return wide


def flux_range(*curves: np.ndarray) -> tuple[float, float]:
    """Range of the upper panel: all of the curves but a few outlying points, with room at both ends."""
    values = np.concatenate([curve[np.isfinite(curve)] for curve in curves])
    low, high = np.percentile(values, [0.05, 99.95]) if values.size else (0.0, 1.0)
    return float(low - 0.06 * (high - low)), float(high + 0.08 * (high - low))


def finish(figure: go.Figure, *, top: int) -> go.Figure:
    """Margins, with ``top`` pixels above for legend and names of lines, and how the figure answers the pointer."""
    return figure.update_layout(
        hovermode="x unified",
        dragmode="zoom",
        margin={"l": 8, "r": 8, "t": top, "b": 8},
        legend={"y": 1.0 + 0.5 * top / (figure.layout.height - top - 50), "yanchor": "bottom", "itemclick": "toggle"},
        uirevision="spectrum",
    )

"""What figures along wavelengths share: the observation, names of lines, ranges and margins."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import plotly.graph_objects as go

from dtl.figures.palette import Palette
from dtl.figures.scale import ANGSTROM, Scale
from dtl.figures.style import annotate, lay_out, pointed, scatter
from dtl.lines import TELLURIC, Line, species_of
from dtl.spectrum import PreparedSpectrum

__all__ = [
    "add_observation",
    "along",
    "finish",
    "flux_range",
    "joined",
    "mark_simulated",
    "name_lines",
    "ordinates",
    "steps",
]

#: Lines closer than this, Angstrom, get their names at two heights, so that they keep apart on a telephone.
_CLOSE = 8.0
#: Bits of a number in single precision after its first: what is left of an ordinate has four digits and a half.
_BITS, _SEEN = 23, 14
#: Part of the width that the words of a simulated observation take, on a narrow screen.
_MARK = 0.44


def add_observation(figure: go.Figure, prepared: PreparedSpectrum, colours: Palette, scale: Scale = ANGSTROM) -> None:
    """A prepared spectrum in the upper panel: grey where its pixels are not used, open where it has none."""
    name = "Simulated observation" if prepared.spectrum.simulated else "Observation"
    x, flux = scale.at(prepared.wavelength), np.where(prepared.good, prepared.flux, np.nan)
    figure.add_trace(steps(x, flux, name, colours.data), row=1, col=1)
    if prepared.masked is not None:
        grey = joined(np.where(prepared.good, np.nan, prepared.masked), flux)
        figure.add_trace(steps(x, grey, "Not used", colours.muted), row=1, col=1)


def steps(wavelength: np.ndarray, flux: np.ndarray, name: str, colour: str) -> dict[str, object]:
    """A step plot that leaves gaps where ``flux`` is NaN."""
    return scatter(
        **along(wavelength),
        y=ordinates(flux),
        name=name,
        mode="lines",
        line={"color": colour, "width": 1.1, "shape": "hvh"},
        connectgaps=False,
        **pointed(".4g"),
    )


def along(x: np.ndarray) -> dict[str, object]:
    """Abscissae of a curve: start and step where ``x``, shape ``(n,)``, is regular, which saves the transfer."""
    if len(x) > 2:
        step = (x[-1] - x[0]) / (len(x) - 1)
        if np.allclose(x, x[0] + step * np.arange(len(x)), rtol=0, atol=1e-3 * abs(step)):
            return {"x0": float(x[0]), "dx": float(step)}
    return {"x": x}


def ordinates(values: np.ndarray, seen: int = _SEEN) -> np.ndarray:
    """Ordinates of a curve, in single precision and rounded: numbers that end with zeros are packed on their way.

    Args:
        values: shape ``(n,)``, NaN where there is a gap.
        seen: bits that are kept; a value changes by ``2 ** -(seen + 1)`` of itself at most.
    """
    single = np.array(values, dtype=np.float32)  # a copy
    finite, last = np.isfinite(single), _BITS - seen
    bits = single.view(np.uint32)
    bits[finite] = (bits[finite] + np.uint32(1 << last - 1)) >> last << last
    return single


def name_lines(
    figure: go.Figure,
    known: Sequence[Line],
    colours: Palette,
    lines: bool | Collection[str] = True,
    scale: Scale = ANGSTROM,
    *,
    telluric: Sequence[float] | np.ndarray = (),
) -> None:
    """Lines in both panels of a figure: of the star with names above the first, telluric ones with the sign of Earth.

    Args:
        figure: of two panels.
        known: lines of the window that have a name, in the order of wavelength.
        colours: of the page.
        lines: species to be named, `dtl.lines.TELLURIC` among them; True for all of the star.
        scale: of the horizontal axis.
        telluric: where the lines of the air lie, see `dtl.preparation.masks.telluric_lines`; a model has none.
    """
    species = (species_of(known) if lines else ()) if isinstance(lines, bool) else lines
    shapes, names = [], []
    font = {"size": 12, "color": colours.text}

    def guide(wavelength: float, dash: str) -> float:
        x = float(scale.at(wavelength))
        for panel in ("", "2"):
            ends = {"xref": f"x{panel}", "yref": f"y{panel} domain", "x0": x, "x1": x, "y0": 0, "y1": 1}
            shapes.append(ends | {"type": "line", "line": {"color": colours.muted, "width": 1, "dash": dash}})
        return x

    before, level = -np.inf, 0
    for line in known:
        if line.species not in species:
            continue
        level = 1 - level if line.wavelength - before < _CLOSE else 0
        before = line.wavelength
        place = {"x": guide(line.wavelength, "dot"), "xref": "x", "y": 1.0, "yref": "y domain"}
        text = {"text": line.label, "showarrow": False, "font": font}
        names.append(place | text | {"yanchor": "bottom", "yshift": 15 * level})
    for wavelength in telluric if TELLURIC in species else ():
        place = {"x": guide(wavelength, "dash"), "xref": "x", "y": 0.0, "yref": "y domain"}
        text = {"text": "⊕", "showarrow": False, "font": font, "bgcolor": colours.ground, "borderpad": 0}
        names.append(place | text | {"yanchor": "bottom"})
    lay_out(figure, shapes=shapes)
    annotate(figure, names)


def mark_simulated(
    figure: go.Figure, colours: Palette, x: np.ndarray, flux: np.ndarray, ends: tuple[float, float] | None = None
) -> None:
    """The words that belong to every figure of a simulated observation, where they cover the least of it.

    Args:
        figure: whose upper panel has them.
        colours: of the figure.
        x: abscissae of the observation; shape ``(n,)``.
        flux: shape ``(n,)``, NaN where there is none.
        ends: of the axis; None for those of ``x``.
    """
    first, last = ends or (np.min(x, initial=np.inf), np.max(x, initial=-np.inf))
    place = (x - first) / (last - first or 1.0)
    start = {"right": 1.0 - _MARK, "center": 0.5 * (1.0 - _MARK), "left": 0.0}
    under = {side: flux[(place >= low) & (place <= low + _MARK) & np.isfinite(flux)] for side, low in start.items()}
    side = max(under, key=lambda name: np.min(under[name], initial=np.inf))
    figure.add_annotation(
        x={"right": 0.995, "center": 0.5, "left": 0.005}[side],
        y=0.02,
        xref="x domain",
        yref="y domain",
        xanchor=side,
        yanchor="bottom",
        text="Simulated observation",
        showarrow=False,
        font={"size": 12, "color": colours.text},
        bgcolor=colours.ground,
        bordercolor=colours.muted,
        borderpad=3,
    )


def joined(part: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """``part`` with one more point of ``rest`` on each side of its pieces, so that the two meet; shape ``(n,)``."""
    inside = np.isfinite(part)
    wide = inside.copy()
    wide[1:] |= inside[:-1]
    wide[:-1] |= inside[1:]
    return np.where(inside, part, np.where(wide, rest, np.nan))


def flux_range(*curves: np.ndarray) -> tuple[float, float]:
    """Range of the upper panel: all of the curves but a few outlying points, with room at both ends."""
    values = np.concatenate([curve[np.isfinite(curve)] for curve in curves])
    low, high = np.percentile(values, [0.05, 99.95]) if values.size else (0.0, 1.0)
    return float(low - 0.06 * (high - low)), float(high + 0.08 * (high - low))


def finish(figure: go.Figure, *, top: int, scale: Scale = ANGSTROM) -> go.Figure:
    """Margins, with ``top`` pixels above for legend and names of lines, and how the figure answers the pointer.

    What the person zoomed to stays until the axis has another ``scale``.
    """
    return lay_out(
        figure,
        hovermode="x unified",
        dragmode="zoom",
        margin={"t": top},
        legend={"y": 1.0 + 0.5 * top / (figure.layout.height - top - 50), "yanchor": "bottom", "itemclick": "toggle"},
        uirevision=f"spectrum in {scale.title()}",
    )

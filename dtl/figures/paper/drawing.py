"""The traces, shapes, labels and pictures of a figure on the axes of Matplotlib."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dtl.figures.paper.lettering import colour, lettering

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Sheet", "draw_label", "draw_picture", "draw_shape", "draw_trace"]

_MARKERS = {
    "circle": "o", "square": "s", "diamond": "D", "cross": "P", "x": "X", "star": "*", "triangle-up": "^",
    "triangle-down": "v", "triangle-left": "<", "triangle-right": ">", "pentagon": "p", "hexagon": "h",
    "arrow-up": "^", "arrow-left": "<", "line-ns": "|", "line-ew": "_",
}  # fmt: skip
_DASHES = {
    "solid": "-",
    "dash": "--",
    "dot": ":",
    "dashdot": "-.",
    "longdash": (0, (8, 3)),
    "longdashdot": (0, (8, 3, 1, 3)),
}
_STEPS = {"hvh": "steps-mid", "hv": "steps-post", "vh": "steps-pre"}
#: Points from which Plotly draws a curve without its points.
_MANY = 20
#: What a page marks as chosen, which no print shows.
_MARKS = {"chosen"}


@dataclass(frozen=True)
class Sheet:
    """What a figure is drawn with.

    Attributes:
        axes: of each pair of axes of the figure, as ``("x2", "y2")``.
        scale: points on paper for a pixel on the page.
        type_size: of the letters, points.
        ink: colour of the letters.
        colours: name of a colour axis, or of a trace that has its own scale -> colour map and its limits.
    """

    axes: Mapping[tuple[str, str], Axes]
    scale: float
    type_size: float
    ink: str
    colours: Mapping[str, tuple[object, object]]

    def line(self, width: float | None) -> float:
        """Width of a line in points: no finer than a printer keeps."""
        return max(0.5, 1.3 * self.scale * (2.0 if width is None else width))

    def of(self, item: Mapping[str, Any]) -> Axes:
        """The axes that a trace is on."""
        return self.axes[(item.get("xaxis") or "x", item.get("yaxis") or "y")]


class _Points(NamedTuple):
    """Abscissae and ordinates, shape ``(n,)`` each, and the height at which they are drawn over others."""

    x: np.ndarray
    y: np.ndarray
    order: int


def draw_trace(sheet: Sheet, trace: Mapping[str, Any], order: int) -> object | None:
    """A trace; returns what stands for it in a legend, None where it is in none."""
    if trace.get("visible") in (False, "legendonly") or trace.get("meta") in _MARKS:
        return None
    axes = sheet.of(trace)
    at = _Points(_places(trace, "x"), _places(trace, "y"), order)
    x, y, _ = at
    if trace["type"] == "bar":
        return _bars(sheet, axes, trace, at)
    mode, shown = trace.get("mode") or ("lines" if len(x) >= _MANY else "lines+markers"), None
    if "fill" in trace and trace["fill"] not in (None, "none") and len(x):
        step = {"hvh": "mid", "hv": "post", "vh": "pre"}.get((trace.get("line") or {}).get("shape"))
        paint = colour(trace.get("fillcolor", "rgba(128,128,128,0.3)"))
        if trace["fill"] == "toself":
            axes.fill(x, y, color=paint, lw=0, zorder=order)
        else:
            axes.fill_between(x, y, color=paint, lw=0, step=step, zorder=order)
    if "lines" in mode:
        shown = _curve(sheet, axes, trace, at)
    if "markers" in mode:
        shown = _markers(sheet, axes, trace, at) or shown
    if "text" in mode:
        look = {"size": sheet.type_size, "ha": "center", "va": "center", "textcoords": "offset points", "zorder": order}
        for place_x, place_y, text in zip(x, y, _texts(trace, len(x)), strict=False):
            # A little lower than on a page, where letters are smaller beside the marks that they belong to.
            axes.annotate(lettering(text), (place_x, place_y), xytext=(0, -0.2 * sheet.type_size), **look)
    return shown


def _places(trace: Mapping[str, Any], name: str) -> np.ndarray:
    """Abscissae or ordinates, also those given by start and step."""
    values, other = trace.get(name), trace.get("y" if name == "x" else "x")
    if values is None:
        start, step = float(trace.get(f"{name}0") or 0.0), float(trace.get(f"d{name}") or 1.0)
        return start + step * np.arange(0 if other is None else len(other))
    if len(values) and isinstance(values[0], str):
        return np.asarray(values)
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _texts(trace: Mapping[str, Any], count: int) -> list[str]:
    text = trace.get("text")
    return [text] * count if isinstance(text, str) else list(text if text is not None else [])


def _curve(sheet: Sheet, axes: Axes, trace: Mapping[str, Any], at: _Points) -> object:
    x, y, order = at
    line = trace.get("line") or {}
    (curve,) = axes.plot(
        x,
        y,
        color=colour(line.get("color", sheet.ink), trace.get("opacity") or 1.0),
        lw=sheet.line(line.get("width")),
        ls=_DASHES.get(line.get("dash", "solid"), "--"),
        drawstyle=_STEPS.get(line.get("shape"), "default"),
        zorder=order,
    )
    return curve


def _markers(sheet: Sheet, axes: Axes, trace: Mapping[str, Any], at: _Points) -> object | None:
    x, y, order = at
    marker = trace.get("marker") or {}
    opacity = marker.get("opacity")
    opacity = (1.0 if opacity is None else float(np.max(opacity))) * (trace.get("opacity") or 1.0)
    if opacity == 0.0:  # there to be pointed at
        return None
    for direction in ("x", "y"):
        _errors(sheet, axes, trace.get(f"error_{direction}"), direction, at)
    symbols = marker.get("symbol", "circle")
    symbols = [symbols] * len(x) if isinstance(symbols, str) else list(symbols)
    sizes = np.broadcast_to(np.asarray(marker.get("size", 6), dtype=float), x.shape)
    shown = None
    for symbol in dict.fromkeys(symbols):
        among = np.array([other == symbol for other in symbols], dtype=bool)
        size = np.maximum(sheet.scale * sizes[among], 1.0) ** 2
        shown = axes.scatter(
            x[among],
            y[among],
            s=size,
            marker=_MARKERS.get(symbol.removesuffix("-open").removesuffix("-x").removesuffix("-thin"), "o"),
            zorder=order,
            **_paint(sheet, marker, among, symbol, opacity),
        )
        if symbol.endswith(("-x", "-x-open")) or "-x" in symbol:
            axes.scatter(x[among], y[among], s=size, marker="x", color=sheet.ink, lw=sheet.line(1.0), zorder=order)
    return shown


def _paint(
    sheet: Sheet, marker: Mapping[str, Any], among: np.ndarray, symbol: str, opacity: float
) -> dict[str, object]:
    """Colours of markers, as options of ``scatter``."""
    line, fill = marker.get("line") or {}, marker.get("color", sheet.ink)
    edge = line.get("color", "none" if not symbol.endswith("-open") else fill)
    edge = edge if isinstance(edge, str) else sheet.ink
    width = line.get("width", 1.5 if symbol.endswith("-open") else 0.0)
    width = float(np.max(width)) if width is not None else 0.0
    paint: dict[str, object] = {
        "edgecolors": colour(edge, opacity) if edge != "none" and (width or symbol.endswith("-open")) else "none",
        "linewidths": sheet.line(width),
    }
    if isinstance(fill, str):
        if symbol.endswith("-open"):
            return paint | {"edgecolors": colour(fill, opacity), "facecolors": "none"}
        return paint | {"facecolors": colour(fill, opacity)}
    values = np.asarray(fill)[among]
    if values.dtype.kind in "fiu" and (known := sheet.colours.get(marker.get("coloraxis") or "own")):
        from matplotlib.cm import ScalarMappable

        paint["facecolors"] = ScalarMappable(norm=known[1], cmap=known[0]).to_rgba(values.astype(float), alpha=opacity)
    else:
        paint["facecolors"] = [colour(value, opacity) for value in values]
    if symbol.endswith("-open"):
        paint |= {"edgecolors": paint["facecolors"], "facecolors": "none"}
    return paint


def _errors(sheet: Sheet, axes: Axes, error: Mapping[str, Any] | None, direction: str, at: _Points) -> None:
    if not error or error.get("visible") is False or error.get("array") is None:
        return
    x, y, order = at
    upper = np.array([np.nan if value is None else value for value in error["array"]], dtype=float)
    lower = error.get("arrayminus")
    lower = upper if lower is None else np.array([np.nan if value is None else value for value in lower], dtype=float)
    axes.errorbar(
        x,
        y,
        **{f"{direction}err": np.nan_to_num(np.vstack([lower, upper]))},
        fmt="none",
        ecolor=colour(error.get("color", sheet.ink)),
        elinewidth=sheet.line(error.get("thickness", 2)),
        capsize=sheet.scale * error.get("width", 4) / 2,
        zorder=order,
    )


def _bars(sheet: Sheet, axes: Axes, trace: Mapping[str, Any], at: _Points) -> object:
    x, y, order = at
    marker = trace.get("marker") or {}
    fill, width = marker.get("color", sheet.ink), trace.get("width")
    paint = colour(fill) if isinstance(fill, str) else [colour(value) for value in fill]
    base = trace.get("base")
    if width is None:
        width = 0.8 if x.dtype.kind in "US" or len(x) < 2 else float(np.min(np.diff(np.sort(x))))
    along = {"height": width} if trace.get("orientation") == "h" else {"width": width}
    draw = axes.barh if "height" in along else axes.bar
    place, length = (y, x) if "height" in along else (x, y)
    start = {} if base is None else {"left" if "height" in along else "bottom": base}
    return draw(place, length, color=paint, alpha=trace.get("opacity"), linewidth=0, zorder=order, **along, **start)


def draw_shape(sheet: Sheet, shape: Mapping[str, Any]) -> None:
    """A straight line or a rectangle."""
    axes = sheet.axes[(_axis(shape.get("xref", "x"), "x"), _axis(shape.get("yref", "y"), "y"))]
    transform = _transform(axes, shape.get("xref", "x"), shape.get("yref", "y"))
    line = shape.get("line") or {}
    look = {"lw": sheet.line(line.get("width", 1)), "transform": transform, "zorder": 0.5}
    x, y = (shape["x0"], shape["x1"]), (shape["y0"], shape["y1"])
    if shape.get("type") == "line":
        dash = _DASHES.get(line.get("dash", "solid"), "--")
        axes.plot(x, y, color=colour(line.get("color", sheet.ink)), ls=dash, scalex=False, scaley=False, **look)
    else:
        from matplotlib.patches import Rectangle

        fill = colour(shape.get("fillcolor", "rgba(0,0,0,0)"), shape.get("opacity") or 1.0)
        look["lw"] = look["lw"] if line.get("width") else 0
        axes.add_patch(Rectangle((x[0], y[0]), x[1] - x[0], y[1] - y[0], facecolor=fill, edgecolor="none", **look))


def draw_label(sheet: Sheet, label: Mapping[str, Any], page: object) -> None:
    """An annotation, with its arrow where it has one.

    Args:
        sheet: to be drawn on.
        label: of the figure.
        page: the figure of Matplotlib, for what refers to the paper as a whole.
    """
    text = lettering(label.get("text"))
    if not text:
        return
    axes_of = (_axis(label.get("xref", "x"), "x"), _axis(label.get("yref", "y"), "y"))
    axes = sheet.axes.get(axes_of) or next(iter(sheet.axes.values()))
    transform = _transform(axes, label.get("xref", "x"), label.get("yref", "y"))
    x, y = label.get("x", 0.5), label.get("y", 0.5)
    x = 10.0**x if axes.get_xscale() == "log" and label.get("xref", "x") == axes_of[0] else x
    y = 10.0**y if axes.get_yscale() == "log" and label.get("yref", "y") == axes_of[1] else y
    shift = [sheet.scale * label.get("xshift", 0), sheet.scale * label.get("yshift", 0)]
    if shift[1]:  # names at several heights: a line of print apart
        shift[1] = np.sign(shift[1]) * max(abs(shift[1]), 1.25 * sheet.type_size)
    look: dict[str, Any] = {
        "size": sheet.type_size,
        "color": colour((label.get("font") or {}).get("color", sheet.ink)),
        "ha": {"left": "left", "right": "right"}.get(label.get("xanchor"), "center"),
        "va": {"top": "top", "bottom": "bottom"}.get(label.get("yanchor"), "center"),
        "zorder": 50,
        "annotation_clip": False,
        "rotation": -label.get("textangle", 0),
    }
    if label.get("bgcolor"):
        border = label.get("bordercolor")
        look["bbox"] = {
            "facecolor": colour(label["bgcolor"]), "edgecolor": colour(border) if border else "none",
            "lw": 0.5, "pad": 1.5,
        }  # fmt: skip
    if label.get("showarrow") is False:
        axes.annotate(text, (x, y), xytext=shift, xycoords=transform, textcoords="offset points", **look)
        return
    away = [1.3 * sheet.scale * label.get("ax", -20), -1.3 * sheet.scale * label.get("ay", -20)]
    arrow = {"arrowstyle": "-", "lw": 0.6, "color": colour(label.get("arrowcolor", sheet.ink)), "shrinkB": 3}
    axes.annotate(text, (x, y), xytext=away, xycoords=transform, textcoords="offset points", arrowprops=arrow, **look)


def draw_picture(sheet: Sheet, image: Mapping[str, Any]) -> None:
    """A picture below the traces, as of the models on a map."""
    from PIL import Image

    axes = sheet.axes[(image.get("xref", "x"), image.get("yref", "y"))]
    data = base64.b64decode(image["source"].partition(",")[2])
    with Image.open(io.BytesIO(data)) as picture:
        pixels = np.asarray(picture.convert("RGBA"))
    left, top = image["x"], image["y"]
    extent = (left, left + image["sizex"], top - image["sizey"], top)
    limits = axes.get_xlim(), axes.get_ylim()
    axes.imshow(pixels, extent=extent, aspect="auto", zorder=0, interpolation="antialiased")
    axes.set(xlim=limits[0], ylim=limits[1])


def _axis(reference: str, letter: str) -> str:
    """The axis that a reference as ``x2 domain`` is about; the first for ``paper``."""
    return letter if reference == "paper" else reference.partition(" ")[0]


def _transform(axes: Axes, xref: str, yref: str) -> object:
    """From the coordinates that references name to the figure."""
    from matplotlib.transforms import blended_transform_factory

    parts = []
    for reference in (xref, yref):
        inside = reference.endswith("domain") or reference == "paper"
        parts.append(axes.transAxes if inside else axes.transData)
    return blended_transform_factory(*parts)

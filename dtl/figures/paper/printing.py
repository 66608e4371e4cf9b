"""A figure as a file for print, as wide as a column of a journal: axes, legend and colour bar, nothing clipped."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from html import unescape
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from dtl.figures.palette import palette, translate
from dtl.figures.paper.drawing import Sheet, draw_label, draw_picture, draw_shape, draw_trace
from dtl.figures.paper.frames import colour_maps, place_frames, set_frame
from dtl.figures.paper.lettering import lettering

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FORMATS", "WIDTHS", "matplotlib_figure", "print_figure"]

#: Widths of one and of two columns of A&A, mm.
WIDTHS = (88, 180)
#: Ending of the file -> type of its content.
FORMATS = {"pdf": "application/pdf", "svg": "image/svg+xml"}
_INCH = 25.4
#: Pixels that a figure of a page is wide, usually, and its least and largest height relative to the width.
_PAGE = 820.0
_LOW, _HIGH = 0.6, 1.05
#: Size of the letters, points: no journal wants less than 6.
_TYPE = {88: 7.0, 180: 8.0}
_PAD = 2.0


def print_figure(figure: go.Figure, *, width: int = 88, kind: str = "pdf", title: str = "") -> bytes:
    """A figure as PDF or SVG, in the light theme and without the marks of a selection.

    Args:
        figure: as a page shows it, light or dark.
        width: mm, one of `WIDTHS`.
        kind: ``pdf`` (fonts embedded) or ``svg`` (text as text).
        title: for the metadata of the file.

    Raises:
        ValueError: for another width or kind.
    """
    if width not in WIDTHS or kind not in FORMATS:
        raise ValueError(f"A figure is printed {' or '.join(map(str, WIDTHS))} mm wide, as {' or '.join(FORMATS)}.")
    import matplotlib

    look = {"pdf.fonttype": 42, "svg.fonttype": "none", "svg.hashsalt": "dtl", "font.family": "DejaVu Sans"}
    with matplotlib.rc_context(look | {"mathtext.fontset": "dejavusans", "axes.unicode_minus": True}):
        page, out = matplotlib_figure(figure, width), io.BytesIO()
        facts = {"Title": title or "figure", "Date" if kind == "svg" else "CreationDate": None}
        page.savefig(out, format=kind, metadata=facts)
    return out.getvalue()


def matplotlib_figure(figure: go.Figure, width: int = 88) -> Figure:
    """The same as a figure of Matplotlib, so wide in mm."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Page

    plain = translate(_decoded(figure.to_plotly_json()))
    layout = plain["layout"]
    pairs = _pairs(plain)
    inches = width / _INCH
    aspect = 1.0 if len(pairs) > 4 else float(np.clip((layout.get("height") or 500) / _PAGE, _LOW, _HIGH))
    page = Page(figsize=(inches, aspect * inches))
    FigureCanvasAgg(page)
    ink = palette(False).text
    scale = 72.0 * inches / _PAGE
    axes = {pair: page.add_axes((0.1, 0.1, 0.8, 0.8), label="".join(pair)) for pair in pairs}
    sheet = Sheet(axes, scale, _TYPE[width], ink, colour_maps(plain))
    for pair, frame in axes.items():
        set_frame(sheet, frame, _settings(layout, pair[0]), _settings(layout, pair[1]))
    for image in layout.get("images") or ():
        draw_picture(sheet, image)
    entries = _draw_traces(sheet, plain)
    for shape in layout.get("shapes") or ():
        draw_shape(sheet, shape)
    for pair, frame in axes.items():
        set_frame(sheet, frame, _settings(layout, pair[0]), _settings(layout, pair[1]), drawn=True)
    for label in layout.get("annotations") or ():
        draw_label(sheet, label, page)
    place_frames(page, sheet, layout, entries, _PAD)
    return page


def _draw_traces(sheet: Sheet, plain: Mapping[str, Any]) -> dict[str, object]:
    """All traces; name in the legend -> what stands for it."""
    entries: dict[str, object] = {}
    shown = plain["layout"].get("showlegend")
    for number, trace in enumerate(plain["data"]):
        drawn = draw_trace(sheet, trace, 2 + number)
        name = lettering(unescape(re.sub(r"<br>.*", "", trace.get("name") or "")))
        if drawn is not None and name and shown is not False and trace.get("showlegend") is not False:
            entries.setdefault(name, drawn)
    return entries if len(entries) > 1 or shown else {}


def _decoded(value: object) -> object:
    """A part of a figure with its arrays as such, which Plotly may hold as base64."""
    if isinstance(value, Mapping):
        if "bdata" in value:
            array = np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"])
            shape = value.get("shape")
            return array if shape is None else array.reshape([int(size) for size in str(shape).split(",")])
        return {key: _decoded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_decoded(part) for part in value]
    return value


def _pairs(plain: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The pairs of axes that something is on, as ``("x", "y2")``."""
    on = [(trace.get("xaxis") or "x", trace.get("yaxis") or "y") for trace in plain["data"]]
    return list(dict.fromkeys(on)) or [("x", "y")]


def _settings(layout: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return layout.get(f"{name[0]}axis{name[1:]}") or {}

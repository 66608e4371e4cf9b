"""The model spectra of a map as a picture: thousands of dots that cost the browser one image to draw."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image, ImageDraw

from dtl.figures.palette import palette

__all__ = ["SIZE", "background", "map_box", "map_picture"]

#: Width and height, pixels: more than twice those on the screen, so that dots stay round under a moderate zoom.
SIZE = (1300, 1000)
_MARGIN = 0.06
_RADIUS = 4.6
_SHADES = 96
_BRIGHT, _DIM = 225, 34


def map_box(places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper corner of the map of nodes ``(m, 2)``, shape ``(2,)`` each; it depends on them alone."""
    low, high = places.min(axis=0).astype(float), places.max(axis=0).astype(float)
    margin = _MARGIN * np.maximum(high - low, 1e-9)
    return low - margin, high + margin


def background(picture: str, low: np.ndarray, high: np.ndarray) -> dict[str, object]:
    """A picture as an image of a figure, from its lower to its upper corner, shape ``(2,)`` each."""
    return {
        "source": picture,
        "xref": "x",
        "yref": "y",
        "x": float(low[0]),
        "y": float(high[1]),
        "sizex": float(high[0] - low[0]),
        "sizey": float(high[1] - low[1]),
        "xanchor": "left",
        "yanchor": "top",
        "sizing": "stretch",
        "layer": "below",
    }


def map_picture(
    places: np.ndarray,
    values: np.ndarray | None = None,
    *,
    limits: tuple[float, float] | None = None,
    chosen: np.ndarray | None = None,
    dark: bool = False,
) -> str:
    """The nodes on a map as a WebP picture, without loss, that fills `map_box`.

    Args:
        places: of the nodes; shape ``(m, 2)``.
        values: that give the colour; shape ``(m,)``. Grey dots where None.
        limits: values at the ends of the colour scale; those of ``values`` where None.
        chosen: indices of the nodes that stay bright while the others fade; all stay bright where None.
        dark: for a dark page.

    Returns:
        A ``data:`` address.
    """
    colours = palette(dark)
    low, high = map_box(places)
    corner = np.array(SIZE) * (places - low) / (high - low)
    corner[:, 1] = SIZE[1] - corner[:, 1]
    if values is None:
        shades, ramp = np.zeros(len(places), dtype=int), [colours.muted] * 2
    else:
        first, last = limits or (float(values.min()), float(values.max()))
        fraction = np.clip((values - first) / max(last - first, 1e-12), 0.0, 1.0)
        shades, ramp = np.rint(fraction * (_SHADES - 1)).astype(int), colours.scale
    entries = _ramp(ramp)
    bright = np.ones(len(places), dtype=bool)
    if chosen is not None:
        bright[:] = False
        bright[chosen] = True
    picture = Image.new("P", SIZE, 0)
    picture.putpalette(bytes(3) + entries.tobytes() * 2)
    draw = ImageDraw.Draw(picture)
    colour = 1 + shades + np.where(bright, 0, _SHADES)
    for i in np.argsort(bright, kind="stable"):  # bright dots above faded ones
        x, y = corner[i]
        draw.ellipse((x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS), fill=int(colour[i]))
    file = io.BytesIO()
    opacity = bytes([0]) + bytes([_BRIGHT] * _SHADES) + bytes([_DIM] * _SHADES)
    picture.info["transparency"] = opacity
    picture.convert("RGBA").save(file, "WEBP", lossless=True, quality=25, method=1)  # a PNG is half as large again
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()


def _ramp(scale: list[str] | tuple[str, ...]) -> np.ndarray:
    """Colours of a scale of ``#rrggbb``, evenly spaced; shape ``(_SHADES, 3)``, bytes."""
    known = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in scale])
    at = np.linspace(0, len(known) - 1, _SHADES)
    channels = [np.interp(at, np.arange(len(known)), channel) for channel in known.T]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)

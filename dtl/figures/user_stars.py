"""The user's stars in a diagram: diamonds with error bars and names, hollow and crossed where in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from dtl.figures.marks import EQUAL, Look, diameters
from dtl.figures.palette import Palette
from dtl.figures.plotted_star import PlottedStar
from dtl.figures.published_stars import add_legend_entry
from dtl.figures.style import annotate, scatter
from dtl.quantities import QUANTITIES
from dtl.result import Estimate
from dtl.rounding import estimate_words, format_number, format_with_error, shortened

__all__ = ["MAX_LABELS", "SMALLEST", "add_ring", "add_users", "in_one_place", "label_users"]

#: Above this number of stars of the user none is labelled; the pointer still names them.
MAX_LABELS = 12
#: Pixels that a diamond has at least.
SMALLEST = 14.0
#: A diamond of this width has the area of a circle of width 1.
_DIAMOND = np.sqrt(np.pi / 2)
_LONGEST = 20
#: Pixels by which a label is moved to be clear of another, and those of the height of the plot.
_STEP, _HEIGHT = 24.0, 436.0
#: Pixels from a star to its label above it, or below it where that would stand outside the plot.
_ABOVE, _BELOW = 18.0, -26.0
#: Half of the height of a label of one line, and what each further line adds, pixels.
_HALF, _LINE = 13.0, 9.0
_CLEAR = "rgba(0,0,0,0)"
#: Parts of the axes that a marker covers about its middle.
_COVERED = (0.01, 0.016)


def add_users(
    figure: go.Figure,
    stars: Sequence[PlottedStar],
    vertical: Sequence[float],
    errors: np.ndarray,
    *,
    look: Look,
    colours: Palette,
) -> None:
    """Draw the user's stars.

    Args:
        figure: to draw into.
        stars: what to draw.
        vertical: place of each on the vertical axis; shape ``(n,)``.
        errors: upward and downward 1-sigma distances on that axis; shape ``(2, n)``.
        look: what colours and sizes stand for.
        colours: of the page.
    """
    flagged = np.array([star.doubtful for star in stars], bool)
    for chosen, name in ((~flagged, "your star"), (flagged, "your star, in doubt")):
        if not chosen.any():
            continue
        part = [star for star, wanted in zip(stars, chosen, strict=True) if wanted]
        values = np.array([star.quantity("vsini" if look.size == EQUAL else look.size) for star in part])
        size = np.fmax(diameters(look.size, values) * _DIAMOND, SMALLEST)  # also where the value is withheld
        marker: dict[str, object] = {"symbol": "diamond", "line": {"color": colours.star, "width": 3}}
        key = marker | {"size": 12, "color": _CLEAR}
        if name.endswith("doubt"):
            key = {"symbol": "diamond-x-open", "size": 12, "color": colours.star, "line": {"width": 2}}
            marker = dict(key)
        elif np.isfinite(shade := QUANTITIES[look.colour].scaled([s.quantity(look.colour) for s in part])).any():
            marker |= {"color": shade, "coloraxis": "coloraxis"}
        else:
            marker["color"] = _CLEAR
        bars = {"type": "data", "color": colours.star, "thickness": 1.8, "width": 4}
        figure.add_trace(
            scatter(
                x=[star.teff for star in part],
                y=np.asarray(vertical, float)[chosen],
                error_x=bars | {"array": [s.teff_upper for s in part], "arrayminus": [s.teff_lower for s in part]},
                error_y=bars | {"array": errors[0, chosen], "arrayminus": errors[1, chosen]},
                mode="markers",
                marker=marker | {"size": size},
                unselected={"marker": {"opacity": 1.0}},
                name=name,
                customdata=[star.key for star in part],
                text=[_words(star) for star in part],
                hovertemplate="%{text}<extra></extra>",
                showlegend=False,
                meta="users",
            )
        )
        add_legend_entry(figure, name, key)


def _words(star: PlottedStar) -> str:
    """What the pointer shows of a user's star: numbers, then every doubt as a sentence."""
    lines = [
        f"<b>{escape(star.label)}</b>{' (simulated observation)' if star.simulated else ''}",
        f"Teff {estimate_words('teff', Estimate(star.teff, star.teff_lower, star.teff_upper))}",
        f"log g {estimate_words('logg', Estimate(star.logg, star.logg_lower, star.logg_upper))}",
        f"[M/H] {_given(star.mh, format_number(star.mh, 2))}, v sin i {_rotation(star)}",
    ]
    if star.luminosity is not None:
        source = f" ({escape(star.luminosity_source)})" if star.luminosity_source else ""
        lines.append(f"L {format_with_error(star.luminosity, star.luminosity_error)} L☉{source}")
    for sentence in star.doubts:
        words = sentence.split()
        half = len(words) // 2 if len(words) > 9 else len(words)
        lines += [f"<i>{escape(' '.join(part))}</i>" for part in (words[:half], words[half:]) if part]
    return "<br>".join(lines)


def _given(value: float, text: str) -> str:
    """The text of a value, or that it is withheld."""
    return text if np.isfinite(value) else "withheld"


def _rotation(star: PlottedStar) -> str:
    limited = star.vsini_limit is not None
    return _given(star.vsini, f"&lt; {star.vsini_limit:.1f} km/s" if limited else f"{star.vsini:.1f} km/s")


def in_one_place(figure: go.Figure, key: str) -> list[str]:
    """Keys of the user's stars of a diagram that stand where the star ``key`` does, with it, as they were drawn.

    A click reaches the one on top of them alone.
    """
    places: dict[str, np.ndarray] = {}
    axes = (figure.layout.xaxis, figure.layout.yaxis)
    for trace in figure.data:
        if trace.meta == "users":
            at = [np.log10(v) if axis.type == "log" else v for axis, v in zip(axes, (trace.x, trace.y), strict=True)]
            places |= dict(zip(trace.customdata, np.column_stack(at), strict=True))
    if key not in places:
        return []
    most = np.abs([axis.range[1] - axis.range[0] for axis in axes]) * _COVERED
    return [other for other, place in places.items() if (np.abs(place - places[key]) <= most).all()]


def add_ring(figure: go.Figure, x: float, y: float, colours: Palette) -> None:
    """Ring the star that is chosen, at ``x``, ``y`` in the units of the data."""
    marker = {"symbol": "circle-open", "size": 34, "color": colours.star, "line": {"width": 2.5}}
    ring = scatter(x=[x], y=[y], mode="markers", marker=marker, meta="chosen", showlegend=False, hoverinfo="skip")
    figure.add_trace(ring)


def label_users(figure: go.Figure, stars: Sequence[PlottedStar], places: np.ndarray, colours: Palette) -> None:
    """Write the names of the user's stars beside them, moved apart where they would cover each other.

    Args:
        figure: to draw into.
        stars: what to name; none is named where there are more than `MAX_LABELS`.
        places: on the axes as annotations want them (logarithm on logarithmic ones) and as fractions of the plot;
            shape ``(n, 4)``.
        colours: of the page.
    """
    if len(stars) > MAX_LABELS:
        return
    placed = [pair for pair in zip(stars, places, strict=True) if np.isfinite(pair[1]).all()]  # not what is withheld
    labels: list[dict[str, object]] = []
    taken: list[tuple[float, float, float]] = []
    for star, (x, y, across, up) in sorted(placed, key=lambda pair: -pair[1][3]):
        name = shortened(star.label, _LONGEST)
        text = escape(name) + (" ?" if star.doubtful else "") + ("<br>simulated" if star.simulated else "")
        left, width = across > 0.6, 0.03 + 0.009 * len(name)
        near = across + (-1 if left else 1) * (0.03 + width / 2)
        lines = text.count("<br>")
        inside = _rises(up, _HALF + _LINE * lines)
        rise = next(
            (
                r
                for r in inside
                if not any(_covers(near - a, up + r / _HEIGHT - b, (width + w) / 2) for a, b, w in taken)
            ),
            inside[-1],
        )
        taken.append((near, up + rise / _HEIGHT, width))
        label = {
            "x": x,
            "y": y,
            "text": text,
            "align": "left",
            "ax": -26 if left else 26,
            "ay": -rise,
            "xanchor": "right" if left else "left",
            "showarrow": True,
            "arrowhead": 0,
            "arrowwidth": 1.2,
            "arrowcolor": colours.star,
            "standoff": 9,
            "font": {"size": 13, "color": colours.text},
            "bgcolor": colours.ground,
            "bordercolor": colours.star,
            "borderwidth": 1,
            "borderpad": 3,
        }
        labels.append(label)
    annotate(figure, labels)


def _rises(up: float, half: float) -> list[float]:
    """Pixels by which a label may stand above its star and remain in the plot, the nearest first.

    Args:
        up: place of the star as a fraction of the height of the plot.
        half: of the height of the label, pixels.
    """
    start = _ABOVE if up * _HEIGHT + _ABOVE + half <= _HEIGHT else _BELOW
    every = [start + _STEP * step for step in sorted(range(-16, 17), key=lambda step: (abs(step), -step))]
    return [rise for rise in every if half <= up * _HEIGHT + rise <= _HEIGHT - half] or [start]


def _covers(across: float, up: float, width: float) -> bool:
    """Whether labels so far apart, as fractions of the plot, cover each other."""
    return abs(across) < width and abs(up) < 1.6 * _STEP / _HEIGHT

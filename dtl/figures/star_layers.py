"""What is drawn in every diagram of stars: the published ones, the user's, and the key of sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dtl.figures.palette import Palette
from dtl.figures.style import METALLICITY, METALLICITY_SCALES, diameter
from dtl.flags import explain
from dtl.result import InferenceResult

__all__ = ["HARMLESS", "KEY", "MOST_LABELS", "PlottedStar", "add_published", "add_size_key", "add_users", "label_users"]

#: v sin i of the markers in the key, km/s.
KEY = (2.0, 10.0, 30.0)
#: Above this number of stars of the user none is labelled; the pointer still names them.
MOST_LABELS = 12
#: Flags that leave the place of a star in the diagrams as it is.
HARMLESS = frozenset({"upper_limit_vsini", "uncertainty_estimated", "resolution_unknown"})
_LONGEST = 20
#: By how much of the height of the plot a label is moved to be clear of another.
_STEP = 0.055
_POPULATIONS = {"D": "thin disc", "YD": "young disc", "TD": "thick disc", "TD-D": "transition of thick and thin disc"}


@dataclass(frozen=True)
class PlottedStar:
    """A star of the user as a diagram needs it.

    Attributes:
        label: what is written beside it.
        teff, teff_lower, teff_upper: effective temperature and its 1-sigma distances, K.
        logg, logg_lower, logg_upper: surface gravity log g and its 1-sigma distances, dex.
        mh: metallicity, dex.
        vsini: projected rotational velocity, km/s.
        luminosity: solar luminosities, None where unknown.
        flags: doubts in the words of `dtl.flags`.
        simulated: True for a simulated observation.
        luminosity_error: 1 sigma, solar luminosities, 0 where unknown.
    """

    label: str
    teff: float
    teff_lower: float
    teff_upper: float
    logg: float
    logg_lower: float
    logg_upper: float
    mh: float
    vsini: float
    luminosity: float | None = None
    flags: tuple[str, ...] = ()
    simulated: bool = False
    luminosity_error: float = 0.0

    @property
    def doubtful(self) -> bool:
        """Whether a flag puts its place in the diagrams in doubt."""
        return bool(set(self.flags) - HARMLESS)

    @classmethod
    def from_result(
        cls, result: InferenceResult, luminosity: float | None = None, luminosity_error: float = 0.0
    ) -> PlottedStar:
        """The star of a result, with a luminosity in solar luminosities from elsewhere."""
        spectrum, teff, logg = result.prepared.spectrum, result.estimates["teff"], result.estimates["logg"]
        return cls(
            spectrum.star or spectrum.file,
            *(teff.value, teff.lower, teff.upper),
            *(logg.value, logg.lower, logg.upper),
            result.estimates["mh"].value,
            result.estimates["vsini"].value,
            luminosity,
            tuple(result.flags),
            spectrum.simulated,
            luminosity_error,
        )


def add_published(
    figure: go.Figure, stars: pd.DataFrame, vertical: str, *, active: str, scale: str, colours: Palette
) -> None:
    """Draw published stars, column ``vertical`` against teff, outlines of thick disc and subdwarfs above them.

    Args:
        figure: to draw into.
        stars: rows of `dtl.catalogue.stars`.
        vertical: column of the vertical axis.
        active: column whose true values make a triangle.
        scale: name of a scale of `METALLICITY_SCALES`.
        colours: of the page.
    """
    triangle = stars[active].fillna(False).to_numpy(bool)
    for chosen, symbol, name in ((~triangle, "circle", "published star"), (triangle, "triangle-up", "Hα active")):
        part = stars[chosen].sort_values("vsini", ascending=False)
        marker = {
            "symbol": symbol,
            "size": diameter(part["vsini"].to_numpy()),
            "color": part["mh"],
            "coloraxis": "coloraxis",
            "opacity": 0.9,
            "line": {"color": colours.text, "width": 0.8},
        }
        trace = go.Scatter(x=part["teff"], y=part[vertical], mode="markers", marker=marker, name=name, meta="published")
        trace.update(customdata=part["karmn"], text=[_words(star, active) for _, star in part.iterrows()])
        figure.add_trace(trace.update(hovertemplate="%{text}<extra></extra>", showlegend=False))
        _legend_entry(figure, name, {"symbol": symbol, "size": 11, "color": colours.muted})
    outlines = (
        ("thick_disc", "star-open", 18, "thick disc"),
        ("subdwarf_like", "square-open", 22, "akin to subdwarfs"),
    )
    for column, symbol, size, name in outlines:
        part = stars[stars[column].to_numpy(bool)]
        marker = {"symbol": symbol, "size": size, "color": colours.text, "line": {"width": 1.6}}
        trace = go.Scatter(x=part["teff"], y=part[vertical], mode="markers", marker=marker, name=name, meta="outline")
        figure.add_trace(trace.update(hoverinfo="skip", showlegend=False))
        _legend_entry(figure, name, marker | {"size": 14})
    figure.update_layout(coloraxis=_colour_axis(scale))


def _words(star: pd.Series, active: str) -> str:
    """What the pointer shows of a published star."""
    triangle = star[active]
    activity = "Hα not measured" if pd.isna(triangle) else "Hα active" if triangle else "not Hα active"
    lines = [
        f"<b>{escape(star['name'])}</b> ({star['karmn']})",
        f"Teff {star['teff']:.0f} K, log g {star['logg']:.2f}",
        f"[M/H] {star['mh']:+.2f}, v sin i {star['vsini']:.1f} km/s",
        f"{_POPULATIONS.get(star['population'], 'population unknown')}, {activity}",
    ]
    if np.isfinite(star["luminosity"]):
        lines.insert(3, f"L {star['luminosity']:.3g} L☉ {star['luminosity_note']}".strip())
    return "<br>".join(lines)


def _legend_entry(figure: go.Figure, name: str, marker: dict[str, object]) -> None:
    """An entry of the legend of its own size and colour, since those of the data vary."""
    figure.add_trace(go.Scatter(x=[None], y=[None], mode="markers", marker=marker, name=name, meta="legend"))


def _colour_axis(scale: str) -> dict[str, object]:
    ticks = np.arange(-5, 3) / 10
    return {
        "colorscale": METALLICITY_SCALES[scale],
        "cmin": METALLICITY[0],
        "cmax": METALLICITY[1],
        "colorbar": {
            "orientation": "h",
            "title": {"text": "Metallicity [M/H] [dex]", "side": "top", "font": {"size": 13}},
            "x": 0.5,
            "yref": "container",
            "y": 1,
            "yanchor": "top",
            "ypad": 0,
            "len": 0.9,
            "thickness": 10,
            "tickvals": ticks,
            "ticktext": [f"{value:+.1f}".replace("-", "−").replace("+0.0", "0") for value in ticks],
            "tickfont": {"size": 12},
            "outlinewidth": 0,
        },
    }


def add_users(
    figure: go.Figure, stars: Sequence[PlottedStar], vertical: Sequence[float], errors: np.ndarray, colours: Palette
) -> None:
    """Draw the user's stars: diamonds with a strong outline and error bars, hollow and crossed where in doubt.

    Args:
        figure: to draw into.
        stars: what to draw.
        vertical: place of each on the vertical axis; shape ``(n,)``.
        errors: upward and downward 1-sigma distances on that axis; shape ``(2, n)``.
        colours: of the page.
    """
    flagged = np.array([star.doubtful for star in stars], bool)
    for chosen, name in ((~flagged, "your star"), (flagged, "your star, in doubt")):
        if not chosen.any():
            continue
        part = [star for star, wanted in zip(stars, chosen, strict=True) if wanted]
        marker: dict[str, object] = {"symbol": "diamond", "size": 16, "line": {"color": colours.star, "width": 3}}
        key = marker | {"size": 12, "color": "rgba(0,0,0,0)"}
        if name.endswith("doubt"):
            key = {"symbol": "diamond-x-open", "size": 12, "color": colours.star, "line": {"width": 2}}
            marker = key | {"size": 17}
        else:
            marker |= {"color": [star.mh for star in part], "coloraxis": "coloraxis"}
        bars = {"type": "data", "color": colours.star, "thickness": 1.8, "width": 4}
        figure.add_trace(
            go.Scatter(
                x=[star.teff for star in part],
                y=np.asarray(vertical, float)[chosen],
                error_x=bars | {"array": [s.teff_upper for s in part], "arrayminus": [s.teff_lower for s in part]},
                error_y=bars | {"array": errors[0, chosen], "arrayminus": errors[1, chosen]},
                mode="markers",
                marker=marker,
                name=name,
                text=[_user_words(star) for star in part],
                hovertemplate="%{text}<extra></extra>",
                showlegend=False,
                meta="users",
            )
        )
        _legend_entry(figure, name, key)


def _user_words(star: PlottedStar) -> str:
    """What the pointer shows of a user's star: numbers, then every doubt as a sentence."""
    lines = [
        f"<b>{escape(star.label)}</b>{' (simulated observation)' if star.simulated else ''}",
        f"Teff {star.teff:.0f} −{star.teff_lower:.0f} +{star.teff_upper:.0f} K",
        f"log g {star.logg:.2f} −{star.logg_lower:.2f} +{star.logg_upper:.2f}",
        f"[M/H] {star.mh:+.2f}, v sin i {star.vsini:.1f} km/s",
    ]
    if star.luminosity is not None:
        lines.append(f"L {star.luminosity:.3g} L☉")
    for flag in star.flags:
        words = explain(flag).split()
        half = len(words) // 2 if len(words) > 9 else len(words)
        lines += [f"<i>{escape(' '.join(part))}</i>" for part in (words[:half], words[half:]) if part]
    return "<br>".join(lines)


def label_users(figure: go.Figure, stars: Sequence[PlottedStar], places: np.ndarray, colours: Palette) -> None:
    """Write the names of the user's stars beside them, moved apart where they would cover each other.

    Args:
        figure: to draw into.
        stars: what to name; none is named where there are more than `MOST_LABELS`.
        places: on the axes as annotations want them (logarithm on logarithmic ones) and as fractions of the plot;
            shape ``(n, 4)``.
        colours: of the page.
    """
    if len(stars) > MOST_LABELS:
        return
    taken: list[tuple[float, float, float]] = []
    for star, (x, y, across, up) in sorted(zip(stars, places, strict=True), key=lambda pair: -pair[1][3]):
        name = star.label if len(star.label) <= _LONGEST else star.label[: _LONGEST - 1] + "…"
        text = escape(name) + (" ?" if star.doubtful else "") + ("<br>simulated" if star.simulated else "")
        left, width = across > 0.6, 0.03 + 0.009 * len(name)
        near = across + (-1 if left else 1) * (0.03 + width / 2)
        steps = (0, 1, -1, 2, -2, 3, -3)
        free = (
            s for s in steps if not any(_covers(near - a, up + _STEP * s - b, (width + w) / 2) for a, b, w in taken)
        )
        step = next(free, 4)
        taken.append((near, up + _STEP * step, width))
        figure.add_annotation(
            x=x,
            y=y,
            text=text,
            align="left",
            ax=-26 if left else 26,
            ay=-24 * step - 18,
            xanchor="right" if left else "left",
            showarrow=True,
            arrowhead=0,
            arrowwidth=1.2,
            arrowcolor=colours.star,
            standoff=9,
            font={"size": 13, "color": colours.text},
            bgcolor=colours.ground,
            bordercolor=colours.star,
            borderwidth=1,
            borderpad=3,
        )


def _covers(across: float, up: float, width: float) -> bool:
    """Whether labels so far apart, as fractions of the plot, cover each other."""
    return abs(across) < width and abs(up) < 1.6 * _STEP


def add_size_key(figure: go.Figure, colours: Palette) -> None:
    """Three circles in the lower left corner that tell v sin i by their area."""
    place = [0.7, 2.0, 3.8]
    marker = {"size": diameter(np.array(KEY)), "color": "rgba(0,0,0,0)", "line": {"color": colours.text, "width": 1.2}}
    common = {"x": place, "xaxis": "x2", "yaxis": "y2", "hoverinfo": "skip", "showlegend": False, "meta": "key"}
    figure.add_trace(go.Scatter(y=[1.15] * 3, mode="markers", marker=marker, **common))
    texts = [f"{value:.0f}" for value in KEY]
    figure.add_trace(go.Scatter(y=[0.25] * 3, mode="text", text=texts, textfont={"size": 12}, **common))
    hidden = {"visible": False, "fixedrange": True}
    figure.update_layout(
        xaxis2=hidden | {"domain": [0.02, 0.02 + 0.3], "range": [0, 5], "anchor": "y2"},
        yaxis2=hidden | {"domain": [0.02, 0.16], "range": [0, 2.6], "anchor": "x2"},
    )
    figure.add_annotation(
        text="<i>v</i> sin <i>i</i> [km/s]", x=0.1, y=2.6, xref="x2", yref="y2", xanchor="left", yanchor="top",
        showarrow=False, font={"size": 12},
    )  # fmt: skip

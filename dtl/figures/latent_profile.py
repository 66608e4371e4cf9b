"""All latents of a star side by side, among those of the models."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from dtl.exploration.latent_profile import BANDS, LatentProfile
from dtl.figures.palette import palette
from dtl.figures.style import axis, lay_out, prepare, scatter
from dtl.rounding import format_number

__all__ = ["profile_figure"]


def profile_figure(
    profile: LatentProfile,
    order: np.ndarray,
    names: list[str],
    *,
    meanings: list[str] | None = None,
    dark: bool = False,
) -> go.Figure:
    """A dot for each latent over the range of the models.

    Args:
        profile: of spectra, one curve each.
        order: of the latents from left to right, as indices; shape ``(n_latent,)``.
        names: of the spectra; the first is emphasised.
        meanings: what each latent, by its index, goes with, for the pointer.
        dark: for a dark page.
    """
    colours = palette(dark)
    figure = go.Figure()
    prepare(figure, dark=dark, height=400)
    at = np.arange(len(order))
    for band, opacity in zip(BANDS, (0.55, 1.0), strict=True):
        lower, upper = profile.bands[band][:, order]
        edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        figure.add_trace(scatter(x=at, y=lower, showlegend=False, **edge))
        figure.add_trace(
            scatter(
                x=at, y=upper, fill="tonexty", fillcolor=colours.band, opacity=opacity, name=f"{band} % of the models",
                **edge,
            )
        )  # fmt: skip
    figure.add_trace(
        scatter(
            x=at, y=profile.median[order], mode="lines", name="Median of the models", hoverinfo="skip",
            line={"color": colours.muted, "width": 1.5},
        )
    )  # fmt: skip
    looks = (("circle", 9, colours.star), ("circle-open", 8, colours.text))
    for row, name in enumerate(names):
        symbol, size, colour = looks[min(row, 1)]
        notes = [
            f"Latent {i + 1}{': ' + meanings[i] if meanings else ''}<br>"
            f"above {format_number(profile.percentile[row, i], 0)} % of the models<br>"
            f"{'+' if profile.values[row, i] > 0 else ''}{format_number(profile.values[row, i], 2)}"
            for i in order
        ]
        figure.add_trace(
            scatter(
                x=at, y=profile.values[row, order].astype(np.float32), mode="markers", name=name, text=notes,
                hovertemplate="%{text}<extra></extra>",
                marker={"symbol": symbol, "size": size, "color": colour, "line": {"width": 1.6}},
            )
        )  # fmt: skip
    limit = 1.08 * max(float(np.abs(values).max()) for values in (profile.values, *profile.bands.values()))
    labels = {"tickvals": at, "ticktext": [str(i + 1) for i in order], "tickfont": {"size": 11}, "showgrid": False}
    lay_out(figure, xaxis=axis("Latent", -0.7, len(order) - 0.3, colours, **labels))
    lay_out(figure, yaxis=axis("Value [σ of the models]", -limit, limit, colours, zeroline=False))
    return figure.update_layout(margin={"t": 16, "b": 90}, legend_y=-0.22)

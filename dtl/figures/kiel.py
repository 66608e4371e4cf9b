"""The Kiel diagram: surface gravity against temperature, for stars whose luminosity is not known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dtl.figures.star_layers import PlottedStar, add_published, add_size_key, add_users, label_users
from dtl.figures.style import TEFF, axis, prepare, teff_axis, widened

__all__ = ["LOGG", "kiel_diagram"]

#: Range of the axis of log g, dex.
LOGG = (4.55, 5.25)


def kiel_diagram(
    published: pd.DataFrame,
    users: Sequence[PlottedStar] = (),
    *,
    isochrone: pd.DataFrame | None = None,
    active: str = "halpha_active",
    scale: str = "as published",
    dark: bool = False,
) -> go.Figure:
    """log g against temperature, hot left and low gravity up, with the markers of `dtl.figures.hr_diagram.hr_diagram`.

    Args:
        published: rows of `dtl.catalogue.stars`.
        users: the user's stars, drawn on top; the axes are widened where one lies beyond them.
        isochrone: rows of `dtl.catalogue.isochrone`, drawn as a line.
        active: column of ``published`` that makes a triangle.
        scale: name of a scale of `dtl.figures.style.METALLICITY_SCALES`.
        dark: for a dark page.
    """
    figure = go.Figure()
    colours = prepare(figure, dark=dark, height=660)
    if isochrone is not None:
        line = go.Scatter(
            x=isochrone["teff"], y=isochrone["logg"], mode="lines", name="models, 4 Gyr, solar", meta="model"
        )
        line.update(line={"color": colours.model, "width": 2}, text=[f"{mass:g} M☉" for mass in isochrone["mass"]])
        figure.add_trace(line.update(hovertemplate="Model of %{text}: %{x:.0f} K, log g %{y:.2f}<extra></extra>"))
    add_published(figure, published, "logg", active=active, scale=scale, colours=colours)
    teff, logg = np.array([star.teff for star in users], float), np.array([star.logg for star in users], float)
    errors = np.array([[star.logg_upper for star in users], [star.logg_lower for star in users]], float)
    add_users(figure, users, logg, errors, colours)
    low, high = widened(TEFF, teff, 40.0)
    figure.update_xaxes(teff_axis(low, high, colours))
    bottom, top = widened(LOGG, logg, 0.05)
    title = "Surface gravity log <i>g</i> [log cm s<sup>−2</sup>]"
    figure.update_yaxes(axis(title, bottom, top, colours, reverse=True, tickformat=".1f", dtick=0.1))
    across, up = (high - teff) / (high - low), (top - logg) / (top - bottom)
    label_users(figure, users, np.column_stack([teff, logg, across, up]), colours)
    add_size_key(figure, colours)
    return figure

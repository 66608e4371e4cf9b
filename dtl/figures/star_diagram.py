"""A diagram of stars: something against effective temperature, hot left, published stars and the user's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dtl.catalogue.published_stars import references, short_citation
from dtl.figures.marks import Look, add_size_key, colour_axis
from dtl.figures.palette import Palette
from dtl.figures.plotted_star import PlottedStar
from dtl.figures.published_stars import add_published
from dtl.figures.style import TEFF, axis, prepare, scatter, teff_axis, widened
from dtl.figures.user_stars import add_ring, add_users, label_users

__all__ = ["Ordinate", "star_diagram"]

_TICKS = (1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10, 100, 1000)
#: For axes of little more than a decade.
_FINE_TICKS = (1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
_DASHES = ("solid", "dash", "dot")


@dataclass(frozen=True)
class Ordinate:
    """The vertical axis of a diagram.

    Attributes:
        column: of the published stars and of the isochrones.
        title: with unit.
        low, high: range, in the units of the column.
        margin: between a star outside the range and the widened end of it, dex where ``logarithmic``.
        logarithmic: whether the axis is.
        downward: whether small values are up.
    """

    column: str
    title: str
    low: float
    high: float
    margin: float
    logarithmic: bool = False
    downward: bool = False

    def scaled(self, values: float | Sequence[float] | np.ndarray) -> np.ndarray:
        """Values as the axis counts them; any shape."""
        values = np.asarray(values, float)
        return np.log10(values) if self.logarithmic else values


def star_diagram(
    ordinate: Ordinate,
    published: pd.DataFrame,
    users: Sequence[PlottedStar],
    values: np.ndarray,
    errors: np.ndarray,
    *,
    look: Look,
    isochrones: pd.DataFrame | None = None,
) -> go.Figure:
    """Draw a diagram.

    Colour is [M/H] and area v sin i if ``look`` does not say otherwise, triangles are H-alpha active stars, open stars
    belong to the thick disc, open squares are four stars subdwarf-like, diamonds are the user's.

    Args:
        ordinate: the vertical axis.
        published: rows of `dtl.catalogue.published_stars.stars` with the column of ``ordinate``.
        users: the user's stars, drawn on top; where one lies beyond the axes, they are widened.
        values: of the user's stars on the vertical axis; shape ``(n,)``.
        errors: their upward and downward 1-sigma distances; shape ``(2, n)``.
        look: what shapes, colours and sizes stand for.
        isochrones: rows of `dtl.catalogue.published_stars.isochrones` with the column of ``ordinate``, a line for
            each set of models and age.
    """
    figure = go.Figure()
    colours = prepare(figure, dark=look.dark, height=660)
    if isochrones is not None and len(isochrones):
        _add_isochrones(figure, isochrones, ordinate.column, colours)
    add_published(figure, published, ordinate.column, look, colours)
    add_users(figure, users, values, errors, look=look, colours=colours)
    for star, value in zip(users, values, strict=True):
        if star.key and star.key == look.chosen:
            add_ring(figure, star.teff, value, colours)
    for _, star in published[published["karmn"] == look.chosen].iterrows():
        add_ring(figure, star["teff"], star[ordinate.column], colours)
    teff, scaled = np.array([star.teff for star in users], float), ordinate.scaled(values)
    reach = np.array([[star.teff_upper for star in users], [star.teff_lower for star in users]], float)
    low, high = _ends(TEFF, teff, np.vstack([teff + reach[0], teff - reach[1]]), 40.0)
    figure.layout.xaxis = teff_axis(low, high, colours)
    ends = tuple(float(end) for end in ordinate.scaled((ordinate.low, ordinate.high)))
    bars = np.vstack([values + errors[0], values - errors[1]])
    if ordinate.logarithmic:
        bars = np.where(bars > 0, bars, np.nan)
    bottom, top = _ends(ends, scaled, ordinate.scaled(bars), ordinate.margin)
    if ordinate.logarithmic:
        choice = _FINE_TICKS if top - bottom < 1.5 else _TICKS
        ticks = [tick for tick in choice if bottom - 1e-9 <= np.log10(tick) <= top + 1e-9]
        more = {"type": "log", "tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
    else:
        more = {"tickformat": ".1f", "dtick": 0.1}
    figure.layout.yaxis = axis(ordinate.title, bottom, top, colours, reverse=ordinate.downward, **more)
    up = (scaled - bottom) / (top - bottom)
    across = (high - teff) / (high - low)
    label_users(figure, users, np.column_stack([teff, scaled, across, 1 - up if ordinate.downward else up]), colours)
    # Assignments, since update_layout takes ten times as long for nested settings.
    figure.layout.coloraxis = colour_axis(look)
    figure.layout.uirevision = ordinate.column
    add_size_key(figure, look.size, colours)
    return figure


def _ends(span: tuple[float, float], values: np.ndarray, bars: np.ndarray, margin: float) -> tuple[float, float]:
    """Ends of an axis that show whole markers, however long it is, and error bars.

    Args:
        span: of the axis where no star widens it.
        values: of the user's stars; shape ``(n,)``.
        bars: both ends of their error bars; shape ``(2, n)``. Those of a value that says nothing would press all else
            together: they widen the axis by half at most.
        margin: about a star.
    """
    low, high = widened(span, values, margin)
    low, high = widened((low, high), values, 0.03 * (high - low))
    most = 0.5 * (high - low)
    return widened((low, high), np.clip(bars, low - most, high + most).ravel(), 0.01 * (high - low))


def _add_isochrones(figure: go.Figure, isochrones: pd.DataFrame, column: str, colours: Palette) -> None:
    """A line for each set of models and age: a colour for the set; solid for the first age, then dashed and dotted."""
    works = references()
    for colour, (models, of_models) in zip(
        (colours.model, colours.others[0]), isochrones.groupby("models", sort=False), strict=False
    ):
        author = short_citation(works[models].citation)
        for dash, (log_age, part) in zip(_DASHES, of_models.groupby("log_age"), strict=False):
            age = f"{10 ** (log_age - 9):.0f} Gyr"
            line = scatter(
                x=part["teff"],
                y=part[column],
                mode="lines",
                name=f"{author}, {age}",
                line={"color": colour, "width": 2, "dash": dash},
                text=[f"{mass:g} M☉, {age} ({author})" for mass in part["mass"]],
                hovertemplate="Model of %{text}: %{x} K, %{y}<extra></extra>",
                xhoverformat=".0f",
                yhoverformat=".3g",
                meta="model",
            )
            figure.add_trace(line)

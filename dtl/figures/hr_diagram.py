"""The Hertzsprung-Russell diagram of Mas-Buitrago et al. (2024, figure 8), with the user's stars in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dtl.figures.star_layers import PlottedStar, add_published, add_size_key, add_users, label_users
from dtl.figures.style import TEFF, axis, prepare, teff_axis, widened

__all__ = ["LUMINOSITY", "PlottedStar", "hr_diagram"]

#: Range of the luminosity axis, solar luminosities.
LUMINOSITY = (1e-3, 1.4e-1)
_TICKS = (1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10, 100, 1000)


def hr_diagram(
    published: pd.DataFrame,
    users: Sequence[PlottedStar] = (),
    *,
    active: str = "halpha_active",
    scale: str = "as published",
    dark: bool = False,
) -> go.Figure:
    """Luminosity against temperature, hot left and bright up.

    Colour is [M/H], area is v sin i, triangles are H-alpha active stars, open stars belong to the thick disc and open
    squares are four stars akin to subdwarfs.

    Args:
        published: rows of `dtl.catalogue.stars`; those without luminosity are left out.
        users: the user's stars, drawn on top; those without luminosity are left out. Where one lies beyond the axes of
            the publication, the axes are widened.
        active: column of ``published`` that makes a triangle.
        scale: name of a scale of `dtl.figures.style.METALLICITY_SCALES`.
        dark: for a dark page.
    """
    placed = [star for star in users if star.luminosity is not None]
    luminosities = np.array([star.luminosity for star in placed], float)
    figure = go.Figure()
    colours = prepare(figure, dark=dark, height=660)
    known = published[published["luminosity"].notna()]
    add_published(figure, known, "luminosity", active=active, scale=scale, colours=colours)
    error = np.array([star.luminosity_error for star in placed], float)
    add_users(figure, placed, luminosities, np.stack([error, np.minimum(error, 0.95 * luminosities)]), colours)
    teff = np.array([star.teff for star in placed], float)
    low, high = widened(TEFF, teff, 40.0)
    figure.update_xaxes(teff_axis(low, high, colours))
    faint, bright = np.log10(LUMINOSITY)
    faint, bright = widened((faint, bright), np.log10(luminosities), 0.08)
    title = "Luminosity <i>L</i><sub>bol</sub> [<i>L</i><sub>☉</sub>]"
    ticks = [tick for tick in _TICKS if faint - 1e-9 <= np.log10(tick) <= bright + 1e-9]
    texts = [f"{tick:g}" for tick in ticks]
    figure.update_yaxes(axis(title, faint, bright, colours, type="log", tickvals=ticks, ticktext=texts))
    across, up = (high - teff) / (high - low), (np.log10(luminosities) - faint) / (bright - faint)
    label_users(figure, placed, np.column_stack([teff, np.log10(luminosities), across, up]), colours)
    add_size_key(figure, colours)
    return figure

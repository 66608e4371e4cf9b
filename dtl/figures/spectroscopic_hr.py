"""The spectroscopic HR diagram of Langer & Kudritzki (2014, A&A 564, A52): Teff^4 / g against temperature.

It looks as the HR diagram does and needs no distance: Teff^4 / g is proportional to luminosity over mass.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dtl.catalogue.luminosity import spectroscopic_error, spectroscopic_luminosity
from dtl.figures.marks import AS_PUBLISHED, Look
from dtl.figures.plotted_star import PlottedStar
from dtl.figures.star_diagram import Ordinate, star_diagram

__all__ = ["SPECTROSCOPIC", "spectroscopic_hr_diagram"]

#: Range of the axis of Teff^4 / g, in units of the Sun's.
SPECTROSCOPIC = (0.013, 0.22)
_ORDINATE = Ordinate(
    "spectroscopic_luminosity",
    "Spectroscopic luminosity <i>T</i><sub>eff</sub><sup>4</sup>/<i>g</i> [Sun = 1]",
    *SPECTROSCOPIC,
    0.05,
    logarithmic=True,
)


def spectroscopic_hr_diagram(
    published: pd.DataFrame,
    users: Sequence[PlottedStar] = (),
    look: Look = AS_PUBLISHED,
    *,
    isochrones: pd.DataFrame | None = None,
) -> go.Figure:
    """Teff^4 / g against temperature, hot left, with the markers of `dtl.figures.hr_diagram.hr_diagram`.

    Args:
        published: rows of `dtl.catalogue.published_stars.stars`.
        users: the user's stars.
        look: what shapes, colours and sizes stand for.
        isochrones: rows of `dtl.catalogue.published_stars.isochrones`, drawn as lines.
    """
    values = np.array([spectroscopic_luminosity(star.teff, star.logg) for star in users], float)
    errors = np.array([spectroscopic_error(*_up_and_down(star)) for star in users], float).reshape(-1, 2).T
    return star_diagram(_ORDINATE, _with(published), users, values, errors, look=look, isochrones=_with(isochrones))


def _up_and_down(star: PlottedStar) -> tuple[float, tuple[float, float], float, tuple[float, float]]:
    """Temperature and log g, each with the distances that make Teff^4 / g larger and smaller."""
    return star.teff, (star.teff_upper, star.teff_lower), star.logg, (star.logg_lower, star.logg_upper)


def _with(table: pd.DataFrame | None) -> pd.DataFrame | None:
    """The table with the column of the vertical axis."""
    if table is None:
        return None
    return table.assign(spectroscopic_luminosity=spectroscopic_luminosity(table["teff"], table["logg"]))

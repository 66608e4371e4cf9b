"""The Kiel diagram: surface gravity against temperature, for stars whose luminosity is not known.

The publication draws isochrones of PARSEC (Bressan et al. 2012) for 5 Gyr, which are not part of this project; those of
Baraffe et al. (1998) for 1, 4 and 8 Gyr and solar metallicity stand in for them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dtl.figures.marks import AS_PUBLISHED, Look
from dtl.figures.plotted_star import PlottedStar
from dtl.figures.star_diagram import Ordinate, star_diagram

__all__ = ["LOGG", "kiel_diagram"]

#: Range of the axis of log g, dex.
LOGG = (4.55, 5.25)
_ORDINATE = Ordinate("logg", "Surface gravity log <i>g</i> [cm s<sup>−2</sup>]", *LOGG, 0.05, downward=True)


def kiel_diagram(
    published: pd.DataFrame,
    users: Sequence[PlottedStar] = (),
    look: Look = AS_PUBLISHED,
    *,
    isochrones: pd.DataFrame | None = None,
) -> go.Figure:
    """log g against temperature, hot left and low gravity up, with the markers of `dtl.figures.hr_diagram.hr_diagram`.

    Args:
        published: rows of `dtl.catalogue.published_stars.stars`.
        users: the user's stars.
        look: what shapes, colours and sizes stand for.
        isochrones: rows of `dtl.catalogue.published_stars.isochrones`, drawn as lines.
    """
    values = np.array([star.logg for star in users], float)
    errors = np.array([[star.logg_upper for star in users], [star.logg_lower for star in users]], float)
    return star_diagram(_ORDINATE, published, users, values, errors, look=look, isochrones=isochrones)

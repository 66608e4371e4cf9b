"""The Hertzsprung-Russell diagram of Mas-Buitrago et al. (2024, figure 8), with the user's stars in it.

As published: logarithmic luminosity from 1e-3 to 1.4e-1 solar ones against temperature from 4350 down to 2990 K; colour
is [M/H] in reversed turbo from -0.53 to 0.25; the area in points^2 is 18 times v sin i in km/s; triangles are H-alpha
active; open stars belong to the thick disc; open squares are four stars subdwarf-like. `DIFFERENCES` says where the
figure departs from the publication, and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dtl.figures.marks import AS_PUBLISHED, Look
from dtl.figures.plotted_star import PlottedStar
from dtl.figures.star_diagram import Ordinate, star_diagram

__all__ = ["DIFFERENCES", "LUMINOSITY", "Difference", "hr_diagram"]

#: Range of the luminosity axis, solar luminosities.
LUMINOSITY = (1e-3, 1.4e-1)
_ORDINATE = Ordinate(
    "luminosity", "Luminosity <i>L</i><sub>bol</sub> [<i>L</i><sub>☉</sub>]", *LUMINOSITY, 0.08, logarithmic=True
)


class Difference(NamedTuple):
    """Where a figure departs from the published one.

    Attributes:
        what: the thing that differs.
        published: how the publication has it.
        here: how it is here.
        reason: why.
    """

    what: str
    published: str
    here: str
    reason: str


DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        "Luminosities",
        "281 of 286 stars; the table of luminosities is not part of the publication",
        "281 of 286 stars: 272 of Cifuentes et al. 2020 and 9 of Schweitzer et al. 2019",
        "These two works together have a luminosity of 281 stars. Not known: J04311+589, J17364+683, J18427+596N, "
        "J18427+596S and J23113+085. Two luminosities of Schweitzer et al. 2019 belong to another distance than that "
        "of Cifuentes et al. 2020 (J06396-210, J06574+740); the pointer and the table say so.",
    ),
    Difference(
        "Triangles",
        "Hα active stars, without a list of them",
        "Hα in emission by 0.5 Å or more, measured by Gaidos et al. 2014 or Lépine et al. 2013: 37 stars; or the flag "
        "of Passegger et al. 2019: 64 stars",
        "No published flag could be found that agrees with the measured emission of all stars: that of Passegger et "
        "al. 2019 also marks early M dwarfs with Hα in absorption. Hα of 24 stars was not measured; they are circles.",
    ),
    Difference(
        "Open stars",
        "Thick disc",
        "The 21 stars of the population TD of Marfil et al. 2021, without the 13 of the transition TD-D",
        "These 21 against the 167 of the thin disc (D) give the published p = 0.0071 of the Kolmogorov-Smirnov test; "
        "other groups give other values.",
    ),
    Difference(
        "Sizes",
        "Areas in points² on paper",
        "The same areas at 96 pixels to the inch; open stars and squares have one size",
        "A screen has no paper size; the plot grows with the window and the markers do not.",
    ),
    Difference(
        "Order and outlines",
        "Not described",
        "Large markers lie below small ones; each has a thin outline",
        "No star hides another, and pale colours stand out from a light page.",
    ),
    Difference(
        "Vertical axis",
        "log L",
        "A logarithmic axis, marked with luminosities",
        "The same places; 0.01 L☉ is read with less effort than −2.",
    ),
    Difference(
        "Your stars",
        "–",
        "Diamonds with error bars; the axes widen where one lies outside",
        "They are not part of the publication. A diamond has the area of a circle of the same v sin i, but is never "
        "smaller than 14 pixels.",
    ),
)


def hr_diagram(
    published: pd.DataFrame,
    users: Sequence[PlottedStar] = (),
    look: Look = AS_PUBLISHED,
    *,
    isochrones: pd.DataFrame | None = None,
) -> go.Figure:
    """Luminosity against temperature, hot left and bright up.

    Args:
        published: rows of `dtl.catalogue.published_stars.stars`; those without luminosity are left out.
        users: the user's stars; those without luminosity are left out.
        look: what shapes, colours and sizes stand for.
        isochrones: rows of `dtl.catalogue.published_stars.isochrones`, drawn as lines.
    """
    placed = [star for star in users if star.luminosity is not None]
    values = np.array([star.luminosity for star in placed], float)
    error = np.array([star.luminosity_error for star in placed], float)
    if isochrones is not None:
        isochrones = isochrones.assign(luminosity=10 ** isochrones["log_luminosity"])
    # The lower end of an error bar must stay on a logarithmic axis.
    errors = np.stack([error, np.minimum(error, 0.95 * values)])
    return star_diagram(
        _ORDINATE, published[published["luminosity"].notna()], placed, values, errors, look=look, isochrones=isochrones
    )

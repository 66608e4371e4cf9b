"""What the literature says of one star in one number a parameter: the median of its sources, and how many they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtl.catalogue.star_record import star_values
from dtl.result import PARAMETERS

__all__ = ["LiteratureMedian", "literature_medians"]


@dataclass(frozen=True)
class LiteratureMedian:
    """The literature on one parameter of one star.

    Attributes:
        value: median of all values, an upper limit counted as its bound.
        low, high: the smallest and the largest of the values.
        sources: number of the values.
        limit: whether the median is an upper limit: where a limit lies in the middle of the values or above, the true
            values may have a smaller median, but no larger one.
    """

    value: float
    low: float
    high: float
    sources: int
    limit: bool = False


def literature_medians(karmn: str) -> dict[str, LiteratureMedian]:
    """The literature on a star, that of the publication by Mas-Buitrago et al. (2024) included.

    Args:
        karmn: CARMENES identifier of the star.

    Returns:
        Name of `dtl.result.PARAMETERS` -> median, in K, dex or km/s; without those on which there is nothing.

    Raises:
        KeyError: where the table has no such star.
    """
    table, found = star_values(karmn), {}
    for name in PARAMETERS:
        part = table[(table["parameter"] == name) & np.isfinite(table["value"])]
        if not len(part):
            continue
        values, limits = np.sort(part["value"].to_numpy(float)), part.loc[part["limit"], "value"].to_numpy(float)
        middle = values[(len(values) - 1) // 2]  # the lower of two
        found[name] = LiteratureMedian(
            float(np.median(values)), float(values[0]), float(values[-1]), len(values), bool((limits >= middle).any())
        )
    return found

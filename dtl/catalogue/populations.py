"""Do the populations of the Galaxy differ in a parameter? The two-sample Kolmogorov-Smirnov test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp

__all__ = ["PAIRS", "POPULATIONS", "PUBLISHED_PVALUE", "Comparison", "compare", "compare_pairs", "sample"]

#: Populations of Marfil et al. (2021), from the kinematics of the stars -> words, young to old.
POPULATIONS: dict[str, str] = {
    "YD": "young disc",
    "D": "thin disc",
    "TD-D": "thin–thick transition",
    "TD": "thick disc",
}
#: p for [M/H] of the thick against the thin disc in Mas-Buitrago et al. (2024).
PUBLISHED_PVALUE = 0.0071
#: Ways to understand "thick against thin disc", that of the publication first.
PAIRS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("TD",), ("D",)),
    (("TD",), ("YD", "D")),
    (("TD",), ("D", "TD-D")),
    (("TD",), ("YD", "D", "TD-D")),
    (("TD-D", "TD"), ("D",)),
    (("TD-D", "TD"), ("YD", "D")),
)


@dataclass(frozen=True)
class Comparison:
    """What the test says of two samples.

    Attributes:
        first, second: keys of `POPULATIONS` in each sample.
        numbers: stars in each.
        statistic: largest distance between the two cumulative distributions, 0 to 1.
        location: value of the parameter at that distance.
        pvalue: probability of so large a distance or a larger one, if both came from one distribution.
        medians: of the two samples.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    numbers: tuple[int, int]
    statistic: float
    location: float
    pvalue: float
    medians: tuple[float, float]


def sample(stars: pd.DataFrame, column: str, populations: Sequence[str]) -> np.ndarray:
    """The known values of a column for stars of the populations, ascending; shape ``(n,)``."""
    return np.sort(stars.loc[stars["population"].isin(list(populations)), column].dropna().to_numpy(float))


def compare(stars: pd.DataFrame, column: str, first: Sequence[str], second: Sequence[str]) -> Comparison:
    """The two-sided Kolmogorov-Smirnov test (`scipy.stats.ks_2samp`, exact for samples of these sizes).

    Args:
        stars: rows of `dtl.catalogue.published_stars.stars`.
        column: the parameter.
        first, second: keys of `POPULATIONS`, none in both.

    Raises:
        ValueError: where a sample is empty or a population is in both.
    """
    if both := set(first) & set(second):
        raise ValueError(f"{POPULATIONS[min(both)]} is in both groups; take it out of one of them.")
    one, other = sample(stars, column, first), sample(stars, column, second)
    if not (len(one) and len(other)):
        raise ValueError("One of the groups is empty; choose a population for it.")
    test = ks_2samp(one, other)
    return Comparison(
        tuple(first),
        tuple(second),
        (len(one), len(other)),
        float(test.statistic),
        float(test.statistic_location),
        float(test.pvalue),
        (float(np.median(one)), float(np.median(other))),
    )


def compare_pairs(stars: pd.DataFrame, column: str) -> list[Comparison]:
    """The test for each of `PAIRS`."""
    return [compare(stars, column, first, second) for first, second in PAIRS]

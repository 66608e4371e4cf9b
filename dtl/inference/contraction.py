"""How much of each value the spectrum has told, and how much was known before it: the contraction of the prior.

The contraction is 1 - (interval / prior width)^2 with standard deviations (Betancourt 2018, arXiv:1803.08393): 1 where
the answer owes nothing to the prior, 0 where it only repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dtl.inference.prior import prior_of
from dtl.result import PARAMETERS, Estimate

__all__ = ["contraction", "prior_widths", "reached_end"]


def prior_widths(card: Mapping[str, Any], estimates: Mapping[str, Estimate]) -> dict[str, float]:
    """Standard deviation of the prior of each parameter, in its unit.

    Teff and v sin i are even over the range of the models; [M/H] is that of field stars, and log g that of the main
    sequence at the Teff and [M/H] of the star.

    Args:
        card: of the bundle.
        estimates: of the four parameters.

    Returns:
        Name of `dtl.result.PARAMETERS` -> width; without those whose prior the card does not tell, or that depend on a
        value that is withheld.
    """
    widths = {}
    ranges = card.get("parameters") or {}
    for name in ("teff", "vsini"):
        low, high = ranges.get(name, {}).get("range", (np.nan, np.nan))
        widths[name] = float(high - low) / np.sqrt(12.0)
    prior = prior_of(card)
    if prior is not None:
        teff, mh = (np.array([estimates[name].value]) for name in ("teff", "mh"))
        widths |= {"logg": float(prior.logg(teff, mh)[1][0]), "mh": prior.settings.spread_mh}
    return {name: float(widths[name]) for name in PARAMETERS if np.isfinite(widths.get(name, np.nan))}


def contraction(estimate: Estimate, width: float) -> float:
    """Part of a prior's variance that a spectrum has removed, 0 to 1; NaN for a value that is withheld.

    Args:
        estimate: of a parameter; half its interval counts as a standard deviation.
        width: standard deviation of the prior, same unit.
    """
    half = 0.5 * (estimate.lower + estimate.upper)
    return float(np.clip(1.0 - (half / width) ** 2, 0.0, 1.0))


def reached_end(name: str, estimate: Estimate, card: Mapping[str, Any]) -> float | None:
    """The end of the models that the interval of a parameter reaches, in its unit; None where it reaches none.

    Of an upper limit of v sin i nothing is said: the slowest models are what it is about.

    Args:
        name: of `dtl.result.PARAMETERS`.
        estimate: its value.
        card: of the bundle.
    """
    ends = (card.get("parameters") or {}).get(name, {}).get("range")
    if ends is None or estimate.withheld or estimate.limit is not None:
        return None
    low, high = ends
    if estimate.value - estimate.lower <= low:
        return float(low)
    return float(high) if estimate.value + estimate.upper >= high else None

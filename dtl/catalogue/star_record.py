"""One star in all sources: every published value, and how far each is from what they are compared with."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from dtl.catalogue import published_stars
from dtl.result import PARAMETERS, Estimate

__all__ = ["OWN", "difference_in_sigma", "star_values"]

#: What stands for the user's own estimates among the keys of sources.
OWN = "own"


def star_values(karmn: str, own: Mapping[str, Estimate] | None = None) -> pd.DataFrame:
    """All values of a star, and how far each is from the user's own estimates, or else from the published ones.

    The published ones are those of Mas-Buitrago et al. (2024).

    Args:
        karmn: CARMENES identifier of the star.
        own: parameter -> the user's estimate.

    Returns:
        One row for each parameter and source, the one compared with first: parameter, source (key of
        `dtl.catalogue.published_stars.SOURCES`, `OWN` or `dtl.catalogue.published_stars.PUBLISHED`), value, lower
        and upper (1-sigma distances, NaN where not published), limit (True for upper limits), difference (value -
        the first; NaN where the first is a limit that allows the value), sigma (see `difference_in_sigma`; NaN for the
        first itself and for limits) and reference (key of
        `dtl.catalogue.published_stars.references`, empty for `OWN`); in K, dex or km/s.

    Raises:
        KeyError: where the table has no such star.
    """
    star = published_stars.find_star(karmn)
    if star is None:
        raise KeyError(karmn)
    literature = published_stars.literature_table()
    literature = literature[literature["karmn"] == star["karmn"]]
    literature = literature.assign(
        lower=literature["error"],
        upper=literature["error"],
        reference=[published_stars.SOURCES[key].reference for key in literature["source"]],
    )
    published = {name: Estimate(*(star[f"{name}{end}"] for end in ("", "_lower", "_upper"))) for name in PARAMETERS}
    base = own or published
    parts = []
    for name in PARAMETERS:
        first = [_row(name, OWN, own[name], "")] if own else []
        first.append(_row(name, published_stars.PUBLISHED, published[name], published_stars.PUBLISHED))
        part = pd.concat([pd.DataFrame(first), literature[literature["parameter"] == name]], ignore_index=True)
        bound = base[name].limit
        reference = base[name] if bound is None else Estimate(bound, 0.0, 0.0)
        part["difference"] = part["value"] - reference.value
        part["sigma"] = difference_in_sigma(part["value"], part["lower"], part["upper"], reference)
        part.loc[part["limit"] | (part.index == 0), "sigma"] = np.nan
        if bound is not None:  # what a limit allows does not differ from it
            part.loc[part["limit"] | (part["value"] <= bound), ["difference", "sigma"]] = np.nan
        parts.append(part)
    columns = ["parameter", "source", "value", "lower", "upper", "limit", "difference", "sigma", "reference"]
    return pd.concat(parts, ignore_index=True)[columns].astype({"limit": bool})


def difference_in_sigma(value: np.ndarray, lower: np.ndarray, upper: np.ndarray, reference: Estimate) -> np.ndarray:
    """Difference to a reference over the combined 1-sigma uncertainty, on the sides that face each other.

    Args:
        value, lower, upper: values and their 1-sigma distances; shape ``(n,)`` each.
        reference: what they are compared with, same unit.

    Returns:
        In sigma, shape ``(n,)``; NaN where the value has no uncertainty, since nothing can be said then.
    """
    difference = np.asarray(value, float) - reference.value
    above = difference > 0
    width = np.hypot(np.where(above, lower, upper), np.where(above, reference.upper, reference.lower))
    return np.divide(difference, width, out=np.full_like(difference, np.nan), where=width > 0)


def _row(parameter: str, source: str, estimate: Estimate, reference: str) -> dict[str, object]:
    limit = estimate.limit is not None
    return {
        "parameter": parameter,
        "source": source,
        "value": estimate.limit if limit else estimate.value,
        "lower": np.nan if limit else estimate.lower,
        "upper": np.nan if limit else estimate.upper,
        "limit": limit,
        "reference": reference,
    }

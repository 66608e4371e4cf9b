"""The published stars and the user's against the literature: differences and their statistics.

A difference is always literature - what is compared with it, as in section 4.2 of Mas-Buitrago et al. (2024): that
publication for the published stars, the result of this program for the user's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from io import StringIO

import numpy as np
import pandas as pd
from astropy import units as u
from astropy.table import Table

import dtl
from dtl.catalogue import published_stars
from dtl.catalogue.star_record import OWN, star_values
from dtl.flags import joined
from dtl.resources import plain_cell
from dtl.result import InferenceResult

__all__ = [
    "MEANINGS",
    "Statistics",
    "agrees",
    "comparison",
    "recognise",
    "sources_of",
    "statistics",
    "user_comparison",
    "user_statistics",
    "write",
]

#: Column -> what it means, of every table of this module.
MEANINGS = {
    "source": "set of literature values",
    "stars": "number of stars compared",
    "mean": "mean of the differences",
    "median": "median of the differences",
    "rmse": "root of the mean squared difference",
    "scatter": "standard deviation of the differences",
    "correlation": "Pearson correlation of the two sets of values",
    "published_mean": "mean difference as published",
    "published_correlation": "correlation as published",
    "verdict": "whether the figures come out as published",
    "note": "what was compared",
    "karmn": "identifier in the CARMENES input catalogue",
    "name": "common name",
    "parameter": "parameter compared",
    "value": "literature value",
    "error": "1-sigma uncertainty of value",
    "limit": "value is an upper limit",
    "published": "value of Mas-Buitrago et al. 2024",
    "published_lower": "lower 1-sigma distance of published",
    "published_upper": "upper 1-sigma distance of published",
    "difference": "value - own where the user has a result, else value - that of Mas-Buitrago et al. 2024",
    "sigma": "difference over the combined 1-sigma uncertainty",
    "reference": "publication",
    "spectrum": "the user's spectrum",
    "own": "result of this program for the user's spectrum",
    "own_limit": "own is an upper limit",
    "own_lower": "lower 1-sigma distance of own",
    "own_upper": "upper 1-sigma distance of own",
    "flags": "doubts about the user's value, in words",
}


@dataclass(frozen=True)
class Statistics:
    """How two sets of values of the same stars differ.

    Attributes:
        stars: number of stars.
        mean: of the differences.
        median: of the differences.
        rmse: root of the mean squared difference.
        scatter: standard deviation of the differences (n - 1 in the denominator), NaN for one star.
        correlation: Pearson's r, NaN for fewer than three stars or values that are all equal.
    """

    stars: int
    mean: float
    median: float
    rmse: float
    scatter: float
    correlation: float


def statistics(value: np.ndarray, reference: np.ndarray) -> Statistics:
    """Statistics of ``value - reference``; stars without either value do not count.

    Args:
        value: literature; shape ``(n,)``.
        reference: what it is compared with, same unit; shape ``(n,)``.
    """
    value, reference = np.asarray(value, float), np.asarray(reference, float)
    both = np.isfinite(value) & np.isfinite(reference)
    value, reference = value[both], reference[both]
    number, nan = len(value), float("nan")
    if not number:
        return Statistics(0, nan, nan, nan, nan, nan)
    difference = value - reference
    vary = number > 2 and np.ptp(value) > 0 and np.ptp(reference) > 0
    return Statistics(
        number,
        float(difference.mean()),
        float(np.median(difference)),
        float(np.sqrt(np.mean(difference**2))),
        float(difference.std(ddof=1)) if number > 1 else nan,
        float(np.corrcoef(value, reference)[0, 1]) if vary else nan,
    )


def sources_of(parameter: str) -> list[str]:
    """Keys of `dtl.catalogue.published_stars.SOURCES` that have values of a parameter, in that order."""
    table = published_stars.literature_table()
    held = set(table.loc[table["parameter"] == parameter, "source"])
    return [key for key in published_stars.SOURCES if key in held]


def comparison(parameter: str) -> pd.DataFrame:
    """The published stars against every source: the statistics, the published figures and whether they come out.

    Returns:
        One row a source: source (key), the fields of `Statistics`, published_mean and published_correlation (NaN where
        the publication gives none), verdict (``as published``, ``differs`` or empty) and note.
    """
    table, said = published_stars.literature_table(), published_stars.published_comparisons()
    rows = []
    for source in sources_of(parameter):
        part = table[(table["parameter"] == parameter) & (table["source"] == source)]
        found = statistics(part["value"].to_numpy(), part["published"].to_numpy())
        facts = said[(said["parameter"] == parameter) & (said["source"] == source)]
        row = {"source": source} | _as_row(found)
        row |= {"published_mean": np.nan, "published_correlation": np.nan}
        agree = []
        for _, fact in facts.iterrows():
            row[f"published_{fact['statistic']}"] = fact["value"]
            agree.append(agrees(getattr(found, fact["statistic"]), fact["value"], int(fact["decimals"])))
        row["verdict"] = ("as published" if all(agree) else "differs") if agree else ""
        row["note"] = "; ".join(dict.fromkeys(note for note in facts["note"] if note))
        rows.append(row)
    return pd.DataFrame(rows)


def agrees(found: float, stated: float, decimals: int) -> bool:
    """Whether a value comes out as stated, to the decimals it is stated with."""
    return round(found, decimals) == round(stated, decimals)


def recognise(result: InferenceResult) -> str | None:
    """The CARMENES identifier of the published star whose name a spectrum carries, None where there is none.

    The name of the file counts where the header has none.
    A simulated observation is of no star, whatever it is called.
    """
    star = published_stars.star_of(result.prepared.spectrum)
    return None if star is None else str(star["karmn"])


def user_comparison(stars: Mapping[str, tuple[InferenceResult, str]]) -> pd.DataFrame:
    """The user's results against every literature value of the same star, that of the publication included.

    Args:
        stars: label of a spectrum -> its result and the CARMENES identifier of its star.

    Returns:
        One row for each spectrum, parameter and source: spectrum, karmn, name, parameter, source, value, error, limit,
        own, own_limit (True where own is an upper limit), own_lower, own_upper, difference (value - own), sigma and
        flags, see `dtl.catalogue.star_record.star_values`.
    """
    parts = []
    for label, (result, karmn) in stars.items():
        values = star_values(karmn, result.estimates)
        mine = values[values["source"] == OWN].set_index("parameter")
        part = values[values["source"] != OWN].rename(columns={"upper": "error"})
        part = part.assign(spectrum=label, karmn=karmn, name=published_stars.names()[karmn], flags=joined(result.flags))
        for column in ("value", "limit", "lower", "upper"):
            part["own" if column == "value" else f"own_{column}"] = mine.loc[part["parameter"], column].to_numpy()
        parts.append(part)
    columns = ["spectrum", "karmn", "name", "parameter", "source", "value", "error", "limit", "own", "own_limit"]
    columns += ["own_lower", "own_upper", "difference", "sigma", "flags"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def user_statistics(table: pd.DataFrame, parameter: str) -> pd.DataFrame:
    """The statistics of the user's spectra against every source, as `comparison` has them of the published stars.

    What is a limit on either side has no difference and does not count.

    Args:
        table: rows of `user_comparison`.
        parameter: name in `dtl.result.PARAMETERS`.
    """
    part = table[(table["parameter"] == parameter) & ~(table["limit"] | table["own_limit"]).astype(bool)]
    rows = [
        {"source": source} | _as_row(statistics(group["value"].to_numpy(), group["own"].to_numpy()))
        for source, group in part.groupby("source", sort=False)
    ]
    return pd.DataFrame(rows)


def write(table: pd.DataFrame, kind: str, title: str, unit: str = "") -> str:
    """A table of this module as text, with meanings and references in its header where ``kind`` has one.

    Args:
        table: rows of `comparison`, `user_comparison`, `star_values` or
            `dtl.catalogue.published_stars.literature_table`.
        kind: ``csv`` or ``ecsv``.
        title: what the table is.
        unit: of its values, where they all have the same.
    """
    text = StringIO()
    if kind == "csv":
        table.map(plain_cell).to_csv(text, index=False)
        return text.getvalue()
    out = Table.from_pandas(table.astype({c: str for c in table if table[c].dtype == object}))
    keys = {published_stars.SOURCES[key].reference for key in table["source"] if key in published_stars.SOURCES}
    for column in out.colnames:
        out[column].description = MEANINGS.get(column)
        if unit and column in {"mean", "median", "rmse", "scatter", "value", "error", "published", "difference", "own"}:
            out[column].unit = u.Unit(unit)
    works = published_stars.references()
    out.meta = {
        "title": title,
        "software": f"dtl {dtl.__version__}",
        "references": {
            key: f"{works[key].citation}, {works[key].bibcode}" for key in sorted(keys | {published_stars.PUBLISHED})
        },
    }
    out.write(text, format="ascii.ecsv")
    return text.getvalue()


def _as_row(found: Statistics) -> dict[str, float]:
    return dict(zip((field.name for field in fields(found)), astuple(found), strict=True))

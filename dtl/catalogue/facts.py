"""What is known of a published star, each value with the work it comes from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dtl.catalogue.luminosity import LuminosityInput
from dtl.catalogue.mass_radius import mass_and_radius
from dtl.catalogue.populations import POPULATIONS
from dtl.catalogue.published_stars import PUBLISHED, SOURCES, literature_table, references, stars
from dtl.result import PARAMETERS, Estimate, value_title
from dtl.rounding import format_with_error

__all__ = ["Fact", "facts", "literature", "overview"]

_DIAGRAM = (
    "name karmn spectral_type teff teff_lower teff_upper logg logg_lower logg_upper mh mh_lower mh_upper "
    "vsini vsini_lower vsini_upper luminosity luminosity_error luminosity_reference luminosity_note "
    "halpha_ew halpha_reference halpha_active active_flag population thick_disc subdwarf_like"
).split()
#: Column whose source is one work for all stars -> name of the column that says so where the star has a value.
_SOURCES = {
    "active_flag": ("active_flag_reference", "passegger2019"),
    "population": ("population_reference", "marfil2021"),
    "subdwarf_like": ("subdwarf_reference", PUBLISHED),
}


@dataclass(frozen=True)
class Fact:
    """One thing that was published of a star.

    Attributes:
        name: what it is, as ``[M/H]``.
        value: in words, with uncertainty and unit.
        source: the citation.
        url: where the source is read.
    """

    name: str
    value: str
    source: str
    url: str


def overview() -> pd.DataFrame:
    """What the diagrams show of the published stars, with the source of each luminosity and flag beside it.

    Returns:
        Columns of `dtl.catalogue.published_stars.stars`, citations in place of keys, and columns that end in
        ``_reference``: the work that a flag or a population comes from, empty where the star has none.
    """
    table = stars()[_DIAGRAM]
    citations = {key: reference.citation for key, reference in references().items()}
    for column in ("luminosity_reference", "halpha_reference"):
        table[column] = table[column].map(citations).fillna("")
    for column, (name, key) in _SOURCES.items():
        known = table[column] != "" if column == "population" else table[column].fillna(False).astype(bool)
        if column == "active_flag":
            known = table[column].notna()
        table.insert(table.columns.get_loc(column) + 1, name, np.where(known, citations[key], ""))
    return table


def facts(star: pd.Series) -> list[Fact]:
    """The facts that place a star in the diagrams.

    Args:
        star: a row of `dtl.catalogue.published_stars.stars`.
    """
    found: list[tuple[str, str, str]] = []
    for name, (label, unit, places) in PARAMETERS.items():
        lower, upper = (f"{star[f'{name}_{side}']:.{places}f}" for side in ("lower", "upper"))
        found.append((label, f"{star[name]:.{places}f} −{lower} +{upper} {unit}", PUBLISHED))
    if np.isfinite(star["luminosity"]):
        value = (
            f"{format_with_error(star['luminosity'], star['luminosity_error'])} L☉ {star['luminosity_note']}".strip()
        )
        found.append(("Luminosity", value, star["luminosity_reference"]))
        found += _mass_and_radius(star)
    # The one star without a J magnitude is not in Cifuentes et al. 2020, from which the other distances are.
    measured = "cifuentes2020" if np.isfinite(star["j_mag"]) else "schweitzer2019"
    found.append(("Distance", f"{star['distance']:.2f} pc", measured))
    magnitudes = [f"{band} {star[column]:.2f}" for band, column in (("G", "g_mag"), ("J", "j_mag")) if star[column] > 0]
    if magnitudes:
        found.append(("Magnitudes", ", ".join(magnitudes), measured))
    if np.isfinite(star["halpha_ew"]):
        active = "active" if star["halpha_active"] else "not active"
        found.append(("Hα emission", f"{star['halpha_ew']:.2f} Å, {active}", star["halpha_reference"]))
    if not pd.isna(star["active_flag"]):
        found.append(("Activity flag", "yes" if star["active_flag"] else "no", "passegger2019"))
    if star["population"]:
        found.append(("Population", POPULATIONS[star["population"]], "marfil2021"))
    if star["subdwarf_like"]:
        found.append(("Subdwarf-like", "yes", PUBLISHED))
    works = references()
    return [Fact(name, value.replace("-", "−"), works[key].citation, works[key].url) for name, value, key in found]


def _mass_and_radius(star: pd.Series) -> list[tuple[str, str, str]]:
    """Radius and mass that follow from the published luminosity and Teff of a star."""
    teff, mh = (Estimate(*(star[f"{name}{end}"] for end in ("", "_lower", "_upper"))) for name in ("teff", "mh"))
    known = LuminosityInput(star["luminosity"], star["luminosity_error"])
    return [
        (
            derived.quantity.capitalize(),
            f"{format_with_error(derived.value, derived.error)} {derived.unit}, from {derived.method}",
            "schweitzer2019",
        )
        for derived in mass_and_radius(teff, mh, known)
        if derived.reference is None or derived.quantity == "mass"
    ]


def literature(karmn: str) -> pd.DataFrame:
    """The values of other works for a star: parameter, value, error, source (label), by parameter."""
    table = literature_table()
    table = table[table["karmn"] == karmn]
    order = list(PARAMETERS)
    rows = table.assign(
        source=[SOURCES[key].label for key in table["source"]],
        order=[order.index(name) for name in table["parameter"]],
        parameter=[value_title(name) for name in table["parameter"]],
    )
    return rows.sort_values("order", kind="stable")[["parameter", "value", "error", "limit", "source"]]

"""The 286 published stars: parameters, luminosities and what the literature says of them.

The table is ``assets/catalogue/stars.ecsv``; the unit, the meaning and the references of each column are in its header.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from astropy.table import Table

from dtl.catalogue.luminosity import LuminosityInput
from dtl.resources import asset
from dtl.spectrum import Spectrum

__all__ = [
    "PUBLISHED",
    "PUBLISHED_LABEL",
    "SOURCES",
    "Luminosity",
    "Reference",
    "Source",
    "columns",
    "every_name",
    "find_star",
    "isochrones",
    "literature_table",
    "luminosity",
    "names",
    "names_to_search",
    "one_spelling",
    "published_comparisons",
    "references",
    "short_citation",
    "similar_names",
    "star_luminosity",
    "star_of",
    "stars",
]

_FOLDER = asset("catalogue")
#: Key of the work whose stars these are.
PUBLISHED = "mas-buitrago2024"
#: Short name of its values, as those of `SOURCES` have one.
PUBLISHED_LABEL = "Mas-Buitrago+24"
_PARAMETERS = ("teff", "logg", "mh", "vsini")


@dataclass(frozen=True)
class Reference:
    """A published work.

    Attributes:
        citation: as *Marfil et al. 2021*.
        bibcode: its code in the Astrophysics Data System.
        url: where it is read.
    """

    citation: str
    bibcode: str
    url: str


@dataclass(frozen=True)
class Source:
    """A set of literature values.

    Attributes:
        label: short name, as *Marfil+21*.
        reference: key of `references`.
        end: end of the names of its columns in `stars`.
        method: how the values were found.
    """

    label: str
    reference: str
    end: str
    method: str


#: Key -> set of literature values: the five works that the publication compares with and its two sets of trusted values
#: first, then the others.
SOURCES: dict[str, Source] = {
    "marfil2021": Source("Marfil+21", "marfil2021", "marfil2021", "synthetic spectra, visible and near infrared"),
    "passegger2019": Source("Passegger+19", "passegger2019", "passegger2019", "synthetic spectra, visible"),
    "schweitzer2019": Source("Schweitzer+19", "schweitzer2019", "schweitzer2019", "synthetic spectra, visible"),
    "passegger2020": Source("Passegger+20", "passegger2020", "passegger2020", "deep learning on synthetic spectra"),
    "bello-garcia2023": Source("Bello-García+23", "bello-garcia2023", "bellogarcia2023", "deep transfer learning"),
    "reiners2018": Source("Reiners+18", "reiners2018", "reiners2018", "cross-correlation with slow rotators"),
    "interferometry": Source("Interferometry", "bello-garcia2023", "interferometry", "angular diameter and luminosity"),
    "binaries": Source("FGK+M binaries", "bello-garcia2023", "binaries", "metallicity of the F, G or K primary"),
    "schweitzer2019mr": Source("Schweitzer+19 (M, R)", "schweitzer2019", "schweitzer2019mr", "mass and radius"),
    "mann2015": Source("Mann+15", "mann2015", "mann2015", "spectrophotometry, empirical"),
    "passegger2018": Source("Passegger+18", "passegger2018", "passegger2018", "synthetic spectra, visible"),
    "gaidos2014": Source("Gaidos+14", "gaidos2014", "gaidos2014", "low-resolution spectra, visible"),
    "gaidosmann2014": Source("Gaidos & Mann 14", "gaidosmann2014", "gaidosmann2014", "near-infrared spectra"),
}


@dataclass(frozen=True)
class Luminosity:
    """A bolometric luminosity.

    Attributes:
        value: in solar luminosities.
        error: 1 sigma, in solar luminosities.
        reference: where it was published.
        star: common name of the star it belongs to.
        note: a doubt in words, or empty.
    """

    value: float
    error: float
    reference: Reference
    star: str
    note: str = ""

    @property
    def as_input(self) -> LuminosityInput:
        """As if a person had given it: with the error, and the reference in words."""
        return LuminosityInput(self.value, self.error, f"{self.reference.citation} {self.note}".strip())


def _unit(text: str) -> str:
    """A unit as people write it."""
    return (
        text.replace("solLum", "L☉")
        .replace("Angstrom", "Å")
        .replace("km / s", "km/s")
        .replace("dex(cm / s2)", "cm s⁻²")
    )


@lru_cache(maxsize=3)
def _read(name: str) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, dict[str, str]]]:
    """The rows, what the columns mean, and the references of a table of the folder."""
    table = Table.read(_FOLDER / name, format="ascii.ecsv")
    rows = table.to_pandas()
    for column in table.colnames:
        kind = table[column].dtype.kind
        if kind == "U":
            rows[column] = rows[column].fillna("").astype(str)
        elif kind == "b":
            rows[column] = rows[column].astype("boolean")
        else:
            rows[column] = rows[column].astype(float)
    meanings = [
        {
            "column": column,
            "unit": _unit(str(table[column].unit or "")),
            "description": table[column].description or "",
            "reference": table[column].meta.get("reference", ""),
        }
        for column in table.colnames
    ]
    return rows, pd.DataFrame(meanings), table.meta["references"]


def stars() -> pd.DataFrame:
    """The published stars, one row each, numbers in the units of `columns`, missing ones NaN."""
    return _read("stars.ecsv")[0].copy()


def columns() -> pd.DataFrame:
    """What the columns of `stars` mean: column, unit, description and reference (keys of `references`)."""
    return _read("stars.ecsv")[1].copy()


@lru_cache(maxsize=1)
def references() -> dict[str, Reference]:
    """Key -> work, for every key that the tables name."""
    found = _read("stars.ecsv")[2] | _read("isochrones.ecsv")[2]
    return {
        key: Reference(
            entry["citation"],
            entry["bibcode"],
            f"https://doi.org/{entry['doi']}" if "doi" in entry else f"https://arxiv.org/abs/{entry['arxiv']}",
        )
        for key, entry in found.items()
    }


def short_citation(citation: str) -> str:
    """A citation as figures have it: ``Baraffe+98`` for *Baraffe et al. 1998*."""
    author, _, year = citation.partition(" et al. ")
    return f"{author}+{year[2:]}" if year else citation


def isochrones(models: str = "baraffe1998") -> pd.DataFrame:
    """Models of solar metallicity: log_age, mass, teff, logg and log_luminosity, young to old.

    Args:
        models: key of `references`, ``baraffe1998`` (mixing length of one pressure scale height) or ``baraffe2015``
            (masses in steps of 0.1, log g and luminosity to two decimals).
    """
    table = _read("isochrones.ecsv")[0]
    return table[table["models"] == models].reset_index(drop=True)


def one_spelling(name: str) -> str:
    """One spelling of a name: case, blanks, leading zeros and the way to write Gliese do not matter."""
    text = name.casefold().replace("_", " ").strip()
    text = re.sub(r"^(\*\*|v\*|name|karmn)\s+", "", text)
    text = re.sub(r"^(gliese|gls?|gj)[\s-]*(?=\d)", "gj", text)
    text = re.sub(r"^(2massi?|2m)\s*(?=j\d)", "2m", text)
    text = re.sub(r"['’`]s?(?=\s|$)|\bstar$", "", text)
    text = re.sub(r"(?<![\d.])0+(?=\d)", "", text)
    return re.sub(r"[\s'’`]", "", text)


@lru_cache(maxsize=1)
def _index() -> dict[str, int]:
    """Normalised name -> row of `stars`. The first star that bears a name keeps it."""
    index: dict[str, int] = {}
    for row, name in _every_name():
        if key := one_spelling(name):
            index.setdefault(key, row)
    return index


def _every_name() -> Iterator[tuple[int, str]]:
    """Row of `stars` and name, for every name of every star."""
    for row, star in _read("stars.ecsv")[0].iterrows():
        for name in (star["karmn"], star["gj"], star["name"], *star["aliases"].split(";")):
            if name.strip():
                yield row, name.strip()


def find_star(name: str) -> pd.Series | None:
    """The row of `stars` with this name, None where there is none.

    Any of the star's names will do, in any usual spelling: ``GJ 699``, ``Gl699``, ``Barnard's Star``, ``J17578+046``.
    What follows the name, as in ``gj699_20190301``, does not matter, but for a component.
    """
    row = _index().get(one_spelling(name))
    parts = name[:200].replace("_", " ").split()
    while row is None and len(parts) > 1 and not re.fullmatch("[A-Da-d]{0,2}", parts.pop()):
        row = _index().get(one_spelling(" ".join(parts)))
    return None if row is None else _star(row).copy()


@lru_cache(maxsize=512)
def _star(row: int) -> pd.Series:
    """A row of `stars`, kept: it takes a millisecond to be cut out, and a page asks for each star several times."""
    return _read("stars.ecsv")[0].loc[row]


def luminosity(name: str) -> Luminosity | None:
    """The published luminosity of a star, None where the star or its luminosity is not in the table."""
    star = find_star(name)
    if star is None or not np.isfinite(star["luminosity"]):
        return None
    reference = references()[star["luminosity_reference"]]
    return Luminosity(star["luminosity"], star["luminosity_error"], reference, star["name"], star["luminosity_note"])


def star_of(spectrum: Spectrum, said: str | None = None) -> pd.Series | None:
    """The row of `stars` with the star of a spectrum, None where it is not known.

    It goes by the name of the star, or where the file has none by its own; a simulated spectrum is of no star.

    Args:
        spectrum: as read.
        said: name of the star that the user gave, empty for none of the published ones; goes before all else.
    """
    if said is None and not spectrum.simulated:
        said = spectrum.star or Path(spectrum.file).stem
    return find_star(said) if said else None


def star_luminosity(
    spectrum: Spectrum, given: LuminosityInput | None = None, said: str | None = None
) -> LuminosityInput | None:
    """The luminosity of the star of a spectrum: the one given, or else the one published of it, see `star_of`.

    None where there is neither.
    """
    star = star_of(spectrum, said) if given is None else None
    known = None if star is None else luminosity(star["karmn"])
    return given if known is None else known.as_input


def names() -> dict[str, str]:
    """The CARMENES identifier of each star -> what it is called in lists, as ``GJ 699 · Barnard's Star``."""
    table, found = _read("stars.ecsv")[0], {}
    for karmn, gj, name in zip(table["karmn"], table["gj"], table["name"], strict=True):
        found[karmn] = " · ".join(dict.fromkeys(part for part in (gj, name) if part)) or karmn
    return found


def every_name(star: pd.Series) -> list[str]:
    """All names of a row of `stars`, each once whatever its apostrophes: that of Gliese & Jahreiss first."""
    every = [star["gj"], star["name"], star["karmn"], *star["aliases"].split(";")]
    once: dict[str, str] = {}
    for name in filter(None, map(str.strip, every)):
        once.setdefault(_bare(name), name)
    return list(once.values())


def _bare(name: str) -> str:
    """A name without what tells its spellings apart."""
    return name.replace("'", "").casefold()


@lru_cache(maxsize=1)
def names_to_search() -> dict[str, str]:
    """The CARMENES identifier of each star -> all its names, in an order for lists that are searched as one types.

    Numbers go up, so that of the stars whose names hold the letters typed the one called so comes first: GJ 411 before
    GJ 4113.
    """
    table = _read("stars.ecsv")[0]
    found = {star["karmn"]: " · ".join(every_name(star)) for _, star in table.iterrows()}
    return dict(sorted(found.items(), key=lambda item: _natural(item[1])))


def _natural(text: str) -> tuple[bool, list[str]]:
    """What sorts names by their numbers, those of Gliese & Jahreiss first."""
    return not text.startswith("GJ"), [part.zfill(8) if part.isdigit() else part for part in re.split(r"(\d+)", text)]


def similar_names(name: str, most: int = 4) -> list[str]:
    """Names as in `every_name` that are spelled much like ``name``, likeliest first, at most ``most``."""
    spelled = {one_spelling(text): (row, text) for row, text in _every_name()}
    close = difflib.get_close_matches(one_spelling(name[:60]), spelled, n=3 * most, cutoff=0.75)
    of_star: dict[int, str] = {}
    for row, text in (spelled[key] for key in close):
        shown = {_bare(other): other for other in every_name(_star(row))}
        of_star.setdefault(row, shown[_bare(text)])
    return list(of_star.values())[:most]


def literature_table() -> pd.DataFrame:
    """Every literature value beside the published one.

    Returns:
        One row for each star, parameter and source: karmn, name, parameter, source (key of `SOURCES`), value, error,
        limit (True for upper limits), published, published_lower and published_upper (1-sigma distances) and difference
        (value - published), in K, dex or km/s.
    """
    return _literature().copy()


def published_comparisons() -> pd.DataFrame:
    """What the publication says of literature - published: parameter, source, statistic, value, decimals and note."""
    return _read("comparisons.ecsv")[0].copy()


@lru_cache(maxsize=1)
def _literature() -> pd.DataFrame:
    table, parts = _read("stars.ecsv")[0], []
    for key, source in SOURCES.items():
        for parameter in _PARAMETERS:
            column = f"{parameter}_{source.end}"
            if column not in table:
                continue
            part = table[["karmn", "name"]].assign(parameter=parameter, source=key, value=table[column])
            part["error"] = table.get(f"{column}_error", np.nan)
            part["limit"] = table[f"{column}_limit"].astype(bool) if f"{column}_limit" in table else False
            part["published"] = table[parameter]
            for side in ("lower", "upper"):
                part[f"published_{side}"] = table[f"{parameter}_{side}"]
            parts.append(part[part["value"].notna()])
    long = pd.concat(parts, ignore_index=True)
    return long.assign(difference=long["value"] - long["published"])

"""Anchors: stars of known parameters among those that a bundle is adapted to.

Stars without labels leave the zero points of Teff and [M/H] to what is believed of the sample. A dozen stars of known
parameters measure them: their estimates differ from the known values by the error of the zero points, and by what each
star and each known value has of its own.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from dtl.catalogue import published_stars
from dtl.spectrum import PreparedSpectrum, UnusableInput
from dtl.transfer.sample import Sample

__all__ = [
    "ANCHORED",
    "DEFAULT_SCALE",
    "MIN_ANCHORS",
    "SCALES",
    "Anchor",
    "ZeroPoints",
    "anchors_among",
    "find_anchors",
    "read_anchors",
    "zero_points",
]

#: Parameters whose zero points anchors fix, and their columns among the four.
ANCHORED = {"teff": 0, "mh": 2}
#: Stars below which anchors say less than what is believed.
MIN_ANCHORS = 3
#: Name of a scale -> where Teff and where [M/H] come from, keys of `dtl.catalogue.published_stars.SOURCES`.
SCALES = {
    "mann15": ("mann2015", "mann2015"),
    "interferometry": ("interferometry", "binaries"),
    "marfil21": ("marfil2021", "marfil2021"),
    "passegger19": ("passegger2019", "passegger2019"),
}
DEFAULT_SCALE = "mann15"
#: 1 sigma of values that were published without one: K, dex.
_UNSTATED = (60.0, 0.1)
#: By how much single estimates scatter about the truth, once the zero points are right: K, dex.
_SCATTER = np.array([25.0, 0.08])
#: 1 sigma by which a zero point may change over 300 K: K, dex.
_TILT, _TILTED = np.array([25.0, 0.04]), 300.0
#: Columns of a table of anchors, value and error.
_COLUMNS = (("teff", "teff_error"), ("mh", "mh_error"))


@dataclass(frozen=True)
class Anchor:
    """A star of known parameters.

    Attributes:
        row: of its spectrum among those of the sample.
        star: its name, or that of its file.
        values: Teff [K] and [M/H], NaN where not known.
        errors: 1 sigma of both.
    """

    row: int
    star: str
    values: tuple[float, float]
    errors: tuple[float, float]


@dataclass(frozen=True)
class ZeroPoints:
    """What anchors say of the zero points of Teff [K] and [M/H] [dex].

    Attributes:
        shift: to be added to the estimates; shape ``(2,)``.
        covariance: of the shift; shape ``(2, 2)``.
        before: known value minus estimate of each anchor, NaN where not known; shape ``(k, 2)``.
        after: the same with the shift that the other anchors give; shape ``(k, 2)``.
    """

    shift: np.ndarray
    covariance: np.ndarray
    before: np.ndarray
    after: np.ndarray


def find_anchors(spectra: Sequence[PreparedSpectrum], scale: str) -> list[Anchor]:
    """`anchors_among` the spectra of a sample.

    Args:
        spectra: of the sample.
        scale: one of `SCALES`.

    Raises:
        UnusableInput: for an unknown scale, or fewer than three such stars.
    """
    if scale not in SCALES:
        raise UnusableInput(f"No scale is called {scale!r}; there are {', '.join(SCALES)}.")
    found = anchors_among(spectra, scale)
    label = published_stars.SOURCES[SCALES[scale][0]].label
    what = f"published with values of {label} among the spectra"
    _check_enough(found, what, "names are taken from the files; choose another scale")
    return found


def anchors_among(spectra: Sequence[PreparedSpectrum], scale: str) -> list[Anchor]:
    """The spectra of published stars that have values on a scale, recognised by name.

    A simulated spectrum is of no star, whatever it is called.

    Args:
        spectra: any.
        scale: one of `SCALES`.
    """
    sources = [published_stars.SOURCES[key] for key in SCALES[scale]]
    found = []
    for row, spectrum in enumerate(spectra):
        name = spectrum.spectrum.star or Path(spectrum.spectrum.file).stem
        star = None if spectrum.spectrum.simulated else published_stars.find_star(name)
        if star is None:
            continue
        columns = [f"{name}_{source.end}" for name, source in zip(ANCHORED, sources, strict=True)]
        values = tuple(float(star.get(column, np.nan)) for column in columns)
        errors = tuple(
            float(np.nan_to_num(star.get(f"{column}_error", np.nan)) or unstated)
            for column, unstated in zip(columns, _UNSTATED, strict=True)
        )
        if np.isfinite(values).any():
            found.append(Anchor(row, str(star["name"] or star["karmn"]), values, errors))
    return found


def read_anchors(path: str | os.PathLike, sample: Sample, given: Sequence[PreparedSpectrum]) -> list[Anchor]:
    """Anchors of one's own, from a table with the columns file, teff, teff_error, mh and mh_error.

    Args:
        path: of a CSV file; either pair of columns may be left out or empty.
        sample: that the stars belong to.
        given: the spectra that it was made from, whose files the table names, with or without their folders.

    Raises:
        UnusableInput: where the file cannot be used, names no spectrum, or leaves fewer than three anchors.
    """
    table = _table(Path(path))
    rows: dict[str, set[int]] = {}
    for row, star in enumerate(sample.exposures):
        for i in star:
            rows.setdefault(Path(given[i].spectrum.file).name, set()).add(row)
    found: dict[int, Anchor] = {}
    for _, entry in table.iterrows():
        own = rows.get(Path(str(entry["file"])).name, set())
        values = tuple(float(entry[value]) for value, _ in _COLUMNS)
        if not own or not np.isfinite(values).any():
            continue
        if len(own) > 1:
            raise UnusableInput(
                f"{path}: {entry['file']} is the name of spectra of several stars; give their files names of their own."
            )
        (row,) = own
        errors = tuple(float(entry[error]) for _, error in _COLUMNS)
        if any(np.isfinite(v) and not e > 0 for v, e in zip(values, errors, strict=True)):
            raise UnusableInput(f"{path}: {entry['file']} has a value without an error above 0; give each its 1 sigma.")
        found[row] = Anchor(row, Path(str(entry["file"])).name, values, errors)
    _check_enough(list(found.values()), f"of {path} among the spectra", "name more of the files in the table")
    return list(found.values())


def _table(path: Path) -> pd.DataFrame:
    wanted = [name for pair in _COLUMNS for name in pair]
    try:
        table = pd.read_csv(path, comment="#", skipinitialspace=True)
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise UnusableInput(
            f"{path} cannot be read as a table of anchors ({type(error).__name__}); give a CSV file with the columns "
            f"file, {', '.join(wanted)}."
        ) from error
    table.columns = [str(name).strip().casefold() for name in table.columns]
    if "file" not in table or not any(value in table for value, _ in _COLUMNS):
        raise UnusableInput(f"{path} is no table of anchors; it needs the columns file, {', '.join(wanted)}.")
    for name in wanted:
        table[name] = pd.to_numeric(table[name], errors="coerce") if name in table else np.nan
    return table


def _check_enough(found: list[Anchor], what: str, remedy: str) -> None:
    if len(found) < MIN_ANCHORS:
        stars = "1 star" if len(found) == 1 else f"{len(found)} stars"
        raise UnusableInput(
            f"Anchors: {stars} {what}, too few to fix a zero point ({MIN_ANCHORS} are needed, better fifteen); "
            f"{remedy}, or adapt without anchors."
        )


def zero_points(estimates: np.ndarray, anchors: Sequence[Anchor], prior: np.ndarray) -> ZeroPoints:
    """The zero points that anchors give together with what is believed of them, by linear least squares.

    The zero points may change with Teff; what is given is their value at the sample's mean Teff. Where the anchors
    scatter by more than their errors, these are taken to be larger.

    Args:
        estimates: Teff, log g, [M/H], v sin i of all stars of the sample; shape ``(k, 4)``.
        anchors: of the sample.
        prior: covariance of the errors of the zero points of Teff and [M/H] without anchors; shape ``(2, 2)``.
    """
    rows = np.array([anchor.row for anchor in anchors])
    before = np.array([anchor.values for anchor in anchors]) - estimates[rows][:, list(ANCHORED.values())]
    variance = np.array([anchor.errors for anchor in anchors]) ** 2 + _SCATTER**2
    tilt = (estimates[rows, 0] - estimates[:, 0].mean()) / _TILTED
    widest = np.zeros((4, 4))
    widest[:2, :2] = prior
    widest[[2, 3], [2, 3]] = _TILT**2
    shift, covariance = _fit(before, variance, tilt, widest)
    after = np.full(before.shape, np.nan)
    for i in range(len(anchors)):
        others = np.arange(len(anchors)) != i
        after[i] = before[i] - _fit(before[others], variance[others], tilt[others], widest)[0]
    return ZeroPoints(shift, covariance, before, after)


def _fit(
    differences: np.ndarray, variance: np.ndarray, tilt: np.ndarray, prior: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Shift ``(2,)`` and its covariance, from differences ``(k, 2)``, their variances and the stars' places in Teff."""
    known = np.isfinite(differences)
    star, column = np.nonzero(known)
    design = np.zeros((len(star), 4))
    design[np.arange(len(star)), column] = 1.0
    design[np.arange(len(star)), 2 + column] = tilt[star]
    wanted, sigma2 = differences[known], variance[known]
    beyond = 1.0
    for _ in range(2):
        weighted = design / (beyond * sigma2)[:, None]
        covariance = np.linalg.inv(np.linalg.inv(prior) + design.T @ weighted)
        found = covariance @ (weighted.T @ wanted)
        beyond = max(1.0, float(np.sum((wanted - design @ found) ** 2 / sigma2)) / max(len(wanted), 1))
    return found[:2], covariance[:2, :2]

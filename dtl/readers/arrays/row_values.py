"""What a table or archive says of each of its spectra in a single value a row: its star, its motion, its resolution."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from dtl.readers.arrays.members import members
from dtl.readers.contents import Contents
from dtl.readers.facts.barycentre import middle_of_exposure
from dtl.readers.facts.metadata import apply_metadata, in_words, key_of
from dtl.readers.instruments import find_instrument
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source
from dtl.readers.words.resolutions import apply_resolutions, metadata_lines
from dtl.readers.words.statements import apply_statements
from dtl.wavelengths import Window

if TYPE_CHECKING:
    from astropy.table import Table

__all__ = ["apply_pairs", "describe_row", "named_columns", "of_arrays", "of_columns", "padded"]

#: Units that go without saying, and those of velocities, which are said with the name; columns of others are left out.
_PLAIN, _SAID = ("", "deg", "degree", "degrees"), ("km/s", "kms-1", "m/s", "ms-1")
#: Velocities in km/s are smaller, in m/s mostly larger; right ascensions up to the second can be hours.
_FASTEST, _HOURS = 500.0, 24.0
#: What each of several spectra has for itself: a header that they share does not speak for one whose cell is empty.
_OWN = ("star", "barycentric_velocity", "star_velocity")
#: Columns that name the star where they tell rows apart, as a "source" may be that of the file, and what does: words
#: that are no file or version, or a number of a large catalogue.
_OF_ROWS = re.compile(
    r"(gaia[ _-]*)?(dr\d[ _-]*)?source([ _-]*(id|name))?|obj|(star|obj(ect)?|main|target)[ _-]*id|designation"
)
_NAME = re.compile(
    r"(?=.*[^\W\d])(?!v?[\d.]+$)(?!.*\.[a-z]\w{1,4}$)(?!.*(?:pipeline|archive|\bdrs\b|reduc|version))[^/\\]*"
    r"|\d{6,}|",
    re.IGNORECASE,
)


def of_columns(table: Table, names: Mapping[str, str] = MappingProxyType({})) -> dict[str, np.ndarray]:
    """Columns with one number or text a row, by their names; none where all columns are such, which then are those of
    one spectrum.

    Args:
        table: of astropy.
        names: of columns that are called otherwise here.
    """
    plain = [column for column in table.itercols() if column.ndim == 1 and _is_plain(column)]
    if len(plain) == len(table.colnames):
        return {}
    return named_columns((names.get(column.name, column.name), column.unit, np.ma.asarray(column)) for column in plain)


def of_arrays(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Arrays with a number or text a row, by their names."""
    return named_columns((name, None, values) for name, values in arrays.items())


def named_columns(columns: Iterable[tuple[str, object, np.ndarray]]) -> dict[str, np.ndarray]:
    """Columns by their names, with the unit where it is one of velocities.

    Args:
        columns: name, unit as stated, values; those of shape ``(rows,)`` with no other unit are taken.
    """
    found = {}
    for name, said, values in columns:
        unit = re.sub(r"[\s.*^()]", "", str(said or "")).replace("sec", "s")
        if name and values.ndim == 1 and not unit:
            unit = _unit_by_size(name, values)
        if name and values.ndim == 1 and unit in _PLAIN + _SAID:
            found[f"{name} ({unit})" if unit in _SAID else name] = values
    return found


def padded(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Rows of different length as those of one array, the shorter ending in NaN; shape ``(rows, longest)``."""
    values = np.full((len(rows), max(map(len, rows), default=0)), np.nan)
    for place, row in zip(values, rows, strict=True):
        place[: len(row)] = row
    return values


def describe_row(
    contents: Contents, source: Source, options: ReadOptions, window: Window, *, said: dict[str, np.ndarray]
) -> None:
    """Add what is said of the row of the spectrum that is wanted.

    Args:
        contents: changed in place.
        source: for the name in messages.
        options: which spectrum is wanted.
        window: where its light is looked for.
        said: single values of each row, by name.
    """
    rows = len(contents.flux) if np.ndim(contents.flux) == 2 else 1
    said = {name: column for name, column in said.items() if len(column) == rows}  # else they are those of pixels
    if not said:
        return
    own, several = members(contents, source, options, window) if rows > 1 else ([0], False)
    if several and not any(key_of(name)[0] == "star" for name in said):
        stars = next((name for name, column in said.items() if _names_stars(name, column)), None)
        said = {"star" if name == stars else name: column for name, column in said.items()}
    pairs = {}
    for name, column in said.items():
        key, cell = key_of(name)[0], _plain(column[own[0] : own[0] + 1].tolist()[0])
        differ = key in _OWN and len(set(column.tolist())) > 1
        if several and differ:
            setattr(contents, str(key), None)
        if several or not (key == "star" and differ):  # the orders of a star are called otherwise
            pairs[name] = cell
    shared, contents.resolution = contents.resolution, None
    apply_pairs(contents, pairs, "column")
    contents.resolution = contents.resolution or shared


def _names_stars(name: str, column: np.ndarray) -> bool:
    """Whether a column of several spectra, none of which is called after the star, holds names of stars."""
    cells = {str(_plain(cell)) for cell in column.tolist()} if _OF_ROWS.fullmatch(name.strip().lower()) else set()
    instruments = all(map(find_instrument, filter(None, cells)))  # with which one star was seen
    return len(cells) > 1 and all(map(_NAME.fullmatch, cells)) and not instruments


def apply_pairs(contents: Contents, pairs: dict[str, object], what: str) -> None:
    """Take what names with single values say, and what free words among these do.

    Args:
        contents: changed in place.
        pairs: numbers and texts by name.
        what: each of them is, for people, as "column".
    """
    apply_metadata(contents, pairs, what)
    own = middle_of_exposure({re.sub(r"[ _]", "-", name.upper()): value for name, value in pairs.items()})
    contents.mjd = own or contents.mjd
    apply_statements(contents, in_words(pairs), f"the {what}")
    apply_resolutions(contents, metadata_lines(pairs), what)


def _plain(cell: object) -> object:
    """A cell as a number or text; letters that are none of ASCII stand as bytes in a FITS table."""
    if isinstance(cell, bytes):
        try:
            cell = cell.decode()
        except UnicodeDecodeError:
            cell = cell.decode("latin-1")
    return cell.strip() if isinstance(cell, str) else cell


def _is_plain(column: np.ndarray) -> bool:
    """Whether each cell is a number or a text, of any length as VOTables have it."""
    return column.dtype.kind in "iufbUS" or all(isinstance(cell, str) for cell in column)


def _unit_by_size(name: str, values: np.ndarray) -> str:
    """The unit of a column that states none: of velocities in m/s, one of which may be small, and of what may be hours;
    empty for all others."""
    key, stated = key_of(name)
    if stated or values.dtype.kind not in "iuf" or key not in ("ra", "barycentric_velocity", "star_velocity"):
        return ""
    sizes = {abs(cell) for cell in values.tolist() if cell is not None and np.isfinite(cell)}
    if key == "ra":
        return "h" if max(sizes, default=0.0) <= _HOURS else ""
    sizes = {size for size in sizes if set(f"{size:.0f}") != {"9"}}  # what stands for no velocity
    return "m/s" if sizes and float(np.median(list(sizes))) > _FASTEST else ""

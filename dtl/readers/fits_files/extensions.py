"""All extensions of a FITS file as groups of arrays, each of which may hold the spectrum.

A group is a table, the images of one shape, the rows or bands of one image, or an image with an axis in its header.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from dtl.readers import limits
from dtl.readers.arrays.bins import middles
from dtl.readers.arrays.dispersion import Column
from dtl.readers.arrays.groups import BESIDE, LONGEST_NAME, SPECTRA, Group
from dtl.readers.arrays.traces import called_by_trace, rows_beside
from dtl.readers.facts.cards import Cards
from dtl.readers.fits_files import multispec
from dtl.readers.fits_files.axes import cube_of_spectra, find_axis, has_axis, turn_header
from dtl.readers.fits_files.blazes import blaze_of, find_blazes
from dtl.readers.fits_files.fits_file import VALUE_LIMIT, image_extensions, pixels, table_values, tables
from dtl.readers.fits_files.fits_values import of_images, of_table
from dtl.readers.fits_files.image_rows import (
    MAX_ROWS,
    as_rows,
    fibres_first,
    is_turned,
    parts_of,
    planes_of,
    row_names,
    turn_columns,
    without_trailing,
)
from dtl.readers.fits_files.scattered import gather
from dtl.readers.source import Source, sanitise
from dtl.readers.text_files.word_columns import flag_values
from dtl.readers.words.names import parse_name
from dtl.wavelengths import Window

__all__ = ["find_groups"]

_MIN_POINTS = 10
#: Extensions of one kind that are looked at; a spectrograph has a hundred orders.
_MAX_EXTENSIONS = 200
#: Images of like size that are looked at beside one with an axis.
_MAX_BESIDE = 24
#: Rows of an image that cards may name; ESPaDOnS has seven kinds of numbers in four versions.
_MOST_NAMED = 60
#: What is said of wavelengths that are edges.
_NOTE = [("wavelengths", "middles of bins", "guessed", "one more is given than there are fluxes: the edges of bins")]


def find_groups(source: Source, window: Window) -> list[Group]:
    """All groups of a file, in the order in which they are believed where several hold the window."""
    found = _multispec(source)
    found += _images(source)
    blazes = find_blazes(source, _own_name)
    all_tables = tables(source)
    for number, hdu in all_tables[:_MAX_EXTENSIONS]:
        found += _table(source, number, hdu, blazes)
    found += _axes(source, window, {hdu.name.strip().upper(): hdu for _, hdu in all_tables})
    found += _rows(source)
    for columns, hdus in gather(source, all_tables, _own_name):
        headers = [hdu.header for _, hdu in hdus]
        found.append(Group("scattered", "FITS arrays of several extensions", _called(*hdus), columns, headers))
    return found


def _called(*hdus: tuple[int, Any]) -> dict[int, str]:
    return {number: sanitise(hdu.name, LONGEST_NAME) for number, hdu in hdus}


def _own_name(hdu: Any) -> str:
    """The name of an extension, or what stands before its unit, as "Err (10^-17 erg/s/cm^2/Ang)" of APOGEE."""
    if "EXTNAME" in hdu.header:
        return hdu.name.strip()
    said = re.match(r"\s*([A-Za-z][A-Za-z ]*)\(", str(hdu.header.get("BUNIT", "")))
    return said[1].strip() if said and parse_name(said[1]).role else ""


def _table(source: Source, number: int, hdu: Any, blazes: list[tuple[int, Any]]) -> list[Group]:
    """A table as columns of numbers, one to a pixel, or as vectors, one or many rows of them."""
    size = hdu.header.get("NAXIS1", 0) * hdu.header["NAXIS2"]
    if size > 8 * VALUE_LIMIT:
        raise source.refuse(f"has a table of {size / 1e6:,.0f} MB, too large for one spectrum; give a single spectrum.")
    found: dict[tuple[int, ...], list[Column]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for place, column in enumerate(hdu.columns, 1):
            values = table_values(source, hdu, column)
            if values is None and "A" in str(column.format) and parse_name(column.name).role == "mask":
                values = flag_values([str(word) for word in np.ravel(hdu.data[column.name])])
            if values is None:
                continue
            if values.ndim > 1 and len(values) == 1:
                values = values[0]
            said = [str(hdu.header.get(f"{key}{place}", "")).strip() for key in ("TCOMM", "TDESC", "TUCD", "TUTYP")]
            note = "; ".join(text for text in said if text)
            found.setdefault(values.shape, []).append(Column(column.name, values, column.unit or "", note, place))
    groups = []
    for columns in map(turn_columns, found.values()):
        shape = columns[0].values.shape
        if len(columns) < 2 or shape[-1] < _MIN_POINTS or len(shape) > 2 or _too_many(shape):
            continue
        rows = hdu.header["NAXIS2"]
        vectors = rows == 1 or len(shape) == 2
        own = columns if vectors else [*columns, *blaze_of(source, number, hdu, blazes)]
        label = "FITS table (one row of vectors)" if rows == 1 else "FITS table" + (" (rows of vectors)" * vectors)
        kind, called = "vectors" if vectors else "table", _called((number, hdu))
        said, role = of_table(hdu) if vectors else {}, parse_name(_own_name(hdu)).role
        own, said, notes = _rows_of_star(own, said, source) if len(shape) == 2 else (own, said, [])
        groups.append(Group(kind, label, called, own, [hdu.header], notes, beside=role in BESIDE, said=said))
    return sorted(groups, key=lambda group: -len(group.columns[0].values.shape))


def _rows_of_star(
    columns: list[Column], said: dict[str, np.ndarray], source: Source
) -> tuple[list[Column], dict[str, np.ndarray], list[tuple[str, str, str, str]]]:
    """Rows of vectors and what is said of them without those of fibres beside the star's, and a note of these."""
    found = rows_beside(said, Cards(source.hdus[0].header))
    if found is None or len(found[0]) != len(columns[0].values):
        return columns, said, []
    beside, name = found
    note = (
        "rows",
        f"{beside.sum()} of {len(beside)} left out",
        "file",
        f"of sky or lamp by column '{sanitise(name, 30)}'",
    )
    columns = [replace(column, values=column.values[~beside]) for column in columns]
    return columns, {key: cells[~beside] for key, cells in said.items()}, [note]


def _too_many(shape: tuple[int, ...]) -> bool:
    """Whether an array has more rows than a spectrograph has orders, or a telescope stars at once."""
    return len(shape) == 2 and shape[0] > limits.most("orders")


def _images(source: Source) -> list[Group]:
    """Images of one shape, of which one may hold the wavelengths of another."""
    found: dict[tuple[int, ...], list[tuple[int, Any]]] = {}
    for number, hdu in image_extensions(source)[:_MAX_EXTENSIONS]:
        if len(hdu.shape) <= 3 and max(hdu.shape) >= _MIN_POINTS and np.prod(hdu.shape) <= VALUE_LIMIT:
            found.setdefault(without_trailing(hdu.shape), []).append((number, hdu))
    groups = []
    named = {shape for shape, own in found.items() if any(_is_wavelength(hdu) for _, hdu in own)}
    for given, own in found.items():
        axes = fibres_first(given, named)
        shape = tuple(given[axis] for axis in axes)
        waves = [hdu for _, hdu in own if _is_wavelength(hdu)]
        turned = len(shape) == 2 and bool(waves) and is_turned(pixels(source, waves[0]).reshape(shape))
        # fibres or slices of each order stand one below the other
        flat = shape[::-1] if turned else shape if len(shape) < 3 else (int(np.prod(shape[:-1])), shape[-1])
        shared = found.get(shape[1:], [])  # rows may share the wavelengths of a row, and fibres those of all orders
        if len(shape) == 3:
            shared = [pair for pair in shared if _is_wavelength(pair[1]) and not waves]
        if flat[-1] < _MIN_POINTS or _too_many(flat) or (len(shape) == 3 and not waves + shared):
            continue
        hdus = own[: limits.most("columns")] + (shared if len(shape) > 1 else [])
        names = called_by_trace(Cards(source.hdus[0].header), [_own_name(hdu) for _, hdu in hdus])
        edges = _edges(source, found.get((shape[0] + 1,), []), names) if len(shape) == 1 else []
        if len(hdus) + len(edges) < 2:
            continue
        columns = [
            Column(name, as_rows(flat, _turned(pixels(source, hdu), axes), turned), _unit(hdu), _kind(hdu))
            for name, (_, hdu) in zip(names, hdus, strict=True)
        ]
        headers = [hdu.header for _, hdu in hdus]
        said = of_images(source, shape[0]) if len(shape) == 2 and shape[0] < shape[1] else {}
        label, notes = "FITS image extensions", _NOTE * len(edges)
        groups.append(Group("images", label, _called(*hdus), edges + columns, headers, notes, said=said))
    return groups


def _is_wavelength(hdu: Any) -> bool:
    return parse_name(_own_name(hdu)).role == "wavelength"


def _turned(values: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """A cube with its axes in another order; images beside it as they are."""
    return values.transpose(axes) if values.ndim == len(axes) == 3 else values


def _edges(source: Source, longer: list[tuple[int, Any]], names: list[str]) -> list[Column]:
    """The wavelengths of images that have none, where another extension has one value more: the edges of their bins."""
    own = [hdu for _, hdu in longer if _is_wavelength(hdu)]
    if len(own) != 1 or any(parse_name(name).role == "wavelength" for name in names):
        return []
    values = middles(pixels(source, own[0]))
    if values is None:
        return []
    return [Column(_own_name(own[0]), values, _unit(own[0]))]


def _unit(hdu: Any) -> str:
    return str(hdu.header.get("BUNIT", hdu.header.get("CUNIT1", "")))


def _kind(hdu: Any) -> str:
    """The class of an uncertainty as astropy writes it, "InverseVariance"."""
    return str(hdu.header.get("UTYPE", "")).strip()


def _axes(source: Source, window: Window, by_name: dict[str, Any]) -> list[Group]:
    """Images with a spectral axis in their header; further rows share it, and images of the same length beside it."""
    all_images = image_extensions(source)[:_MAX_EXTENSIONS]
    groups = []
    for number, hdu in all_images:
        header, shape, called = turn_header(hdu.header, hdu.shape), _size(hdu), _called((number, hdu))
        cards, name = Cards(header), _own_name(hdu)
        role = parse_name(name).role
        label, spectra = "one-dimensional FITS image", cube_of_spectra(cards, hdu.shape)
        if spectra:
            groups.append(Group("axis", label, called, [], [header], problem=f"has a cube of {spectra} spectra"))
        if not shape or shape[-1] < _MIN_POINTS or len(shape) > 2 or not has_axis(cards):
            continue
        if np.prod(shape) > VALUE_LIMIT or (len(shape) == 2 and shape[0] > MAX_ROWS and "WV_0_01" not in cards):
            continue
        try:
            axis = find_axis(cards, shape, window, by_name)
        except ValueError as error:
            groups.append(Group("axis", label, called, [], [header], problem=f"has {error}"))
            continue
        if axis is None:
            continue
        wave = Column("wavelength", axis.values, axis.unit, axis.where)
        values = pixels(source, hdu).reshape(shape)
        names = row_names(header, len(values)) if len(shape) == 2 else []
        if names and (any(names) or len(hdu.shape) == 3):
            own = [Column(said, row) for said, row in zip([names[0] or "flux", *names[1:]], values, strict=True)]
        else:
            own = [Column(name if role in ("flux", "") else "flux", values)]
        others = [other for place, other in all_images if place != number and _size(other) == shape]
        columns = [wave, *own, *_beside(source, others, name, shape)]
        group = Group("axis", label, called, columns, [header], beside=role in BESIDE, role=role)
        if axis.contradiction:
            group.notes.append(("step", "CD1_1", "guessed", axis.contradiction))
            group.flags.add("wavelengths_doubtful")
        if axis.sampling:
            group.notes.append(("sampling", axis.sampling, "file", axis.where))
        groups.append(group)
    return groups


def _beside(source: Source, others: list[Any], name: str, shape: tuple[int, ...]) -> list[Column]:
    """Images of the shape of a spectrum that are none themselves, only those of its number where some are: ERR1 belongs
    to ORDER1."""
    named = [(own, hdu) for hdu in others if parse_name(own := _own_name(hdu)).role not in SPECTRA]
    order = re.findall(r"\d+", name)
    named = [(own, hdu) for own, hdu in named if order and re.findall(r"\d+", own) == order] or named
    return [Column(own, pixels(source, hdu).reshape(shape), note=_kind(hdu)) for own, hdu in named[:_MAX_BESIDE]]


def _size(hdu: Any) -> tuple[int, ...]:
    return tuple(n for n in hdu.shape if n > 1)


def _rows(source: Source) -> list[Group]:
    """Images with a few long rows or columns, as SCI or Upena write them, wavelengths among them."""
    groups = []
    for number, hdu in image_extensions(source)[:_MAX_EXTENSIONS]:
        if len(hdu.shape) == 3 and np.prod(hdu.shape) <= VALUE_LIMIT and not has_axis(Cards(hdu.header)):
            columns = planes_of(hdu.header, pixels(source, hdu))
            if columns:
                groups.append(Group("planes", "FITS cube of planes", _called((number, hdu)), columns, [hdu.header]))
        if len(hdu.shape) != 2:
            continue
        few, many = sorted(hdu.shape)
        if few < 2 or many < max(_MIN_POINTS, 10 * few) or (few > MAX_ROWS and not _all_named(hdu.header, few)):
            continue
        values = pixels(source, hdu)
        values = values if hdu.shape[0] == few else values.T
        columns = parts_of(hdu.header, values)
        word = "rows" if hdu.shape[0] == few else "columns"
        if columns:
            groups.append(Group("rows", f"FITS image of {word}", _called((number, hdu)), columns, [hdu.header]))
    return groups


def _all_named(header: Any, rows: int) -> bool:
    """Whether cards name each row of an image with more rows than it has kinds of numbers, orders being mostly so."""
    return rows <= _MOST_NAMED and all(row_names(header, rows))


def _multispec(source: Source) -> list[Group]:
    """IRAF's echelle spectra, the bands of its cube as arrays."""
    if not multispec.identify(source):
        return []
    wavelength, bands, unit = multispec.read_arrays(source)
    first = image_extensions(source)[0]
    names = row_names(first[1].header, len(bands))
    names = [names[0] or "spectrum", *names[1:]]
    columns = [Column("wavelength", wavelength, unit, ""), *(Column(n, b) for n, b in zip(names, bands, strict=True))]
    return [Group("multispec", "IRAF multispec", _called(first), columns, [first[1].header])]

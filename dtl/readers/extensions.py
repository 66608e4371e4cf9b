"""All extensions of a FITS file as groups of arrays, each of which may hold the spectrum.

A group is a table, the images of one shape, the rows or bands of one image, or an image with an axis in its header.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dtl.readers import limits, multispec
from dtl.readers.axes import cube_of_spectra, find_axis, has_axis, turn_header
from dtl.readers.bins import middles
from dtl.readers.blazes import blaze_of, find_blazes
from dtl.readers.dispersion import Column
from dtl.readers.fits_file import VALUE_LIMIT, pixels, table_values, tables
from dtl.readers.fits_file import image_extensions as images
from dtl.readers.image_rows import (
    MAX_ROWS,
    as_rows,
    is_turned,
    parts_of,
    planes_of,
    row_names,
    turn_columns,
    without_trailing,
)
from dtl.readers.names import parse_name
from dtl.readers.row_values import of_images, of_table
from dtl.readers.scattered import gather
from dtl.readers.source import Source, sanitise
from dtl.readers.word_columns import flag_values
from dtl.wavelengths import Window

__all__ = ["BESIDE", "SPECTRA", "Group", "find_groups"]

_MIN_POINTS = 10
#: Extensions of one kind that are looked at; a spectrograph has a hundred orders.
_MAX_EXTENSIONS = 200
#: Images of like size that are looked at beside one with an axis.
_MAX_BESIDE = 24
#: What an extension beside the spectrum of the star is named after.
BESIDE = ("model", "sky", "telluric", "lamp", "blaze", "continuum")
#: What an image that is a spectrum is named after: the empty word where the name says nothing.
SPECTRA = ("flux", "order", "")
#: What is said of wavelengths that are edges.
_NOTE = [("wavelengths", "middles of bins", "guessed", "one more is given than there are fluxes: the edges of bins")]


@dataclass
class Group:
    """Arrays that belong together.

    Attributes:
        kind: ``vectors``, ``table``, ``images``, ``rows``, ``axis`` or ``multispec``.
        label: the format in words.
        place: the extension in words.
        columns: its arrays.
        headers: of the extensions they come from.
        notes: findings: name, value, source, reason.
        flags: doubts about its axis, words of `dtl.flags`.
        problem: why it cannot be used, empty where it can.
        beside: whether its extension is named after something else than the star, as a template or the sky.
        role: that the name of its extension says, where it is an image with an axis.
        stacked: whether each of its rows was an extension of its own, with the header of the same number.
        said: what is said of each row, see `dtl.readers.row_values`.
    """

    kind: str
    label: str
    place: str
    columns: list[Column]
    headers: list[Any]
    notes: list[tuple[str, str, str, str]] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    problem: str = ""
    beside: bool = False
    role: str = ""
    stacked: bool = False
    said: dict[str, np.ndarray] = field(default_factory=dict)


def find_groups(source: Source, window: Window) -> list[Group]:
    """All groups of a file, in the order in which they are believed where several hold the window."""
    found = _multispec(source)
    found += _images(source)
    blazes = find_blazes(source, _own_name)
    for number, hdu in tables(source)[:_MAX_EXTENSIONS]:
        found += _table(source, number, hdu, blazes)
    found += _axes(source, window)
    found += _rows(source)
    for columns, hdus in gather(source, _own_name):
        places = ", ".join(_place(number, hdu) for number, hdu in hdus[:4]) + (", ..." if len(hdus) > 4 else "")
        label, headers = "FITS arrays of several extensions", [hdu.header for _, hdu in hdus]
        found.append(Group("scattered", label, places, columns, headers))
    return found


def _place(number: int, hdu: Any) -> str:
    name = sanitise(hdu.name, 30)
    return f"extension {number}" + (f" '{name}'" if name and name != "PRIMARY" else "")


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
            said = [str(hdu.header.get(f"{key}{place}", "")).strip() for key in ("TCOMM", "TDESC", "TUCD")]
            note = "; ".join(text for text in said if text)
            found.setdefault(values.shape, []).append(Column(column.name, values, column.unit or "", note))
    groups = []
    for columns in map(turn_columns, found.values()):
        shape = columns[0].values.shape
        if len(columns) < 2 or shape[-1] < _MIN_POINTS or len(shape) > 2 or _too_many(shape):
            continue
        rows = hdu.header["NAXIS2"]
        vectors = rows == 1 or len(shape) == 2
        own = columns if vectors else [*columns, *blaze_of(source, number, hdu, blazes)]
        label = "FITS table (one row of vectors)" if rows == 1 else "FITS table" + (" (one row an order)" * vectors)
        kind, place = "vectors" if vectors else "table", _place(number, hdu)
        said = of_table(hdu) if vectors else {}
        groups.append(Group(kind, label, place, own, [hdu.header], beside=_is_beside(hdu), said=said))
    return sorted(groups, key=lambda group: -len(group.columns[0].values.shape))


def _too_many(shape: tuple[int, ...]) -> bool:
    """Whether an array has more rows than a spectrograph has orders, or a telescope stars at once."""
    return len(shape) == 2 and shape[0] > limits.most("orders")


def _images(source: Source) -> list[Group]:
    """Images of one shape, of which one may hold the wavelengths of another."""
    found: dict[tuple[int, ...], list[tuple[int, Any]]] = {}
    for number, hdu in images(source)[:_MAX_EXTENSIONS]:
        if len(hdu.shape) <= 3 and max(hdu.shape) >= _MIN_POINTS and np.prod(hdu.shape) <= VALUE_LIMIT:
            found.setdefault(without_trailing(hdu.shape), []).append((number, hdu))
    groups = []
    for shape, own in found.items():
        waves = [hdu for _, hdu in own if parse_name(_own_name(hdu)).role == "wavelength"]
        turned = (
            len(shape) == 2
            and shape[0] > shape[1]
            and bool(waves)
            and is_turned(as_rows(shape, pixels(source, waves[0])))
        )
        # fibres or slices of each order stand one below the other
        flat = shape[::-1] if turned else shape if len(shape) < 3 else (int(np.prod(shape[:-1])), shape[-1])
        shared = found.get(shape[1:], [])  # rows may share the wavelengths of a row, and fibres those of all orders
        if len(shape) == 3:
            shared = [pair for pair in shared if parse_name(_own_name(pair[1])).role == "wavelength" and not waves]
        if flat[-1] < _MIN_POINTS or _too_many(flat) or (len(shape) == 3 and not waves + shared):
            continue
        hdus = own[: limits.most("columns")] + (shared if len(shape) > 1 else [])
        names = [_own_name(hdu) for _, hdu in hdus]
        edges = _edges(source, found.get((shape[0] + 1,), []), names) if len(shape) == 1 else []
        if len(hdus) + len(edges) < 2:
            continue
        columns = [
            Column(name, as_rows(flat, pixels(source, hdu), turned), _unit(hdu))
            for name, (_, hdu) in zip(names, hdus, strict=True)
        ]
        places = ", ".join(_place(number, hdu) for number, hdu in hdus[:4]) + (", ..." if len(hdus) > 4 else "")
        headers = [hdu.header for _, hdu in hdus]
        said = of_images(source, shape[0]) if len(shape) == 2 and shape[0] < shape[1] else {}
        label, notes = "FITS image extensions", _NOTE * len(edges)
        groups.append(Group("images", label, places, edges + columns, headers, notes, said=said))
    return groups


def _edges(source: Source, longer: list[tuple[int, Any]], names: list[str]) -> list[Column]:
    """The wavelengths of images that have none, where another extension has one value more: the edges of their bins."""
    own = [hdu for _, hdu in longer if parse_name(_own_name(hdu)).role == "wavelength"]
    if len(own) != 1 or any(parse_name(name).role == "wavelength" for name in names):
        return []
    values = middles(pixels(source, own[0]))
    if values is None:
        return []
    return [Column(_own_name(own[0]), values, _unit(own[0]))]


def _unit(hdu: Any) -> str:
    return str(hdu.header.get("BUNIT", hdu.header.get("CUNIT1", "")))


def _axes(source: Source, window: Window) -> list[Group]:
    """Images with a spectral axis in their header; further rows share it, and images of the same length beside it."""
    by_name = {hdu.name.strip().upper(): hdu for _, hdu in tables(source)}
    all_images = images(source)[:_MAX_EXTENSIONS]
    named = [(number, hdu, _own_name(hdu), _size(hdu)) for number, hdu in all_images]
    others = [entry for entry in named if parse_name(entry[2]).role not in SPECTRA]
    groups = []
    for number, hdu in all_images:
        header, shape, place = turn_header(hdu.header, hdu.shape), _size(hdu), _place(number, hdu)
        label, spectra = "one-dimensional FITS image", cube_of_spectra(hdu.header, hdu.shape)
        if spectra:
            groups.append(Group("axis", label, place, [], [header], problem=f"has a cube of {spectra} spectra"))
        if not shape or shape[-1] < _MIN_POINTS or len(shape) > 2 or not has_axis(header):
            continue
        if np.prod(shape) > VALUE_LIMIT or (len(shape) == 2 and shape[0] > MAX_ROWS and "WV_0_01" not in header):
            continue
        try:
            axis = find_axis(header, shape, window, by_name)
        except ValueError as error:
            groups.append(Group("axis", label, place, [], [header], problem=f"has {error}"))
            continue
        if axis is None:
            continue
        wave = Column("wavelength", axis.values, axis.unit, axis.where)
        values = pixels(source, hdu).reshape(shape)
        names = row_names(header, len(values)) if values.ndim == 2 else []
        if values.ndim == 2 and (any(names) or len(hdu.shape) == 3):
            own = [Column(name, row) for name, row in zip(names, values, strict=True)]
            own[0].name = own[0].name or "flux"
        else:
            own = [Column(_own_name(hdu) if _is_flux(_own_name(hdu)) else "flux", values)]
        alike = [entry for entry in others if entry[0] != number and entry[3] == _size(hdu)]
        order = re.findall(r"\d+", _own_name(hdu))  # ERR1 belongs to ORDER1
        alike = [entry for entry in alike if order and re.findall(r"\d+", entry[2]) == order] or alike
        beside = [Column(name, pixels(source, other).reshape(values.shape)) for _, other, name, _ in alike]
        group = Group("axis", label, place, [wave, *own, *beside[:_MAX_BESIDE]], [header], beside=_is_beside(hdu))
        group.role = parse_name(_own_name(hdu)).role
        if axis.contradiction:
            group.notes.append(("step", "CD1_1", "guessed", axis.contradiction))
            group.flags.add("wavelengths_doubtful")
        if axis.sampling:
            group.notes.append(("sampling", axis.sampling, "file", axis.where))
        groups.append(group)
    return groups


def _size(hdu: Any) -> tuple[int, ...]:
    return tuple(n for n in hdu.shape if n > 1)


def _is_beside(hdu: Any) -> bool:
    return parse_name(_own_name(hdu)).role in BESIDE


def _is_flux(name: str) -> bool:
    return parse_name(name).role in ("flux", "")


def _rows(source: Source) -> list[Group]:
    """Images with a few long rows or columns, as SCI or Upena write them, wavelengths among them."""
    groups = []
    for number, hdu in images(source)[:_MAX_EXTENSIONS]:
        if len(hdu.shape) == 3 and np.prod(hdu.shape) <= VALUE_LIMIT and not has_axis(hdu.header):
            columns = planes_of(hdu.header, pixels(source, hdu))
            if columns:
                groups.append(Group("planes", "FITS cube of planes", _place(number, hdu), columns, [hdu.header]))
        if len(hdu.shape) != 2:
            continue
        few, many = sorted(hdu.shape)
        if not 2 <= few <= MAX_ROWS or many < max(_MIN_POINTS, 10 * few):
            continue
        values = pixels(source, hdu)
        values = values if hdu.shape[0] == few else values.T
        columns = parts_of(hdu.header, values)
        word = "rows" if hdu.shape[0] == few else "columns"
        if columns:
            groups.append(Group("rows", f"FITS image of {word}", _place(number, hdu), columns, [hdu.header]))
    return groups


def _multispec(source: Source) -> list[Group]:
    """IRAF's echelle spectra, the bands of its cube as arrays."""
    if not multispec.identify(source):
        return []
    wavelength, bands, header, unit = multispec.read_arrays(source)
    names = row_names(header, len(bands))
    names = [names[0] or "spectrum", *names[1:]]
    columns = [Column("wavelength", wavelength, unit, ""), *(Column(n, b) for n, b in zip(names, bands, strict=True))]
    return [Group("multispec", "IRAF multispec", "extension 0", columns, [header])]

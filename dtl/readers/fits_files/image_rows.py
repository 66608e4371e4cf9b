"""Rows of an image and planes of a cube: their names by cards of the header, planes of CERES, orders in columns."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np

from dtl.readers.arrays.dispersion import Column, runs_one_way
from dtl.readers.facts.cards import Cards
from dtl.readers.facts.programs import is_of_ceres

__all__ = [
    "MAX_ROWS",
    "as_rows",
    "fibres_first",
    "is_turned",
    "parts_of",
    "planes_of",
    "row_names",
    "turn_columns",
    "without_trailing",
]

#: Rows of an image that are kinds of numbers; with more of them they are orders or stars.
MAX_ROWS = 24

#: Cards that name a row or band, and its number.
_ROW_CARD = re.compile(r"^(ROW|ARRAY|COL|UP_ARR|BANDID)_?0*(\d+)$")
#: Planes of CERES that are read: the flux and its weights without the blaze (Brahm et al. 2017, PASP 129, 034002).
_CERES = {0: "wavelength", 3: "flux", 4: "ivar"}


def parts_of(header: Any, values: np.ndarray) -> list[Column]:
    """Rows of an image or planes of a cube; none where wavelengths are neither named nor among them, as in orders that
    have theirs elsewhere: counts can have the size of wavelengths."""
    names = row_names(header, len(values))
    if is_of_ceres(Cards(header)) and len(values) > max(_CERES) and runs_one_way(values[0]):  # also one of its orders
        values, names = values[list(_CERES)], list(_CERES.values())
    if not any(names) and not any(runs_one_way(part) for part in values):
        return []
    return [Column(name, part) for name, part in zip(names, values, strict=True)]


def planes_of(header: Any, cube: np.ndarray) -> list[Column]:
    """Planes of orders by pixels, as CERES has them, or what stands so along another axis of a cube."""
    for axis in range(3):
        planes = np.moveaxis(cube, axis, 0)
        if 2 <= len(planes) <= MAX_ROWS and planes.shape[2] >= 10 * len(planes):
            columns = parts_of(header, planes)
            if columns:
                return columns
    return []


def as_rows(shape: tuple[int, ...], values: np.ndarray, turned: bool = False) -> np.ndarray:
    """The values of an image with a row an order; those that all rows share as they are.

    Args:
        shape: rows, for all fibres, and pixels.
        values: of one image; those of one fibre are repeated for each.
        turned: whether its orders are its columns.
    """
    values = values.reshape(without_trailing(values.shape))
    if values.ndim == 1 or turned:
        return values.T
    return np.tile(values, (shape[0] * shape[1] // values.size, 1)) if values.ndim == 2 else values.reshape(shape)


def fibres_first(shape: tuple[int, ...], waves: set[tuple[int, ...]]) -> tuple[int, ...]:
    """The axes of a cube of fibres, orders and pixels in this order, by the shapes of wavelengths that fibres share.

    Args:
        shape: of the cube, or of an image, whose axes stay.
        waves: shapes of images of wavelengths, orders by pixels.
    """
    every = tuple(range(len(shape)))
    for fibre in (0, 2, 1) if len(shape) == 3 else ():
        rest = tuple(axis for axis in every if axis != fibre)
        if tuple(shape[axis] for axis in rest) in waves:
            return (fibre, *rest)
    return every


def row_names(header: Any, count: int) -> list[str]:
    """Names of rows or bands by the cards that list them (ROW1, ARRAY1, COL1, UP_ARR01, BANDID1), from 0 or from 1."""
    names = [""] * count
    cards = [(match, header[match[0]]) for match in map(_ROW_CARD.match, header) if match]
    found = [(match[1], int(match[2]), text) for match, text in cards if isinstance(text, str)]
    from_zero = {word for word, number, _ in found if number == 0}
    for word, number, text in found:
        place = number - (word not in from_zero)
        if 0 <= place < count and not names[place]:
            # IRAF: "sigma - background fit, weights variance, clean yes", with a colon in older versions
            names[place] = re.split(r"\s-\s|:\s", text)[0].strip()
    return names


def is_turned(wavelength: np.ndarray) -> bool:
    """Whether orders are the columns of an image: wavelengths run down them, in smaller steps than from one to the
    next."""
    rows, columns = wavelength.shape
    if rows <= columns or not runs_one_way(wavelength.T):
        return False
    along, across = (np.abs(np.diff(wavelength, axis=axis)) for axis in (0, 1))
    known = [steps[np.isfinite(steps)] for steps in (along, across)]
    if not all(steps.size for steps in known):
        return False
    step, apart = map(np.median, known)  # nothing lies between them where exposures share their wavelengths
    return bool(0 < step < apart or (step > 0 and not known[1].any()))


def without_trailing(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape without the last axes of one pixel, as of a spectrum that was written as a column."""
    while len(shape) > 1 and shape[-1] == 1:
        shape = shape[:-1]
    return tuple(shape)


def turn_columns(columns: list[Column]) -> list[Column]:
    """Columns of one shape with a row an order, where a table has a row a pixel and in its cells the orders."""
    waves = [column.values for column in columns if column.values.ndim == 2 and column.meaning.role == "wavelength"]
    if not waves or not is_turned(waves[0]):
        return columns
    return [replace(column, values=column.values.T) for column in columns]

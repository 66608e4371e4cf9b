"""Arrays of one spectrum that lie in several extensions, tables among them: wavelengths here, fluxes there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dtl.readers.arrays.dispersion import Column
from dtl.readers.fits_files.fits_file import image_extensions, pixels, table_values
from dtl.readers.fits_files.image_rows import without_trailing
from dtl.readers.source import Source
from dtl.readers.words.names import parse_name

__all__ = ["gather"]

#: Values that a spectrum has at least, and arrays of one shape that are looked at.
_MIN_POINTS, _MAX_ARRAYS = 10, 24


def gather(
    source: Source, tables: list[tuple[int, Any]], own_name: Callable[[Any], str]
) -> list[tuple[list[Column], list[tuple[int, Any]]]]:
    """Arrays with one value a pixel that are of one shape, but not of one extension, and the extensions they are of.

    Only where one of them alone is named after wavelengths: else it is not known which belong together.

    Args:
        source: the file.
        tables: number and extension of each of its tables.
        own_name: the name of an image by its extension.
    """
    found: dict[tuple[int, ...], list[tuple[str, int, Any, Any]]] = {}
    for number, hdu in tables:
        for column, kind in zip(hdu.columns, hdu.columns.dtype.fields.values(), strict=True):
            shape = (hdu.header["NAXIS2"], *kind[0].shape)
            shape = shape[1:] if len(shape) > 1 and shape[0] == 1 else shape
            if len(shape) < 3 and shape[-1] >= _MIN_POINTS:
                found.setdefault(shape, []).append((column.name, number, hdu, column))
    for number, hdu in image_extensions(source):
        if without_trailing(hdu.shape) in found:
            found[without_trailing(hdu.shape)].append((own_name(hdu), number, hdu, None))
    groups = []
    for shape, arrays in found.items():
        waves = [name for name, *_ in arrays if parse_name(name).role == "wavelength"]
        hdus = list({number: (number, hdu) for _, number, hdu, _ in arrays}.values())
        if len(waves) != 1 or len(hdus) < 2 or len(arrays) > _MAX_ARRAYS:
            continue
        columns = [_column(source, shape, entry) for entry in sorted(arrays, key=lambda entry: entry[1])]
        groups.append(([column for column in columns if column is not None], sorted(hdus, key=lambda pair: pair[0])))
    return groups


def _column(source: Source, shape: tuple[int, ...], entry: tuple[str, int, Any, Any]) -> Column | None:
    """One of the arrays; None where it is not one number a pixel."""
    name, _, hdu, column = entry
    if column is None:
        return Column(name, pixels(source, hdu).reshape(shape), str(hdu.header.get("BUNIT", "")))
    values = table_values(source, hdu, column)
    values = values[0] if np.ndim(values) > 1 and len(values) == 1 else values
    return None if values is None or np.shape(values) != shape else Column(name, values, column.unit or "")

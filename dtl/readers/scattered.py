"""Arrays of one spectrum that lie in several extensions, tables among them: wavelengths here, fluxes there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dtl.readers.dispersion import Column
from dtl.readers.fits_file import image_extensions, pixels, table_values, tables
from dtl.readers.names import parse_name
from dtl.readers.source import Source

__all__ = ["gather"]

#: Values that a spectrum has at least, and arrays of one length that are looked at.
_MIN_POINTS, _MAX_ARRAYS = 10, 24


def gather(source: Source, own_name: Callable[[Any], str]) -> list[tuple[list[Column], list[tuple[int, Any]]]]:
    """Arrays with one value a pixel that are of one length, but not of one extension, and the extensions they are of.

    Only where one of them alone is named after wavelengths: else it is not known which belong together.

    Args:
        source: the file.
        own_name: the name of an image by its extension.
    """
    found: dict[int, list[tuple[str, int, Any, Any]]] = {}
    for number, hdu in tables(source):
        if hdu.header["NAXIS2"] >= _MIN_POINTS:
            own = [(column.name, number, hdu, column) for column in hdu.columns]
            found.setdefault(hdu.header["NAXIS2"], []).extend(own)
    lengths = set(found)
    for number, hdu in image_extensions(source):
        if len(hdu.shape) == 1 and hdu.shape[0] in lengths:
            found[hdu.shape[0]].append((own_name(hdu), number, hdu, None))
    groups = []
    for arrays in found.values():
        waves = [name for name, *_ in arrays if parse_name(name).role == "wavelength"]
        hdus = list({number: (number, hdu) for _, number, hdu, _ in arrays}.values())
        if len(waves) != 1 or len(hdus) < 2 or len(arrays) > _MAX_ARRAYS:
            continue
        columns = [_column(source, *entry) for entry in sorted(arrays, key=lambda entry: entry[1])]
        groups.append(([column for column in columns if column is not None], sorted(hdus, key=lambda pair: pair[0])))
    return groups


def _column(source: Source, name: str, number: int, hdu: Any, column: Any) -> Column | None:
    """One of the arrays; None where it is not one number a pixel."""
    if column is None:
        return Column(name, pixels(source, hdu), str(hdu.header.get("BUNIT", "")))
    values = table_values(source, hdu, column)
    return None if values is None or np.ndim(values) != 1 else Column(name, values, column.unit or "")

"""What a table or archive says of each of its spectra in a single value a row: its star, its motion, its resolution."""

from __future__ import annotations

from typing import Any

import numpy as np

from dtl.readers.fits_file import image_extensions, pixels
from dtl.readers.source import Source

__all__ = ["of_images", "of_table", "single_values"]

#: Extensions that are looked at.
_MOST = 200
#: Units that are those of names without one, and those that are said with the name.
_PLAIN, _SAID = ("", "deg", "degree", "degrees"), ("km/s", "km s-1", "km s^-1", "m/s", "m s-1", "m s^-1")
#: Kinds of columns with one value a row: truth, whole and real numbers, text.
_KINDS = tuple("LBIJKEDA")


def of_table(hdu: Any) -> dict[str, np.ndarray]:
    """Columns of a FITS table with one number or text a row, by their names with units of velocities; ``(rows,)``."""
    found = {}
    for column in hdu.columns:
        form, unit = str(column.format), str(column.unit or "").strip()
        if form.lstrip("1")[:1] not in _KINDS and not form.endswith("A"):
            continue
        name = f"{column.name} ({unit})" if unit in _SAID else column.name if unit in _PLAIN else ""
        values = np.asarray(hdu.data[column.name]) if name else np.empty(0)
        if values.ndim == 1 and values.size:
            found[name] = values
    return found


def of_images(source: Source, rows: int) -> dict[str, np.ndarray]:
    """Values of one-dimensional images with a number a row of others, by their names; shape ``(rows,)``."""
    own = [hdu for _, hdu in image_extensions(source)[:_MOST] if hdu.shape == (rows,) and hdu.name.strip()]
    return {hdu.name.strip(): pixels(source, hdu) for hdu in own}


def single_values(said: dict[str, np.ndarray], row: int) -> dict[str, object]:
    """What is said of one row, by name."""
    values = ((name, column[row].item()) for name, column in said.items() if row < len(column))
    return {name: value.strip() if isinstance(value, str) else value for name, value in values}

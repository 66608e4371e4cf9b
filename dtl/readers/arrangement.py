"""The arrays of a file as orders in vacuum Angstrom, and which of them are of one spectrum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtl.readers import limits
from dtl.readers.arrays.spectra import Spectra, find_spectra
from dtl.readers.contents import Contents
from dtl.readers.pixels.digits import check_digits
from dtl.readers.pixels.orders import Order, split
from dtl.readers.pixels.oxygen import oxygen_velocity
from dtl.readers.source import Source
from dtl.readers.words.units import to_angstrom
from dtl.wavelengths import Window, air_to_vacuum

__all__ = ["Arrangement", "arrange"]

#: A number beyond is no flux in any unit, but bytes that were misread; its square still is a number.
_LARGEST = 1e100


@dataclass(frozen=True)
class Arrangement:
    """The arrays of a file as orders in vacuum Angstrom, which is the same whichever of its spectra is wanted.

    Attributes:
        found: its spectra.
        directions: how the wavelengths run in the file.
        oxygen: velocity of the oxygen lines of Earth's atmosphere in km/s, None where they are not seen.
        flags_ignored: whether the flags of bad pixels were left aside.
    """

    found: Spectra
    directions: set[str]
    oxygen: float | None
    flags_ignored: bool


def arrange(contents: Contents, source: Source, unit: str, medium: str, window: Window) -> Arrangement:
    """Sort the arrays into orders and spectra; once for each unit and medium where there are several spectra.

    Raises:
        UnusableInput: shapes that do not fit, digits that were lost, or too many orders.
    """
    key = (unit, medium, contents.sigmas, contents.uncertainty is None)
    if key in contents.known:
        return contents.known[key]
    rows, flags_ignored = _rows(contents, source)
    check_digits(rows, unit, source, window)
    orders, directions = _vacuum_orders(rows, unit, medium)
    limits.check("orders", len(orders), source.refuse)
    found = find_spectra(orders, window)
    arranged = Arrangement(found, directions, oxygen_velocity(orders), flags_ignored)
    if len(found.spectra) > 1:  # else the orders are changed, and memory is worth more
        contents.known[key] = arranged
    return arranged


def _rows(contents: Contents, source: Source) -> tuple[list[Order], bool]:
    """The arrays as native floats, one `Order` a row, wavelengths still as in the file, bad pixels NaN.

    Returns:
        The orders, and whether the flags of bad pixels were left aside, as every single one is flagged.
    """
    arrays = []
    shape = np.shape(contents.wavelength)
    for array in (contents.wavelength, contents.flux, contents.uncertainty, contents.sky, contents.bad):
        if array is not None and np.shape(array) != shape:
            raise source.refuse(
                f"has wavelengths of shape {shape} beside fluxes or uncertainties of shape {np.shape(array)}, probably "
                "because parts of different spectra were put together; write it again from the reduction."
            )
        arrays.append(None if array is None else np.atleast_2d(np.array(array, dtype=float)))
    wavelength, flux, uncertainty, sky, bad = arrays
    if wavelength.ndim != 2:
        raise source.refuse(f"holds a cube of shape {shape}, not a spectrum; extract one spectrum from it.")
    limits.check("orders", len(wavelength), source.refuse)
    ignored = bad is not None and bool((bad != 0).all())
    if bad is not None and not ignored:
        flux[bad != 0] = np.nan
    flux[~(np.abs(flux) < _LARGEST)] = np.nan
    if uncertainty is not None:
        uncertainty /= contents.sigmas
        unusable = ~(np.isfinite(uncertainty) & (uncertainty > 0))
        seen = np.isfinite(flux) & (flux != 0)
        # a column that is NaN or zero for most pixels says nothing about them
        if not unusable.all() and (unusable & seen).sum() < 0.5 * seen.sum():
            flux[unusable] = np.nan
            uncertainty[unusable | np.isnan(flux)] = np.nan
    orders = [
        Order(
            wavelength[i], flux[i], None if uncertainty is None else uncertainty[i], None if sky is None else sky[i], i
        )
        for i in range(len(wavelength))
    ]
    return orders, ignored


def _vacuum_orders(rows: list[Order], unit: str, medium: str) -> tuple[list[Order], set[str]]:
    """Pieces with vacuum Angstrom, wavelengths ascending, and how their wavelengths ran in the file."""
    orders, notes = [], set()
    for row in rows:
        angstrom = to_angstrom(row.wavelength, unit)
        angstrom[~(angstrom > 0)] = np.nan  # padding
        if medium == "air":
            usual = angstrom > 2000  # by definition, and the formula has poles below
            angstrom[usual] = air_to_vacuum(angstrom[usual])
        row.wavelength = angstrom
        pieces, state = split(row)
        notes.add(state)
        if len(rows) > 1:
            for piece in pieces:
                piece.number = row.number
        orders += [piece for piece in pieces if len(piece.wavelength)]
    return orders, notes

"""The extensions of a FITS file that hold a spectrum of the window each, to choose from."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from dtl.readers.dispersion import Column, stated_unit
from dtl.readers.extensions import Group
from dtl.readers.roles import assign_roles
from dtl.readers.units import guess_unit, holds_window, to_angstrom
from dtl.wavelengths import Window

__all__ = ["coverage", "list_spectra"]

#: Part of the window that an extension must cover to be offered.
_MIN_SHARE = 0.5
#: More groups than these are the orders of a spectrograph.
_MAX_LISTED = 24
_PLACE = re.compile(r"extension (\d+)(?: '([^']*)')?")


def list_spectra(groups: Sequence[Group], window: Window) -> tuple[tuple[str, str], ...]:
    """Number and words of each extension that holds a spectrum of the window, empty where fewer than two do.

    Extensions of which another holds the wavelengths count as one, by the number of the first; those that are named
    after an uncertainty, a mask or the like are none, and one that is read in two ways is listed once.

    Args:
        groups: of a file, see `dtl.readers.extensions.find_groups`.
        window: that the spectra must hold.
    """
    if len({group.place for group in groups}) < 2 or len(groups) > _MAX_LISTED:
        return ()
    found: dict[int, str] = {}
    listed: set[int] = set()
    for group in groups:
        places = [(int(number), name) for number, name in _PLACE.findall(group.place)]
        numbers = {number for number, _ in places}
        if group.problem or group.role not in ("flux", "") or numbers & listed:
            continue
        roles = assign_roles(group.columns, window)
        if roles is not None and coverage(roles.wavelength, roles.flux, window)[0] >= _MIN_SHARE:
            found[places[0][0]] = group.place
            listed |= numbers
    return tuple((str(number), found[number]) for number in sorted(found)) if len(found) > 1 else ()


def coverage(wave: Column, flux: Column, window: Window) -> tuple[float, float, float]:
    """Part of the window with flux, in steps of 1 Angstrom, and the first and last wavelength in Angstrom."""
    unit = stated_unit(wave)
    guess = str(guess_unit(wave.values, window).value)
    if unit is None or (not holds_window(wave.values, unit, window) and holds_window(wave.values, guess, window)):
        unit = guess
    angstrom = to_angstrom(wave.values, unit)
    usable = np.isfinite(angstrom)
    if flux.values.shape == angstrom.shape:
        usable &= np.isfinite(flux.values)
    points = angstrom[usable]
    if not points.size:
        return 0.0, 0.0, 0.0
    edges = np.arange(window.lower, window.upper + 0.5, 1.0)
    counts, _ = np.histogram(points, edges)
    return float((counts > 0).mean()), float(points.min()), float(points.max())

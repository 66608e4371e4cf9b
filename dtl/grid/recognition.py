"""Which library lies in a folder: the layouts, one module of `dtl.grid.libraries` each, are looked for in turn."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from dtl.grid import libraries
from dtl.grid.library import Layout, Library
from dtl.spectrum import UnusableInput
from dtl.wavelengths import Window

__all__ = ["layouts", "read_library", "wavelengths_around"]

#: What broadening and velocities need beyond the continuum's margin, Angstrom.
_REACH = 25.0


def wavelengths_around(window: Window) -> tuple[float, float]:
    """What is read of a library for a window: its margins for the continuum and 25 Angstrom more, vacuum Angstrom."""
    return window.lower - window.margin - _REACH, window.upper + window.margin + _REACH


@cache
def layouts() -> tuple[Layout, ...]:
    """The layouts that are known, in the order in which they are looked for: ``LAYOUT`` of each module."""
    names = [f"{libraries.__name__}.{module.name}" for module in iter_modules(libraries.__path__)]
    return tuple(sorted((import_module(name).LAYOUT for name in names), key=lambda layout: layout.rank))


def read_library(folder: str | Path, *, reach: tuple[float, float]) -> Library:
    """The library in a folder, of any layout that is known.

    Args:
        folder: holds the files.
        reach: wavelengths that are kept, vacuum Angstrom; see `wavelengths_around`.

    Raises:
        UnusableInput: where the folder holds no library, or a file of it cannot be read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise UnusableInput(f"{folder}: no such folder; give the folder with the files of the library.")
    for layout in layouts():
        if files := layout.find(folder):
            return layout.read(folder, files, reach)
    expected = " or ".join(layout.label for layout in layouts())
    raise UnusableInput(f"{folder}: no library of synthetic spectra found; expected {expected}.")

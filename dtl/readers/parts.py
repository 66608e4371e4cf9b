"""The spectra of one file, where it holds several: what each is called, and the options that read it."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from dtl.readers.options import ReadOptions
from dtl.spectrum import Spectrum

__all__ = ["Part", "name_part", "parts_of"]


class Part(NamedTuple):
    """One of several spectra of a file.

    Attributes:
        title: which it is, as ``2 of 3`` or ``extension 4``.
        options: that read it.
    """

    title: str
    options: ReadOptions


def parts_of(spectrum: Spectrum, options: ReadOptions) -> list[Part]:
    """All spectra of the file that a spectrum is from, itself among them; empty where it is the only one.

    They are those that share their wavelengths, as stars, epochs or fibres, or else those of several extensions.

    Args:
        spectrum: as read.
        options: that it was read with; what they say of the row and the extension gives way.
    """
    if spectrum.spectra > 1:
        count = spectrum.spectra
        return [Part(f"{row} of {count}", replace(options, row=row)) for row in range(1, count + 1)]
    return [
        Part(f"extension {number}", replace(options, extension=number, row=None)) for number, _ in spectrum.extensions
    ]


def name_part(file: str, title: str) -> str:
    """What a spectrum is called of a file with several, as ``night.fits [2 of 3]``; the file itself without a title."""
    return f"{file} [{title}]" if title else file

"""Extensions that were put together as rows: those of them that the spectrum which is read comes from."""

from __future__ import annotations

import numpy as np

from dtl.readers.arrays.spectra import choose_spectrum, find_spectra
from dtl.readers.contents import Contents
from dtl.readers.facts.resolving import resolve_unit
from dtl.readers.options import ReadOptions
from dtl.readers.pixels.orders import Order, choose, split, tidy
from dtl.readers.source import Source
from dtl.readers.words.units import to_angstrom
from dtl.wavelengths import Window

__all__ = ["members"]


def members(contents: Contents, source: Source, options: ReadOptions, window: Window) -> tuple[list[int], bool]:
    """Numbers, from 0, of the rows of the spectrum that is wanted, by default the first with light.

    Those that reach into the window, the one that covers most of it first. Each exposure has its own date and motion of
    Earth, each star its own name, and each arm of a spectrograph its resolution: those of another would be wrong.

    Args:
        contents: with a row an extension.
        source: for the name in a message.
        options: which spectrum is wanted.
        window: where its light is looked for.

    Returns:
        The numbers, and whether there are several spectra.

    Raises:
        UnusableInput: there is no spectrum of the number that is wanted.
    """
    unit = resolve_unit(contents, options, window).value
    found = contents.once(("members", unit), lambda: find_spectra(_orders(contents, unit), window))
    scratch = Contents("", contents.wavelength, contents.flux)
    chosen, count = choose_spectrum(scratch, source, found, options.row, window)
    near = choose([tidy(order)[0] for order in chosen], window, 0.0) or chosen
    return list(dict.fromkeys(order.number for order in near)), count > 1


def _orders(contents: Contents, unit: str) -> list[Order]:
    """All stretches of ascending wavelengths, with the number of their row."""
    orders = []
    for number, (wavelength, flux) in enumerate(zip(contents.wavelength, contents.flux, strict=True)):
        pieces, _ = split(Order(to_angstrom(np.array(wavelength, dtype=float), unit), np.array(flux, dtype=float)))
        for piece in pieces:
            piece.number = number
        orders += [piece for piece in pieces if len(piece.wavelength)]
    return orders

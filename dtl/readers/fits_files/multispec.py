"""IRAF's multispec format: orders by pixels, the wavelengths of each order as a formula in the WAT2 cards.

The formulae are those of IRAF's ``specwcs`` help page (Valdes 1993): linear, logarithmic, Chebyshev and Legendre
polynomials, linear and cubic splines, wavelengths of all pixels or of some, between which lines are drawn.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from dtl.readers.facts.cards import Cards
from dtl.readers.fits_files.fits_file import image_extensions, pixels
from dtl.readers.source import Source, sanitise
from dtl.readers.words.units import parse_unit
from dtl.spectrum import UnusableInput

__all__ = ["identify", "read_arrays"]

#: A pixel is one of an image that begins with 1 where its number is not below this, also where it was binned.
_OUTSIDE = 0.5
#: No order needs more.
_MOST_COEFFICIENTS = 1000
#: Functions that are tables: the wavelength of each pixel, and pixels with their wavelengths; and their least length.
_ALL_PIXELS, _SOME_PIXELS, _MIN_TABLE = 5, 6, 2


def identify(source: Source) -> bool:
    """Whether the first image has WAT2 cards of a multispec axis."""
    found = image_extensions(source)
    return bool(found) and "spec1" in _attributes(found[0][1].header)


def read_arrays(source: Source) -> tuple[np.ndarray, np.ndarray, str]:
    """Wavelengths of all orders, fluxes of all bands, and the unit of the wavelengths, of the first image.

    Returns:
        Shapes ``(orders, n)`` and ``(bands, orders, n)``; the unit is empty where none is stated.

    Raises:
        UnusableInput: the cards are incomplete, or there are no wavelengths in them.
    """
    _, hdu = image_extensions(source)[0]
    header = hdu.header
    values = pixels(source, hdu)
    bands = values.reshape((1,) * (3 - values.ndim) + values.shape)
    specs = {int(n): text for n, text in re.findall(r'spec(\d+)\s*=\s*"([^"]*)"', _attributes(header))}
    try:
        pixel, lines = (_physical(header, axis, n) for axis, n in ((1, bands.shape[-1]), (2, bands.shape[1])))
        lines = [round(float(line)) for line in lines]
        lines = lines if all(line in specs for line in lines) else range(1, len(lines) + 1)
        wavelength = np.array([_wavelengths(specs[line], pixel) for line in lines])
    except (KeyError, ValueError, IndexError, OverflowError, ZeroDivisionError) as error:
        raise source.refuse(
            "has an IRAF multispec header that cannot be understood (the WAT2 cards are incomplete), probably because "
            "a program dropped cards; write it again with IRAF, or export it as text."
        ) from error
    if not np.isfinite(wavelength).any():
        raise _without_solution(source, [specs[line] for line in lines])
    word = re.search(r"units\s*=\s*(\S+)", str(header.get("WAT1_001", "")))
    unit = parse_unit(word[1]) if word else None
    return wavelength, bands, unit or ""


def _without_solution(source: Source, specs: list[str]) -> UnusableInput:
    """The error for orders of which none has wavelengths, by whether any has a formula."""
    if all(_is_bare(spec.split()) for spec in specs):
        why = "dispersion type -1" if any(spec.split()[2] == "-1" for spec in specs) else "only numbers of pixels"
        return source.refuse(
            f"has an IRAF multispec header without a wavelength solution ({why}), as it is before dispcor; assign the "
            "wavelengths in IRAF, or give a later reduction."
        )
    return source.refuse(
        "has an IRAF multispec header whose wavelength solution holds no numbers "
        f"('{sanitise(specs[0], 60)}'), probably because its calibration failed; assign the wavelengths again, or give "
        "another reduction."
    )


def _is_bare(words: list[str]) -> bool:
    """Whether the spec of an order has no formula, or one that only numbers its pixels from 0 or 1."""
    return int(words[2]) == -1 or (int(words[2]) == 0 and float(words[3]) in (0.0, 1.0) and float(words[4]) == 1.0)


def _attributes(header: Any) -> str:
    """The WAT2 cards in one string; IRAF cuts at 68 characters, and blanks at the cuts, which FITS drops, count."""
    cards = []
    number = 1
    while f"WAT2_{number:03d}" in header:
        cards.append(str(header[f"WAT2_{number:03d}"]))
        number += 1
    return "".join(card.ljust(68) for card in cards)


def _physical(header: Any, axis: int, n: int) -> np.ndarray:
    """Pixels or lines as they were numbered before an image was cut or binned, which all formulae are in terms of.

    IRAF keeps the formulae of an image it cuts, and notes what was cut in the cards LTV and LTM.
    """
    cards = Cards(header)
    start, scale = cards.number(f"LTV{axis}") or 0.0, cards.number(f"LTM{axis}_{axis}") or 1.0
    return (np.arange(1.0, n + 1) - start) / scale


def _wavelengths(spec: str, pixel: np.ndarray) -> np.ndarray:
    """Wavelengths of the pixels of one order.

    Args:
        spec: aperture, beam, type (-1 none, 0 linear, 1 log10, 2 a sum of functions), first wavelength, step, pixels,
            redshift, two aperture limits, then for type 2 of each function: weight, shift, kind, and its parameters.
        pixel: their numbers in the image that the formulae are of; shape ``(n,)``.
    """
    words = spec.split()
    kind, first, step = int(words[2]), float(words[3]), float(words[4])
    valid, redshift = int(float(words[5])), float(words[6])
    if pixel.min() < _OUTSIDE or pixel.max() > valid + 1.0 - _OUTSIDE:  # cards that are older than the formulae
        pixel = np.arange(1.0, len(pixel) + 1)
    if _is_bare(words):
        return np.full(len(pixel), np.nan)
    if kind in (0, 1):
        values = first + step * (pixel - 1)
        values = 10.0**values if kind == 1 else values
    elif kind == 2:
        values = _functions([float(word) for word in words[9:]], pixel)
    else:
        raise ValueError(f"dispersion type {kind}")
    values[pixel > valid] = np.nan
    return values / (1.0 + redshift)


def _functions(numbers: list[float], pixel: np.ndarray) -> np.ndarray:
    """Weighted sum of functions of the pixel, each over a range of pixels that is given with it.

    Raises:
        ValueError: numbers are missing, or there is no function.
    """
    total = np.zeros_like(pixel)
    while numbers:
        weight, shift, kind = numbers[0], numbers[1], int(numbers[2])
        if kind in (_ALL_PIXELS, _SOME_PIXELS):
            count, table = _table(numbers[3:], kind)
            total += weight * (shift + np.interp(pixel, *table, left=np.nan, right=np.nan))
            numbers = numbers[3 + count :]
            continue
        evaluate, surplus = _FUNCTIONS[kind]
        count, low, high = int(numbers[3]) + surplus, numbers[4], numbers[5]
        coefficients = np.array(numbers[6 : 6 + count])
        if len(coefficients) < count or not 1 + surplus <= count <= _MOST_COEFFICIENTS or high <= low:
            raise ValueError("incomplete coefficients")
        total += weight * (shift + evaluate((pixel - low) / (high - low), coefficients))
        numbers = numbers[6 + count :]
    if not total.any():
        raise ValueError("no function")
    return total


def _table(numbers: list[float], kind: int) -> tuple[int, np.ndarray]:
    """How many numbers a table of wavelengths takes; its pixels and wavelengths, shape ``(2, n)``.

    Raises:
        ValueError: numbers are missing, or the pixels do not rise.
    """
    count = int(numbers[0])
    if not _MIN_TABLE <= count <= len(numbers):
        raise ValueError("incomplete table")
    if kind == _ALL_PIXELS:
        used, own = 1 + count, np.array([np.arange(1.0, count + 1), numbers[1 : 1 + count]])
    else:  # pairs behind a number that says nothing
        used = 2 + 2 * count
        own = np.array(numbers[2:used]).reshape(count, 2).T
    if (np.diff(own[0]) <= 0).any():
        raise ValueError("incomplete table")
    return used, own


def _linear_spline(place: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """Straight lines between values at even distances; ``place`` is 0 at the first and 1 at the last."""
    first, part = _piece(place, len(coefficients) - 1)
    return (1.0 - part) * coefficients[first] + part * coefficients[first + 1]


def _cubic_spline(place: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """A sum of B-splines over even pieces, six times the usual ones, as IRAF has them."""
    first, b = _piece(place, len(coefficients) - 3)
    a = 1.0 - b
    basis = (a**3, 1.0 + 3.0 * a * (1.0 + a * b), 1.0 + 3.0 * b * (1.0 + a * b), b**3)
    return sum(coefficients[first + i] * part for i, part in enumerate(basis))


def _piece(place: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Which of ``count`` even pieces between 0 and 1 a place is in, the outer ones reaching on, and where in it."""
    first = np.clip(np.floor(place * count), 0, count - 1).astype(int)
    return first, place * count - first


#: The functions by their number, with how many coefficients they have beyond their order or number of pieces.
_FUNCTIONS = {
    1: (lambda place, own: np.polynomial.chebyshev.chebval(2.0 * place - 1.0, own), 0),
    2: (lambda place, own: np.polynomial.legendre.legval(2.0 * place - 1.0, own), 0),
    3: (_cubic_spline, 3),
    4: (_linear_spline, 1),
}

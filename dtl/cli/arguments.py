"""Arguments that several commands take: numbers, and what a user may say of files."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dtl.readers.options import ReadOptions

__all__ = ["add_reading", "count", "number", "positive", "reading", "seed"]


def positive(text: str) -> float:
    """A number above 0.

    Raises:
        argparse.ArgumentTypeError: for anything else; so below.
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no positive number")
    return value


def number(text: str) -> float:
    """A finite number."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no number")
    return value


def count(text: str) -> int:
    """A whole number above 0."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is no whole number above 0")
    return value


def seed(text: str) -> int:
    """What starts the random numbers of numpy and torch alike."""
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 0 to 4294967295")
    return int(text)


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Add what a user may say of the files."""
    parser.add_argument("--unit", choices=("Angstrom", "nm", "um"), help="of the wavelengths, where the file lies")
    parser.add_argument("--medium", choices=("vacuum", "air"), help="of the wavelengths")
    parser.add_argument("--frame", choices=("observatory", "barycentric", "rest"), help="of the wavelengths")
    parser.add_argument("--resolution", type=positive, help="lambda / FWHM")


def reading(options: argparse.Namespace) -> ReadOptions:
    """What the user said of the files."""
    from dtl.readers.options import ReadOptions

    return ReadOptions(unit=options.unit, medium=options.medium, frame=options.frame, resolution=options.resolution)

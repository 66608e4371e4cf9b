"""The blaze of an order in a table of its own, in an image that stands beside the tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from dtl.readers.arrays.dispersion import Column
from dtl.readers.fits_files.fits_file import image_extensions, pixels
from dtl.readers.source import Source
from dtl.readers.words.names import parse_name

__all__ = ["blaze_of", "find_blazes"]

#: Extensions that are looked at.
_MOST = 200


def find_blazes(source: Source, own_name: Callable[[Any], str]) -> list[tuple[int, Any]]:
    """Number and extension of one-dimensional images that are named after the blaze.

    Args:
        source: the file.
        own_name: the name of an image by its extension.
    """
    own = [(number, hdu) for number, hdu in image_extensions(source)[:_MOST] if len(hdu.shape) == 1]
    return [(number, hdu) for number, hdu in own if parse_name(own_name(hdu)).role == "blaze"]


def blaze_of(source: Source, number: int, hdu: Any, blazes: list[tuple[int, Any]]) -> list[Column]:
    """The blaze of a table with a row a pixel: the image of the same number in its name, or else the one behind it."""
    order = re.findall(r"\d+", hdu.name)
    for place, other in blazes:
        same = re.findall(r"\d+", other.name) == order if order else place == number + 1
        if same and other.shape == (hdu.header["NAXIS2"],):
            return [Column("blaze", pixels(source, other))]
    return []

"""Arrays of NumPy, in an archive with names (.npz) or one alone (.npy), read as the extensions of a FITS file.

So the rules that find wavelengths and fluxes among extensions hold for them too. Nothing is unpickled, and each array
is measured by its header before its numbers are touched.
"""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from astropy.io import fits

from dtl.readers import fits_spectrum, limits
from dtl.readers.contents import Contents
from dtl.readers.dispersion import Column
from dtl.readers.options import ReadOptions
from dtl.readers.row_values import apply_pairs
from dtl.readers.source import Source
from dtl.spectrum import UnusableInput
from dtl.wavelengths import Window

__all__ = ["columns", "identify", "read"]

_ARRAY, _ARCHIVE = b"\x93NUMPY", b"PK\x03\x04"
#: Letters of the header of an array, and axes, at most.
_LONGEST_HEADER, _MOST_AXES = 10_000, 3
#: Ways of packing that need little memory.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def identify(source: Source) -> bool:
    """Whether it begins as such an array, or as an archive of them."""
    return bool(_kind(source.data))


def read(source: Source, options: ReadOptions, window: Window) -> Contents:
    """Read the arrays as `dtl.readers.fits_spectrum` does extensions, and single values and texts as metadata.

    Raises:
        UnusableInput: damaged, larger than is read, or none of the arrays holds the window.
    """
    inner, said = _opened(source)
    contents = fits_spectrum.read(inner, options, window)
    contents.format = _kind(source.data)
    apply_pairs(contents, said, "array")
    return contents


def columns(source: Source, options: ReadOptions, window: Window) -> list[Column]:
    """The arrays of numbers, where they are records with names."""
    return fits_spectrum.columns(_opened(source)[0], options, window)


def _kind(data: bytes) -> str:
    if data.startswith(_ARRAY):
        return "NumPy array (.npy)"
    return "NumPy archive (.npz)" if data.startswith(_ARCHIVE) and b".npy" in data[:200] else ""


def _opened(source: Source) -> tuple[Source, dict[str, object]]:
    """The arrays as a FITS file, and what is a single value by its name.

    Raises:
        UnusableInput: damaged, larger than is read, or without an array of numbers.
    """
    kind, data = _kind(source.data), source.data
    try:
        arrays = [("", _values(data))] if data.startswith(_ARRAY) else list(_members(source))
    except UnusableInput:
        raise
    except (ValueError, OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise source.refuse(f"is a damaged {kind}, probably from an interrupted download; save it again.") from error
    extensions: list[Any] = []
    said: dict[str, object] = {}
    for name, values in arrays:
        if values.size == 1 and not values.dtype.names:
            value = values.reshape(-1)[0].item()
            said[name] = value.decode("latin-1") if isinstance(value, bytes) else value
        elif values.dtype.names:
            extensions.append(fits.BinTableHDU(values, name=name))
        elif values.size and values.ndim <= _MOST_AXES and values.dtype.kind in "iufb":
            extensions.append(fits.ImageHDU(values.astype(float), name=name))
    if not extensions:
        raise source.refuse(f"is a {kind} without arrays of numbers; save wavelength and flux, one value a pixel.")
    handle = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), *extensions]).writeto(handle)
    return Source(source.name, handle.getvalue()), said


def _members(source: Source) -> Iterator[tuple[str, np.ndarray]]:
    """Name and values of each array of an archive, unpacked no further than the limit.

    Raises:
        UnusableInput: more arrays, or larger ones, than are read.
    """
    limits.check("columns", source.data.count(b"PK\x01\x02"), source.refuse)  # entries, before they are parsed
    most = room = limits.most("fits_bytes")
    with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
        for info in archive.infolist():
            if not info.filename.endswith(".npy") or info.compress_type not in _PACKINGS:
                continue
            with archive.open(info) as member:
                content = member.read(room + 1)
            limits.check("fits_bytes", most - room + len(content), source.refuse)
            room -= len(content)
            yield info.filename.removesuffix(".npy"), _values(content)


def _values(content: bytes) -> np.ndarray:
    """The values of an array; none where they are objects, which only a pickle could hold.

    Raises:
        ValueError: its header is none, or promises more than there is.
    """
    handle = io.BytesIO(content)
    first = np.lib.format.read_magic(handle) == (1, 0)
    read_header = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
    shape, turned, dtype = read_header(handle, max_header_size=_LONGEST_HEADER)
    count = math.prod(shape)
    if dtype.hasobject or not count or not dtype.itemsize:
        return np.empty(0)
    if min(shape, default=1) < 0 or count * dtype.itemsize > len(content) - handle.tell():
        raise ValueError("less than it promises")
    values = np.frombuffer(content, dtype, count, handle.tell())
    return values.reshape(shape, order="F" if turned else "C")

"""Arrays of NumPy, in an archive with names (.npz) or one alone (.npy), read as the extensions of a FITS file.

So the rules that find wavelengths and fluxes among extensions hold for them too. Nothing is unpickled, and each array
is measured by its header before its numbers are touched.
"""

from __future__ import annotations

import io
import math
import re
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from astropy.io import fits

from dtl.readers import limits
from dtl.readers.arrays.complex_numbers import without_imaginary
from dtl.readers.arrays.dispersion import Column
from dtl.readers.arrays.row_values import apply_pairs, describe_row, of_arrays, padded
from dtl.readers.contents import Contents
from dtl.readers.fits_files import fits_spectrum
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source
from dtl.readers.words.names import parse_name
from dtl.spectrum import UnusableInput
from dtl.wavelengths import Window

__all__ = ["columns", "identify", "read"]

_ARRAY, _ARCHIVE = b"\x93NUMPY", b"PK\x03\x04"
#: Letters of the header of an array, and axes, at most.
_LONGEST_HEADER, _MOST_AXES = 10_000, 3
#: Ways of packing that need little memory.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: Letters of a name that a card of FITS has room for.
_LONGEST_NAME = 60
#: What libraries raise for damaged archives, and for headers that end too early.
_DAMAGES = (zipfile.BadZipFile, zlib.error, tokenize.TokenError)
#: Bit of an entry that needs a password.
_LOCKED = 1
#: A name with one number, that of an order, and what it is called; other digits are no number of it.
_NUMBERED = re.compile(r"(\D*?)[ _./-]?(?:orders?|ord|o)?[ _./-]?(\d{1,3})(?!d\b)[ _./-]?(\D*)", re.IGNORECASE)
#: Letters of FITS for truth, whole and real numbers.
_FORMS = {"b": "L", "i": "K", "f": "D"}


def identify(source: Source) -> bool:
    """Whether it begins as such an array, or as an archive of them."""
    return bool(_kind(source.data))


def read(source: Source, options: ReadOptions, window: Window) -> Contents:
    """Read arrays as `dtl.readers.fits_files.fits_spectrum` does extensions, and single values and texts as metadata.

    Raises:
        UnusableInput: damaged, larger than is read, or none of the arrays holds the window.
    """
    inner, said, rows = _opened(source)
    contents = fits_spectrum.read(inner, options, window)
    contents.format = _kind(source.data)
    apply_pairs(contents, said, "array")
    contents.describe += (partial(describe_row, said=rows),)
    return contents


def columns(source: Source, options: ReadOptions, window: Window) -> list[Column]:
    """The arrays of numbers, where they are records with names."""
    return fits_spectrum.columns(_opened(source)[0], options, window)


def _kind(data: bytes) -> str:
    if data.startswith(_ARRAY):
        return "NumPy array (.npy)"
    return "NumPy archive (.npz)" if data.startswith(_ARCHIVE) and b".npy" in data[:200] else ""


def _opened(source: Source) -> tuple[Source, dict[str, object], dict[str, np.ndarray]]:
    """The arrays as a FITS file, and by their names single values, and values of rows that may be cut there.

    Raises:
        UnusableInput: damaged, larger than is read, or without an array of numbers.
    """
    kind, data = _kind(source.data), source.data
    try:
        arrays = [("", _values(data))] if data.startswith(_ARRAY) else list(_members(source))
    except UnusableInput:
        raise
    except (ValueError, OSError, EOFError, RuntimeError, SyntaxError, *_DAMAGES) as error:
        raise source.refuse(f"is a damaged {kind}, probably from an interrupted download; save it again.") from error
    arrays = _with_orders(arrays)
    extensions: list[Any] = []
    said: dict[str, object] = {}
    rows: dict[str, np.ndarray] = {}
    for name, values in arrays:
        if values.size == 1:
            said.update(_single(name, values.reshape(-1)))
        elif values.ndim == 1 and values.dtype.kind in "USiu":  # whole numbers may have more digits than real ones
            rows[name] = values
        extensions += _extensions(name, values) if values.size > 1 or values.dtype.names else []
    if not extensions:
        raise source.refuse(f"is a {kind} without arrays of numbers; save wavelength and flux, one value a pixel.")
    inner = Source(source.name, b"")
    inner.hdus = fits.HDUList([fits.PrimaryHDU(), *extensions])
    return inner, said, of_arrays(rows)


def _with_orders(arrays: list[tuple[str, np.ndarray]]) -> list[tuple[str, np.ndarray]]:
    """Arrays, those of one name but for a number, ``wave_0``, ``flux_0``, ``wave_1`` ..., as rows of one.

    Only where each number has the same arrays, wavelengths among them, which are of one length for each, and none stand
    beside that have no number, as of a spectrum that was merged from them.
    """
    kinds: dict[str, dict[int, np.ndarray]] = {}
    taken = set()
    for name, values in arrays:
        found = _NUMBERED.fullmatch(name)
        if found and values.ndim == 1 and values.size > 1 and values.dtype.kind in "iuf":
            kinds.setdefault(f"{found[1]}{found[3]}".strip("_-./ "), {})[int(found[2])] = values
            taken.add(name)
    numbers = next(iter(kinds.values()), {}).keys()
    sizes = [{len(own[number]) for own in kinds.values() if number in own} for number in numbers]
    alike = all(own.keys() == numbers for own in kinds.values()) and all(len(own) == 1 for own in sizes)
    merged = any(values.size > 1 and _is_wave(name) for name, values in arrays if name not in taken)
    if len(numbers) * max((max(own, default=0) for own in sizes), default=0) > limits.most("values"):
        return arrays  # else a long one among many short ones would fill the memory
    if merged or len(kinds) < 2 or len(numbers) < 2 or not alike or "" in kinds or not any(map(_is_wave, kinds)):
        return arrays
    rows = [(name, padded([own[number] for number in sorted(numbers)])) for name, own in kinds.items()]
    return [*rows, *(pair for pair in arrays if pair[0] not in taken)]


def _is_wave(name: str) -> bool:
    return parse_name(name).role == "wavelength" or name.lower() == "w"


def _single(name: str, values: np.ndarray) -> dict[str, object]:
    """A single value by its name, or those of a single record by theirs."""
    fields = {field: values[field] for field in values.dtype.names or ()} or {name: values}
    return {field: _text(part[0].item()) for field, part in fields.items() if part.ndim == 1 and not part.dtype.names}


def _text(value: object) -> object:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _extensions(name: str, values: np.ndarray) -> list[Any]:
    """An array as an extension; records as a table, or a field each where they have rows and columns."""
    values = np.atleast_1d(values)
    fields = {field: values[field] for field in values.dtype.names or ()}
    if fields and values.ndim > 1:
        return [hdu for field, part in fields.items() for hdu in _extensions(field, part)]
    if fields:
        columns = [_column(field, part, place) for place, (field, part) in enumerate(fields.items())]
        columns = [column for column in columns if column]
        return [fits.BinTableHDU.from_columns(columns, name=_plain(name))] if columns else []
    if values.size and values.ndim <= _MOST_AXES and values.dtype.kind in "iufb":
        return [fits.ImageHDU(values.astype(float), name=_plain(name))]
    return []


def _column(name: str, values: np.ndarray, place: int) -> Any:
    """A field of records as a column of a table; None where it holds neither numbers nor texts."""
    values = without_imaginary(values)
    kind, called = values.dtype.kind, _plain(name) or f"field{place}"
    if kind in "US" and values.ndim == 1:
        cells = np.char.encode(values, "utf-8") if kind == "U" else values
        return fits.Column(called, f"{max(cells.dtype.itemsize, 1)}A", array=cells)
    if kind not in "iufb" or not values.size:
        return None
    own = values if kind == "b" else values.astype("i8" if kind in "iu" and values.ndim == 1 else "f8")
    count = math.prod(values.shape[1:])
    return fits.Column(called, f"{count if values.ndim > 1 else ''}{_FORMS.get(own.dtype.kind)}", array=own)


def _plain(name: str) -> str:
    """A name in the letters that FITS has: what one with others means, with the unit behind it."""
    if name.isascii() and name.isprintable():
        return name[:_LONGEST_NAME]
    unit = re.search(r"[(\[][ -~]*[)\]]\s*$", name)
    return f"{parse_name(name).role} {unit[0] if unit else ''}".strip()


def _members(source: Source) -> Iterator[tuple[str, np.ndarray]]:
    """Name and values of each array of an archive, unpacked no further than the limit.

    Raises:
        UnusableInput: more arrays, or larger ones, than are read.
    """
    limits.check("columns", source.data.count(b"PK\x01\x02"), source.refuse)  # entries, before they are parsed
    most = room = limits.most("fits_bytes")
    with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
        for info in archive.infolist():
            if not info.filename.endswith(".npy"):
                continue
            if info.compress_type not in _PACKINGS or info.flag_bits & _LOCKED:
                raise source.refuse(
                    "is a NumPy archive that is packed in another way than NumPy does, or with a password; save it "
                    "with numpy.savez."
                )
            with archive.open(info) as member:
                content = member.read(room + 1)
            limits.check("fits_bytes", most - room + len(content), source.refuse)
            room -= len(content)
            if content.startswith(_ARRAY):  # else a note of the system beside it
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
    values = without_imaginary(np.frombuffer(content, dtype, count, handle.tell()))
    return values.reshape(shape, order="F" if turned else "C")

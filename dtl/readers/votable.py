"""VOTable, the table of the Virtual Observatory: of its tables that with the spectrum, and what is said of it."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from dtl.readers import limits
from dtl.readers.arrays.columns import Column, contents_from_columns
from dtl.readers.arrays.group_choice import choose_group
from dtl.readers.arrays.groups import BESIDE, LONGEST_NAME, Group, list_spectra
from dtl.readers.arrays.members import members
from dtl.readers.arrays.row_values import describe_row, of_columns
from dtl.readers.contents import Claim, Contents
from dtl.readers.facts.metadata import apply_metadata, key_of
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source, sanitise
from dtl.readers.text_files.ecsv import table_columns
from dtl.readers.words.descriptions import parse_description
from dtl.readers.words.names import parse_name
from dtl.readers.words.resolutions import apply_resolutions, metadata_lines
from dtl.readers.words.statements import apply_statements
from dtl.wavelengths import Window

if TYPE_CHECKING:
    from astropy.table import Table

__all__ = ["columns", "identify", "read"]


#: Text of its own that XML can be told to repeat without end, or to take from another file.
_ENTITY = re.compile(rb"<!(ENTITY|ATTLIST|ELEMENT)\b")
#: Numbers that the parser would fetch from a server or a file of this machine.
_ELSEWHERE = re.compile(rb"<(\w{1,40}:)?(STREAM|VALUES|FITS|TABLE|FIELD)\s[^>]*\bhref\s*=")
#: Rows, how many there are said to be, and what else costs the parser memory or time.
_ROW = re.compile(rb"<(?:\w{1,40}:)?TR\b")
_ROWS = re.compile(rb"\bnrows\s*=\s*[\"']\s*(\d+)")
_FIELD = re.compile(rb"<(?:\w{1,40}:)?(?:TABLE|FIELD)\b")
#: A tag that begins or ends anything but a row or a cell; XML tells upper from lower case.
_ELEMENT = re.compile(rb"<(?!/?(?:\w{1,40}:)?T[RD][\s/>])")
_CELL = re.compile(rb"<(?:\w{1,40}:)?TD\b")
#: What a binary table holds in place of cells, what it says of its columns, and the bytes that each kind of them takes.
_STREAM = re.compile(rb"<(?:\w{1,40}:)?STREAM\b[^>]*>([^<]*)")
_COLUMN = re.compile(rb"<(?:\w{1,40}:)?FIELD\b([^>]*)")
_KIND, _COUNT = (re.compile(rb"\b%s\s*=\s*[\"'](\w+)" % name) for name in (b"datatype", b"arraysize"))
_BYTES = {b"short": 2, b"unicodeChar": 2, b"int": 4, b"float": 4, b"long": 8, b"double": 8, b"floatComplex": 8}
_BYTES |= {b"doubleComplex": 16}
#: Tables that are looked at, and numbers of a column.
_MOST_TABLES, _MIN_ROWS = 100, 10
#: Frames of places and times, which are barycentric too.
_OTHER_FRAME = re.compile(r"(space|time)[._ ]?frame|coosys|timesys", re.IGNORECASE)
#: Names of parameters, as those of ObsCore, and ends of their utypes in the Spectrum Data Model (IVOA Recommendation
#: 2011-11-20) -> what they are called here.
_NAMES = (
    (re.compile(r"spectral[._ ]?frame", re.IGNORECASE), "specsys"),
    (re.compile(r"(spec(tral)?|em)?[._ ]?res(olving|olution|olv)?[._ ]?pow(er)?", re.IGNORECASE), "resolving power"),
)
_UTYPES = {"spectralframe.refpos": "specsys", "spectralaxis.respower": "resolving power"}


@dataclass(frozen=True)
class _Words:
    """What is said of a table.

    Attributes:
        in_air: name and UCD of the field of wavelengths where that is one of wavelengths in air.
        pairs: names and values of parameters.
        described: lines of descriptions.
        said: what is said of each row, see `dtl.readers.arrays.row_values`.
    """

    in_air: tuple[str, str] | None
    pairs: dict[str, Any]
    described: list[str]
    said: dict[str, np.ndarray]


def identify(source: Source) -> bool:
    """Whether the XML holds the element VOTABLE near its beginning.

    No text has the byte 0 but in an encoding in which nothing that is looked for before the parser runs is found.
    """
    return b"\0" not in source.data and (b"<VOTABLE" in source.data[:4000] or b":VOTABLE" in source.data[:4000])


def read(source: Source, options: ReadOptions, window: Window) -> Contents:
    """Read the table that holds the window: its columns of numbers, their units and UCDs, and the parameters."""
    groups = _groups(source)
    group = choose_group(source, groups, window, options) or groups[0]
    contents = contents_from_columns("VOTable", group.columns, source, options, window)
    if len(groups) > 1:
        how = "file" if options.extension is None else "user"
        contents.note("table", group.place, how, f"of {len(groups)} tables the one that holds the spectrum")
        contents.extensions = list_spectra(groups, window)
    contents.describe = (partial(_describe, tables=group.headers),)
    return contents


def columns(source: Source, options: ReadOptions, window: Window) -> list[Column]:
    """The columns of numbers of the table that holds the window."""
    groups = _groups(source)
    group = choose_group(source, groups, window, options) or groups[0]
    return [] if group.stacked else group.columns


def _groups(source: Source) -> list[Group]:
    """The tables with two columns of numbers, each with its words in place of a header."""
    groups = []
    for number, (element, table, around) in enumerate(_tables(source), 1):
        own, name = table_columns(table), sanitise(element.name or element.ID or "", LONGEST_NAME)
        if sum(column.values.shape[-1] >= _MIN_ROWS for column in own) < 2:
            continue
        kind = "vectors" if own[0].values.ndim > 1 else "table"
        role = parse_name(name).role or parse_description(str(element.description or "")).role
        words = _words_of(element, table, around)
        groups.append(Group(kind, "VOTable", {number: name}, own, [words], beside=role in BESIDE, part="table"))
    if not groups:
        raise source.refuse("is a VOTable without a table of numbers; give one with the columns wavelength and flux.")
    return groups


def _words_of(element: Any, table: Table, around: list[Any]) -> _Words:
    """What is said of a table by its fields, its parameters and descriptions, those of what it is in, and its rows."""
    ucds = [(field.name, str(field.ucd or "").lower()) for field in element.fields]
    in_air = next((pair for pair in ucds if pair[1].startswith("em.wl") and "obs.atmos" in pair[1]), None)
    pairs = {_key(param): _with_unit(param) for param in _parameters(element, around)}
    described = "\n".join(str(one.description or "") for one in (*around, element)).splitlines()
    said = of_columns(table, {field.name: _key(field) for field in element.fields})
    return _Words(in_air, pairs, described, said)


def _describe(
    contents: Contents, source: Source, options: ReadOptions, window: Window, *, tables: Sequence[_Words]
) -> None:
    """Take what is said of the spectrum that is wanted."""
    words = tables[members(contents, source, options, window)[0][0] if len(tables) > 1 else 0]
    if words.in_air and contents.medium is None:
        name, ucd = words.in_air
        contents.medium = Claim("air", "file", f"field '{sanitise(name, 30)}' has the UCD '{ucd}'")
    apply_metadata(contents, {k: value for k, value in words.pairs.items() if isinstance(value, str | int | float)})
    spoken = [*words.described, *(f"{key}: {value}" for key, value in words.pairs.items())]
    apply_statements(contents, spoken, "the VOTable")
    apply_resolutions(contents, [*words.described, *metadata_lines(words.pairs)])
    describe_row(contents, source, options, window, said=words.said)


def _parameters(element: Any, around: list[Any]) -> Iterator[Any]:
    """The parameters of what is around a table, and its own, those in groups too; but frames of place and time."""
    outside = [entry for outer in around for entry in (*outer.infos, *outer.params, *getattr(outer, "groups", ()))]
    found = [param for entry in outside for param in _flat(entry)]
    found += [own for own in element.iter_fields_and_params() if hasattr(own, "value")]
    yield from (param for param in found if not _OTHER_FRAME.search(f"{param.name} {getattr(param, 'utype', '')}"))


def _with_unit(param: Any) -> Any:
    """The value of a parameter; of velocities and resolutions with its unit."""
    unit = str(getattr(param, "unit", None) or "").replace(" ", "")
    own = "velocity" in str(key_of(_key(param))[0]) or "resol" in _key(param).lower()
    return f"{param.value} {unit}" if unit and own else param.value


def _flat(entry: Any) -> Iterator[Any]:
    """A parameter, or those of a group and of the groups in it."""
    for inner in getattr(entry, "entries", (entry,)):
        if inner is entry:
            yield entry
        else:
            yield from _flat(inner)


def _key(param: Any) -> str:
    """What a parameter is called; those of the Virtual Observatory's data models by our word."""
    utype = str(getattr(param, "utype", "") or "").lower()
    known = next((word for end, word in _UTYPES.items() if utype.endswith(end)), "")
    name = str(param.name or param.ID)
    return known or next((word for pattern, word in _NAMES if pattern.fullmatch(name)), name)


def _around(outer: Any, element: Any) -> list[Any]:
    """The file and the resources that a table is in, from the outermost."""
    inner = next((one for one in outer.resources if any(table is element for table in one.iter_tables())), None)
    return [outer] if inner is None else [outer, *_around(inner, element)]


def _tables(source: Source) -> list[tuple[Any, Table, list[Any]]]:
    """The first tables, each as its element and as columns, with the elements around it."""
    from astropy.io.votable import parse

    if _ENTITY.search(source.data):
        raise source.refuse("is a VOTable that declares entities, as no table needs; write it again without them.")
    if _ELSEWHERE.search(source.data):
        raise source.refuse(
            "is a VOTable whose numbers are in another file or on a server, where they are not looked for; write it "
            "with its numbers inside."
        )
    limits.check("elements", _count(_ELEMENT, source), source.refuse)
    limits.check("attributes", source.data.count(b"="), source.refuse)
    rows = max(_count(_ROW, source), *(int(said[:18]) for said in _ROWS.findall(source.data)), 0)
    limits.check("lines", rows, source.refuse)
    limits.check("columns", _count(_FIELD, source), source.refuse)
    limits.check("fits_bytes", rows * sum(map(_bytes_of, _COLUMN.findall(source.data))), source.refuse)
    limits.check("cells", _count(_CELL, source) + _binary_cells(source), source.refuse)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            file = parse(io.BytesIO(source.data), verify="ignore")
            elements = islice(file.iter_tables(), _MOST_TABLES)
            tables = [(element, element.to_table(use_names_over_ids=True)) for element in elements]
        except MemoryError:  # that memory is lacking says nothing of the file
            raise
        except Exception as error:
            raise source.refuse(
                f"is a VOTable that cannot be parsed ({_reason(error)}), probably because it was cut "
                "off or edited by hand; write it again."
            ) from error
    return [(element, table, _around(file, element)) for element, table in tables]


def _reason(error: Exception) -> str:
    """What the parser found wrong, in words of the file where it speaks of Python."""
    if isinstance(error, RecursionError):
        return "its XML is nested too deeply"
    if "dtype size" in str(error):
        return "an array size in it is beyond sense"
    return sanitise(error, 100).rstrip(".")


def _binary_cells(source: Source) -> int:
    """How many cells binary tables hold, as their sizes and those of their rows say."""
    found = last = 0
    for stream in _STREAM.finditer(source.data):
        columns = _COLUMN.findall(
            source.data, max(source.data.rfind(b"TABLE", last, stream.start()), last), stream.start()
        )
        row = sum(map(_bytes_of, columns))
        last, size = stream.end(), 3 * len(stream[1]) // 4  # in base 64
        found += len(columns) * (size // row) if row else 0
    return found


def _bytes_of(column: bytes) -> int:
    """Bytes of a cell, by the attributes of its column; of one of any length those that count it."""
    kind, count = _KIND.search(column), _COUNT.search(column)
    return _BYTES.get(kind[1] if kind else b"", 1) * (int(count[1][:9]) if count and count[1].isdigit() else 1)


def _count(pattern: re.Pattern[bytes], source: Source) -> int:
    """How often a pattern is found, without a list of millions of finds."""
    return sum(1 for _ in pattern.finditer(source.data))

"""Text tables: any separator, any comment mark, with or without names of the columns; and Libre-ESpRIT's ``.s`` files.

Libre-ESpRIT (Donati et al. 1997, MNRAS 291, 658) reduces ESPaDOnS and NARVAL: nm in air, order after order, so that the
wavelengths jump back some forty times, with Earth's motion removed. Its two head lines name the star and count rows and
columns; they are often cut off, so the jumps are a mark of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from astropy.io import fits

from dtl.readers.arrays.columns import Column, contents_from_columns
from dtl.readers.arrays.members import members
from dtl.readers.arrays.row_values import padded
from dtl.readers.contents import Claim, Contents
from dtl.readers.facts.headers import describe_header, star_of
from dtl.readers.facts.metadata import IN_SENTENCE, apply_metadata, parse_comments
from dtl.readers.facts.resolving import resolve_unit
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source, sanitise
from dtl.readers.text_files.headings import without_label
from dtl.readers.text_files.text_blocks import tables_of
from dtl.readers.text_files.text_table import TextTable, parse_table
from dtl.readers.words.resolutions import apply_resolutions
from dtl.readers.words.statements import apply_statements, frame_of, medium_of
from dtl.readers.words.units import ends_of, holds_window, to_angstrom
from dtl.spectrum import UnusableInput
from dtl.wavelengths import Window

__all__ = ["columns", "espadons_columns", "identify", "identify_espadons", "read", "read_espadons"]

#: Columns after the wavelength -> (column of flux, column of sigma), counted from 0 at the wavelength.
_ESPADONS_COLUMNS = {2: (1, 2), 5: (1, 5), 6: (1, 4)}
_MIN_JUMPS = 20
#: Pixels of a spectrum in the window, at least.
_FEWEST = 10
#: What is said of a spectrograph and its files, and of one star, or of one exposure of it.
_OF_SPECTROGRAPH = ("medium", "frame", "resolution", "unread_resolution", "instrument", "unit", "official")
_OF_STAR = ("star", "barycentric_velocity", "star_velocity", "position", "mjd", "simulated")


def identify(source: Source) -> bool:
    """Whether the content is text at all; what is in it, `read` finds out."""
    return bool(source.text)


def identify_espadons(source: Source) -> bool:
    """Whether the head is that of a Libre-ESpRIT file."""
    return source.text[:200].lstrip().startswith("***")


def read(source: Source, options: ReadOptions, window: Window) -> Contents:
    """Read a table of two or more columns, or several spectra one below the other, each with words of its own."""
    tables = tables_of(source) or [parse_table(source)]
    table = tables[0]
    named = any(table.names)
    if not named and options.columns is None and _looks_like_espadons(table):
        reason = "the wavelengths, in nm, jump back at the ends of some forty orders as in files of Libre-ESpRIT"
        return _espadons(table, Claim("ESPaDOnS", "guessed", reason))
    if len(tables) > 1:
        contents = _together(tables, source, options, window)
    else:
        contents = contents_from_columns("text table", _columns(table), source, options, window)
    rows = sum(len(each.values) for each in tables)
    contents.note("separator", table.separator, "file", f"{rows} rows, {len(table.names)} columns")
    if table.transposed:
        contents.note("rows and columns", "swapped", "guessed", "each row of the text is as long as a spectrum")
    if table.skipped:
        contents.note("skipped lines", str(table.skipped), "file", "they have another number of columns")
    if len(tables) == 1:
        _describe(contents, table)
    return contents


def _together(tables: Sequence[TextTable], source: Source, options: ReadOptions, window: Window) -> Contents:
    """Several tables as one with a row each, by the columns of the first, or where theirs differ, each by its own."""
    first = tables[0]
    wide = len(first.names)
    bare = [len(each.names) == wide and not any(each.names) for each in tables]
    named = [
        replace(each, names=first.names, said=first.said) if own else each
        for each, own in zip(tables, bare, strict=True)
    ]
    alike = all((each.names, each.said) == (first.names, first.said) for each in named)
    if alike or (options.columns is not None and len({len(each.names) for each in named}) == 1):
        contents = contents_from_columns("text table", _rows_of_columns(tables), source, options, window)
        read = [replace(contents, wavelength=row, flux=row, known={}) for row in contents.wavelength]
    else:
        tables, read = _each_by_its_own(named, source, options, window)
        contents = _stacked(read)
    units = [_unit_of(each, table, window) for each, table in zip(read, tables, strict=True)]
    usual = next(filter(None, units), None)
    if options.unit is None and len({*units} - {None}) > 1:
        contents.wavelength = padded([to_angstrom(e.wavelength, u or usual) for e, u in zip(read, units, strict=True)])
        contents.unit = Claim("Angstrom", "file", "made from the units of each of the spectra, which differ")
    nothing = np.empty(0)
    own = [replace(e, wavelength=nothing, flux=nothing, bad=None, unit=contents.unit, known={}) for e in read]
    contents.findings, contents.flags, contents.medium, contents.frame = [], set(), None, None
    if len(tables) < len(named):
        reason = "the others have other columns, which hold no spectrum of the window"
        contents.note("tables", f"{len(tables)} of {len(named)} read", "guessed", reason)
    above, *words = (replace(each, values=nothing) for each in (first, *tables))
    contents.describe = (partial(_describe_own, tables=words, columns=own, above=above),)
    return contents


def _each_by_its_own(
    tables: Sequence[TextTable], source: Source, options: ReadOptions, window: Window
) -> tuple[list[TextTable], list[Contents]]:
    """Those of several tables that hold the window, or all where none does, and what is read of each.

    Raises:
        UnusableInput: the only one that can be read cannot.
    """
    found, refusal = [], None
    for table in tables:
        try:
            found.append((table, contents_from_columns("text table", _columns(table), source, options, window)))
        except UnusableInput as error:
            refusal = refusal or error
    if not found and refusal:
        raise refusal
    found = [pair for pair in found if _unit_of(pair[1], pair[0], window)] or found
    return [table for table, _ in found], [contents for _, contents in found]


def _stacked(read: Sequence[Contents]) -> Contents:
    """The arrays of several tables as rows."""
    contents = Contents(read[0].format, *(padded([getattr(e, name) for e in read]) for name in ("wavelength", "flux")))
    contents.unit = read[0].unit
    if any(each.uncertainty is not None for each in read):
        errors = [np.full(len(e.flux), np.nan) if e.uncertainty is None else e.uncertainty for e in read]
        contents.uncertainty = padded(errors)
    bad = [np.zeros(len(each.flux)) if each.bad is None else each.bad for each in read]
    contents.bad = padded(bad) if any(map(np.any, bad)) else None
    return contents


def _unit_of(contents: Contents, table: TextTable, window: Window) -> str | None:
    """The unit of the wavelengths of one of several tables; None where they miss the window in it, or have
    next to no pixel there, as times and velocities would."""
    own = Contents("", contents.wavelength, contents.flux, unit=contents.unit)
    apply_metadata(own, parse_comments(table.comments))
    unit = str(resolve_unit(own, ReadOptions(), window).value)
    if not holds_window(ends_of(own.wavelength), unit, window):
        return None
    waves = to_angstrom(own.wavelength, unit)
    return unit if ((waves > window.lower) & (waves < window.upper)).sum() >= _FEWEST else None


def _describe_own(
    contents: Contents,
    source: Source,
    options: ReadOptions,
    window: Window,
    *,
    tables: Sequence[TextTable],
    columns: Sequence[Contents],
    above: TextTable,
) -> None:
    """What the words above the spectrum that is wanted say, see `Contents.describe`, and its columns; those above the
    first speak for what is of the spectrograph too, and for all where these are orders of one star."""
    own, several = members(contents, source, options, window)
    said = columns[own[0]]
    contents.findings = [*said.findings, *contents.findings]
    contents.flags |= said.flags
    contents.medium, contents.frame = said.medium, said.frame
    contents.uncertainty = None if said.uncertainty is None else contents.uncertainty
    _describe(contents, tables[own[0]])
    first = Contents("", contents.wavelength, contents.flux)
    _describe(first, above)
    for name in _OF_SPECTROGRAPH if several else (*_OF_SPECTROGRAPH, *_OF_STAR):
        if not getattr(contents, name):
            setattr(contents, name, getattr(first, name))
            contents.flags |= first.flags & {f"{name}_guessed"}
    contents.unit = said.unit or contents.unit


def _describe(contents: Contents, table: TextTable) -> None:
    """What the words around a table say."""
    said = parse_comments(table.comments)
    sentence = {IN_SENTENCE: said.pop(IN_SENTENCE, "")}
    apply_metadata(contents, said)
    apply_resolutions(contents, table.lines)
    if table.cards:
        describe_header(contents, fits.Header(_short(table.cards)))
    apply_metadata(contents, sentence)
    spoken = [line for line in table.comments if _says_more(line, table.names)]
    apply_statements(contents, spoken, "a comment")
    _take_below(contents, table)


def _take_below(contents: Contents, table: TextTable) -> None:
    """Take what words below the numbers say of what those above leave open: they can be notes about something else."""
    told = {name for name in ("medium", "frame") if (said := getattr(contents, name)) and said.source == "file"}
    finders = [find for name, find in (("medium", medium_of), ("frame", frame_of)) if name in told]
    lines = [line for line in table.below if not any(find(line) for find in finders)]
    known = parse_comments(table.comments)
    apply_metadata(contents, {key: value for key, value in parse_comments(lines).items() if key not in known})
    apply_resolutions(contents, lines)
    apply_statements(contents, lines, "a comment below the numbers")


def _says_more(line: str, names: Sequence[str]) -> bool:
    """Whether a line holds more than the names of the columns, each of which speaks for its own column alone."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        line = line.replace(name, " ", 1)
    return bool(re.search(r"\w", without_label(line)))


def _short(cards: dict[str, tuple[object, str]]) -> list[tuple[str, object, str]]:
    return [(f"HIERARCH {key}" if len(key) > 8 or " " in key else key, *card) for key, card in cards.items()]


def columns(source: Source, options: ReadOptions, window: Window) -> list[Column]:
    """The columns of a text table."""
    return _columns(parse_table(source))


def espadons_columns(source: Source, options: ReadOptions, window: Window) -> list[Column]:
    """The columns of a file of Libre-ESpRIT, which have no names."""
    return _columns(_espadons_table(source))


def read_espadons(source: Source, options: ReadOptions, window: Window) -> Contents:
    """Read a file of Libre-ESpRIT by its head."""
    head = source.text.lstrip().splitlines()[0]
    reason = "head of Libre-ESpRIT, which ESPaDOnS and NARVAL (R = 65,000) share"
    instrument = Claim("NARVAL" if "narval" in head.lower() else "ESPaDOnS", "guessed", reason)
    table = _espadons_table(source)
    if options.columns is not None:
        contents = contents_from_columns("Libre-ESpRIT text", _columns(table), source, options, window)
        _describe_espadons(contents, instrument)
    else:
        contents = _espadons(table, instrument)
    quoted = re.search(r"'([^']*)'", head)
    star = star_of(sanitise(quoted[1])) if quoted else None
    if star:
        contents.star = Claim(star, "file", "first line")
    return contents


def _columns(table: TextTable) -> list[Column]:
    values = np.ascontiguousarray(table.values.T)  # else each look at a column goes through the memory of all
    columns = [Column(name, values[i], *table.said.get(name, ())) for i, name in enumerate(table.names)]
    return [replace(column, number=n) for column, n in zip(columns, table.places, strict=True)]


def _rows_of_columns(tables: Sequence[TextTable]) -> list[Column]:
    """The columns of several tables, each with a row a table, under the names of the first."""
    columns = zip(*(_columns(table) for table in tables), strict=True)
    return [replace(own[0], values=padded([column.values for column in own])) for own in columns]


def _espadons_table(source: Source) -> TextTable:
    lines = source.text.lstrip().splitlines()
    counts = re.match(r"^\s*\d+\s+\d+\s*$", lines[1]) if len(lines) > 1 else None
    return parse_table(source, "\n".join(lines[2 if counts else 1 :]))


def _looks_like_espadons(table: TextTable) -> bool:
    """Whether unnamed columns hold nm that jump back as orders do."""
    wavelength = table.values[:, 0]
    if table.values.shape[1] - 1 not in _ESPADONS_COLUMNS or not (200 < np.nanmedian(wavelength) < 1200):
        return False
    jumps = int((np.diff(wavelength) < 0).sum())
    return _MIN_JUMPS <= jumps <= 100


def _espadons(table: TextTable, instrument: Claim) -> Contents:
    values = table.values
    flux, sigma = _ESPADONS_COLUMNS.get(values.shape[1] - 1, (1, None))
    contents = Contents("Libre-ESpRIT text (ESPaDOnS, NARVAL)", values[:, 0], values[:, flux])
    if sigma is not None:
        contents.uncertainty = values[:, sigma]
        contents.note("uncertainty", "1 sigma per pixel", "file", f"column {sigma + 1} of Libre-ESpRIT's layout")
    _describe_espadons(contents, instrument)
    return contents


def _describe_espadons(contents: Contents, instrument: Claim) -> None:
    contents.instrument = instrument
    contents.unit = Claim("nm", "file", "the layout of Libre-ESpRIT")
    contents.medium = Claim("air", "file", "the layout of Libre-ESpRIT")
    contents.frame = Claim(
        "barycentric",
        "guessed",
        "Libre-ESpRIT removes Earth's motion (heliocentric, within 0.02 km/s of the barycentre)",
    )

"""FITS files of any layout: of all extensions the arrays that hold the window, their roles decided in one place.

Tables with a row a pixel, a row an order or one row of vectors (ESO's phase 3, ESO-044286), image extensions of one
shape (NEID, EPRV, PypeIt, specutils, MPDAF), rows of an image (LAMOST, Upena, UVES_popler), one-dimensional images,
IRAF's echelle spectra, and any of them with one order an extension.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from dtl.readers import fallback
from dtl.readers.columns import contents_from_columns
from dtl.readers.contents import Claim, Contents
from dtl.readers.dispersion import Column, stated_unit
from dtl.readers.extensions import SPECTRA, find_groups
from dtl.readers.fits_file import image_extensions, tables
from dtl.readers.groups import LONGEST_NAME, Group, list_spectra
from dtl.readers.headers import describe_header
from dtl.readers.members import members
from dtl.readers.options import ReadOptions
from dtl.readers.resolutions import apply_resolutions
from dtl.readers.row_values import describe_row, padded
from dtl.readers.source import Source, sanitise
from dtl.readers.statements import apply_statements, header_texts
from dtl.wavelengths import Window

__all__ = ["columns", "identify", "read"]

#: Further part of the window that a group must hold to go before one that stands before it.
_AS_MUCH = 0.02

#: Resolution of NEID's fibres (Schwab et al. 2016, SPIE 9908, 99087H).
_NEID_MODES = {"HR": 110000.0, "HE": 60000.0}


def identify(source: Source) -> bool:
    """Whether it is FITS with data."""
    return source.is_fits and bool(image_extensions(source) or tables(source))


def columns(source: Source, options: ReadOptions, window: Window) -> list[Column]:
    """The arrays of the group that holds the spectrum, where they are columns of a table."""
    group = _choose(source, find_groups(source, window), window, options)
    return group.columns if group and group.is_table and group.columns[0].values.ndim == 1 else []


def read(source: Source, options: ReadOptions, window: Window) -> Contents:
    """Read the group of arrays that holds the window.

    Raises:
        UnusableInput: no group does; the sentence says what each covers.
    """
    groups = find_groups(source, window)
    group = _choose(source, groups, window, options)
    if group is None:
        return fallback.read(source, options, window)
    contents = contents_from_columns(group.label, group.columns, source, options, window)
    contents.note("extension", group.place, "file" if options.extension is None else "user", "it holds the spectrum")
    for note in group.notes:
        contents.note(*note)
    contents.flags |= group.flags
    contents.extensions = list_spectra(groups, window)
    first, words = source.hdus[0], replace(group, columns=[])
    another = bool(first.shape) and all(header is not first.header for header in group.headers)
    describe = partial(_describe, group=words, primary=first.header, another=another)
    if np.ndim(contents.flux) == 2 and group.stacked:
        contents.describe = (describe,)
    else:
        describe(contents, source, options, window)
    contents.describe += (partial(describe_row, said=group.said),)
    return contents


def _describe(
    contents: Contents,
    source: Source,
    options: ReadOptions,
    window: Window,
    *,
    group: Group,
    primary: Any,
    another: bool,
) -> None:
    """What is said of the spectrum that is wanted by the headers that speak of it.

    Args:
        contents: changed in place.
        source: for the name in messages.
        options: which spectrum is wanted.
        window: where its light is looked for.
        group: its arrays' place, headers and words.
        primary: the first header, which goes before the others unless it speaks of another spectrum too.
        another: whether it is known to do so.
    """
    headers = group.headers
    if group.stacked:
        own, several = members(contents, source, options, window)
        headers, another = [headers[number] for number in own], another or several
    last = [header for header in headers if header is not primary]
    _describe_headers(contents, primary, group, [*last, primary] if another else [primary, *headers])


def _choose(source: Source, groups: list[Group], window: Window, options: ReadOptions) -> Group | None:
    """The group that covers most of the window; of equals the first.

    Raises:
        UnusableInput: none does.
    """
    if options.extension is not None:
        groups = _asked(source, groups, options.extension)
    else:
        groups = _of_star(groups, window)
    groups = sorted(groups, key=lambda group: not group.sums_up)
    joined = _joined(groups)
    if options.columns is not None:
        asked = next((group for group in joined if _has_columns(group, options.columns)), None)
        if asked is not None:
            return asked
        joined = [group for group in joined if not group.is_table]
    best: tuple[float, Group] | None = None
    ranges: list[str] = []
    for group in joined:
        covered = group.coverage(window)
        if covered is None:
            continue
        share, low, high = covered
        ranges.append(f"{group.place} covers {low:,.1f}–{high:,.1f} Å")
        if best is None or share > best[0] + _AS_MUCH:
            best = share, group
    if best is None:
        problem = next((group.problem for group in groups if group.problem), "")
        if problem:
            raise source.refuse(
                f"{problem}, which cannot be read; export the spectrum as a table of wavelength and flux."
            )
        return groups[0] if len(groups) == 1 and groups[0].is_table else None
    if best[0] <= 0 and len(ranges) > 1 and options.unit is None:
        raise source.refuse(
            f"holds no spectrum of {window.lower:,.0f}–{window.upper:,.0f} Å ({'; '.join(ranges[:4])}"
            f"{'; ...' if len(ranges) > 4 else ''}), so it is another order or setting; choose a file that covers the "
            "window, or state the unit (--unit) if these ranges are wrong."
        )
    return best[1]


def _has_columns(group: Group, wanted: Sequence[str | None]) -> bool:
    """Whether a table has columns of given names or numbers."""
    known = {c.name.strip().lower() for c in group.columns} | {str(i) for i, _ in enumerate(group.columns, 1)}
    return group.is_table and all(str(key).strip().lower() in known for key in wanted if key)


def _of_star(groups: list[Group], window: Window) -> list[Group]:
    """Groups whose extensions are not named after something else, as a template, where one of them holds the window."""
    own = [group for group in groups if not group.beside]
    return own if len(own) < len(groups) and any(group.holds(window) for group in own) else groups


def _asked(source: Source, groups: list[Group], wanted: str) -> list[Group]:
    """The groups with an array of the extension of a number or name.

    Raises:
        UnusableInput: there are none.
    """
    key = sanitise(wanted, LONGEST_NAME).lower()
    found = [g for g in groups if any(key in (str(number), name.lower()) for number, name in g.extensions.items())]
    if not found:
        places = "; ".join(dict.fromkeys(group.place for group in groups))
        raise source.refuse(f"has no spectrum in extension '{sanitise(wanted, 30)}'; it has {places or 'none'}.")
    return found


def _joined(groups: Sequence[Group]) -> list[Group]:
    """Groups with the same columns as one, a row an extension: one order an extension, or blue and red.

    Names of images, which are those of their extensions, may differ by their number.
    """
    kinds: dict[tuple, list[Group]] = {}
    for group in groups:
        alone = (
            group.problem
            or group.role not in SPECTRA
            or group.columns[0].values.ndim != 1
            or group.kind in ("images", "multispec")
        )
        shapes = {column.values.ndim for column in group.columns}
        names = tuple(re.sub(r"\d+", "", c.name) if group.kind == "axis" else c.name for c in group.columns)
        units = tuple(stated_unit(c) for c in group.columns if c.meaning.role == "wavelength")
        key = (id(group),) if alone or len(shapes) > 1 else (group.kind, names, units)
        kinds.setdefault(key, []).append(group)
    return [alike[0] if len(alike) == 1 else _stack(alike) for alike in kinds.values()]


def _stack(groups: list[Group]) -> Group:
    """Groups of the same columns as one."""
    columns = zip(*(group.columns for group in groups), strict=True)
    stacked = [replace(own[0], values=padded([column.values for column in own])) for own in columns]
    first, label = groups[0], f"{groups[0].label}, one order an extension"
    extensions = {number: name for group in groups for number, name in group.extensions.items()}
    headers = [group.headers[0] for group in groups]
    return Group(first.kind, label, extensions, stacked, headers, first.notes, first.flags, stacked=True)


def _describe_headers(contents: Contents, primary: Any, group: Group, headers: list[Any]) -> None:
    """What the headers say, what the layout implies, and guesses that give way to both."""
    for header in headers:
        for key in header if group.is_table else ():
            ucd = str(header[key]).lower() if key.startswith("TUCD") else ""
            if ucd.startswith("em.wl") and not contents.medium:
                medium = "air" if "obs.atmos" in ucd else "vacuum"
                contents.medium = Claim(medium, "file", f"card {key} = '{ucd}', as ESO's standard defines it")
    if "NEID" in str(primary.get("INSTRUME", "")).upper():
        contents.frame = contents.frame or Claim(
            "observatory", "file", "NEID's pipeline does not remove Earth's motion"
        )
        mode = str(primary.get("OBS-MODE", primary.get("OBSMODE", ""))).strip().upper()
        if mode in _NEID_MODES:
            contents.resolution = Claim(_NEID_MODES[mode], "file", f"card OBS-MODE = '{mode}' of NEID")
    if any(key.startswith("UP_") for key in group.headers[0]):
        contents.medium = Claim("vacuum", "file", "the layout of UVES_popler, which writes vacuum wavelengths")
    describe_header(contents, *headers)
    for header in headers[:2]:
        steps, comments = header_texts(header, "HISTORY"), header_texts(header, "COMMENT")
        apply_statements(contents, steps, "a card of HISTORY", steps=True)
        apply_statements(contents, comments, "a card of COMMENT")
        apply_resolutions(contents, [*steps, *comments], "a card of HISTORY or COMMENT:")
    guess = _guessed_medium(primary, group)
    if guess and (contents.medium is None or contents.medium.source == "guessed"):
        contents.medium = guess


def _guessed_medium(primary: Any, group: Group) -> Claim | None:
    header = group.headers[0]
    if group.kind == "multispec" or (group.kind == "axis" and ("DC-FLAG" in header or "WAT0_001" in header)):
        return Claim("air", "guessed", "IRAF's line lists are in air")
    if group.kind == "axis" and "ESO" in f"{primary.get('ORIGIN', '')}{primary.get('TELESCOP', '')}":
        return Claim("air", "guessed", "one-dimensional products of ESO are mostly in air")
    return None

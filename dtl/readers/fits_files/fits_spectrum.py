"""FITS files of any layout: of all extensions the arrays that hold the window, their roles decided in one place.

Tables with a row a pixel, a row an order or one row of vectors (ESO's phase 3, ESO-044286), image extensions of one
shape (NEID, EPRV, PypeIt, specutils, MPDAF), rows of an image (LAMOST, Upena, UVES_popler), one-dimensional images,
IRAF's echelle spectra, and any of them with one order an extension.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from dtl.readers.arrays.columns import contents_from_columns
from dtl.readers.arrays.dispersion import Column
from dtl.readers.arrays.group_choice import choose_group
from dtl.readers.arrays.groups import Group, list_spectra
from dtl.readers.arrays.members import members
from dtl.readers.arrays.row_values import describe_row
from dtl.readers.contents import Claim, Contents
from dtl.readers.facts.barycentre import ambiguous_velocity
from dtl.readers.facts.cards import Cards, header_texts
from dtl.readers.facts.headers import describe_header, known_instrument, stated_velocities
from dtl.readers.fits_files import fallback
from dtl.readers.fits_files.extensions import find_groups
from dtl.readers.fits_files.fits_file import image_extensions, tables
from dtl.readers.fits_files.fits_values import apply_long_cards
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source
from dtl.readers.words.resolutions import apply_resolutions
from dtl.readers.words.statements import apply_statements
from dtl.wavelengths import Window

__all__ = ["columns", "identify", "read"]

#: Extensions whose headers are looked at for the motion of Earth.
_MOST_HEADERS = 200
#: What they may differ by, as of other ways to weigh the exposure, km/s.
_SAME_MOTION = 0.1
#: Resolution of NEID's fibres (Schwab et al. 2016, SPIE 9908, 99087H).
_NEID_MODES = {"HR": 110000.0, "HE": 60000.0}


def identify(source: Source) -> bool:
    """Whether it is FITS with data."""
    return source.is_fits and bool(image_extensions(source) or tables(source))


def columns(source: Source, options: ReadOptions, window: Window) -> list[Column]:
    """The arrays of the group that holds the spectrum, where they are columns of a table."""
    group = choose_group(source, find_groups(source, window), window, options)
    return group.columns if group and group.is_table and group.columns[0].values.ndim == 1 else []


def read(source: Source, options: ReadOptions, window: Window) -> Contents:
    """Read the group of arrays that holds the window.

    Raises:
        UnusableInput: no group does; the sentence says what each covers.
    """
    groups = find_groups(source, window)
    group = choose_group(source, groups, window, options)
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
    if (
        not group.stacked
        and _is_as_observed(contents)
        and getattr(contents.barycentric_velocity, "value", None) is None
    ):
        contents.barycentric_velocity = _velocity_of_all(source) or contents.barycentric_velocity


def _is_as_observed(contents: Contents) -> bool:
    """Whether Earth's motion is known to be in the wavelengths still, by the file or by the spectrograph."""
    instrument = known_instrument(contents)
    usual = instrument.frame if instrument else ""
    return (contents.frame.value if contents.frame else usual) == "observatory"


def _velocity_of_all(source: Source) -> Claim | None:
    """The motion of Earth that headers of further extensions state, as of the raw frame, where all state the same."""
    found = list(stated_velocities([Cards(hdu.header) for hdu in source.hdus[:_MOST_HEADERS]]))
    return found[0] if found and np.ptp([claim.value for claim in found]) < _SAME_MOTION else None


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
    apply_long_cards(contents, headers[0])
    for header in headers[:2]:
        steps, comments = header_texts(header, "HISTORY"), header_texts(header, "COMMENT")
        apply_statements(contents, steps, "a card of HISTORY", steps=True)
        apply_statements(contents, comments, "a card of COMMENT")
        apply_resolutions(contents, [*steps, *comments], "a card of HISTORY or COMMENT:")
    velocity = ambiguous_velocity(Cards(headers[0])) if contents.frame is None else None
    if velocity and getattr(contents.barycentric_velocity, "value", None) is None:
        why = f"card {velocity[0]} says neither whether it was applied nor which way it counts; state the frame"
        contents.note("velocity of Earth", f"{velocity[1]:+.3f} km/s, not used", "file", why)
    guess = _guessed_medium(primary, group)
    if guess and (contents.medium is None or contents.medium.source == "guessed"):
        contents.medium = guess
        instrument = known_instrument(contents)
        if _is_of_molecfit(group.headers[0]) and instrument and instrument.medium == "air":
            contents.flags.add("medium_guessed")


def _guessed_medium(primary: Any, group: Group) -> Claim | None:
    header = group.headers[0]
    if _is_of_molecfit(header):
        reason = "molecfit keeps its wavelengths in vacuum, whatever those of the spectrograph are in"
        return Claim("vacuum", "guessed", reason)
    if group.kind == "multispec" or (group.kind == "axis" and ("DC-FLAG" in header or "WAT0_001" in header)):
        return Claim("air", "guessed", "IRAF's line lists are in air")
    if group.kind == "axis" and "ESO" in f"{primary.get('ORIGIN', '')}{primary.get('TELESCOP', '')}":
        return Claim("air", "guessed", "one-dimensional products of ESO are mostly in air")
    return None


def _is_of_molecfit(header: Any) -> bool:
    """Whether a table is one of a fit by molecfit (Smette et al. 2015, A&A 576, A77), by its columns."""
    return {"lambda", "mlambda"} <= {str(header[key]).strip().lower() for key in header if key.startswith("TTYPE")}

"""From the arrays of a file to its contents: what `dtl.readers.arrays.roles` decides, or what the user says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dtl.readers.arrays.beside import marks_faults
from dtl.readers.arrays.bins import with_middles
from dtl.readers.arrays.dispersion import Column, Part, frame_of_name, medium_of_name, stated_unit
from dtl.readers.arrays.numbered_orders import stack_orders
from dtl.readers.arrays.numbering import asked_column, numbers_of, shown
from dtl.readers.arrays.other_columns import other_spectra
from dtl.readers.arrays.pixel_values import with_velocity
from dtl.readers.arrays.roles import Roles, assign_roles, meaning_of
from dtl.readers.arrays.scales import linear_flux, log_factor, scale_of_uncertainty
from dtl.readers.arrays.uncertainties import to_sigma
from dtl.readers.arrays.verdicts import judge_column, why_none
from dtl.readers.contents import Claim, Contents
from dtl.readers.options import KIND_WORDS, KINDS, ReadOptions
from dtl.readers.pixels.bad_pixels import bad_by_mask
from dtl.readers.source import Source, sanitise
from dtl.readers.words.error_words import SINGLE
from dtl.readers.words.statements import frame_of, stated_medium
from dtl.wavelengths import Window

__all__ = ["KINDS", "Column", "assign", "contents_from_columns", "usable"]


def contents_from_columns(
    label: str, columns: Sequence[Column], source: Source, options: ReadOptions, window: Window
) -> Contents:
    """Assign the columns and take from the wavelengths' name and unit what they say.

    Raises:
        UnusableInput: fewer than two columns, or columns that cannot be told apart.
    """
    columns = usable(columns)
    if len(columns) < 2:
        raise source.refuse(
            f"has {len(columns)} column{'' if len(columns) == 1 else 's'} of numbers, while wavelength and flux are "
            "needed; save both in one table."
        )
    told = options.uncertainty
    if options.columns is not None:
        roles = _asked_roles(columns, options.columns, told, source, window)
    else:
        columns = with_middles(stack_orders(columns, window))
        roles = assign(columns, source, window, told)
    return with_velocity(_contents(label, columns, roles, told, window), columns)


def usable(columns: Sequence[Column]) -> list[Column]:
    """The columns that can be named; a nameless one without a number is a separator at the end of each line."""
    columns = [replace(column, number=n) for column, n in zip(columns, numbers_of(columns), strict=True)]
    return [column for column in columns if column.name or np.isfinite(column.values).any() or len(columns) < 3]


def assign(columns: Sequence[Column], source: Source, window: Window, told: str | None = None) -> Roles:
    """What each column is.

    Raises:
        UnusableInput: where wavelength and flux cannot be told.
    """
    roles = assign_roles(columns, window, told)
    if roles is not None:
        return roles
    found = ", ".join(shown(columns, column) for column in columns[:8])
    if any(meaning_of(column).role == "wavelength" for column in columns):
        raise source.refuse(
            f"has wavelengths but no column of fluxes that is recognised (it has {found}), probably because its name "
            "is unusual, or it holds no number; name the columns for wavelength, flux and uncertainty (--columns "
            "WAVELENGTH,FLUX,ERROR)."
        )
    raise source.refuse(
        f"has no column of wavelengths (it has {found}), probably because they are in another file or reach past "
        f"{window}; put wavelength and flux into one table, or name the columns "
        "(--columns WAVELENGTH,FLUX,ERROR)."
    )


def _asked_roles(
    columns: Sequence[Column], wanted: tuple[str, str, str | None], told: str | None, source: Source, window: Window
) -> Roles:
    """The roles that the user gave."""
    wave, flux, sigma = (asked_column(columns, key, source) if key else None for key in wanted)
    if wave is flux or (sigma is not None and (sigma is wave or sigma is flux)):
        raise source.refuse(
            "was to be read with one column as two things; name three different ones for wavelength, flux and "
            "uncertainty, or leave out the last."
        )
    sigma = None if told == "none" else sigma
    masks = [c for c in columns if c.meaning.role == "mask" and all(c is not x for x in (wave, flux, sigma))]
    roles = Roles(wave, flux, sigma, masks=masks, flux_name=flux.meaning, named=True, reason="named by the user")
    if sigma is not None:
        roles.verdict = judge_column(sigma, flux, roles.flux_name, Part(wave, window), told, by_user=True)
        roles.kind = roles.verdict.kind
    return roles


def _contents(label: str, columns: Sequence[Column], roles: Roles, told: str | None, window: Window) -> Contents:
    by_user = roles.reason == "named by the user"
    how = "user" if by_user else "file" if roles.named else "guessed"
    shape = np.broadcast_shapes(roles.wavelength.values.shape, roles.flux.values.shape)
    scale = roles.flux_name.scale if roles.flux_name.role == "flux" else "linear"
    flux = np.broadcast_to(linear_flux(roles.flux.values, scale), shape)
    contents = Contents(label, np.broadcast_to(roles.wavelength.values, shape), flux)
    used = f"{shown(columns, roles.wavelength)}, {shown(columns, roles.flux)}"
    contents.note("columns", used, how, roles.reason)
    if scale != "linear":
        word = "magnitudes" if scale == "magnitude" else f"{scale} of the flux"
        contents.note("flux", f"made linear from {word}", "file", f"{shown(columns, roles.flux)}")
    if roles.uncertainty is not None:
        _add_uncertainty(contents, columns, roles, told, scale)
    elif roles.implausible is not None:
        contents.note(
            "uncertainty",
            "set aside",
            "guessed",
            f"{shown(columns, roles.implausible)} fits neither sigma nor variance nor inverse variance: the scatter of "
            "neighbouring pixels says otherwise",
        )
        contents.flags.add("uncertainty_implausible")
    elif by_user:
        contents.note("uncertainty", "none", "user", "the user named no column of uncertainties")
    elif roles.unused or roles.repeats:
        unused, repeats = (", ".join(shown(columns, c) for c in some[:3]) for some in (roles.unused, roles.repeats))
        contents.note("uncertainty", "none", "guessed", why_none(unused, repeats))
    _note_several(contents, columns, roles)
    if roles.blaze is not None:
        _divide(contents, np.broadcast_to(roles.blaze.values, shape), shown(columns, roles.blaze))
    if roles.masks:
        contents.bad = _bad(contents, columns, roles.masks, Part(roles.wavelength, window).inside)
    _describe_wavelength(contents, columns, roles.wavelength)
    return contents


def _note_several(contents: Contents, columns: Sequence[Column], roles: Roles) -> None:
    """Say where other columns are spectra of their own."""
    found, numbered = other_spectra(roles)
    if not found:
        return
    verb = "differs" if len(found) == 1 else "differ"
    lines = "has lines or noise of its own" if len(found) == 1 else "have lines or noise of their own"
    reason = ", ".join(shown(columns, other) for other in found[:3])
    reason += f" {verb} from it by the number in the name only" if numbered else f" {lines}"
    contents.flags.add("several_spectra")
    contents.note("spectra", f"1 of {len(found) + 1} used", "guessed", reason)


def _add_uncertainty(contents: Contents, columns: Sequence[Column], roles: Roles, told: str | None, scale: str) -> None:
    values, kind = np.broadcast_to(roles.uncertainty.values, contents.flux.shape), roles.kind
    stated = bool(told) or roles.verdict is None or roles.verdict.stated
    words = "" if kind == "sigma" else f"{KINDS[kind]} "
    reason = f"{words}{shown(columns, roles.uncertainty)}"
    multiple = 1.0 if told else roles.uncertainty.meaning.multiple
    if multiple != 1.0:
        values = values / multiple
        reason += f", which holds {multiple:,.3g} times that by its name"
    own = scale_of_uncertainty(scale, roles.uncertainty.meaning, told)
    if own != "linear" and kind in ("sigma", "relative"):
        values, kind = values * log_factor(own), "relative"
        reason += ", an error of the logarithm by its name" if scale == "linear" else ""
    contents.uncertainty = to_sigma(values, kind, contents.flux)
    if roles.verdict is not None and roles.verdict.doubted:
        contents.flags.add("uncertainty_implausible")
        reason += ", as you say; the scatter of neighbouring pixels says otherwise"
    if not stated:
        reason += ", as the scatter of neighbouring pixels says"
        if roles.uncertainty.meaning.role == "uncertainty":
            contents.flags.add("uncertainty_implausible")
            reason += ", though its name says otherwise"
        if roles.verdict.rival:
            reason += f"; as {KIND_WORDS[roles.verdict.rival]} it would fit as well, with another signal-to-noise ratio"
    source = "user" if told or roles.reason == "named by the user" else "file" if stated else "guessed"
    contents.note("uncertainty", SINGLE, source, reason)


def _divide(contents: Contents, blaze: np.ndarray, words: str) -> None:
    """Divide flux and uncertainty by the blaze, in place."""
    blaze = np.where(np.isfinite(blaze) & (blaze > 0.01 * np.nanmax(blaze)), blaze, np.nan)
    contents.flux = contents.flux / blaze
    if contents.uncertainty is not None:
        contents.uncertainty = contents.uncertainty / blaze
    contents.note("blaze", "removed", "file", f"flux and uncertainty are divided by {words}")


def _bad(
    contents: Contents, columns: Sequence[Column], masks: Sequence[Column], inside: np.ndarray
) -> np.ndarray | None:
    """True where a mask marks a pixel; masks that would leave less than half are not understood and pass."""
    bad, shape = None, contents.flux.shape
    if any("and" in column.name.lower() for column in masks):  # flags of all exposures; those of any are too many
        masks = [column for column in masks if not column.name.lower().startswith("or")]
    for column in masks:
        if _is_unclear(column):
            reason = f"{shown(columns, column)} is named as a mask, but what it holds is not understood"
            contents.note("mask", "not used", "guessed", reason)
            continue
        known = marks_faults(column.name) and column.values.size == inside.size
        near = inside.reshape(column.values.shape) if known and inside.any() else None
        marked = np.broadcast_to(bad_by_mask(column.values, near), shape)
        if column.meaning.good and (column.values != 0).mean() > 0.2:
            marked = np.broadcast_to(column.values < 0.5, shape)  # a part of it, too
        if marked.any():
            named = bool(column.meaning.role)
            why = f"{shown(columns, column)}{'' if named else ', whose numbers are those of a mask,'} marks them as bad"
            contents.note("mask", f"{int(marked.sum())} pixels", "file" if named else "guessed", why)
            bad = marked if bad is None else bad | marked
    return bad


def _is_unclear(column: Column) -> bool:
    """Whether a mask holds what no mask does: words that are not known, or parts of pixels of unknown sense."""
    finite = column.values[np.isfinite(column.values)]
    share = column.meaning.good and finite.size > 0 and finite.min() >= 0 and finite.max() <= 1
    return bool((finite < 0).any() or (not share and (finite != np.round(finite)).any()))


def _describe_wavelength(contents: Contents, columns: Sequence[Column], wave: Column) -> None:
    """Unit and medium as name, unit and note of the column give them."""
    name = sanitise(wave.name, 40)
    unit = stated_unit(wave)
    if unit:
        where = f"'{sanitise(wave.unit, 30)}'" if wave.unit else "it in its name"
        by_card = wave.note.startswith(("card", "column"))
        contents.unit = Claim(unit, "file", wave.note if by_card else f"column '{name}' has {where}")
    for text in (wave.name.replace("_", " "), wave.unit, wave.note):
        medium = stated_medium(text) or medium_of_name(text if len(text.split()) < 4 else "")
        if medium:
            contents.medium = Claim(medium, "file", f"column '{name}': '{sanitise(text, 40)}'")
            break
    frame = frame_of_name(wave.name) or frame_of(wave.name)
    if frame:
        contents.frame = Claim(frame, "file", f"column '{name}'")
    twins = [c for c in columns if c is not wave and c.meaning.role == "wavelength"]
    in_air = next((c for c in twins if medium_of_name(c.name) == "air"), None)
    if contents.medium is None and in_air is not None:
        contents.medium = Claim("vacuum", "file", f"those in air stand beside it in {shown(columns, in_air)}")

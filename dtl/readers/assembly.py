"""From the arrays and claims of any format to one spectrum: unit, medium, orders, range, bad pixels, findings."""

from __future__ import annotations

from copy import deepcopy

import numpy as np

from dtl.readers import limits
from dtl.readers.arrangement import arrange
from dtl.readers.arrays.spectra import choose_spectrum
from dtl.readers.contents import Claim, Contents
from dtl.readers.facts.headers import known_instrument
from dtl.readers.facts.resolving import (
    confirm_medium,
    resolve_frame,
    resolve_medium,
    resolve_resolution,
    resolve_unit,
    resolve_velocity,
)
from dtl.readers.options import ReadOptions
from dtl.readers.pixels.bad_pixels import leave_out_bad_pixels, leave_out_padding
from dtl.readers.pixels.digits import check_mixture
from dtl.readers.pixels.joining import merge
from dtl.readers.pixels.orders import Order, choose, tidy
from dtl.readers.source import Source
from dtl.readers.words.units import ends_of, holds_window, show_unit
from dtl.rounding import format_number
from dtl.spectrum import Finding, Spectrum
from dtl.wavelengths import Window

__all__ = ["assemble"]

#: What is kept on either side of the window, Angstrom: room for Doppler shifts and a continuum.
_KEPT = 40.0
_MIN_PIXELS = 10
#: Units that are not guessed, as others have such numbers too.
_RARE_UNITS = {"1/cm": "wavenumbers", "THz": "frequencies", "GHz": "frequencies", "eV": "energies"}
_RARE_UNITS |= {"1/m": "wavenumbers", "1/um": "wavenumbers", "pm": "wavelengths"}
#: An uncertainty of so many times the highest flux weighs nothing, and so does a larger one.
_WORTHLESS = 1e6


def assemble(contents: Contents, source: Source, options: ReadOptions, window: Window) -> Spectrum:
    """Make a spectrum of what a reader found.

    Args:
        contents: arrays and claims.
        source: for the name in messages.
        options: answers of the user, which go before all claims.
        window: that the spectrum must hold.

    Raises:
        UnusableInput: shapes that do not fit, no usable flux, or a spectrum that misses the window.
    """
    _take_as_told(contents, options)
    unit = resolve_unit(contents, options, window)
    medium = resolve_medium(contents, options, unit.value)
    frame = resolve_frame(contents, options)
    arranged = arrange(contents, source, unit.value, medium.value, window)
    shown, oxygen = confirm_medium(contents, arranged.oxygen, medium, frame)
    if shown.value != medium.value:
        arranged = arrange(contents, source, unit.value, shown.value, window)
    medium = shown
    if arranged.flags_ignored:
        contents.note("bad pixels", "flags ignored", "guessed", "every single pixel is flagged")
    orders, spectra = choose_spectrum(contents, source, arranged.found, options.row, window)
    orders = deepcopy(orders) if spectra > 1 else orders  # which are changed, and others may be wanted later
    check_mixture(orders, source, window)
    leave_out_bad_pixels(contents, orders, window)
    order, near = _one_stretch(contents, source, orders, arranged.directions, wanted=options.order, window=window)
    limits.check("pixels", len(order.wavelength), source.refuse)
    leave_out_padding(contents, order, window)
    order = _drop_worthless_uncertainty(contents, order)
    _check_flux(source, order, window)
    velocity = resolve_velocity(contents, frame)
    resolution = resolve_resolution(contents, options)
    instrument = known_instrument(contents)
    star = contents.star.value if contents.star else ""
    head = _findings(contents, source, unit=unit, medium=medium, frame=frame, resolution=resolution)
    return Spectrum(
        wavelength=order.wavelength,
        flux=order.flux,
        uncertainty=order.uncertainty,
        file=source.name,
        star=star,
        instrument=instrument.name if instrument else (contents.instrument.value if contents.instrument else ""),
        resolution=resolution.value,
        frame=frame.value,
        barycentric_velocity=velocity,
        sky=order.sky,
        simulated=contents.simulated,
        findings=tuple(head + contents.findings),
        orders=near,
        spectra=spectra,
        extensions=contents.extensions,
        position=contents.position.value if contents.position else None,
        mjd=contents.mjd,
        flags=tuple(sorted(contents.flags)),
        stated_velocity=contents.star_velocity.value if contents.star_velocity else None,
        oxygen_velocity=oxygen,
    )


def _findings(contents: Contents, source: Source, **settled: Claim) -> list[Finding]:
    """What is told of every file, the claims that are settled last."""
    head = [
        Finding(
            "format", contents.format, "file", "recognised by its content" + (", gzip" if source.compressed else "")
        )
    ]
    for name, claim in (("star", contents.star), ("instrument", contents.instrument)):
        if claim:
            head.append(Finding(name, str(claim.value), claim.source, claim.reason))
    for name, claim in settled.items():
        value = claim.value
        if name == "unit":
            value = show_unit(value)
        elif name == "resolution":
            value = f"{value:,.0f}" if value else "unknown"
        head.append(Finding(name, value, claim.source, claim.reason))
    if contents.simulated:
        head.append(Finding("simulated", "a simulated observation", "file", "the file says so"))
    return head


def _one_stretch(
    contents: Contents, source: Source, orders: list[Order], notes: set[str], *, wanted: int | None, window: Window
) -> tuple[Order, tuple[tuple[int, float, float], ...]]:
    """Choose and merge orders, or take the one that is wanted, cut to what is kept, and note what was done.

    Returns:
        The stretch, and number and ends of each order that reaches into the window where there are several.
    """
    if not orders:
        raise source.refuse(
            "has no usable wavelengths (all are zero or not numbers), probably because the wavelength solution failed; "
            "use a later reduction, or name the column of the wavelengths."
        )
    tidied = [tidy(order) for order in orders]
    orders = [order for order, _ in tidied]
    low, high = min(o.wavelength[0] for o in orders), max(o.wavelength[-1] for o in orders)
    chosen = choose(orders, window)
    near = tuple((o.number, float(o.wavelength[0]), float(o.wavelength[-1])) for o in chosen)
    near = near if len(near) > 1 else ()
    if wanted is not None:
        chosen = [o for o in chosen if o.number == wanted]
        if not chosen:
            numbers = ", ".join(str(number) for number, _, _ in near)
            choice = f"choose among {numbers}, or leave" if numbers else "leave"
            raise source.refuse(
                f"was to be read from its order {wanted}, which does not reach {window}; "
                f"{choice} the choice to the program."
            )
    _check_coverage(contents, source, chosen, window, (low, high))
    order, words = merge(chosen)
    order, doubled = tidy(order)
    first, last = window.lower - _KEPT, window.upper + _KEPT
    kept = order.take((order.wavelength >= first) & (order.wavelength <= last))
    inside = int(window.holds(kept.wavelength).sum())
    if inside < _MIN_PIXELS:
        raise source.refuse(
            f"has {'only ' * (inside > 0)}{inside or 'no'} pixel{'s' * (inside > 1)} in {window}, far too few "
            "for its lines, so it is of low resolution, or another unit or other columns were taken for wavelength and "
            "flux; state them, or give a spectrum of R = 50,000 or more."
        )
    if "descending" in notes:
        contents.note("direction", "reversed", "file", "the wavelengths descend in the file")
    if "unsorted" in notes:
        contents.note("direction", "sorted", "file", "the wavelengths are in no order in the file")
    doubled += sum(count for _, count in tidied)
    if doubled:
        contents.note("duplicates", f"{doubled} pixels merged", "file", "several share one wavelength or nearly")
    if len(orders) > 1:
        ranges = ", ".join(f"{o.number} ({o.wavelength[0]:.1f}–{o.wavelength[-1]:.1f} Å)" for o in chosen)
        how = "chosen by wavelength" if wanted is None else "given by the user"
        detail = "; ".join([f"{how}, counted from 0", *words])
        used = f"{len(chosen)} of {len(orders)} used: {ranges}"
        contents.note("orders", used, "file" if wanted is None else "user", detail)
    contents.note(
        "range",
        f"{kept.wavelength[0]:.1f}–{kept.wavelength[-1]:.1f} Å, {len(kept.wavelength)} pixels",
        "file",
        f"of {low:.1f}–{high:.1f} Å in vacuum; what lies outside {first:.0f}–{last:.0f} Å is not needed",
    )
    return kept, near


def _check_coverage(
    contents: Contents, source: Source, chosen: list[Order], window: Window, reach: tuple[float, float]
) -> None:
    """Refuse orders that miss half of the window or more; ``reach`` are the ends of the whole file, Angstrom."""
    low, high = reach
    inside = sum(_covered(order, window) for order in chosen)
    if inside < 0.5 * (window.upper - window.lower):
        if low < window.lower and high > window.upper:
            gap = "with a gap at"
        else:
            gap = f"and misses all but {inside:.0f} Å of" if inside >= 1 else "and misses"
        ends = ends_of(contents.wavelength) if contents.unit is None else np.empty(0)
        fitting = next((unit for unit in _RARE_UNITS if holds_window(ends, unit, window)), "")
        kind = f" of the {_RARE_UNITS[fitting]}" if fitting else ""
        hint = f" (as numbers in {show_unit(fitting)} they would hold it)" if fitting else ""
        raise source.refuse(
            f"covers {format_number(low, 1)}–{format_number(high, 1)} Å in vacuum {gap} the window of {window} that "
            "the method needs, so it is another order or setting; choose a spectrum that holds the window, or "
            f"state the unit{kind} if this range is wrong{hint}."
        )


def _covered(order: Order, window: Window) -> float:
    """How many Angstrom of the window an order covers."""
    return max(0.0, min(order.wavelength[-1], window.upper) - max(order.wavelength[0], window.lower))


def _take_as_told(contents: Contents, options: ReadOptions) -> None:
    """The instrument of the user; no uncertainties where they are left aside, also in layouts without columns."""
    if options.instrument is not None:
        contents.instrument = Claim(options.instrument, "user", "given by the user")
    if options.uncertainty == "none":
        contents.uncertainty = None
        contents.findings = [found for found in contents.findings if found.name not in ("uncertainty", "sky noise")]
        contents.note("uncertainty", "none", "user", "uncertainties were left aside by the user")


def _drop_worthless_uncertainty(contents: Contents, order: Order) -> Order:
    """Uncertainties that are all NaN or zero are none; those beyond all flux are bounded, as their squares overflow."""
    if order.uncertainty is not None and not (np.isfinite(order.uncertainty) & (order.uncertainty > 0)).any():
        order.uncertainty = None
        contents.findings = [finding for finding in contents.findings if finding.name != "uncertainty"]
        contents.note("uncertainty", "none", "file", "the uncertainties in the file are all zero or not numbers")
    elif order.uncertainty is None and not any(f.name == "uncertainty" for f in contents.findings):
        contents.note("uncertainty", "none", "file", "the file gives no uncertainties")
    if order.uncertainty is not None and np.isfinite(order.flux).any():
        most = _WORTHLESS * np.nanmax(np.abs(order.flux))
        order.uncertainty = np.minimum(order.uncertainty, most) if most > 0 else order.uncertainty
    return order


def _check_flux(source: Source, order: Order, window: Window) -> None:
    """Refuse a window without flux."""
    good = np.isfinite(order.flux) & window.holds(order.wavelength)
    if good.sum() < _MIN_PIXELS:
        raise source.refuse(
            f"has no usable flux in {window} (all pixels are bad or not numbers), probably "
            "because the extraction failed there; use another exposure or reduction."
        )
    if not (order.flux[good] != 0).any():
        raise source.refuse(
            f"has nothing but zeros in {window}, probably padding in place of data; use another exposure or reduction."
        )

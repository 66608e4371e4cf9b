"""Why a spectrum cannot be prepared, in sentences."""

from __future__ import annotations

import numpy as np

from dtl.preparation.velocity import Velocity
from dtl.rounding import format_number
from dtl.spectrum import Spectrum, UnusableInput
from dtl.wavelengths import Window

__all__ = ["misses_window", "no_continuum", "window_missing"]

#: No star near by is faster, km/s.
_FASTEST = 350.0
#: Usable pixels in the window by which a velocity can be measured.
_ENOUGH = 100
#: Neighbouring steps differ by this part where rows are mixed; part of them that does, at least.
_UNEVEN, _MIXED = 0.2, 0.5
#: How much larger a step is than those on both sides, where grids that differ little are mixed; part of them that is.
_LEAP, _MANY = 3.5, 0.05


def misses_window(spectrum: Spectrum, window: Window) -> UnusableInput:
    """The error for a spectrum whose usable pixels are not where the window is, or too few."""
    if _is_mixed(spectrum):
        return _mixed(spectrum)
    usable = np.isfinite(spectrum.flux)
    good = spectrum.wavelength[usable]
    if good.size and min(good[-1], window.upper) - max(good[0], window.lower) > 0.5 * window.width:
        inside = window.holds(spectrum.wavelength)
        bad = 1.0 - usable[inside].mean()
        if bad > 0.1:
            return UnusableInput(
                f"{spectrum.file}: {100 * bad:.0f} % of the pixels in {window} have no usable flux, too many to find "
                f"its lines, probably because {_marked(spectrum)}."
            )
        if usable[inside].sum() >= _ENOUGH:
            return UnusableInput(
                f"{spectrum.file}: its flux in {window} goes with the lines of a star at no velocity, probably because "
                "another column, as the sky, was taken for it; check the flux column."
            )
        return UnusableInput(
            f"{spectrum.file}: it has only {usable[inside].sum()} usable pixels in {window}, far too few for its "
            "lines; give a high-resolution spectrum (R of 50,000 or more)."
        )
    reach = "it has no usable flux"
    if good.size:
        reach = f"its usable flux goes from {format_number(good[0], 1)} to {format_number(good[-1], 1)} Å"
    return UnusableInput(
        f"{spectrum.file}: {reach} and misses most of the window {window} (vacuum); "
        "take the order or the arm that covers it, or correct the unit of the wavelengths."
    )


def _marked(spectrum: Spectrum) -> str:
    """Why pixels are not usable, and what to do; where a column was taken for their mask, which."""
    for finding in spectrum.findings:
        if finding.name == "mask" and finding.source == "guessed" and finding.value.endswith("pixels"):
            return f"{finding.reason}; leave that column out if it is none, or use another exposure or reduction"
    return "they are flagged as bad; use another exposure or reduction"


def _by_mask(spectrum: Spectrum) -> str:
    """That a mask of the file marks pixels as bad, where one does."""
    said = next((f for f in spectrum.findings if f.name == "mask" and f.value.endswith("pixels")), None)
    return f" ({said.value} of the file: {said.reason})" if said else ""


def no_continuum(spectrum: Spectrum) -> UnusableInput:
    """The error for a spectrum in which no continuum can be found."""
    if _is_mixed(spectrum):
        return _mixed(spectrum)
    return UnusableInput(
        f"{spectrum.file}: no continuum could be found, because most of the flux is zero, negative or constant; "
        "check the flux column."
    )


def window_missing(spectrum: Spectrum, window: Window, missing: float, velocity: Velocity) -> UnusableInput:
    """The error for a spectrum of which a part ``missing``, 0 to 1, of the window has no usable pixel at rest."""
    if _is_mixed(spectrum):
        return _mixed(spectrum)
    usable = np.isfinite(spectrum.flux) & window.holds(spectrum.wavelength)
    there = usable.sum() > 0.9 * max(window.holds(spectrum.wavelength).sum(), 1)
    if there and (velocity.uncertain or abs(velocity.value) > _FASTEST):
        return UnusableInput(
            f"{spectrum.file}: its velocity came out as {velocity.value:+.0f} km/s, which shifts {100 * missing:.0f} % "
            f"of the window {window} out of the spectrum and is probably wrong, as its lines are hardly recognised; "
            "check the columns, the unit and the medium of the wavelengths, and whether this is an M dwarf."
        )
    return UnusableInput(
        f"{spectrum.file}: {100 * missing:.0f} % of the window {window} has no usable pixel, too much to say anything"
        f"{_by_mask(spectrum)}; take an exposure or an order that covers it."
    )


def _is_mixed(spectrum: Spectrum) -> bool:
    """Whether most steps between pixels differ from the next, which is so on no grid but on several that are mixed.

    Or whether there are steps all along that are far larger than those on both sides, between pixels that are close.
    """
    steps = np.diff(spectrum.wavelength)
    if steps.size < _ENOUGH:
        return False
    uneven = np.abs(np.diff(steps)) > _UNEVEN * np.maximum(steps[1:], steps[:-1])
    leaps = steps[1:-1] > _LEAP * np.maximum(steps[2:], steps[:-2])
    return bool(uneven.mean() > _MIXED or leaps.mean() > _MANY)


def _mixed(spectrum: Spectrum) -> UnusableInput:
    """The error for rows of several spectra in one."""
    return UnusableInput(
        f"{spectrum.file}: its pixels are unevenly spaced throughout, probably because several spectra (exposures or "
        "orders) were put together and sorted by wavelength, so that their rows are mixed; give each of them by itself."
    )

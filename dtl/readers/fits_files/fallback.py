"""The last resort for FITS files: specutils, imported only here, as that takes seconds.

What it returns is checked, as it guesses without saying so: the axis must be a length and the flux must not be one.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from dtl.readers.contents import Claim, Contents
from dtl.readers.facts.cards import Cards
from dtl.readers.facts.headers import describe_header
from dtl.readers.fits_files.axes import has_steps
from dtl.readers.fits_files.fits_file import describe, image_extensions, images, pixels, tables
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source, sanitise
from dtl.readers.words.names import parse_name
from dtl.spectrum import UnusableInput
from dtl.wavelengths import Window

__all__ = ["read"]

#: Orders of a spectrograph, at most, and how many times wider than high an image of them is at least.
_MOST_ORDERS, _WIDE = 200, 8
#: Cards that programs write for the first wavelength, the last one and the step; and how many of them are shown.
_OF_AXIS = re.compile(
    r"(CRVAL|CDELT?|CD)(1|1_1)?|(W|WV|WL|X|WAV\w{0,6}|LAM(BDA)?)_?(0|1|PC|D|DELT\w*|MIN|MAX|STA\w*|BEG\w*|END|STEP|INC\w*)"
    r"|(START|FIRST|BEG\w*|MIN|STEP|DELT?A?|D|END|LAST|MAX)_?(W|WL|WAV\w*|LAM(BDA)?|X)|STEP"
)
_MOST_CARDS = 4


def read(source: Source, options: ReadOptions, window: Window) -> Contents:
    """Read with whatever loader of specutils recognises the file.

    Raises:
        UnusableInput: specutils is not installed or knows no spectrum in the file.
    """
    if not _has_axis(source):
        raise _without_axis(source)
    spectrum = _load(source)
    if spectrum is None and not tables(source):
        _check_orders(source)
    if spectrum is None:
        raise source.refuse(
            f"holds no spectrum that is recognised (it has {describe(source)}), probably because it is a raw frame or "
            "a layout unknown here; save the spectrum as a FITS or ECSV table with the columns wavelength, flux, "
            "uncertainty."
        )
    from astropy import units as u

    wavelength = spectrum.spectral_axis.to_value(u.AA, equivalencies=u.spectral())
    flux = np.asarray(spectrum.flux.value, dtype=float)
    contents = Contents("FITS file read with specutils", np.broadcast_to(wavelength, flux.shape), flux)
    contents.unit = Claim("Angstrom", "file", "converted by specutils")
    if spectrum.uncertainty is not None:
        from astropy.nddata import StdDevUncertainty

        sigma = spectrum.uncertainty.represent_as(StdDevUncertainty).array
        if np.shape(sigma) == flux.shape:
            contents.uncertainty = np.asarray(sigma, dtype=float)
            contents.note("uncertainty", "1 sigma per pixel", "file", "as specutils reads it")
    describe_header(contents, source.hdus[0].header)
    return contents


def _has_axis(source: Source) -> bool:
    """Whether there is a table, a two-dimensional image or an axis; specutils would take pixels for Angstrom."""
    found = images(source).values()
    return bool(tables(source)) or any(len(hdu.shape) > 1 or has_steps(Cards(hdu.header)) for hdu in found)


def _check_orders(source: Source) -> None:
    """Refuse an image of orders without wavelengths; a raw frame is nearly as high as it is wide.

    Raises:
        UnusableInput: it is one.
    """
    shape = next((hdu.shape for _, hdu in image_extensions(source) if len(hdu.shape) == 2), (1, 1))
    few, many = sorted(shape)
    if 1 < few <= _MOST_ORDERS and many >= _WIDE * few:
        raise source.refuse(
            f"has fluxes of {few} orders but no wavelengths (it has {describe(source)}), probably because they are "
            "kept in a second file, or as coefficients that only its pipeline knows; give a product with wavelengths, "
            "as merged orders (S1D), or put wavelengths and fluxes of all orders into one file."
        )


def _without_axis(source: Source) -> UnusableInput:
    """The error for one-dimensional images of which none has an axis, by which of them hold wavelengths."""
    found = [
        (hdu.name.strip() or "an image", hdu.shape[0], _is_wavelength(source, hdu))
        for _, hdu in image_extensions(source)
    ]
    waves, others = ([(name, n) for name, n, wave in found if wave is which] for which in (True, False))
    if waves and others and not {n for _, n in waves} & {n for _, n in others}:
        (wave, count), (other, length) = waves[0], others[0]
        return source.refuse(
            f"has {count:,} wavelengths ({sanitise(wave, 30)}) and {length:,} values beside them "
            f"({sanitise(other, 30)}), probably because one of the two was cut; write both with one value a pixel."
        )
    if waves and not others:
        return source.refuse(
            f"has wavelengths but no fluxes (it has {describe(source)}), probably because they are kept in a second "
            "file; put both into one table."
        )
    lacking = " without the cards CRVAL1 and CDELT1" if source.is_fits else ""
    without = f"has fluxes but no wavelengths (it has {describe(source)}{lacking}"
    cards = dict(_like_an_axis(source))
    if any(value != 1.0 or key.startswith("CRVAL") for key, value in cards.items()):
        said = ", ".join(f"{key} = {value:.8g}" for key, value in [*cards.items()][:_MOST_CARDS])
        return source.refuse(
            f"{without} of an axis of wavelengths, but with {said}), probably because the axis is written "
            "in other cards than those of the FITS standard, or was never calibrated; write the first wavelength as "
            "CRVAL1, the step as CDELT1 and the unit as CUNIT1, or save wavelengths and fluxes as a table."
        )
    return source.refuse(
        f"{without}), probably because they are kept in a second file, as in libraries of models; put both into one "
        "table."
    )


def _like_an_axis(source: Source) -> Iterator[tuple[str, float]]:
    """Cards with a number that may be meant as the first wavelength or the step of an image, by their names."""
    for _, hdu in image_extensions(source):
        cards = Cards(hdu.header)
        yield from (
            (key, value) for key in cards if _OF_AXIS.fullmatch(key) and (value := cards.number(key)) is not None
        )


def _is_wavelength(source: Source, hdu: Any) -> bool:
    """Whether an image holds wavelengths, by its name, or by values that only rise or only fall."""
    if parse_name(hdu.name).role == "wavelength":
        return True
    steps = np.diff(pixels(source, hdu))
    return len(steps) > 1 and bool((steps > 0).all() or (steps < 0).all())


def _load(source: Source) -> Any | None:
    """A specutils spectrum with a plausible axis, or None."""
    try:
        from astropy import units as u
        from specutils import Spectrum
    except ImportError:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            spectrum = Spectrum.read(io.BytesIO(source.data))
        except Exception:  # its loaders fail in every way there is
            return None
    axis, flux = spectrum.spectral_axis.unit, spectrum.flux.unit
    headers = [hdu.header for hdu in images(source).values()]
    if not tables(source) and not any("WAT2_001" in header or has_steps(Cards(header)) for header in headers):
        return None  # its axis can only be the number of the pixel
    if not axis.is_equivalent(u.AA, equivalencies=u.spectral()) or flux.is_equivalent(u.AA) or spectrum.flux.ndim > 2:
        return None
    return spectrum

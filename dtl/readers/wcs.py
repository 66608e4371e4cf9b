"""One-dimensional FITS images whose wavelengths follow from CRVAL1, CDELT1 or CD1_1, CRPIX1, in steps or in logarithms.

The words of the axis are those of Greisen et al. 2006, A&A 446, 747, and of IRAF (DC-FLAG). Images with a few rows, of
which the first holds the wavelengths (as Upena writes for ESPaDOnS), are read here too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dtl.readers.contents import Claim, Contents
from dtl.readers.fits_file import images, pixels
from dtl.readers.headers import describe_header
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source, sanitise
from dtl.readers.units import guess_unit, holds_window, parse_unit, to_angstrom

__all__ = ["identify", "identify_rows", "read", "read_rows"]

_SIGMA = ("SIG", "SIGMA", "ERR", "ERRS", "ERROR", "ERRORS", "UNCERT", "UNCERTAINTY", "STDDEV", "NOISE")
_MIN_POINTS = 10


def identify(source: Source) -> bool:
    """Whether an image has one long axis of wavelengths."""
    return source.is_fits and _axis_image(source) is not None


def read(source: Source, options: ReadOptions) -> Contents:
    """Read the image, or the first spectrum of several on the same axis."""
    _, hdu = _axis_image(source)
    header = hdu.header
    values = pixels(source, hdu)
    flux = values.reshape(-1, values.shape[-1])
    contents = Contents("one-dimensional FITS image", np.empty(0), flux[0])
    if len(flux) > 1:
        contents.note(
            "orders", f"the first of {len(flux)} spectra on one axis", "guessed", "IRAF puts the extracted one first"
        )
    _wavelengths(contents, header, flux.shape[1])
    contents.uncertainty = _uncertainty(source, contents, header, flux)
    primary = source.hdus[0].header
    if "DC-FLAG" in header or "WAT0_001" in header:
        contents.medium = Claim("air", "guessed", "IRAF's line lists are in air")
    elif "ESO" in str(primary.get("ORIGIN", "")) + str(primary.get("TELESCOP", "")):
        contents.medium = Claim("air", "guessed", "one-dimensional products of ESO are mostly in air")
    guess, contents.medium = contents.medium, None
    describe_header(contents, primary, header)
    if guess and (contents.medium is None or contents.medium.source == "guessed"):
        contents.medium = guess
    return contents


def identify_rows(source: Source) -> bool:
    """Whether the first image has 2 to 24 long rows and wavelengths in the first."""
    if not source.is_fits:
        return False
    hdu = next(iter(images(source).values()), None)
    if hdu is None or len(hdu.shape) != 2 or not (2 <= hdu.shape[0] <= 24 and hdu.shape[1] >= 10 * hdu.shape[0]):
        return False
    first = pixels(source, hdu)[0]
    finite = first[np.isfinite(first)]
    if finite.size < _MIN_POINTS or finite.min() < 0:
        return False
    return bool((np.diff(finite) > 0).mean() > 0.9 and holds_window(finite, guess_unit(finite).value))


def read_rows(source: Source, options: ReadOptions) -> Contents:
    """Read wavelengths, flux and, where the third row is positive and below the flux, uncertainties."""
    _, hdu = next(iter(images(source).items()))
    values = pixels(source, hdu)
    contents = Contents("FITS image with wavelengths in its first row", values[0], values[1])
    if len(values) > 2:
        third = values[2][np.isfinite(values[2])]
        if (
            third.size
            and (third >= 0).all()
            and (third > 0).any()
            and np.median(third) < np.nanmedian(np.abs(values[1]))
        ):
            contents.uncertainty = values[2]
            contents.note("uncertainty", "1 sigma per pixel", "guessed", "the third row is positive and below the flux")
    describe_header(contents, hdu.header)
    return contents


def _axis_image(source: Source) -> tuple[str, Any] | None:
    """The first image with a wavelength axis along its pixels; stacked spectra share the axis."""
    for name, hdu in images(source).items():
        header, shape = hdu.header, hdu.shape
        step = header.get("CDELT1", header.get("CD1_1"))
        if not isinstance(step, int | float) or not isinstance(header.get("CRVAL1"), int | float) or step == 0:
            continue
        others = [n for n in shape[:-1] if n > 1]
        if shape[-1] >= _MIN_POINTS and (not others or (len(shape) == 3 and np.prod(others) <= 10)):
            return name, hdu
    return None


def _wavelengths(contents: Contents, header: Any, n: int) -> None:
    """Wavelengths of ``n`` pixels and their unit; a unit written into CTYPE1 counts as one."""
    step = float(header.get("CDELT1", header.get("CD1_1")))
    if header.get("CDELT1") in (None, 1, 1.0) and isinstance(header.get("CD1_1"), int | float):
        step = float(header["CD1_1"])  # IRAF keeps both and means this one
    start, pixel = float(header["CRVAL1"]), float(header.get("CRPIX1", 1.0))
    offset = np.arange(1, n + 1) - pixel
    ctype = str(header.get("CTYPE1", "")).strip()
    word = str(header.get("CUNIT1", "")).strip() or _iraf_unit(header)
    unit, where = (parse_unit(word), f"card CUNIT1 = '{sanitise(word, 20)}'") if word else (None, "")
    if unit is None:
        # specutils and some pipelines write the unit into the type of the axis
        unit, where = parse_unit(ctype), f"card CTYPE1 = '{sanitise(ctype, 20)}', as CUNIT1 is missing"
    contents.wavelength = start + step * offset
    if ctype.upper()[4:] == "-LOG":  # Greisen et al. 2006, equation 5: steps in the logarithm around CRVAL1
        with np.errstate(over="ignore", invalid="ignore"):
            contents.wavelength = start * np.exp(step * offset / start) if start else contents.wavelength
        contents.note("sampling", "logarithmic", "file", f"card CTYPE1 = '{sanitise(ctype, 20)}'")
    elif header.get("DC-FLAG") == 1 or "LOG" in ctype.upper():
        kind = "ln" if holds_window(contents.wavelength, "ln Angstrom") else "log10"
        unit = unit if unit and " " in unit else f"{kind} {unit or 'Angstrom'}"
        where = "card DC-FLAG = 1" if header.get("DC-FLAG") == 1 else f"card CTYPE1 = '{sanitise(ctype, 20)}'"
        contents.note("sampling", "logarithmic", "file", where)
    if unit:
        contents.unit = Claim(unit, "file", where)
        if not np.isfinite(to_angstrom(contents.wavelength, unit)).any():
            contents.unit = None


def _iraf_unit(header: Any) -> str:
    """The unit in IRAF's WAT1_001, as 'wtype=linear label=Wavelength units=angstroms'."""
    words = str(header.get("WAT1_001", "")).split()
    return next((word.partition("=")[2] for word in words if word.startswith("units=")), "")


def _uncertainty(source: Source, contents: Contents, header: Any, flux: np.ndarray) -> np.ndarray | None:
    """1 sigma from an extension of the same length, or from IRAF's band of that name."""
    for name, hdu in images(source).items():
        if name in _SIGMA and hdu.shape[-1] == flux.shape[1]:
            contents.note("uncertainty", "1 sigma per pixel", "file", f"extension '{name}'")
            return pixels(source, hdu).reshape(-1, flux.shape[1])[0]
    for band in range(2, len(flux) + 1):
        if "sigma" in str(header.get(f"BANDID{band}", "")).lower():
            contents.note("uncertainty", "1 sigma per pixel", "file", f"card BANDID{band}")
            return flux[band - 1]
    return None

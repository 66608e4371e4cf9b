"""FITS files with flux and wavelengths in image extensions of equal shape, found by their names, as NEID's."""

from __future__ import annotations

import numpy as np

from dtl.readers.contents import Claim, Contents
from dtl.readers.fits_file import images, pixels
from dtl.readers.headers import describe_header
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source
from dtl.readers.units import parse_medium, parse_unit

__all__ = ["identify", "read"]

_FLUX = ("SCIFLUX", "FLUX", "SPEC", "SPECTRUM", "INTENSITY", "SCIDATA", "SCI", "DATA")
_WAVELENGTH = (
    "SCIWAVE",
    "WAVE",
    "WAVELENGTH",
    "LAMBDA",
    "WAVL",
    "WAVEDATA_VAC_BARY",
    "WAVEDATA_VAC",
    "WAVEDATA_AIR_BARY",
)
_SIGMA = ("SIG", "SIGMA", "ERR", "ERROR", "ERRDATA", "UNCERT", "UNCERTAINTY", "STDDEV")
_VARIANCE = ("SCIVAR", "VAR", "VARIANCE")
_INVERSE = ("IVAR", "INVVAR")


def identify(source: Source) -> bool:
    """Whether two image extensions of equal shape are named as flux and wavelengths."""
    return source.is_fits and _pair(source) is not None


def read(source: Source, options: ReadOptions) -> Contents:
    """Read flux, wavelengths and the uncertainties that have their shape."""
    parts = images(source)
    flux_name, wave_name = _pair(source)
    flux_hdu, wave_hdu = parts[flux_name], parts[wave_name]
    contents = Contents("FITS image extensions", pixels(source, wave_hdu), pixels(source, flux_hdu))
    contents.uncertainty = _uncertainty(source, contents)
    unit = parse_unit(str(wave_hdu.header.get("BUNIT", wave_hdu.header.get("CUNIT1", ""))))
    if unit:
        contents.unit = Claim(unit, "file", f"unit of the extension '{wave_name}'")
    medium = parse_medium(wave_name) or parse_medium(str(wave_hdu.header.get("BUNIT", "")))
    if medium:
        contents.medium = Claim(medium, "file", f"extension '{wave_name}'")
    if "BARY" in wave_name:
        contents.frame = Claim("barycentric", "file", f"extension '{wave_name}'")
    header = source.hdus[0].header
    if "NEID" in str(header.get("INSTRUME", "")).upper():
        contents.frame = Claim("observatory", "file", "NEID's pipeline does not remove Earth's motion")
    describe_header(contents, header, flux_hdu.header, wave_hdu.header)
    return contents


def _pair(source: Source) -> tuple[str, str] | None:
    """Names of the extensions for flux and wavelengths, of equal shape."""
    parts = images(source)
    for flux in _FLUX:
        for wave in _WAVELENGTH:
            if flux in parts and wave in parts and parts[flux].shape == parts[wave].shape and parts[flux].shape[-1] > 9:
                return flux, wave
    return None


def _uncertainty(source: Source, contents: Contents) -> np.ndarray | None:
    parts = images(source)
    for names, power, words in (
        (_SIGMA, 1.0, ""),
        (_VARIANCE, 0.5, "square root of "),
        (_INVERSE, -0.5, "inverse root of "),
    ):
        for name in names:
            if name in parts and parts[name].shape == contents.flux.shape:
                contents.note("uncertainty", "1 sigma per pixel", "file", f"{words}the extension '{name}'")
                with np.errstate(invalid="ignore", divide="ignore"):
                    return pixels(source, parts[name]) ** power
    return None

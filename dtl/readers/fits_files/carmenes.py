"""CARMENES: exposures of the pipeline CARACAL, and the templates that SERVAL and raccoon make of many.

Both have image extensions ``SPEC``, ``SIG``, ``WAVE`` of orders by pixels. CARACAL adds ``CONT`` and gives vacuum
Angstrom as observed (Caballero et al. 2016, SPIE 9910, 99100E); a template gives the natural logarithm of the
wavelength with Earth's motion removed (Zechmeister et al. 2018, A&A 609, A12).
"""

from __future__ import annotations

import numpy as np

from dtl.readers.contents import Claim, Contents
from dtl.readers.facts.headers import describe_header
from dtl.readers.fits_files.fits_file import images, pixels
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source
from dtl.wavelengths import Window

__all__ = ["identify_exposure", "identify_template", "read_exposure", "read_template"]

#: Natural logarithms of wavelengths of 3000 to 30,000 Angstrom.
_LOGARITHMS = (8.0, 10.3)


def identify_template(source: Source) -> bool:
    """Whether the file is a template: SPEC and WAVE, with logarithms in WAVE."""
    parts = images(source) if source.is_fits else {}
    if not parts.keys() >= {"SPEC", "WAVE"}:
        return False
    values = pixels(source, parts["WAVE"])
    values = values[np.isfinite(values) & (values > 1)]
    return bool(values.size and _LOGARITHMS[0] < values.min() and values.max() < _LOGARITHMS[1])


def identify_exposure(source: Source) -> bool:
    """Whether a file that is no template is an exposure: SPEC and WAVE with CONT or a card of CARACAL."""
    parts = images(source) if source.is_fits else {}
    of_caracal = "CONT" in parts or (parts and any("CARACAL" in key for key in source.hdus[0].header))
    return bool(of_caracal) and parts.keys() >= {"SPEC", "WAVE"}


def read_exposure(source: Source, options: ReadOptions, window: Window) -> Contents:
    """Read all orders of an exposure, divided by ``CONT`` where it is there."""
    parts = images(source)
    contents = _arrays(source, "CARMENES exposure (CARACAL)")
    if "CONT" in parts:
        blaze = pixels(source, parts["CONT"])
        if blaze.shape == contents.flux.shape:
            blaze = np.where(np.isfinite(blaze) & (blaze > 0), blaze, np.nan)
            contents.flux = contents.flux / blaze
            if contents.uncertainty is not None:
                contents.uncertainty = contents.uncertainty / blaze
            contents.note("blaze", "removed", "file", "flux and uncertainty are divided by the extension 'CONT'")
    contents.unit = Claim("Angstrom", "file", "the layout of CARACAL")
    contents.medium = Claim("vacuum", "file", "the layout of CARACAL")
    contents.frame = Claim("observatory", "file", "CARACAL does not remove Earth's motion")
    contents.instrument = Claim("CARMENES", "file", "the layout of CARACAL")
    describe_header(contents, source.hdus[0].header)
    return contents


def read_template(source: Source, options: ReadOptions, window: Window) -> Contents:
    """Read all orders of a template; its padding with zeros falls away."""
    contents = _arrays(source, "SERVAL template")
    contents.wavelength = np.where(contents.wavelength > 1, contents.wavelength, np.nan)
    contents.flux = np.where(contents.flux == 0, np.nan, contents.flux)
    contents.unit = Claim("ln Angstrom", "file", "the extension 'WAVE' holds natural logarithms, as SERVAL writes them")
    contents.medium = Claim("vacuum", "file", "templates of SERVAL keep the vacuum wavelengths of their exposures")
    contents.frame = Claim(
        "barycentric", "guessed", "SERVAL removes Earth's motion and leaves the velocity of the star in its templates"
    )
    describe_header(contents, source.hdus[0].header)
    # the header is that of one of the exposures: its barycentric velocity says nothing about the sum
    contents.barycentric_velocity = None
    if contents.instrument is None:
        contents.instrument = Claim(
            "CARMENES", "guessed", "the layout of SERVAL's templates; the header names no spectrograph"
        )
    return contents


def _arrays(source: Source, label: str) -> Contents:
    parts = images(source)
    contents = Contents(label, pixels(source, parts["WAVE"]), pixels(source, parts["SPEC"]))
    if "SIG" in parts:
        contents.uncertainty = pixels(source, parts["SIG"])
        contents.note("uncertainty", "1 sigma per pixel", "file", "extension 'SIG'")
    return contents

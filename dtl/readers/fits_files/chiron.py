"""CHIRON and its like: one cube whose fastest axis holds wavelength and flux, by pixels, by orders.

The pipeline (Tokovinin et al. 2013, PASP 125, 1336) gives air wavelengths as observed, no uncertainties, and the
resolution measured on thorium-argon in the card RESOLUTN.
"""

from __future__ import annotations

import numpy as np

from dtl.readers.contents import Claim, Contents
from dtl.readers.facts.headers import describe_header, known_instrument
from dtl.readers.fits_files.fits_file import images, pixels
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source
from dtl.wavelengths import Window

__all__ = ["identify", "read"]

#: Resolutions of its modes by the card DECKER (Tokovinin et al. 2013, PASP 125, 1336).
_MODES = {"fiber": 28000.0, "slicer": 80000.0, "slit": 90000.0, "narrow_slit": 136000.0}


def identify(source: Source) -> bool:
    """Whether the first image is a cube of pairs whose first members rise along each order."""
    cube = next(iter(images(source).values()), None) if source.is_fits else None
    if cube is None or len(cube.shape) != 3 or cube.shape[-1] != 2 or cube.shape[1] < 10:
        return False
    wavelength = pixels(source, cube)[..., 0]
    return bool((np.diff(wavelength, axis=-1) > 0).mean() > 0.9)


def read(source: Source, options: ReadOptions, window: Window) -> Contents:
    """Read all orders."""
    name, cube = next(iter(images(source).items()))
    values = pixels(source, cube)
    contents = Contents("CHIRON cube of wavelengths and fluxes", values[..., 0], values[..., 1])
    header = cube.header
    describe_header(contents, header)
    instrument = known_instrument(contents)
    if instrument and instrument.name == "CHIRON" and not contents.frame:
        contents.medium = contents.medium or Claim("air", "file", "the layout of CHIRON")
        mode = str(header.get("DECKER", "")).strip().lower()
        if mode in _MODES and contents.resolution is None:
            contents.resolution = Claim(_MODES[mode], "file", f"card DECKER = '{mode}' of CHIRON")
        contents.frame = Claim("observatory", "file", "CHIRON's pipeline does not remove Earth's motion")
        describe_header(contents, header)  # the barycentric velocity depends on the frame
    contents.note("blaze", "not removed", "guessed", f"nothing in {name} says that it was")
    return contents

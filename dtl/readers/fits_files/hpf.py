"""Habitable-zone Planet Finder, from the pipeline of its team and from Goldilocks.

Both write image extensions of 28 orders by 2048 pixels, found here by their names: ``Sci Flux``, ``Sci Wavl``,
``Sky Flux``, ``Sky Wavl`` and ``Sci Variance`` (team) or ``Sci Error`` (Goldilocks). Early files of the team have their
wavelengths in a last extension without name, or not at all. Vacuum Angstrom, not deblazed, as observed.
"""

from __future__ import annotations

import numpy as np

from dtl.readers.contents import Claim, Contents
from dtl.readers.facts.headers import describe_header
from dtl.readers.fits_files.fits_file import images, pixels
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source
from dtl.wavelengths import Window

__all__ = ["identify", "read"]

#: Wavelengths that the spectrograph can have, Angstrom.
_PLAUSIBLE = (7500.0, 13500.0)


def identify(source: Source) -> bool:
    """Whether the file has an extension of HPF's science fibre."""
    return source.is_fits and "SCI FLUX" in images(source)


def read(source: Source, options: ReadOptions, window: Window) -> Contents:
    """Read all orders, the sky fibre on the wavelengths of the science fibre."""
    parts = images(source)
    flux = pixels(source, parts["SCI FLUX"])
    contents = Contents("HPF", np.empty(0), flux)
    contents.wavelength = _wavelengths(source, contents)
    contents.uncertainty = _uncertainties(source, contents)
    contents.sky = _sky(source, contents)
    if contents.sky is not None and contents.uncertainty is not None:
        _add_sky_noise(source, contents)
    contents.unit = Claim("Angstrom", "file", "the layout of HPF")
    contents.medium = Claim("vacuum", "file", "the layout of HPF")
    contents.frame = Claim("observatory", "file", "HPF's pipelines do not remove Earth's motion")
    contents.instrument = Claim("HPF", "file", "the extension 'Sci Flux'")
    # RA and DEC are the telescope's: one file of GJ 699 points to another star
    describe_header(contents, source.hdus[0].header, pointing=False)
    contents.note("blaze", "not removed", "file", "HPF's spectra keep the blaze; the continuum takes it up")
    return contents


def _wavelengths(source: Source, contents: Contents) -> np.ndarray:
    """Wavelengths of the science fibre, from the last unnamed extension where none has the name."""
    parts = images(source)
    if "SCI WAVL" in parts:
        return pixels(source, parts["SCI WAVL"])
    unnamed = [hdu for name, hdu in parts.items() if name.startswith("#") and hdu.shape == contents.flux.shape]
    for hdu in reversed(unnamed):
        values = pixels(source, hdu)
        finite = values[np.isfinite(values)]
        plausible = finite.size and _PLAUSIBLE[0] < finite.min() and finite.max() < _PLAUSIBLE[1]
        if plausible and (np.diff(values, axis=-1) > 0).mean() > 0.95:
            contents.note(
                "wavelengths",
                "from an extension without name",
                "guessed",
                "it has the right shape and rises along each order",
            )
            return values
    raise source.refuse(
        "has no wavelengths (the extension 'Sci Wavl' is missing), probably because it comes from an early reduction "
        "of HPF; use a later reduction of the same exposure, or add its wavelengths as an image extension 'Sci Wavl'."
    )


def _uncertainties(source: Source, contents: Contents) -> np.ndarray | None:
    """1 sigma, from the variances of the team's pipeline or the errors of Goldilocks."""
    parts = images(source)
    if "SCI VARIANCE" in parts:
        contents.format = "HPF, the team's pipeline"
        contents.note("uncertainty", "1 sigma per pixel", "file", "square root of the extension 'Sci Variance'")
        with np.errstate(invalid="ignore"):
            return np.sqrt(pixels(source, parts["SCI VARIANCE"]))
    if "SCI ERROR" in parts:
        contents.format = "HPF, Goldilocks"
        contents.note("uncertainty", "1 sigma per pixel", "file", "extension 'Sci Error'")
        return pixels(source, parts["SCI ERROR"])
    return None


def _sky(source: Source, contents: Contents) -> np.ndarray | None:
    """Flux of the sky fibre, interpolated order by order, as its wavelengths differ by thousandths of an Angstrom."""
    parts = images(source)
    if "SKY FLUX" not in parts or parts["SKY FLUX"].shape != contents.flux.shape:
        return None
    sky = pixels(source, parts["SKY FLUX"])
    if "SKY WAVL" not in parts or parts["SKY WAVL"].shape != sky.shape:
        contents.note(
            "sky", "sky fibre, not subtracted", "guessed", "it has no wavelengths; those of the science fibre are used"
        )
        return sky
    wavelength = pixels(source, parts["SKY WAVL"])
    contents.note("sky", "sky fibre, not subtracted", "file", "extensions 'Sky Flux' and 'Sky Wavl'")
    return _onto(contents.wavelength, wavelength, sky)


def _add_sky_noise(source: Source, contents: Contents) -> None:
    """The sky is subtracted when the spectrum is prepared, and its variance then adds to that of the star."""
    parts = images(source)
    name = next((name for name in ("SKY VARIANCE", "SKY ERROR") if name in parts), None)
    if name is None or parts[name].shape != contents.flux.shape:
        return
    variance = pixels(source, parts[name]) ** (1 if name == "SKY VARIANCE" else 2)
    if "SKY WAVL" in parts and parts["SKY WAVL"].shape == variance.shape:
        variance = _onto(contents.wavelength, pixels(source, parts["SKY WAVL"]), variance)
    known = contents.uncertainty > 0  # a pixel without variance of the star has none that the sky's makes up for
    contents.uncertainty = np.sqrt(contents.uncertainty**2 + np.where(known & (variance > 0), variance, 0.0))
    contents.note("sky noise", "in the uncertainty", "file", f"extension '{name.title()}', as the sky is subtracted")


def _onto(wavelength: np.ndarray, own: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values at ``own`` wavelengths interpolated order by order onto others.

    All are of shape ``(orders, pixels)``, or ``(pixels,)`` where one order was cut out of a file.
    """
    rows = zip(*(np.atleast_2d(part) for part in (wavelength, own, values)), strict=True)
    return np.array([np.interp(w, o, v) for w, o, v in rows]).reshape(wavelength.shape)

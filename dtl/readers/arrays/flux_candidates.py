"""Which columns can be the flux, and of those without names which is the likeliest: the light, and not its noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dtl.readers.arrays.dispersion import Column, Part, runs
from dtl.readers.arrays.several import is_smooth
from dtl.readers.arrays.uncertainties import judge
from dtl.readers.pixels.bad_pixels import is_mask
from dtl.readers.words.names import Name

__all__ = ["flux_candidates"]

#: Flux over noise, at least, where their order alone would say that the noise is the flux.
_SIGNAL = 3.0
#: Level of a normalised flux.
_NORMALISED = (0.2, 2.0)
#: Columns without names of which one may be the noise of another, and part of the star's light that a sky has at most.
_SWAPPED, _FAINT = 4, 0.1


def flux_candidates(columns: Sequence[Column], names: list[Name], place: int, part: Part) -> list[tuple[int, Name]]:
    """Number and name of all columns that can be the flux; those named so, else those of which nothing is said.

    Of the latter the first that is no noise of another and no blaze goes first, or one no fainter that has its noise
    beside it.
    """
    named = [(i, name) for i, name in enumerate(names) if name.role == "flux" and i != place]
    if named:
        return named
    found = []
    for i, (column, name) in enumerate(zip(columns, names, strict=True)):
        finite = column.values[np.isfinite(column.values)]
        if i == place or name.role or is_mask(column.values) or runs(column.values, "Angstrom"):
            continue
        found.append((i, name, finite.size >= 10 and np.ptp(finite) > 0))
    # the next after the wavelengths, one that varies before one that does not
    ranked = [pair[:2] for pair in sorted(found, key=lambda pair: (not pair[2], pair[0] < place))]
    first = [number for number, _ in ranked[:_SWAPPED]]
    pairs = [(noise, flux) for noise in first for flux in first if _is_noise_of(columns, noise, flux, part)]
    noises, fluxes = ({pair[i] for pair in pairs} for i in (0, 1))
    curves = {i for i in first if part.fits(columns[i]) and is_smooth(part.of(columns[i]))}
    ranked.sort(key=lambda pair: (pair[0] in noises, pair[0] in curves))
    levels = {i: np.nanmedian(part.of(columns[i])) for i in first if pairs and part.fits(columns[i])}
    fluxes -= noises
    most = max((levels[i] for i in fluxes), default=0.0)  # a sky with noise beside is no star
    least = max(_FAINT * most, levels.get(ranked[0][0], 0.0) if most and ranked[0][0] not in fluxes else 0.0)
    return sorted(ranked, key=lambda pair: not (pair[0] in fluxes and levels[pair[0]] >= least))


def _is_noise_of(columns: Sequence[Column], number: int, other: int, part: Part) -> bool:
    """Whether one column is the noise of another: far smaller, and 1 sigma as the pixels of that have it.

    Beside a normalised flux the other may be its signal-to-noise ratio: there their order tells.
    """
    if number == other or not all(part.fits(columns[i]) for i in (number, other)):
        return False
    noise, flux = part.of(columns[number]), part.of(columns[other])
    if not (np.nanmedian(flux) > _SIGNAL * np.nanmedian(noise) > 0 and np.nanstd(flux) > np.nanstd(noise)):
        return False
    verdict = judge(noise, flux, part.pixel, None)
    normalised = _NORMALISED[0] < np.nanmedian(noise) < _NORMALISED[1]
    if normalised and judge(flux, noise, part.pixel, None).kind == "snr":
        return False
    return verdict.kind == "sigma" and verdict.distance < 1.0

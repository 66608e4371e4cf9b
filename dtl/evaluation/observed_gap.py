"""The synthetic gap of real stars: observed minus library at their published parameters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.evaluation.real_stars import literature, read_stack, star_key
from dtl.grid.build import GridSettings, render
from dtl.grid.recognition import read_library, wavelengths_around
from dtl.preparation.prepare import prepare
from dtl.simulation.gap import GapModel, measure_gap
from dtl.spectrum import UnusableInput

__all__ = ["gap_of_stars"]


def gap_of_stars(paths: Sequence[str | Path], library: str | Path, bundle: ModelBundle, grid: GridSettings) -> GapModel:
    """Measure the gap on the anchor stars of ``assets/survey/real_stars.ecsv``.

    Exposures of one star are combined by their median, so that telluric lines, which move against the star's, drop out.

    Args:
        paths: files of spectra of two stars of different Teff.
        library: folder of the PHOENIX library.
        bundle: whose resolution and velocity templates are used.
        grid: which part of the library, and whether log g may be extrapolated.

    Raises:
        UnusableInput: where the files are not of two stars whose parameters are known.
    """
    known = literature()
    observed: dict[str, list[np.ndarray]] = {}
    for path in paths:
        for spectrum in read_stack(path, bundle.window):
            star = star_key(spectrum.star)
            if star not in known:
                raise UnusableInput(f"{path}: no published parameters of {spectrum.star or 'its star'} are at hand.")
            observed.setdefault(star, []).append(prepare(spectrum, bundle.target).flux)
    if len(observed) != 2:
        raise UnusableInput(f"The gap is measured on two stars, the files are of {len(observed)}; give others.")
    models = read_library(library, reach=wavelengths_around(bundle.window))
    low, high = np.array([grid.teff, grid.logg, grid.mh]).T
    interpolate = models.around(low, high).interpolator(extrapolate_logg=grid.extrapolate_logg)
    stars = sorted(observed, key=lambda star: float(known[star]["teff"]))  # type: ignore[arg-type]
    residuals = []
    for star in stars:
        parameters = np.array([float(known[star][name]) for name in ("teff", "logg", "mh", "vsini")])  # type: ignore[arg-type]
        model = render(
            interpolate(parameters[None, :3])[0],
            models.wavelength,
            parameters[3:],
            bundle.window,
            resolution_from=models.resolution,
            resolution_to=bundle.resolution,
        )[0]
        residuals.append(np.median(observed[star], axis=0) - model)
    teff = tuple(float(known[star]["teff"]) for star in stars)  # type: ignore[arg-type]
    source = " and ".join(f"{star} ({len(observed[star])} spectra)" for star in stars)
    residual = np.stack(residuals)
    return measure_gap(bundle.wavelength, residual, teff, bundle.resolution, bundle.window, lines=80, source=source)

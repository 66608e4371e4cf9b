"""Files of a simulated survey: published stars observed through a library or a bundle's decoder, and their truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from astropy.table import Table

from dtl.bundle.model import ModelBundle
from dtl.grid.library import Library, OutsideLibrary
from dtl.resources import whole_folder
from dtl.result import PARAMETERS
from dtl.simulation.gap import GapModel
from dtl.simulation.observation import decoder_source, write_fits_table
from dtl.simulation.survey import Source, Survey, SurveySettings, library_source, published_parameters, simulate_survey
from dtl.spectrum import UnusableInput

__all__ = ["SimulatedStars", "check_place", "simulate_stars", "write_survey"]

#: Fixes the order of the published stars: fewer stars are always the first of more.
_ORDER_SEED = 0
#: Signal-to-noise ratio beyond which noise is none.
_MAX_SNR = 100_000.0


@dataclass(frozen=True)
class SimulatedStars:
    """A survey with what was asked for.

    Attributes:
        survey: spectra and truth.
        settings: of the observation.
        models: where the clean spectra came from, in words.
        gap: whether the synthetic gap is in them.
        seed: of everything random.
    """

    survey: Survey
    settings: SurveySettings
    models: str
    gap: bool
    seed: int


def simulate_stars(
    count: int,
    bundle: ModelBundle,
    library: Library | None = None,
    *,
    gap: GapModel | None,
    snr: tuple[float, float] | None = None,
    seed: int = 0,
    progress: Callable[[float], None] = lambda fraction: None,
) -> SimulatedStars:
    """Observe the first of the 286 published stars, in an order that is random but always the same.

    From a library, the survey is that of CARMENES. From the decoder it is one at the bundle's resolution with as many
    pixels to a resolution element; where the true resolution differs from the stated one, only the lower half of the
    differences can be shown, since a decoder has nothing sharper.

    Args:
        count: of stars.
        bundle: gives the domain, and without a library the spectra.
        library: of synthetic spectra.
        gap: what real stars have and models lack; None leaves it out.
        snr: range per pixel; None for that of `SurveySettings`.
        seed: of everything random.
        progress: called with the fraction done.

    Raises:
        UnusableInput: for more stars than there are, a range that is none, or a library that is too small.
    """
    names, parameters = published_parameters(bundle.nodes)
    if not 1 <= count <= len(names):
        raise UnusableInput(f"{count:,} stars: there are {len(names)} published ones; ask for {len(names)} at most.")
    settings = SurveySettings()
    if snr is not None:
        if not 0 < snr[0] <= snr[1] < np.inf:
            raise UnusableInput(f"S/N {snr[0]:g} to {snr[1]:g} is no range; give the lower end first.")
        if snr[1] > _MAX_SNR:
            raise UnusableInput(f"S/N {snr[1]:g} is beyond what any spectrum has; give {_MAX_SNR:,.0f} at most.")
        settings = replace(settings, snr=snr)
    chosen = np.random.default_rng(_ORDER_SEED).permutation(len(names))[:count]
    stars = (parameters[chosen], [names[i] for i in chosen])
    if library is None:
        pixel = settings.pixel * settings.resolution / bundle.resolution
        settings = replace(settings, resolution=bundle.resolution, pixel=pixel)
        source, models = decoder_source(bundle), f"decoder of {bundle.name} {bundle.version}"
    else:
        source, models = _source_in_domain(library, bundle, settings), library.source
    try:
        survey = simulate_survey(
            source, gap, stars[0], settings, window=bundle.window, seed=seed, names=stars[1], progress=progress
        )
    except OutsideLibrary as error:
        raise _too_small(models, bundle, error) from error
    return SimulatedStars(survey, settings, models, gap is not None, seed)


def check_place(folder: Path) -> None:
    """Make sure that no spectrum of another survey would be among the new ones.

    Raises:
        UnusableInput: where the folder holds something, or is none.
    """
    if folder.exists() and not folder.is_dir():
        raise UnusableInput(f"{folder} is a file; name a new folder.")
    if folder.is_dir() and any(folder.iterdir()):
        raise UnusableInput(f"{folder} is not empty; name a new folder.")


def write_survey(stars: SimulatedStars, folder: Path) -> None:
    """Write ``spectra/NAME.fits`` for each star, and apart from them ``truth.ecsv``."""
    with whole_folder(folder) as place:
        _write(stars, place)


def _write(stars: SimulatedStars, folder: Path) -> None:
    (folder / "spectra").mkdir(parents=True)
    for spectrum in stars.survey.spectra:
        data = (spectrum.wavelength, spectrum.flux, spectrum.uncertainty)
        path = folder / "spectra" / spectrum.file
        write_fits_table(path, spectrum.star, stars.settings.resolution, data, unit="Angstrom", flux_unit=None)
    truth = Table(
        {
            "name": [spectrum.star for spectrum in stars.survey.spectra],
            "file": [spectrum.file for spectrum in stars.survey.spectra],
            **{name: np.round(stars.survey.truth[:, i], 4) for i, name in enumerate(PARAMETERS)},
            "snr": np.round(stars.survey.snr, 2),
        },
        units={"teff": "K", "logg": "dex(cm/s2)", "mh": "dex", "vsini": "km/s"},
        meta={
            "what": "true parameters of simulated stars",
            "models": stars.models,
            "gap": stars.gap,
            "seed": stars.seed,
            "settings": {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in asdict(stars.settings).items()
            },
        },
    )
    truth.write(folder / "truth.ecsv", format="ascii.ecsv")


def _source_in_domain(library: Library, bundle: ModelBundle, settings: SurveySettings) -> Source:
    """The part of a library that the bundle's domain needs, with log g extrapolated where the bundle did so."""
    try:
        grid = bundle.card["training"]["settings"]["grid"]
        low, high = np.array([grid[name] for name in ("teff", "logg", "mh")], dtype=float).T
        extrapolate = bool(grid["extrapolate_logg"])
    except (LookupError, TypeError, ValueError) as error:
        raise UnusableInput(
            f"{bundle.name}: its card does not say which grid it was trained on; take another bundle."
        ) from error
    if library.resolution < settings.resolution:
        raise UnusableInput(
            f"{library.source}: its resolution of {library.resolution:,.0f} is below that of the survey, "
            f"{settings.resolution:,.0f}; take a sharper library, or none."
        )
    try:
        return library_source(library.around(low, high), bundle.window, extrapolate_logg=extrapolate)
    except OutsideLibrary as error:
        raise _too_small(library.source, bundle, error) from error


def _too_small(library: str, bundle: ModelBundle, error: OutsideLibrary) -> UnusableInput:
    return UnusableInput(
        f"{library} does not hold the domain of {bundle.name} ({error}); add spectra, or leave the library out."
    )

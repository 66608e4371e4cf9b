"""What a bundle makes of a simulated survey whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.bundle.projection import nearest
from dtl.grid.build import GridSettings
from dtl.grid.library import Library
from dtl.inference.infer import encode_with_gaps
from dtl.preparation.prepare import prepare
from dtl.result import PARAMETERS, InferenceResult
from dtl.simulation.gap import GapModel, gap_of
from dtl.simulation.observation import decoder_source
from dtl.simulation.survey import Source, SurveySettings, library_source, published_parameters, simulate_survey
from dtl.spectrum import PreparedSpectrum
from dtl.training.transfer_settings import SurveyPlan

__all__ = ["SurveySimulator", "distances", "errors", "parameter_errors", "prepared_flux", "survey_simulator"]


@dataclass(frozen=True)
class SurveySimulator:
    """Makes the simulated surveys of a plan, from a library or through the decoder of a bundle.

    Attributes:
        source: of the clean spectra.
        settings: of the observations.
        gap: what real stars have and models lack; None leaves it out.
        stars: of the 286 published ones.
        parameters: Teff, log g, [M/H], v sin i of other stars in their place; shape ``(k, 4)``.
    """

    source: Source
    settings: SurveySettings
    gap: GapModel | None
    stars: int = 286
    parameters: np.ndarray | None = None

    def observe(
        self, bundle: ModelBundle, seed: int, snr: float | None = None
    ) -> tuple[list[PreparedSpectrum], np.ndarray]:
        """A survey prepared for a bundle, and its truth ``(stars, 4)``; over the usual range of S/N, or at one."""
        names, parameters = self._stars(bundle)
        settings = self.settings if snr is None else replace(self.settings, snr=(snr, snr))
        survey = simulate_survey(
            self.source,
            self.gap,
            parameters,
            settings,
            window=bundle.window,
            seed=seed,
            names=names,
        )
        target = bundle.target
        return [replace(prepare(spectrum, target), steps=()) for spectrum in survey.spectra], survey.truth

    def _stars(self, bundle: ModelBundle) -> tuple[list[str] | None, np.ndarray]:
        if self.parameters is not None:
            return None, self.parameters
        names, parameters = published_parameters(bundle.nodes)
        chosen = np.sort(np.random.default_rng(0).permutation(len(names))[: self.stars])
        return [names[i] for i in chosen], parameters[chosen]


def survey_simulator(
    bundle: ModelBundle, grid: GridSettings, plan: SurveyPlan, library: Library | None
) -> SurveySimulator:
    """The simulator of a plan: from a library where one is at hand, else through the decoder."""
    if library is None:
        # A decoder has nothing sharper than its own resolution.
        pixel = plan.pixel * SurveySettings().resolution / bundle.resolution
        settings = SurveySettings(resolution=bundle.resolution, pixel=pixel)
        return SurveySimulator(decoder_source(bundle), settings, gap_of(bundle.card), plan.stars)
    low, high = np.array([grid.teff, grid.logg, grid.mh]).T
    source = library_source(library.around(low, high), bundle.window, extrapolate_logg=grid.extrapolate_logg)
    return SurveySimulator(source, SurveySettings(pixel=plan.pixel), gap_of(bundle.card), plan.stars)


def prepared_flux(bundle: ModelBundle, prepared: list[PreparedSpectrum]) -> np.ndarray:
    """Flux of spectra with their missing points filled; shape ``(k, n)``."""
    flux, good = (np.stack([getattr(p, name) for p in prepared]) for name in ("flux", "good"))
    return encode_with_gaps(flux, good, bundle)[0].astype(np.float32)


def errors(found: np.ndarray, truth: np.ndarray) -> dict[str, dict[str, float | None]]:
    """Root mean squared error and mean error of each parameter, found and true ones of shape ``(k, 4)``.

    Answers that are withheld, NaN, do not count; where there are any, ``withheld`` says how many. Both errors are None
    where no answer counts.
    """
    return {name: _error(found[:, i] - truth[:, i]) for i, name in enumerate(PARAMETERS)}


def _error(wrong: np.ndarray) -> dict[str, float | None]:
    given = wrong[np.isfinite(wrong)]
    withheld = len(wrong) - len(given)
    if not len(given):
        return {"rmse": None, "bias": None, "withheld": withheld}
    found = {"rmse": float(np.sqrt(np.mean(given**2))), "bias": float(np.mean(given))}
    return found | ({"withheld": withheld} if withheld else {})


def parameter_errors(results: list[InferenceResult], truth: np.ndarray) -> dict[str, dict[str, float | None]]:
    """`errors` of results, truth of shape ``(k, 4)``."""
    return errors(np.array([[r.estimates[name].value for name in PARAMETERS] for r in results]), truth)


def distances(bundle: ModelBundle, flux: np.ndarray) -> dict[str, float]:
    """The synthetic gap as numbers: what the paper gives for its observed spectra, before and after the transfer.

    Args:
        bundle: after a transfer.
        flux: observed, prepared; shape ``(k, n)``.

    Returns:
        Mean over the spectra of the Euclidean distance to the nearest model in flux, and in latent space before and
        after; and the mean squared error of the reconstruction before and after.
    """
    models = bundle.decode(bundle.latents)
    before = bundle.source
    return {
        "flux": float(np.mean(nearest(flux, models, 1)[1])),
        "latent_before": float(np.mean(nearest(before.encode(flux), bundle.latents, 1)[1])),
        "latent_after": float(np.mean(nearest(bundle.encode(flux), bundle.latents, 1)[1])),
        "mse_before": float(np.mean((before.reconstruct(before.encode(flux)) - flux) ** 2)),
        "mse_after": float(np.mean((bundle.reconstruct(bundle.encode(flux)) - flux) ** 2)),
    }

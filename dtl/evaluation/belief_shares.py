"""How far answers move with what is believed of a sample, and with the choice of its stars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.evaluation.survey_accuracy import prepared_flux
from dtl.result import PARAMETERS
from dtl.spectrum import PreparedSpectrum
from dtl.transfer.fine_tuning import TransferSettings, transfer

__all__ = ["MORE_ROUNDS", "moves", "shares"]

#: Rounds in which networks that are adapted already follow another belief or another half of the stars.
MORE_ROUNDS = 3


def moves(
    adapted: ModelBundle,
    spectra: Sequence[PreparedSpectrum],
    settings: TransferSettings,
    *,
    start: ModelBundle | None = None,
    seed: int = 42,
    progress: Callable[[float], None] = lambda fraction: None,
) -> dict[str, np.ndarray]:
    """Changes of the parameters with what is believed of the sample, and with which stars are in it.

    The networks go on learning with another mean [M/H] or another main sequence, its error away, and from half of the
    stars. The mean of a half differs from that of the whole by as much as the whole from all such stars, in the mean of
    many samples.

    Args:
        adapted: the bundle, adapted to the spectra.
        spectra: one a star.
        settings: of its transfer.
        start: where the transfer began, for one whose Teff is free to follow the main sequence. It does so by a small
            part in each round, so that another belief shows in the whole way alone, not in a few rounds more.
        seed: of the half and everything else random.
        progress: called with the fraction done.

    Returns:
        ``mean_mh`` and ``sequence``, as for a mean and a log g that are higher, and ``stars`` -> change of each star's
        parameters; shape ``(k, 4)``.
    """
    flux = prepared_flux(adapted, list(spectra))
    order = np.random.default_rng(seed).permutation(len(flux))
    half = len(flux) // 2
    population = settings.population
    runs = [("stars", order[:half], population)]
    sign = {}
    if population.mean_mh is not None and len(flux) >= population.least:
        low, high = adapted.nodes[:, 2].min(), adapted.nodes[:, 2].max()
        sign["mean_mh"] = 1.0 if population.mean_mh < 0.5 * (low + high) else -1.0
        other = population.mean_mh + sign["mean_mh"] * population.mean_mh_error
        runs.append(("mean_mh", order, replace(population, mean_mh=other)))
    if population.main_sequence:
        runs.append(("sequence", order, replace(population, sequence_offset=population.sequence_error)))
    enough = len(flux) >= population.least
    before = adapted.parameters(flux)
    found: dict[str, np.ndarray] = {}
    for i, (why, rows, belief) in enumerate(runs):
        known = replace(belief, least=min(belief.least, half)) if enough else belief
        anew = start is not None and why != "stars"
        how = replace(settings, rounds=settings.rounds if anew else min(MORE_ROUNDS, settings.rounds), population=known)
        again = transfer(
            start if anew else adapted,
            flux[rows],
            how,
            seed=seed + i,
            progress=lambda part, text, i=i: progress((i + part) / len(runs)),
        )
        found[why] = (again.bundle.parameters(flux) - before) * sign.get(why, 1.0)
    return found


def shares(moved: dict[str, np.ndarray]) -> dict[str, dict[str, float]]:
    """The rms over the stars of what `moves` gives: why -> parameter -> change in the parameter's unit."""
    return {
        why: dict(zip(PARAMETERS, np.sqrt(np.mean(np.square(changes), axis=0)).tolist(), strict=True))
        for why, changes in moved.items()
    }

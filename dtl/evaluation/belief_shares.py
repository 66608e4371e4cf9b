"""How far answers move with what is believed of a sample, and with the choice of its stars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from dtl.bundle.card import lookup, number
from dtl.bundle.model import ModelBundle
from dtl.evaluation.survey_accuracy import prepared_flux
from dtl.inference.prior import prior_of
from dtl.result import PARAMETERS
from dtl.simulation.gap_kinds import OBSERVED_KINDS
from dtl.spectrum import PreparedSpectrum
from dtl.transfer.fine_tuning import TransferSettings, held_out, transfer

__all__ = ["MORE_ROUNDS", "inherited", "moves", "shares"]

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
            part in each round, so that another sequence shows in the whole way alone, not in a few rounds more.
        seed: of the half and everything else random.
        progress: called with the fraction done.

    Returns:
        ``mean_mh`` and ``sequence``, as for a mean and a log g that are higher, and ``stars`` -> change of each star's
        parameters; shape ``(k, 4)``.
    """
    flux = prepared_flux(adapted, list(spectra))
    order = np.random.default_rng(seed).permutation(len(flux))
    half = len(flux) // 2
    # What was moved from where the transfer began is not moved again from where it ended.
    population = replace(settings.population, vsini_offset=None if settings.population.vsini_offset is None else 0.0)
    enough = len(flux) - held_out(len(flux), settings) >= population.least
    few = min(population.least, half - held_out(half, settings))
    runs = [("stars", order[:half], population)]
    sign = {}
    if population.mean_mh is not None and enough:
        low, high = adapted.nodes[:, 2].min(), adapted.nodes[:, 2].max()
        sign["mean_mh"] = 1.0 if population.mean_mh < 0.5 * (low + high) else -1.0
        other = population.mean_mh + sign["mean_mh"] * population.mean_mh_error
        runs.append(("mean_mh", order, replace(population, mean_mh=other)))
    if population.main_sequence and start is None:
        runs.append(("sequence", order, replace(population, sequence_offset=population.sequence_error)))
    before = adapted.parameters(flux)
    found: dict[str, np.ndarray] = {}
    part = 1.0 if start is None else 0.3
    for i, (why, rows, belief) in enumerate(runs):
        known = replace(belief, least=few) if enough else belief
        again = transfer(
            adapted,
            flux[rows],
            replace(settings, rounds=min(MORE_ROUNDS, settings.rounds), population=known),
            seed=seed + i,
            progress=lambda done, text, i=i: progress(part * (i + done) / len(runs)),
        )
        found[why] = (again.bundle.parameters(flux) - before) * sign.get(why, 1.0)
    if population.main_sequence and start is not None:
        found["sequence"] = _whole_way(start, flux, settings, seed, lambda done: progress(part + (1 - part) * done))
    return found


def _whole_way(
    start: ModelBundle, flux: np.ndarray, settings: TransferSettings, seed: int, progress: Callable[[float], None]
) -> np.ndarray:
    """Half the difference of the parameters with a main sequence higher and lower by its error; shape ``(k, 4)``."""
    ends = []
    for i, sign in enumerate((-1.0, 1.0)):
        known = replace(settings.population, sequence_offset=sign * settings.population.sequence_error)
        ended = transfer(
            start,
            flux,
            replace(settings, population=known),
            seed=seed,
            progress=lambda done, text, i=i: progress((i + done) / 2),
        )
        ends.append(ended.bundle.parameters(flux))
    return 0.5 * (ends[1] - ends[0])


def inherited(bundle: ModelBundle) -> dict[str, float] | None:
    """How far the zero points are off that a transfer takes from the networks it starts from, each in its unit.

    These are those of Teff and v sin i, which no unlabelled star tells: the rms, over kinds of gaps that were measured
    on real stars and left out of the training, of their mean errors, by the card; where it has none, the error that
    the networks' members have in common. None where a transfer takes nothing from the bundle.
    """
    if prior_of(bundle.card) is None or bundle.target_encoder is None:
        return None
    kinds = lookup(bundle.card, "metrics", "unseen_gaps") or {}
    found = dict.fromkeys(PARAMETERS, 0.0)
    for name in ("teff", "vsini"):
        biases = [number(kinds, kind, "errors", name, "bias") for kind in OBSERVED_KINDS]
        known = [bias for bias in biases if bias is not None]
        found[name] = float(np.sqrt(np.mean(np.square(known)))) if known else bundle.calibration[name].floor
    return found


def shares(moved: dict[str, np.ndarray]) -> dict[str, dict[str, float]]:
    """The rms over the stars of what `moves` gives: why -> parameter -> change in the parameter's unit."""
    return {
        why: dict(zip(PARAMETERS, np.sqrt(np.mean(np.square(changes), axis=0)).tolist(), strict=True))
        for why, changes in moved.items()
    }

"""What the networks that a transfer starts from are trusted with, where they have learned from a family of gaps.

Such networks are near the truth for any sample whose gap is like those of the family: then their zero points of Teff
and v sin i are kept, with what they find to tell the stars apart, and the transfer learns the rest. Where the gap is of
another kind, which shows in the residuals that all stars of the sample have in common, Teff is free to follow the main
sequence.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.inference.prior import prior_of
from dtl.transfer.fine_tuning import TransferSettings, held_out

__all__ = ["knows_gap", "with_trust"]

#: Rounds, at most, and learning rate of a transfer that starts where it has to end, its zero points aside.
_ROUNDS, _LEARNING_RATE = 6, 2e-4
#: By how much v sin i of slow rotators has to be too large before it is moved, km/s: to this it is right.
_MARGIN = 0.5


def with_trust(bundle: ModelBundle, flux: np.ndarray, settings: TransferSettings) -> TransferSettings:
    """Settings of a transfer with what is kept of the networks it starts from; unchanged where that is said already.

    Args:
        bundle: to start from.
        flux: of the sample, without missing points; shape ``(k, n)``.
        settings: as given.
    """
    population = settings.population
    if prior_of(bundle.card) is None or bundle.target_encoder is None or population.vsini_offset is not None:
        return settings
    estimates, beyond = bundle.parameters(flux), 0.0
    enough = len(flux) - held_out(len(flux), settings) >= population.least
    if population.slow is not None and enough:
        beyond = float(np.quantile(estimates[:, 3], population.slow)) - population.slow_vsini - _MARGIN
    known = replace(population, slow=None, vsini_offset=-max(beyond, 0.0))
    if knows_gap(bundle, flux):
        known = replace(known, teff_offset=0.0)
        rounds, rate = min(settings.rounds, _ROUNDS), min(settings.learning_rate, _LEARNING_RATE)
        settings = replace(settings, trusted=True, rounds=rounds, learning_rate=rate)
        if not enough and population.mean_mh is not None:  # too few stars to say what their mean is
            known = replace(known, mean_mh=float(estimates[:, 2].mean()), least=1)
    return replace(settings, population=known)


def knows_gap(bundle: ModelBundle, flux: np.ndarray) -> bool:
    """Whether what is left of spectra ``(k, n)`` in common is less than what single stars have of their own."""
    left = flux - bundle.reconstruct(bundle.encode(flux))
    common = left.mean(axis=0)
    return float(np.mean(common**2)) < float(np.mean((left - common) ** 2))

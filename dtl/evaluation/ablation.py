"""What each way of transfer gains against truth: the same networks, surveys and stars for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.bundle.projection import nearest
from dtl.evaluation.survey_accuracy import errors
from dtl.result import PARAMETERS
from dtl.simulation.gap import gap_of
from dtl.transfer.alignment import METHODS, align
from dtl.transfer.family_transfer import transfer_family
from dtl.transfer.fine_tuning import TransferSettings, transfer
from dtl.transfer.population import Population
from dtl.transfer.trust_in_start import with_trust

__all__ = ["FAMILY", "VARIANTS", "ablation", "summary"]

_Adapt = Callable[[ModelBundle, np.ndarray, int], ModelBundle]

#: With lines as far off as the networks know already, and nothing of the population measured.
_ASSUMED = TransferSettings(depth=0.05, measured=False)

#: The way of bundles that know a family of gaps.
FAMILY = "family of gaps"


def _after_family(bundle: ModelBundle, flux: np.ndarray, seed: int) -> ModelBundle:
    """As `dtl.transfer.adaptation` adapts bundles that know a family of gaps."""
    start = transfer_family(bundle, gap_of(bundle.card), seed=seed).bundle
    return transfer(start, flux, with_trust(start, flux, TransferSettings()), seed=seed).bundle


#: Name -> how a bundle is adapted to unlabelled flux with a seed.
VARIANTS: dict[str, _Adapt] = {
    "none": lambda bundle, flux, seed: bundle,
    **{method: lambda bundle, flux, seed, method=method: align(bundle, flux, method, seed=seed) for method in METHODS},
    "gap without population": lambda bundle, flux, seed: (
        transfer(
            bundle,
            flux,
            replace(_ASSUMED, population=Population(mean_mh=None, main_sequence=False, slow=None)),
            seed=seed,
        ).bundle
    ),
    "gap varying by components": lambda bundle, flux, seed: (
        transfer(bundle, flux, replace(_ASSUMED, rank=20), seed=seed).bundle
    ),
    "population as believed": lambda bundle, flux, seed: transfer(bundle, flux, _ASSUMED, seed=seed).bundle,
    FAMILY: lambda bundle, flux, seed: transfer_family(bundle, gap_of(bundle.card), seed=seed).bundle,
    "family, then ours": _after_family,
    "ours": lambda bundle, flux, seed: transfer(bundle, flux, seed=seed).bundle,
}


def ablation(
    bundle: ModelBundle,
    surveys: list[tuple[np.ndarray, np.ndarray]],
    *,
    variants: dict[str, _Adapt] = VARIANTS,
    seed: int = 42,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> dict[str, dict[str, dict[str, list[float]]]]:
    """Errors of each variant on each survey, which it is adapted to without the truth.

    Args:
        bundle: before a transfer.
        surveys: flux ``(k, n)`` and truth ``(k, 4)`` of each.
        variants: ways of transfer.
        seed: of the first survey's transfer, one more for each of the others.
        progress: called with the fraction done and the name of the variant.

    Returns:
        Variant -> parameter -> ``rmse`` and ``bias``, one value a survey; and ``latent_distance`` likewise.
    """
    table: dict[str, dict[str, dict[str, list[float]]]] = {}
    done = 0
    for name, adapt in variants.items():
        rows = {parameter: {"rmse": [], "bias": []} for parameter in PARAMETERS} | {"latent_distance": {"mean": []}}
        for i, (flux, truth) in enumerate(surveys):
            progress(done / (len(variants) * len(surveys)), name)
            adapted = adapt(bundle, flux, seed + i)
            for parameter, values in errors(adapted.parameters(flux), truth).items():
                for kind, value in values.items():
                    rows[parameter][kind].append(value)
            rows["latent_distance"]["mean"].append(float(np.mean(nearest(adapted.encode(flux), adapted.latents, 1)[1])))
            done += 1
        table[name] = rows
    return table


def summary(table: dict[str, dict[str, dict[str, list[float]]]], way: str = "ours") -> dict[str, float]:
    """Change of the rmse from no transfer to one of the ways, mean over the surveys; -0.3 is 30 % less."""
    return {
        parameter: float(np.mean(table[way][parameter]["rmse"]) / np.mean(table["none"][parameter]["rmse"]) - 1.0)
        for parameter in PARAMETERS
    }

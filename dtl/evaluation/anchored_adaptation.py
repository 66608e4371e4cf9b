"""An adaptation that follows anchors: stars of the sample whose parameters are known fix its zero points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.evaluation.belief_shares import MORE_ROUNDS, shares
from dtl.evaluation.survey_accuracy import prepared_flux
from dtl.result import PARAMETERS
from dtl.spectrum import PreparedSpectrum
from dtl.transfer.adaptation import adapt
from dtl.transfer.anchors import ANCHORED, Anchor, ZeroPoints, zero_points
from dtl.transfer.fine_tuning import TransferSettings

__all__ = ["anchors_in_words", "follow_anchors"]

#: Errors of the zero points of Teff [K] and [M/H] that nothing else tells of, and where nothing is believed.
_UNKNOWN, _ANYTHING = np.array([15.0, 0.02]), np.array([60.0, 0.2])


def follow_anchors(
    bundle: ModelBundle,
    adapted: ModelBundle,
    spectra: Sequence[PreparedSpectrum],
    anchors: Sequence[Anchor],
    *,
    settings: TransferSettings,
    moved: dict[str, np.ndarray],
    progress: Callable[[float, str], None] = lambda fraction, text: None,
    **details: Any,
) -> tuple[ModelBundle, TransferSettings, dict[str, dict[str, float]]]:
    """The adapted bundle with the zero points that anchors give, in some more rounds of its transfer.

    Args:
        bundle: as it was given.
        adapted: to the spectra.
        spectra: of the sample, one a star.
        anchors: among them.
        settings: of the transfer.
        moved: what the belief about the sample does, see `dtl.evaluation.belief_shares.moves`.
        progress: called with the fraction done and a word.
        details: further arguments of `dtl.transfer.adaptation.adapt`.

    Returns:
        The bundle, whose card's entry ``adapted`` has the further entry ``anchors``; the settings it was adapted with;
        and what is left of `dtl.evaluation.belief_shares.shares`, ``anchors`` among them.
    """
    told, estimates = shares(moved), adapted.parameters(prepared_flux(adapted, list(spectra)))
    found = zero_points(estimates, anchors, _doubt(moved, told))
    settings = _anchored(settings, estimates, found)
    history = adapted.card["adapted"]["history"]
    after = adapt(bundle, spectra, settings=settings, start=adapted, progress=progress, **details)
    return _with_anchors(after, anchors, found, history), settings, _shares_left(told, moved, found)


def _doubt(moved: dict[str, np.ndarray], told: dict[str, dict[str, float]]) -> np.ndarray:
    """Covariance of the zero points of Teff and [M/H] as they are uncertain without anchors; shape ``(2, 2)``."""
    columns = list(ANCHORED.values())
    stars = np.array([told["stars"][name] for name in ANCHORED])
    covariance = np.diag(stars**2 + _UNKNOWN**2)
    if "mean_mh" not in moved:  # nothing is believed of the sample, and anything may be true
        return covariance + np.diag(_ANYTHING**2)
    belief = moved["mean_mh"].mean(axis=0)[columns]
    return covariance + np.outer(belief, belief)


def _anchored(settings: TransferSettings, estimates: np.ndarray, found: ZeroPoints) -> TransferSettings:
    """Of the transfer that goes on with the zero points that anchors give; all stars learn, as all have moved."""
    population = settings.population
    means = dict(
        zip(("mean_teff", "mean_mh"), estimates.mean(axis=0)[list(ANCHORED.values())] + found.shift, strict=True)
    )
    enough = len(estimates) >= population.least
    known = replace(
        population,
        **{name: float(value) for name, value in means.items()},
        mean_mh_error=float(np.sqrt(found.covariance[1, 1])),
        slow=population.slow if enough else None,
        least=min(population.least, len(estimates)),
    )
    return replace(settings, rounds=min(MORE_ROUNDS + 1, settings.rounds), held_out=0.0, population=known)


def _with_anchors(
    adapted: ModelBundle, anchors: Sequence[Anchor], found: ZeroPoints, history: list[dict[str, float]]
) -> ModelBundle:
    """The bundle with what its card says of the anchors, and the history before them."""
    entry = adapted.card["adapted"]
    later = [row | {"round": row["round"] + len(history)} for row in entry["history"]]
    table = {
        "stars": [asdict(anchor) for anchor in anchors],
        "shift": dict(zip(ANCHORED, found.shift.tolist(), strict=True)),
        "error": dict(zip(ANCHORED, np.sqrt(np.diag(found.covariance)).tolist(), strict=True)),
        "left_out": {
            when: {name: _spread_of(values[:, i]) for i, name in enumerate(ANCHORED)}
            for when, values in (("before", found.before), ("after", found.after))
        },
    }
    return replace(adapted, card=adapted.card | {"adapted": entry | {"history": [*history, *later], "anchors": table}})


def _spread_of(differences: np.ndarray) -> dict[str, float]:
    """Number, mean and rms of known minus found values; NaN where there is none."""
    known = differences[np.isfinite(differences)]
    if not len(known):
        return {"stars": 0, "mean": None, "rms": None}
    return {"stars": len(known), "mean": float(known.mean()), "rms": float(np.sqrt(np.mean(known**2)))}


def _shares_left(
    told: dict[str, dict[str, float]], moved: dict[str, np.ndarray], found: ZeroPoints
) -> dict[str, dict[str, float]]:
    """What is left of the belief about the mean [M/H], in proportion, and the errors of the zero points themselves."""
    errors = dict(zip(ANCHORED, np.sqrt(np.diag(found.covariance)).tolist(), strict=True))
    others = told.get("mean_mh", dict.fromkeys(PARAMETERS, 0.0))
    part = min(errors["mh"] / max(abs(float(moved["mean_mh"][:, 2].mean())), 1e-6), 1.0) if "mean_mh" in moved else 0.0
    left = {name: part * share for name, share in others.items()} | errors
    return {"stars": told["stars"], "anchors": left}


def anchors_in_words(entry: dict[str, Any]) -> list[str]:
    """What anchors did, one sentence a parameter: known minus found values of stars left out one by one.

    Args:
        entry: ``anchors`` of a card's entry ``adapted``.
    """
    said = []
    for name in ANCHORED:
        before, after = (entry["left_out"][when][name] for when in ("before", "after"))
        if before["stars"]:
            label, unit, places = PARAMETERS[name]
            one, two = (f"{d['mean']:+.{places}f} (rms {d['rms']:.{places}f})" for d in (before, after))
            shift = f"{entry['shift'][name]:+.{places}f} ± {entry['error'][name]:.{places}f} {unit}"
            said.append(
                f"{label} of {before['stars']} anchors, left out one by one: known minus found {one} before, {two} "
                f"{unit} after; the zero point moved by {shift}.".replace("-", "−")
            )
    return said

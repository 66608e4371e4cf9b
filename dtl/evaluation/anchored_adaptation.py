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

#: What is believed of a sample and what anchors know better.
_BELIEFS = {"mean_mh", "sequence"}
#: Errors of the zero points of Teff [K] and [M/H] that nothing else tells of, and where nothing is believed.
_UNKNOWN, _ANYTHING = np.array([20.0, 0.02]), np.array([60.0, 0.2])


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
    details |= {"start": adapted, "anchors": len(anchors)}
    after = adapt(bundle, spectra, settings=settings, progress=progress, **details)
    return _with_anchors(after, anchors, found, history), settings, _shares_left(told, found)


def _doubt(moved: dict[str, np.ndarray], told: dict[str, dict[str, float]]) -> np.ndarray:
    """Covariance of the zero points of Teff and [M/H] as they are uncertain without anchors; shape ``(2, 2)``."""
    stars = np.array([told["stars"][name] for name in ANCHORED])
    covariance = np.diag(stars**2 + (_UNKNOWN if "mean_mh" in moved else _ANYTHING) ** 2)
    for why in _BELIEFS & set(moved):
        zero_points_moved = moved[why].mean(axis=0)[list(ANCHORED.values())]
        covariance = covariance + np.outer(zero_points_moved, zero_points_moved)
    return covariance


def _anchored(settings: TransferSettings, estimates: np.ndarray, found: ZeroPoints) -> TransferSettings:
    """Of the transfer that goes on with the zero points that anchors give; all stars learn, as all have moved."""
    population = settings.population
    enough = len(estimates) >= population.least
    known = replace(
        population,
        teff_offset=float(found.shift[0]),
        vsini_offset=None if population.vsini_offset is None else 0.0,  # it was moved already
        mean_mh=float(estimates[:, 2].mean() + found.shift[1]),
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
        "stars": [asdict(anchor) | {n: _known(getattr(anchor, n)) for n in ("values", "errors")} for anchor in anchors],
        "shift": dict(zip(ANCHORED, found.shift.tolist(), strict=True)),
        "error": _errors(found),
        "left_out": {
            when: {name: _spread_of(values[:, i]) for i, name in enumerate(ANCHORED)}
            for when, values in (("before", found.before), ("after", found.after))
        },
    }
    return replace(adapted, card=adapted.card | {"adapted": entry | {"history": [*history, *later], "anchors": table}})


def _known(values: Sequence[float]) -> list[float | None]:
    """Values for a card, None for what is not known."""
    return [float(value) if np.isfinite(value) else None for value in values]


def _spread_of(differences: np.ndarray) -> dict[str, float]:
    """Number, mean and rms of known minus found values; NaN where there is none."""
    known = differences[np.isfinite(differences)]
    if not len(known):
        return {"stars": 0, "mean": None, "rms": None}
    return {"stars": len(known), "mean": float(known.mean()), "rms": float(np.sqrt(np.mean(known**2)))}


def _shares_left(told: dict[str, dict[str, float]], found: ZeroPoints) -> dict[str, dict[str, float]]:
    """Errors of the zero points that anchors give, in place of what the belief about the mean [M/H] does to them."""
    return {"stars": told["stars"], "anchors": told.get("mean_mh", dict.fromkeys(PARAMETERS, 0.0)) | _errors(found)}


def _errors(found: ZeroPoints) -> dict[str, float]:
    return dict(zip(ANCHORED, np.sqrt(np.diag(found.covariance)).tolist(), strict=True))


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

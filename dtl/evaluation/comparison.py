"""What an adaptation changed: the same spectra seen by the networks for models alone, those before and those after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dtl.result import PARAMETERS, InferenceResult
from dtl.spectrum import PreparedSpectrum

if TYPE_CHECKING:
    from dtl.bundle.model import ModelBundle

__all__ = ["STATES", "AdaptationComparison", "compare"]

#: Name of a state of the networks -> in words.
STATES = {"models_alone": "Models alone", "before": "Before", "after": "Adapted"}


@dataclass(frozen=True)
class View:
    """What networks in one state make of spectra.

    Attributes:
        values: Teff [K], log g, [M/H], v sin i [km/s]; shape ``(k, 4)``. NaN where one is withheld.
        residual_rms: rms of spectrum minus reconstruction, relative to the continuum; shape ``(k,)``.
        distance: to the nearest model in latent space; shape ``(k,)``.
    """

    values: np.ndarray
    residual_rms: np.ndarray
    distance: np.ndarray


@dataclass(frozen=True)
class AdaptationComparison:
    """The three views of the same spectra.

    Attributes:
        names: of the spectra, for people.
        views: state of `STATES` -> what the networks in it say.
        truth: of simulated stars, shape ``(k, 4)``; None for real ones.
        errors: state -> parameter -> rmse and bias, for simulated stars.
    """

    names: tuple[str, ...]
    views: dict[str, View]
    truth: np.ndarray | None = None
    errors: dict[str, dict[str, dict[str, float]]] | None = None

    def rows(self) -> list[dict[str, Any]]:
        """One row a star: each parameter before and after, the true one where it is known, and the residual rms.

        A parameter is None where it is withheld.
        """
        rows = []
        for i, name in enumerate(self.names):
            row: dict[str, Any] = {"star": name}
            for column, parameter in enumerate(PARAMETERS):
                for state in ("before", "after"):
                    value = float(self.views[state].values[i, column])
                    row[f"{parameter}_{state}"] = value if np.isfinite(value) else None
                if self.truth is not None:
                    row[f"{parameter}_true"] = float(self.truth[i, column])
            for state in ("before", "after"):
                row[f"residual_rms_{state}"] = 100 * float(self.views[state].residual_rms[i])
                row[f"distance_{state}"] = float(self.views[state].distance[i])
            rows.append(row)
        return rows

    def typical(self, quantity: str, state: str) -> float:
        """Median over the spectra of ``residual_rms`` or ``distance``."""
        return float(np.median(getattr(self.views[state], quantity)))


def compare(
    before: ModelBundle,
    after: ModelBundle,
    prepared: Sequence[PreparedSpectrum],
    truth: np.ndarray | None = None,
    progress: Callable[[float], None] = lambda fraction: None,
) -> AdaptationComparison:
    """See spectra with networks before and after an adaptation.

    Args:
        before: the bundle that was adapted.
        after: the adapted one.
        prepared: the spectra, ``k`` of them.
        truth: of simulated stars; shape ``(k, 4)``.
        progress: called with the fraction done; what it raises ends the work.
    """
    from dtl.evaluation.survey_accuracy import parameter_errors
    from dtl.inference.infer import infer_in_parts

    views, errors = {}, {}
    for i, (state, bundle) in enumerate(zip(STATES, (before.source, before, after), strict=True)):
        results = infer_in_parts(prepared, bundle, progress=lambda part, i=i: progress((i + part) / len(STATES)))
        views[state] = _view(results)
        if truth is not None:
            errors[state] = parameter_errors(results, truth)
    names = tuple(p.spectrum.star or p.spectrum.file for p in prepared)
    return AdaptationComparison(names, views, truth, errors or None)


def _view(results: list[InferenceResult]) -> View:
    return View(
        np.array([[r.estimates[name].value for name in PARAMETERS] for r in results]),
        np.sqrt([r.reconstruction_mse for r in results]),
        np.array([r.neighbours[0].distance for r in results]),
    )

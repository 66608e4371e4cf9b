"""The stars of a visit: several exposures of one are one."""

from __future__ import annotations

from collections.abc import Mapping

from dtl.catalogue.epochs import Epochs, group_epochs
from dtl.result import InferenceResult
from pages.shared.core import visit

__all__ = ["epochs_of", "one_each", "stars"]


def stars() -> list[Epochs]:
    """The stars of this visit, each with all its exposures."""
    now = visit.current()
    return group_epochs(now.results, now.stars)


def epochs_of(digest: str | None) -> Epochs | None:
    """The star of a spectrum with all its exposures; None where there is no other exposure."""
    return next((star for star in stars() if digest in star.results and len(star.results) > 1), None)


def one_each(results: Mapping[str, InferenceResult]) -> dict[str, InferenceResult]:
    """One result a star: what its exposures say together, by the digest of the best of them."""
    found = group_epochs(results, visit.current().stars)
    return {star.key: star.combined for star in found}

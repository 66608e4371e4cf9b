"""Other spectra of the visit that can be drawn over the one on show."""

from __future__ import annotations

from collections.abc import Mapping

from dtl.result import InferenceResult
from pages.shared.core import visit, wording

__all__ = ["names", "others"]


def others(result: InferenceResult) -> dict[str, InferenceResult]:
    """The other spectra of this visit that were prepared for the same window, by their digests."""
    return {
        digest: other
        for digest, other in visit.current().results.items()
        if other is not result and other.prepared.window == result.prepared.window
    }


def names(results: Mapping[str, InferenceResult]) -> dict[str, str]:
    """A name for each spectrum: that of its star, with its file where several have it."""
    return dict(zip(results, wording.names_apart(results.values()), strict=True))

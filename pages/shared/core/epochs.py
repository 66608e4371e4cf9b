"""The stars of a visit: several exposures of one are one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from dtl.catalogue.epochs import Epochs, group_epochs
from dtl.result import InferenceResult
from pages.shared.core import visit

__all__ = ["epochs_of", "exposures_of", "one_each", "only_one", "said_of", "stars"]

Said = TypeVar("Said")


@dataclass(frozen=True)
class KnownStars:
    """The stars of a visit as they were last put together, and what they were put together from."""

    results: Mapping[str, InferenceResult] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    stars: tuple[Epochs, ...] = ()


def stars() -> tuple[Epochs, ...]:
    """The stars of this visit, each with all its exposures; put together anew only where something has changed."""
    now, known = visit.current(), visit.kept(KnownStars)
    if known.results is not now.results or known.said is not now.stars:
        known = KnownStars(now.results, now.stars, tuple(group_epochs(now.results, now.stars)))
        visit.keep(known)
    return known.stars


def epochs_of(digest: str | None) -> Epochs | None:
    """The star of a spectrum with all its exposures; None where there is no other exposure."""
    return next((star for star in stars() if digest in star.results and len(star.results) > 1), None)


def exposures_of(digest: str) -> tuple[str, ...]:
    """The spectra of the star of a spectrum, in their order; itself where there is no other."""
    star = epochs_of(digest)
    return (digest,) if star is None else tuple(star.results)


def only_one(result: InferenceResult) -> str:
    """That of the exposures of a star this one alone counts, in words; empty where it does not."""
    count = next((len(star.results) for star in stars() if star.combined is result), 1)
    return f"the only one of {count} exposures that is not flagged" if count > 1 and result.exposures == 1 else ""


def said_of(digest: str, said: Mapping[str, Said]) -> Said | None:
    """What was said of the star of a spectrum: by whichever of its exposures; None where nothing was."""
    return next((said[key] for key in exposures_of(digest) if key in said), None)


def one_each(results: Mapping[str, InferenceResult]) -> dict[str, InferenceResult]:
    """One result a star: what its exposures say together, by the digest of the best of them."""
    now = visit.current()
    found = stars() if results is now.results else group_epochs(results, now.stars)
    return {star.key: star.combined for star in found}

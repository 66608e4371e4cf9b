"""Which published star a spectrum is of; the catalogue is loaded for spectra of real stars alone."""

from __future__ import annotations

from collections.abc import Mapping

from dtl.result import InferenceResult
from pages.shared.core import bundles, visit

__all__ = ["ANCHOR", "anchors", "identify", "sets_the_gap"]

#: Words beside a star that set the gap, and what they mean.
ANCHOR = (
    ":orange-badge[:material/anchor: Used to set the gap]",
    "The synthetic gap that the networks learned from was measured on this star, at its published parameters: that the "
    "values agree with the literature is no test of the networks.",
)


def identify(result: InferenceResult) -> str | None:
    """The CARMENES identifier of the star of a result: the one that the user gave, or else that of its name."""
    now = visit.current()
    given = next((now.stars[digest] for digest, r in now.results.items() if r is result and digest in now.stars), None)
    if given is not None:
        return given or None
    if result.prepared.spectrum.simulated:
        return None
    from dtl.catalogue.literature import recognise

    return recognise(result)


def sets_the_gap(result: InferenceResult) -> bool:
    """Whether the synthetic gap that the networks of a result learned from was measured on its star."""
    spectrum = result.prepared.spectrum
    if spectrum.simulated:
        return False
    from dtl.catalogue.published_stars import one_spelling

    named = anchors(bundles.of_result(result).card)
    star = identify(result)
    return (star is not None and star in named.values()) or one_spelling(spectrum.star) in map(one_spelling, named)


def anchors(card: Mapping[str, object]) -> dict[str, str | None]:
    """The stars on which the synthetic gap of a bundle was measured, and their CARMENES identifiers where published."""
    from dtl.bundle.card import lookup
    from dtl.catalogue.published_stars import find_star

    known = lookup(card, "metrics", "real_stars", "stars") or {}
    found = {name: find_star(name) for name in known if lookup(known, name, "anchor")}
    return {name: None if star is None else str(star["karmn"]) for name, star in found.items()}

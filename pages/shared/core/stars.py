"""Which published star a spectrum is of; the catalogue is loaded for spectra of real stars alone."""

from __future__ import annotations

from dtl.result import InferenceResult
from pages.shared.core import bundles, visit

__all__ = ["identify", "sets_the_gap"]


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
    from dtl.bundle.card import lookup
    from dtl.catalogue.published_stars import find_star, one_spelling

    known = lookup(bundles.of_result(result).card, "metrics", "real_stars", "stars") or {}
    anchors = [name for name in known if lookup(known, name, "anchor")]
    star = identify(result)
    of_catalogue = [found["karmn"] for name in anchors if (found := find_star(name)) is not None]
    return star in of_catalogue or one_spelling(spectrum.star) in map(one_spelling, anchors)

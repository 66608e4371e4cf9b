"""Where the word of the networks ends: sentences that follow from the facts of their card."""

from __future__ import annotations

from dtl.bundle.card import lookup, number
from dtl.inference.judgement import least_measured_rotation
from dtl.result import PARAMETERS
from dtl.rounding import format_number
from pages.shared.core import wording
from pages.shared.model.credibility import KINDS

__all__ = ["sentences"]


def sentences(card: dict) -> list[str]:
    """What a result does not mean, whatever it says; as much of it as the card has facts for."""
    found = []
    if ranges := _ranges(card):
        found.append(
            f"A number is not a proof of an M dwarf: any spectrum is given one. The models end at {ranges}; a star "
            "beyond them gets the parameters of one within."
        )
    covered = [
        part
        for parts in (lookup(card, "metrics", "coverage_1_sigma") or {}).values()
        for name in PARAMETERS
        if (part := number(parts, name)) is not None
    ]
    if covered:
        found.append(
            f"An interval is not the distance to the truth of a real star: it holds the true value of "
            f"{100 * min(covered):.0f} to {100 * max(covered):.0f} in 100 simulated stars, and holds nothing of what "
            "the simulation lacks."
        )
    flagged = lookup(card, "metrics", "trust", "flagged")
    if flagged:
        worst = min(flagged, key=flagged.__getitem__)
        name = KINDS.get(worst, (worst.replace("_", " "), ""))[0].lower()
        found.append(
            f"No flag is not a clean bill: of spectra of the kind “{name}”, {100 * (1 - flagged[worst]):.0f} in 100 "
            "pass without one."
        )
    if slowest := least_measured_rotation(card):
        found.append(
            f"A v sin i below {format_number(slowest, 1)} km/s is not a measured rotation, nor a somewhat higher one "
            "where the noise is high: an upper limit is given instead."
        )
    return found


def _ranges(card: dict) -> str:
    words = []
    for name, (label, unit, places) in PARAMETERS.items():
        if ends := lookup(card, "parameters", name, "range"):
            low, high = (format_number(end, places) for end in ends)
            words.append(f"{label} {low} and {high}{'' if unit == 'dex' else f' {unit}'}")
    return wording.listed(words)

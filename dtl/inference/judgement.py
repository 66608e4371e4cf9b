"""What the answer of the networks itself puts in doubt: outside the grid, unlike the grid, not resolved, impossible."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtl.bundle.calibration import SCORES
from dtl.bundle.card import lookup, number
from dtl.flags import Doubt
from dtl.inference.prior import StarPrior
from dtl.inference.trust import HULL_UNIT, hull_distance
from dtl.preparation.broadening import degrading_velocity
from dtl.result import PARAMETERS, POSSIBLE, Estimate
from dtl.rounding import estimate_words, format_estimate, format_number

__all__ = [
    "doubts_of_estimates",
    "doubts_of_gravity",
    "doubts_of_strangeness",
    "least_measured_rotation",
    "limit_rotation",
    "measured_from",
    "mistaken_rotation",
    "rotation_limit",
    "withhold",
    "without_blur",
]

#: Distance to the hull from which an estimate lies outside, see `dtl.inference.trust.hull_distance`.
_OUTSIDE = 1.0
#: Half a step of the grid: an estimate so far beyond the last node lies outside.
_HALF_STEP = np.array([12.5, 0.05, 0.05])
#: v sin i beyond that of the fastest node by this factor lies outside.
_FASTER = 1.05
#: Networks saturate: a spectrum unlike the models whose Teff reaches this close to an end by its interval may well lie
#: beyond it, K.
_SATURATED = 100.0
#: Lower 1-sigma distances by which v sin i has to lie above that of the slowest node to be measured: real stars look
#: broader than models, and Barnard's star, which turns at less than 2 km/s, comes out at up to 2.7 at R = 50,000. And
#: upper distances that a limit lies above the smallest v sin i that would be measured.
_DETECTED, _LIMIT = 2.5, 2.0
#: Of the rotation profile of the models (linear limb darkening 0.6), in units of (v sin i)^2.
_ROTATION_VARIANCE = 0.225
_PLACE = ("teff", "logg", "mh")
#: log g so far below the main sequence, dex, is that of a giant or a subgiant: dwarfs with any of the gaps that were
#: tried come out above.
_GIANT = 0.2
#: Part of the prior's width that an interval exceeds where the spectrum has told less than the main sequence.
_REPEATS = 0.7


def withhold(estimates: dict[str, Estimate]) -> tuple[dict[str, Estimate], list[Doubt]]:
    """Estimates without those that no star can have (`dtl.result.POSSIBLE`), and why these are withheld.

    An interval that is no number, or wider than what is possible at all, says as little as an impossible value.
    """
    kept, doubts = dict(estimates), []
    for name, (low, high) in POSSIBLE.items():
        value, lower, upper = (estimates[name].value, estimates[name].lower, estimates[name].upper)
        label, unit, places = PARAMETERS[name]
        limit = None
        if value < low:
            limit, why = low, f"is below {format_number(low, places)} {unit}, which no star has"
        elif value > high:
            limit, why = high, f"is above {format_number(high, places)} {unit}, which no star has"
        elif not np.isfinite([value, lower, upper]).all():
            why = "is no number"
        elif max(lower, upper) > high - low:
            why = "has an interval wider than all that stars can have"
        else:
            continue
        kept[name] = Estimate(np.nan, np.nan, np.nan)
        sentence = (
            f"{label} is withheld: the answer of the networks {why}. The spectrum is damaged or not that of an M "
            "dwarf, and none of its parameters can be used."
        )
        doubts.append(Doubt("value_withheld", sentence, (name,), None, limit))
    return kept, doubts


def measured_from(slowest: float, lower: float) -> float:
    """The v sin i in km/s from which rotation is measured, with the slowest node's and the lower 1-sigma distance."""
    return slowest + _DETECTED * lower


def least_measured_rotation(card: object) -> float | None:
    """The v sin i in km/s from which rotation is measured where there is no noise, None where the card lacks it."""
    ends = lookup(card, "parameters", "vsini", "range")
    return measured_from(ends[0], number(card, "calibration", "vsini", "floor") or 0.0) if ends else None


def rotation_limit(estimate: Estimate, slowest: float) -> float:
    """The upper limit in km/s that stands for a v sin i which is not measured, see `limit_rotation`."""
    return max(estimate.value, measured_from(slowest, estimate.lower)) + _LIMIT * estimate.upper


def mistaken_rotation(resolution: float | None, wanted: float) -> float:
    """v sin i in km/s whose profile has the variance that a resolution below the ``wanted`` one adds to the lines.

    That of a sphere with linear limb darkening e = 0.6, as the models rotate, is 0.225 v^2 (from the second derivative
    of `dtl.preparation.broadening.rotation_transfer` at 0); that of a Gaussian is FWHM^2 / (8 ln 2). 0 where the
    resolution is not lower, or unknown.
    """
    if resolution is None:
        return 0.0
    return degrading_velocity(wanted, resolution) / float(np.sqrt(8.0 * np.log(2.0) * _ROTATION_VARIANCE))


def without_blur(estimate: Estimate, blur: float) -> Estimate:
    """A v sin i without what only looks like rotation, which adds to it in quadrature; its ends likewise.

    Args:
        estimate: of v sin i, km/s.
        blur: see `mistaken_rotation`.
    """
    if not blur or estimate.withheld:
        return estimate
    low, value, high = (
        float(np.sqrt(max(v * abs(v) - blur**2, 0.0)))
        for v in (estimate.value - estimate.lower, estimate.value, estimate.value + estimate.upper)
    )
    # Where nothing is left below, the interval is not narrower than it was.
    lower, upper = max(value - low, estimate.lower), max(high - value, estimate.upper)
    return replace(estimate, value=value, lower=lower, upper=upper)


def limit_rotation(estimate: Estimate, slowest: float) -> tuple[Estimate, list[Doubt]]:
    """A v sin i with its upper limit where the rotation is not resolved, and the flag for it.

    To stars that do not rotate the networks give about the v sin i of the slowest node. A star is measured to rotate
    where its value lies above that by more than 2.5 lower distances. Where it does not, the limit is the v sin i that
    would have been measured in at least 95 of 100 stars, as an upper limit is defined by Kashyap et al. (2010, ApJ 719,
    900); so it follows the resolution, the noise and how far the members of the ensemble agree.

    Args:
        estimate: of v sin i, km/s.
        slowest: v sin i of the slowest node, km/s.
    """
    threshold = measured_from(slowest, estimate.lower)
    if estimate.withheld or estimate.value > threshold:
        return estimate, []
    limited = replace(estimate, limit=rotation_limit(estimate, slowest))
    limit = f"v sin i {estimate_words('vsini', limited)} (95 %)"
    sentence = (
        f"The rotation is not resolved: {limit}. The networks say {format_number(estimate.value, 1)} km/s, and a "
        f"rotation is measured from {format_number(threshold, 1)} km/s on. This says nothing against the other "
        "parameters."
    )
    return limited, [Doubt("upper_limit_vsini", sentence, ("vsini",), estimate.value, limited.limit)]


def doubts_of_strangeness(percentiles: dict[str, float], threshold: float, rv_quality: float) -> list[Doubt]:
    """The doubt about a spectrum unlike the models.

    Args:
        percentiles: name of `dtl.bundle.calibration.SCORES` -> percentage of good stars that are less strange.
        threshold: the percentile from which a spectrum is unlike the models.
        rv_quality: height of the peak of the cross-correlation, 0 to 1.
    """
    name = max(percentiles, key=percentiles.__getitem__, default="")
    if not name or percentiles[name] < threshold:
        return []
    share = "all" if percentiles[name] >= 99.95 else f"{format_number(percentiles[name], 1)} % of"
    sentence = (
        f"The spectrum is unlike any model: the {SCORES[name]} is larger than for {share} good spectra with a similar "
        f"signal-to-noise ratio (limit {format_number(threshold, 1)} %). The four parameters may mean nothing; the "
        "radial velocity can be used if its match is good "
        f"({format_number(rv_quality, 2)} here, 1 is perfect)."
    )
    return [Doubt("out_of_distribution", sentence, tuple(PARAMETERS), percentiles[name], threshold)]


def doubts_of_estimates(
    estimates: dict[str, Estimate], limits: np.ndarray, triples: np.ndarray, *, unlike: bool
) -> list[Doubt]:
    """Doubts about estimates outside the grid: one for each parameter beyond an end, or one for their combination.

    Args:
        estimates: of the four parameters, as the networks gave them.
        limits: lowest and highest Teff, log g, [M/H] and v sin i of the nodes; shape ``(2, 4)``.
        triples: Teff, log g, [M/H] of the nodes, each once; shape ``(t, 3)``.
        unlike: whether the spectrum is unlike the models.
    """
    low, high = limits
    margin = (*_HALF_STEP, (_FASTER - 1.0) * high[3])
    doubts = []
    for name, first, last, more in zip(PARAMETERS, low, high, margin, strict=True):
        value = estimates[name].value
        slow = name == "vsini" and value <= last  # networks go on below the slowest node: that is a limit
        if slow or first - more <= value <= last + more:
            continue
        doubts.append(_beyond(name, estimates[name], float(first if value < first else last)))
    if unlike and not doubts:
        doubts += _saturated(estimates["teff"], float(low[0]), float(high[0]))
    if not doubts:
        doubts += _off_sequence(estimates, triples)
    return doubts


def doubts_of_gravity(estimates: dict[str, Estimate], prior: StarPrior | None) -> list[Doubt]:
    """Doubts about log g: of a star that is no dwarf, and of a value that only repeats the main sequence.

    Args:
        estimates: of the four parameters; nothing is said where one of the first three is withheld.
        prior: that the networks learned with; None where it is not known.
    """
    if prior is None or any(estimates[name].withheld for name in _PLACE):
        return []
    teff, logg, mh = (estimates[name] for name in _PLACE)
    mean, width = (float(v[0]) for v in prior.logg(np.array([teff.value]), np.array([mh.value])))
    value, usual = format_number(logg.value, 2), format_number(mean, 2)
    if logg.value < mean - _GIANT:
        sentence = (
            f"log g {value} lies {format_number(mean - logg.value, 2)} below the main sequence, {usual} (limit "
            f"{format_number(_GIANT, 2)}): a giant or a subgiant, for which nothing was validated, or a spectrum "
            "unlike that of any star. Take Teff and [M/H] as a direction. This says nothing against v sin i and the "
            "radial velocity."
        )
        return [Doubt("outside_grid", sentence, _PLACE, logg.value, mean - _GIANT)]
    interval = 0.5 * (logg.lower + logg.upper)
    if interval > _REPEATS * width:
        sentence = (
            f"log g {value} says little more than the main sequence does, {usual} with a scatter of "
            f"{format_number(width, 2)}: its interval is {format_number(interval / width, 1)} times as wide (limit "
            f"{format_number(_REPEATS, 1)}). Where the main sequence used is wrong, so is log g, by as "
            "much, and [M/H] by a part of it."
        )
        return [Doubt("logg_from_main_sequence", sentence, ("logg",), interval, _REPEATS * width)]
    return []


def _beyond(name: str, estimate: Estimate, end: float) -> Doubt:
    label, unit, places = PARAMETERS[name]
    low, high = POSSIBLE[name]
    said = f", {format_estimate(name, estimate)[0]}," if low <= estimate.value <= high else ""
    use = (
        "the lines are broader than those of any model, and the other parameters are uncertain too"
        if name == "vsini"
        else "the star may lie beyond it by any amount, and Teff, log g and [M/H], which go together, are a direction "
        "rather than values. This says nothing against v sin i and the radial velocity"
    )
    sentence = f"{label}{said} lies beyond the end of the models, {format_number(end, places)} {unit}: {use}."
    return Doubt("outside_grid", sentence, (name,), estimate.value if said else None, end)


def _saturated(teff: Estimate, low: float, high: float) -> list[Doubt]:
    """The doubt about the Teff of a spectrum unlike the models, whose interval reaches an end of theirs."""
    reached = [
        end
        for end, near in (
            (low, teff.value - teff.lower < low + _SATURATED),
            (high, teff.value + teff.upper > high - _SATURATED),
        )
        if near
    ]
    if not reached:
        return []
    ends = " and ".join(f"{format_number(end, 0)} K" for end in reached)
    sentence = (
        f"The interval of Teff, {estimate_words('teff', teff)}, comes within {_SATURATED:.0f} K of {ends}, where the "
        "models end, or goes beyond. As the spectrum is unlike the models, the star may lie beyond by any amount, "
        "where the networks cannot follow."
    )
    return [Doubt("outside_grid", sentence, ("teff",), teff.value, min(reached, key=lambda end: abs(end - teff.value)))]


def _off_sequence(estimates: dict[str, Estimate], triples: np.ndarray) -> list[Doubt]:
    """The doubt about a combination of Teff, log g and [M/H] that is far from any node."""
    point = np.array([estimates[name].value for name in _PLACE])
    apart = (point - triples[:, :3]) / HULL_UNIT
    squared = np.einsum("ij,ij->i", apart, apart)
    if squared.min() <= _OUTSIDE**2:  # the hull is no farther than the nearest node
        return []
    distance = float(hull_distance(point, triples)[0])
    if distance <= _OUTSIDE:
        return []
    nearest = triples[np.argmin(squared), :3]
    here = ", ".join(f"{PARAMETERS[n][0]} {format_estimate(n, estimates[n])[0]}" for n in _PLACE)
    there = ", ".join(
        f"{PARAMETERS[n][0]} {format_number(float(v), PARAMETERS[n][2])}" for n, v in zip(_PLACE, nearest, strict=True)
    )
    parts = np.abs(point - nearest) / HULL_UNIT
    concerned = tuple(name for name, part in zip(_PLACE, parts, strict=True) if part > 0.5 * parts.max())
    sentence = (
        f"{here} do not go together in any model; the nearest has {there}, which is "
        f"{format_number(distance, 1)} units of 50 K and 0.15 dex away (limit {_OUTSIDE:.0f}). Take "
        f"{' and '.join(PARAMETERS[name][0] for name in concerned)} as a direction, not a value. This says nothing "
        "against v sin i and the radial velocity."
    )
    return [Doubt("outside_grid", sentence, concerned, distance, _OUTSIDE)]

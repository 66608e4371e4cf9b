"""Several exposures of one star: which spectra are of one star, and what they say together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dtl.catalogue.places import same_place
from dtl.catalogue.published_stars import find_star, one_spelling
from dtl.flags import doubts
from dtl.result import PARAMETERS, Estimate, InferenceResult

__all__ = ["Epochs", "MeanVelocity", "combine", "group_epochs", "identify"]


@dataclass(frozen=True)
class MeanVelocity:
    """The mean radial velocity of several exposures, all of them relative to the barycentre.

    Attributes:
        value: weighted by the squares of the signal-to-noise ratios, km/s.
        scatter: standard deviation, km/s.
        exposures: how many count.
    """

    value: float
    scatter: float
    exposures: int


@dataclass(frozen=True)
class Epochs:
    """The exposures of one star, and what they say together.

    Attributes:
        results: what is known of each exposure, by its key, in their order.
        combined: the result of the best exposure with the means of all; itself where there is one exposure.
        key: of the best exposure.
        scatter: parameter name -> standard deviation of the values in the parameter's unit, NaN where fewer than two
            count.
        excess: parameter name -> the same over the mean 1-sigma interval, which holds errors that all exposures share:
            far above 1 where the exposures differ by more than their intervals say.
        velocity: None where fewer than two exposures have a barycentric velocity that is certain.
    """

    results: dict[str, InferenceResult]
    combined: InferenceResult
    key: str
    scatter: dict[str, float]
    excess: dict[str, float]
    velocity: MeanVelocity | None


def identify(result: InferenceResult, said: str | None = None) -> str:
    """What tells the star of a spectrum from others: its CARMENES identifier, or its name in one spelling.

    The name is that of the file's header; where it has none, the name of the file counts if it is that of a published
    star. Empty where the star is not known, for a simulated observation, which is of no star, and for one of several
    spectra of a file whose name is of no published star, as it may be that of a field.

    Args:
        result: of the spectrum.
        said: CARMENES identifier that the user gave, empty for none of the published stars.
    """
    spectrum = result.prepared.spectrum
    if said:
        return said
    if spectrum.simulated:
        return ""
    star = find_star(spectrum.star or Path(spectrum.file).stem) if said is None else None
    if star is not None:
        return str(star["karmn"])
    return "" if spectrum.spectra > 1 else one_spelling(spectrum.star)


def group_epochs(results: Mapping[str, InferenceResult], said: Mapping[str, str] = {}) -> list[Epochs]:
    """Results by star, in the order in which the stars come first; a star that is not known stands for itself.

    One star are those of one name, see `identify`, and those at one place (`dtl.catalogue.places.same_place`), unless
    their names say that they are two.

    Args:
        results: key of a spectrum -> its result.
        said: key of a spectrum -> CARMENES identifier that the user gave, empty for none.
    """
    groups: dict[str, dict[str, InferenceResult]] = {}
    for key, result in results.items():
        groups.setdefault(identify(result, said.get(key)) or f"\n{key}", {})[key] = result
    places = {name: _places(group) for name, group in groups.items()}
    stars: list[list[str]] = []
    for name in groups:
        home = next((star for star in stars if _belongs(name, star, places)), None)
        if home is None:
            stars.append([name])
        else:
            home.append(name)
    return [combine({key: result for name in star for key, result in groups[name].items()}) for star in stars]


def _belongs(name: str, star: Sequence[str], places: Mapping[str, list[tuple[float, float]]]) -> bool:
    """Whether a group is of the star that others are of, by its place and against none of their names."""
    near = any(places[name] and places[other] and same_place(places[name], places[other]) for other in star)
    return near and not any(_two_stars(name, other) for other in star)


def _places(group: Mapping[str, InferenceResult]) -> list[tuple[float, float]]:
    """Where the spectra of a group were taken, degrees; a simulation and one of several of a file are nowhere."""
    spectra = [result.prepared.spectrum for result in group.values()]
    return [s.position for s in spectra if s.position is not None and not s.simulated and s.spectra == 1]


def _two_stars(one: str, other: str) -> bool:
    """Whether two names, as of `identify`, are of two stars: two published ones, or two components of a binary."""
    if one.startswith("\n") or other.startswith("\n"):
        return False
    published = one.startswith("J") and other.startswith("J")  # CARMENES identifiers; other names are in small letters
    components = [match[1] if (match := re.search(r"\d([a-d])$", name)) else "a" for name in (one, other)]
    return published or components[0] != components[1]


def combine(results: Mapping[str, InferenceResult]) -> Epochs:
    """What the exposures of one star say together.

    Values are means weighted by the inverse squares of their intervals. The interval of a mean is the mean interval,
    not a smaller one, as most of it is the error that networks make for this star in every exposure; it is the scatter
    of the exposures where this is larger. v sin i is a limit, the median of the limits, where it is not measured in
    most exposures. Exposures whose values are in doubt do not count where there are others.

    Args:
        results: key of an exposure -> its result, one at least.
    """
    certain = {key: result for key, result in results.items() if not doubts(result.flags)}
    used = certain or dict(results)
    key = max(used, key=lambda k: used[k].prepared.snr)
    together = {name: _mean([result.estimates[name] for result in used.values()]) for name in PARAMETERS}
    best = used[key]
    if len(used) > 1:
        flags = tuple(dict.fromkeys(flag for result in used.values() for flag in result.flags))
        known = tuple({d.flag: d for result in (*used.values(), best) for d in result.doubts}.values())
        if together["vsini"][0].limit is None:
            flags = tuple(flag for flag in flags if flag != "upper_limit_vsini")
        estimates = {name: mean for name, (mean, _, _) in together.items()}
        best = replace(best, estimates=estimates, flags=flags, doubts=known)
    return Epochs(
        results=dict(results),
        combined=best,
        key=key,
        scatter={name: scatter for name, (_, scatter, _) in together.items()},
        excess={name: excess for name, (_, _, excess) in together.items()},
        velocity=_mean_velocity(list(used.values())),
    )


def _mean(estimates: Sequence[Estimate]) -> tuple[Estimate, float, float]:
    """Mean, scatter, and scatter over the mean interval."""
    given = [estimate for estimate in estimates if not estimate.withheld]
    if len(given) < 2:
        return (given or estimates)[0], np.nan, np.nan
    value, lower, upper = np.array([(e.value, e.lower, e.upper) for e in given]).T
    half = np.maximum(0.5 * (lower + upper), 1e-9)
    weight = half**-2 / np.sum(half**-2)
    scatter = float(np.std(value, ddof=1))
    limits = [estimate.limit for estimate in given if estimate.limit is not None]
    mean = Estimate(
        float(weight @ value),
        max(float(weight @ lower), scatter),
        max(float(weight @ upper), scatter),
        float(np.median(limits)) if 2 * len(limits) >= len(given) else None,
    )
    return mean, scatter, scatter / float(half.mean())


def _mean_velocity(results: Sequence[InferenceResult]) -> MeanVelocity | None:
    known = [r.prepared for r in results if r.prepared.rv_frame == "barycentric" and "rv_uncertain" not in r.flags]
    if len(known) < 2:
        return None
    value, weight = np.array([p.rv for p in known]), np.array([p.snr for p in known]) ** 2
    return MeanVelocity(float(np.average(value, weights=weight)), float(np.std(value, ddof=1)), len(known))

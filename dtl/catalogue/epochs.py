"""Several exposures of one star: which spectra are of one star, and what they say together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dtl.catalogue.places import same_place
from dtl.catalogue.published_stars import one_spelling, star_of
from dtl.flags import Doubt, doubts
from dtl.result import PARAMETERS, Estimate, InferenceResult
from dtl.rounding import estimate_words, listed

__all__ = ["Epochs", "MeanVelocity", "combine", "group_epochs", "identify"]

#: Mean intervals by which exposures differ from which on they are said to differ: the scatter of a constant star
#: exceeds two standard deviations in one pair of exposures of twenty.
_DIFFER = 2.0
#: km/s of scatter between exposures that wavelengths of different nights may have.
_SCATTER_OF_NIGHTS = 1.0


@dataclass(frozen=True)
class MeanVelocity:
    """The mean radial velocity of several exposures, all of them relative to the barycentre.

    Attributes:
        value: weighted by the squares of the signal-to-noise ratios, km/s.
        scatter: standard deviation, km/s.
        exposures: how many count.
        error: mean 1-sigma error of one, km/s; 0 where none is known.
    """

    value: float
    scatter: float
    exposures: int
    error: float = 0.0

    @property
    def differ(self) -> bool:
        """Whether the exposures differ by more than their errors and those of wavelengths can be."""
        return self.scatter > max(_DIFFER * self.error, _SCATTER_OF_NIGHTS)


@dataclass(frozen=True)
class Epochs:
    """The exposures of one star, and what they say together.

    Attributes:
        results: what is known of each exposure, by its key, in their order.
        combined: the result of the best exposure with the means of all, its flags and doubts those of all and one more
            where they differ, its bundle those of all in words; itself where one exposure counts.
        key: of the best exposure.
        scatter: parameter name -> standard deviation of the values in the parameter's unit, NaN where fewer than two
            count.
        excess: parameter name -> the same over the mean 1-sigma interval, which holds errors that all exposures share:
            far above 1 where the exposures differ by more than their intervals say. Of v sin i also how many intervals
            a measured mean lies above the lowest limit.
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
    star = star_of(spectrum, said)
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
    of the exposures where this is larger. For v sin i see `_mean_rotation`. Exposures whose values are in doubt do not
    count where there are others.

    Args:
        results: key of an exposure -> its result, one at least.
    """
    certain = {key: result for key, result in results.items() if not doubts(result.flags)}
    used = certain or dict(results)
    key = max(used, key=lambda k: used[k].prepared.snr)
    together = {
        name: (_mean_rotation if name == "vsini" else _mean)([result.estimates[name] for result in used.values()])
        for name in PARAMETERS
    }
    excess = {name: excess for name, (_, _, excess) in together.items()}
    best = used[key]
    if len(used) > 1:
        in_order = [best, *(result for result in used.values() if result is not best)]
        best = _mean_result(in_order, {name: mean for name, (mean, _, _) in together.items()}, excess)
    return Epochs(
        results=dict(results),
        combined=best,
        key=key,
        scatter={name: scatter for name, (_, scatter, _) in together.items()},
        excess=excess,
        velocity=_mean_velocity(list(used.values())),
    )


def _mean_result(
    results: Sequence[InferenceResult], estimates: dict[str, Estimate], excess: Mapping[str, float]
) -> InferenceResult:
    """The first of some results with the means of all: named as such, with what is to be said of all."""
    first, spectrum = results[0], results[0].prepared.spectrum
    star = next((r.prepared.spectrum.star for r in results if r.prepared.spectrum.star), "")
    flags = [flag for result in results for flag in result.flags if flag != "upper_limit_vsini"]
    said = [doubt for flag in dict.fromkeys(flags) for doubt in _said_of(flag, results)]
    differing = [name for name, times in excess.items() if times > _DIFFER]
    if differing:
        flags.append("exposures_differ")
        said.append(Doubt("exposures_differ", _difference(results, differing), tuple(differing)))
    if estimates["vsini"].limit is not None:
        flags.append("upper_limit_vsini")
        said.append(_not_resolved(estimates["vsini"], len(results)))
    return replace(
        first,
        prepared=replace(first.prepared, spectrum=replace(spectrum, star=star)),
        estimates=estimates,
        flags=tuple(dict.fromkeys(flags)),
        doubts=tuple(said),
        bundle=" and ".join(dict.fromkeys(result.bundle for result in results)),
        exposures=len(results),
    )


def _said_of(flag: str, results: Sequence[InferenceResult]) -> list[Doubt]:
    """What the first exposure with a flag says of it, with the name of its file, as figures differ between them."""
    having = [result for result in results if flag in result.flags]
    others = len(having) - 1
    words = f" (and likewise {others} other exposure{'s' if others > 1 else ''})" if others else ""
    known = [doubt for doubt in having[0].doubts if doubt.flag == flag]
    return [replace(d, sentence=f"{having[0].prepared.spectrum.file}{words}: {d.sentence}") for d in known]


def _difference(results: Sequence[InferenceResult], names: Sequence[str]) -> str:
    """The sentence on parameters in which exposures differ."""
    concerned = listed([PARAMETERS[name][0] for name in names])
    text = (
        f"The {len(results)} exposures differ by more than their intervals say in {concerned}: the star varies, or one "
        "of the exposures is at fault."
    )
    limits = [r.estimates["vsini"] for r in results if r.estimates["vsini"].limit is not None]
    if "vsini" in names and limits:
        lowest = min(limits, key=lambda estimate: estimate.limit)
        text += (
            f" v sin i is the mean of the exposures in which it was measured; {len(limits)} of {len(results)} give "
            f"an upper limit, the lowest {estimate_words('vsini', lowest)}."
        )
    return text


def _not_resolved(estimate: Estimate, count: int) -> Doubt:
    """The limit of v sin i from exposures that are all limits."""
    sentence = (
        f"The rotation is resolved in none of the {count} exposures: v sin i {estimate_words('vsini', estimate)} "
        "(95 %), the lowest of their limits. This says nothing against the other parameters."
    )
    return Doubt("upper_limit_vsini", sentence, ("vsini",), estimate.value, estimate.limit)


def _mean(estimates: Sequence[Estimate]) -> tuple[Estimate, float, float]:
    """Mean, scatter, and scatter over the mean interval."""
    given = [estimate for estimate in estimates if not estimate.withheld]
    if len(given) < 2:
        return (given or estimates)[0], np.nan, np.nan
    value, lower, upper = np.array([(e.value, e.lower, e.upper) for e in given]).T
    half = np.maximum(0.5 * (lower + upper), 1e-9)
    weight = half**-2 / np.sum(half**-2)
    scatter = float(np.std(value, ddof=1))
    mean = Estimate(
        float(weight @ value), max(float(weight @ lower), scatter), max(float(weight @ upper), scatter), None
    )
    return mean, scatter, scatter / float(half.mean())


def _mean_rotation(estimates: Sequence[Estimate]) -> tuple[Estimate, float, float]:
    """Mean of v sin i, scatter, and how many intervals the exposures differ by, where some may be upper limits.

    An upper limit is the rotation that would have been measured in 95 of 100 such exposures (Kashyap et al. 2010, ApJ
    719, 900). It follows from the intervals of the exposure and not from its value, see
    `dtl.inference.judgement.limit_rotation`. So where all are limits the lowest holds: it is that of the exposure which
    would have shown the slowest rotation, and no lucky draw. Values below the limits are none that were measured, and
    their scatter says nothing. Where rotation is measured in some, the mean is that of these; a limit below it by more
    than its intervals contradicts it.
    """
    given = [estimate for estimate in estimates if not estimate.withheld]
    measured = [estimate for estimate in given if estimate.limit is None]
    limits = [estimate for estimate in given if estimate.limit is not None]
    if not measured or not limits:
        return (min(limits, key=lambda e: e.limit), np.nan, np.nan) if limits else _mean(estimates)
    mean, scatter, excess = _mean(measured)
    beyond = (mean.value - min(estimate.limit for estimate in limits)) / max(mean.lower, 1e-9)
    return mean, scatter, float(np.fmax(excess, max(beyond, 0.0)))


def _mean_velocity(results: Sequence[InferenceResult]) -> MeanVelocity | None:
    known = [r.prepared for r in results if r.prepared.rv_frame == "barycentric" and "rv_uncertain" not in r.flags]
    if len(known) < 2:
        return None
    value, weight = np.array([p.rv for p in known]), np.array([p.snr for p in known]) ** 2
    errors = [p.rv_error for p in known if p.rv_error is not None]
    mean, scatter = float(np.average(value, weights=weight)), float(np.std(value, ddof=1))
    return MeanVelocity(mean, scatter, len(known), float(np.mean(errors)) if errors else 0.0)

"""The sample of an adaptation: one spectrum a star, of stars that belong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import block_diag

from dtl.bundle.model import ModelBundle
from dtl.catalogue.epochs import group_epochs
from dtl.flags import doubts
from dtl.inference.gradients import member_slopes
from dtl.inference.infer import encode_with_gaps, infer_in_parts, noise_covariance
from dtl.result import PARAMETERS, InferenceResult
from dtl.spectrum import PreparedSpectrum, UnusableInput

__all__ = ["MIN_STARS", "Sample", "all_distinct", "by_star", "coadd", "same_star", "select_sample", "usable_stars"]

#: Stars from which a gap can be told from what one of them has of its own. Adapted to fewer, simulated stars came out
#: with errors of 45 K and more, above those of the networks before.
MIN_STARS = 10
#: Doubts about a spectrum itself, whatever the networks; a star with one of them teaches nothing.
_DAMAGED = {
    "rv_uncertain",
    "rv_implausible",
    "wavelengths_doubtful",
    "resolution_too_low",
    "value_withheld",
    "snr_implausible",
}
#: Up to this part of the stars those unlike the models are left out; where there are more, it is the gap that is new.
_MINORITY = 1 / 3
#: Mean squared difference of two spectra, in units of that of their noise, below which they are of one star: 1 for one
#: star, with a standard deviation of 0.06; of different stars of a sample one pair in a hundred at S/N 50 to 300.
_ALIKE = 1.15
#: How a user says so where spectra that look alike are of different stars.
_SAY_SO = "say so (--distinct, or “Each spectrum is of another star” in the app)."
#: Chi squared of four parameters that one star in a thousand exceeds, and what exposures of one star differ by beyond
#: photon noise, as continuum and velocity do: K, dex, dex, km/s.
_CHI_SQUARED, _EXPOSURES = 18.5, np.array([4.0, 0.01, 0.01, 0.1])


@dataclass(frozen=True)
class Sample:
    """What is learned from.

    Attributes:
        spectra: one a star, exposures of one star together.
        exposures: indices of the given spectra that each was made from.
        left_out: one sentence for each given spectrum that is not among them.
        merged: one sentence for each star whose spectra were found to be of one star by their likeness alone.
    """

    spectra: list[PreparedSpectrum]
    exposures: list[tuple[int, ...]]
    left_out: list[str]
    merged: list[str]

    def best(self, prepared: Sequence[PreparedSpectrum]) -> list[int]:
        """Which of the given spectra is the best of each star."""
        return [max(star, key=lambda i: prepared[i].snr) for star in self.exposures]


def all_distinct(prepared: Sequence[PreparedSpectrum]) -> Sample:
    """The sample of stars that are known to be distinct and alike, as those of a simulated survey."""
    return Sample(list(prepared), [(i,) for i in range(len(prepared))], [], [])


def by_star(results: Sequence[InferenceResult], *, distinct: bool = False) -> list[tuple[int, ...]]:
    """Indices of the spectra of each star, by name and place; each spectrum alone where they are of distinct stars."""
    if distinct:
        return [(i,) for i in range(len(results))]
    groups = group_epochs({str(i): result for i, result in enumerate(results)})
    return [tuple(int(key) for key in epochs.results) for epochs in groups]


def usable_stars(
    results: Sequence[InferenceResult], *, distinct: bool = False
) -> tuple[list[tuple[int, ...]], list[str]]:
    """Indices of the spectra of each star that can be learned from, and one sentence for each spectrum that cannot.

    What `select_sample` begins with; it may find fewer stars, as it also joins spectra by their likeness.

    Args:
        results: what the networks that are to be adapted gave for the spectra.
        distinct: each spectrum is of a star of its own.
    """
    kept, left_out = _belonging(results)
    groups = by_star([results[i] for i in kept], distinct=distinct)
    return [tuple(kept[i] for i in star) for star in groups], left_out


def select_sample(prepared: Sequence[PreparedSpectrum], bundle: ModelBundle, *, distinct: bool = False) -> Sample:
    """One spectrum a star, of one instrument and without what is damaged or unlike the others.

    Exposures of one star, by name, place, or because they differ by no more than their noise, are coadded: thirty of
    them say no more of how stars differ from models than one does.

    Args:
        prepared: the spectra, prepared for the bundle.
        bundle: to be adapted, which judges them.
        distinct: each spectrum is of a star of its own, as the user says; neither name, place nor likeness joins any.

    Raises:
        UnusableInput: where fewer than ten stars are left.
    """
    results = infer_in_parts(prepared, bundle)
    stars, left_out = usable_stars(results, distinct=distinct)
    merged: list[str] = []
    if stars and not distinct:
        stars, merged = _merged(stars, prepared, bundle)
    sample = Sample([coadd([prepared[i] for i in star]) for star in stars], stars, left_out, merged)
    if len(stars) < MIN_STARS:
        raise UnusableInput(_too_few(sample, len(prepared)))
    return sample


def _too_few(sample: Sample, given: int) -> str:
    stars = len(sample.spectra)
    of = f"{stars} {'star' if stars == 1 else 'stars'}"
    used = given - len(sample.left_out)
    if stars < used:
        of = f"{used} spectra of {of}"
    more = (
        f" (left out: {len(sample.left_out)}, the first as {sample.left_out[0].rstrip('.')})" if sample.left_out else ""
    )
    told = f" Where spectra that look alike are of different stars, {_SAY_SO}" if sample.merged else ""
    return (
        f"Distinct stars: {stars}, too few: the {of} cannot tell how stars differ from models from what one star has "
        f"of its own, and the networks would become worse{more}. Give {MIN_STARS} stars at least, better thirty; "
        f"until then use {'the networks as they are' if stars else 'others'}.{told}"
    )


def _belonging(results: Sequence[InferenceResult]) -> tuple[list[int], list[str]]:
    """Indices of the spectra that belong together, and why others do not."""
    left_out: dict[int, str] = {}
    instruments = Counter(result.prepared.spectrum.instrument or "" for result in results)
    usual = instruments.most_common(1)[0][0] if instruments else ""
    for i, result in enumerate(results):
        spectrum = result.prepared.spectrum
        if (spectrum.instrument or "") != usual:
            left_out[i] = (
                f"{spectrum.file} was taken with {spectrum.instrument or 'an unknown instrument'}, most others with "
                f"{usual or 'an unknown one'}; it was left out, for each instrument has differences of its own."
            )
        elif damaged := sorted(_DAMAGED & set(result.flags)):
            left_out[i] = f"{spectrum.file} is flagged {', '.join(damaged)}; it was left out."
    rest = [i for i in range(len(results)) if i not in left_out]
    strange = [i for i in rest if doubts(results[i].flags)]
    if len(strange) <= _MINORITY * len(rest):
        for i in strange:
            flags = ", ".join(doubts(results[i].flags))
            left_out[i] = (
                f"{results[i].prepared.spectrum.file} is flagged {flags}, which most others are not; it was left out."
            )
    return [i for i in range(len(results)) if i not in left_out], [left_out[i] for i in sorted(left_out)]


def _merged(
    stars: list[tuple[int, ...]], prepared: Sequence[PreparedSpectrum], bundle: ModelBundle
) -> tuple[list[tuple[int, ...]], list[str]]:
    """Groups joined whose spectra differ by no more than their noise, and what is to be said of that."""
    coadds = [coadd([prepared[i] for i in star]) for star in stars]
    # Networks that bear many gaps and those of models alone feel different things.
    answers = [_answers(coadds, networks) for networks in (bundle, bundle.source)]
    groups: list[list[int]] = []
    for new in range(len(stars)):
        home = next(
            (
                g
                for g in groups
                if same_star(coadds[new], coadds[g[0]])
                and all(_same_answer(of_one[new], of_one[g[0]]) for of_one in answers)
            ),
            None,
        )
        if home is None:
            groups.append([new])
        else:
            home.append(new)
    joined = [tuple(i for star in group for i in stars[star]) for group in groups]
    said = [
        f"{', '.join(coadds[star].spectrum.file for star in group)}: differ by no more than their noise and count as "
        f"one star; where they are of different stars, {_SAY_SO}"
        for group in groups
        if len(group) > 1
    ]
    return joined, said


def same_star(one: PreparedSpectrum, other: PreparedSpectrum) -> bool:
    """Whether two spectra differ by no more than their noise."""
    good = one.good & other.good
    if not good.any():
        return False
    variance = one.uncertainty[good] ** 2 + other.uncertainty[good] ** 2
    return float(np.mean((one.flux - other.flux)[good] ** 2 / variance)) < _ALIKE


def _answers(spectra: Sequence[PreparedSpectrum], bundle: ModelBundle) -> list[tuple[np.ndarray, np.ndarray]]:
    """Parameters of each spectrum ``(4,)`` and their covariance by photon noise alone ``(4, 4)``."""
    flux, good = (np.stack([getattr(p, part) for p in spectra]) for part in ("flux", "good"))
    slopes = member_slopes(encode_with_gaps(flux, good, bundle)[0], bundle)
    noise = noise_covariance(slopes, spectra, bundle)
    counts = [len(slopes.values[name]) for name in PARAMETERS]
    means = block_diag(*(np.full((1, count), 1.0 / count) for count in counts))
    values = np.stack([slopes.values[name].mean(axis=0) for name in PARAMETERS], axis=1)
    return list(zip(values, means @ noise @ means.T, strict=True))


def _same_answer(one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> bool:
    """Whether parameters differ by no more than by noise: chi squared of the difference of four values."""
    difference = one[0] - other[0]
    covariance = one[1] + other[1] + np.diag(_EXPOSURES**2)
    return float(difference @ np.linalg.solve(covariance, difference)) < _CHI_SQUARED


def coadd(exposures: Sequence[PreparedSpectrum]) -> PreparedSpectrum:
    """Exposures of one star in one: the mean of the points that each has, weighted by the inverse variances.

    The rest is that of the exposure with the highest signal-to-noise ratio.
    """
    best = max(exposures, key=lambda exposure: exposure.snr)
    if len(exposures) == 1:
        return best
    weight = np.stack([np.where(e.good, np.maximum(e.uncertainty, 1e-9) ** -2.0, 0.0) for e in exposures])
    total = weight.sum(axis=0)
    good = total > 0
    flux = np.where(good, (weight * [e.flux for e in exposures]).sum(axis=0) / np.where(good, total, 1.0), best.flux)
    return replace(
        best,
        flux=flux,
        uncertainty=np.where(good, 1.0 / np.sqrt(np.where(good, total, 1.0)), best.uncertainty),
        good=good,
        snr=float(np.sqrt(sum(e.snr**2 for e in exposures))),
    )

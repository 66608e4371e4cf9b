"""What an adapted bundle is worth: intervals calibrated anew, what the belief about the sample does, and a verdict.

There is no truth about the stars that a bundle was adapted to. What can be measured without one: how far the answers
move where the sample is believed to be another, or is another half of itself; and how well models are found again that
differ from the others by the gap that was learned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch

from dtl.bundle.calibration import Calibration
from dtl.bundle.card import number
from dtl.bundle.model import ModelBundle
from dtl.evaluation.calibration_fit import CALIBRATION_SNR, fit_calibration, intervals
from dtl.evaluation.survey_accuracy import observe, prepared_flux
from dtl.result import PARAMETERS
from dtl.simulation.survey import SurveySettings
from dtl.spectrum import PreparedSpectrum
from dtl.training.augmentation import Augmentation, add_noise, augment
from dtl.transfer.adaptation import adapt
from dtl.transfer.fine_tuning import TransferSettings, transfer
from dtl.transfer.gap_injection import GapInjector
from dtl.transfer.gap_learning import GapShape
from dtl.transfer.sample import Sample

__all__ = ["MAX_SHIFT", "Verdict", "adapt_to_sample", "judge", "shares", "shift_in_words"]

#: By which mean change of Teff [K] and [M/H] an adaptation needs the user's consent.
MAX_SHIFT = {"teff": 40.0, "mh": 0.1}
#: Rounds in which networks that are adapted already follow another belief or another half of the stars.
_ROUNDS = 3
#: Simulated stars that calibrate and judge, and within which Teff [K] their models are like one of the sample's.
_STARS, _ALIKE = 240, 100.0
#: Signal-to-noise ratio and pixel, in points of the grid, at which before and after are judged.
_JUDGED_SNR, _PIXEL = 100.0, 5
#: Errors that differ by less than this part are alike.
_DIFFERENT = 0.05
_CALIBRATED = (
    "The intervals were calibrated on simulated stars that differ from models by the learned gap; they hold what an "
    "error of the believed mean [M/H], and another choice of the stars, would change."
)


@dataclass(frozen=True)
class Verdict:
    """Whether an adaptation made the answers better.

    Attributes:
        word: ``better``, ``not better`` or ``unknown``.
        sentence: why.
        rmse: ``before`` and ``after`` -> parameter -> error of simulated stars with the learned gap.
    """

    word: str
    sentence: str
    rmse: dict[str, dict[str, float]]


def adapt_to_sample(
    bundle: ModelBundle,
    sample: Sample,
    *,
    name: str | None = None,
    digests: Sequence[str | None] | None = None,
    settings: TransferSettings = TransferSettings(),
    seed: int = 42,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
    watch: Callable[[dict[str, float]], None] = lambda row: None,
) -> ModelBundle:
    """Adapt a bundle to the stars of a sample, calibrate it anew, and judge what came of it.

    The card's entry ``adapted`` says beside what `dtl.transfer.adaptation.adapt` tells: ``stars`` and ``left_out``;
    ``shares``, by how much each parameter moves with the belief about the mean [M/H] and with the choice of the stars,
    which is in the intervals; and ``verdict``.

    Args:
        bundle: to start from.
        sample: one spectrum a star.
        name: of the new bundle; None for that of the bundle with ``-adapted``.
        digests: sha256 of the file of each of the sample's spectra, for the card.
        settings: of the transfer.
        seed: of everything random.
        progress: called with the fraction done and a word; what it raises ends the work.
        watch: called with each row of the history of the transfer as soon as it is known.

    Raises:
        UnusableInput: for a mean [M/H] that no model has.
    """
    adapted = adapt(
        bundle,
        sample.spectra,
        name=name,
        digests=digests,
        settings=settings,
        seed=seed,
        progress=lambda part, text: progress(0.6 * part, text),
        watch=watch,
    )
    told = shares(
        adapted, sample.spectra, settings, seed=seed, progress=lambda part: progress(0.6 + 0.25 * part, "beliefs")
    )
    progress(0.85, "calibration")
    calibrated, verdict = judge(bundle, adapted, sample.spectra, told, settings, seed=seed)
    progress(1.0, "")
    entry = calibrated.card["adapted"] | {
        "stars": len(sample.spectra),
        "exposures": sum(map(len, sample.exposures)),
        "left_out": sample.left_out,
        "merged": sample.merged,
        "shares": told,
        "verdict": asdict(verdict),
    }
    said = calibrated.card["limits"]
    limits = [*said[:3], _CALIBRATED, *said[3:]]  # before what was said of the bundle as it was
    return replace(calibrated, card=calibrated.card | {"adapted": entry, "limits": limits})


def shares(
    adapted: ModelBundle,
    spectra: Sequence[PreparedSpectrum],
    settings: TransferSettings,
    *,
    seed: int = 42,
    progress: Callable[[float], None] = lambda fraction: None,
) -> dict[str, dict[str, float]]:
    """By how much the parameters move with what is believed of the sample, and with which stars are in it.

    The networks go on learning with another mean [M/H], its error away, and from half of the stars. The mean of a half
    differs from that of the whole by as much as the whole from all such stars, in the mean of many samples.

    Args:
        adapted: the bundle, adapted to the spectra.
        spectra: one a star.
        settings: of its transfer.
        seed: of the half and everything else random.
        progress: called with the fraction done.

    Returns:
        ``mean_mh`` and ``stars`` -> parameter -> rms change over the stars, in the parameter's unit.
    """
    flux = prepared_flux(adapted, list(spectra))
    order = np.random.default_rng(seed).permutation(len(flux))
    half = len(flux) // 2
    population = settings.population
    runs = [("stars", order[:half], population)]
    if population.mean_mh is not None and len(flux) >= population.least:
        low, high = adapted.nodes[:, 2].min(), adapted.nodes[:, 2].max()
        step = population.mean_mh_error * (1.0 if population.mean_mh < 0.5 * (low + high) else -1.0)
        runs.append(("mean_mh", order, replace(population, mean_mh=population.mean_mh + step)))
    enough = len(flux) >= population.least
    before = adapted.parameters(flux)
    moves: dict[str, np.ndarray] = {}
    for i, (why, rows, belief) in enumerate(runs):
        known = replace(belief, least=min(belief.least, half)) if enough else belief
        how = replace(settings, rounds=min(_ROUNDS, settings.rounds), population=known)
        again = transfer(
            adapted, flux[rows], how, seed=seed + i, progress=lambda part, text, i=i: progress((i + part) / len(runs))
        )
        moves[why] = again.bundle.parameters(flux) - before
    return {
        why: dict(zip(PARAMETERS, np.sqrt(np.mean(np.square(changes), axis=0)).tolist(), strict=True))
        for why, changes in moves.items()
    }


def judge(
    before: ModelBundle,
    adapted: ModelBundle,
    spectra: Sequence[PreparedSpectrum],
    told: dict[str, dict[str, float]],
    settings: TransferSettings,
    *,
    seed: int = 42,
) -> tuple[ModelBundle, Verdict]:
    """The adapted bundle with intervals calibrated on simulated stars that have its learned gap, and a verdict.

    Args:
        before: the bundle as it was given.
        adapted: after the transfer.
        spectra: of the sample, one a star.
        told: see `shares`; their squares are added to those of the intervals.
        settings: of the transfer.
        seed: of the simulated stars.
    """
    raw = replace(adapted, card=adapted.card | {"calibration": {name: asdict(Calibration()) for name in PARAMETERS}})
    truth, flux = _stars(adapted, spectra, settings, seed)
    found = {
        snr: intervals(observe(raw, _spectra(flux, snr, spectra[0], seed + i))) for i, snr in enumerate(CALIBRATION_SNR)
    }
    calibration = {}
    for column, name in enumerate(PARAMETERS):
        fitted = fit_calibration([found[snr][name] for snr in CALIBRATION_SNR], [truth[:, column]] * len(found))
        extra = sum(share[name] ** 2 for share in told.values())
        calibration[name] = asdict(replace(fitted, floor=float(np.sqrt(fitted.floor**2 + extra))))
    rmse = {"after": _rmse(found[_JUDGED_SNR], truth)}
    rmse["before"] = _rmse(intervals(observe(before, _spectra(flux, _JUDGED_SNR, spectra[0], seed))), truth)
    return replace(adapted, card=adapted.card | {"calibration": calibration}), _verdict(rmse, adapted, told)


def _stars(
    bundle: ModelBundle, spectra: Sequence[PreparedSpectrum], settings: TransferSettings, seed: int
) -> tuple[np.ndarray, torch.Tensor]:
    """Parameters ``(k, 4)`` and noise-free flux ``(k, n)`` of simulated stars like those of the sample."""
    estimates = bundle.parameters(prepared_flux(bundle, list(spectra)))
    alike = np.exp(-0.5 * ((bundle.nodes[:, None, 0] - estimates[None, :, 0]) / _ALIKE) ** 2).sum(axis=1)
    often = alike * settings.population.weights(bundle.nodes)
    rows = np.random.default_rng(seed).choice(len(often), _STARS, p=often / often.sum())
    generator = torch.Generator().manual_seed(seed)
    shape = GapShape(
        bundle.gap, float(bundle.card["adapted"]["gap"]["strength"]), np.zeros((0, len(bundle.wavelength)))
    )
    clean = torch.from_numpy(bundle.decode(bundle.latents[rows]))
    gapped = GapInjector.of_nodes(shape, bundle, rows)(clean, torch.arange(len(rows)), generator)
    gapped = _misresolved(gapped, bundle, generator)
    quiet = Augmentation(clean_fraction=1.0, depth=settings.depth)
    return bundle.nodes[rows].astype(float), augment(gapped, quiet, bundle.window, generator)


def _misresolved(flux: torch.Tensor, bundle: ModelBundle, generator: torch.Generator) -> torch.Tensor:
    """Flux ``(k, n)`` as if its resolution were not quite the stated one, by the errors of simulated surveys.

    A Gaussian whose variance changes by d changes a spectrum by d/2 times its second derivative, to first order.
    """
    step = float(bundle.wavelength[1] - bundle.wavelength[0])
    sigma = bundle.window.centre / bundle.resolution / 2.3548 / step
    change = -2.0 * SurveySettings().resolution_error * sigma**2 * torch.randn(len(flux), 1, generator=generator)
    apart = max(round(sigma), 1)
    bent = torch.zeros_like(flux)
    middle = flux[:, apart:-apart]
    bent[:, apart:-apart] = (flux[:, 2 * apart :] - 2.0 * middle + flux[:, : -2 * apart]) / apart**2
    return flux + 0.5 * change * bent


def _spectra(flux: torch.Tensor, snr: float, like: PreparedSpectrum, seed: int) -> list[PreparedSpectrum]:
    """Simulated stars as prepared spectra at one signal-to-noise ratio."""
    generator = torch.Generator().manual_seed(seed)
    noisy = add_noise(flux, torch.full((len(flux),), snr), _PIXEL, generator).numpy()
    sigma = np.sqrt(np.maximum(flux.numpy(), 0.05)) / snr
    pixel = _PIXEL * float(like.wavelength[1] - like.wavelength[0])
    plain = replace(
        like,
        good=np.ones(flux.shape[1], dtype=bool),
        pixel=pixel,
        snr=snr,
        fwhm=0.0,
        flags=(),
        doubts=(),
        steps=(),
        masked=None,
    )
    return [replace(plain, flux=f, uncertainty=s) for f, s in zip(noisy, sigma, strict=True)]


def _rmse(found: dict[str, np.ndarray], truth: np.ndarray) -> dict[str, float]:
    return {
        name: float(np.sqrt(np.nanmean((found[name][:, 0] - truth[:, column]) ** 2)))
        for column, name in enumerate(PARAMETERS)
    }


def _verdict(rmse: dict[str, dict[str, float]], adapted: ModelBundle, told: dict[str, dict[str, float]]) -> Verdict:
    """In words; what the choice of the stars moves counts as an error of the adapted bundle."""
    after = {name: float(np.hypot(rmse["after"][name], told["stars"][name])) for name in PARAMETERS}
    ratio = {name: after[name] / rmse["before"][name] for name in PARAMETERS}
    better = [PARAMETERS[name][0] for name in PARAMETERS if ratio[name] < 1 - _DIFFERENT]
    worse = [PARAMETERS[name][0] for name in PARAMETERS if ratio[name] > 1 + _DIFFERENT]
    residual = adapted.card["adapted"]["gap"]["residual_rms"]
    fits = residual["after"] <= residual["before"]
    how = (
        f"simulated stars with the learned gap are found with smaller errors in {', '.join(better) or 'nothing'}"
        + (f" and larger ones in {', '.join(worse)}" if worse else "")
        + f"; the spectra are {'reconstructed better than before' if fits else 'not reconstructed better'}"
    )
    if better and not worse and fits:
        return Verdict("better", f"Better: {how}.", rmse)
    if not better:
        return Verdict("not better", f"Not better: {how}.", rmse)
    return Verdict("unknown", f"Not to be known: {how}.", rmse)


def shift_in_words(adapted: ModelBundle) -> str:
    """One sentence where the sample as a whole moved by more than `MAX_SHIFT`; empty where it did not."""
    moved = []
    for name, most in MAX_SHIFT.items():
        change = number(adapted.card, "adapted", "mean_change", name) or 0.0
        if abs(change) > most:
            label, unit, places = PARAMETERS[name]
            moved.append(f"{label} by {change:+.{places}f} {unit} (limit {most:g})".replace("-", "−"))
    if not moved:
        return ""
    return (
        f"The adaptation moves the sample as a whole: mean {' and mean '.join(moved)}. Either the networks before were "
        "wrong for these stars, or what was taken as known of them is: their mean [M/H] above all, whose error goes "
        "into Teff with 200 to 450 K per dex. Say the mean [M/H] that you know of them."
    )

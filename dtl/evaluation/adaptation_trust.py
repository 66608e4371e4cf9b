"""What an adapted bundle is worth: intervals calibrated anew, what the belief about the sample does, and a verdict.

There is no truth about the stars that a bundle was adapted to. What can be measured without one: how far the answers
move where the sample is believed to be another, or is another half of itself; and how well models are found again that
differ from the others by the gap that was learned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from dtl.bundle.calibration import Calibration
from dtl.bundle.card import number
from dtl.bundle.model import ModelBundle
from dtl.evaluation.anchored_adaptation import follow_anchors
from dtl.evaluation.belief_shares import inherited, moves, shares
from dtl.evaluation.calibration_fit import CALIBRATION_SNR, fit_calibration, intervals
from dtl.evaluation.simulated_sample import as_observed, stars_like
from dtl.evaluation.survey_accuracy import prepared_flux
from dtl.inference.infer import infer_in_parts
from dtl.inference.prior import prior_of
from dtl.result import PARAMETERS
from dtl.rounding import listed
from dtl.spectrum import PreparedSpectrum
from dtl.transfer.adaptation import adapt
from dtl.transfer.anchors import Anchor
from dtl.transfer.fine_tuning import TransferSettings
from dtl.transfer.sample import Sample
from dtl.transfer.trust_in_start import with_trust

__all__ = ["MAX_SHIFT", "Verdict", "adapt_to_sample", "judge", "shift_in_words"]

#: By which mean change of Teff [K] and [M/H] an adaptation needs the user's consent.
MAX_SHIFT = {"teff": 40.0, "mh": 0.1}
#: Signal-to-noise ratio at which before and after are judged.
_JUDGED_SNR = 100.0
#: Errors that differ by less than this part are alike.
_DIFFERENT = 0.05
#: Parts of the work, by processor time without anchors, that are done after transfer, moves and anchors.
_LEARNED, _MOVED, _ANCHORED = 0.36, 0.97, 0.98
_CALIBRATED = "The intervals were calibrated on simulated stars that differ from models by the learned gap. "
#: What the intervals allow for beside, as `dtl.evaluation.belief_shares` and anchors tell.
_HELD = {
    "mean_mh": "an error of the mean [M/H] taken as known",
    "sequence": "an error of the main sequence",
    "anchors": "errors of the anchors",
    "start": "errors of the zero points of Teff and v sin i that the networks had before",
    "stars": "the choice of the stars",
}


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
    anchors: Sequence[Anchor] = (),
    seed: int = 42,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
    watch: Callable[[dict[str, float]], None] = lambda row: None,
) -> ModelBundle:
    """Adapt a bundle to the stars of a sample, calibrate it anew, and judge what came of it.

    The card's entry ``adapted`` says beside what `dtl.transfer.adaptation.adapt` tells: ``stars`` and ``left_out``;
    ``shares``, see `dtl.evaluation.belief_shares`, which are in the intervals, ``start`` for what is taken from the
    bundle as it was; ``verdict``; and ``anchors``, what they
    say of the zero points, which the networks then follow in place of the belief about the mean [M/H].

    Args:
        bundle: to start from.
        sample: one spectrum a star.
        name: of the new bundle, that of the old with ``-adapted`` by default.
        digests: sha256 of the file of each of the sample's spectra, for the card.
        settings: of the transfer.
        anchors: stars of the sample whose parameters are known; see `dtl.transfer.anchors`.
        seed: of everything random.
        progress: called with the fraction done and a word; what it raises ends the work.
        watch: called with each row of the transfer's history.

    Raises:
        UnusableInput: for a mean [M/H] that no model has.
    """
    details = {"name": name, "digests": digests, "seed": seed}
    course = {"progress": lambda part, text: progress(_LEARNED * part, text), "watch": watch}
    adapted = adapt(bundle, sample.spectra, settings=settings, **course, **details)
    settings = with_trust(bundle, prepared_flux(bundle, sample.spectra), settings)
    start = None if settings.trusted or prior_of(bundle.card) is None else bundle
    course = {"progress": lambda part: progress(_LEARNED + (_MOVED - _LEARNED) * part, "beliefs")}
    moved = moves(adapted, sample.spectra, settings, start=start, seed=seed, **course)
    told = shares(moved)
    if anchors:
        adapted, settings, told = follow_anchors(
            bundle,
            adapted,
            sample.spectra,
            anchors,
            settings=settings,
            moved=moved,
            progress=lambda part, text: progress(_MOVED + (_ANCHORED - _MOVED) * part, text),
            **details,
        )
    if taken := inherited(bundle):
        told |= {"start": taken | ({"teff": 0.0} if anchors else {})}  # anchors say the zero point of Teff
    progress(_ANCHORED, "calibration")
    done = _with_verdict(*judge(bundle, adapted, sample.spectra, told, settings, seed=seed), sample, told)
    progress(1.0, "")
    return done


def _with_verdict(
    bundle: ModelBundle, verdict: Verdict, sample: Sample, told: dict[str, dict[str, float]]
) -> ModelBundle:
    """The adapted bundle with a card that says what it learned from and what it is worth."""
    entry = bundle.card["adapted"] | {
        "stars": len(sample.spectra),
        "exposures": sum(map(len, sample.exposures)),
        "left_out": sample.left_out,
        "merged": sample.merged,
        "shares": told,
        "verdict": asdict(verdict),
    }
    said = bundle.card["limits"]
    held = "; ".join(words for why, words in _HELD.items() if why in told)
    calibrated = _CALIBRATED + (f"They allow for: {held}." if held else "")
    limits = [*said[:3], calibrated.strip(), *said[3:]]  # before what was said of the bundle
    return replace(bundle, card=bundle.card | {"adapted": entry, "limits": limits})


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
        told: see `dtl.evaluation.belief_shares.shares`; their squares are added to those of the intervals.
        settings: of the transfer.
        seed: of the simulated stars.
    """
    raw = replace(adapted, card=adapted.card | {"calibration": {name: asdict(Calibration()) for name in PARAMETERS}})
    truth, flux = stars_like(adapted, spectra, settings, seed)
    observed = {snr: as_observed(flux, snr, spectra[0], seed + i) for i, snr in enumerate(CALIBRATION_SNR)}
    found = {snr: intervals(infer_in_parts(stars, raw)) for snr, stars in observed.items()}
    calibration = {}
    for column, name in enumerate(PARAMETERS):
        fitted = fit_calibration([found[snr][name] for snr in CALIBRATION_SNR], [truth[:, column]] * len(found))
        # The simulated stars scatter about the main sequence by more than its own error; Teff must not have followed.
        extra = sum(share[name] ** 2 for why, share in told.items() if why != "sequence" or not settings.trusted)
        calibration[name] = asdict(replace(fitted, floor=float(np.sqrt(fitted.floor**2 + extra))))
    rmse = {"after": _rmse(found[_JUDGED_SNR], truth)}
    rmse["before"] = _rmse(intervals(infer_in_parts(observed[_JUDGED_SNR], before)), truth)
    return replace(adapted, card=adapted.card | {"calibration": calibration}), _verdict(rmse, adapted, told)


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
        f"simulated stars with the learned gap are found with smaller errors in {listed(better) or 'nothing'}"
        + (f" and larger ones in {listed(worse)}" if worse else "")
        + f"; the spectra are {'reconstructed better than before' if fits else 'not reconstructed better'}"
    )
    if better and not worse and fits:
        return Verdict("better", f"Better: {how}.", rmse)
    if not better:
        return Verdict("not better", f"Not better: {how}.", rmse)
    return Verdict("unknown", f"Better or not, this does not tell: {how}.", rmse)


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

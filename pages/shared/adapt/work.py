"""The work of the page Adapt as one job: spectra, transfer, and the comparison of before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dtl.readers import limits
from dtl.result import InferenceResult
from dtl.spectrum import UnusableInput
from dtl.transfer.fine_tuning import TransferSettings
from pages.shared.adapt.job import Cancelled, Job, Reporter
from pages.shared.core import apart

if TYPE_CHECKING:
    import numpy as np

    from dtl.bundle.model import ModelBundle
    from dtl.evaluation.comparison import AdaptationComparison
    from dtl.spectrum import PreparedSpectrum

__all__ = ["Adapted", "Plan", "adapt_elsewhere", "start"]

#: Parts of the whole that are done after the simulation and after the transfer.
_SIMULATED, _TRANSFERRED = 0.06, 0.97
#: Word of `dtl.evaluation.adaptation_trust.adapt_to_sample` -> what is being done; rounds are called by their number.
_PARTS = {
    "before": "Reading the spectra with the networks as they are",
    "": "Learning",
    "beliefs": "Learning again with other things taken as known, to tell what the answers owe to them",
    "calibration": "Calibrating the intervals",
}


@dataclass(frozen=True)
class Plan:
    """What is to be done.

    Attributes:
        bundle: to adapt.
        name: of the new one.
        settings: of the transfer.
        seed: of everything random.
        spectra: the user's, by their keys in the visit; empty for a simulated survey.
        stars: of the simulated survey.
        distinct: whether each of the user's spectra is of a star of its own.
        scale: of the published values of stars among them that fix the zero points, see `dtl.transfer.anchors`; empty
            for none.
    """

    bundle: ModelBundle
    name: str
    settings: TransferSettings
    seed: int
    spectra: dict[str, InferenceResult]
    stars: int = 0
    distinct: bool = False
    scale: str = ""


@dataclass(frozen=True)
class Adapted:
    """What came of it.

    Attributes:
        plan: what was asked for.
        bundle: the adapted networks, as they are when saved and read back.
        change: what the spectra look like before and after.
    """

    plan: Plan
    bundle: ModelBundle
    change: AdaptationComparison

    @property
    def simulated(self) -> bool:
        """Whether the spectra are those of a simulated survey."""
        return not self.plan.spectra


class _Sender:
    """Says from another process how far the work is, as a `Reporter` does in this one."""

    def __init__(self, tell: Callable[..., object]) -> None:
        self._tell = tell

    def progress(self, fraction: float, text: str) -> None:
        """Say how far it is."""
        self._tell("progress", float(fraction), text)

    def watch(self, row: dict[str, object]) -> None:
        """Report a row of figures."""
        self._tell("watch", row)


def start(plan: Plan) -> Job:
    """Begin, in a process of its own where there are such."""
    work = _send if apart.running() else _work
    return Job(lambda reporter: work(plan, reporter), "The adaptation")


def _send(plan: Plan, reporter: Reporter) -> Adapted:
    """Have the work done in another process."""
    from dtl.isolation.processes import Ended

    slim = {key: replace(r, prepared=replace(r.prepared, steps=())) for key, r in plan.spectra.items()}
    sent = replace(plan, bundle=replace(plan.bundle), spectra=slim)  # without what was computed on the way
    try:
        card, encoder, gap, change = apart.call_long(
            adapt_elsewhere, sent, tell=lambda kind, *what: getattr(reporter, kind)(*what), stop=reporter.unwanted
        )
    except Ended as end:
        raise _ended(end.why) from end
    return Adapted(plan, replace(plan.bundle, card=card, target_encoder=encoder, gap=gap), change)


def _ended(why: str) -> Exception:
    if why == "stopped":
        return Cancelled()
    if why == "memory":
        return limits.refusal("adaptation_bytes", lambda words: UnusableInput(f"The adaptation {words}"))
    return UnusableInput(
        "The adaptation was broken off, as its process was ended from outside or could not be started, probably "
        "because this machine is overloaded or was restarted; your spectra are as they were, begin it again."
    )


def adapt_elsewhere(plan: Plan, tell: Callable[..., object]) -> tuple[object, ...]:
    """The work in another process: what the adapted networks do not share with those of the plan, and the comparison.

    Args:
        plan: what is to be done.
        tell: what takes the name of a method of a reporter and its arguments.
    """
    adapted = _work(plan, _Sender(tell))
    return adapted.bundle.card, adapted.bundle.target_encoder, adapted.bundle.gap, adapted.change


def _work(plan: Plan, reporter: Reporter | _Sender) -> Adapted:
    import torch

    from dtl.bundle.zip_file import as_saved
    from dtl.evaluation.adaptation_trust import adapt_to_sample
    from dtl.evaluation.comparison import compare
    from dtl.transfer.anchors import find_anchors
    from dtl.transfer.sample import all_distinct, select_sample

    torch.set_num_threads(1)  # other visits want their part of the machine
    begun = 0.0 if plan.spectra else _SIMULATED
    prepared, truth = _own(plan.spectra.values()) if plan.spectra else _survey(plan, reporter)
    sample = select_sample(prepared, plan.bundle, distinct=plan.distinct) if plan.spectra else all_distinct(prepared)
    keys = list(plan.spectra)
    adapted = adapt_to_sample(
        plan.bundle,
        sample,
        name=plan.name,
        digests=[keys[i].partition("#")[0] for i in sample.best(prepared)] if keys else None,
        settings=plan.settings,
        anchors=find_anchors(sample.spectra, plan.scale) if plan.scale and keys else (),
        seed=plan.seed,
        progress=lambda part, text: reporter.progress(
            begun + (_TRANSFERRED - begun) * part, _PARTS.get(text, f"Learning, {text}")
        ),
        watch=reporter.watch,
    )
    reporter.progress(_TRANSFERRED, "Comparing before and after")
    saved = as_saved(adapted)
    change = compare(
        plan.bundle,
        saved,
        sample.spectra,
        truth,
        progress=lambda part: reporter.progress(_TRANSFERRED + (1 - _TRANSFERRED) * part, "Comparing before and after"),
    )
    return Adapted(plan, saved, change)


def _own(results: Sequence[InferenceResult]) -> tuple[list[PreparedSpectrum], None]:
    return [replace(result.prepared, steps=()) for result in results], None


def _survey(plan: Plan, reporter: Reporter | _Sender) -> tuple[list[PreparedSpectrum], np.ndarray]:
    """Spectra of simulated stars, and what only the comparison may see: their truth."""
    from dtl.preparation.prepare import prepare
    from dtl.simulation.gap import gap_of
    from dtl.simulation.survey_files import simulate_stars

    text = "Simulating the stars"
    survey = simulate_stars(
        plan.stars,
        plan.bundle,
        gap=gap_of(plan.bundle.card),
        seed=plan.seed,
        progress=lambda part: reporter.progress(0.7 * _SIMULATED * part, text),
    ).survey
    prepared = []
    for i, spectrum in enumerate(survey.spectra):
        reporter.progress(_SIMULATED * (0.7 + 0.3 * i / plan.stars), "Preparing their spectra")
        prepared.append(replace(prepare(spectrum, plan.bundle.target), steps=()))
    return prepared, survey.truth

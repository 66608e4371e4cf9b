"""The adaptation of a visit: it is begun, watched, cancelled, and what it gave is taken; there is one at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from weakref import ref

import streamlit as st

from dtl.figures.adaptation import learning_figure
from dtl.readers import limits
from dtl.spectrum import UnusableInput
from pages.shared.adapt import work
from pages.shared.adapt.job import Job, waiting
from pages.shared.core import ending, visit, wording
from pages.shared.core.chart import chart, dark
from pages.shared.core.flag_words import named

__all__ = ["Adaptation", "begin", "collect", "tell", "watch"]

#: Seconds between two looks at the work.
_EVERY = 1.0


@dataclass(frozen=True)
class Adaptation:
    """What a visit knows of its adaptation.

    Attributes:
        job: that runs, None where none does.
        rounds: that it takes at most.
        told: kind and text of what is to be said of the last one, None for nothing.
        adapted: what the last one gave.
        number: of those that gave something.
        name: under which its networks are kept for the visit, None where they are not.
        problems: sentences that are to be shown once.
    """

    job: Job | None = None
    rounds: int = 0
    told: tuple[str, str] | None = None
    adapted: work.Adapted | None = None
    number: int = 0
    name: str | None = None
    problems: tuple[str, ...] = ()


def begin(plan: work.Plan) -> None:
    """Start the work, where none is running; it ends with the visit."""
    now = visit.kept(Adaptation)
    if now.job is not None:
        return
    try:
        limits.check("adaptations", waiting() + 1, lambda words: UnusableInput(f"The adaptation {words}"))
    except UnusableInput as error:
        visit.keep(replace(now, told=("error", str(error))))
        return
    job = work.start(plan)
    ending.at_end(partial(_give_up, ref(job)))
    visit.keep(replace(now, job=job, rounds=plan.settings.rounds, told=None))


def _give_up(job: ref[Job]) -> None:
    """Cancel a job that somebody holds still."""
    if (held := job()) is not None:
        held.cancel()


def _cancel() -> None:
    """Give the work up; what it had learned is lost, everything else stays."""
    now = visit.kept(Adaptation)
    if now.job is not None:
        now.job.cancel()
    told = ("info", "The adaptation was cancelled; nothing was changed.")
    visit.keep(replace(now, job=None, told=told))


def collect() -> Adaptation:
    """Take what a job gave, once it is over; returns the adaptation as it is then."""
    now = visit.kept(Adaptation)
    if now.job is None or not now.job.over:
        return now
    after = replace(now, job=None)
    if now.job.state == "done":
        after = replace(after, adapted=now.job.result, number=now.number + 1, name=None)
    elif now.job.state == "failed":
        after = replace(after, told=("error", now.job.problem))
    visit.keep(after)
    return after


@st.fragment(run_every=_EVERY)
def watch(job: Job) -> None:
    """Progress, loss and a way out, looked at every second."""
    now = visit.kept(Adaptation)
    if job.over or now.job is not job:  # done, or given up here
        st.rerun()
    if job.state == "waiting":
        ahead = max(1, job.ahead)  # its turn may come at any moment
        text = f"Place {ahead} in the queue: other adaptations on this machine come first"
    else:
        seconds = job.seconds_left
        text = job.text + (f", about {_duration(seconds)} left" if seconds is not None else "")
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    left.progress(job.fraction, text)
    right.button("Cancel", key="adapt-cancel", icon=":material/close:", on_click=_cancel, width="stretch")
    rows = job.rows
    if not rows:
        st.caption(
            "The first round takes longest to show. You may open other pages of the app meanwhile: it goes "
            "on until this tab is closed or loaded anew."
        )
        return
    chart(
        learning_figure(rows, now.rounds, dark=dark()),
        "adapt-learning",
        f"Loss and residual rms in {len(rows)} of {now.rounds} rounds, the last loss {rows[-1]['loss']:.3g}",
    )


def tell() -> None:
    """What is to be said of the last adaptation, where it gave nothing."""
    if told := visit.kept(Adaptation).told:
        {"info": st.info, "error": st.error}[told[0]](wording.sentence(named(told[1])), icon=f":material/{told[0]}:")


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds > 100 else f"{seconds:.0f} s"

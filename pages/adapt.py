"""Adapt page: the networks fine-tuned on spectra of unknown stars, without labels."""

import streamlit as st

from dtl.figures.adaptation import learning_figure
from pages.shared.adapt import choice, outcome, own_networks, sample_size, work
from pages.shared.core import session
from pages.shared.core.chart import chart
from pages.shared.core.job import Job

#: Seconds between two looks at the work.
EVERY = 1.0


def begin(plan: work.Plan) -> None:
    """Start the work; there is one at a time in a visit."""
    if st.session_state.get("adaptation") is None:
        st.session_state["adaptation"] = work.start(plan)
        st.session_state["adaptation-rounds"] = plan.settings.rounds
        st.session_state["adapt-told"] = None


def cancel() -> None:
    """Give the work up; what it had learned is lost, everything else stays."""
    job: Job | None = st.session_state.get("adaptation")
    if job is not None:
        job.cancel()
    st.session_state["adaptation"] = None
    st.session_state["adapt-told"] = ("info", "The adaptation was cancelled; nothing was changed.")


def collect(job: Job) -> None:
    """Take what a job gave, once it is over."""
    if job.state == "done":
        st.session_state["adapted"], st.session_state["adapted-kept"] = job.result, None
    elif job.state == "failed":
        st.session_state["adapt-told"] = ("error", job.problem)
    st.session_state["adaptation"] = None


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds > 100 else f"{seconds:.0f} s"


@st.fragment(run_every=EVERY)
def watch(job: Job) -> None:
    """Progress, loss and a way out, looked at every second."""
    if job.over or st.session_state.get("adaptation") is not job:  # done, or given up here
        st.rerun()
    if job.state == "waiting":
        text = "Waiting for another adaptation on this machine to end"
    else:
        seconds = job.seconds_left
        text = job.text + (f", about {_duration(seconds)} left" if seconds is not None else "")
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    left.progress(job.fraction, text)
    right.button("Cancel", key="adapt-cancel", icon=":material/close:", on_click=cancel, width="stretch")
    rows = job.rows
    if not rows:
        st.caption("The first round takes longest to show. You may open other pages meanwhile; it goes on.")
        return
    rounds = st.session_state["adaptation-rounds"]
    chart(
        learning_figure(rows, rounds, dark=session.dark()),
        "adapt-learning",
        f"Loss and misfit in {len(rows)} of {rounds} rounds, the last loss {rows[-1]['loss']:.3g}",
    )


st.title("Networks adapted to your spectra", anchor=False)
st.caption(
    "Real stars differ from all models, each spectrograph in its own way. Here the encoder of the networks learns that "
    "difference, the synthetic gap, from spectra whose parameters nobody has to know. It takes one to three minutes."
)
job: Job | None = st.session_state.get("adaptation")
if job is not None and job.over:
    collect(job)
    job = None
plan, place = choice.ask()
with place:
    reason = sample_size.guard(plan)
    if job is None:
        st.button(
            "Simulate and adapt" if plan.stars else "Adapt the networks", key="adapt-start",
            icon=":material/play_arrow:", disabled=reason is not None, help=reason, on_click=begin, args=(plan,),
        )  # fmt: skip
    else:
        watch(job)
    if told := st.session_state.get("adapt-told"):
        {"info": st.info, "error": st.error}[told[0]](session.plain(told[1]), icon=f":material/{told[0]}:")
sample_size.measured(len(plan.spectra) or plan.stars)
adapted = st.session_state.get("adapted")
if adapted is not None:
    outcome.show(adapted)
own_networks.listed()
own_networks.loader()

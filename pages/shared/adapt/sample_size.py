"""Whether spectra are enough for an adaptation to help, by what was measured on simulated surveys."""

from __future__ import annotations

import streamlit as st

from dtl.evaluation.sample_size import SampleSizes, read_sample_sizes
from dtl.figures.adaptation import sample_size_figure
from dtl.result import PARAMETERS
from dtl.transfer.adaptation import notes
from dtl.transfer.sample import MIN_STARS, usable_stars
from pages.shared.adapt.work import Plan
from pages.shared.core import tables, wording
from pages.shared.core.chart import chart, dark

__all__ = ["counted", "guard", "measured", "stars_of"]


def stars_of(plan: Plan) -> int:
    """How many stars can be learned from."""
    return plan.stars or len(usable_stars(list(plan.spectra.values()), distinct=plan.distinct)[0])


def guard(plan: Plan) -> str | None:
    """Say whether the spectra are enough to help; returns why the work cannot begin, None where it can."""
    found, left_out = usable_stars(list(plan.spectra.values()), distinct=plan.distinct)
    count, stars = (plan.stars, plan.stars) if plan.stars else (len(plan.spectra), len(found))
    star = "usable star" if left_out else "star"
    if stars < MIN_STARS:
        st.info(
            f"{counted(count, 'spectrum').capitalize()} of {counted(stars, star)}: at least {MIN_STARS} stars are "
            "needed to tell what sets all real stars apart from the models from what is peculiar to one star. Upload "
            "more on the page Spectrum, or take the simulated survey; until then use the networks as they are.",
            icon=":material/info:",
        )
        return f"At least {MIN_STARS} stars are needed."
    sizes = read_sample_sizes()
    lacking = _lacking(sizes, stars) if sizes else []
    if lacking:
        st.warning(
            f"{counted(stars, 'star').capitalize()}: too few to help, as measured on "
            f"{counted(len(sizes.surveys), 'simulated survey')}. Errors "
            f"became smaller than with models alone {'; '.join(lacking)}.",
            icon=":material/warning:",
        )
    if sizes:
        st.caption(_against_shipped(sizes, stars))
    for sentence in notes(stars, plan.settings):
        st.info(wording.plain(sentence), icon=":material/info:")
    return None


def _lacking(sizes: SampleSizes, stars: int) -> list[str]:
    """For which parameters so many stars are too few, in words."""
    enough = {label: sizes.enough(name) for name, (label, _, _) in PARAMETERS.items()}
    return [
        f"in {label} from {least} stars on" if least else f"in {label} with no number of stars"
        for label, least in enough.items()
        if least is None or stars < least
    ]


def _against_shipped(sizes: SampleSizes, stars: int) -> str:
    """Whether so many stars were seen to beat the networks as they come with the program, in words."""
    near = max((count for count in sizes.counts if count <= stars), default=sizes.counts[0])
    told = []
    for name, (label, _, _) in PARAMETERS.items():
        values = (sizes.rmse(near, name), sizes.unadapted(name), sizes.unadapted(name, "shipped"))
        after, alone, shipped = (wording.with_unit(name, sum(v) / len(v)) for v in values)
        told.append(f"{label} {after} (models alone {alone}, as shipped {shipped})")
    better = {label: sizes.enough(name, "shipped") for name, (label, _, _) in PARAMETERS.items()}
    missing = [label for label, least in better.items() if least is None or stars < least]
    surveys = counted(len(sizes.surveys), "simulated survey")
    text = f"Errors measured on {surveys} after an adaptation to {near} stars: {'; '.join(told)}."
    if missing:
        text += (
            f" So on stars like those of the simulation it does not reliably beat the networks as shipped "
            f"in {wording.listed(missing)}: adapt where your stars or your spectrograph differ from it."
        )
    return text.replace("[", "\\[")  # no link is meant


def measured(stars: int) -> None:
    """How many stars help, as figure and table."""
    sizes = read_sample_sizes()
    if sizes is None:
        return
    box = st.expander(
        "How many stars are enough: what was measured", icon=":material/stacked_line_chart:", on_change="rerun",
        key="adapt-measured",
    )  # fmt: skip
    if not box.open:
        return
    with box:
        surveys = sizes.surveys
        st.markdown(
            f"{counted(len(surveys), 'survey')} {'was' if len(surveys) == 1 else 'were'} simulated with the decoder of "
            f"{wording.plain(sizes.table['bundle'])}. Networks that know models alone were adapted to some of the "
            f"stars, and judged by the errors on {surveys[0]['judged']} others of the same survey. {_verdict(sizes)}"
        )
        name = st.segmented_control(
            "Parameter", list(PARAMETERS), format_func=lambda n: PARAMETERS[n][0], default="teff", required=True,
            key="adapt-measured-parameter", persist_state="session",
        )  # fmt: skip
        chart(
            sample_size_figure(sizes, name, chosen=stars, dark=dark()),
            "adapt-sample-sizes",
            f"rmse of {PARAMETERS[name][0]} on other stars against the number of stars adapted to; numbers in the "
            "table",
        )
        st.caption(
            f"The upright line is your number of stars{_beyond(sizes, stars)}. The lower the better. "
            "“As shipped” are the networks of the program, which were adapted to 858 simulated stars of the "
            "same kind before."
        )
        columns = {"Adapted to": [str(n) for n in sizes.counts] + ["models alone", "as shipped"]}
        for parameter, (label, _, _) in PARAMETERS.items():
            values = [sizes.rmse(n, parameter) for n in sizes.counts]
            values += [sizes.unadapted(parameter), sizes.unadapted(parameter, "shipped")]
            columns[label] = [wording.with_unit(parameter, sum(v) / len(v)) for v in values]
        tables.text_table(columns, "Mean rmse of each parameter for each number of stars adapted to")


def _beyond(sizes: SampleSizes, stars: int) -> str:
    """That a number of stars lies beyond those that were tried, at the nearest of which its line stands."""
    if min(sizes.counts) <= stars <= max(sizes.counts):
        return ""
    return f", {stars}, which was not tried: it stands at the nearest that was"


def _verdict(sizes: SampleSizes) -> str:
    enough = {PARAMETERS[name][0]: sizes.enough(name) for name in PARAMETERS}
    helped = [f"{label} from {least}" for label, least in enough.items() if least]
    never = [label for label, least in enough.items() if not least]
    text = f"Errors became smaller in {wording.listed(helped)} stars on." if helped else ""
    return text + (f" They did not in {wording.listed(never)}." if never else "")


def counted(number: int, noun: str) -> str:
    """A number of things, as ``1 star`` or ``3 spectra``."""
    plural = {"spectrum": "spectra"}.get(noun, f"{noun}s")
    return f"{number} {noun if number == 1 else plural}"

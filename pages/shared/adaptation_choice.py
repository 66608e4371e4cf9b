"""What is adapted to what: the spectra, what is known of their stars, and whether they are enough to help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dtl.adaptation import FEWEST, notes
from dtl.figures.adaptation import sample_size_figure
from dtl.result import PARAMETERS, InferenceResult
from dtl.sample_size import SampleSizes, read_sample_sizes
from dtl.training.population import Population
from dtl.training.transfer import TransferSettings
from pages.shared import card_parts, networks, session
from pages.shared.adaptation_work import Plan
from pages.shared.chart import chart

__all__ = ["ask", "guard", "measured"]

_SOURCES = {"own": "Your spectra", "survey": "A simulated survey"}
_DEFAULT = TransferSettings()


def ask() -> tuple[Plan, DeltaGenerator]:
    """Widgets for everything that an adaptation needs; returns it, and the place where the work is begun."""
    groups = _groups()
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown("#### Which spectra")
        enough = max(map(len, groups.values()), default=0) >= FEWEST
        source = st.segmented_control(
            "Adapt to", list(_SOURCES), format_func=_SOURCES.get, default="own" if enough else "survey", required=True,
            key="adapt-source", persist_state="session",
            help="Your spectra are those of this visit. The simulated survey is a worked example: made-up stars whose "
            "spectra differ from all models as real ones do. Their true parameters are known, and kept from the "
            "networks.",
        )  # fmt: skip
        name, spectra, stars = _own(groups) if source == "own" else _survey()
    with right:
        st.markdown("#### What is known of the stars")
        settings = _beliefs(name)
    seed = int(st.session_state.get("adapt-seed", 1))
    origin = name.partition("-adapted")[0]
    plan = Plan(session.bundle(name), networks.new_name(f"{origin}-adapted"), settings, seed, spectra, stars)
    return plan, left.container()


def _groups() -> dict[str, dict[str, InferenceResult]]:
    """Name of the networks -> the results of this visit that came from them, by digest."""
    groups: dict[str, dict[str, InferenceResult]] = {}
    for digest, result in st.session_state["results"].items():
        groups.setdefault(result.bundle.rpartition(" ")[0], {})[digest] = result
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))


def _own(groups: Mapping[str, dict[str, InferenceResult]]) -> tuple[str, dict[str, InferenceResult], int]:
    """The networks to start from, and the spectra that were analysed with them."""
    name = next(iter(groups), next(iter(session.shipped())))
    if len(groups) > 1:
        name = st.selectbox(
            "Analysed with", list(groups), format_func=lambda n: f"{n}: {_count(len(groups[n]), 'spectrum')}",
            key="adapt-networks", persist_state="session",
            help="Spectra are prepared for one set of networks; only those of one set can be learned from together.",
        )  # fmt: skip
    group = groups.get(name, {})
    left_out = st.multiselect(
        "Leave out", list(group), format_func=lambda digest: session.label(group[digest]), key="adapt-left-out",
        persist_state="session", placeholder="none",
        help="Spectra that are unlike the others: another kind of star, a binary, a bad night.",
    )  # fmt: skip
    spectra = {digest: result for digest, result in group.items() if digest not in left_out}
    st.caption(_summary(spectra))
    return name, spectra, 0


def _summary(spectra: Mapping[str, InferenceResult]) -> str:
    stars = {result.prepared.spectrum.star or digest for digest, result in spectra.items()}
    simulated = sum(result.prepared.spectrum.simulated for result in spectra.values())
    text = f"{_count(len(spectra), 'spectrum')} of {_count(len(stars), 'star')} will be learned from."
    if simulated:
        text += f" {'It is' if simulated == len(spectra) == 1 else f'{simulated} of them are'} simulated."
    if len(stars) < len(spectra):
        text += " Further spectra of a star add little: what counts below is the number of stars."
    return text


def _survey() -> tuple[str, dict[str, InferenceResult], int]:
    """The networks to start from, and the size of the survey."""
    shipped = session.shipped()
    name = next(iter(shipped))
    if len(shipped) > 1:
        name = st.selectbox(
            "Networks", list(shipped), format_func=lambda n: f"{n} (R = {shipped[n]:,.0f})",
            index=next((i for i, n in enumerate(shipped) if n.startswith("common")), 0),
            key="adapt-survey-networks", persist_state="session",
        )  # fmt: skip
    stars = st.slider(
        "Simulated stars", FEWEST, 128, 60, key="adapt-stars", persist_state="session",
        help="At parameters of published stars, S/N 50 to 300, with the synthetic gap that was measured on two real "
        "stars, and with lines that are too strong or too weak.",
    )  # fmt: skip
    st.caption("The truth about these stars is used for one thing only: to show the errors before and after.")
    return name, {}, stars


def _beliefs(name: str) -> TransferSettings:
    """What is taken as known of the sample, and how long to learn."""
    mh = session.bundle(name).nodes[:, 2]
    population, low, high = Population(), float(mh.min()), float(mh.max())
    if st.toggle(
        "Their mean [M/H]", value=True, key="adapt-mh-known", persist_state="session",
        help="Unlabelled spectra cannot tell a general error of the models' lines from a general excess of metals. The "
        "mean of the sample settles it, and an error of the mean goes one to one into the zero point of [M/H].",
    ):  # fmt: skip
        mean = st.number_input(
            "Mean [M/H] of the sample [dex]", low, high, max(low, min(high, population.mean_mh or 0.0)), 0.05,
            format="%.2f", key="adapt-mean-mh", persist_state="session",
            help="Stars of the solar neighbourhood: a little below the Sun's, −0.05.",
        )  # fmt: skip
        population = replace(population, mean_mh=float(mean))
    else:
        population = replace(population, mean_mh=None)
    sequence = st.toggle(
        "They are on the main sequence", value=True, key="adapt-sequence", persist_state="session",
        help="Then log g follows from Teff and [M/H], which fixes the zero points of log g and Teff.",
    )  # fmt: skip
    slow = st.toggle(
        "A third of them turn at 2 km/s or less", value=True, key="adapt-slow", persist_state="session",
        help="True of samples of field M dwarfs (Reiners et al. 2018). Switch it off for young or active stars.",
    )  # fmt: skip
    population = replace(population, main_sequence=sequence, slow=population.slow if slow else None)
    with st.expander("How long to learn", icon=":material/timer:"):
        rounds = st.slider(
            "Rounds at most", 2, 12, _DEFAULT.rounds, key="adapt-rounds", persist_state="session",
            help="In each round the difference between stars and models is measured anew, and the encoder learns to "
            "see through it. It ends by itself once it gets worse.",
        )  # fmt: skip
        epochs = st.slider(
            "Passes over the models in a round", 1, 6, _DEFAULT.epochs, key="adapt-epochs", persist_state="session"
        )
        st.number_input(
            "Start of the random numbers", 0, 2**31, 1, key="adapt-seed", persist_state="session",
            help="The same number gives the same survey and the same networks again.",
        )  # fmt: skip
    return replace(_DEFAULT, rounds=rounds, epochs=epochs, population=population)


def guard(plan: Plan) -> str | None:
    """Say whether the spectra are enough to help; returns why the work cannot begin, None where it can."""
    names = {result.prepared.spectrum.star or digest for digest, result in plan.spectra.items()}
    count, stars = (len(plan.spectra), len(names)) if not plan.stars else (plan.stars, plan.stars)
    if count < FEWEST:
        st.info(
            f"{_count(count, 'spectrum').capitalize()}: at least {FEWEST} are needed to learn from them how real stars "
            "differ from models. Upload more on the page Spectrum, or take the simulated survey.",
            icon=":material/info:",
        )
        return f"At least {FEWEST} spectra are needed."
    sizes = read_sample_sizes()
    lacking = _lacking(sizes, stars) if sizes else []
    if lacking:
        st.warning(
            f"{_count(stars, 'star').capitalize()}: too few to help, by what was measured on simulated surveys. Errors "
            f"became smaller than with models alone {'; '.join(lacking)}.",
            icon=":material/warning:",
        )
    if sizes:
        st.caption(_against_shipped(sizes, stars))
    for sentence in notes(count, plan.settings):
        st.info(session.plain(sentence), icon=":material/info:")
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
        after, alone, shipped = (card_parts.with_unit(name, sum(v) / len(v)) for v in values)
        told.append(f"{label} {after} (models alone {alone}, as shipped {shipped})")
    better = {label: sizes.enough(name, "shipped") for name, (label, _, _) in PARAMETERS.items()}
    missing = [label for label, least in better.items() if least is None or stars < least]
    text = f"Errors measured on simulated surveys after an adaptation to {near} stars: {'; '.join(told)}."
    if missing:
        text += (
            f" So on stars like those of the simulation it does not beat the networks as shipped in "
            f"{card_parts.listed(missing)}: adapt where your stars or your spectrograph differ from it."
        )
    return session.plain(text)


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
            f"{_count(len(surveys), 'survey').capitalize()} were simulated with the decoder of "
            f"{session.plain(sizes.table['bundle'])}. Networks that know models alone were adapted to some of the "
            f"stars, and judged by the errors on {surveys[0]['judged']} others of the same survey. {_verdict(sizes)}"
        )
        name = st.segmented_control(
            "Parameter", list(PARAMETERS), format_func=lambda n: PARAMETERS[n][0], default="teff", required=True,
            key="adapt-measured-parameter", persist_state="session",
        )  # fmt: skip
        chart(
            sample_size_figure(sizes, name, chosen=stars, dark=session.dark()),
            "adapt-sample-sizes",
            f"rmse of {PARAMETERS[name][0]} on other stars against the number of stars adapted to; numbers in the "
            "table",
        )
        st.caption(
            "The upright line is your number of stars. The lower the better. “As shipped” are the networks of the "
            "program, which were adapted to 858 simulated stars of the same kind before."
        )
        columns = {"Adapted to": [str(n) for n in sizes.counts] + ["models alone", "as shipped"]}
        for parameter, (label, _, _) in PARAMETERS.items():
            values = [sizes.rmse(n, parameter) for n in sizes.counts]
            values += [sizes.unadapted(parameter), sizes.unadapted(parameter, "shipped")]
            columns[label] = [card_parts.with_unit(parameter, sum(v) / len(v)) for v in values]
        card_parts.table(columns, "Mean rmse of each parameter for each number of stars adapted to")


def _verdict(sizes: SampleSizes) -> str:
    enough = {PARAMETERS[name][0]: sizes.enough(name) for name in PARAMETERS}
    helped = [f"{label} from {least}" for label, least in enough.items() if least]
    never = [label for label, least in enough.items() if not least]
    text = f"Errors became smaller in {card_parts.listed(helped)} stars on." if helped else ""
    return text + (f" They did not in {card_parts.listed(never)}." if never else "")


def _count(number: int, noun: str) -> str:
    plural = {"spectrum": "spectra"}.get(noun, f"{noun}s")
    return f"{number} {noun if number == 1 else plural}"

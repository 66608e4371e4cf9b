"""What is adapted to what: the spectra, and what is known of their stars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dtl.catalogue import published_stars
from dtl.result import InferenceResult
from dtl.transfer.adaptation import make_sample
from dtl.transfer.anchors import MIN_ANCHORS, SCALES, anchors_among
from dtl.transfer.fine_tuning import TransferSettings, held_out
from dtl.transfer.population import Population
from dtl.transfer.sample import MIN_STARS, by_star, usable_stars
from pages.shared.adapt.sample_size import counted
from pages.shared.adapt.work import Plan
from pages.shared.core import bundles, elements, visit, wording
from pages.shared.core.flag_words import named

__all__ = ["ask"]

_SOURCES = {"own": "Your spectra", "survey": "A simulated survey"}
_DEFAULT = TransferSettings()
#: Spectra that are left out, of which the reason is told.
_SHOWN = 4
_MEAN_MH, _SLOW = "Their mean [M/H]", "A third of them has v sin i ≤ 2 km/s"


def ask() -> tuple[Plan, DeltaGenerator]:
    """Widgets for everything that an adaptation needs; returns it, and the place where the work is begun."""
    groups = _groups()
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown("## Which spectra")
        enough = max(map(len, groups.values()), default=0) >= MIN_STARS
        source = st.segmented_control(
            "Adapt to", list(_SOURCES), format_func=_SOURCES.get, default="own" if enough else "survey", required=True,
            key="adapt-source", persist_state="session",
            help="Your spectra are those of this visit. The simulated survey is a worked example: made-up stars whose "
            "spectra differ from all models as real ones do. Their true parameters are known, and kept from the "
            "networks.",
        )  # fmt: skip
        name, spectra, stars = _own(groups) if source == "own" else _survey()
    with right:
        st.markdown("## What is known of the stars")
        settings = _beliefs(name, stars or len(usable_stars(list(spectra.values()), distinct=_distinct())[0]))
        scale = _scale(spectra)
    seed = int(st.session_state.get("adapt-seed", 1))
    origin = name.partition("-adapted")[0]
    name_of_new = bundles.free_name(f"{origin}-adapted")
    plan = Plan(bundles.find_bundle(name), name_of_new, settings, seed, spectra, stars, _distinct(), scale)
    return plan, left.container()


def _groups() -> dict[str, dict[str, InferenceResult]]:
    """Name of the networks -> the results of this visit that came from them, by digest."""
    groups: dict[str, dict[str, InferenceResult]] = {}
    for digest, result in visit.current().results.items():
        groups.setdefault(bundles.name_of(result), {})[digest] = result
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))


def _distinct() -> bool:
    """Whether each spectrum is said to be of another star."""
    return bool(st.session_state.get("adapt-distinct", False))


def _own(groups: Mapping[str, dict[str, InferenceResult]]) -> tuple[str, dict[str, InferenceResult], int]:
    """The networks to start from, and the spectra that were analysed with them."""
    name = next(iter(groups), next(iter(bundles.shipped())))
    if len(groups) > 1:
        name = st.selectbox(
            "Analysed with", list(groups), format_func=lambda n: f"{n}: {counted(len(groups[n]), 'spectrum')}",
            key="adapt-networks", persist_state="session",
            help="Spectra are prepared for one set of networks; only those of one set can be learned from together.",
        )  # fmt: skip
    group = groups.get(name, {})
    left_out = st.multiselect(
        "Leave out", list(group), format_func=lambda digest: wording.label(group[digest]), key="adapt-left-out",
        persist_state="session", placeholder="none", **elements.TYPED,
        help="Spectra that are unlike the others: another kind of star, a binary, a bad night.",
    )  # fmt: skip
    spectra = {digest: result for digest, result in group.items() if digest not in left_out}
    st.caption(_summary(spectra))
    st.checkbox(
        "Each spectrum is of another star", key="adapt-distinct", persist_state="session",
        help="Spectra of one name or place, and those that differ by no more than their noise, count as one star "
        "otherwise and are put together.",
    )  # fmt: skip
    return name, spectra, 0


def _summary(spectra: Mapping[str, InferenceResult]) -> str:
    results = list(spectra.values())
    stars = len(by_star(results, distinct=_distinct()))
    found, left_out = usable_stars(results, distinct=_distinct())
    usable = len(found)
    simulated = sum(result.prepared.spectrum.simulated for result in results)
    text = f"{counted(len(spectra), 'spectrum')} of {counted(stars, 'star')}"
    if left_out:
        text += f", {usable} of them usable"
    judges = held_out(usable)
    text += f": {usable - judges} stars to learn from, {judges} that only judge when to stop." if judges else "."
    if simulated:
        those = "It is" if len(spectra) == 1 else f"{simulated} of the spectra {'is' if simulated == 1 else 'are'}"
        text += f" {those} simulated."
    if usable > 1 and not _distinct():
        text += " Told by name and place; spectra that differ by no more than their noise count as one star in the end."
    if stars < len(spectra):
        text += " Further spectra of a star add little: what counts below is the number of stars."
    return text + _left_out(left_out)


def _left_out(sentences: Sequence[str]) -> str:
    """Which spectra will not be learned from, and why: known before the work begins, so said before."""
    if not sentences:
        return ""
    rows = [f"- {wording.sentence(named(sentence))}" for sentence in sentences[:_SHOWN]]
    if len(sentences) > _SHOWN:
        rows.append(f"- {len(sentences) - _SHOWN} more.")
    return f"\n\nNot learned from: {counted(len(sentences), 'spectrum')}.\n\n" + "\n".join(rows)


def _survey() -> tuple[str, dict[str, InferenceResult], int]:
    """The networks to start from, and the size of the survey."""
    shipped = bundles.shipped()
    name = next(iter(shipped))
    if len(shipped) > 1:
        name = st.selectbox(
            "Networks", list(shipped), format_func=lambda n: f"{n} (R = {shipped[n]:,.0f})",
            index=next((i for i, n in enumerate(shipped) if n.startswith("common")), 0),
            key="adapt-survey-networks", persist_state="session",
        )  # fmt: skip
    stars = st.slider(
        "Simulated stars", MIN_STARS, 128, 60, key="adapt-stars", persist_state="session",
        help="At parameters of published stars, S/N 50 to 300. Where real stars were measured in the window of the "
        "networks, with their synthetic gap, and with lines that are too strong or too weak.",
    )  # fmt: skip
    st.caption("The truth about these stars is used for one thing only: to show the errors before and after.")
    return name, {}, stars


def _scale(spectra: Mapping[str, InferenceResult]) -> str:
    """Whose values of published stars among the spectra fix the zero points; empty for nobody's."""
    prepared = [result.prepared for result in spectra.values()]
    known = {scale: len({anchor.star for anchor in anchors_among(prepared, scale)}) for scale in SCALES}
    offered = {scale: stars for scale, stars in known.items() if stars >= MIN_ANCHORS}
    if not offered:
        return ""
    if not st.toggle(
        "With anchors: published stars among them", value=False, key="adapt-anchors", persist_state="session",
        help="Literature values of stars among them fix the zero points of Teff and [M/H], in place of the mean [M/H]. "
        "The adaptation is then no longer without labels; the stars are judged one by one, each left out.",
    ):  # fmt: skip
        return ""
    return st.selectbox(
        "Their values from", list(offered), key="adapt-scale", persist_state="session",
        format_func=lambda scale: f"{_scale_in_words(scale)}: {counted(offered[scale], 'star')}",
    )  # fmt: skip


def _scale_in_words(scale: str) -> str:
    return " and ".join(dict.fromkeys(published_stars.SOURCES[key].label for key in SCALES[scale]))


def _beliefs(name: str, stars: int) -> TransferSettings:
    """What is taken as known of the sample of so many stars, and how long to learn."""
    population = _mean_mh(name) if make_sample(stars) else _no_sample(stars)
    sequence = st.toggle(
        "They are on the main sequence", value=True, key="adapt-sequence", persist_state="session",
        help="Then log g follows from Teff and [M/H], which fixes the zero points of log g and Teff.",
    )  # fmt: skip
    population = replace(population, main_sequence=sequence)
    if make_sample(stars) and not st.toggle(
        _SLOW, value=True, key="adapt-slow", persist_state="session",
        help="True of samples of field M dwarfs (Reiners et al. 2018). Switch it off for young or active stars.",
    ):  # fmt: skip
        population = replace(population, slow=None)
    return _length(population)


def _no_sample(stars: int) -> Population:
    """That too few stars are learned from for what is known of a sample; returns what is usual, which is not used."""
    population, learned = Population(), stars - held_out(stars)
    why = f"{counted(learned, 'star')} to learn from, and statements on a sample need {population.least}."
    for label, key in ((_MEAN_MH, "adapt-mh-unused"), (_SLOW, "adapt-slow-unused")):
        st.toggle(label, value=False, disabled=True, key=key, help=why)
    st.caption(f"Not used: {why}")
    return population


def _mean_mh(name: str) -> Population:
    """What is known of the mean [M/H] of a sample."""
    mh = bundles.find_bundle(name).nodes[:, 2]
    population, low, high = Population(), float(mh.min()), float(mh.max())
    if st.toggle(
        _MEAN_MH, value=True, key="adapt-mh-known", persist_state="session",
        help="Unlabelled spectra cannot tell a general error of the models' lines from a general excess of metals. The "
        "mean of the sample settles it, and an error of the mean goes one to one into the zero point of [M/H].",
    ):  # fmt: skip
        mean = st.number_input(
            "Mean [M/H] of the sample [dex]", low, high, max(low, min(high, population.mean_mh or 0.0)), 0.05,
            format="%.2f", key="adapt-mean-mh", persist_state="session",
            help="Stars of the solar neighbourhood: a little below the Sun's, −0.05.",
        )  # fmt: skip
        return replace(population, mean_mh=float(mean))
    return replace(population, mean_mh=None)


def _length(population: Population) -> TransferSettings:
    """How long to learn with what is taken as known."""
    with st.expander("Training length", icon=":material/timer:"):
        rounds = st.slider(
            "Rounds at most", 2, 20, _DEFAULT.rounds, key="adapt-rounds", persist_state="session",
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

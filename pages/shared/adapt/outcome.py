"""What an adaptation changed: the gap, the parameters, and what can be done with the new networks."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dtl.bundle.card import lookup
from dtl.evaluation.adaptation_trust import shift_in_words
from dtl.evaluation.comparison import STATES
from dtl.figures.adaptation import LABELS, gap_figure, learning_figure, parameter_figure
from dtl.readers import limits
from dtl.result import PARAMETERS, value_title
from dtl.rounding import format_number, format_significant
from dtl.spectrum import UnusableInput
from pages.shared.adapt import own_networks
from pages.shared.adapt.adaptation import Adaptation
from pages.shared.adapt.work import Adapted
from pages.shared.core import bundles, tables, uploads, visit, wording
from pages.shared.core.chart import chart, dark
from pages.shared.core.flag_words import named

__all__ = ["show"]

#: Word of the verdict -> how it is shown.
_VERDICTS = {
    "better": (st.success, ":material/trending_up:"),
    "not better": (st.warning, ":material/trending_flat:"),
    "unknown": (st.info, ":material/help:"),
}
_HELP = {
    "residual_rms": "Root of the mean squared difference between a spectrum and its reconstruction, relative to the "
    "continuum; median of the spectra.",
    "distance": "From a spectrum to the nearest grid point, in latent space; median.",
}


def show(adapted: Adapted) -> None:
    """Everything about networks that were just adapted."""
    st.header("What it changed", anchor="changed")
    of = "simulated stars" if adapted.simulated else "of your stars"
    st.caption(
        f"{wording.plain(_kept() or adapted.bundle.name)}, adapted from {wording.plain(adapted.plan.bundle.name)} to "
        f"{len(adapted.change.names)} {of}."
    )
    consent = _verdict_first(adapted)
    _actions(adapted, consent=consent)
    _anchors(adapted)
    _gap(adapted)
    _parameters(adapted)
    _course(adapted)


def _verdict_first(adapted: Adapted) -> bool:
    """What came of it in words, and what was left out; whether the networks may be used."""
    card = adapted.bundle.card
    word, sentence = (lookup(card, "adapted", "verdict", part) for part in ("word", "sentence"))
    if word and sentence:
        show_as, icon = _VERDICTS.get(word, _VERDICTS["unknown"])
        show_as(wording.plain(sentence), icon=icon)
    told = [*(lookup(card, "adapted", "left_out") or []), *(lookup(card, "adapted", "merged") or [])]
    if told:
        with st.expander(f"Left out or put together: {len(told)}", icon=":material/filter_alt:"):
            st.markdown("\n".join(f"- {wording.sentence(named(sentence))}" for sentence in told))
    moved = shift_in_words(adapted.bundle)
    if not moved:
        return True
    st.warning(wording.plain(moved), icon=":material/priority_high:")
    key = f"adapt-consent-{visit.kept(Adaptation).number}"  # a yes to these networks is none to the next
    return st.checkbox("I know why, and want to use these networks all the same", key=key)


def _anchors(adapted: Adapted) -> None:
    """How far stars of known parameters are from the answers, before and after, each judged by the others."""
    entry = lookup(adapted.bundle.card, "adapted", "anchors")
    if not entry:
        return
    st.markdown("### Stars of known parameters")
    rows = [name for name in ("teff", "mh") if entry["left_out"]["before"][name]["stars"]]
    columns = {"Known minus found": [f"{PARAMETERS[name][0]}, mean (rms)" for name in rows]}
    columns["Anchors"] = [str(entry["left_out"]["before"][name]["stars"]) for name in rows]
    for when in ("before", "after"):
        found = [entry["left_out"][when][name] for name in rows]
        columns[f"Zero point {when}"] = [
            f"{_signed(name, one['mean'], unit=False)} ({wording.with_unit(name, one['rms'])})"
            for name, one in zip(rows, found, strict=True)
        ]
    tables.text_table(columns, "Known minus found parameters of stars left out one by one, before and after")
    st.caption(
        "Each star is judged by the zero points that the other anchors give. They fix the zero points only: what a "
        "star's answer scatters by stays."
    )


def _gap(adapted: Adapted) -> None:
    change = adapted.change
    with st.grid(2, min_column_width=330):
        for quantity, title in LABELS.items():
            with st.container():
                after, before, alone = (
                    change.typical(quantity, state) * (100 if quantity == "residual_rms" else 1)
                    for state in ("after", "before", "models_alone")
                )
                told = f"{format_significant(before, 3)} before, {format_significant(alone, 3)} with models alone"
                st.metric(
                    title, format_significant(after, 3), told, delta_color="off",
                    delta_arrow="off", help=_HELP[quantity],
                )  # fmt: skip
                chart(
                    gap_figure(change, quantity, dark=dark()),
                    f"adapt-gap-{quantity}",
                    f"Histogram of {title.lower()}: median {format_significant(alone, 3)} with models alone, "
                    f"{format_significant(before, 3)} before and {format_significant(after, 3)} after",
                )
    st.caption(
        "How far the spectra lie from all models, star by star. A smaller gap says that the networks expect such "
        "spectra now. It does not say that the parameters are better: only true values could."
    )


def _parameters(adapted: Adapted) -> None:
    change = adapted.change
    st.markdown("### The parameters before and after")
    if change.errors:
        columns = {"rmse (bias)": [label for label, _, _ in PARAMETERS.values()]}
        for state, title in STATES.items():
            columns[title] = [_error(name, change.errors[state][name]) for name in PARAMETERS]
        tables.text_table(columns, "Errors of each parameter before and after, against the truth of the simulation")
        st.caption(_verdict(adapted))
    else:
        moves = lookup(adapted.bundle.card, "adapted", "mean_change") or {}
        words = [f"{PARAMETERS[name][0]} {_signed(name, value)}" for name, value in moves.items()]
        st.markdown(f"In the mean they moved by: {', '.join(words)}.")
    name = st.segmented_control(
        "Parameter", list(PARAMETERS), format_func=lambda n: PARAMETERS[n][0], default="teff", required=True,
        key="adapt-parameter", persist_state="session",
    )  # fmt: skip
    chart(
        parameter_figure(change, name, dark=dark()),
        "adapt-parameters",
        f"{PARAMETERS[name][0]} of {len(change.names)} stars before and after, joined by lines",
    )
    table = st.expander("Every star as a table", icon=":material/table:", on_change="rerun", key="adapt-stars-table")
    if table.open:
        config, digits = {"star": st.column_config.TextColumn("Star", pinned=True)}, {}
        for parameter, (label, _, places) in PARAMETERS.items():
            for state in ("before", "after", "true"):
                config[f"{parameter}_{state}"] = value_title(parameter).replace(label, f"{label} {state}")
                digits[f"{parameter}_{state}"] = places
        for state in ("before", "after"):
            config |= {
                f"residual_rms_{state}": f"Residual rms {state} [%]",
                f"distance_{state}": f"Latent distance {state}",
            }
            digits |= {f"residual_rms_{state}": 2, f"distance_{state}": 2}
        table.dataframe(
            tables.number_table(change.rows(), digits),
            hide_index=True,
            column_config=config,
            alt="Parameters and gap of every star, before and after",
        )
    limits = [s for s in lookup(adapted.bundle.card, "limits") or [] if not s.startswith("Said of ")]
    if limits:
        st.markdown("### Limits of validity")
        st.markdown("\n".join(f"- {wording.plain(wording.with_minus(sentence), 1000)}" for sentence in limits))


def _verdict(adapted: Adapted) -> str:
    """Where the errors became smaller, told from the numbers."""
    errors = adapted.change.errors
    parts = []
    for state, words in (("models_alone", "Against networks for models alone"), ("before", "against those before")):
        if adapted.plan.bundle.target_encoder is None and state == "before":
            continue
        better = [PARAMETERS[name][0] for name in PARAMETERS if _smaller(errors["after"][name], errors[state][name])]
        worse = [label for label, _, _ in PARAMETERS.values() if label not in better]
        told = [f"errors are smaller in {wording.listed(better)}"] if better else []
        told += [
            f"larger in {wording.listed(worse)}" if better else f"errors are larger in {wording.listed(worse)}"
        ] * bool(worse)
        parts.append(f"{words} {', '.join(told)}")
    more = (
        " The networks before had learned from 858 simulated spectra of this kind; they are hard to beat on stars like "
        "these."
        if lookup(adapted.plan.bundle.card, "transfer", "what") == "simulated surveys, without their truth"
        else ""
    )
    return f"{'; '.join(parts)}. {wording.RMSE} In brackets the bias, the mean of found minus true.{more}"


def _smaller(error: dict[str, float | None], other: dict[str, float | None]) -> bool:
    """Whether an error is smaller than another; one of nothing but withheld answers is larger than any."""
    return error["rmse"] is not None and (other["rmse"] is None or error["rmse"] < other["rmse"])


def _error(name: str, error: dict[str, float | None]) -> str:
    if error["rmse"] is None:
        return "withheld"
    withheld = f", {error['withheld']} withheld" if error.get("withheld") else ""
    return f"{wording.with_unit(name, error['rmse'])} ({_signed(name, error['bias'], unit=False)}){withheld}"


def _signed(name: str, value: float, *, unit: bool = True) -> str:
    _, of, places = PARAMETERS[name]
    number = format_number(value, places + (name != "teff"))
    return ("+" if value > 0 else "") + number + (f" {of}" if unit else "")


def _course(adapted: Adapted) -> None:
    history = lookup(adapted.bundle.card, "adapted", "history") or []
    box = st.expander("Course of the training", icon=":material/show_chart:", on_change="rerun", key="adapt-course")
    if not box.open:
        return
    with box:
        chart(
            learning_figure(history, adapted.plan.settings.rounds, dark=dark()),
            "adapt-course-figure",
            f"Loss and residual rms in {len(history)} rounds",
        )
        titles = {"round": "Round", "loss": "Loss", "held_out_rms": "Residual rms of spectra held out"}
        st.dataframe(
            tables.number_table(history, {"loss": 4, "held_out_rms": 4}),
            hide_index=True,
            column_config=titles,
            alt="Loss and residual rms of every round",
        )


def _actions(adapted: Adapted, *, consent: bool) -> None:
    """Keep, use and download the new networks."""
    kept = _kept()
    full = bundles.full()
    with st.container(horizontal=True):
        st.button(
            "Kept for this visit" if kept else "Keep for this visit", key="adapt-keep",
            icon=":material/check:" if kept else ":material/bookmark_add:", disabled=bool(kept) or full or not consent,
            on_click=_keep, args=(adapted,),
            help=f"A visit keeps {limits.most('visit_networks')} sets of networks; forget one of them below first."
            if full and not kept else "They can then be chosen on the page Spectrum, and their card stands on the "
            "page Model. The networks of the program stay as they are.",
        )  # fmt: skip
        if adapted.plan.spectra:
            mine = [digest for digest in adapted.plan.spectra if digest in visit.current().uploads]
            st.button(
                f"Analyse the {len(mine)} spectra again with them", key="adapt-reanalyse", icon=":material/refresh:",
                disabled=not mine or (full and not kept) or not consent, on_click=_reanalyse, args=(adapted, mine),
                help="They are kept for this visit first.",
            )  # fmt: skip
        bundle = bundles.find_bundle(kept) if kept else adapted.bundle
        if consent:
            own_networks.download(bundle, "adapt-download")
    if problems := visit.kept(Adaptation).problems:
        visit.keep(replace(visit.kept(Adaptation), problems=()))
        st.error("\n".join(f"- {wording.sentence(problem)}" for problem in problems), icon=":material/error:")


def _kept() -> str | None:
    """The name under which the new networks are kept for this visit, None where they are not."""
    name = visit.kept(Adaptation).name
    return name if name in bundles.own() else None


def _keep(adapted: Adapted) -> str | None:
    try:
        name = bundles.keep(adapted.bundle)
    except UnusableInput as error:
        visit.keep(replace(visit.kept(Adaptation), problems=(str(error),)))
        return None
    visit.keep(replace(visit.kept(Adaptation), name=name))
    return name


def _reanalyse(adapted: Adapted, digests: list[str]) -> None:
    name = _kept() or _keep(adapted)
    if name and (problems := uploads.reanalyse(digests, bundle=name)):
        visit.keep(replace(visit.kept(Adaptation), problems=tuple(problems)))

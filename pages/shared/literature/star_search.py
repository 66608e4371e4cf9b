"""One star in all sources: found by any of its names, and looked up elsewhere only when asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import streamlit as st

from dtl.catalogue import published_stars, resolver
from dtl.catalogue.online import HOSTS, Answer, Unanswered
from dtl.catalogue.star_record import OWN
from dtl.result import PARAMETERS, InferenceResult, value_title
from dtl.rounding import format_number
from pages.shared.core import bundles, elements, epochs, links, visit, wording
from pages.shared.core.chart import chart, dark
from pages.shared.core.stars import ANCHOR, anchors
from pages.shared.literature import figures, identity
from pages.shared.literature.source_tables import downloads, label_of, record_table

__all__ = ["clicked", "one_star", "search_clicked"]

#: Answers of services that a visit keeps.
_MAX = 40
_SENT = {
    "SIMBAD": "Sends this name and nothing else",
    "VizieR": "Sends this name and the list of ten works that are searched",
    "Gaia": "Sends the position of the star where the table has it, or else this name to SIMBAD and the number of Gaia "
    "DR3 that SIMBAD gives",
}


@dataclass(frozen=True)
class StarSearch:
    """What a visit keeps of its search for a star.

    Attributes:
        clicked: whether a star was clicked that is not shown yet.
        followed: digest of the spectrum, and its star, that was searched for by itself.
        answers: service and name -> what the service said.
    """

    clicked: bool = False
    followed: tuple[str, str] | None = None
    answers: Mapping[tuple[str, str], Answer] = field(default_factory=dict)


def one_star() -> None:
    """The search, what is known of the star, and the services."""
    _follow_spectrum()
    name = st.text_input(
        "Star", key="star-name", bind="query-params", persist_state="session", max_chars=80,
        help="Any of its names in any usual spelling: GJ 699, Gl 699, Barnard's star, J17578+046, HD 95735, HIP 57087, "
        "Ross 128, LHS 45, AD Leo.",
    )  # fmt: skip
    star = published_stars.find_star(name)
    if (shown := visit.shown()) and not shown.prepared.spectrum.simulated and not _known(shown):
        st.caption(
            f"The file of {wording.plain(wording.label(shown))} names no star that is known here; below you can say "
            "which of the published stars it is."
        )
    if star is None:
        near = published_stars.similar_names(name)
        st.info(
            f"None of the 286 published stars is called {wording.plain(name.strip())}."
            + (f" Similar names: {', '.join(wording.plain(n) for n in near)}." if near else "")
            + " A service below may know it by this name."
            if name.strip()
            else "Type a name of a star to see what is published of it.",
            icon=":material/search_off:",
        )
    else:
        _show(star)
    _services(name)


def _known(result: InferenceResult) -> bool:
    """Whether the star of a result has a name, or the user has said which it is."""
    digest = visit.current().selected
    return bool(identity.star_of(digest, result) or result.prepared.spectrum.star)


def search_clicked(key: str) -> None:
    """Search for the star of the point that was clicked in a figure whose points have its identifier."""
    for point in st.session_state[key]["selection"]["points"]:
        found = point.get("customdata")
        _search(found[0] if isinstance(found, list) else found)
        visit.keep(replace(visit.kept(StarSearch), clicked=True))


def clicked() -> bool:
    """Whether a star was clicked that is not shown yet, for the figure is drawn without the rest of the page."""
    search = visit.kept(StarSearch)
    if search.clicked:
        visit.keep(replace(search, clicked=False))
    return search.clicked


def _search(karmn: str | None) -> None:
    """Put a star of the table into the field."""
    if karmn in published_stars.names():
        st.session_state["star-name"] = published_stars.names()[karmn].partition(" · ")[0]


def _follow_spectrum() -> None:
    """Search for the star of the spectrum shown, once, when another comes to be shown; at first for a known one.

    A star that the table does not have is searched for by its name, which a service may know.
    """
    if "star-name" not in st.session_state and "star-name" not in st.query_params:
        st.session_state["star-name"] = "Barnard's star"
    digest = visit.current().selected
    result = identity.observed().get(digest)
    star = (identity.star_of(digest, result) or result.prepared.spectrum.star) if result else None
    if star and visit.kept(StarSearch).followed != (digest, star):
        visit.keep(replace(visit.kept(StarSearch), followed=(digest, star)))
        if star in published_stars.names():
            _search(star)
        else:
            st.session_state["star-name"] = wording.printable(star, 80)


def _own(karmn: str) -> tuple[str, InferenceResult] | None:
    """The user's spectrum of a star: the one shown, or else the last."""
    mine = [(label, result) for label, (result, star) in identity.matched().items() if star == karmn]
    shown = visit.shown()
    return next((pair for pair in mine if pair[1] is shown), mine[-1] if mine else None)


def _show(star: pd.Series) -> None:
    """Names of a star, its values in a figure and in a table."""
    own = _own(star["karmn"])
    values = figures.values_of(star["karmn"], own[1].estimates if own else None)
    words = " · ".join(wording.plain(name) for name in published_stars.every_name(star))
    anchor = _sets_the_gap(star["karmn"], own)
    st.markdown(
        f"**{words}**, {star['spectral_type']}"
        + (f", {star['distance']:.2f} pc" if star["distance"] > 0 else "")
        + (f" {ANCHOR[0]}" if anchor else ""),
        help=ANCHOR[1] if anchor else None,
    )
    if own:
        what = "" if own[1].exposures > 1 else "your spectrum "
        only = epochs.only_one(own[1])
        name = f"{wording.plain(wording.label(own[1]))}, {only}" if only else wording.plain(own[0])
        st.caption(f"Compared with {what}{name}, estimated with {wording.plain(own[1].bundle)}.")
        elements.differing(own[1])
    else:
        st.caption("Compared with Mas-Buitrago et al. 2024. Analyse a spectrum of it to compare with your own result.")
    exposures = own[1].exposures if own else 1
    wide, narrow = elements.wide_and_narrow()
    with narrow:
        _figure(star["name"], values, OWN if own else published_stars.PUBLISHED, exposures)
    with wide:
        record_table(values, exposures, alt=f"All values of {star['name']} by source, with references")
        if (~values["limit"] & values["value"].notna() & values["upper"].isna()).any():
            st.caption("Values without ± are held here without their uncertainty, so that no σ is given.")
        downloads(values, "one-star", f"{star['karmn']} in all sources")


def _sets_the_gap(karmn: str, own: tuple[str, InferenceResult] | None) -> bool:
    """Whether the gap of the networks was measured on a star: those of the user's spectrum of it, or of that shown."""
    result = own[1] if own and own[1].exposures == 1 else visit.shown()  # a mean may be of several networks
    if result is None or bundles.name_of(result) not in bundles.available():
        return False
    return karmn in anchors(bundles.of_result(result).card).values()


@st.fragment
def _figure(name: str, values: pd.DataFrame, first: str, exposures: int) -> None:
    """One parameter of a star in all sources; chosen here, so that choosing draws no other figure anew."""
    parameter = st.segmented_control(
        "Of this star", list(PARAMETERS), format_func=lambda key: PARAMETERS[key][0], required=True,
        key=links.view("star-parameter", PARAMETERS), persist_state="session",
        default=links.default("star-parameter", "teff"),
    )  # fmt: skip
    labels = {source: label_of(source, exposures) for source in values["source"]}
    chart(
        figures.record(values, parameter, labels, first=first, dark=dark()),
        key="star-record",
        alt=f"{PARAMETERS[parameter][0]} of {name} in {(values['parameter'] == parameter).sum()} sources, with error "
        f"bars and the 1 and 3 sigma bands of {labels[first]}",
    )
    whose = labels[first]
    st.caption(f"Bands: 1σ and 3σ of {'y' + whose[1:] if whose.startswith('Your') else whose}.")


def _services(name: str) -> None:
    """Buttons that ask a service, and the answers of this visit for this name."""
    able, cleaned = resolver.available(), " ".join(name.split())
    answers = dict(visit.kept(StarSearch).answers)
    asked = _buttons(cleaned) if able else []
    if cleaned:
        links = " · ".join(f"[{service}]({url})" for service, url in resolver.service_links(cleaned).items())
        st.markdown(f":small[Open in your browser: {links}]")
    if able:
        st.caption("Nothing is sent until a button is pressed or a link is followed.")
    for service in asked:
        try:
            with st.spinner(f"Asking {service} …"):
                answers = answers | {(service, cleaned): resolver.ask(service, cleaned)}
        except Unanswered as error:
            st.warning(wording.sentence(error), icon=":material/cloud_off:")
    visit.keep(replace(visit.kept(StarSearch), answers=dict(list(answers.items())[-_MAX:])))
    for (service, asked_for), answer in answers.items():
        if asked_for == cleaned:
            _answer(service, answer)


def _buttons(name: str) -> list[str]:
    """A button for each service; those that were pressed."""
    with st.container(horizontal=True):
        return [
            service
            for service in HOSTS
            if st.button(
                f"Look it up at {service}",
                key=f"ask-{service.lower()}",
                icon=":material/travel_explore:",
                disabled=not name,
                help=f"{_SENT[service]} to {HOSTS[service]}. Answered within 10 seconds or not at all.",
            )
        ]


def _answer(service: str, answer: Answer) -> None:
    """What a service said."""
    st.markdown(f"**{service}: {wording.plain(answer.name)}**")
    facts = [f"{label} {wording.plain(value)}" for label, value in answer.facts.items()]
    if facts:
        st.markdown(" · ".join(facts))
    star = published_stars.find_star(st.session_state.get("star-name", ""))
    if answer.karmn and (star is None or star["karmn"] != answer.karmn):
        known = wording.plain(published_stars.names()[answer.karmn])
        st.success(f"This is {known}, one of the 286 published stars.", icon=":material/check:")
        st.button("Show its values", key=f"show-{service.lower()}", on_click=_search, args=(answer.karmn,))
    if answer.values:
        rows = [
            {
                "Parameter": value_title(value["parameter"]),
                "Value": ("< " if value["limit"] else "")
                + format_number(value["value"], PARAMETERS[value["parameter"]][2]),
                "1σ": format_number(value["error"], PARAMETERS[value["parameter"]][2])
                if np.isfinite(value["error"])
                else "",
                "Column": value["column"],
                "Reference": resolver.bibcode_url(value["bibcode"]) or None,
            }
            for value in answer.values
        ]
        link = st.column_config.LinkColumn("Reference", display_text=r"abs/(.*)$")
        st.dataframe(rows, column_config={"Reference": link}, hide_index=True, alt=f"Values of {service}")
    if answer.identifiers:
        st.caption("Names: " + " · ".join(wording.plain(name) for name in answer.identifiers[:40]))

"""The star that was chosen in a diagram, by a click or from a list: its facts, and the way to its spectrum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dtl.catalogue import published_stars
from dtl.catalogue.facts import facts, literature
from dtl.catalogue.mass_radius import Derived
from dtl.figures.plotted_star import PlottedStar
from dtl.flags import LIMITS, NOTES, sentence_of
from dtl.result import PARAMETERS, InferenceResult, value_title
from dtl.rounding import estimate_words, format_number, format_with_error
from pages.shared.core import epochs, visit, wording
from pages.shared.hr_diagram import luminosities

__all__ = ["choose", "next_here", "pick", "show"]

_KEY = "diagram-star"
#: Barnard's Star, well known, is shown where the user has no spectrum.
_FIRST = "J17578+046"


def choose(results: Mapping[str, InferenceResult]) -> str:
    """A list of the user's stars and the published ones; gives the digest or the karmn of the chosen one."""
    names, selected = published_stars.names_to_search(), visit.current().selected
    if star := epochs.epochs_of(selected):
        selected = star.key
    options = [*results, *names]
    if st.session_state.get(_KEY) not in options:
        st.session_state[_KEY] = selected if selected in results else _FIRST
    return st.selectbox(
        "Star", options, key=_KEY, persist_state="session",
        format_func=lambda k: f"Yours: {wording.label(results[k])}" if k in results else names[k],
        filter_mode="contains",  # the usual filter also offers names that have the letters typed somewhere, as GJ 443
        help="Click a star in the figure, or type any of its names here. It is ringed in the figure.",
    )  # fmt: skip


def pick(chart: str) -> None:
    """Take the star that was clicked in a figure; a click beside the stars changes nothing."""
    for point in st.session_state[chart].selection.points:
        found = point.get("customdata")
        if star := found[0] if isinstance(found, list | tuple) and found else found:
            st.session_state[_KEY] = star
            return


def next_here(key: str, here: Sequence[str]) -> None:
    """A button for the next of the user's stars that stand in one place of a diagram, where there are several."""
    if len(here) > 1:
        after = here[(here.index(key) + 1) % len(here)]
        st.button(
            f"Next of {len(here)} in this place", icon=":material/layers:", key="star-below",
            help="Your stars that cover each other in the figure, one after the other.",
            on_click=lambda: st.session_state.update({_KEY: after}),
        )  # fmt: skip


def show(key: str, results: Mapping[str, InferenceResult], users: Sequence[PlottedStar]) -> None:
    """What is known of the star, and for one of the user's the way to its spectrum."""
    if key in results:
        _show_users(key, results[key], next(star for star in users if star.key == key))
    else:
        _show_published(key)


def _show_users(digest: str, result: InferenceResult, star: PlottedStar) -> None:
    st.markdown(f"**{wording.plain(wording.label(result))}**")
    lines = []
    for name, (label, _, _) in PARAMETERS.items():
        lines.append(f"- {wording.plain(label)} **{wording.plain(estimate_words(name, result.estimates[name]))}**")
    if star.luminosity is not None:
        source = wording.plain(star.luminosity_source)
        value = format_with_error(star.luminosity, star.luminosity_error)
        lines.append(f"- Luminosity **{value}** L☉ ({source})")
    else:
        lines.append("- Luminosity not known")
    lines += [_derived(found) for found in luminosities.derived(digest, result)]
    st.markdown("\n".join(lines))
    if only := epochs.only_one(result):
        st.markdown(f":small[It is {only}, and stands for the star.]")
    if result.exposures > 1:
        st.markdown(f":small[The {wording.mean_of(result)}, estimated with {wording.plain(result.bundle)}.]")
    for flag in sorted(star.flags, key=lambda flag: flag != "exposures_differ"):  # this beside the mean
        icon = "info" if flag in NOTES | LIMITS else "warning"
        st.markdown(f":small[:material/{icon}: {wording.plain(sentence_of(flag, star.known), 1000)}]")
    if st.button("Open its spectrum", icon=":material/show_chart:", key="open-spectrum"):
        visit.change(selected=digest)
        st.switch_page("pages/spectrum.py")


def _derived(found: Derived) -> str:
    """A mass or a radius as an entry of a list."""
    source = f", [{found.reference.citation}]({found.reference.url})" if found.reference else ""
    value = format_with_error(found.value, found.error)
    return f"- {found.quantity.capitalize()} **{value}** {found.unit} ({wording.plain(found.method)}{source})"


def _show_published(karmn: str) -> None:
    star = published_stars.find_star(karmn)
    st.markdown(f"**{star['name']}** ({karmn}{', ' + star['spectral_type'] if star['spectral_type'] else ''})")
    rows = [
        f"- {wording.plain(fact.name)} **{wording.plain(fact.value)}** · [{fact.source}]({fact.url})"
        for fact in facts(star)
    ]
    st.markdown("\n".join(rows))
    others = st.expander("Values of other works", on_change="rerun", key="star-literature")
    if others.open:
        others.dataframe(
            _in_words(literature(karmn)), hide_index=True, alt=f"Parameters of {star['name']} in other works",
            column_config={"parameter": "Parameter", "value": "Value", "source": "Source"},
        )  # fmt: skip
    st.caption("Its CARMENES spectrum is not part of this app: upload it to see it on the first page.")


def _in_words(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of `dtl.catalogue.facts.literature` with value, error and limit as one text."""
    digits = {value_title(name): places for name, (_, _, places) in PARAMETERS.items()}
    words = []
    for row in table.itertuples(index=False):
        places = digits[row.parameter]
        error = f" ± {format_number(row.error, places)}" if np.isfinite(row.error) else ""
        words.append(("< " if row.limit else "") + format_number(row.value, places) + error)
    return table.assign(value=words)[["parameter", "value", "source"]]

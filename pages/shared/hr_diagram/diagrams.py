"""The published stars and the user's in one of three diagrams, or in populations, with what controls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dtl.catalogue import published_stars
from dtl.figures.hr_diagram import hr_diagram
from dtl.figures.kiel import kiel_diagram
from dtl.figures.marks import EQUAL, SCALES, Look
from dtl.figures.plotted_star import PlottedStar
from dtl.figures.spectroscopic_hr import spectroscopic_hr_diagram
from dtl.figures.user_stars import in_one_place
from dtl.quantities import QUANTITIES
from dtl.result import InferenceResult
from pages.shared.core import elements, epochs, keeping, links, visit, wording
from pages.shared.core.chart import chart, dark
from pages.shared.hr_diagram import chosen_star, diagram_tables, luminosities, populations

__all__ = ["diagrams"]

_DIAGRAMS = {
    "hr": "HR",
    "spectroscopic": "Spectroscopic HR",
    "kiel": "Kiel",
    "populations": "Populations",
}
_DRAW = {"hr": hr_diagram, "spectroscopic": spectroscopic_hr_diagram, "kiel": kiel_diagram}
_AXES = {"hr": "Luminosity", "spectroscopic": "Spectroscopic luminosity", "kiel": "Surface gravity"}
_TRIANGLES = {"halpha_active": "Hα in emission, measured", "active_flag": "Activity flag of Passegger et al. 2019"}
_NOTES = {
    "hr": " The luminosity of five published stars is not known.",
    "spectroscopic": " Teff⁴/g is proportional to luminosity over mass and follows from the spectrum alone (Langer & "
    "Kudritzki 2014).",
    "kiel": " Lines join models of one age and solar metallicity (Baraffe et al. 1998 and 2015). The published log g "
    "follow PARSEC models, to which their grid was confined; below 3600 K they are lower by 0.10 to 0.17 dex.",
}
#: Key of an isochrone, its models and log age -> what it is called.
_ISOCHRONES = {
    f"{models}-{log_age}": f"{age}, {author}"
    for models, author in (("baraffe1998", "Baraffe+98"), ("baraffe2015", "Baraffe+15"))
    for log_age, age in ((9.0, "1 Gyr"), (9.6, "4 Gyr"), (9.9, "8 Gyr"))
}
_SHOWN = ["baraffe1998-9.6", "baraffe2015-9.6"]


def _choose_look(which: str, row: object) -> tuple[Look, list[str]]:
    """What the marks of a diagram stand for, and the isochrones drawn in it."""
    names = {name: quantity.label for name, quantity in QUANTITIES.items()}
    sizes = ["vsini", *(name for name in names if name != "vsini"), EQUAL]
    with row:
        colour = st.selectbox(
            "Colour", list(names), format_func=names.get, width=190,
            key=links.view("diagram-colour", names), persist_state="session",
            help="What the colours tell. In the published figure it is the metallicity [M/H].",
        )  # fmt: skip
        size = st.selectbox(
            "Size", sizes, key=links.view("diagram-size", sizes), width=190,
            format_func=(names | {EQUAL: "All alike"}).get, persist_state="session",
            help="What the areas of the markers tell. In the published figure it is the rotation v sin i.",
        )  # fmt: skip
        with st.popover("More", icon=":material/tune:", help="Triangles, colour scale, isochrones"):
            active = st.selectbox(
                "Triangles", list(_TRIANGLES), format_func=_TRIANGLES.get,
                key=links.view("diagram-triangles", _TRIANGLES), persist_state="session",
                help="Measured: Hα in emission by 0.5 Å or more (threshold of Jeffers et al. 2018) in the spectra of "
                "Gaidos et al. 2014 or Lépine et al. 2013, without 24 of the stars. The flag is shown as published; it "
                "also marks early M dwarfs with Hα in absorption.",
            )  # fmt: skip
            scale = st.selectbox(
                "Colours", list(SCALES), format_func=str.capitalize,
                key=links.view("diagram-colours", SCALES), persist_state="session",
                help="Cividis, the second choice, can be read without colour vision.",
            )  # fmt: skip
            chosen = st.multiselect(
                "Isochrones", list(_ISOCHRONES), default=[] if which == "hr" else _SHOWN, format_func=_ISOCHRONES.get,
                key=f"diagram-isochrones-{which}", persist_state="session", **elements.TYPED,
                help="Lines of models of one age and solar metallicity: Baraffe et al. (1998, A&A 337, 403; mixing "
                "length 1) and Baraffe et al. (2015, A&A 577, A42; masses in steps of 0.1). The publication draws "
                "PARSEC models of 5 Gyr in the Kiel diagram, which this app does not have.",
            )  # fmt: skip
    return Look(active=active, colour=colour, size=size, scale=scale, dark=dark()), chosen


def _isochrones(chosen: Sequence[str]) -> pd.DataFrame:
    """The models of the chosen isochrones, set after set."""
    every = pd.concat([published_stars.isochrones(models) for models in ("baraffe1998", "baraffe2015")])
    return every[(every["models"] + "-" + every["log_age"].astype(str)).isin(chosen)]


@st.cache_resource(max_entries=4, scope="session", show_spinner=False)
def _figure(which: str, users: Sequence[PlottedStar], look: Look, isochrones: Sequence[str]) -> go.Figure:
    """A diagram, kept for a visitor who comes back to it."""
    return _DRAW[which](published_stars.stars(), users, look, isochrones=_isochrones(isochrones))


def _show_diagram(which: str, row: object, results: Mapping[str, InferenceResult]) -> None:
    """One of the three diagrams with the chosen star beside it."""
    look, chosen = _choose_look(which, row)
    if results:
        luminosities.ask(results)
    users, published = luminosities.plotted(results), published_stars.stars()
    unplaced = [star.label for star in users if star.luminosity is None] if which == "hr" else []
    wide, narrow = elements.wide_and_narrow()
    panel = narrow.container(border=True)
    with panel:
        star = chosen_star.choose(results)
        chosen_star.show(star, results, users)
    look = Look(**vars(look) | {"chosen": star})
    if unplaced:
        with wide:
            st.info(
                f"Not in this diagram, since the luminosity is not known: {wording.labels(unplaced, 5)}. Give it "
                "above, or choose the spectroscopic HR diagram or the Kiel diagram, which need none.",
                icon=":material/visibility_off:",
            )
    number = int(published["luminosity"].notna().sum()) if which == "hr" else len(published)
    colour, size = QUANTITIES[look.colour].label, "" if look.size == EQUAL else QUANTITIES[look.size].label
    figure = _figure(which, users, look, chosen)
    with panel:
        chosen_star.next_here(star, in_one_place(figure, star))
    with wide:
        chart(
            figure,
            key=f"{which}-figure",
            alt=f"{_AXES[which]} against effective temperature of {number} published stars and "
            f"{len(users) - len(unplaced)} of yours, colour is {colour}" + (f", area is {size}" if size else ""),
            on_select=lambda: chosen_star.pick(f"{which}-figure"),
            selection_mode="points",
        )
        if not results:
            st.caption("Stars that you analyse on the first page are added here.")
        st.caption(
            f"Hot is left. {f'Area of circles and triangles: {size}. ' if size else ''}A diamond is a star of "
            "yours, with 1σ error bars, and hollow with a cross where a flag puts its place in doubt: point at it "
            "to read why." + _NOTES[which]
        )
    if which == "hr":
        diagram_tables.differences()
    diagram_tables.star_tables(users, results)


@st.fragment
def diagrams() -> None:
    """The chosen diagram with what controls it; a choice here runs no other part of the app anew."""
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    which = row.segmented_control(
        "Diagram", list(_DIAGRAMS), format_func=_DIAGRAMS.get, required=True,
        key=links.view("diagram", _DIAGRAMS), default=links.default("diagram", "hr"), persist_state="session",
        help="HR (Hertzsprung–Russell): luminosity against temperature. Spectroscopic HR: Teff⁴/g in place of the "
        "luminosity, for stars whose luminosity is not known. Kiel: surface gravity against temperature. Populations: "
        "how thin and thick disc differ.",
    )  # fmt: skip
    found = epochs.one_each(visit.current().results)
    if which == "populations":
        populations.show(found)
    else:
        _show_diagram(which, row, found)
        if found:
            keeping.python("diagram", which=which)

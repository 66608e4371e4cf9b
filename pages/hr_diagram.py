"""HR diagram page: the published stars and the user's in the Hertzsprung-Russell and the Kiel diagram."""

import streamlit as st

from dtl import catalogue
from dtl.figures.hr_diagram import PlottedStar, hr_diagram
from dtl.figures.kiel import kiel_diagram
from dtl.figures.style import METALLICITY_SCALES
from dtl.result import InferenceResult
from pages.shared import keeping, links, session
from pages.shared.chart import chart

DIAGRAMS = {"hr": "HR diagram", "kiel": "Kiel diagram"}
TRIANGLES = {"halpha_active": "Hα in emission, measured", "active_flag": "Activity flag of Passegger et al. 2019"}

results: dict[str, InferenceResult] = st.session_state.get("results") or {}
typed: dict[str, float] = dict(st.session_state.get("luminosities") or {})


def known_luminosity(result: InferenceResult) -> catalogue.Luminosity | None:
    """The published luminosity of the star a spectrum says it is of; a simulated one is of no star."""
    spectrum = result.prepared.spectrum
    return None if spectrum.simulated else catalogue.luminosity(spectrum.star)


def plotted(digest: str, result: InferenceResult) -> PlottedStar:
    """The star with the luminosity that was typed, or else the published one."""
    known = known_luminosity(result)
    if digest in typed:
        return PlottedStar.from_result(result, typed[digest])
    return PlottedStar.from_result(result, known.value, known.error) if known else PlottedStar.from_result(result)


def ask_luminosity(digest: str, result: InferenceResult) -> None:
    """A field for the luminosity of one star, remembered in ``typed``."""
    known = known_luminosity(result)
    value = st.number_input(
        f"{session.plain(session.label(result))}, luminosity [L☉]",
        min_value=1e-6,
        max_value=1e4,
        value=typed.get(digest),
        step=0.001,
        format="%.6g",
        placeholder=f"{known.value:.4g} ({known.reference.citation})" if known else "not known",
        key=f"luminosity-{digest}",
        help="Bolometric luminosity in units of the Sun's. A number typed here goes before the published one."
        + (f" The published one is {known.note}." if known and known.note else ""),
    )
    if value is None:
        typed.pop(digest, None)
    else:
        typed[digest] = value


st.title("Your stars among their kin", anchor=False)
st.caption(
    "286 M dwarfs of the solar neighbourhood with the parameters of Mas-Buitrago et al. (2024), and the stars you have "
    "analysed. A star well off the others is either unusual or not to be trusted."
)
left, middle, right = st.columns(3, gap="medium")
with left:
    which = st.segmented_control(
        "Diagram", list(DIAGRAMS), format_func=DIAGRAMS.get, default="hr", required=True, key="diagram",
        persist_state="session",
        help="HR (Hertzsprung–Russell): luminosity against temperature. Kiel: surface gravity against temperature, "
        "for stars whose luminosity is not known.",
    )  # fmt: skip
with middle:
    active = st.selectbox(
        "Triangles", list(TRIANGLES), format_func=TRIANGLES.get,
        key=links.view("diagram-triangles", TRIANGLES), persist_state="session",
        help="Measured: Hα in emission by 0.5 Å or more (threshold of Jeffers et al. 2018) in the spectra of Gaidos et "
        "al. 2014 or Lépine et al. 2013, without 24 of the stars. The flag is shown as published; it also marks "
        "early M dwarfs with Hα in absorption.",
    )  # fmt: skip
with right:
    scale = st.selectbox(
        "Colours", list(METALLICITY_SCALES), format_func=str.capitalize,
        key=links.view("diagram-colours", METALLICITY_SCALES), persist_state="session",
        help="Colour tells the metallicity [M/H]. Cividis, the second choice, can be read without colour vision.",
    )  # fmt: skip

if results:
    with st.expander("Luminosities of your stars", icon=":material/light_mode:"):
        st.caption(
            "Published stars are recognised by name, as GJ 699 or Barnard's Star, and take the published luminosity."
        )
        with st.container(horizontal=True):
            for digest, result in results.items():
                with st.container(width=320):
                    ask_luminosity(digest, result)
    st.session_state["luminosities"] = typed
users = [plotted(digest, result) for digest, result in results.items()]
unplaced = [star.label for star in users if star.luminosity is None]

published, options = catalogue.stars(), {"active": active, "scale": scale, "dark": session.dark()}
if which == "kiel":
    figure = kiel_diagram(published, users, isochrone=catalogue.isochrone(), **options)
    number, drawn, axes = len(published), len(users), "Surface gravity"
else:
    figure = hr_diagram(published, users, **options)
    number, drawn, axes = int(published["luminosity"].notna().sum()), len(users) - len(unplaced), "Luminosity"
chart(
    figure,
    key=f"{which}-figure",
    alt=f"{axes} against effective temperature of {number} published stars and {drawn} of yours, colour is metallicity",
)
if which == "hr" and unplaced:
    names = ", ".join(session.plain(name) for name in unplaced[:5]) + (" and others" if len(unplaced) > 5 else "")
    st.info(
        f"Not in this diagram, since the luminosity is not known: {names}. Type it above, or choose the Kiel diagram, "
        "which needs none.",
        icon=":material/visibility_off:",
    )
elif not results:
    st.caption("Stars that you analyse on the first page are added here.")
st.caption(
    "Hot is left. The area of a circle or triangle tells how fast the star rotates. A diamond is a star of yours, with "
    "1σ error bars, and hollow with a cross where a flag puts its parameters in doubt: point at it to read why."
    + (
        " The luminosity of five published stars is not known."
        if which == "hr"
        else " The line joins models of 4 Gyr and solar metallicity (Baraffe et al. 1998)."
    )
)

table = st.expander("The same as a table", icon=":material/table:", on_change="rerun", key="diagram-table")
if table.open:
    with table:
        meanings = catalogue.columns().set_index("column")
        headers = {}
        for name, row in meanings.iterrows():
            header, words = f"{name} [{row['unit']}]", f"{row['description']} ({row['reference']})"
            if row["unit"] == "L☉":
                headers[name] = st.column_config.NumberColumn(header, help=words, format="%.4g")
            else:
                headers[name] = st.column_config.Column(header if row["unit"] else name, help=words)
        if users:
            st.markdown("**Your stars**")
            rows = [{**vars(star), "flags": ", ".join(star.flags)} for star in users]
            st.dataframe(rows, hide_index=True, column_config=headers, alt="Your stars in the diagram")
        st.markdown("**Published stars**")
        st.dataframe(
            catalogue.overview(), hide_index=True, column_config=headers, alt="The published stars in the diagram"
        )
        works = [f"[{work.citation}]({work.url})" for work in catalogue.references().values()]
        st.caption("References: " + " · ".join(works))
if results and "uploads" in st.session_state:
    keeping.python("diagram", which=which)

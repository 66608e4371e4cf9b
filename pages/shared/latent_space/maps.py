"""The two maps, side by side, with the same stars and the same models chosen."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dtl.exploration.position import STATES, UNUSUAL, LatentPosition
from dtl.exploration.spectrum_metrics import SPECTRUM_METRICS, flag_group, star_value
from dtl.figures.latent_maps import ColourBar, MapStar, latent_map, outside_map
from dtl.result import PARAMETERS, InferenceResult, value_title
from dtl.rounding import estimate_words, format_number
from pages.shared.core import bundles, links, tables, wording
from pages.shared.core.chart import chart, dark
from pages.shared.core.flag_words import remarks
from pages.shared.latent_space import selection
from pages.shared.latent_space.positions import has_transfer, picture, places, shades

__all__ = ["MAPS", "the_maps"]

MAPS = {"flux": "Map of flux", "latent": "Map of the latent space"}
_HELP = {
    "flux": "Models whose spectra are alike lie close together.",
    "latent": "Models whose latent vectors are alike lie close together: the 32 numbers to which the encoder "
    "maps a spectrum.",
}


@st.fragment
def the_maps(result: InferenceResult, state: str) -> None:
    """Both maps with their settings, the models that are chosen on them, and their table.

    Args:
        result: the star that is emphasised.
        state: of the networks, see `dtl.exploration.position.STATES`.
    """
    bundle, (results, others) = bundles.of_result(result), bundles.same_bundle(result)
    colour = _choose_colour()
    found = places(results)
    here = [place[state] for place in found]
    shown = next(i for i, other in enumerate(results) if other is result)
    for column, which in zip(st.columns(2, gap="small"), MAPS, strict=True):
        with column:
            st.markdown(f"**{MAPS[which]}**", help=_HELP[which])
            stars = _stars(results, found, shown, which=which, colour=colour, state=state)
            _map(bundle, stars, shown, found[shown][state], which=which, colour=colour, state=state)
    if colour not in PARAMETERS:
        st.caption("Models are grey: this is known of observed spectra alone. Colours and signs are those of stars.")
    _say_outside(results, [star.unusual for star in stars])
    if others:
        st.info(_apart(others, result), icon=":material/visibility_off:")
    selection.panel(bundle, results, here, shown)
    table = st.expander("The maps as tables", icon=":material/table:", on_change="rerun", key="map-table")
    if table.open:
        with table:
            _tables(bundle, results, found)


def _choose_colour() -> str:
    names = {name: label for name, (label, _, _) in SPECTRUM_METRICS.items()} | {"flag": "Flags"}
    return st.selectbox(
        "Colour",
        list(names),
        format_func=names.get,
        key=links.view("map-colour", names),
        persist_state="session",
        help="Parameters colour models and stars alike. The others, which only an observed spectrum has, colour the "
        "stars: S/N per pixel; half the width of the 68 % interval; residual rms of the reconstruction; share of "
        "simulated observations that are nearer to the models; the gravest flag.",
    )


def _map(
    bundle: object, stars: Sequence[MapStar], shown: int, place: LatentPosition, *, which: str, colour: str, state: str
) -> None:
    nodes = getattr(bundle, f"map_{which}")
    chosen, digest = selection.chosen(bundle)
    shade = colour if colour in PARAMETERS else "none"
    bar = _bar(bundle, colour, stars)

    def draw(image: str, *, dark: bool) -> go.Figure:
        return latent_map(
            nodes,
            bundle.nodes,
            image,
            stars,
            bar=bar,
            chosen=shown,
            neighbours=[neighbour.index for neighbour in place.neighbours],
            other_state=STATES["after" if state == "before" else "before"],
            dark=dark,
        )

    def light() -> go.Figure:
        from dtl.figures.map_picture import map_picture

        return draw(map_picture(nodes, shades(bundle, shade)), dark=False)

    figure = draw(picture(bundle.name, which, shade, digest, dark(), _chosen=chosen), dark=dark())
    label = SPECTRUM_METRICS[colour][0] if colour in SPECTRUM_METRICS else "flags"
    chart(
        figure,
        key=f"map-{which}",
        alt=f"{MAPS[which]}: {len(nodes)} model spectra and {len(stars)} stars, coloured by {label}; "
        f"{len(chosen) if chosen is not None else 'no'} models chosen",
        light=light,
        on_select=lambda: selection.drawn(bundle, which),
        selection_mode=("lasso", "box"),
    )


def _stars(
    results: Sequence[InferenceResult],
    found: Sequence[dict[str, LatentPosition]],
    shown: int,
    *,
    which: str,
    colour: str,
    state: str,
) -> list[MapStar]:
    bundle, other = bundles.of_result(results[0]), "after" if state == "before" else "before"
    quantity, stars, name = SPECTRUM_METRICS.get(colour), [], f"map_{which}"
    outside = outside_map(getattr(bundle, name), np.array([getattr(place[state], name) for place in found]))
    names = wording.names_apart(results)
    for i, (result, place) in enumerate(zip(results, found, strict=True)):
        spots = {state_: getattr(at, name) for state_, at in place.items()}
        value = star_value(result, colour) if quantity else None
        value = value if value is not None and np.isfinite(value) else None  # withheld
        note = f"nearest grid point at {format_number(place[state].distance, 2)} in latent space"
        if quantity:
            said = "withheld" if value is None else f"{format_number(value, quantity[2])} {quantity[1]}"
            if colour in PARAMETERS:
                said = estimate_words(colour, result.estimates[colour])
            note = f"{quantity[0]} {said}<br>{note}"
        own = wording.label(result, short=True)
        if names[i] != own:  # exposures of a star lie close together
            note = f"{escape(wording.printable(result.prepared.spectrum.file))}<br>{note}"
        star = MapStar(
            own,
            spots[state],
            value=value,
            group=None if quantity else flag_group(result.flags),
            other=spots[other] if i == shown and has_transfer(bundle) else None,
            unusual=place[state].unusual or bool(outside[i]),
            note=note,
        )
        stars.append(star)
    return stars


def _bar(bundle: object, colour: str, stars: Sequence[MapStar]) -> ColourBar | None:
    if colour not in SPECTRUM_METRICS:
        return None
    label, unit, _ = SPECTRUM_METRICS[colour]
    title = f"{label} [{unit}]" if unit else label
    if colour in PARAMETERS:
        title = value_title(colour)
        column = bundle.nodes[:, list(PARAMETERS).index(colour)]
        return ColourBar(title, float(column.min()), float(column.max()))
    values = [star.value for star in stars if star.value is not None]
    if not values:
        return None
    low, high = min(values), max(values)
    room = 0.0 if high > low else 0.1 * abs(high) or 1.0  # a single star has no range of its own
    return ColourBar(title, low - room, high + room)


def _say_outside(results: Sequence[InferenceResult], unusual: Sequence[bool]) -> None:
    outside = [wording.label(result, short=True) for result, far in zip(results, unusual, strict=True) if far]
    if outside:
        st.warning(
            f"{len(outside)} of {len(results)} outside the mapped area, drawn as triangles: "
            f"{wording.labels(outside, 8)}. Farther from every model than {UNUSUAL:.0f} of 100 simulated observations, "
            "so the maps can only put them beside the models that are least far.",
            icon=":material/warning:",
        )


def _apart(others: Sequence[InferenceResult], result: InferenceResult) -> str:
    """Which stars the maps leave out, and why."""
    names = wording.labels((wording.label(other, short=True) for other in others), 5)
    return (
        f"Not on these maps of {wording.plain(result.bundle)}: {names}. They were analysed with other models, which "
        "have maps of their own; choose one of them to see it."
    )


def _tables(bundle: object, results: Sequence[InferenceResult], found: Sequence[dict[str, LatentPosition]]) -> None:
    titles = {
        name: value_title(name) if name in PARAMETERS else f"{label} [{unit}]" if unit else label
        for name, (label, unit, _) in SPECTRUM_METRICS.items()
    }
    rows = []
    for result, place in zip(results, found, strict=True):
        row = {"Spectrum": wording.label(result)}
        for state, at in place.items():
            for which in MAPS:
                axes = getattr(at, f"map_{which}")
                row |= {f"{which.capitalize()} {axis}, {state}": float(axes[i]) for i, axis in enumerate("xy")}
            row[f"Latent distance, {state}"] = at.distance
        row |= {title: _number(result, name) for name, title in titles.items()}
        rows.append(row | {"Remarks": remarks(result)})
    numbers = {name: 2 for name, value in rows[0].items() if not isinstance(value, str)}
    numbers |= {titles[name]: places for name, (_, _, places) in SPECTRUM_METRICS.items()}
    numbers |= {titles[name]: writer for name, writer in tables.estimates_written(results).items()}
    st.dataframe(
        tables.number_table(rows, numbers),
        hide_index=True,
        alt="Places of your stars on both maps, and what colours them",
    )
    columns = {"Node": range(len(bundle.nodes))}
    columns |= {
        f"{which.capitalize()} {axis}": getattr(bundle, f"map_{which}")[:, i]
        for which in MAPS
        for i, axis in enumerate("xy")
    }
    columns |= {value_title(name): bundle.nodes[:, i] for i, name in enumerate(PARAMETERS)}
    places = dict.fromkeys(list(columns)[1:], 2) | {value_title(name): PARAMETERS[name][2] for name in PARAMETERS}
    st.dataframe(
        columns,
        column_config=tables.fixed(places),
        hide_index=True,
        alt="Places of the model spectra on both maps and their parameters",
    )


def _number(result: InferenceResult, name: str) -> float | None:
    """A number of a spectrum as the cards have it: a limit where the value is one, None where it is withheld."""
    limit = result.estimates[name].limit if name in PARAMETERS else None
    value = star_value(result, name) if limit is None else limit
    return value if np.isfinite(value) else None

"""The synthetic gap as a number: how far stars are from the nearest grid point, before and after the transfer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dtl.bundle.card import PUBLISHED, number
from dtl.exploration.position import LatentPosition, flux_neighbours, from_quantiles
from dtl.figures.distances import DistanceStar, distance_figure
from dtl.result import InferenceResult
from dtl.rounding import format_significant
from pages.shared.core import bundles, tables, visit, wording
from pages.shared.core.chart import chart, dark
from pages.shared.latent_space.positions import has_transfer, places, spacings

__all__ = ["distances", "distances_of"]

_SPACES = {"flux": "In flux", "latent": "In latent space"}
_TITLES = {"flux": "Distance in flux", "latent": "Distance in latent space"}


@dataclass(frozen=True)
class FluxDistances:
    """Places of stars that a visit has seen, and the distances in flux before and after that were measured there."""

    known: tuple[tuple[dict[str, LatentPosition], tuple[float, float]], ...] = ()


@st.fragment
def distances(result: InferenceResult) -> None:
    """Distances of the visit's stars to the nearest grid point beside those of models and of simulated observations."""
    bundle, (results, _) = bundles.of_result(result), bundles.same_bundle(result)
    found = places(results)
    usual = spacings(bundle.name)
    of_stars = distances_of(bundle.name, found)
    reference = bundle.references.get("latent_distance")
    simulated = None if reference is None else from_quantiles(result.prepared.snr, reference)
    st.markdown(_sentence(results, of_stars, has_transfer(bundle)))
    shown = next(i for i, other in enumerate(results) if other is result)
    for column, (space, title) in zip(st.columns(2, gap="medium"), _SPACES.items(), strict=True):
        with column:
            st.markdown(f"**{title}**")
            stars = [
                DistanceStar(name, *map(float, pair))
                for name, pair in zip(wording.names_apart(results), of_stars[space], strict=True)
            ]
            figure = distance_figure(
                usual[space],
                stars,
                simulated=simulated if space == "latent" else None,
                published=PUBLISHED["gap"]["flux"] if space == "flux" else None,
                chosen=shown,
                title=_TITLES[space],
                dark=dark(),
            )
            chart(
                figure,
                key=f"distances-{space}",
                alt=f"{_TITLES[space]} of {len(stars)} stars from the nearest grid point before and after the transfer "
                "over a histogram of the distances between models; the table has the numbers",
            )
    st.caption(
        "Euclidean distances, on a logarithmic scale. A model's own neighbour is a step of the grid away; a star that "
        "differed from the models by its noise alone would lie a little farther. Simulated observations have the S/N "
        "of the star shown. Latent distances compare within one set of networks only, as each has units of its own: "
        f"the published {PUBLISHED['gap']['latent_after']:g} after transfer belongs to other networks."
    )
    table = st.expander("Data table", icon=":material/table:", on_change="rerun", key="distances-table")
    if table.open:
        with table:
            _tables(bundle, results, of_stars, usual, simulated)


def distances_of(name: str, found: Sequence[dict[str, LatentPosition]]) -> dict[str, np.ndarray]:
    """Distances of stars to the nearest grid point, in ``latent`` space and in ``flux``, before and after the transfer.

    Args:
        name: of the bundle.
        found: the places of all stars of the visit with it, ``n`` of them.

    Returns:
        Shape ``(n, 2)`` each.
    """
    return {"latent": _latent(found), "flux": _flux(name, found)}


def _latent(found: Sequence[dict[str, LatentPosition]]) -> np.ndarray:
    return np.array([[place["before"].distance, place["after"].distance] for place in found])


def _flux(name: str, found: Sequence[dict[str, LatentPosition]]) -> np.ndarray:
    """Distances in flux before and after, kept as long as the places are."""
    kept = {id(place): (place, pair) for place, pair in visit.kept(FluxDistances).known}
    new = [place for place in found if id(place) not in kept]
    if new:
        spectra = bundles.node_spectra(name)
        both = np.stack([place[state].flux for place in new for state in ("before", "after")])
        near = [neighbours[0].distance for neighbours in flux_neighbours(both, spectra, 1)]
        kept |= {id(p): (p, pair) for p, pair in zip(new, zip(near[::2], near[1::2], strict=True), strict=True)}
    visit.keep(FluxDistances(tuple(kept[id(place)] for place in found)))
    return np.array([kept[id(place)][1] for place in found])


def _sentence(results: Sequence[InferenceResult], of_stars: dict[str, np.ndarray], transfer: bool) -> str:
    parts = []
    for space, where in (("flux", "in flux"), ("latent", "in latent space")):
        before, after = (format_significant(float(value), 3) for value in of_stars[space].mean(axis=0))
        parts.append(f"**{before} → {after}** {where}" if transfer else f"**{before}** {where}")
    whose = "your spectrum" if len(results) == 1 else f"your {len(results)} spectra, in the mean,"
    when = ", before → after the transfer" if transfer else ""
    return (
        f"The synthetic gap as a number: from {whose} to the nearest grid point it is {' and '.join(parts)}{when}. "
        "A smaller distance is not by itself a smaller error."
    )


def _tables(
    bundle: object,
    results: Sequence[InferenceResult],
    of_stars: dict[str, np.ndarray],
    usual: dict[str, np.ndarray],
    simulated: np.ndarray | None,
) -> None:
    def shown(value: float | None) -> str:
        return "–" if value is None else format_significant(float(value), 3)

    rows = {
        "What": ["Model to the next model, median", "Your spectra, mean before", "Your spectra, mean after"],
        "Flux": [shown(np.median(usual["flux"])), *(shown(v) for v in of_stars["flux"].mean(axis=0))],
        "Latent": [shown(np.median(usual["latent"])), *(shown(v) for v in of_stars["latent"].mean(axis=0))],
    }
    card, published = bundle.card, PUBLISHED["gap"]
    more = {
        "Simulated observations of this S/N, median after": (None, None if simulated is None else np.median(simulated)),
        "Simulated survey of the card, mean before": (
            number(card, "metrics", "gap", "flux"),
            number(card, "metrics", "gap", "latent_before"),
        ),
        "Simulated survey of the card, mean after": (None, number(card, "metrics", "gap", "latent_after")),
        "Published, mean after (latents in other units)": (published["flux"], published["latent_after"]),
    }
    for what, (flux, latent) in more.items():
        rows["What"].append(what)
        rows["Flux"].append(shown(flux))
        rows["Latent"].append(shown(latent))
    st.table(
        rows, border="horizontal", hide_index=True, alt="Distances to the nearest grid point in flux and latent space"
    )
    columns = {"spectrum": [wording.label(result) for result in results]}
    for space, pairs in of_stars.items():
        columns |= {f"{space}, {state}": pairs[:, i] for i, state in enumerate(("before", "after"))}
    digits = {name: 3 if name.startswith("flux") else 2 for name in columns if name != "spectrum"}
    st.dataframe(
        tables.number_table(columns, digits),
        hide_index=True,
        alt="Distance of each of your stars to the nearest grid point",
    )

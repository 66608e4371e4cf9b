"""Choosing models on the page: with the lasso, by ranges of their parameters, or row by row; all to the same effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
import streamlit as st

from dtl.exploration.latent_traversal import grid_limits
from dtl.exploration.position import LatentPosition
from dtl.result import PARAMETERS, InferenceResult, value_title
from dtl.rounding import format_number
from pages.shared.core import bundles, visit, wording

__all__ = ["chosen", "drawn", "panel"]

_STEPS = {"teff": 25.0, "logg": 0.1, "mh": 0.1, "vsini": 0.5}
_FORMATS = {name: f"%.{places}f" for name, (_, _, places) in PARAMETERS.items()}


@dataclass(frozen=True)
class ChosenModels:
    """The models that a visit has chosen.

    Attributes:
        bundle: name of their bundle.
        nodes: indices, shape ``(n,)``.
        how: they were chosen, in words; empty where none were.
    """

    bundle: str = ""
    nodes: np.ndarray = field(default_factory=lambda: np.array([], dtype=np.int64))
    how: str = ""


def chosen(bundle: object) -> tuple[np.ndarray | None, bytes]:
    """Indices of the chosen nodes of a bundle, None where none are, and their digest."""
    kept = visit.kept(ChosenModels)
    if kept.bundle != bundle.name or not len(kept.nodes):
        return None, b""
    return kept.nodes, sha256(kept.nodes.tobytes()).digest()


def drawn(bundle: object, which: str) -> None:
    """Choose what lies inside the outlines drawn on a map; without any outline nothing stays chosen."""
    from dtl.exploration.selection import inside_any

    event = (st.session_state.get(f"map-{which}") or {}).get("selection", {})
    outlines = [np.column_stack([outline["x"], outline["y"]]) for outline in event.get("lasso", [])]
    for box in event.get("box", []):
        (x0, x1), (y0, y1) = box["x"], box["y"]
        outlines.append(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]))
    _reset_ranges(bundle)
    _keep(bundle, inside_any(getattr(bundle, f"map_{which}"), outlines), "drawn on a map" if outlines else "")


def panel(bundle: object, results: Sequence[InferenceResult], here: Sequence[LatentPosition], shown: int) -> None:
    """The chosen models in numbers, and the ways to choose without a mouse."""
    nodes, digest = chosen(bundle)
    kept = visit.kept(ChosenModels)
    empty = kept.bundle == bundle.name and bool(kept.how) and nodes is None
    with st.container(horizontal=True, vertical_alignment="center"):
        if nodes is not None:
            st.markdown(f"**{len(nodes):,} of {len(bundle.nodes):,} models chosen**, {kept.how}", width="stretch")
        elif empty:
            st.markdown(f"**No model is {kept.how}.** Try a larger area or range.", width="stretch")
        else:
            st.markdown("Draw around models on a map to choose them, or choose them below.", width="stretch")
        st.button(
            "Clear",
            key="clear-chosen",
            icon=":material/deselect:",
            shortcut="Escape",
            disabled=nodes is None and not empty,
            on_click=_clear,
            args=(bundle,),
            help="Choose no models." if nodes is not None else "Nothing is chosen yet.",
        )
    if nodes is not None:
        _summary(bundle, nodes, results, here)
    box = st.expander(
        "Choose models without the mouse", icon=":material/keyboard:", on_change="rerun", key="choose-box"
    )
    if box.open:
        with box:
            _ranges(bundle)
            _rows(bundle, here[shown], digest)


def _summary(
    bundle: object, nodes: np.ndarray, results: Sequence[InferenceResult], here: Sequence[LatentPosition]
) -> None:
    from dtl.exploration.selection import summarise

    of_chosen = summarise(bundle.nodes[nodes])
    columns = {"Parameter": [value_title(name) for name in PARAMETERS]}
    for title, key in (("Mean", "mean"), ("Spread", "spread"), ("Lowest", "lowest"), ("Highest", "highest")):
        more = int(key in ("mean", "spread"))
        columns[title] = [format_number(of_chosen[n][key], p + more) for n, (_, _, p) in PARAMETERS.items()]
    st.table(columns, border="horizontal", hide_index=True, alt="Parameters of the chosen models")
    among = set(nodes.tolist())
    names = [
        wording.plain(wording.label(result, short=True))
        for result, place in zip(results, here, strict=True)
        if place.neighbours[0].index in among
    ]
    listed = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    st.caption(
        (
            f"Your stars whose nearest grid point is among them: {listed}. "
            if names
            else "No star of yours is nearest to one. "
        )
        + "Spread is the standard deviation."
    )


def _ranges(bundle: object) -> None:
    st.markdown("**By ranges**")
    with st.grid(4, min_column_width=200, key="model-ranges"):
        for name, limits in grid_limits(bundle).items():
            *_, places = PARAMETERS[name]
            key = f"range-{name}"
            low, high = st.session_state.get(key) or limits
            if not limits[0] <= low <= high <= limits[1]:  # of other models
                low, high = limits
            st.session_state[key] = (low, high)
            st.slider(
                value_title(name),
                *limits,
                step=_STEPS[name],
                format=f"%.{places}f",
                key=key,
                persist_state="session",
                on_change=_from_ranges,
                args=(bundle,),
                help="Arrow keys move the ends.",
            )


def _from_ranges(bundle: object) -> None:
    from dtl.exploration.selection import within

    ranges = {name: st.session_state[f"range-{name}"] for name in PARAMETERS}
    found = within(bundle.nodes, ranges)
    everything = len(found) == len(bundle.nodes)
    _keep(bundle, np.array([], dtype=int) if everything else found, "" if everything else "within the ranges")


def _rows(bundle: object, star: LatentPosition, digest: bytes) -> None:
    """All models, nearest to the star first, to be ticked."""
    st.markdown("**Row by row**", help="Space ticks the row of the cell in focus; the box above ticks all.")
    order = _order(bundle.name, star.latent.tobytes(), _latent=star.latent)
    columns = {"distance": order[1]} | {name: bundle.nodes[order[0], i] for i, name in enumerate(PARAMETERS)}
    columns["node"] = order[0]
    config = {name: st.column_config.NumberColumn(value_title(name), format=_FORMATS[name]) for name in PARAMETERS}
    st.dataframe(
        columns,
        key="choose-rows",
        on_select=lambda: _from_rows(bundle, order[0]),
        selection_mode="multi-row",
        hide_index=True,
        height=240,
        column_config=config
        | {
            "distance": st.column_config.NumberColumn(
                "Distance", format="%.2f", help="From the star shown, in latent space."
            ),
            "node": st.column_config.NumberColumn("Node", format="%d", help="Number of the model in the grid, from 0."),
        },
        alt="All models, nearest to the star first; ticked rows are chosen",
    )


@st.cache_data(max_entries=8, scope="session", show_spinner=False)
def _order(name: str, star: bytes, *, _latent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from dtl.bundle.projection import nearest

    models = bundles.find_bundle(name).latents
    index, distance = nearest(np.asarray(_latent, dtype=np.float32)[None], models, len(models))
    return index[0], distance[0]


def _from_rows(bundle: object, order: np.ndarray) -> None:
    rows = (st.session_state.get("choose-rows") or {}).get("selection", {}).get("rows", [])
    _reset_ranges(bundle)
    _keep(bundle, np.sort(order[rows]) if rows else np.array([], dtype=int), "ticked" if rows else "")


def _clear(bundle: object) -> None:
    _reset_ranges(bundle)
    _keep(bundle, np.array([], dtype=int), "")


def _reset_ranges(bundle: object) -> None:
    for name, limits in grid_limits(bundle).items():
        if f"range-{name}" in st.session_state:
            st.session_state[f"range-{name}"] = limits


def _keep(bundle: object, nodes: np.ndarray, how: str) -> None:
    visit.keep(ChosenModels(bundle.name, np.asarray(nodes, dtype=np.int64), how))

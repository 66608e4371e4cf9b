"""What the parts of the latent space page share: places of stars, spectra of the models, and pictures of the maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dtl.exploration.position import STATES, LatentPosition
from dtl.result import InferenceResult
from pages.shared.core import bundles, links, visit

__all__ = ["choose_state", "has_transfer", "meanings", "picture", "places", "shades", "spacings"]


@dataclass(frozen=True)
class KnownPlaces:
    """Results of a visit with their places in both states of the networks."""

    known: tuple[tuple[InferenceResult, dict[str, LatentPosition]], ...] = ()


def choose_state(bundle: object) -> str:
    """A choice between the networks before and after the transfer."""
    able = has_transfer(bundle)
    return st.segmented_control(
        "Networks",
        list(STATES),
        format_func=STATES.get,
        required=True,
        key=links.view("transfer", STATES, "after"),
        default=links.default("transfer", "after"),
        persist_state="session",
        disabled=not able,
        help="The transfer adapts the encoder to observed spectra; the models stay where they are. After it, what the "
        "networks have learned that stars have and models lack is also taken off the flux."
        if able
        else "These networks had no transfer, so there is only one state.",
    )


def has_transfer(bundle: object) -> bool:
    """Whether the networks have been adapted to observed spectra."""
    return bundle.target_encoder is not None


def places(results: Sequence[InferenceResult]) -> list[dict[str, LatentPosition]]:
    """Places of stars of one bundle in both states, kept as long as their results are."""
    from dtl.exploration.position import locate_spectra

    alive = {id(result) for result in visit.current().results.values()}
    kept = {id(known): (known, place) for known, place in visit.kept(KnownPlaces).known if id(known) in alive}
    new = [result for result in results if id(result) not in kept]
    if new:
        found = locate_spectra([result.prepared for result in new], bundles.of_result(new[0]))
        kept |= {id(result): (result, place) for result, place in zip(new, found, strict=True)}
    visit.keep(KnownPlaces(tuple(kept.values())))
    return [kept[id(result)][1] for result in results]


@st.cache_data(max_entries=48, show_spinner=False)
def picture(name: str, which: str, colour: str, chosen: bytes, dark: bool, *, _chosen: np.ndarray | None = None) -> str:
    """The models of a bundle on a map.

    Args:
        name: of the bundle.
        which: ``flux`` or ``latent``.
        colour: parameter that gives it; the models are grey for any other word.
        chosen: digest of the indices ``_chosen`` of the nodes that stay bright.
        dark: for a dark page.
    """
    from dtl.figures.map_picture import map_picture

    bundle = bundles.find_bundle(name)
    return map_picture(getattr(bundle, f"map_{which}"), shades(bundle, colour), chosen=_chosen, dark=dark)


def shades(bundle: object, colour: str) -> np.ndarray | None:
    """Values of the models that give their colour on a map, shape ``(m,)``; None where they are grey."""
    from dtl.result import PARAMETERS

    return bundle.nodes[:, list(PARAMETERS).index(colour)] if colour in PARAMETERS else None


@st.cache_data(max_entries=4, show_spinner="Measuring how far the models are from each other …")
def spacings(name: str) -> dict[str, np.ndarray]:
    """Distance of every tenth model of a bundle to the nearest other one, in flux and in latent space."""
    from dtl.exploration.position import spacing

    spectra = bundles.node_spectra(name)
    stretch = (len(bundles.find_bundle(name).wavelength) / spectra.flux.shape[1]) ** 0.5
    return {"flux": spacing(spectra.flux) * stretch, "latent": spacing(bundles.find_bundle(name).latents)}


@st.cache_data(max_entries=4, show_spinner=False)
def meanings(name: str) -> tuple[np.ndarray, list[str]]:
    """Correlation of each latent of a bundle with each parameter, and the strongest in words."""
    from dtl.exploration.latent_traversal import correlations
    from dtl.result import PARAMETERS
    from dtl.rounding import format_number

    bundle = bundles.find_bundle(name)
    table = correlations(bundle.latents, bundle.nodes)
    words = []
    for row in table:
        strongest = int(abs(row).argmax())
        words.append(f"{list(PARAMETERS.values())[strongest][0]}, r = {format_number(float(row[strongest]), 2)}")
    return table, words

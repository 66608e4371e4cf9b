"""Which published star each of the user's spectra is of: known by its name, or said by the user."""

from __future__ import annotations

import streamlit as st

from dtl.catalogue import published_stars
from dtl.catalogue.epochs import group_epochs, identify
from dtl.catalogue.literature import recognise
from dtl.result import InferenceResult
from pages.shared.core import luminosity_fields, visit, wording

__all__ = ["ask_star", "matched", "observed", "star_of"]


def observed() -> dict[str, InferenceResult]:
    """The results that are of a real star: digest -> result."""
    results = visit.current().results
    return {digest: result for digest, result in results.items() if not result.prepared.spectrum.simulated}


def star_of(digest: str, result: InferenceResult) -> str | None:
    """The CARMENES identifier of a spectrum's star, None where it is not known."""
    said = visit.current().stars
    return said[digest] or None if digest in said else recognise(result)


def matched() -> dict[str, tuple[InferenceResult, str]]:
    """The user's published stars: label, no two alike -> result, that of all exposures together, and identifier."""
    found = []
    for star in group_epochs(observed(), visit.current().stars):
        if karmn := next(filter(None, (star_of(*exposure) for exposure in star.results.items())), None):
            found.append((star.combined, karmn))
    labels: dict[str, tuple[InferenceResult, str]] = {}
    for name, (result, star) in zip(wording.names_apart(result for result, _ in found), found, strict=True):
        label = name
        while label in labels:
            label += "′"
        labels[label] = result, star
    return labels


def ask_star() -> None:
    """The spectra whose star is not known, in words, and a list to say of which star the spectrum shown is."""
    spectra = observed()
    if not spectra:
        st.caption(
            "Spectra of published stars that you upload on the first page are added here as diamonds. They are "
            "recognised by the name of the star in the file; a simulated observation is of no star."
        )
        return
    unknown = [r.prepared.spectrum.star or wording.label(r) for d, r in spectra.items() if not star_of(d, r)]
    title = "Your spectra and their stars" + (f": {len(unknown)} not recognised" if unknown else "")
    with st.expander(title, icon=":material/badge:", expanded=len(unknown) == len(spectra)):
        if unknown:
            st.info(
                f"Not recognised by name: {wording.labels(unknown, 5)}. "
                f"If {'it' if len(set(unknown)) == 1 else 'one of them'} is one of the "
                "286 published stars, say which.",
                icon=":material/help:",
            )
        left, right = st.columns(2, gap="medium")
        digests = list(spectra)
        chosen = visit.current().selected
        st.session_state["literature-spectrum"] = chosen if chosen in digests else digests[0]

        def choose() -> None:
            visit.change(selected=st.session_state["literature-spectrum"])

        with left:
            digest = st.selectbox(
                "Spectrum",
                digests,
                format_func=lambda d: wording.label(spectra[d]),
                key="literature-spectrum",
                on_change=choose,
            )
        names = {"": "none of the published stars"} | published_stars.names()
        key = f"literature-star-of-{digest}"

        def say() -> None:
            _say(_of_one_name(digest), st.session_state[key])

        st.session_state[key] = star_of(digest, spectra[digest]) or ""  # it may have been said of another exposure
        with right:
            st.selectbox(
                "is of the star",
                list(names),
                format_func=lambda k: f"{names[k]} ({k})" if k else names[k],
                key=key,
                on_change=say,
                help="Taken from the name in the file where that is the name of a published star. Type to search. "
                "What you say holds for all spectra of this name, where the name is not known.",
            )


def _say(digests: list[str], star: str) -> None:
    """Take it that spectra are of a star."""
    for digest in digests:  # the fields on the page HR diagram would bring the luminosity of the earlier one back
        earlier = published_stars.star_of(observed()[digest].prepared.spectrum, visit.current().stars.get(digest))
        luminosity_fields.forget_published(digest, earlier)
    visit.change(stars={**visit.current().stars, **dict.fromkeys(digests, star)})


def _of_one_name(digest: str) -> list[str]:
    """The spectra that what is said of one holds for: those that are one star by their name, where it is not known."""
    spectra = observed()
    name = identify(spectra[digest])
    if not name or recognise(spectra[digest]):
        return [digest]
    return [key for key, result in spectra.items() if identify(result) == name]

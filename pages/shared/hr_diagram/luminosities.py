"""Luminosities of the user's stars: from a published table, from distance and magnitudes, or typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from dtl.catalogue import published_stars
from dtl.catalogue.luminosity import BOLOMETRIC, LuminosityInput, Photometry, distance_of, photometric_luminosity
from dtl.catalogue.mass_radius import AbsoluteMagnitude, Derived, absolute_magnitude, mass_and_radius
from dtl.figures.plotted_star import PlottedStar
from dtl.result import InferenceResult
from dtl.rounding import format_with_error
from pages.shared.core import epochs, luminosity_fields, visit, wording

__all__ = ["METHODS", "ask", "derived", "plotted"]

METHODS = {"published": "Published table", "photometry": "Distance and magnitudes", "typed": "Typed value"}
#: Beside them for a star whose luminosity was given before its fields were drawn.
_SAVED = {"saved": "As saved"}


@dataclass(frozen=True)
class KsMagnitudes:
    """Absolute Ks of the stars for which distance and magnitude were given, by their digests."""

    known: Mapping[str, AbsoluteMagnitude] = field(default_factory=dict)


@dataclass(frozen=True)
class SavedLuminosities:
    """Luminosities that a restored session brought, by the digests of their stars."""

    known: Mapping[str, LuminosityInput] = field(default_factory=dict)


def derived(digest: str, result: InferenceResult) -> list[Derived]:
    """Mass and radius of a star of the user by all relations that hold for it."""
    estimates = result.estimates
    return mass_and_radius(
        estimates["teff"], estimates["mh"], luminosity(digest, result),
        epochs.said_of(digest, visit.kept(KsMagnitudes).known),
    )  # fmt: skip


def luminosity(digest: str, result: InferenceResult) -> LuminosityInput | None:
    """The luminosity given on this page, or else the published one."""
    now = visit.current()
    given = epochs.said_of(digest, now.luminosities)
    return published_stars.star_luminosity(result.prepared.spectrum, given, epochs.said_of(digest, now.stars))


def plotted(results: Mapping[str, InferenceResult]) -> list[PlottedStar]:
    """The user's stars as the diagrams need them."""
    stars = []
    for digest, result in results.items():
        known = luminosity(digest, result) or LuminosityInput(None, 0.0, "")
        stars.append(PlottedStar.from_result(result, *known, key=digest))
    return stars


def ask(results: Mapping[str, InferenceResult]) -> None:
    """The fields for the luminosity of one star at a time."""
    with st.expander("Luminosities of your stars", icon=":material/light_mode:"):
        best = _star(results)
        result = results[best]
        spectrum, said = result.prepared.spectrum, epochs.said_of(best, visit.current().stars)
        exposures = epochs.exposures_of(best)
        digest = exposures[0]  # the best of them may be another one tomorrow
        known = published_stars.star_luminosity(spectrum, said=said)
        saved = _saved(digest, known)
        methods = METHODS | (_SAVED if saved else {})
        method = st.segmented_control(
            "Luminosity from", list(methods), format_func=methods.get, required=True, persist_state="session",
            default="saved" if saved else "published" if known else "photometry", key=f"luminosity-method-{digest}",
            help="Published table: by the name of the star. Distance and magnitudes: with a bolometric correction. "
            "Typed value: a number you know. What is chosen here goes before the published value.",
        )  # fmt: skip
        row = published_stars.star_of(spectrum, said)
        ways = {"published": _from_table, "photometry": _from_photometry, "typed": _typed}
        given = saved if method == "saved" else ways[method](digest, row)
        kept = {key: value for key, value in visit.current().luminosities.items() if key not in exposures}
        told = given not in (None, known)  # what is published needs no telling, and goes with the star's name
        visit.change(luminosities=kept | ({digest: given} if told else {}))
        used = given or known
        name = wording.plain(wording.label(result))
        if used:
            value = format_with_error(used.value, used.error)
            st.markdown(f"{name}: **{value} L☉** ({wording.plain(used.source)})")
        else:
            st.markdown(f"{name}: luminosity **not known** yet. The spectroscopic HR diagram needs none.")


def _saved(digest: str, known: LuminosityInput | None) -> LuminosityInput | None:
    """The luminosity that a star had before its fields were drawn, None where it had none or the published one."""
    saved = visit.kept(SavedLuminosities).known
    given = epochs.said_of(digest, visit.current().luminosities)
    if f"luminosity-method-{digest}" not in st.session_state and given not in (None, known):
        saved = {**saved, digest: given}
        visit.keep(SavedLuminosities(saved))
    return saved.get(digest)


def _star(results: Mapping[str, InferenceResult]) -> str:
    """The star whose luminosity is asked for."""
    key = "luminosity-star"
    if st.session_state.get(key) not in results:
        selected = visit.current().selected
        st.session_state[key] = selected if selected in results else next(iter(results))
    if len(results) == 1:
        return next(iter(results))
    return st.selectbox(
        "Your star", list(results), format_func=lambda d: wording.label(results[d]), key=key, persist_state="session"
    )


def _from_table(digest: str, row: object) -> LuminosityInput | None:
    """The published luminosity of a star of the table, found by name or chosen."""
    stars = published_stars.stars()
    stars = stars[stars["luminosity"].notna()]
    names = dict(zip(stars["karmn"], stars["name"], strict=True))
    known = row is not None and row["karmn"] in names
    chosen = st.selectbox(
        "Published star", list(names), index=list(names).index(row["karmn"]) if known else None,
        format_func=lambda karmn: f"{names[karmn]} ({karmn})", placeholder="Not found by its name",
        key=f"luminosity-published-{digest}", persist_state="session",
        help="Your star is recognised by name, as GJ 699 or Barnard's Star. Type to search the 281 stars.",
    )  # fmt: skip
    known = published_stars.luminosity(chosen) if chosen else None
    return known and known.as_input


def _from_photometry(digest: str, row: object) -> LuminosityInput | None:
    """The luminosity from distance, G and J; the fields hold what is published of a known star."""
    kind = st.segmented_control(
        "Distance as", ["parallax", "distance"], default="parallax", required=True, persist_state="session",
        key=f"luminosity-distance-as-{digest}", format_func={"parallax": "Parallax", "distance": "Distance"}.get,
    )  # fmt: skip
    start, unit = luminosity_fields.published(row), "mas" if kind == "parallax" else "pc"
    with st.container(horizontal=True):
        far = _number(digest, f"{kind.capitalize()} [{unit}]", kind, start[kind], low=1e-3, high=1e5)
        far_error = _number(digest, f"± [{unit}]", f"{kind}-error", 0.05, low=0.0, high=1e4)
        g = _number(digest, "G [mag]", "g", start["g"], low=-5.0, high=25.0, help="Gaia G magnitude.")
        g_error = _number(digest, "± G [mag]", "g-error", 0.003, low=0.0, high=2.0)
        j = _number(digest, "J [mag]", "j", start["j"], low=-5.0, high=25.0, help="2MASS J magnitude.")
        j_error = _number(digest, "± J [mag]", "j-error", 0.02, low=0.0, high=2.0)
        ks = _number(digest, "Ks [mag]", "ks", None, low=-5.0, high=25.0, help="2MASS Ks, for mass and radius alone.")
        ks_error = _number(digest, "± Ks [mag]", "ks-error", 0.02, low=0.0, high=2.0)
    st.caption(
        "The bolometric correction of G is a polynomial in G − J, as in Cifuentes et al. (2020), fitted anew to "
        f"{BOLOMETRIC.stars} of their stars with {BOLOMETRIC.bluest:.2f} ≤ G − J ≤ {BOLOMETRIC.reddest:.2f}. They "
        f"scatter by {BOLOMETRIC.scatter:.3f} mag around it, which the uncertainty holds. Extinction is left out; the "
        "G of the fit is that of Gaia DR2."
    )
    magnitude = None
    if None not in (far, far_error, ks, ks_error):
        distance = distance_of(far, far_error) if kind == "parallax" else (far, far_error)
        magnitude = absolute_magnitude(ks, ks_error, *distance)
    _keep_ks(digest, magnitude)
    if None in (far, far_error, g, g_error, j, j_error):
        return None
    errors = {"g_error": g_error, "j_error": j_error}
    try:
        if kind == "parallax":
            star = Photometry.from_parallax(far, g, j, parallax_error=far_error, **errors)
        else:
            star = Photometry(far, g, j, distance_error=far_error, **errors)
        return LuminosityInput(*photometric_luminosity(star), luminosity_fields.PHOTOMETRIC)
    except ValueError as error:
        st.warning(wording.sentence(error), icon=":material/warning:")
        return None


def _keep_ks(digest: str, magnitude: AbsoluteMagnitude | None) -> None:
    """Keep the absolute Ks of a star; None where something that it takes is lacking."""
    known = {key: value for key, value in visit.kept(KsMagnitudes).known.items() if key != digest}
    visit.keep(KsMagnitudes(known if magnitude is None else known | {digest: magnitude}))


def _typed(digest: str, row: object) -> LuminosityInput | None:
    """A luminosity that the user knows."""
    with st.container(horizontal=True):
        value = _number(
            digest, "Luminosity [L☉]", "value", None, low=1e-6, high=1e4, help="Bolometric, in units of the Sun's."
        )
        error = _number(digest, "± [L☉]", "value-error", None, low=0.0, high=1e4, help="1σ, drawn as an error bar.")
    return None if value is None else LuminosityInput(value, error or 0.0, "typed")


def _number(
    digest: str, label: str, name: str, start: float | None, *, low: float, high: float, help: str | None = None
) -> float | None:
    """A field for a number of a star, empty or with what is known."""
    return st.number_input(
        label, min_value=low, max_value=high, value=start, step=None, format="%.6g", placeholder="not known",
        key=f"luminosity-{name}-{digest}", persist_state="session", help=help, width=170,
    )  # fmt: skip

"""Widgets to correct the reading of a file, and to remove it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dtl.readers.instruments import INSTRUMENTS
from dtl.result import InferenceResult
from dtl.spectrum import Finding
from pages.shared.core import bundles, uploads, visit, wording
from pages.shared.spectrum import alike, rereading, wizard

__all__ = ["corrections", "reading_options"]

_CHOICES = {
    "unit": ("Unit of the wavelengths", {"Angstrom": "Å", "nm": "nm", "um": "µm", "1/cm": "cm⁻¹", "Hz": "Hz"}),
    "medium": ("Air or vacuum", {"vacuum": "vacuum", "air": "air"}),
    "frame": (
        "Velocity frame",
        {
            "observatory": "topocentric (as observed)",
            "barycentric": "barycentric (corrected for the Earth)",
            "rest": "star at rest",
        },
    ),
    "instrument": ("Instrument", {instrument.name: instrument.name for instrument in INSTRUMENTS}),
}
_HELP = {
    "instrument": "The spectrograph gives the resolution, and whether wavelengths are those of air, where the file "
    "does not state them.",
}


def corrections(digest: str, result: InferenceResult) -> None:
    """Widgets to correct the reading of a file, and to remove it."""
    st.caption("Is something under Metadata wrong? Change it here and the spectrum is read again.")
    reading_options(digest, result.prepared.spectrum.findings, result.prepared.spectrum.orders)
    alike.the_others(digest)
    wizard.columns(digest, unreadable=False)
    st.button(
        "Remove this spectrum",
        key=f"remove-{digest}",
        icon=":material/delete:",
        on_click=uploads.remove,
        args=(digest,),
    )


def reading_options(digest: str, found: tuple[Finding, ...], orders: tuple[tuple[int, float, float], ...] = ()) -> None:
    """Widgets for `ReadOptions` and the models; any change reads this file again, alone."""
    if f"option-unit-{digest}" not in st.session_state:  # the fields come anew, and show what holds
        rereading.forget(digest)
    upload = visit.current().uploads[digest]
    options = upload.options
    read = {finding.name: finding.value for finding in found if finding.source != "user"}
    columns = st.columns(2)
    for i, (name, (title, words)) in enumerate(_CHOICES.items()):
        columns[i % 2].selectbox(
            title,
            list(words),
            format_func=words.get,
            index=None,
            placeholder=f"as read: {words.get(read[name], read[name])}" if name in read else "as read",
            key=_key(digest, name, getattr(options, name)),
            on_change=_reread,
            args=(digest, name),
            help=_HELP.get(name),
        )
    columns[1].number_input(
        "Resolution λ/FWHM",
        step=1000.0,
        format="%.0f",
        value=None,
        placeholder=f"as read: {read['resolution']}" if "resolution" in read else "as read",
        key=_key(digest, "resolution", options.resolution),
        on_change=_reread,
        args=(digest, "resolution"),
    )
    if not found:
        _row_and_extension(digest, *columns)
    _order_and_bundle(digest, columns[0], read, orders)
    about = (*_CHOICES, "resolution", "order", "bundle", *(() if found else ("row", "extension")))
    if problem := rereading.problem_of(digest, about=about):
        st.error(wording.sentence(f"{problem} The earlier reading is kept."), icon=":material/error:")


def _row_and_extension(digest: str, left: DeltaGenerator, right: DeltaGenerator) -> None:
    """Fields for the spectrum and the extension of a file that is refused, so that nobody knows how many it has."""
    options = visit.current().uploads[digest].options
    left.number_input(
        "Spectrum, where the file holds several",
        min_value=1,
        step=1,
        value=None,
        placeholder="the first",
        key=_key(digest, "row", options.row),
        on_change=_reread,
        args=(digest, "row"),
    )
    right.text_input(
        "FITS extension",
        value=None,
        placeholder="by the window; a number or a name",
        key=_key(digest, "extension", options.extension),
        on_change=_reread,
        args=(digest, "extension"),
    )


def _order_and_bundle(
    digest: str, place: DeltaGenerator, read: dict[str, str], orders: tuple[tuple[int, float, float], ...]
) -> None:
    """Widgets for the order of the spectrograph and for the models, where there are several to choose from."""
    upload = visit.current().uploads[digest]
    if orders:
        ranges = {number: f"{number} ({low:.1f}–{high:.1f} Å)" for number, low, high in orders}
        place.selectbox(
            "Order",
            list(ranges),
            format_func=ranges.get,
            index=None,
            placeholder="all that reach into the window",
            key=_key(digest, "order", upload.options.order),
            on_change=_reread,
            args=(digest, "order"),
            help="Orders of the echelle spectrum with part of the window, counted from 0.",
        )
    if len(bundles.available()) > 1:
        place.selectbox(
            "Models",
            list(bundles.available()),
            format_func=lambda name: f"{name} (R = {bundles.available()[name]:,.0f})",
            index=None,
            placeholder=f"by resolution: {read['models']}" if "models" in read else "by resolution",
            key=_key(digest, "bundle", upload.bundle),
            on_change=_reread,
            args=(digest, "bundle"),
            help="The networks. Without a choice they are the sharpest that the resolution of the spectrum allows.",
        )


def _key(digest: str, name: str, value: object) -> str:
    """Key of a widget that shows ``value``, also after its page was left."""
    key = f"option-{name}-{digest}"
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def _reread(digest: str, name: str) -> None:
    key = f"option-{name}-{digest}"
    if rereading.reread(digest, **{name: st.session_state[key]}):
        upload = visit.current().uploads[digest]
        st.session_state[key] = upload.bundle if name == "bundle" else getattr(upload.options, name)

"""Choosing the columns of a table by eye: what is wavelength, flux and uncertainty, with a preview that follows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from dtl.figures.preview import preview_figure
from dtl.readers.options import KIND_WORDS, ReadOptions
from dtl.readers.preview import Preview, preview_table
from dtl.spectrum import UnusableInput
from dtl.wavelengths import Window
from pages.shared.core import apart, bundles, visit, wording
from pages.shared.core.analysis import analyse_upload
from pages.shared.core.chart import chart, dark
from pages.shared.spectrum import rereading

__all__ = ["columns"]

_UNITS = {"Angstrom": "Å", "nm": "nm", "um": "µm"}
_NONE = "none"
_ROWS = 8
#: Columns of a role whose reasons are shown.
_CANDIDATES = 4


def columns(digest: str, *, unreadable: bool) -> None:
    """The choice of the columns of a file, where it is a table; open at once where it was not readable for them."""
    upload: visit.Upload = visit.current().uploads[digest]
    preview = _preview(
        digest, upload.options.extension, upload.content, upload.name, bundles.reading_windows(upload.bundle)
    )
    if preview is None:
        return
    box = st.expander(
        f"Choose the columns of {wording.plain(upload.name)}" if unreadable else "Choose its columns",
        icon=":material/table_edit:",
        expanded=unreadable and not preview.named,
        on_change="rerun",
        key=f"columns-{digest}",
    )
    if box.open:
        with box:
            _wizard(digest, upload, preview)


@st.cache_resource(max_entries=4, scope="session", show_spinner=False)
def _preview(
    digest: str, extension: str | None, _data: bytes | Path, _name: str, windows: tuple[Window, ...]
) -> Preview | None:
    """The table around the first of the windows that it reaches, or around the first of all; None where none is."""
    try:
        previews = [
            apart.call(_name, preview_table, _data, window=window, name=_name, extension=extension)
            for window in windows
        ]
    except UnusableInput:  # it takes more than a file may; what is said of the file itself stands on the page already
        return None
    return next((preview for preview in previews if preview and preview.reaches_window), previews[0])


@st.fragment
def _wizard(digest: str, upload: visit.Upload, preview: Preview) -> None:
    _reasons(preview)
    wave, flux, sigma, kind, unit = _choices(digest, upload.options, preview)
    options = replace(
        upload.options, columns=(wave, flux, None if sigma == _NONE else sigma), uncertainty=kind, unit=unit
    )
    x, y = preview.stretch(wave, flux, unit)
    chart(
        preview_figure(x, y, x_title=_name(preview, wave), y_title=_name(preview, flux), dark=dark()),
        key=f"preview-{digest}",
        alt=f"{_name(preview, flux)} against {_name(preview, wave)}, as they stand in the file",
    )
    problem = _problem(upload, options)
    if problem:
        st.warning(wording.sentence(problem), icon=":material/warning:")
    with st.container(horizontal=True):
        pressed = st.button(
            "Read it with these columns",
            key=f"columns-apply-{digest}",
            disabled=bool(problem),
            help="See above what stands against it." if problem else None,
            on_click=_apply,
            args=(digest, options),
        )
        if upload.options.columns is not None:
            pressed |= st.button(
                "Let the program choose them again",
                key=f"columns-forget-{digest}",
                help="Reads the file as if nothing had been said of its columns, with what it makes of all of them.",
                on_click=_forget,
                args=(digest,),
            )
    if pressed:
        st.rerun()  # the whole page, not this part of it alone
    if said := rereading.problem_of(digest, about=("columns", "uncertainty")):
        st.error(wording.sentence(f"{said} The earlier reading is kept."), icon=":material/error:")
    rows = preview.rows(_ROWS)
    st.caption(f"First {_ROWS} of {len(preview.columns[0].values):,} rows")
    st.dataframe(rows, hide_index=True, alt=f"First {_ROWS} rows of {upload.name}")


def _reasons(preview: Preview) -> None:
    """What speaks for the columns that were taken and for those that could have been, the best first."""
    if preview.guess is None:
        st.caption("Neither the names nor the numbers of these columns tell which is which.")
        return
    rows = []
    for role, taken in zip(("wavelength", "flux", "uncertainty"), preview.guess, strict=True):
        found = preview.candidates.get(role, ())[:_CANDIDATES]
        if not found:
            rows.append((role.capitalize(), "none", "", "no column is named so or fits the scatter of the pixels"))
        for place, (key, reason) in enumerate(found):
            support = "taken" if key == taken else f"runner-up {place}" if taken else "set aside"
            rows.append((role.capitalize() if not place else "", support, _name(preview, key), reason))
    st.markdown("**What the program took, and why**")
    st.table(
        {
            "Role": [role for role, _, _, _ in rows],
            "Support": [place for _, place, _, _ in rows],
            "Column": [wording.plain(name) for _, _, name, _ in rows],
            "Because": [wording.plain(reason[0].upper() + reason[1:]) for *_, reason in rows],
        },
        border="horizontal",
        hide_index=True,
        alt="The columns that were taken for wavelength, flux and uncertainty and the runners-up, each with a reason",
    )


def _name(preview: Preview, key: str) -> str:
    return f"column {key}" if key.isdigit() and key not in (c.name for c in preview.columns) else key


def _choices(digest: str, options: ReadOptions, preview: Preview) -> tuple[str, str, str, str | None, str | None]:
    """The widgets, and what is chosen: keys of wavelength, flux and uncertainty, kind of the latter, and unit."""
    guess = options.columns or preview.start
    if options.uncertainty == _NONE:
        guess = (*guess[:2], None)
    first, second, third = st.columns(3, gap="medium")

    def choose(place, title: str, name: str, among: list[str], value: str) -> str:
        return place.selectbox(
            title,
            among,
            index=among.index(value) if value in among else 0,
            format_func=lambda key: key if key == _NONE else preview.title(key),
            key=f"columns-{name}-{digest}",
        )

    wave = choose(first, "Wavelength", "wavelength", preview.ranked("wavelength"), guess[0])
    flux = choose(second, "Flux", "flux", preview.ranked("flux"), guess[1])
    sigma = choose(third, "Uncertainty", "uncertainty", [_NONE, *preview.ranked("uncertainty")], guess[2] or _NONE)
    unit = first.selectbox(
        "Unit of the wavelengths",
        list(_UNITS),
        index=list(_UNITS).index(options.unit) if options.unit in _UNITS else None,
        format_func=_UNITS.get,
        placeholder="as the file says, or a guess",
        key=f"columns-unit-{digest}",
    )
    kind = third.selectbox(
        "The uncertainties are",
        list(KIND_WORDS),
        index=list(KIND_WORDS).index(options.uncertainty if options.uncertainty in KIND_WORDS else preview.kind),
        format_func=KIND_WORDS.get,
        disabled=sigma == _NONE,
        help="Choose a column of uncertainties first." if sigma == _NONE else "1 sigma is the standard deviation.",
        key=f"columns-kind-{digest}",
    )
    return wave, flux, sigma, (None if sigma == _NONE else kind), unit


def _problem(upload: visit.Upload, options: ReadOptions) -> str:
    """Why the file cannot be read, prepared and answered with these columns, empty where it can."""
    wave, flux, sigma = options.columns
    if len({wave, flux, sigma}) < 3:
        return "One column is chosen twice; wavelength, flux and uncertainty are three different ones."
    answer = analyse_upload(upload._replace(options=options))
    return answer if isinstance(answer, str) else ""


def _apply(digest: str, options: ReadOptions) -> None:
    rereading.reread(digest, columns=options.columns, uncertainty=options.uncertainty, unit=options.unit)
    # the other widgets of this file show what is read now
    st.session_state[f"option-unit-{digest}"] = visit.current().uploads[digest].options.unit


def _forget(digest: str) -> None:
    """Read a file again with columns of the program's own choice; the lists then show that."""
    rereading.reread(digest, columns=None, uncertainty=None)
    for name in ("wavelength", "flux", "uncertainty", "kind"):
        st.session_state.pop(f"columns-{name}-{digest}", None)

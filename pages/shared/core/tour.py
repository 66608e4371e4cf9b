"""A short tour for the first visit: a box over the lower edge of the page, so that nothing moves when it goes.

Whoever closes it does not see it again in this browser, which keeps a cookie. ``?tour`` at the end of the address
brings it back.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dtl.figures.palette import palette
from pages.shared.core import visit
from pages.shared.core.chart import dark

__all__ = ["COOKIE", "offer"]

#: Name and value of the cookie that says that the tour was closed.
COOKIE = ("dtl-tour", "closed")
STEPS = (
    (
        "Your spectra",
        "Drop files on **Upload**, or choose an example. What was understood of a file stands under **Metadata, "
        "preparation and reading options**, where what was guessed wrongly can be changed.",
    ),
    (
        "The answer",
        "Teff, log g, [M/H] and v sin i come with the interval that holds 68 % of the probability, and what the "
        "literature says of the same star. A yellow note says when not to believe them.",
    ),
    (
        "Is it right?",
        "**Latent space** shows the model spectra most like yours, **HR diagram** your stars among published ones, and "
        "**Model** how large the errors are.",
    ),
    (
        "To take away",
        "The first page has the results as files in every format. Every figure can be saved, and has its data and "
        "its Python below it.",
    ),
)
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Tour:
    """How far a visitor is.

    Attributes:
        step: from 0, one beyond the last once the tour is closed, None where it is not wanted.
    """

    step: int | None = None


def offer() -> None:
    """Show the tour where it is wanted."""
    if Tour not in visit.current().pages:
        # Without headers there is no browser, and nobody to be shown around.
        new = bool(st.context.headers) and st.context.cookies.get(COOKIE[0]) != COOKIE[1]
        visit.keep(Tour(0 if new or "tour" in st.query_params else None))
        st.query_params.pop("tour", None)
    if visit.kept(Tour).step is not None:
        _box()


@st.fragment
def _box() -> None:
    step = visit.kept(Tour).step
    if step == len(STEPS):
        _remember()
        return
    colours = palette(dark())
    st.html(
        "<style>.st-key-tour {position: fixed; right: 1rem; bottom: 1rem; z-index: 999; box-sizing: border-box;"
        f"width: min(24rem, calc(100vw - 2rem)); background: {colours.ground}; border: 1px solid {colours.muted};"
        "border-radius: 6px; padding: 0.75rem 1rem; box-shadow: 0 2px 12px rgba(0, 0, 0, 0.25)}</style>"
    )
    title, text = STEPS[step]
    with st.container(key="tour", gap="small"):
        st.markdown(f"**{title}** · {step + 1} of {len(STEPS)}")
        st.markdown(text)
        with st.container(horizontal=True, horizontal_alignment="right"):
            if step:
                st.button("Back", key="tour-back", on_click=_go, args=(step - 1,))
            if step + 1 < len(STEPS):
                st.button("Close for good", key="tour-close", on_click=_go, args=(len(STEPS),))
                st.button("Next", key="tour-next", on_click=_go, args=(step + 1,))
            else:
                st.button("Done", key="tour-done", on_click=_go, args=(len(STEPS),))


def _go(step: int) -> None:
    visit.keep(Tour(step))


def _remember() -> None:
    """Ask the browser for the cookie; Streamlit itself can only read them."""
    cookie = f"{COOKIE[0]}={COOKIE[1]}; path=/; max-age={_YEAR}; samesite=lax"
    # On several lines, as Streamlit takes a single one with a slash for the path of a file.
    script = f"export default function () {{\n  document.cookie = '{cookie}'\n}}\n"
    st.html("<style>.st-key-tour-closing {position: fixed; right: 0; bottom: 0; width: 1px}</style>")
    with st.container(key="tour-closing"):  # out of the flow of the page, which is not to move
        st.components.v2.component("dtl-tour-closed", js=script)(key="tour-closed", height=1)

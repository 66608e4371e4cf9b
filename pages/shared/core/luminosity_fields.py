"""What the fields for the luminosity of a star hold before anything is typed, and what goes with the star's name."""

from __future__ import annotations

import streamlit as st

from pages.shared.core import visit

__all__ = ["PHOTOMETRIC", "forget_published", "published"]

#: Where a luminosity is from that follows from distance and magnitudes.
PHOTOMETRIC = "from distance, G and J"


def published(row: object) -> dict[str, float | None]:
    """What the fields for distance and magnitudes of a star hold before anything is typed, None where it is unknown."""
    known = {
        name: None if row is None or not row[name] > 0 else float(row[name]) for name in ("distance", "g_mag", "j_mag")
    }
    parallax = known["distance"] and 1e3 / known["distance"]
    return {"parallax": parallax, "distance": known["distance"], "g": known["g_mag"], "j": known["j_mag"]}


def forget_published(digest: str, row: object) -> None:
    """Let the fields of a star forget what is published of the one that it was taken for, a row of `stars` or None."""
    st.session_state.pop(f"luminosity-published-{digest}", None)
    start = {f"luminosity-{name}-{digest}": value for name, value in published(row).items() if value is not None}
    if held := [key for key, value in start.items() if st.session_state.get(key) == value]:
        for key in held:
            st.session_state.pop(key)
        given = visit.current().luminosities
        visit.change(luminosities={k: v for k, v in given.items() if k != digest or v.source != PHOTOMETRIC})

"""The table of results sent to TOPCAT: by SAMP, from the browser to the hub on the visitor's own machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import streamlit as st
from streamlit import runtime

from dtl.resources import asset
from dtl.result import InferenceResult

__all__ = ["send_to_topcat"]

_KEY = "samp"
_HTML = """<button type="button" hidden>Send to TOPCAT</button> <span role="status"></span>"""
_CSS = """
button {
  font: inherit; font-size: 0.875rem; cursor: pointer;
  color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius); padding: 0.4rem 0.75rem;
}
button:hover, button:focus-visible { border-color: var(--st-primary-color); color: var(--st-link-color); }
span { font-size: 0.875rem; color: var(--st-text-color); margin-left: 0.5rem; }
span:empty { display: none; }
"""


def send_to_topcat(results: Sequence[InferenceResult]) -> None:
    """A button that hands the table to the programs of the visitor; hidden where no hub answers in their browser.

    The table is written once one has answered. The hub is given its address on this server, under a name that nobody
    can guess and as long as the page is shown, since TOPCAT does not read tables out of addresses.

    Args:
        results: one row each.
    """
    if not runtime.exists():
        return
    found = bool((st.session_state.get(_KEY) or {}).get("hub"))
    data = {"url": _address(results) if found else "", "name": "stellar parameters"}
    _component()(data=data, key=_KEY, default={"hub": False}, on_hub_change=lambda: None, height="content")


@lru_cache(maxsize=1)
def _component() -> Callable[..., object]:
    return st.components.v2.component("dtl_samp", html=_HTML, css=_CSS, js=asset("samp.js").read_text("utf-8"))


def _address(results: Sequence[InferenceResult]) -> str:
    from dtl.export.tables import table_bytes

    return runtime.get_instance().media_file_mgr.add(
        table_bytes(results, ".vot"), "application/x-votable+xml", _KEY, "stellar-parameters.vot"
    )

"""View options in the address, so that a link opens the same view; never data.

Streamlit's own ``bind="query-params"`` loses the value when another page is opened, ``persist_state`` or not, since the
address is emptied then and the address goes first. Here the visit remembers, and the address follows.
"""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

__all__ = ["example", "settings", "view", "want"]

#: Key of the visit -> what it holds: names of the view options met, values that wait for their widget, and the last
#: value of each in the address.
_MET, _WANTED, _ADDRESS = "views", "views-wanted", "views-address"


def view(key: str, options: Collection[str] | None = None, default: str | bool | None = None) -> str:
    """The key of a widget whose value stands in the address; to be called as the widget is made: ``key=view(…)``.

    A value that the address or a restored session brings is given to the widget if it is one of its options. The widget
    needs ``persist_state="session"``.

    Args:
        key: of the widget, and the name in the address.
        options: of the widget, by their values; None for a switch.
        default: of the widget, which is not written; None for the first option.
    """
    state, asked = st.session_state, st.query_params.get(key)
    met, wanted, address = (state.setdefault(name, {}) for name in (_MET, _WANTED, _ADDRESS))
    if default is None:
        default = False if options is None else next(iter(options), None)
    met[key] = default
    if asked is not None and asked != address.get(key):
        wanted[key] = {"true": True, "false": False}.get(asked) if options is None else asked
    if key in wanted:
        value = wanted.pop(key)
        if isinstance(value, bool) if options is None else isinstance(value, str) and value in options:
            state[key] = value
    value = state.get(key, default)
    text = str(value).lower() if isinstance(value, bool) else value
    if value == default or not isinstance(text, str):
        st.query_params.pop(key, None)
        address.pop(key, None)
    else:
        address[key] = text
        if asked != text:
            st.query_params[key] = text
    return key


def settings() -> dict[str, object]:
    """The view options met in this visit with their values, and those that wait for their page."""
    state = st.session_state
    now = {key: state.get(key, default) for key, default in state.get(_MET, {}).items()}
    return {key: value for key, value in now.items() if value is not None} | state.get(_WANTED, {})


def want(values: dict[str, object]) -> None:
    """Give values to view options; each is tested when its widget is made."""
    st.session_state[_WANTED] = st.session_state.get(_WANTED, {}) | values


def example(names: Collection[str], shown: str | None) -> str | None:
    """Name of the example that the address asks for and that is not shown yet; the address then names the one shown.

    Args:
        names: of all examples, the usual one first.
        shown: name of the example on show, None where it is none.
    """
    address = st.session_state.setdefault(_ADDRESS, {})
    asked = st.query_params.get("example")
    if asked in names and asked not in (shown, address.get("example")):
        address["example"] = asked
        return asked
    if shown in names and shown != next(iter(names)):
        address["example"] = shown
        if asked != shown:
            st.query_params["example"] = shown
    else:
        address.pop("example", None)
        st.query_params.pop("example", None)
    return None

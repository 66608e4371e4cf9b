"""View options in the address, so that a link opens the same view; never data.

Streamlit's own ``bind="query-params"`` loses the value when another page is opened, ``persist_state`` or not, since the
address is emptied then and the address goes first. Here the visit remembers, and the address follows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import streamlit as st

from pages.shared.core import visit

__all__ = ["default", "example", "settings", "view", "want"]

Value = TypeVar("Value")


@dataclass(frozen=True)
class ViewOptions:
    """What a visit knows of its view options, each by its key.

    Attributes:
        met: default value of each that a page has shown.
        wanted: values that wait for their widget.
        address: the last value of each in the address.
    """

    met: Mapping[str, object] = field(default_factory=dict)
    wanted: Mapping[str, object] = field(default_factory=dict)
    address: Mapping[str, str] = field(default_factory=dict)


def view(key: str, options: Collection[str] | None = None, default: str | bool | None = None) -> str:
    """The key of a widget whose value stands in the address; to be called as the widget is made: ``key=view(…)``.

    A value that the address or a restored session brings is given to the widget if it is one of its options. The widget
    needs ``persist_state="session"`` where it can have that.

    Args:
        key: of the widget, and the name in the address.
        options: of the widget, by their values; None for a switch.
        default: of the widget, which is not written; None for the first option.
    """
    state, asked, views = st.session_state, st.query_params.get(key), visit.kept(ViewOptions)
    wanted, address = dict(views.wanted), dict(views.address)
    if default is None:
        default = False if options is None else next(iter(options), None)
    brought = asked if asked != address.get(key) else None
    if brought is None and key not in state and key not in wanted:  # tabs are forgotten as their page is left
        brought = address.get(key)
    if brought is not None:
        wanted[key] = {"true": True, "false": False}.get(brought) if options is None else brought
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
    visit.keep(ViewOptions({**views.met, key: default}, wanted, address))
    return key


def default(key: str, value: Value) -> Value | None:
    """The default of a widget, to be asked for after `view`; None where a value is set, which excludes it."""
    return None if key in st.session_state else value


def settings() -> dict[str, object]:
    """The view options met in this visit with their values, and those that wait for their page."""
    views = visit.kept(ViewOptions)
    now = {key: st.session_state.get(key, views.address.get(key, default)) for key, default in views.met.items()}
    return {key: value for key, value in now.items() if value is not None} | dict(views.wanted)


def want(values: dict[str, object]) -> None:
    """Give values to view options; each is tested when its widget is made."""
    views = visit.kept(ViewOptions)
    visit.keep(replace(views, wanted={**views.wanted, **values}))


def example(names: Collection[str], shown: str | None) -> str | None:
    """Name of the example that the address asks for and that is not shown yet; the address then names the one shown.

    Args:
        names: of all examples, the usual one first.
        shown: name of the example on show, None where it is none.
    """
    views, asked = visit.kept(ViewOptions), st.query_params.get("example")
    address = {key: value for key, value in views.address.items() if key != "example"}
    if asked in names and asked not in (shown, views.address.get("example")):
        visit.keep(replace(views, address=address | {"example": asked}))
        return asked
    if shown in names and shown != next(iter(names)):
        visit.keep(replace(views, address=address | {"example": shown}))
        if asked != shown:
            st.query_params["example"] = shown
    else:
        visit.keep(replace(views, address=address))
        st.query_params.pop("example", None)
    return None

"""Addresses that are those of no page: one below the address of a page leads to the page."""

from __future__ import annotations

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["DeeperAddresses"]

#: First parts of addresses that are the server's own.
_OF_THE_SERVER = ("_stcore", "static", "media", "component", "app")


class DeeperAddresses:
    """Middleware that leads who opens an address below that of a page, as ``/latent-space/more``, to the page.

    Streamlit gives its own page there, which looks for its scripts beside that address, finds none and stays blank.
    What is no page either is said by Streamlit to be none.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request, or answer one for such an address with the way to the page."""
        if target := _page_of(scope):
            await RedirectResponse(target, 307)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _page_of(scope: Scope) -> str:
    """The way from a deeper address to the page above it, with what follows a question mark; empty for all others.

    It is relative, so that it holds behind a proxy that adds to the address.
    """
    if scope["type"] != "http" or scope["method"] != "GET":
        return ""
    path, base = scope["path"], str(st.get_option("server.baseUrlPath") or "").strip("/")
    below = path.removeprefix(f"/{base}").lstrip("/") if base else path.lstrip("/")
    first, _, more = below.partition("/")
    opened = "text/html" in Headers(scope=scope).get("accept", "")  # as a browser asks for a page, and for it alone
    if not (opened and first and more.strip("/")) or first in _OF_THE_SERVER:
        return ""
    query = scope.get("query_string", b"").decode("latin-1")
    return "../" * (1 + more.count("/")) + first + (f"?{query}" if query else "")

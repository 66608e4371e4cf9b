"""What the server does beside running pages: it gets ready before the first visit and sends small files.

Streamlit sends the scripts of its pages as they are, 9 MB for a first page, and leaves compression to a proxy that
few installations have. Here each is compressed once and kept.
"""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

try:
    import brotli
except ImportError:  # then gzip, a tenth larger
    brotli = None

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Compressed", "PreloadScripts", "lifespan", "middleware", "opened", "wait"]

_log = logging.getLogger(__name__)

_TEXT = (".js", ".css", ".json", ".svg")

#: How hard to try: higher levels gain 1 % and cost the first visit a second.
_GZIP_LEVEL, _BROTLI_QUALITY = 6, 5
#: Name of an encoding -> what makes it, the best first.
_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=_BROTLI_QUALITY),
    "gzip": lambda body: gzip.compress(body, _GZIP_LEVEL),
}
if brotli is None:
    del _ENCODERS["br"]
#: Patterns of scripts below Streamlit's folder of files for the browser: of figures, by far the largest, and of tables.
_LARGE = ("static/js/PlotlyChart.*.js", "static/js/DataFrame.*.js")
#: Seconds after which a running script lets what it has said be sent: a fraction of Python's usual time.
_SWITCH = 2e-4
#: Seconds that a visit waits for the libraries at most.
_PATIENCE = 60.0

_opened: set[str] = set()
_imported = Event()
_imported.set()  # nothing to wait for until a server starts


class Compressed:
    """Middleware that keeps the compressed form of Streamlit's own files, which never change while it runs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[tuple[str, str], tuple[list[tuple[bytes, bytes]], bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for one of these files, hand on any other."""
        path = scope.get("path", "")
        wanted = scope["type"] == "http" and scope["method"] == "GET" and "/static/" in path and path.endswith(_TEXT)
        headers = Headers(scope=scope) if wanted else {}
        accepted = {word.partition(";")[0].strip() for word in headers.get("accept-encoding", "").split(",")}
        encoding = next((name for name in _ENCODERS if name in accepted), None)
        if not wanted or encoding is None or "range" in headers:
            await self._app(scope, receive, send)
            return
        if (path, encoding) not in self._kept:
            start, body = await self._fetch(scope, receive)
            if start["status"] != 200:
                await send(start)
                await send({"type": "http.response.body", "body": body})
                return
            body = await asyncio.to_thread(_ENCODERS[encoding], body)
            fresh = MutableHeaders(raw=list(start["headers"]))
            fresh["content-encoding"], fresh["content-length"] = encoding, str(len(body))
            fresh.add_vary_header("Accept-Encoding")
            self._kept[path, encoding] = fresh.raw, body
        raw, body = self._kept[path, encoding]
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    async def _fetch(self, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        """The answer of the server itself, whole, also where the browser says that it has the file."""
        conditions = (b"if-none-match", b"if-modified-since")
        headers = [(name, value) for name, value in scope["headers"] if name not in conditions]
        start: Message = {}
        parts: list[bytes] = []

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        await self._app(scope | {"headers": headers, "extensions": {}}, receive, collect)
        return start, b"".join(parts)


class PreloadScripts:
    """Middleware that lets the browser load the large scripts of figures and tables while it waits for the first run.

    Streamlit's own page loads them once the first figure has arrived, and they take a second to load and to start.
    """

    def __init__(self, app: ASGIApp, files: Iterable[str]) -> None:
        self._app = app
        loads = "".join(f"import({json.dumps(file)});" for file in files)
        idle = "(window.requestIdleCallback??setTimeout)"  # not all browsers have the first
        self._script = f"<script>addEventListener('load',()=>{idle}(()=>{{{loads}}}))</script>".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add a script to the end of a page; files that are taken along, which have a suffix, stay as they are."""
        if scope["type"] != "http" or scope["method"] != "GET" or "." in scope["path"].rpartition("/")[2]:
            await self._app(scope, receive, send)
            return
        added = b""

        async def add(message: Message) -> None:
            nonlocal added
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if (
                    "content-length" in headers
                    and message["status"] == 200
                    and headers.get("content-type", "").startswith("text/html")
                ):
                    added = self._script
                    headers["content-length"] = str(int(headers["content-length"]) + len(added))
            elif message["type"] == "http.response.body" and not message.get("more_body"):
                message = message | {"body": message.get("body", b"") + added}
            await send(message)

        # Asked in this way the page comes as it is: not compressed, and not by the path of its file.
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self._app(scope | {"headers": headers, "extensions": {}}, receive, add)


def middleware() -> list[Middleware]:
    """What stands between the browser and Streamlit's own server."""
    return [Middleware(PreloadScripts, files=_preloaded_scripts()), Middleware(Compressed)]


def _preloaded_scripts() -> list[str]:
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    folder = Path(st.__file__).parent / "static"
    found = [path for pattern in _LARGE for path in sorted(folder.glob(pattern))]
    return [f"/{base}/{path.relative_to(folder)}".replace("//", "/") for path in found]


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Begin, as the server starts, to load the libraries and the networks and to analyse the first example."""
    # The first visit would begin with the files of the folder pages as its pages, and say of the others, until app.py
    # has named them, that they are not found.
    PagesManager.uses_pages_directory = False
    _imported.clear()
    sys.setswitchinterval(_SWITCH)
    gc.disable()  # nothing that is loaded is garbage, and looking for some takes a sixth of the time
    Thread(target=_get_ready, name="get-ready", daemon=True).start()
    yield


def wait() -> None:
    """Wait until the libraries are loaded: two threads that load the same ones at once may see halves of them."""
    _imported.wait(_PATIENCE)


def _get_ready() -> None:
    try:
        import dtl.figures.spectrum
        import dtl.inference.analyse  # noqa: F401
        from pages.shared.core import session
    except Exception:  # the visit meets the same problem and shows it
        _log.exception("a library cannot be loaded")
        return
    finally:
        _keep_loaded()
        gc.enable()
        _imported.set()
    session.prepare_example()
    _keep_loaded()


def opened(page: str) -> None:
    """To be told as a page has run; a page that none has opened before has loaded libraries of its own."""
    if page not in _opened:
        _opened.add(page)
        _keep_loaded()


def _keep_loaded() -> None:
    """Spare what is loaded the search for garbage, which Streamlit makes after every run of a script.

    With the half million objects of the libraries it takes 0.15 s, in which nothing is sent to the browser.
    """
    gc.freeze()

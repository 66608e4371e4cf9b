"""What is done against the habits of Streamlit and Python because it buys speed or memory; all of it is here.

Measured with `python -m tests.browser_timing` on two cores, one thing left out at a time:

==================  ==========================================================================
`Compressed`        page on the wire 2.70 MB; 3.00 MB by Starlette's own gzip; cold start 4.4 s; 4.9 s by that
`PreloadScripts`    cold start 4.6 s; 5.3 s without
`keep_loaded`       median reaction 0.18 s; 0.24 s without, and an upload 0.39 s; 0.60 s without
`collect_seldom`    10 visitors at once: 1 % of the server's time is that search; 15 % without
`limit_heaps`       12 visitors have come and gone: 15 MB more than before; 60 MB without
`trim_heap`         582 and 661 MB after 10 and 60 uploads; 658 and 931 MB without
==================  ==========================================================================

`plain_strings` was measured by itself: a table of six files is made ready in 14 ms of processor time; 21 ms without.

Each is guarded: where a new version lacks what is leaned on, it costs speed and nothing else. What bought less than
a tenth was taken out: a shorter switch interval of threads, and figures sent in a form of their own.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from streamlit.runtime.scriptrunner import script_runner

try:
    import brotli
except ImportError:  # then gzip, a tenth larger
    brotli = None

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = [
    "Compressed",
    "PreloadScripts",
    "collect_seldom",
    "keep_loaded",
    "limit_heaps",
    "loading",
    "middleware",
    "opened",
    "plain_strings",
    "static_files",
    "trim_heap",
]

_TEXT = (".js", ".css", ".json", ".svg")

#: How hard to try: the next levels gain 1 % and cost the first visit half a second.
_GZIP_LEVEL, _BROTLI_QUALITY = 6, 7
#: Name of an encoding -> what makes it, the best first.
_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=_BROTLI_QUALITY),
    "gzip": lambda body: gzip.compress(body, _GZIP_LEVEL),
}
if brotli is None:
    del _ENCODERS["br"]
#: Patterns of scripts below Streamlit's folder of files for the browser: of figures, by far the largest, and of tables.
_LARGE = ("static/js/PlotlyChart.*.js", "static/js/DataFrame.*.js")

#: Number by which that library knows the limit of its heaps.
_M_ARENA_MAX = -8
#: Seconds between two searches for garbage.
_PAUSE = 5.0

_opened: set[str] = set()


class Compressed:
    """Middleware that keeps the compressed form of Streamlit's own files, which never change while it runs.

    Args:
        app: what answers.
        files: paths of the files that exist; of no other path anything is kept, whoever asks for it.
    """

    def __init__(self, app: ASGIApp, files: Iterable[str]) -> None:
        self._app, self._files = app, frozenset(files)
        self._kept: dict[tuple[str, str], tuple[list[tuple[bytes, bytes]], bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for one of these files, hand on any other."""
        path = scope.get("path", "")
        wanted = scope["type"] == "http" and scope["method"] == "GET" and path in self._files
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


def static_files(pattern: str = "static/**/*") -> list[str]:
    """Paths, as a browser asks for them, of Streamlit's own files for the browser that match a pattern."""
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    folder = Path(st.__file__).parent / "static"
    found = [path.relative_to(folder) for path in sorted(folder.glob(pattern)) if path.suffix in _TEXT]
    return [f"/{base}/{path.as_posix()}".replace("//", "/") for path in found]


def middleware() -> list[Middleware]:
    """What stands between the browser and Streamlit's own server."""
    large = [file for pattern in _LARGE for file in static_files(pattern)]
    return [Middleware(PreloadScripts, files=large), Middleware(Compressed, files=static_files())]


@contextmanager
def loading() -> Iterator[None]:
    """No search for garbage while libraries are loaded: nothing of them is any."""
    gc.disable()
    try:
        yield
    finally:
        keep_loaded()
        gc.enable()


def opened(page: str) -> None:
    """To be told as a page has run; a page that none has opened before has loaded libraries of its own."""
    if page not in _opened:
        _opened.add(page)
        keep_loaded()


def keep_loaded() -> None:
    """Spare what is loaded the search for garbage, which Streamlit makes after every run of a script.

    With the half million objects of the libraries it takes 0.15 s, in which nothing is sent to the browser.
    """
    gc.freeze()


class _Seldom:
    """The module `gc`, of which `collect` does nothing where it was asked a moment ago."""

    def __init__(self) -> None:
        self._last = -_PAUSE

    def __getattr__(self, name: str) -> object:
        return getattr(gc, name)

    def collect(self, generation: int = 2) -> int:
        """Search for garbage; returns how much was found."""
        now = monotonic()
        if now - self._last < _PAUSE:
            return 0
        self._last = now
        return gc.collect(generation)


def collect_seldom() -> None:
    """Have Streamlit search for garbage every few seconds, not after every run of every visitor's page."""
    if hasattr(script_runner, "gc"):
        script_runner.gc = _Seldom()


def limit_heaps() -> None:
    """Have GNU's C library make two heaps for all threads, not one for each: what one gives back another can use."""
    try:
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)
    except (OSError, AttributeError, TypeError):  # other libraries have no such function
        return


def plain_strings() -> None:
    """Have pandas keep the words of a table as Python's own strings: Streamlit sets the cells of one by one."""
    import pandas as pd

    try:
        pd.set_option("mode.string_storage", "python")
    except (KeyError, ValueError):  # another version has no such option, or other words for it
        return


def trim_heap() -> None:
    """Give free memory back to the system; GNU's C library else keeps it in pieces, a heap for each thread."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError, TypeError):  # other libraries have no such function
        return

"""What the server does beside running pages: it gets ready before the first visit, and clears up after the last."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING
from urllib.parse import quote

import streamlit as st
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from streamlit.runtime.pages_manager import PagesManager

from pages.shared.core import apart, ending, speed, upload_memory
from pages.shared.core.server_folder import server_folder

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["NoPageBelow", "lifespan", "middleware", "wait"]

_log = logging.getLogger(__name__)

#: Seconds that a visit waits for the libraries at most.
_PATIENCE = 60.0
#: The thread that gets ready, and Streamlit's logger, which warns that a thread has no visit: this one needs none.
_THREAD = "get-ready"
_WARNS_OF_THREADS = "streamlit.runtime.scriptrunner_utils.script_run_context"
#: Folders of the server itself.
_FOLDERS = {"_stcore", "static", "media", "component", "app", "vendor", "~"}
_imported = Event()
_imported.set()  # nothing to wait for until a server starts


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Begin, as the server starts, to load the libraries and the networks and to analyse the first example.

    As it ends, its processes and its files go.
    """
    # Streamlit takes the files of a folder `pages` for its pages until app.py has named them, and would tell the first
    # visitor who follows a link to one of ours that it is not found.
    if hasattr(PagesManager, "uses_pages_directory"):
        PagesManager.uses_pages_directory = False
    speed.limit_heaps()
    speed.collect_seldom()
    upload_memory.keep_in_memory()
    logging.getLogger(_WARNS_OF_THREADS).addFilter(_is_of_a_visit)
    _imported.clear()
    apart.expect()
    with server_folder() as folder:
        Thread(target=_get_ready, args=(folder,), name=_THREAD, daemon=True).start()
        watching = asyncio.create_task(ending.watch())
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            apart.stop()
            ending.end_all()


class NoPageBelow:
    """Middleware that leads from an address below a page, as ``/latent-space/more``, to that page.

    Streamlit answers there with its page all the same, which looks for its scripts in the wrong folder and stays empty.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._base = [part for part in (st.get_option("server.baseUrlPath") or "").split("/") if part]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request, but for one for a page below another."""
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            parts, depth = [part for part in scope["path"].split("/") if part], len(self._base)
            if parts[:depth] == self._base and len(parts) > depth + 1 and parts[depth] not in _FOLDERS:
                place = "/" + "/".join(quote(part, safe="") for part in parts[: depth + 1])
                query = scope.get("query_string", b"").decode("latin-1")
                await RedirectResponse(place + (f"?{query}" if query else ""))(scope, receive, send)
                return
        await self._app(scope, receive, send)


def middleware() -> list[Middleware]:
    """What looks at requests before the server does."""
    return [Middleware(upload_memory.UploadRoom), Middleware(NoPageBelow)]


def wait() -> None:
    """Wait until the libraries are loaded: two threads that load the same ones at once may see halves of them."""
    _imported.wait(_PATIENCE)


def _is_of_a_visit(record: logging.LogRecord) -> bool:
    return record.threadName != _THREAD


def _get_ready(folder: str | None) -> None:
    try:
        with speed.loading():
            import dtl.figures.spectrum
            import dtl.inference.analyse  # noqa: F401
            from pages.shared.core import analysis
    except Exception:  # the visit meets the same problem and shows it
        _log.exception("a library cannot be loaded")
        apart.start(folder)
        return
    finally:
        _imported.set()
    analysis.prepare_example()
    speed.keep_loaded()
    apart.start(folder)
    import pandas.io.formats.style  # noqa: F401  # with which the first table of several files is written

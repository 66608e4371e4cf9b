"""What the server does beside running pages: it gets ready before the first visit, and clears up after the last."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from threading import Event, Thread

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from pages.shared.core import addresses, apart, ending, speed, upload_memory
from pages.shared.core.server_folder import server_folder

__all__ = ["lifespan", "middleware", "wait"]

_log = logging.getLogger(__name__)

#: Seconds that a visit waits for the libraries at most.
_PATIENCE = 60.0
#: The thread that gets ready, and Streamlit's logger, which warns that a thread has no visit: this one needs none.
_THREAD = "get-ready"
_WARNS_OF_THREADS = "streamlit.runtime.scriptrunner_utils.script_run_context"
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
    upload_memory.keep_places()
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


def middleware() -> list[Middleware]:
    """What looks at requests before the server does."""
    return [Middleware(addresses.DeeperAddresses), Middleware(upload_memory.UploadRoom)]


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
            from pages.shared.core import analysis, bundles

            speed.plain_strings()
    except Exception:  # the visit meets the same problem and shows it
        _log.exception("a library cannot be loaded")
        apart.start(folder)
        return
    finally:
        _imported.set()
    example = analysis.prepare_example()
    speed.keep_loaded()
    apart.start(folder)
    import pandas.io.formats.style  # noqa: F401  # with which the first table of several files is written

    if example is not None:  # for who first looks at the latent space, or fits a model
        bundles.node_spectra(bundles.name_of(example))
    speed.trim_heap()

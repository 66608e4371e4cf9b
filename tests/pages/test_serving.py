"""Getting ready before the first visit."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import pytest

from pages.shared.core import serving

LOGGER = "streamlit.runtime.scriptrunner_utils.script_run_context"


def test_the_thread_that_gets_ready_is_not_warned_of_as_without_a_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_get_ready", lambda folder: None)

    async def start() -> None:
        async with serving.lifespan(None):
            pass

    thread = Thread(target=lambda: asyncio.run(start()))  # this one may have a loop already, of a browser's
    thread.start()
    thread.join()
    serving._imported.set()
    log = logging.getLogger(LOGGER)

    def warned(thread: str) -> bool:
        record = log.makeRecord(LOGGER, logging.WARNING, "x", 1, "missing ScriptRunContext", (), None)
        record.threadName = thread
        return bool(log.filter(record))

    assert warned("another") and not warned("get-ready")


@pytest.mark.parametrize(
    ("base", "path", "place"),
    [
        ("", "/latent-space/more", "/latent-space"),
        ("", "/pages/spectrum.py", "/pages"),
        ("", "//evil.example/a", "/evil.example"),
        ("", "/a%\r\nb/c", "/a%25%0D%0Ab"),
        ("stars/app", "/stars/app/latent-space/more", "/stars/app/latent-space"),
        ("", "/latent-space", None),
        ("", "/", None),
        ("", "/_stcore/upload_file/a/b", None),
        ("", "/static/js/index.js", None),
        ("stars/app", "/stars/app/latent-space", None),
        ("stars/app", "/other/place/here", None),
    ],
)
def test_an_address_below_a_page_leads_to_the_page(
    monkeypatch: pytest.MonkeyPatch, base: str, path: str, place: str | None
) -> None:
    """Else the page stays empty, as it looks for its scripts in the wrong folder."""
    sent: list[dict] = []

    async def server(scope: dict, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: dict) -> None:
        sent.append(message)

    monkeypatch.setattr(serving.st, "get_option", lambda name: base)
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"a=1", "headers": []}
    with ThreadPoolExecutor(1) as alone:  # a browser of other tests may hold the loop of this thread
        alone.submit(lambda: asyncio.run(serving.NoPageBelow(server)(scope, None, send))).result()
    found = dict(sent[0]["headers"]).get(b"location")
    assert found == (None if place is None else f"{place}?a=1".encode())

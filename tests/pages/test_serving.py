"""Getting ready before the first visit."""

from __future__ import annotations

import asyncio
import logging
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

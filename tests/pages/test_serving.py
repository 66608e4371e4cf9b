"""Getting ready before the first visit."""

from __future__ import annotations

import asyncio
import logging
from threading import Thread

import pytest
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.core import serving

LOGGER = "streamlit.runtime.scriptrunner_utils.script_run_context"


def test_the_thread_that_gets_ready_is_not_warned_of_as_without_a_visit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warned: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda record: warned.append(record.threadName)
    log = logging.getLogger(LOGGER)
    monkeypatch.setattr(log, "handlers", [*log.handlers, listener])  # Streamlit's logs need not reach the root
    monkeypatch.setattr(serving, "_get_ready", get_script_run_ctx)

    async def start() -> None:
        async with serving.lifespan(None):
            pass

    asyncio.run(start())
    for name in ("get-ready", "another"):
        thread = Thread(target=get_script_run_ctx, name=name)
        thread.start()
        thread.join()
    serving._imported.set()
    assert warned == ["another"]

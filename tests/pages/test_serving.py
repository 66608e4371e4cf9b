"""Getting ready before the first visit."""

from __future__ import annotations

import asyncio
from threading import Thread

import pytest
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.core import serving


def test_the_thread_that_gets_ready_is_not_warned_of_as_without_a_visit(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    warned = [record.threadName for record in caplog.records if "ScriptRunContext" in record.getMessage()]
    assert warned == ["another"]

"""Uploaded files that have been read."""

from __future__ import annotations

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.formparsers import MultiPartParser
from starlette.requests import Request
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from dtl.readers import limits
from pages.shared.core import opening, upload_memory
from pages.shared.core import visit as visits


def test_only_what_was_read_is_let_go(monkeypatch):
    manager = MemoryUploadedFileManager("/upload")
    for name in "ab":
        manager.add_file("visit", UploadedFileRec(name, name, "", b"data"))
    context = SimpleNamespace(uploaded_file_mgr=manager, session_id="visit")
    monkeypatch.setattr(upload_memory, "get_script_run_ctx", lambda: context)
    upload_memory.release_uploads(SimpleNamespace(file_id="a"), SimpleNamespace(file_id="unknown"))
    assert [file.name for file in manager.get_files("visit", ["a", "b"])] == ["b"]


def test_what_a_page_that_was_left_did_not_take_is_let_go(monkeypatch):
    manager = MemoryUploadedFileManager("/upload")
    for visit, name in (("visit", "a"), ("visit", "b"), ("other", "c")):
        manager.add_file(visit, UploadedFileRec(name, name, "", b"data"))
    context = SimpleNamespace(uploaded_file_mgr=manager, session_id="visit", page_script_hash="first")
    for module in (upload_memory, opening):
        monkeypatch.setattr(module, "get_script_run_ctx", lambda: context)
    monkeypatch.setattr(visits.st, "session_state", {})
    visits.change(waiting=(SimpleNamespace(file_id="b"),), pages={opening.Opened: opening.Opened("first")})
    opening._leave_last_page()
    assert len(manager.get_files("visit", ["a", "b"])) == 2
    context.page_script_hash = "second"
    opening._leave_last_page()
    assert [file.name for file in manager.get_files("visit", ["a", "b"])] == ["b"]
    assert manager.get_files("other", ["c"])


@pytest.mark.parametrize("of_part", [None, ["part"]])
def test_the_place_for_a_file_survives_the_beginning_of_a_run(monkeypatch, of_part):
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)
    upload_memory.keep_places()
    upload_memory.keep_places()
    queue, place, drawn = ForwardMsgQueue(), ForwardMsg(), ForwardMsg()
    place.file_urls_response.response_id = "asked"
    drawn.delta.new_element.text.body, drawn.delta.fragment_id = "of the run before", "part"
    queue.enqueue(place)
    queue.enqueue(drawn)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=of_part)
    assert [message.file_urls_response.response_id for message in queue.flush()] == ["asked"]
    assert queue.flush() == []


def test_without_a_visit_nothing_happens():
    upload_memory.release_uploads(SimpleNamespace(file_id="a"))


def asked(method: str, path: str, length: str | None) -> int:
    """Status of the answer to a request, 200 where it was handed on."""
    sent: list[dict] = []

    async def server(scope: dict, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: dict) -> None:
        sent.append(message)

    headers = [] if length is None else [(b"content-length", length.encode())]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    with ThreadPoolExecutor(1) as alone:  # a browser of other tests may hold the loop of this thread
        alone.submit(lambda: asyncio.run(upload_memory.UploadRoom(server)(scope, None, send))).result()
    return sent[0]["status"]


def test_no_more_is_taken_than_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = MemoryUploadedFileManager("/_stcore/upload_file")
    for visit, size in (("a", 60), ("b", 30)):
        manager.add_file(visit, UploadedFileRec("x", "x", "", b"." * size))
    for name, most in (("visit_bytes", 100), ("waiting_bytes", 150)):
        monkeypatch.setitem(limits.LIMITS, name, replace(limits.LIMITS[name], most=most))
    monkeypatch.setattr(upload_memory, "exists", lambda: True)
    monkeypatch.setattr(upload_memory, "get_instance", lambda: SimpleNamespace(uploaded_file_mgr=manager))
    place = "/_stcore/upload_file/{}/file"
    assert asked("PUT", place.format("a"), "40") == 200
    assert asked("PUT", place.format("a"), "41") == 413  # of one visit
    assert asked("PUT", place.format("b"), "60") == 200
    assert asked("PUT", place.format("b"), "61") == 413  # of all
    assert asked("PUT", "/base" + place.format("a"), "41") == 413  # below another address
    assert asked("PUT", place.format("a"), None) == asked("PUT", place.format("a"), "-1") == 411
    assert asked("DELETE", place.format("a"), None) == asked("GET", "/", None) == 200


def test_a_full_disk_stops_no_upload(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(MultiPartParser, "spool_max_size", MultiPartParser.spool_max_size)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    upload_memory.keep_in_memory()
    content = b"." * 5_000_000
    body = b"--edge\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n" + content + b"\r\n--edge--\r\n"

    async def receive() -> dict:
        return {"type": "http.request", "body": body}

    async def read() -> bytes:
        headers = [(b"content-type", b"multipart/form-data; boundary=edge")]
        scope = {"type": "http", "method": "PUT", "path": "/", "headers": headers, "query_string": b""}
        form = await Request(scope, receive).form()
        return await form["f"].read()

    with ThreadPoolExecutor(1) as alone:
        assert alone.submit(lambda: asyncio.run(read())).result() == content

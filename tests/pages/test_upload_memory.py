"""Uploaded files that have been read."""

from __future__ import annotations

from types import SimpleNamespace

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from pages.shared.core import upload_memory


def test_only_what_was_read_is_let_go(monkeypatch):
    manager = MemoryUploadedFileManager("/upload")
    for name in "ab":
        manager.add_file("visit", UploadedFileRec(name, name, "", b"data"))
    context = SimpleNamespace(uploaded_file_mgr=manager, session_id="visit")
    monkeypatch.setattr(upload_memory, "get_script_run_ctx", lambda: context)
    upload_memory.release_uploads(SimpleNamespace(file_id="a"), SimpleNamespace(file_id="unknown"))
    assert [file.name for file in manager.get_files("visit", ["a", "b"])] == ["b"]


def test_without_a_visit_nothing_happens():
    upload_memory.release_uploads(SimpleNamespace(file_id="a"))

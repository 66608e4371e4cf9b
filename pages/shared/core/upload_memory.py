"""Uploaded files that have been read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.core.speed import trim_heap

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

__all__ = ["release_uploads"]


def release_uploads(*files: UploadedFile) -> None:
    """Free the memory of uploaded files once their uploader has made room for a fresh one.

    Streamlit keeps them until the visit ends, though no widget can give them any more.
    """
    context = get_script_run_ctx()
    manager = context.uploaded_file_mgr if context else None
    if isinstance(manager, MemoryUploadedFileManager):
        for file in files:
            manager.remove_file(session_id=context.session_id, file_id=file.file_id)
    trim_heap()

"""Uploaded files that have been read."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

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
    _trim_heap()


def _trim_heap() -> None:
    """Give free memory back to the system; GNU's C library else keeps it in pieces, a heap for each thread."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError, TypeError):  # other libraries have no such function
        return

"""Uploaded files on their way to the server and in its memory: how many there may be, and those that have been read."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from starlette.responses import PlainTextResponse
from streamlit.runtime import exists, get_instance
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dtl.readers import limits
from pages.shared.core.speed import trim_heap

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send
    from streamlit.runtime.uploaded_file_manager import UploadedFile

__all__ = ["UploadRoom", "coming_in", "forget_others", "keep_in_memory", "keep_places", "release_uploads"]

_clear = ForwardMsgQueue.clear
_PATH = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+$")
#: Session -> how many uploads of it are coming in.
_coming: Counter[str] = Counter()


class UploadRoom:
    """Middleware that takes no more bytes of one visit, or of all, than may wait to be read.

    A page takes files as soon as they have come; who sends more without one only fills the memory of the server.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request, but for an upload that there is no room for."""
        found = _PATH.search(scope.get("path", "")) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if found is not None:
            length = Headers(scope=scope).get("content-length", "")
            if not length.isdecimal():
                await PlainTextResponse("The size of the upload is not stated.", 411)(scope, receive, send)
                return
            mine, every = _waiting(found[1])
            most = limits.most("visit_bytes"), limits.most("waiting_bytes")
            if mine + int(length) > most[0] or every + int(length) > most[1]:
                await PlainTextResponse("There is no room for this upload now.", 413)(scope, receive, send)
                return
            _coming[found[1]] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            if found is not None:
                _coming.subtract([found[1]])
                if not _coming[found[1]]:
                    del _coming[found[1]]


def coming_in() -> bool:
    """Whether uploads of the visit that runs are on their way."""
    context = get_script_run_ctx()
    return context is not None and _coming[context.session_id] > 0


def keep_in_memory() -> None:
    """Have uploads taken in without a detour over the disk, which may be full; Streamlit holds them in memory then."""
    MultiPartParser.spool_max_size = limits.most("file_bytes") + 2**20


def keep_places() -> None:
    """Have a browser hear of the places that it has asked for its files, even where a run of the page begins meanwhile.

    Streamlit forgets what it has not sent yet as a run begins, these answers with the rest, and a file that was chosen
    at that moment is lost without a word: 1 or 2 of 32 files in 5 of 10 visits on a busy machine.
    """
    ForwardMsgQueue.clear = _clear_but_places


def _clear_but_places(
    queue: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, *rest: object, **named: object
) -> None:
    places = [message for message in queue._queue if message.WhichOneof("type") == "file_urls_response"]
    _clear(queue, retain_lifecycle_msgs, *rest, **named)
    for place in places:
        if retain_lifecycle_msgs and not any(place is kept for kept in queue._queue):
            queue.enqueue(place)


def _waiting(session: str) -> tuple[int, int]:
    """Bytes of the uploads of a visit and of all that the server holds."""
    manager = get_instance().uploaded_file_mgr if exists() else None
    held = getattr(manager, "file_storage", {})
    sizes = {key: sum(len(file.data) for file in list(files.values())) for key, files in list(held.items())}
    return sizes.get(session, 0), sum(sizes.values())


def forget_others(*files: UploadedFile) -> None:
    """Free the memory of all uploads of the visit that runs, but for these; to be called as another page is opened.

    A page that is left while files come in never takes them; without this they took the room of the visit for good.
    """
    context = get_script_run_ctx()
    manager = context.uploaded_file_mgr if context else None
    if isinstance(manager, MemoryUploadedFileManager):
        for file in set(manager.file_storage.get(context.session_id, ())) - {file.file_id for file in files}:
            manager.remove_file(session_id=context.session_id, file_id=file)


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

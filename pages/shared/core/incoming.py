"""Files on their way into a visit: the uploaders, what waits to be read, and the reading of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from pages.shared.core import uploads, visit
from pages.shared.core.upload_memory import coming_in, release_uploads

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

__all__ = ["empty_uploader", "queue", "read_waiting", "show_uploader"]

#: Waiting files that come into the visit together: so many are read once more where the reading is broken off.
_AT_ONCE = 10
#: Uploaders that were replaced and still take files: a browser on a busy machine may be several behind.
_BEHIND = 4


def show_uploader(title: str, name: str, **options: object) -> object:
    """An uploader that `empty_uploader` replaces by a fresh one; returns what `streamlit.file_uploader` gives.

    Args:
        title: of the uploader.
        name: by which it is known.
        options: of `streamlit.file_uploader`.
    """
    return st.file_uploader(title, key=f"{name}-{visit.current().uploaders.get(name, 0)}", **options)


def empty_uploader(name: str, *files: UploadedFile) -> None:
    """Put a fresh uploader in the place of one whose files were read, and free their memory."""
    counts = visit.current().uploaders
    visit.change(uploaders={**counts, name: counts.get(name, 0) + 1})
    release_uploads(*files)


def queue(title: str, name: str, **options: object) -> int:
    """An uploader of several files, which wait for `read_waiting`; returns how many wait.

    It stays while they are read, so that whatever is chosen meanwhile joins the queue, and what is taken out of it
    leaves the queue. A fresh one takes its place once all is read. The browser knows of that a moment later, and what
    is dropped within that moment belongs to one before: the last ones go on unseen (app.css) behind the fresh one.
    """
    count = visit.current().uploaders.get(name, 0)
    options |= {"accept_multiple_files": True}
    with st.container(key=f"uploader-{name}"):
        files = [*show_uploader(title, name, **options)]
        for number in range(max(count - _BEHIND, 0), count)[::-1]:
            files += st.file_uploader(title, key=f"{name}-{number}", **options)
    now = visit.current()
    before = now.offered.get(name, frozenset())
    offered = frozenset(file.file_id for file in files)
    visit.change(
        waiting=(
            *(file for file in now.waiting if file.file_id in offered or file.file_id not in before),
            *(file for file in files if file.file_id not in before),
        ),
        offered={**now.offered, name: offered},
    )
    return len(visit.current().waiting)


def read_waiting(name: str, progress: Callable[[int, str], object] = lambda number, name: None) -> None:
    """Add the files that wait, some at a time, and put a fresh uploader in the place of theirs.

    A click, or a look at another page, breaks the run of a page off; what waits still is read in the next run.

    Args:
        name: of the uploader.
        progress: as of `pages.shared.core.uploads.add`.
    """
    done = 0
    while files := visit.current().waiting[:_AT_ONCE]:
        try:
            uploads.add(
                ((file.name, file.getvalue()) for file in files),
                lambda number, file, before=done: progress(before + number, file),
            )
        except Exception:  # what fails so is not tried in each run again
            _drop(files)
            raise
        _drop(files)
        done += len(files)
    if not coming_in():  # else its browser still shows how far they are, and tells of them in the end
        empty_uploader(name)


def _drop(files: Sequence[UploadedFile]) -> None:
    visit.change(waiting=visit.current().waiting[len(files) :])
    release_uploads(*files)

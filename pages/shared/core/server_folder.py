"""The folder of a server for everything that it writes: it goes with the server, or else before the next one."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # a system without such locks: what is left behind stays there
    fcntl = None

__all__ = ["server_folder"]

_log = logging.getLogger(__name__)

_PREFIX, _LOCK = "dtl-server-", "lock"
#: Seconds in which a server that begins has taken its lock.
_BEGINNING = 60.0


@contextmanager
def server_folder() -> Iterator[str | None]:
    """A folder in which all temporary files of this process are from now on; None where none can be written.

    A server that lives holds the lock of its folder, so that folders whose lock is free are of servers that were
    killed: they are removed.
    """
    try:
        base = Path(tempfile.gettempdir())
        _clear(base)
        place = Path(tempfile.mkdtemp(prefix=_PREFIX))
        lock = (place / _LOCK).open("w")
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        _log.warning("uploads stay in memory, as no folder can be written: %s", error)
        yield None
        return
    before, tempfile.tempdir = tempfile.tempdir, str(place)
    try:
        yield str(place)
    finally:
        tempfile.tempdir = before
        shutil.rmtree(place, ignore_errors=True)
        lock.close()


def _clear(base: Path) -> None:
    """Remove what servers that were killed have left behind."""
    if fcntl is None:
        return
    for place in base.glob(f"{_PREFIX}*"):
        try:
            status = place.lstat()
            if not place.is_dir() or place.is_symlink() or status.st_uid != os.getuid() or not _free(place):
                continue
            shutil.rmtree(place, ignore_errors=True)
            _log.warning("what a server before has left behind was removed: %s", place.name)
        except OSError:
            continue


def _free(place: Path) -> bool:
    """Whether nobody holds the lock of a folder."""
    lock = place / _LOCK
    if not lock.is_file():
        return time.time() - place.stat().st_mtime > _BEGINNING
    with lock.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True

"""The end of a visit: it is noticed soon after its browser has gone, and what was said to go with it goes.

A browser that is closed ends its connection at once, one that has vanished stops answering; Streamlit keeps either
visit for a while, as the connection may come back. Here that while is short, and ends with `at_end`.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable
from time import monotonic

from streamlit.runtime import Runtime, exists, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.core.speed import keep_loaded, trim_heap

__all__ = ["at_end", "begin", "end_all", "held", "hold", "watch"]

_log = logging.getLogger(__name__)

#: Seconds for which a visit waits for its browser to come back, and between two looks at that.
_GRACE, _LOOK = 10.0, 2.0

#: Session -> when its browser was seen last, and what is to be done once it is gone, in the order in which it was asked
#: for.
_seen: dict[str, float] = {}
_wanted: dict[str, list[Callable[[], object]]] = {}
#: Session -> bytes that its visit holds.
_held: dict[str, int] = {}


def begin() -> None:
    """Watch the visit that runs; to be called in each run."""
    context = get_script_run_ctx()
    if context is not None and exists():
        _seen.setdefault(context.session_id, monotonic())


def at_end(act: Callable[[], object]) -> None:
    """Have something done once the visit that runs is gone."""
    context = get_script_run_ctx()
    if context is not None and exists():
        _wanted.setdefault(context.session_id, []).append(act)


def hold(size: int) -> None:
    """Say how many bytes the visit that runs holds now; they are free once it is gone."""
    context = get_script_run_ctx()
    if context is not None and context.session_id in _seen:  # else it has ended already
        _held[context.session_id] = size


def held() -> int:
    """How many bytes all visits hold."""
    return sum(list(_held.values()))


async def watch() -> None:
    """Look for visits that are gone, for ever; runs in the loop of the server."""
    while True:
        await asyncio.sleep(_LOOK)
        try:
            if _end_gone(get_instance(), monotonic()):
                await asyncio.to_thread(_tidy)
        except Exception:
            _log.exception("visits that are gone could not be ended")


def end_all() -> None:
    """Do what all visits want done at their end."""
    for session in [*_wanted]:
        _end(session)


def _end_gone(server: Runtime, now: float) -> int:
    """End the visits whose browsers have not been seen for a while; returns their number."""
    gone = []
    for session, seen in list(_seen.items()):
        if server.is_active_session(session):
            _seen[session] = now
        elif now - seen > _GRACE:
            gone.append(session)
    for session in gone:
        del _seen[session]
        server.close_session(session)
        _end(session)
    if gone:
        _log.info("%d visits ended, %d go on", len(gone), len(_seen))
    return len(gone)


def _end(session: str) -> None:
    _held.pop(session, None)
    for act in _wanted.pop(session, ()):
        try:
            act()
        except Exception:
            _log.exception("something that a visit leaves behind could not be cleared")


def _tidy() -> None:
    """Give back the memory of visits that are gone."""
    if not _seen:  # nobody waits
        gc.unfreeze()
        gc.collect()
        keep_loaded()
    else:
        gc.collect()
    trim_heap()

"""Work on files of strangers, apart from the server that answers all visitors: who waits, and what is said of one.

Once `start` was called, each call has a process of its own with limits of memory and time, see `dtl.isolation`; as
many at a time as the limit ``readers_at_once`` says, in the order in which they came. A visit asks for one after the
other, so each visitor has the same share. Where no processes can be started the work is done in place.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from threading import BoundedSemaphore, Event
from typing import TYPE_CHECKING, Any

from dtl.readers import limits
from dtl.spectrum import UnusableInput

if TYPE_CHECKING:
    from dtl.isolation.processes import Processes

__all__ = ["call", "call_long", "caller", "expect", "running", "start", "stop"]

_log = logging.getLogger(__name__)

#: What the calls need, loaded once: with what readers and preparation load where it is needed.
_MODULES = (
    "dtl.readers.preview",
    "dtl.readers.parts",
    "dtl.preparation.prepare",
    "astropy.io.fits",
    "astropy.table",
    "scipy.interpolate",
)
#: By how much the processes step back behind the server.
_BEHIND, _FAR_BEHIND = 3, 10

#: How often work is begun whose process was lost by no fault of its own.
_TRIES = 2
_turns = BoundedSemaphore(limits.most("readers_at_once"))
#: The one that makes the processes, once it is started.
_started: list[Processes] = []
#: Not set between `expect` and `start`, in which calls wait, for so many seconds at most.
_decided, _PATIENCE = Event(), 60.0
_decided.set()


def expect() -> None:
    """Have calls wait for `start`."""
    _decided.clear()


def start(folder: str | None = None) -> None:
    """Begin to give each call a process; where that is not possible it is logged.

    Args:
        folder: for their temporary files.
    """
    from dtl.isolation.processes import Processes

    try:
        _started.append(Processes(_MODULES, folder))
    except OSError as error:
        _log.warning("files are read in the server itself, as no processes can be started: %s", error)
    finally:
        _decided.set()


def stop() -> None:
    """End all processes."""
    while _started:
        _started.pop().close()
    _decided.set()


def running() -> bool:
    """Whether calls have processes of their own."""
    _decided.wait(_PATIENCE)
    return bool(_started)


def call(file: str, function: Callable[..., Any], *arguments: object, **named: object) -> Any:
    """What a function gives that works on a file, a few at a time.

    Args:
        file: its name, for people.
        function: of a module, found there by its name.
        arguments: of the function.
        named: of the function.

    Raises:
        UnusableInput: where it takes more memory or time than a file may; whatever the function raises.
    """
    if not running():
        return function(*arguments, **named)
    from dtl.isolation.fork_server import Bounds
    from dtl.isolation.processes import Ended

    bounds, why = Bounds(limits.most("worker_bytes"), limits.most("worker_seconds"), _BEHIND), "lost"
    for _ in range(_TRIES):
        try:
            with _turns:
                return _started[0].call(function, *arguments, bounds=bounds, **named)
        except Ended as end:
            why = end.why
            _log.warning("a process that worked on a file was ended: %s", why)
        if why != "lost":
            break
    raise _refusal(file, why)


def caller(file: str) -> Callable[..., Any]:
    """`call` for one file."""
    return partial(call, file)


def call_long(function: Callable[..., Any], *arguments: object, tell: Callable[..., object], stop: Event) -> Any:
    """What a function gives that takes minutes, behind all that is quick.

    Args:
        function: of a module, found there by its name.
        arguments: of the function, which takes ``tell`` as its last one.
        tell: called with what the function says on its way.
        stop: set once it is not wanted any more.

    Raises:
        Ended: of `dtl.isolation.processes`, where its process was ended; whatever the function raises.
    """
    if not running():
        return function(*arguments, tell)
    from dtl.isolation.fork_server import Bounds

    bounds = Bounds(memory=limits.most("adaptation_bytes"), niceness=_FAR_BEHIND)
    return _started[0].call(function, *arguments, bounds=bounds, tell=tell, stop=stop)


def _refusal(file: str, why: str) -> UnusableInput:
    if why == "died":
        return UnusableInput(f"{file} ended the process that read it, probably because it is damaged; fetch it again.")
    if why == "lost":
        return UnusableInput(
            f"{file} was not read, as the process that read it was ended from outside, or none could be started, "
            "probably because this machine is overloaded; try it again in a while."
        )
    limit = "worker_seconds" if why == "time" else "worker_bytes"
    return limits.refusal(limit, lambda words: UnusableInput(f"{file} {words}"))

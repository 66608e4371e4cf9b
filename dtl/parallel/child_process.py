"""What all processes that work for this one have in common: one thread, limits, and errors that can be sent."""

from __future__ import annotations

import os
import pickle
import resource
from contextlib import suppress
from pathlib import Path

__all__ = ["ONE_THREAD", "RaisedElsewhere", "allow_seconds", "data_memory", "lower_limit", "sendable"]

#: Environment of a process whose libraries compute with one thread: there is a process for each processor.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class RaisedElsewhere(Exception):
    """Where an error was raised in the other process, as the cause of it here."""

    def __str__(self) -> str:
        return "\n" + self.args[0]


def lower_limit(kind: int, most: int) -> None:
    """Lower a limit of this process; where the system forbids it, the other limits remain.

    Args:
        kind: one of `resource.RLIMIT_DATA` and its like.
        most: in the unit of the limit.
    """
    _, hard = resource.getrlimit(kind)
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def allow_seconds(seconds: int) -> None:
    """Let this process compute for so many seconds from now on, and be ended then."""
    lower_limit(resource.RLIMIT_CPU, int(sum(os.times()[:2])) + 1 + seconds)


def data_memory() -> int:
    """Bytes that count for `resource.RLIMIT_DATA` of this process; 0 where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in status.splitlines() if line.startswith("VmData:")), 0)


def sendable(error: BaseException) -> BaseException:
    """An error without what hangs on it; of one that cannot be sent the name."""
    error.__cause__ = error.__context__ = error.__traceback__ = None
    try:
        return pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(type(error).__name__)

"""The process that makes processes: it has loaded the libraries, and forks itself for each call.

A fork takes milliseconds where a fresh start takes seconds, has what is loaded in common with the others, and takes
everything of its call with it when it ends. It is started as ``python -m dtl.isolation.fork_server FD MODULE ...``,
computes with one thread, and ends with whoever holds the other end of its socket.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import pickle
import resource
import select
import signal
import socket
import struct
import sys
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from scipy.linalg.blas import dgemm

from dtl.parallel.child_process import allow_seconds, lower_limit, sendable

__all__ = ["GAVE", "RAISED", "STATUS", "TOLD", "Bounds", "main"]

#: Kinds of answers: something on the way, what the function gave, and what it raised, as text too.
TOLD, GAVE, RAISED = "told", "gave", "raised"
#: How numbers are written beside the answers: that of the process once it is there, and how it ended.
STATUS = struct.Struct("<i")
#: Linux' number for "tell me when my parent dies".
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Bounds:
    """What a call may take.

    Attributes:
        memory: bytes, beyond those that every process begins with; None for any number.
        seconds: of processor time, anew with each word that a call tells on its way; None for any number.
        niceness: by which it steps back behind the server.
    """

    memory: int | None = None
    seconds: int | None = None
    niceness: int = 0


def main(descriptor: int, modules: list[str]) -> None:
    """Load modules and answer calls until the other end of a socket is closed.

    Args:
        descriptor: of the socket; each message is a byte, with the ends of a connection and of a pipe.
        modules: that calls will need.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends this process
    for name in modules:
        importlib.import_module(name)
    _take_buffers()
    gc.collect()
    gc.freeze()  # what is loaded stays in common with the forks
    heard, rung = socket.socketpair()
    for end in (heard, rung):
        end.setblocking(False)
    signal.set_wakeup_fd(rung.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    with socket.socket(fileno=descriptor) as control:
        pipes: dict[int, int] = {}
        try:
            while _serve(control, heard, pipes):
                pass
        finally:
            signal.set_wakeup_fd(-1)  # its socket goes before the last of the processes
            for process in pipes:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)


def _take_buffers() -> None:
    """Have the linear algebra of NumPy and SciPy take the memory that it works in: it takes it at its first call, and
    some versions of OpenBLAS ask for it for ever where a limit denies it."""
    square = np.ones((256, 256))
    np.matmul(square, square)
    dgemm(1.0, square, square)


def _serve(control: socket.socket, heard: socket.socket, pipes: dict[int, int]) -> bool:
    """Take a call, or say how one ended; returns whether to go on."""
    ready, _, _ = select.select([control, heard], [], [])
    if heard in ready:
        with suppress(BlockingIOError):
            heard.recv(4096)
        _bury(pipes)
    if control not in ready:
        return True
    message, ends, _, _ = socket.recv_fds(control, 1, 2)
    if not message:
        return False
    connection, pipe = ends
    try:
        process = os.fork()
    except OSError:  # as many processes as may be are there: whoever waits for this one hears of none
        for end in ends:
            os.close(end)
        return True
    if process == 0:
        for end in (control.fileno(), heard.fileno(), pipe, *pipes.values()):
            os.close(end)
        _work(connection)
    os.close(connection)
    pipes[process] = pipe
    with suppress(OSError):
        os.write(pipe, STATUS.pack(process))
    return True


def _bury(pipes: dict[int, int]) -> None:
    """Say of each process that has ended how it did."""
    while pipes:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if process == 0:
            return
        pipe = pipes.pop(process)
        with suppress(OSError):
            os.write(pipe, STATUS.pack(os.waitstatus_to_exitcode(status)))
        os.close(pipe)


def _work(descriptor: int) -> None:
    """Answer one call in this process, and end it."""
    status = 1
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _answer(Connection(descriptor))
        status = 0
    except (BrokenPipeError, ConnectionResetError, EOFError):
        pass  # nobody waits for it any more
    finally:
        os._exit(status)  # nothing of the parent is to be cleaned up here


def _answer(connection: Connection) -> None:
    bounds: Bounds
    function: Callable[..., Any]
    bounds, function, arguments, named, tells = pickle.loads(connection.recv_bytes())  # from our own server
    _keep_within(bounds)
    if tells:
        arguments = (*arguments, partial(_tell, connection, bounds))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = pickle.dumps((GAVE, function(*arguments, **named)), pickle.HIGHEST_PROTOCOL)
    except (BrokenPipeError, ConnectionResetError):
        raise
    except BaseException as error:
        where = "".join(traceback.format_exception(error))
        answer = pickle.dumps((RAISED, sendable(error), where), pickle.HIGHEST_PROTOCOL)
    connection.send_bytes(answer)


def _tell(connection: Connection, bounds: Bounds, *what: object) -> None:
    """Say something on the way, and have time for the next again."""
    connection.send((TOLD, what))
    if bounds.seconds is not None:
        allow_seconds(bounds.seconds)


def _keep_within(bounds: Bounds) -> None:
    """Give this process its limits; where the system knows one of them not, the others remain."""
    if bounds.niceness:
        os.nice(bounds.niceness)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("500")  # where memory runs out all the same, this process goes before the server
    lower_limit(resource.RLIMIT_CORE, 0)
    if bounds.memory is not None:
        lower_limit(resource.RLIMIT_DATA, _held() + bounds.memory)
    if bounds.seconds is not None:
        allow_seconds(bounds.seconds)


def _held() -> int:
    """Bytes that this process has already, as the limit of memory counts them."""
    with suppress(OSError, ValueError, IndexError), open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[5]) * resource.getpagesize()
    return 0


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])

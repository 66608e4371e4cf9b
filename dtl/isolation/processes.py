"""Calls in processes of their own: what they give, what they raise, and why one was ended."""

from __future__ import annotations

import logging
import os
import pickle
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from math import inf
from multiprocessing.connection import Connection
from signal import SIGKILL, SIGXCPU
from typing import Any

from dtl.isolation.fork_server import GAVE, STATUS, TOLD, Bounds
from dtl.parallel.child_process import ONE_THREAD, RaisedElsewhere

__all__ = ["Ended", "Processes"]

_log = logging.getLogger(__name__)

#: Seconds by the clock for each second of processor time that a call may take: others use the processors too.
_PATIENCE = 3
#: Seconds between two looks at whether a call is wanted still.
_LOOK = 0.25
#: Bytes of an answer at most.
_MAX_ANSWER = 500_000_000
#: What PyTorch says, as a RuntimeError, where memory is denied to it, and the system of a library or a folder. Python
#: itself raises a SystemError where it has none to make an error of.
_NO_MEMORY = re.compile("can(no|')t (allocate|map|create shared)|failed to map segment", re.IGNORECASE)
#: Status of a process -> why it was ended: the system ends what takes too long, and what memory is lacking for.
_WHY = {-SIGXCPU: "time", -SIGKILL: "memory"}


class Ended(Exception):
    """The process of a call was ended before it answered.

    Attributes:
        why: ``time``, ``memory``, ``stopped`` (it was not wanted any more), ``died``, or ``lost``: what makes the
            processes was ended itself, or could make none, which is not the fault of the call.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Processes:
    """Makes a process for each call, from one that has loaded the libraries; ends with `close` or with this process.

    Args:
        modules: names of those that the calls need, loaded once.
        folder: for temporary files of the calls; None for that of the system.

    Raises:
        OSError: where this system has no such processes, or none can be started.
    """

    def __init__(self, modules: Sequence[str], folder: str | None = None) -> None:
        if sys.platform != "linux":
            raise OSError("processes are made by forking, which is safe on Linux alone")
        self._modules, self._folder, self._lock = tuple(modules), folder, threading.Lock()
        self._control, self._server = self._start()

    def call(
        self,
        function: Callable[..., Any],
        *arguments: object,
        bounds: Bounds = Bounds(),
        tell: Callable[..., object] | None = None,
        stop: threading.Event | None = None,
        **named: object,
    ) -> Any:
        """What a function gives that is called in a process of its own.

        Args:
            function: of a module, found there by its name.
            arguments: of the function.
            bounds: what it may take; by the clock it may take three times the processor time.
            tell: called here with what the function says on its way; the function takes it as its last argument.
            stop: set once the answer is not wanted any more.
            named: further arguments of the function.

        Raises:
            Ended: where the process ended without an answer; whatever the function raises else.
        """
        sent = pickle.dumps((bounds, function, arguments, named, tell is not None), pickle.HIGHEST_PROTOCOL)
        patience = _PATIENCE * bounds.seconds if bounds.seconds else inf
        with self._process() as (connection, pipe):
            process, ended = _number(pipe), False
            try:
                with suppress(BrokenPipeError, ConnectionResetError):
                    connection.send_bytes(sent)
                kind, *found = _answer(connection, patience, tell, stop)
                ended = True
            except EOFError:
                ended = True
                status = _number(pipe)
                raise Ended("lost" if status is None else _WHY.get(status, "died")) from None
            finally:
                if process and not ended:  # else its number may be another's by now
                    with suppress(ProcessLookupError):
                        os.kill(process, SIGKILL)
        if kind == GAVE:
            return found[0]
        error, where = found
        if isinstance(error, MemoryError | SystemError) or _NO_MEMORY.search(str(error)):
            raise Ended("memory")
        raise error from RaisedElsewhere(where)

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            self._control.close()
            self._server.wait()

    @contextmanager
    def _process(self) -> Any:
        """A process that waits for its call: the connection to it, and the pipe that says how it ended."""
        ours, theirs = socket.socketpair()
        reading, writing = os.pipe()
        try:
            with theirs:
                try:
                    self._hand_over(theirs.fileno(), writing)
                finally:
                    os.close(writing)
            with Connection(ours.detach()) as connection:
                yield connection, reading
        finally:
            ours.close()
            os.close(reading)

    def _hand_over(self, *ends: int) -> None:
        with self._lock:
            try:
                socket.send_fds(self._control, [b"c"], ends)
            except OSError:  # it was ended from outside
                _log.warning("the process that makes processes has ended; another one is started")
                self._control.close()
                self._control, self._server = self._start()
                socket.send_fds(self._control, [b"c"], ends)

    def _start(self) -> tuple[socket.socket, subprocess.Popen[bytes]]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = os.environ | ONE_THREAD
        environment["PYTHONPATH"] = os.pathsep.join(path or os.getcwd() for path in sys.path)
        if self._folder is not None:
            environment["TMPDIR"] = self._folder
        command = [sys.executable, "-m", "dtl.isolation.fork_server", str(theirs.fileno()), *self._modules]
        with theirs:
            server = subprocess.Popen(
                command,
                env=environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        return ours, server


def _number(pipe: int) -> int | None:
    """The next number that is written beside an answer, None where nobody is left to write one."""
    found = os.read(pipe, STATUS.size)
    return STATUS.unpack(found)[0] if len(found) == STATUS.size else None


def _answer(
    connection: Connection, patience: float, tell: Callable[..., object] | None, stop: threading.Event | None
) -> tuple[Any, ...]:
    """The answer of a process, with its kind; for it, and for each word before it, one waits so many seconds.

    Raises:
        EOFError: where it has ended without one.
        Ended: where it takes too long, or is not wanted any more.
    """
    while True:
        end = time.monotonic() + patience
        while not connection.poll(_LOOK):
            if stop is not None and stop.is_set():
                raise Ended("stopped")
            if time.monotonic() > end:
                raise Ended("time")
        try:
            received = connection.recv_bytes(_MAX_ANSWER)
        except ConnectionError:
            raise EOFError from None
        except OSError:  # it is larger than that, and its process waits for somebody to take it
            raise Ended("memory") from None
        answer = pickle.loads(received)  # from a process of our own
        if answer[0] != TOLD:
            return answer
        if tell is not None:
            tell(*answer[1])

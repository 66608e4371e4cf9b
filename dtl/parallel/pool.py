"""Processes of this machine that may die: each has one job at a time; what ends two of them is given up."""

from __future__ import annotations

import os
import resource
import signal
import time
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from math import inf
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from signal import SIGKILL, SIGXCPU
from typing import Any

from dtl.parallel.child_process import ONE_THREAD, RaisedElsewhere, allow_seconds, data_memory, lower_limit, sendable
from dtl.parallel.outcome import JobFunction, Limits, Lost

__all__ = ["LocalPool"]

#: Seconds that a job may take by the clock for each second of processor time: others may use the processor too.
_PATIENCE = 6
#: Jobs that are given out before the first of them is answered, for each worker: what is ready waits in memory.
_AHEAD = 16
#: What a worker says: that it can be told something, and then of its job; at the end of one, that it is not fit for
#: another.
_READY, _BEGAN, _GAVE, _RAISED, _DONE, _SPENT = "ready", "began", "gave", "raised", "done", "spent"
#: Part of the memory of a job that the jobs before may have left occupied: more would be wanting for the next one.
_LEFT = 0.2


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    ready: bool = False
    job: tuple[int, Any] | None = None
    began: float = inf
    results: list[Any] = field(default_factory=list)
    again: bool = False


class LocalPool:
    """A backend of `dtl.parallel.engine.Engine`: processes that are started anew where they die.

    Args:
        function: of the jobs.
        shared: what they have in common.
        workers: processes.
        limits: of each job.
    """

    def __init__(self, function: JobFunction, shared: Sequence[Any], workers: int, limits: Limits | None) -> None:
        self._work, self._limits = (function, tuple(shared), limits), limits
        self._waiting: deque[tuple[int, Any]] = deque()
        self._crew: list[_Worker] = []
        self._workers = workers

    @property
    def ahead(self) -> int:
        return _AHEAD * self._workers

    def give(self, number: int, job: Any) -> None:
        self._waiting.append((number, job))
        if len(self._crew) < self._workers:
            self._crew.append(_start())
        self._set_to_work()

    def collect(self, patience: float) -> list[tuple[int, list[Any]]]:
        busy = {worker.connection: worker for worker in self._crew if worker.job is not None}
        ended = []
        for connection in wait(list(busy), timeout=patience):
            worker = busy[connection]
            try:
                word, content = connection.recv()
            except (EOFError, OSError):
                ended += self._replace(worker)
                continue
            if word == _READY:  # earlier it would have to be waited for: a pipe holds less than what jobs share
                worker.ready = True
                _tell(worker, self._work)
                _tell(worker, worker.job[1])
            elif word == _BEGAN:  # only now: the process may have had to start first
                worker.began = time.monotonic()
            elif word == _GAVE:
                worker.results.append(content)
                worker.began = time.monotonic()
            elif word == _RAISED:
                error, where = content
                raise error from RaisedElsewhere(where)
            else:
                ended.append((worker.job[0], worker.results))
                worker.results, worker.job, worker.again = [], None, False
                if word == _SPENT:
                    self._renew(worker)
        longest = _PATIENCE * self._limits.seconds if self._limits else inf
        for worker in [worker for worker in self._crew if worker.job is not None]:
            # Where a word of it waits here, it was not the job that took so long.
            if time.monotonic() - worker.began > longest and not worker.connection.poll():
                worker.process.kill()
                ended += self._replace(worker, late=True)
        self._set_to_work()
        return ended

    def close(self) -> None:
        for worker in self._crew:
            worker.connection.close()
            worker.process.kill()
            worker.process.join()
        self._crew = []

    def _set_to_work(self) -> None:
        for worker in self._crew:
            if self._waiting and worker.job is None:
                _send(worker, self._waiting.popleft())

    def _replace(self, worker: _Worker, *, late: bool = False) -> list[tuple[int, list[Any]]]:
        """Put another process in the place of one that has died, for its job once more, or give the job up."""
        place = self._renew(worker)
        status = worker.process.exitcode
        late = late or status == -SIGXCPU
        if not late and not worker.again:  # the job may have had nothing to do with it
            self._crew[place].again = True
            _send(self._crew[place], worker.job)
            return []
        why = "time" if late else "memory" if status == -SIGKILL else "died"
        return [(worker.job[0], [*worker.results, Lost(why)])]

    def _renew(self, worker: _Worker) -> int:
        """Put another process in the place of one that has ended; returns the place."""
        worker.process.join()
        worker.connection.close()
        place = self._crew.index(worker)
        self._crew[place] = _start()
        return place


def _send(worker: _Worker, job: tuple[int, Any]) -> None:
    worker.job, worker.began = job, inf
    if worker.ready:
        _tell(worker, job[1])


def _tell(worker: _Worker, content: Any) -> None:
    with suppress(OSError):  # it has died, which is seen when its answer is waited for
        worker.connection.send(content)


def _start() -> _Worker:
    context = get_context("spawn")  # a fork would copy the threads of the networks in an unknown state
    ours, theirs = context.Pipe()
    process = context.Process(target=_answer_jobs, args=(theirs,), daemon=True, name="dtl worker")
    with _single_threaded():
        process.start()
    theirs.close()
    return _Worker(process, ours)


@contextmanager
def _single_threaded() -> Iterator[None]:
    """What is started in here computes with one thread."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _answer_jobs(connection: Connection) -> None:
    """Answer jobs until the other end is closed: a word once one is begun, one for each result, and one at its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the work
    function: JobFunction
    shared: tuple[Any, ...]
    limits: Limits | None
    try:
        connection.send((_READY, None))
        function, shared, limits = connection.recv()
        if limits:
            lower_limit(resource.RLIMIT_DATA, limits.memory)
        spent = inf if not limits else data_memory() + _LEFT * limits.memory
        while True:
            job = connection.recv()
            if limits:
                allow_seconds(limits.seconds)
            connection.send((_BEGAN, None))
            try:
                for result in function(job, *shared):
                    connection.send((_GAVE, result))
                    if limits:
                        allow_seconds(limits.seconds)
            except (BrokenPipeError, ConnectionResetError):
                raise
            except Exception as error:
                where = traceback.format_exc()
                connection.send((_RAISED, (sendable(error), where)))
            if data_memory() > spent:  # what a job has left behind would count against the next ones
                connection.send((_SPENT, None))
                return
            connection.send((_DONE, None))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the parent is gone

"""Workers that may die: a pool of processes of which each has one file at a time; what kills two becomes a sentence."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from signal import SIGKILL, SIGXCPU

from dtl.batch.worker import Answer, Task, Wanted, work
from dtl.readers import limits

__all__ = ["prepare_all"]

#: Seconds that a file may take by the clock for each second of processor time: others may use the processor too.
_PATIENCE = 6
#: Files that are given out before the first of them is answered, for each worker: what is ready waits in memory.
_AHEAD = 16
#: Threads of libraries; each worker has one processor.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    task: Task | None = None
    began: float = inf
    answers: list[Answer] = field(default_factory=list)
    again: bool = False


def prepare_all(tasks: Iterable[Task], wanted: Wanted, workers: int) -> Iterator[tuple[Task, list[Answer]]]:
    """Read and prepare files in processes of their own; in the order of the tasks, whoever is ready first.

    Args:
        tasks: the files.
        wanted: what they are prepared for.
        workers: processes.
    """
    queue, ready, order = iter(tasks), {}, deque()
    crew = [_start(wanted) for _ in range(workers)]
    try:
        while True:
            for worker in crew:
                task = next(queue, None) if worker.task is None and len(order) < _AHEAD * workers else None
                if task is not None:
                    order.append(task)
                    _give(worker, task)
            while order and order[0].number in ready:
                task = order.popleft()
                yield task, ready.pop(task.number)
            if not order and all(worker.task is None for worker in crew):
                task = next(queue, None)
                if task is None:
                    return
                order.append(task)
                _give(crew[0], task)
            if any(worker.task is not None for worker in crew):
                _collect(crew, ready, wanted)
    finally:
        for worker in crew:
            worker.connection.close()
            worker.process.kill()
            worker.process.join()


def _collect(crew: list[_Worker], ready: dict[int, list[Answer]], wanted: Wanted) -> None:
    """Wait for something to come, take it, and start anew what has died or does not come back."""
    busy = {worker.connection: worker for worker in crew if worker.task is not None}
    for connection in wait(list(busy), timeout=1.0):
        worker = busy[connection]
        try:
            answer = connection.recv()
        except (EOFError, OSError):
            _bury(crew, worker, ready, wanted)
            continue
        if isinstance(answer, int):  # only now: the process may have had to start first
            worker.began = time.monotonic()
            continue
        if answer is not None:
            worker.answers.append(answer)
            continue
        ready[worker.task.number], worker.answers, worker.task = worker.answers, [], None
        worker.again = False
    longest = _PATIENCE * limits.most("worker_seconds")
    for worker in [worker for worker in crew if worker.task is not None]:
        if time.monotonic() - worker.began > longest:
            worker.process.kill()
            _bury(crew, worker, ready, wanted, late=True)


def _give(worker: _Worker, task: Task) -> None:
    worker.task, worker.began = task, inf
    try:
        worker.connection.send(task)
    except OSError:
        return  # it has died, which is seen when its answer is waited for


def _bury(
    crew: list[_Worker], worker: _Worker, ready: dict[int, list[Answer]], wanted: Wanted, *, late: bool = False
) -> None:
    """Put another process in the place of one that has died, for its file once more, or with a sentence for it."""
    worker.process.join()
    worker.connection.close()
    late = late or worker.process.exitcode == -SIGXCPU
    place = crew.index(worker)
    crew[place] = _start(wanted)
    if not late and not worker.again:  # the file may have had nothing to do with it
        crew[place].again = True
        _give(crew[place], worker.task)
        return
    if late:
        reason = f"took more than {limits.most('worker_seconds')} s, probably because it is far larger than a spectrum"
    elif worker.process.exitcode == -SIGKILL:
        reason = "needed more memory than there is, or its process was ended from outside"
    else:
        reason = "ended the process that read it, probably because it is damaged"
    name = worker.task.name
    sentence = f"{name}: {reason}; cut it to the window of the networks and some 50 Å on each side."
    ready[worker.task.number] = [*worker.answers, Answer(name, sentence=sentence)]


def _start(wanted: Wanted) -> _Worker:
    context = get_context("spawn")  # a fork would copy the threads of the networks in an unknown state
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, wanted), daemon=True, name="dtl reader")
    with _single_threaded():
        process.start()
    theirs.close()
    return _Worker(process, ours)


@contextmanager
def _single_threaded() -> Iterator[None]:
    """What is started in here computes with one thread."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value

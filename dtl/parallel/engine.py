"""One engine for many independent jobs: this process, processes of this machine, or the workers of a Dask cluster.

Nothing that has to last is kept here: whoever asks writes results to files as they come, and asks again for the rest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dtl.parallel.outcome import Backend, JobFunction, Limits
from dtl.parallel.pool import LocalPool

__all__ = ["Engine"]


@dataclass(frozen=True)
class Engine:
    """Where jobs run.

    Attributes:
        workers: processes of this machine; 1 is this process, except for jobs with limits.
        scheduler: address of a Dask scheduler, whose workers run the jobs instead.
        say: called with a sentence where a cluster has to be waited for.
    """

    workers: int = 1
    scheduler: str | None = None
    say: Callable[[str], None] = lambda sentence: None

    def answers(
        self,
        function: JobFunction,
        jobs: Iterable[Any],
        shared: Sequence[Any] = (),
        *,
        ordered: bool = False,
        limits: Limits | None = None,
    ) -> Iterator[tuple[int, list[Any]]]:
        """Run ``function(job, *shared)`` for each job; jobs are taken as there is room for them.

        Args:
            function: of a module; gives any number of results.
            jobs: plain values, any number of them.
            shared: the same for all jobs; sent to each worker once.
            ordered: in the order of the jobs, else as they are done.
            limits: of each job, kept by processes of this machine; on a cluster the function keeps its own.

        Yields:
            Number of the job from 0, and its results, the last of them `Lost` where its process was ended.

        Raises:
            UnusableInput: where Dask is not installed, or its scheduler does not answer or come back; whatever a job
                raises else.
        """
        backend = self._start(function, shared, limits)
        numbered, given, ready = enumerate(jobs), deque[int](), dict[int, list[Any]]()
        try:
            while True:
                while len(given) < backend.ahead and (item := next(numbered, None)) is not None:
                    given.append(item[0])
                    backend.give(*item)
                if not given:
                    return
                number = next((n for n in given if n in ready), None) if not ordered else given[0]
                if number not in ready:
                    ready.update(backend.collect(1.0))
                    continue
                given.remove(number)
                yield number, ready.pop(number)
                ready.update(backend.collect(0.0))  # whoever waits for another job gets it
        finally:
            backend.close()

    def _start(self, function: JobFunction, shared: Sequence[Any], limits: Limits | None) -> Backend:
        if self.scheduler is not None:
            from dtl.parallel.cluster import DaskCluster

            return DaskCluster(function, shared, self.scheduler, self.say)
        if self.workers == 1 and limits is None:
            return _ThisProcess(function, shared)
        return LocalPool(function, shared, self.workers, limits)


class _ThisProcess:
    """Runs each job here once its results are asked for."""

    ahead = 1

    def __init__(self, function: JobFunction, shared: Sequence[Any]) -> None:
        self._function, self._shared = function, shared
        self._given: list[tuple[int, Any]] = []

    def give(self, number: int, job: Any) -> None:
        self._given.append((number, job))

    def collect(self, patience: float) -> list[tuple[int, list[Any]]]:
        given, self._given = self._given, []
        return [(number, list(self._function(job, *self._shared))) for number, job in given]

    def close(self) -> None:
        self._given = []

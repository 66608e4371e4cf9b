"""The workers of a Dask cluster, which may die, and its scheduler, which may go and come back."""

from __future__ import annotations

import gc
import logging
import pickle
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import dtl
from dtl.parallel.outcome import JobFunction, Lost
from dtl.spectrum import UnusableInput

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["DaskCluster"]

#: Jobs that are given out before the first of them is answered, for each thread of the workers.
_AHEAD = 16
#: Seconds: for a scheduler to answer at first, for it to come back, between two looks at the jobs, and at the workers.
_ANSWER, _RETURN, _LOOK, _COUNT = 10.0, 300.0, 0.02, 5.0
#: Seconds for a result to come over. Dask waits for ever for one whose scheduler goes meanwhile.
_TAKEN = 30.0
#: How often a job may be what Dask gives up, each time after several workers have died with it.
_TRIES = 3
#: What the workers have to have as this machine has it, so that an answer does not depend on where it was made.
_LIBRARIES = ("astropy", "numpy", "scipy")
_GONE = ("cancelled", "lost")


class DaskCluster:
    """A backend of `dtl.parallel.engine.Engine`: jobs that a Dask scheduler hands to its workers.

    Jobs are kept here until they have their results: with a scheduler that has gone and come back, at the same
    address, the open ones are run again.

    Args:
        function: of the jobs.
        shared: what they have in common.
        address: of the scheduler.
        say: called with a sentence where the cluster has to be waited for.

    Raises:
        UnusableInput: where Dask is not installed, or no scheduler answers at the address.
    """

    def __init__(self, function: JobFunction, shared: Sequence[Any], address: str, say: Callable[[str], None]) -> None:
        self._function, self._shared, self._address, self._say = function, tuple(shared), address, say
        self._open: dict[int, Any] = {}
        self._futures: dict[int, Future] = {}
        self._given_up: Counter[int] = Counter()
        self._threads, self._counted, self._told, self._sent = 0, 0.0, False, None
        self._quiet = logging.getLogger("distributed")
        self._level = self._quiet.level
        self._quiet.setLevel(logging.CRITICAL)  # what it would say, a sentence says
        self._client: Client | None = self._connect(_ANSWER)

    @property
    def ahead(self) -> int:
        return _AHEAD * max(self._threads, 1)

    def give(self, number: int, job: Any) -> None:
        self._open[number] = job

    def collect(self, patience: float) -> list[tuple[int, list[Any]]]:
        from distributed import CancelledError
        from distributed.comm import CommClosedError

        try:
            if not self._ready(patience):
                return []
            self._submit()
            self._wait(time.monotonic() + patience)
            found, failure = self._gather()
        except (Exception, CancelledError) as error:  # the scheduler, or data that all jobs need, has gone
            lost = isinstance(error, (CancelledError, CommClosedError, OSError)) or self._client.status != "running"
            if not lost:
                raise
            self._say(f"{self._address}: the connection is lost; waiting {_RETURN:.0f} s for the scheduler.")
            self._drop()
            self._client = self._connect(_RETURN)
            return []
        if failure is not None:
            raise failure
        return found

    def close(self) -> None:
        self._drop()
        self._quiet.setLevel(self._level)

    def _connect(self, patience: float) -> Client:
        try:
            from distributed import Client
        except ImportError as error:
            raise UnusableInput(
                "--scheduler needs Dask, which is not installed; run `pip install distributed`, or leave it out."
            ) from error
        end = time.monotonic() + patience
        while True:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # versions are compared where the jobs run
                    return Client(self._address, timeout=min(_ANSWER, patience), set_as_default=False)
            except (OSError, ValueError, TypeError, ImportError):
                pass
            # A client that could not connect closes itself once it is collected. Were that while the next one starts,
            # it would wait for ever for the lock that this one holds.
            gc.collect()
            if time.monotonic() > end or patience == _ANSWER:
                what = "no Dask scheduler answers there" if patience == _ANSWER else "the scheduler has gone"
                raise UnusableInput(
                    f"{self._address}: {what}; check the address, start it with its workers, and run the same command "
                    "(again): what is done is kept."
                )
            time.sleep(1.0)

    def _ready(self, patience: float) -> bool:
        """Whether there is a worker."""
        if time.monotonic() - self._counted > _COUNT or not self._threads:
            self._threads, self._counted = sum(self._client.nthreads().values()), time.monotonic()
        if self._threads:
            self._told = False
            return True
        if not self._told:
            self._say(f"{self._address} has no workers; waiting for the first.")
            self._told = True
        time.sleep(patience)
        return False

    def _submit(self) -> None:
        # Dask blames each job that a worker had when it died. Such a one is tried by itself, when no other is open to
        # be given out, so that none answers for another.
        suspects = [number for number in self._open if self._given_up[number]]
        if any(number in self._futures for number in suspects):
            return
        missing = [number for number in self._open if not self._given_up[number] and number not in self._futures]
        if not missing and not self._futures:
            missing = suspects[:1]
        if missing and self._sent is None:
            # A job like others: where all workers that have it die, the scheduler has it run again.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it may be large
                self._sent = self._client.submit(pickle.loads, pickle.dumps(self._shared), pure=False)
        for number in missing:
            arguments = (self._function, self._open[number], self._sent, _versions())
            self._futures[number] = self._client.submit(_listed, *arguments, pure=False)

    def _wait(self, end: float) -> None:
        """Until a job has ended, or time has.

        Raises:
            OSError: where the scheduler has gone.
        """
        while True:
            found = {future.status for future in self._futures.values()}
            if self._client.status != "running" or found.intersection(_GONE):
                raise OSError("the scheduler has gone")
            if found - {"pending"} or time.monotonic() > end:
                return
            time.sleep(_LOOK)

    def _gather(self) -> tuple[list[tuple[int, list[Any]]], BaseException | None]:
        """The results of all jobs that have ended, and what one of them raised."""
        from distributed import KilledWorker

        done = {number: future for number, future in self._futures.items() if future.status == "finished"}
        found = []
        for number, future in done.items():
            try:
                found.append((number, future.result(timeout=_TAKEN)))
            except TimeoutError:
                if future.status == "finished":  # the scheduler has gone
                    raise
                break  # the worker that had it has gone, and another one does it again
        for number, future in [(n, future) for n, future in self._futures.items() if future.status == "error"]:
            error = future.exception()
            if not isinstance(error, KilledWorker):
                return found, self._in_words(error)
            self._given_up[number] += 1
            del self._futures[number]  # to be tried again: its workers may have been ended from outside
            if self._given_up[number] == _TRIES:
                found.append((number, [Lost("died")]))
        for number, _ in found:
            self._futures.pop(number, None)
            del self._open[number]
        return found, None

    def _in_words(self, error: BaseException) -> BaseException:
        """What a job raised, or a sentence where the workers lack the program."""
        if isinstance(error, ImportError) and "dtl" in str(error):
            return UnusableInput(
                f"{self._address}: its workers lack this program or have another version of it ({error}); install dtl "
                f"{dtl.__version__} where they run."
            )
        if isinstance(error, _OtherVersions):
            return UnusableInput(f"{self._address}: {error}; install the same where its workers run as here.")
        return error

    def _drop(self) -> None:
        """Forget the connection, and what runs through it."""
        self._futures, self._sent, self._threads = {}, None, 0
        if self._client is not None:
            self._client.close(timeout=2)
            self._client = None


class _OtherVersions(Exception):
    """A worker has another version of a library than whoever asks."""


@lru_cache(maxsize=1)
def _versions() -> tuple[tuple[str, str], ...]:
    return (("dtl", dtl.__version__), *((name, version(name)) for name in _LIBRARIES))


def _listed(function: JobFunction, job: Any, shared: tuple[Any, ...], versions: tuple[tuple[str, str], ...]) -> list:
    """The results of a job, in a worker."""
    for (name, theirs), (_, ours) in zip(versions, _versions(), strict=True):
        if theirs != ours:
            raise _OtherVersions(f"its workers have {name} {ours}, this machine has {theirs}")
    return list(function(job, *shared))

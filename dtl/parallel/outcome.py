"""What a job may take of a process, and what became of one whose process was ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Backend", "JobFunction", "Limits", "Lost"]

#: A function of a module, so that other processes find it: ``function(job, *shared)`` gives any number of results.
JobFunction = Callable[..., Iterator[Any]]


@dataclass(frozen=True)
class Limits:
    """What a job may take.

    Attributes:
        seconds: of processor time, for each of its results.
        memory: bytes of its process.
    """

    seconds: int
    memory: int


@dataclass(frozen=True)
class Lost:
    """Stands as the last of the results of a job whose process ended without an answer, each time it was tried.

    Attributes:
        why: ``time``, ``memory`` (or it was ended from outside) or ``died``.
    """

    why: str


class Backend(Protocol):
    """What runs jobs. One of a function and what its jobs have in common; to be closed once they are done."""

    @property
    def ahead(self) -> int:
        """Jobs that may be given out before the first of them has its results."""

    def give(self, number: int, job: Any) -> None:
        """Take a job, to be run as soon as there is room for it."""

    def collect(self, patience: float) -> list[tuple[int, list[Any]]]:
        """Numbers and results of jobs that have ended; waits some seconds at most for the first."""

    def close(self) -> None:
        """End what runs still."""

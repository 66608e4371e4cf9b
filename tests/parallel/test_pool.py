"""Processes that die: nothing is lost but what kills them, and that is told."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from multiprocessing import active_children

import pytest

from dtl.parallel import pool
from dtl.parallel.engine import Engine
from dtl.parallel.outcome import Limits, Lost
from dtl.spectrum import UnusableInput

LIMITS = Limits(seconds=20, memory=2_000_000_000)


def squares(job: int, factor: int = 1) -> Iterator[int]:
    """As many results as the job says, slowly."""
    for number in range(job):
        time.sleep(0.01)
        yield factor * number**2


def answers(*jobs: int, ordered: bool = True, engine: Engine = Engine(2), **more: object) -> list[tuple[int, list]]:
    return list(engine.answers(squares, jobs, (3,), ordered=ordered, **more))


def compute(job: float) -> Iterator[int]:
    """Four results, after so many seconds of processor time each."""
    for number in range(4):
        end = time.process_time() + job
        while time.process_time() < end:
            pass
        yield number


def test_each_result_has_the_time_that_is_allowed() -> None:
    limits = Limits(seconds=1, memory=2_000_000_000)
    (_, slow), (_, stuck) = Engine(2).answers(compute, [0.8, 3.0], limits=limits, ordered=True)
    assert slow == [0, 1, 2, 3]
    assert stuck == [Lost("time")]


@pytest.mark.parametrize("engine", [Engine(), Engine(2)])
def test_each_job_has_its_results(engine: Engine) -> None:
    jobs = (9, 0, 1, 4, 2)
    expected = [(place, [3 * number**2 for number in range(job)]) for place, job in enumerate(jobs)]
    assert answers(*jobs, engine=engine) == expected
    assert sorted(answers(*jobs, engine=engine, ordered=False)) == expected
    assert answers(engine=engine) == []


def test_jobs_are_taken_as_there_is_room() -> None:
    taken = []

    def jobs() -> Iterator[int]:
        for job in range(100):
            taken.append(job)
            yield 0

    found = Engine(1).answers(squares, jobs(), limits=LIMITS, ordered=True)
    next(found)
    assert len(taken) <= pool._AHEAD + 1
    found.close()
    assert not active_children()


@pytest.mark.parametrize("place", [1, 3, 15, 25])
def test_a_worker_that_is_killed_costs_nothing(place: int) -> None:
    """Its job is given to another; one kill a run, as a second one could meet the same job."""
    found = []
    for answer in Engine(2).answers(squares, [5] * 40, limits=LIMITS, ordered=True):
        found.append(answer)
        if len(found) == place:
            os.kill(active_children()[0].pid, signal.SIGKILL)
    assert found == [(number, [0, 1, 4, 9, 16]) for number in range(40)]


def deadly(job: str) -> Iterator[str]:
    yield job
    if job == "dies":
        os._exit(3)
    if job == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    while job == "computes":
        pass
    if job == "fills":
        kept = bytearray(10**9)
        yield str(len(kept))


def test_what_kills_its_workers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_PATIENCE", 300)  # here the system ends what computes too long, not the clock
    jobs = ["good", "dies", "killed", "computes", "good"]
    found = list(Engine(2).answers(deadly, jobs, limits=Limits(1, 2_000_000_000), ordered=True))
    whys = {1: "died", 2: "memory", 3: "time"}
    assert found == [(i, [job, *([Lost(whys[i])] if i in whys else [])]) for i, job in enumerate(jobs)]


def waits(job: str) -> Iterator[str]:
    time.sleep(3600)
    yield job


def test_what_only_waits_is_ended_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_PATIENCE", 2)
    found = list(Engine(2).answers(waits, ["a", "b"], limits=Limits(1, 2_000_000_000), ordered=True))
    assert found == [(0, [Lost("time")]), (1, [Lost("time")])]


def test_memory_is_limited() -> None:
    with pytest.raises(MemoryError):
        list(Engine(2).answers(deadly, ["fills"], limits=Limits(20, 500_000_000)))


def refuses(job: int) -> Iterator[int]:
    raise UnusableInput(f"{job}: is a number.")
    yield job


@pytest.mark.parametrize("engine", [Engine(), Engine(2)])
def test_what_a_job_raises_is_raised(engine: Engine) -> None:
    with pytest.raises(UnusableInput, match=r"^7: is a number\.$"):
        list(engine.answers(refuses, [7]))
    assert not active_children()


def test_where_a_job_raised_is_told() -> None:
    with pytest.raises(UnusableInput) as caught:
        list(Engine(2).answers(refuses, [7]))
    assert "in refuses" in str(caught.value.__cause__)


_KEPT: list[bytearray] = []


def keeps(job: int) -> Iterator[tuple[int, int]]:
    """Its process, which needs a part of what jobs may need and does not give it back."""
    _KEPT.append(bytearray(job))
    yield os.getpid(), len(_KEPT)


@pytest.mark.parametrize(("size", "alone"), [(100_000_000, False), (300_000_000, True)])
def test_what_a_job_leaves_behind_is_not_counted_against_the_next(size: int, alone: bool) -> None:
    """A process that keeps more than a fifth of what a job may need answers no other one."""
    found = [results[0] for _, results in Engine(2).answers(keeps, [size] * 8, limits=Limits(20, 1_000_000_000))]
    assert len(found) == 8
    assert (max(kept for _, kept in found) == 1) == alone

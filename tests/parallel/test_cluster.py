"""A Dask cluster of real processes: whatever dies and comes back, each job has its results once."""

from __future__ import annotations

import gc
import os
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from dtl.parallel.engine import Engine
from dtl.parallel.resumable import run_all
from dtl.spectrum import UnusableInput

pytest.importorskip("distributed", reason="Dask is optional")

from dtl.parallel import cluster as dask
from tests.conftest import PATIENCE
from tests.isolation.test_processes import appears
from tests.parallel.clusters import Cluster, cluster


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_ANSWER", PATIENCE)


@pytest.fixture(scope="module")
def running() -> Iterator[Cluster]:
    with cluster() as found:
        yield found


def squares(job: int, factor: int) -> Iterator[int]:
    time.sleep(0.05)
    for number in range(job):
        yield factor * number**2


def expected(jobs: list[int]) -> list[tuple[int, list[int]]]:
    return [(place, [3 * number**2 for number in range(job)]) for place, job in enumerate(jobs)]


def test_each_job_has_its_results(running: Cluster) -> None:
    jobs = [9, 0, 1, 4, 2] * 12
    assert list(Engine(scheduler=running.address).answers(squares, jobs, (3,), ordered=True)) == expected(jobs)


def sizes(job: int, content: bytes) -> Iterator[int]:
    yield job + len(content)


def test_much_may_be_shared(running: Cluster) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = list(Engine(scheduler=running.address).answers(sizes, [1, 2, 3], (bytes(30_000_000),), ordered=True))
    assert found == [(0, [30_000_001]), (1, [30_000_002]), (2, [30_000_003])]


def doubled(job: dict[str, int], factor: int) -> dict[str, int]:
    return {"y": factor * job["x"]}


def test_resumable(running: Cluster, tmp_path) -> None:
    jobs, engine = [{"x": x} for x in range(4)], Engine(scheduler=running.address)
    for _ in range(2):
        found = run_all(doubled, jobs, shared=(2,), engine=engine, store=tmp_path / "jobs.jsonl")
        assert found == [{"x": x, "y": 2 * x} for x in range(4)]
    assert len((tmp_path / "jobs.jsonl").read_text().splitlines()) == 4


def refuses(job: int) -> Iterator[int]:
    raise UnusableInput(f"{job}: is a number.")
    yield job


def test_what_a_job_raises_is_raised(running: Cluster) -> None:
    with pytest.raises(UnusableInput, match=r"^7: is a number\.$"):
        list(Engine(scheduler=running.address).answers(refuses, [7]))


def test_other_versions_are_refused(running: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    other = (("dtl", "0.0"), *dask._versions()[1:])
    monkeypatch.setattr(dask, "_versions", lambda: other)
    with pytest.raises(UnusableInput, match=r"its workers have dtl \S+, this machine has 0\.0; install the same"):
        list(Engine(scheduler=running.address).answers(squares, [1], (3,)))


def test_a_worker_that_is_killed_costs_nothing(running: Cluster) -> None:
    jobs, found = [5, 3] * 40, []
    for answer in Engine(scheduler=running.address).answers(squares, jobs, (3,), ordered=True):
        found.append(answer)
        if len(found) in (5, 30):
            running.kill_worker(len(found))
    assert found == expected(jobs)


def held(job: int, factor: int, go: Path) -> Iterator[int]:
    """As `squares`; the largest wait for a file."""
    if job > 8:
        assert appears(go)
    yield from squares(job, factor)


def test_a_scheduler_that_goes_and_comes_back(tmp_path: Path) -> None:
    """Whoever waits is told, and then has all results."""
    jobs, found, told = [*([5, 3] * 20), 9, *([5, 3] * 20)], [], []
    with cluster(1) as own, ThreadPoolExecutor(1) as pool:
        again: list[Future[None]] = []

        def say(sentence: str) -> None:
            told.append(sentence)
            if "the connection is lost; waiting" in sentence and not again:
                again.append(pool.submit(own.start, 1))

        engine = Engine(scheduler=own.address, say=say)
        for answer in engine.answers(held, jobs, (3, tmp_path / "go"), ordered=True):
            found.append(answer)
            if len(found) == 10:
                own.stop()
                (tmp_path / "go").touch()
        assert again, told
        again[0].result()
    assert found == expected(jobs)


def test_a_cluster_without_workers_is_waited_for() -> None:
    told = []
    with cluster(0) as own:
        engine = Engine(scheduler=own.address, say=lambda sentence: (told.append(sentence), own.add_workers(1)))
        assert list(engine.answers(squares, [2], (3,))) == [(0, [0, 3])]
    assert told == [f"{own.address} has no workers; waiting for the first."]


def open_clients() -> set[int]:
    from distributed import Client

    found = [each for each in gc.get_objects() if type(each) is Client]
    return {id(each) for each in found if each.status != "closed"}


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://", "127.0.0.1:notaport"])
def test_no_scheduler(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_ANSWER", 1.0)
    before = open_clients()
    with pytest.raises(UnusableInput, match=f"^{address}: no Dask scheduler answers there; check the address"):
        list(Engine(scheduler=address).answers(squares, [1], (3,)))
    # what is left would close itself whenever it is collected: while another one starts, both would wait for ever
    assert open_clients() <= before


def test_a_scheduler_that_stays_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dask, "_RETURN", 1.0)
    with cluster(1) as own, pytest.raises(UnusableInput, match="the scheduler has gone; check the address, start it"):
        for _ in Engine(scheduler=own.address).answers(held, [5, 9], (3, tmp_path / "never")):
            own.stop()


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UnusableInput, match=r"^--scheduler needs Dask, which is not installed; run `pip install"):
        list(Engine(scheduler="tcp://127.0.0.1:9").answers(squares, [1], (3,)))


def deadly(job: int) -> Iterator[int]:
    if job == 1:
        os._exit(3)
    yield job


@pytest.mark.skipif("SLOW_TESTS" not in os.environ, reason="minutes; set SLOW_TESTS")
def test_a_job_that_kills_its_workers_is_told(running: Cluster) -> None:
    from dtl.parallel.outcome import Lost

    found = list(Engine(scheduler=running.address).answers(deadly, range(20), ordered=True))
    assert found == [(job, [Lost("died") if job == 1 else job]) for job in range(20)]


def test_a_job_that_died_is_tried_alone() -> None:
    """Dask blames all jobs that a worker had when it died, the innocent too."""
    given: list[int] = []
    backend = object.__new__(dask.DaskCluster)
    backend._client = SimpleNamespace(submit=lambda function, *rest, pure: given.append(rest[1]))
    backend._function, backend._sent, backend._futures = held, "sent", {}
    backend._open, backend._given_up = {number: number for number in range(4)}, Counter({1: 1, 2: 2})

    def answered(*numbers: int) -> None:
        for number in numbers:
            del backend._open[number], backend._futures[number]

    backend._submit()
    assert given == [0, 3]
    answered(0, 3)
    backend._submit()
    assert given == [0, 3, 1]
    backend.give(4, 4)
    backend._submit()
    assert given == [0, 3, 1]
    answered(1)
    backend._submit()
    assert given == [0, 3, 1, 4]
    answered(4)
    backend._submit()
    assert given == [0, 3, 1, 4, 2]


@pytest.mark.parametrize("left", ["finished", "pending"])
def test_a_result_that_does_not_come_is_not_waited_for(left: str) -> None:
    """Its scheduler has gone, or its worker has and another one does it again; then the job stays open."""

    def result(timeout: float) -> None:
        future.status = left
        raise TimeoutError

    future = SimpleNamespace(status="finished", result=result)
    backend = object.__new__(dask.DaskCluster)
    backend._futures, backend._open = {7: future}, {7: "a job"}
    if left == "finished":
        with pytest.raises(TimeoutError):
            backend._gather()
    else:
        assert backend._gather() == ([], None)
    assert backend._open == {7: "a job"} and backend._futures == {7: future}

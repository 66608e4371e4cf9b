"""Work in a thread: what comes of it, what it reports, and every way in which it ends."""

from __future__ import annotations

import gc
import threading
import time

import pytest

from dtl.readers import limits
from dtl.spectrum import UnusableInput
from pages.shared.adapt import job as module
from pages.shared.adapt.job import Job, Reporter
from tests.conftest import PATIENCE


@pytest.fixture(autouse=True)
def alone() -> None:
    """Nobody stands in line, which all works of this process have in common."""
    end = time.monotonic() + PATIENCE
    while module._line._order and time.monotonic() < end:
        time.sleep(0.01)
    assert not module._line._order


def steps(reporter: Reporter, begun: threading.Event, go: threading.Event) -> str:
    """Work that reports until it is told to end."""
    reporter.progress(0.25, "first")
    begun.set()
    while not go.wait(0.001):
        reporter.progress(0.5, "on")
    reporter.watch({"round": 1, "loss": 0.5})
    return "result"


@pytest.fixture
def begun() -> threading.Event:
    return threading.Event()


@pytest.fixture
def go() -> threading.Event:
    return threading.Event()


@pytest.fixture
def running(begun, go):
    job = Job(lambda reporter: steps(reporter, begun, go), "The work")
    assert begun.wait(PATIENCE)
    yield job
    go.set()
    assert job.wait(PATIENCE)


def test_it_finishes(running, go):
    assert running.state == "running" and not running.over and running.result is None
    assert running.fraction >= 0.25 and running.text in ("first", "on")
    assert running.seconds_left is not None and running.seconds_left >= 0
    go.set()
    assert running.wait(PATIENCE)
    assert running.over and running.state == "done" and running.result == "result"
    assert running.rows == [{"round": 1, "loss": 0.5}] and running.seconds_left is None


def test_it_is_cancelled_where_it_reports_next(running):
    running.cancel()
    assert running.wait(PATIENCE)  # go was never set: only the cancellation ends it
    assert running.over and running.state == "cancelled" and running.result is None and running.problem is None


@pytest.mark.parametrize("error", [UnusableInput("star.fits is no spectrum; give another."), KeyError("secret detail")])
def test_an_error_is_one_sentence(error):
    def fail(reporter: Reporter) -> None:
        raise error

    job = Job(fail, "The work")
    assert job.wait(PATIENCE)
    assert job.state == "failed" and job.result is None
    if isinstance(error, UnusableInput):
        assert job.problem == str(error)
    else:
        assert job.problem == "The work ended with an unexpected problem (KeyError); try it again."


def test_work_that_nobody_holds_is_given_up(begun, go):
    ended = threading.Event()

    def work(reporter: Reporter) -> None:
        try:
            steps(reporter, begun, go)
        finally:
            ended.set()

    job = Job(work, "The work")
    assert begun.wait(PATIENCE) and not ended.is_set()
    del job
    gc.collect()
    assert ended.wait(PATIENCE)  # go was never set


def test_others_wait_for_their_turn_and_can_be_cancelled_meanwhile(monkeypatch, begun, go):
    monkeypatch.setitem(limits.LIMITS, "adaptations_at_once", limits.Limit(1))
    first = Job(lambda reporter: steps(reporter, begun, go), "The work")
    assert begun.wait(PATIENCE)
    second, third = (Job(lambda reporter: "late", "The work") for _ in range(2))
    assert second.state == "waiting" and (first.ahead, second.ahead, third.ahead) == (0, 1, 2)
    assert module.waiting() == 2
    third.cancel()
    assert third.wait(PATIENCE)
    assert third.state == "cancelled" and second.state == "waiting"
    assert module.waiting() == second.ahead == 1
    go.set()
    assert second.wait(PATIENCE)
    assert first.result == "result" and second.result == "late"


def test_progress_stays_between_nothing_and_all():
    reporter = Reporter()
    reporter.progress(-1.0, "")
    assert reporter.fraction == 0.0
    reporter.progress(1.7, "")
    assert reporter.fraction == 1.0

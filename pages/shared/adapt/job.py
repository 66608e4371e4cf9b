"""Long work beside the pages, which one of them starts, watches and may cancel. Knows nothing of Streamlit."""

from __future__ import annotations

import logging
import threading
import weakref
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any

from dtl.readers import limits
from dtl.spectrum import UnusableInput

__all__ = ["Cancelled", "Job", "Reporter", "waiting"]

#: Seconds between two notes of how far a work is, and how many are kept.
_STEP, _COURSE = 2.0, 60
#: Seconds or part of the work before which no pace is known.
_SOONEST, _SURE = 20.0, 0.15
_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Raised inside the work, where it reports, once it is not wanted any more."""


class _Line:
    """Works that are under way or wait, in the order in which they came; each visit has one at the most.

    The first ones run, whoever started them, as many as the limit ``adaptations_at_once`` says.
    """

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._order: list[Reporter] = []

    def ahead(self, reporter: Reporter) -> int:
        """How many must end before it is the turn of a work; 0 where that has come."""
        with self._turn:
            place = self._order.index(reporter) if reporter in self._order else 0
            return max(0, place + 1 - _places())

    def count(self) -> int:
        """How many wait."""
        with self._turn:
            return max(0, len(self._order) - _places())

    def join(self, reporter: Reporter) -> None:
        """Take the last place."""
        with self._turn:
            self._order.append(reporter)

    def wait(self, reporter: Reporter) -> bool:
        """Wait for the turn of a work; returns whether it is wanted still."""
        with self._turn:
            while reporter in self._order[_places() :] and not reporter.unwanted.is_set():
                self._turn.wait(0.2)
        return not reporter.unwanted.is_set()

    def leave(self, reporter: Reporter) -> None:
        """Give the place up."""
        with self._turn:
            self._order.remove(reporter)
            self._turn.notify_all()


def _places() -> int:
    return limits.most("adaptations_at_once")


_line = _Line()


def waiting() -> int:
    """How many works wait for their turn."""
    return _line.count()


class Reporter:
    """What the work may say and ask while it runs; shared by both threads.

    Attributes:
        fraction: done, 0 to 1.
        text: what is being done.
        rows: what else was reported, in order.
        course: times and fractions done of the last two minutes, from the beginning of the work itself.
    """

    def __init__(self) -> None:
        self.fraction, self.text = 0.0, ""
        self.rows: list[dict[str, Any]] = []
        self.course: deque[tuple[float, float]] = deque(maxlen=_COURSE)
        self.unwanted = threading.Event()
        self.result: Any = None
        self.problem: str | None = None
        self.state = "waiting"

    def progress(self, fraction: float, text: str) -> None:
        """Say how far it is.

        Raises:
            Cancelled: where the work is not wanted any more.
        """
        if self.unwanted.is_set():
            raise Cancelled
        self.fraction, self.text = min(max(float(fraction), 0.0), 1.0), text
        now = monotonic()
        if not self.course or now - self.course[-1][0] >= _STEP:
            self.course.append((now, self.fraction))

    def watch(self, row: dict[str, Any]) -> None:
        """Report a row of figures."""
        self.rows = [*self.rows, dict(row)]


class Job:
    """Work under way. It is given up when it is cancelled, or when nobody holds the job any more.

    Args:
        work: called in the thread with a `Reporter`; its progress must be reported every second or so.
        what: it is, for the sentence about an unexpected error.
    """

    def __init__(self, work: Callable[[Reporter], Any], what: str) -> None:
        self._reporter = Reporter()
        _line.join(self._reporter)
        self._thread = threading.Thread(target=_run, args=(work, self._reporter, what), daemon=True)
        weakref.finalize(self, self._reporter.unwanted.set)  # the thread holds the reporter, not the job
        self._thread.start()

    @property
    def state(self) -> str:
        """``waiting``, ``running``, ``done``, ``failed`` or ``cancelled``."""
        return self._reporter.state

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ("done", "failed", "cancelled")

    @property
    def ahead(self) -> int:
        """How many others must end before it can begin."""
        return _line.ahead(self._reporter)

    @property
    def fraction(self) -> float:
        """Part of the work that is done."""
        return self._reporter.fraction

    @property
    def text(self) -> str:
        """What is being done."""
        return self._reporter.text

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What was reported so far."""
        return self._reporter.rows

    @property
    def result(self) -> Any:
        """What the work gave, None before it is done."""
        return self._reporter.result

    @property
    def problem(self) -> str | None:
        """One sentence on why it failed."""
        return self._reporter.problem

    @property
    def seconds_left(self) -> float | None:
        """A guess by the pace of the last minutes, as others come and go; None where it is too early for one."""
        if self.over or not self._reporter.course:
            return None
        then, before = self._reporter.course[0]
        taken, done = monotonic() - then, self.fraction - before
        if done <= 0 or (taken < _SOONEST and self.fraction < _SURE):
            return None
        return taken * (1.0 - self.fraction) / done

    def cancel(self) -> None:
        """Ask the work to end; it does where it reports next."""
        self._reporter.unwanted.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is over, or for some time; returns whether it is."""
        self._thread.join(seconds)
        return not self._thread.is_alive()


def _run(work: Callable[[Reporter], Any], reporter: Reporter, what: str) -> None:
    try:
        if not _line.wait(reporter):
            raise Cancelled
        reporter.course.append((monotonic(), 0.0))
        reporter.state = "running"
        reporter.result = work(reporter)
        reporter.state = "done"
    except Cancelled:
        reporter.state = "cancelled"
    except UnusableInput as error:
        reporter.problem, reporter.state = str(error), "failed"
    except Exception as error:
        _log.exception("%s failed", what)
        reporter.problem = f"{what} ended with an unexpected problem ({type(error).__name__}); try it again."
        reporter.state = "failed"
    finally:
        _line.leave(reporter)

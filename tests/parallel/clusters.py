"""A Dask scheduler and its workers as processes of this machine, to be ended and started again."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import PATIENCE, ROOT

#: Ports from and to, below those that systems give to whoever asks for any.
_PORTS = (20_000, 32_000)


class Cluster:
    """A scheduler on a port of its own, and workers that a nanny starts anew where they die."""

    def __init__(self) -> None:
        self.port = 0
        self._running: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        """Of the scheduler; the same each time that it is started."""
        return f"tcp://127.0.0.1:{self.port}"

    def start(self, workers: int = 2) -> None:
        """Start the scheduler and its workers; returns once they are there."""
        from distributed import Client

        self._start_scheduler()
        if workers:
            self.add_workers(workers)
            with Client(self.address, timeout=PATIENCE, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=PATIENCE)

    def _start_scheduler(self) -> None:
        """On a port that nobody is given by the system, so that it is free still when the scheduler comes back."""
        first, end = self.port == 0, time.monotonic() + PATIENCE
        with TemporaryDirectory() as folder:
            told = Path(folder) / "scheduler.json"  # written once it listens
            while time.monotonic() < end:
                self.port = random.SystemRandom().randrange(*_PORTS) if first else self.port
                place = ("--host", "127.0.0.1", "--port", str(self.port), "--scheduler-file", str(told))
                scheduler = self._run("scheduler", *place, "--no-dashboard", "--no-show")
                while scheduler.poll() is None and time.monotonic() < end:
                    if told.exists():
                        return
                    time.sleep(0.05)
                if scheduler.poll() is not None:  # the port is taken
                    self._running.remove(scheduler)
        raise TimeoutError("no scheduler could be started")

    def add_workers(self, workers: int) -> None:
        """Start workers, without waiting for them."""
        more = ("--nworkers", str(workers), "--nthreads", "1", "--no-dashboard", "--memory-limit", "0")
        self._run("worker", self.address, *more)

    def workers(self) -> list[int]:
        """Process numbers of the workers."""
        from distributed import Client

        with Client(self.address, timeout=PATIENCE, set_as_default=False) as client:
            return list(client.run(os.getpid, on_error="ignore").values())  # one may be about to die

    def kill_worker(self, place: int = 0) -> None:
        """Kill one of the workers at once."""
        while not (there := self.workers()):
            time.sleep(0.2)
        with contextlib.suppress(ProcessLookupError):
            os.kill(there[place % len(there)], signal.SIGKILL)

    def stop(self) -> None:
        """Kill all of it at once."""
        for process in reversed(self._running):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._running = []

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
        started = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + command[0], *command[1:]],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._running.append(started)
        return started


@contextlib.contextmanager
def cluster(workers: int = 2) -> Iterator[Cluster]:
    """A cluster that is ended at the end."""
    found = Cluster()
    try:
        found.start(workers)
        yield found
    finally:
        found.stop()

"""A Dask scheduler and its workers as processes of this machine, to be ended and started again."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.conftest import ROOT


class Cluster:
    """A scheduler on a port of its own, and workers that a nanny starts anew where they die."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, workers: int = 2) -> None:
        """Start the scheduler and its workers; returns once they are there."""
        from distributed import Client

        self._run("scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard", "--no-show")
        if workers:
            self.add_workers(workers)
        with Client(self.address, timeout=60, set_as_default=False) as client:
            if workers:
                client.wait_for_workers(workers, timeout=90)

    def add_workers(self, workers: int) -> None:
        """Start workers, without waiting for them."""
        more = ("--nworkers", str(workers), "--nthreads", "1", "--no-dashboard", "--memory-limit", "0")
        self._run("worker", self.address, *more)

    def workers(self) -> list[int]:
        """Process numbers of the workers."""
        from distributed import Client

        with Client(self.address, timeout=30, set_as_default=False) as client:
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

    def _run(self, *command: str) -> None:
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


@contextlib.contextmanager
def cluster(workers: int = 2) -> Iterator[Cluster]:
    """A cluster that is ended at the end."""
    found = Cluster()
    try:
        found.start(workers)
        yield found
    finally:
        found.stop()

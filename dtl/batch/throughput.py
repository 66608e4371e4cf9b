"""How many files a second a batch answers, by the number of its workers, and what it needs of memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from dtl.batch.prediction import predict_into
from dtl.bundle.model import ModelBundle
from dtl.parallel.engine import Engine
from dtl.readers import read_spectrum

__all__ = ["measure_runs", "measure_throughput"]

#: A run in a process of its own, which says what it has needed at most, and its rate from the first answer on.
_RUN = """
import json, resource, sys, time
from dtl.batch.prediction import predict_into
from dtl.bundle.store import load_bundle
from dtl.parallel.engine import Engine

if __name__ == "__main__":
    folder, bundle, path, count = sys.argv[1:]
    inputs = [(path, f"{number}.fits") for number in range(int(count))]
    times = []
    note = lambda fraction, text: times.append(time.perf_counter())
    predict_into(folder, inputs, load_bundle(bundle), engine=Engine(2), progress=note)
    rate = (len(times) - 1) / (time.perf_counter() - times[0])
    print(json.dumps({"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, "rate": rate}))
"""


def measure_throughput(
    path: str | Path, bundle: ModelBundle, *, files: int, workers: Sequence[int] = (1, 2)
) -> dict[str, object]:
    """Files a second, of one file under many names, from the first answer on: the start of processes is not in it.

    Args:
        path: of the file.
        bundle: the networks.
        files: how often it is answered.
        workers: numbers of processes to be tried.

    Returns:
        ``files``; ``read``, the rate of reading alone in one process; ``workers``, number of them (as text, for JSON)
        -> rate.

    Raises:
        UnusableInput: where the file cannot be used.
    """
    read_spectrum(path, window=bundle.window)
    began = time.perf_counter()
    for _ in range(files):
        read_spectrum(path, window=bundle.window)
    rates: dict[str, float] = {}
    alone = files / (time.perf_counter() - began)
    inputs = [(str(Path(path).resolve()), f"{number}-{Path(path).name}") for number in range(files)]
    for count in workers:
        times: list[float] = []

        def note(fraction: float, text: str, times: list[float] = times) -> None:
            times.append(time.perf_counter())

        with TemporaryDirectory() as folder:
            predict_into(Path(folder) / "run", inputs, bundle, engine=Engine(count), progress=note)
            rates[str(count)] = (len(times) - 1) / (time.perf_counter() - times[0])
    return {
        "files": files,
        "read": round(alone, 2),
        "workers": {count: round(rate, 2) for count, rate in rates.items()},
    }


def measure_runs(path: str | Path, bundle: str, *, files: Sequence[int]) -> dict[str, dict[str, float]]:
    """What runs with two workers need by the number of their files (as text, for JSON).

    Args:
        path: of the file that is answered under many names.
        bundle: name of a shipped bundle, or a folder.
        files: numbers that are tried, each in a process of its own.

    Returns:
        For each, ``memory_mb``, the most that the run has needed beside its workers, and ``rate``, files a second from
        the first answer on.
    """
    unit = 2**20 if sys.platform == "darwin" else 2**10
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    found: dict[str, dict[str, float]] = {}
    for count in files:
        with TemporaryDirectory() as folder:
            program = Path(folder) / "run.py"
            program.write_text(_RUN, encoding="utf-8")
            command = [sys.executable, str(program), f"{folder}/run", bundle, str(Path(path).resolve()), str(count)]
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        needed = json.loads(done.stdout)
        found[str(count)] = {"memory_mb": round(needed["memory"] / unit), "rate": round(needed["rate"], 1)}
    return found

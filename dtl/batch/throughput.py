"""How many files a second a batch answers, by the number of its workers, and what it needs of memory."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from dtl.batch.prediction import predict_into
from dtl.bundle.model import ModelBundle
from dtl.parallel.engine import Engine
from dtl.readers import read_spectrum

__all__ = ["measure_throughput"]


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
        -> rate; ``memory_mb``, the most that this process has needed so far.

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
    unit = 2**20 if sys.platform == "darwin" else 2**10
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return {
        "files": files,
        "read": round(alone, 2),
        "workers": {count: round(rate, 2) for count, rate in rates.items()},
        "memory_mb": round(memory),
    }

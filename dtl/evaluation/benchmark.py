"""How long an answer takes: medians of repeated runs on this machine."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median

import dtl
from dtl.bundle.store import load_bundle
from dtl.inference.infer import infer
from dtl.preparation.prepare import prepare
from dtl.readers import read_spectrum
from dtl.resources import asset

__all__ = ["DEFAULT_FILE", "measure_times"]

#: The shipped example that is timed where no file is named.
DEFAULT_FILE = asset("examples", "simulated-m3.fits")
#: Spectra that are asked at once.
_BATCH = 30
_START = (
    "import time; start = time.perf_counter(); from dtl.bundle.store import load_bundle; "
    "import dtl.inference.analyse, sys; "
    "load_bundle(sys.argv[1]).target; print(time.perf_counter() - start)"
)


def measure_times(path: str | Path = DEFAULT_FILE, *, bundle: str = "common-r50000", repeats: int = 7) -> dict:
    """Median seconds of each stage, and what they were measured on.

    ``start`` is importing and loading the bundle in a fresh process; ``read``, ``prepare`` and ``infer`` are the
    stages for one file, after a first run that warms up; ``infer_30`` is the last one for 30 spectra at once.

    Args:
        path: spectrum.
        bundle: name of a shipped bundle, or a folder.
        repeats: of each measurement; a fresh process is started three times at most.

    Raises:
        UnusableInput: for a file or bundle that cannot be used.
    """
    networks = load_bundle(bundle)
    spectrum = read_spectrum(path, window=networks.window)
    prepared = prepare(spectrum, networks.target)
    infer([prepared], networks)
    stages: dict[str, Callable[[], object]] = {
        "read": lambda: read_spectrum(path, window=networks.window),
        "prepare": lambda: prepare(spectrum, networks.target),
        "infer": lambda: infer([prepared], networks),
        f"infer_{_BATCH}": lambda: infer([prepared] * _BATCH, networks),
    }
    seconds = {"start": median(_start(bundle) for _ in range(min(repeats, 3)))}
    seconds |= {name: median(_timed(stage) for _ in range(repeats)) for name, stage in stages.items()}
    return {
        "seconds": {name: round(value, 5) for name, value in seconds.items()},
        "repeats": repeats,
        "file": Path(path).name,
        "bundle": f"{networks.name} {networks.version}",
        "cpus": os.cpu_count(),
        "machine": platform.machine(),
        "versions": {
            "python": platform.python_version(),
            "dtl": dtl.__version__,
            **{package: version(package) for package in ("torch", "numpy", "scipy", "astropy")},
        },
    }


def _timed(stage: Callable[[], object]) -> float:
    start = time.perf_counter()
    stage()
    return time.perf_counter() - start


def _start(bundle: str) -> float:
    """Seconds to import and to load in a fresh process."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", _START, bundle]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout)

"""How long an answer takes: medians of repeated runs on this machine."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

import numpy as np
import torch

import dtl
from dtl.bundle.model import ModelBundle
from dtl.bundle.store import load_bundle
from dtl.evaluation.survey_accuracy import SurveySimulator
from dtl.inference.infer import infer
from dtl.preparation.prepare import prepare
from dtl.readers import read_spectrum
from dtl.resources import asset
from dtl.simulation.gap import read_gap
from dtl.simulation.observation import decoder_source
from dtl.simulation.survey import SurveySettings
from dtl.spectrum import PreparedSpectrum

__all__ = ["DEFAULT_FILE", "measure_times"]

#: The shipped example that is timed where no file is named.
DEFAULT_FILE = asset("examples", "simulated-m3.fits")
#: Spectra that are asked at once: the stars of Mas-Buitrago et al. (2024), made up anew.
_BATCH = 286
#: Realisations of the noise in the loop that answers are compared with, and spectra that it is timed on.
_DRAWS, _LOOPED = 32, 2
_START = (
    "import time; start = time.perf_counter(); from dtl.bundle.store import load_bundle; "
    "import dtl.inference.analyse, sys; "
    "load_bundle(sys.argv[1]).target; print(time.perf_counter() - start)"
)


def measure_times(path: str | Path = DEFAULT_FILE, *, bundle: str = "common-r50000", repeats: int = 7) -> dict:
    """Median seconds of each stage, and what they were measured on.

    ``start`` is importing and loading the bundle in a fresh process; ``read``, ``prepare`` and ``infer`` are the
    stages for one file, after a first run that warms up; ``infer_286`` is the last one for 286 simulated spectra at
    once. Beside it stands what the networks alone take in a loop over the spectra and the members, one after the
    other as in the published scripts: ``loop_286`` once for each spectrum, ``noise_loop_286`` with 32 realisations of
    the noise too, whose work ``infer_286`` does; both measured on two spectra.

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
    survey = _simulate(networks)
    infer([prepared], networks)
    stages: dict[str, Callable[[], object]] = {
        "read": lambda: read_spectrum(path, window=networks.window),
        "prepare": lambda: prepare(spectrum, networks.target),
        "infer": lambda: infer([prepared], networks),
        f"infer_{_BATCH}": lambda: infer(survey, networks),
        f"loop_{_BATCH}": lambda: _loop(survey[:_LOOPED], networks, 0),
        f"noise_loop_{_BATCH}": lambda: _loop(survey[:_LOOPED], networks, _DRAWS),
    }
    seconds = {"start": median(_start(bundle) for _ in range(min(repeats, 3)))}
    seconds |= {name: median(_timed(stage) for _ in range(repeats)) for name, stage in stages.items()}
    for name in (name for name in seconds if "loop" in name):
        seconds[name] *= _BATCH / _LOOPED
    return {
        "seconds": {name: round(value, 5) for name, value in seconds.items()},
        "repeats": repeats,
        "file": Path(path).name,
        "bundle": f"{networks.name} {networks.version}",
        "cpus": os.cpu_count(),
        "machine": platform.machine(),
        "processor": _processor(),
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {
            "python": platform.python_version(),
            "dtl": dtl.__version__,
            **{package: version(package) for package in ("torch", "numpy", "scipy", "astropy")},
        },
    }


def _processor() -> str:
    """Its name as the system has it, without signs of trade."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return " ".join(re.sub(r"\((R|TM)\)", " ", found[1] if found else platform.processor()).split())


def _simulate(bundle: ModelBundle) -> list[PreparedSpectrum]:
    """The 286 stars as a spectrograph of the bundle's resolution sees them, prepared."""
    settings = SurveySettings(resolution=bundle.resolution)
    return SurveySimulator(decoder_source(bundle), settings, read_gap(), _BATCH).observe(bundle, 1)[0]


def _loop(prepared: list[PreparedSpectrum], bundle: ModelBundle, draws: int) -> None:
    """Values of the members for spectra and for realisations of their noise, one after the other."""
    rng = np.random.default_rng(0)
    for spectrum in prepared:
        for draw in range(draws + 1):
            noise = spectrum.uncertainty * rng.standard_normal(spectrum.flux.size) if draw else 0.0
            with torch.inference_mode():
                flux = torch.as_tensor((spectrum.flux + noise)[None], dtype=torch.float32)
                latent = bundle.observed_encoder.encode(flux)
                for members in bundle.regressors.values():
                    for member in members:
                        member(latent)


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

"""What processes do that read and prepare files of strangers, within limits; it needs no networks."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from dtl.bundle.selector import BundleSelector
from dtl.isolation.fork_server import Bounds
from dtl.isolation.processes import Ended, Processes
from dtl.parallel.outcome import Limits
from dtl.preparation.prepare import prepare
from dtl.preparation.target import PreparationTarget
from dtl.readers import Reading, limits, read_contents, read_first
from dtl.readers.options import ReadOptions
from dtl.readers.parts import name_part, parts_of
from dtl.spectrum import PreparedSpectrum, Spectrum, UnusableInput
from dtl.wavelengths import Window

__all__ = ["Answer", "Task", "Wanted", "limits_of_file", "prepare_apart", "prepare_file", "sees", "sentence_of_lost"]


@dataclass(frozen=True)
class Wanted:
    """What spectra are prepared for.

    Attributes:
        targets: name of a bundle -> what its spectra have to be.
        resolutions: name of a bundle -> lambda/FWHM of its spectra.
        chosen: name of the bundle that the user asks for, None for one by the resolution of each spectrum.
        options: what the user says of the files.
        every: all spectra of a file, not only the first.
    """

    targets: dict[str, PreparationTarget]
    resolutions: dict[str, float]
    chosen: str | None
    options: ReadOptions
    every: bool = False

    def selector(self) -> BundleSelector:
        """Gives each spectrum its target as others give it its bundle."""
        windows = {name: target.window for name, target in self.targets.items()}
        return BundleSelector(self.targets.__getitem__, self.resolutions, windows, self.chosen)


@dataclass(frozen=True)
class Task:
    """A file: its number in the run, its path, and what it is called in results."""

    number: int
    path: str
    name: str


@dataclass(frozen=True)
class Answer:
    """What became of one spectrum of a file.

    Attributes:
        name: of the file, and which of its spectra it is.
        prepared: the spectrum, None where it cannot be used.
        bundle: name of its bundle.
        sentence: why it cannot be used.
    """

    name: str
    prepared: PreparedSpectrum | None = None
    bundle: str = ""
    sentence: str = ""


def prepare_file(task: Task, wanted: Wanted) -> Iterator[Answer]:
    """Read and prepare all that is wanted of a file; whatever it raises becomes a sentence."""
    name = task.name
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            selector = wanted.selector()
            (first, reading), window = read_first(selector.windows, lambda window: _read(task, window, wanted.options))
            if not wanted.every:
                yield _prepared(name, first, window, selector)
                return
            parts = parts_of(first, wanted.options) if first.spectra > 1 else []
            for title, options in parts or [("", replace(wanted.options, row=1))]:
                name = name_part(task.name, title)
                try:
                    yield _prepared(name, reading.spectrum(options, name), window, selector)
                except UnusableInput as error:
                    yield Answer(name, sentence=str(error))
    except UnusableInput as error:
        yield Answer(name, sentence=str(error))
    except MemoryError:
        yield Answer(name, sentence=sentence_of_lost(name, "memory"))
    except Exception as error:
        yield Answer(
            name,
            sentence=f"{name} could not be analysed because of an unexpected problem ({type(error).__name__}), "
            "probably because its numbers are damaged; look at its flux, and try another file.",
        )


def _read(task: Task, window: Window, options: ReadOptions) -> tuple[Spectrum, Reading]:
    reading = read_contents(task.path, window=window, name=task.name, options=options)
    return reading.spectrum(options), reading


def _prepared(name: str, spectrum: Spectrum, window: Window, selector: BundleSelector) -> Answer:
    target, reason = selector(spectrum, window)
    prepared = prepare(spectrum, target)
    known = replace(prepared.spectrum, findings=(*spectrum.findings, reason), sky=None)
    return Answer(name, replace(prepared, spectrum=known, steps=()), reason.value)


def prepare_apart(task: Task, wanted: Wanted) -> Iterator[Answer]:
    """As `prepare_file`, in a process of its own that keeps the limits: for workers that have none, as on a cluster."""
    processes = _processes()
    if processes is None:
        yield from prepare_file(task, wanted)
        return
    most = limits_of_file()
    for again in (False, True):  # the file may have had nothing to do with it
        found: list[Answer] = []
        try:
            processes.call(_tell_all, task, wanted, bounds=Bounds(most.memory, most.seconds), tell=found.append)
        except Ended as error:
            if not again and error.why != "time":
                continue
            found.append(Answer(task.name, sentence=sentence_of_lost(task.name, error.why)))
        yield from found
        return


def limits_of_file() -> Limits:
    """What a file may take of the process that reads it."""
    return Limits(limits.most("worker_seconds"), limits.most("worker_bytes"))


def sentence_of_lost(name: str, why: str) -> str:
    """Why a file cannot be used whose process was ended.

    Args:
        name: of the file.
        why: as `dtl.parallel.outcome.Lost` has it.
    """
    if why == "time":
        reason = f"took more than {limits.most('worker_seconds')} s, probably because it is far larger than a spectrum"
    elif why == "memory":
        reason = "needed more memory than there is, or its process was ended from outside"
    else:
        reason = "ended the process that read it, probably because it is damaged"
    return f"{name}: {reason}; cut it to the window of the networks and some 50 Å on each side."


def sees(path: str) -> Iterator[bool]:
    """Whether this machine has a file."""
    yield os.path.exists(path)


def _tell_all(task: Task, wanted: Wanted, tell: Callable[[Answer], object]) -> None:
    for answer in prepare_file(task, wanted):
        tell(answer)


@lru_cache(maxsize=1)
def _processes() -> Processes | None:
    """What makes processes for files, None where this system has no such."""
    try:
        return Processes(["dtl.batch.worker"])
    except OSError:
        return None

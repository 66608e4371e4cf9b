"""A process that reads and prepares files of strangers, within limits of memory and time; it needs no networks."""

from __future__ import annotations

import os
import resource
import signal
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from dtl.bundle.selector import BundleSelector
from dtl.preparation.prepare import prepare
from dtl.preparation.target import PreparationTarget
from dtl.readers import Reading, limits, read_contents
from dtl.readers.options import ReadOptions
from dtl.readers.parts import name_part, parts_of
from dtl.spectrum import PreparedSpectrum, Spectrum, UnusableInput
from dtl.wavelengths import Window

__all__ = ["Answer", "Task", "Wanted", "prepare_file", "work"]


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
            first, reading, window = _read(task, selector.windows, wanted.options)
            if not wanted.every:
                yield _prepared(name, first, window, selector)
                return
            parts = parts_of(first, wanted.options) if first.spectra > 1 else []
            for title, options in parts or [("", replace(wanted.options, row=1))]:
                name = name_part(task.name, title)
                try:
                    spectrum = replace(reading.spectrum(options), file=name)
                    yield _prepared(name, spectrum, window, selector)
                except UnusableInput as error:
                    yield Answer(name, sentence=str(error))
    except UnusableInput as error:
        yield Answer(name, sentence=str(error))
    except Exception as error:
        yield Answer(
            name,
            sentence=f"{name}: could not be analysed because of an unexpected problem ({type(error).__name__}), "
            "probably because its numbers are damaged; look at its flux, and try another file.",
        )


def _read(task: Task, windows: tuple[Window, ...], options: ReadOptions) -> tuple[Spectrum, Reading, Window]:
    """The file, read for the first of the windows that it reaches; the sentence is about the first."""
    refusal: UnusableInput | None = None
    for window in windows:
        try:
            reading = read_contents(task.path, window=window, name=task.name, options=options)
            return reading.spectrum(options), reading, window
        except UnusableInput as error:
            refusal = refusal or error
    raise refusal or UnusableInput("There are no trained networks to read a file for; install the program again.")


def _prepared(name: str, spectrum: Spectrum, window: Window, selector: BundleSelector) -> Answer:
    target, reason = selector(spectrum, window)
    prepared = prepare(spectrum, target)
    known = replace(prepared.spectrum, findings=(*spectrum.findings, reason), sky=None)
    return Answer(name, replace(prepared, spectrum=known, steps=()), reason.value)


def work(connection: Connection, wanted: Wanted) -> None:
    """Answer tasks until the other end is closed: its number once it is begun, its answers, and None at its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the work
    _limit(resource.RLIMIT_DATA, limits.most("worker_bytes"))
    try:
        while True:
            task: Task = connection.recv()
            _limit(resource.RLIMIT_CPU, int(sum(os.times()[:2])) + 1 + limits.most("worker_seconds"))
            connection.send(task.number)
            for answer in prepare_file(task, wanted):
                connection.send(answer)
            connection.send(None)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the parent is gone


def _limit(kind: Any, most: int) -> None:
    """Lower a limit of this process; where the system forbids it, the other limits remain."""
    _, hard = resource.getrlimit(kind)
    try:
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    except (ValueError, OSError):
        return

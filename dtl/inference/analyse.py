"""The whole path in one call: a file in, an answer out; and the same in stages, of which a change repeats the last."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.bundle.selector import shipped_by_resolution
from dtl.inference.infer import infer
from dtl.preparation.prepare import prepare
from dtl.preparation.target import PreparationTarget
from dtl.readers import Reading, read_contents, read_first
from dtl.readers.options import ReadOptions
from dtl.readers.parts import Part, name_part, parts_of
from dtl.result import InferenceResult
from dtl.spectrum import AnalysisFailed, Finding, PreparedSpectrum, Spectrum, UnusableInput
from dtl.wavelengths import Window

__all__ = ["Chooser", "Stages", "analyse", "analyse_rows", "read_for"]


class Chooser(Protocol):
    """What gives a spectrum its networks, and why these, as `dtl.bundle.selector.BundleSelector`."""

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows that a file may be read for."""

    def __call__(self, spectrum: Spectrum, window: Window) -> tuple[ModelBundle, Finding]:
        """The bundle for a spectrum that was read for a window, and the reason."""


def _here(function: Callable[..., Any], *arguments: object, **named: object) -> Any:
    return function(*arguments, **named)


@dataclass
class Stages:
    """What is kept of one file between two analyses, so that a change repeats only what depends on it.

    Of each stage the last outcome is kept with what it came from: the reading with the window and the columns, the
    spectrum with the options, the prepared spectrum with the target of the networks.

    Attributes:
        run: what calls the functions of the stages, as in another process.
    """

    reading: tuple[tuple, Reading] | None = None
    spectrum: tuple[ReadOptions, Spectrum] | None = None
    prepared: tuple[Spectrum, PreparationTarget, PreparedSpectrum] | None = None
    run: Callable[..., Any] = _here

    def read(
        self, source: str | os.PathLike | bytes, window: Window, name: str | None, options: ReadOptions
    ) -> Spectrum:
        """The spectrum of a file, always the same, around a window and under the options.

        Raises:
            UnusableInput: with one sentence for a person.
        """
        asked = (window, options.columns, options.uncertainty, options.extension)
        if self.reading is None or self.reading[0] != asked:
            self.reading = asked, self.run(read_contents, source, window=window, name=name, options=options)
            self.spectrum = None
        if self.spectrum is None or self.spectrum[0] != options:
            self.spectrum = options, self.run(Reading.spectrum, self.reading[1], options, name)
        return self.spectrum[1]

    def prepare(self, spectrum: Spectrum, target: PreparationTarget) -> PreparedSpectrum:
        """A spectrum of `read`, prepared for a target.

        Raises:
            UnusableInput: with one sentence for a person.
        """
        if self.prepared is None or self.prepared[0] is not spectrum or not _alike(self.prepared[1], target):
            self.prepared = spectrum, target, self.run(prepare, spectrum, target)
        return self.prepared[2]


def analyse(
    source: str | os.PathLike | bytes | Spectrum,
    *,
    bundle: ModelBundle | Chooser | None = None,
    name: str | None = None,
    options: ReadOptions = ReadOptions(),
    stages: Stages | None = None,
) -> InferenceResult:
    """Read, prepare and infer one spectrum.

    Args:
        source: path or content of a file, or a spectrum that was read already.
        bundle: the networks, or what chooses them for a spectrum and says why; None chooses among those that come
            with the program by the resolution of the spectrum.
        name: of the file for people, needed for bytes.
        options: the user's word on what the file is.
        stages: of the same file, kept from the last call.

    Raises:
        UnusableInput: with one sentence for a person; `AnalysisFailed` where the program has met what it does not
            know, so that no file ends the work on others.
    """
    try:
        # damaged numbers overflow; what comes of them is judged, not warned of
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _analyse(source, bundle, name, options, stages or Stages())
    except UnusableInput:
        raise
    except Exception as error:
        read = isinstance(source, Spectrum)
        file = name or (source.file if read else source if isinstance(source, str | os.PathLike) else "the file")
        if isinstance(error, MemoryError):
            raise AnalysisFailed(
                f"{file} needs more memory than there is; cut it to the window of the networks and some 50 Å on each "
                "side."
            ) from error
        raise AnalysisFailed(
            f"{file} could not be analysed because of an unexpected problem ({type(error).__name__}), probably "
            "because its numbers are damaged; look at its flux, and try another file."
        ) from error


def analyse_rows(
    source: str | os.PathLike | bytes,
    *,
    bundle: ModelBundle | Chooser | None = None,
    name: str,
    options: ReadOptions = ReadOptions(),
) -> list[tuple[Part, InferenceResult | UnusableInput]]:
    """Answers for all spectra of a file that share their wavelengths, as stars or epochs; one where it holds one.

    Args:
        source: as `analyse`.
        bundle: as `analyse`.
        name: of the file for people; which spectrum it is is added where there are several.
        options: as `analyse`.

    Returns:
        Each spectrum with its answer, or with the sentence that says why there is none.

    Raises:
        UnusableInput: as `analyse`, where the file cannot be read at all.
    """
    windows = (bundle.window,) if isinstance(bundle, ModelBundle) else (bundle or shipped_by_resolution()).windows
    stages = Stages()  # the file is read once
    first, _ = read_for(windows, source, name=name, options=options, stages=stages)
    parts = parts_of(first, options) if first.spectra > 1 else [Part("", replace(options, row=1))]
    answers: list[tuple[Part, InferenceResult | UnusableInput]] = []
    for part in parts:
        called = name_part(name, part.title)
        try:
            answer = analyse(source, bundle=bundle, name=called, options=part.options, stages=stages)
        except UnusableInput as error:
            answer = error
        answers.append((part, answer))
    return answers


def _analyse(
    source: str | os.PathLike | bytes | Spectrum,
    bundle: ModelBundle | Chooser | None,
    name: str | None,
    options: ReadOptions,
    stages: Stages,
) -> InferenceResult:
    if isinstance(bundle, ModelBundle):
        spectrum, _ = read_for((bundle.window,), source, name=name, options=options, stages=stages)
        return infer([stages.prepare(spectrum, bundle.target)], bundle)[0]
    chooser = bundle or shipped_by_resolution()
    spectrum, window = read_for(chooser.windows, source, name=name, options=options, stages=stages)
    chosen, reason = chooser(spectrum, window)
    prepared = stages.prepare(spectrum, chosen.target)
    known = replace(prepared.spectrum, findings=(*spectrum.findings, reason))
    return infer([replace(prepared, spectrum=known)], chosen)[0]


def read_for(
    windows: Sequence[Window],
    source: str | os.PathLike | bytes | Spectrum,
    *,
    name: str | None = None,
    options: ReadOptions = ReadOptions(),
    stages: Stages | None = None,
) -> tuple[Spectrum, Window]:
    """Read a file for the first of several windows that it reaches.

    Args:
        windows: in the order in which they are tried.
        source: path or content of a file, or a spectrum that was read already.
        name: of the file for people, needed for bytes.
        options: the user's word on what the file is.
        stages: of the same file, kept from the last call.

    Returns:
        The spectrum, and the window that it was read for.

    Raises:
        UnusableInput: where it reaches none of them; the sentence is about the first.
    """
    if isinstance(source, Spectrum):
        inside = (window for window in windows if window.holds(source.wavelength).any())
        return source, next(inside, windows[0])
    stages = stages or Stages()
    return read_first(windows, lambda window: stages.read(source, window, name, options))


def _alike(one: PreparationTarget, other: PreparationTarget) -> bool:
    """Whether two targets ask for the same preparation."""
    return one is other or (
        one.resolution == other.resolution
        and one.window == other.window
        and one.telluric_lines == other.telluric_lines
        and one.template_names == other.template_names
        and np.array_equal(one.wavelength, other.wavelength)
        and np.array_equal(one.templates, other.templates)
    )

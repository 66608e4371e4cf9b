"""The whole path in one call: a file in, an answer out; and the same in stages, of which a change repeats the last."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.bundle.selector import shipped_by_resolution
from dtl.inference.infer import infer
from dtl.preparation.prepare import PreparationTarget, prepare
from dtl.readers import Reading, read_contents
from dtl.readers.options import ReadOptions
from dtl.result import InferenceResult
from dtl.spectrum import AnalysisFailed, Finding, PreparedSpectrum, Spectrum, UnusableInput

__all__ = ["Chooser", "Stages", "analyse"]

#: What gives a spectrum its networks, and why these, as `dtl.bundle.selector.BundleSelector`.
Chooser = Callable[[Spectrum], tuple[ModelBundle, Finding]]


@dataclass
class Stages:
    """What is kept of one file between two analyses, so that a change repeats only what depends on it.

    Of each stage the last outcome is kept with what it came from: the reading with the columns, the spectrum with the
    options, the prepared spectrum with the target of the networks.
    """

    reading: tuple[tuple, Reading] | None = None
    spectrum: tuple[ReadOptions, Spectrum] | None = None
    prepared: tuple[Spectrum, PreparationTarget, PreparedSpectrum] | None = None

    def read(self, source: str | os.PathLike | bytes, name: str | None, options: ReadOptions) -> Spectrum:
        """The spectrum of a file, always the same, under the options.

        Raises:
            UnusableInput: with one sentence for a person.
        """
        columns = (options.columns, options.uncertainty, options.extension)
        if self.reading is None or self.reading[0] != columns:
            self.reading = columns, read_contents(source, name=name, options=options)
        if self.spectrum is None or self.spectrum[0] != options:
            self.spectrum = options, self.reading[1].spectrum(options)
        return self.spectrum[1]

    def prepare(self, spectrum: Spectrum, target: PreparationTarget) -> PreparedSpectrum:
        """A spectrum of `read`, prepared for a target.

        Raises:
            UnusableInput: with one sentence for a person.
        """
        if self.prepared is None or self.prepared[0] is not spectrum or not _alike(self.prepared[1], target):
            self.prepared = spectrum, target, prepare(spectrum, target)
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
        raise AnalysisFailed(
            f"{file}: could not be analysed because of an unexpected problem ({type(error).__name__}), probably "
            "because its numbers are damaged; look at its flux, and try another file."
        ) from error


def _analyse(
    source: str | os.PathLike | bytes | Spectrum,
    bundle: ModelBundle | Chooser | None,
    name: str | None,
    options: ReadOptions,
    stages: Stages,
) -> InferenceResult:
    spectrum = source if isinstance(source, Spectrum) else stages.read(source, name, options)
    if isinstance(bundle, ModelBundle):
        return infer([stages.prepare(spectrum, bundle.target)], bundle)[0]
    chosen, reason = (bundle or shipped_by_resolution())(spectrum)
    prepared = stages.prepare(spectrum, chosen.target)
    known = replace(prepared.spectrum, findings=(*spectrum.findings, reason))
    return infer([replace(prepared, spectrum=known)], chosen)[0]


def _alike(one: PreparationTarget, other: PreparationTarget) -> bool:
    """Whether two targets ask for the same preparation."""
    return one is other or (
        one.resolution == other.resolution
        and one.template_names == other.template_names
        and np.array_equal(one.wavelength, other.wavelength)
        and np.array_equal(one.templates, other.templates)
    )

"""The whole path in one call: a file in, an answer out."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from dtl.bundle import ModelBundle
from dtl.choice import shipped_by_resolution
from dtl.inference import infer
from dtl.preparation.pipeline import prepare
from dtl.readers import read_spectrum
from dtl.readers.options import ReadOptions
from dtl.result import InferenceResult
from dtl.spectrum import Finding, Spectrum

__all__ = ["analyse"]


def analyse(
    source: str | os.PathLike | bytes,
    *,
    bundle: ModelBundle | Callable[[Spectrum], tuple[ModelBundle, Finding]] | None = None,
    name: str | None = None,
    options: ReadOptions = ReadOptions(),
) -> InferenceResult:
    """Read, prepare and infer one spectrum.

    Args:
        source: path or content of a file.
        bundle: the networks, or what chooses them for a spectrum and says why, as `dtl.choice.ByResolution`; None
            chooses among those that come with the program by the resolution of the spectrum.
        name: of the file for people, needed for bytes.
        options: the user's word on what the file is.

    Raises:
        UnusableInput: with one sentence for a person.
    """
    spectrum = read_spectrum(source, name=name, options=options)
    if not isinstance(bundle, ModelBundle):
        bundle, reason = (bundle or shipped_by_resolution())(spectrum)
        spectrum = replace(spectrum, findings=(*spectrum.findings, reason))
    return infer([prepare(spectrum, bundle.target)], bundle)[0]

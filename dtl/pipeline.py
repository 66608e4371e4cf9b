"""The whole path in one call: a file in, an answer out."""

from __future__ import annotations

import os

from dtl.bundle import ModelBundle
from dtl.inference import infer
from dtl.preparation.pipeline import prepare
from dtl.readers import read_spectrum
from dtl.readers.options import ReadOptions
from dtl.result import InferenceResult

__all__ = ["analyse"]


def analyse(
    source: str | os.PathLike | bytes,
    *,
    bundle: ModelBundle,
    name: str | None = None,
    options: ReadOptions = ReadOptions(),
) -> InferenceResult:
    """Read, prepare and infer one spectrum.

    Args:
        source: path or content of a file.
        bundle: the networks.
        name: of the file for people, needed for bytes.
        options: the user's word on what the file is.

    Raises:
        UnusableInput: with one sentence for a person.
    """
    return infer([prepare(read_spectrum(source, name=name, options=options), bundle.target)], bundle)[0]

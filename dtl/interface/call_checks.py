"""Whether the arguments of a call can be meant, before any file is read."""

from __future__ import annotations

import os
from collections.abc import Iterable

from dtl.bundle.model import ModelBundle
from dtl.bundle.store import load_bundle
from dtl.result import InferenceResult
from dtl.spectrum import Spectrum

__all__ = ["as_bundle", "as_results", "as_source", "as_sources", "shown"]

#: A file, or a spectrum that was read from one.
Source = str | os.PathLike | Spectrum


def as_bundle(bundle: object) -> ModelBundle:
    """The bundle that is given itself, by its name or by its folder.

    Raises:
        TypeError: for anything else; so below.
        UnusableInput: as `dtl.bundle.store.load_bundle`.
    """
    return bundle if isinstance(bundle, ModelBundle) else load_bundle(bundle)


def as_source(source: object, name: str) -> Source:
    """A source, where the argument ``name`` is one."""
    if isinstance(source, str | os.PathLike | Spectrum):
        return source
    raise TypeError(f"{name}: {shown(source)} is neither a file nor a spectrum; give a path, or what dtl.read gave.")


def as_sources(sources: object) -> list[Source]:
    """The sources in a collection of them, or the one."""
    one = isinstance(sources, str | bytes | bytearray | os.PathLike | Spectrum) or not isinstance(sources, Iterable)
    return [as_source(source, "sources") for source in ([sources] if one else sources)]


def as_results(results: object) -> list[InferenceResult]:
    """The results in a collection of them, or the one."""
    found = [results] if isinstance(results, InferenceResult) or not isinstance(results, Iterable) else list(results)
    for result in found:
        if not isinstance(result, InferenceResult):
            raise TypeError(f"results: {shown(result)} is no result; give what dtl.predict gave, or part of it.")
    return found


def shown(value: object) -> str:
    """A value in a sentence: itself where it is short, or else its type."""
    shown = repr(value)
    return shown if len(shown) <= 40 and "\n" not in shown else type(value).__name__

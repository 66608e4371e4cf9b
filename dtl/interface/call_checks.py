"""Whether the arguments of a call can be meant, before any file is read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.bundle.store import load_bundle
from dtl.result import FRAME_WORDS, InferenceResult
from dtl.spectrum import Spectrum, UnusableInput

__all__ = ["as_bundle", "as_results", "as_source", "as_sources", "as_star", "shown"]

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
    """A source, where the argument ``name`` is one.

    Raises:
        UnusableInput: for a spectrum that somebody made and that is not as `Spectrum` says; so below.
    """
    if isinstance(source, Spectrum):
        return _checked(source, source.file or name)
    if isinstance(source, str | os.PathLike):
        return source
    raise TypeError(f"{name}: {shown(source)} is neither a file nor a spectrum; give a path, or what dtl.read gave.")


def as_sources(sources: object) -> list[Source]:
    """The sources in a collection of them, or the one."""
    one = isinstance(sources, str | bytes | bytearray | os.PathLike | Spectrum) or not isinstance(sources, Iterable)
    return [as_source(source, "sources") for source in ([sources] if one else sources)]


def _checked(spectrum: Spectrum, label: str) -> Spectrum:
    """The spectrum with arrays of numbers, masked ones NaN."""
    given = {part: getattr(spectrum, part) for part in ("wavelength", "flux", "uncertainty", "sky")}
    arrays = {part: _numbers(values, f"{label}: {part}") for part, values in given.items() if values is not None}
    missing = [part for part in ("wavelength", "flux") if part not in arrays or not arrays[part].size]
    if missing:
        raise UnusableInput(f"{label}: its {missing[0]} is missing; give one value for each pixel.")
    shapes = {part: values.shape for part, values in arrays.items()}
    if len(set(shapes.values())) > 1 or len(shapes["wavelength"]) != 1:
        found = ", ".join(f"{part} {shape}" for part, shape in shapes.items())
        raise UnusableInput(f"{label}: its arrays are no rows of one length ({found}); give one value for each pixel.")
    if not (np.diff(arrays["wavelength"]) > 0).all():
        raise UnusableInput(
            f"{label}: its wavelengths do not rise from each pixel to the next; sort its pixels, and leave out those "
            "without a wavelength of their own."
        )
    if spectrum.frame not in list(FRAME_WORDS):
        raise UnusableInput(f"{label}: {shown(spectrum.frame)} is no frame; give one of {', '.join(FRAME_WORDS)}.")
    told = np.asarray(1.0 if spectrum.resolution is None else spectrum.resolution)
    if told.shape or told.dtype.kind not in "iuf" or not told > 0:
        raise UnusableInput(f"{label}: {shown(spectrum.resolution)} is no resolution; give a number, or None.")
    return replace(spectrum, **arrays)


def _numbers(values: object, label: str) -> np.ndarray:
    """Values as numbers; those that a mask leaves out are NaN."""
    try:
        if np.iscomplexobj(values):
            raise TypeError("complex numbers")
        return np.asarray(np.ma.filled(values.astype(float), np.nan) if np.ma.isMA(values) else values, dtype=float)
    except (TypeError, ValueError) as error:
        raise UnusableInput(f"{label} is not numbers; give an array of them.") from error


def as_results(results: object) -> list[InferenceResult]:
    """The results in a collection of them, or the one."""
    found = [results] if isinstance(results, InferenceResult) or not isinstance(results, Iterable) else list(results)
    for result in found:
        if not isinstance(result, InferenceResult):
            raise TypeError(f"results: {shown(result)} is no result; give what dtl.predict gave, or part of it.")
    return found


def as_star(name: object) -> str:
    """The CARMENES identifier of the published star with this name, empty for none of them.

    Raises:
        ValueError: where no published star is called so.
    """
    from dtl.catalogue.published_stars import find_star  # brings pandas

    star = find_star(name) if isinstance(name, str) and name else None
    if star is None and name != "":
        raise ValueError(f"stars: {shown(name)} is none of the published stars; give one of their names, or None.")
    return "" if star is None else str(star["karmn"])


def shown(value: object) -> str:
    """A value in a sentence: itself where it is short, or else its type."""
    shown = repr(value)
    return shown if len(shown) <= 40 and "\n" not in shown else type(value).__name__

"""Layouts drawn from seeds are read to the answer of the plain layout, or carry a flag."""

from __future__ import annotations

import os
from functools import lru_cache

import numpy as np
import pytest

from dtl.inference.infer import infer
from dtl.preparation.prepare import prepare
from dtl.result import InferenceResult
from dtl.spectrum import Spectrum, UnusableInput
from tests.builders import observe_model, shipped
from tests.readers.layout_generator import draw_layout
from tests.readers.reading import read_spectrum

TOLERANCE = {"teff": 20.0, "logg": 0.03, "mh": 0.03, "vsini": 0.4, "rv": 0.5}
#: Flags that every plain layout has, as it says neither resolution nor medium, and which excuse nothing.
USUAL = {"resolution_unknown", "medium_guessed", "uncertainty_estimated"}


@lru_cache(maxsize=1)
def truth() -> tuple[Spectrum, InferenceResult]:
    spectrum = observe_model((3450.0, 4.8, 0.0, 5.0), snr=120.0, velocity=18.0)
    return spectrum, infer([prepare(spectrum, shipped().target)], shipped())[0]


def values(result: InferenceResult) -> dict[str, float]:
    return {name: e.value for name, e in result.estimates.items()} | {"rv": result.prepared.rv}


def trial(seed: int) -> tuple[str, str]:
    """``right``, ``flagged``, ``refused`` or ``wrong``, and words."""
    spectrum, known = truth()
    layout = draw_layout(seed, spectrum.wavelength, spectrum.flux, spectrum.uncertainty)
    try:
        read = read_spectrum(layout.data, name=layout.name)
        result = infer([prepare(read, shipped().target)], shipped())[0]
    except UnusableInput as error:
        return "refused", f"{layout}: {error}"
    found, true = values(result), values(known)
    off = {name: round(found[name] - true[name], 3) for name, limit in TOLERANCE.items()
           if not abs(found[name] - true[name]) <= limit}  # fmt: skip
    snr = result.prepared.snr
    if snr > 2000 or not 2000 < found["teff"] < 6000 or abs(found["rv"]) > 500:
        assert set(result.flags) - {"resolution_unknown"}, layout
    if not off and 60 < snr < 240:
        return "right", ""
    excused = set(result.flags) - USUAL
    words = f"{layout}: {off}, S/N {snr:.0f}, {result.flags}"
    return ("flagged" if excused else "wrong"), words


def check(seeds: range, share: float) -> None:
    outcomes = [trial(seed) for seed in seeds]
    wrong = [words for outcome, words in outcomes if outcome == "wrong"]
    short = [words for outcome, words in outcomes if outcome != "right"]
    assert not wrong, "\n".join(wrong)
    assert len(short) <= (1 - share) * len(seeds), "\n".join(short)


def test_hundred_layouts() -> None:
    check(range(100), 0.95)


@pytest.mark.skipif("SLOW_TESTS" not in os.environ, reason="half an hour; set SLOW_TESTS to run it")
def test_thousands_of_layouts() -> None:
    check(range(1000, 4000), 0.95)


def test_a_layout_is_drawn_from_its_seed_alone() -> None:
    spectrum, _ = truth()
    arrays = (spectrum.wavelength, spectrum.flux, spectrum.uncertainty)
    assert draw_layout(7, *arrays).data == draw_layout(7, *arrays).data
    assert np.isfinite(spectrum.flux).all()

"""What may be said of a file: other spellings are understood, and what cannot be is refused before a file is read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtl.readers.options import ReadOptions
from dtl.readers.words.units import INVERSE, UNITS
from dtl.spectrum import UnusableInput


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("unit", "parsec", "Angstrom, nm, um or another"),
        ("unit", 3, "Angstrom, nm, um or another"),
        ("medium", "water", "vacuum or air"),
        ("medium", "vacum", "vacuum or air"),
        ("frame", "galactic", "observatory, barycentric or rest"),
        ("resolution", "high", "a number from 100 to 10,000,000"),
        ("resolution", -1, "a number from 100 to 10,000,000"),
        ("resolution", float("nan"), "a number from 100 to 10,000,000"),
        ("resolution", True, "a number from 100 to 10,000,000"),
        ("columns", "wave", "two or three names"),
        ("columns", ("wave",), "two or three names"),
        ("columns", ("wave", None, "err"), "two or three names"),
        ("columns", ("wave", "flux", 1.5), "two or three names"),
        ("uncertainty", "fwhm", "sigma, variance, ivar, percent, relative, snr or none"),
        ("instrument", "Hubble", "one of CARMENES"),
        ("order", -1, "a whole number from 0"),
        ("order", 1.5, "a whole number from 0"),
        ("row", 0, "a whole number from 1"),
        ("row", "all", "a whole number from 1"),
        ("extension", "", "its number or name"),
        ("extension", 1.5, "its number or name"),
    ],
)
def test_what_cannot_be(name: str, value: object, allowed: str) -> None:
    with pytest.raises(UnusableInput) as caught:
        ReadOptions(**{name: value})
    sentence = str(caught.value)
    assert sentence.startswith(f"The {name} ") and str(value) in sentence and allowed in sentence
    with pytest.raises(UnusableInput):
        replace(ReadOptions(), **{name: value})


def test_spellings() -> None:
    told = ReadOptions(
        unit="AA", medium="in air", frame="heliocentric", resolution=np.int64(60000), columns=[1, "flux"],
        uncertainty="inverse", instrument="espadons", order=np.int32(0), row=1, extension=2,
    )  # fmt: skip
    expected = ("Angstrom", "air", "barycentric", 60000.0, ("1", "flux", None), "ivar", "ESPaDOnS", 0, 1, "2")
    assert told == ReadOptions(*expected) == replace(told)


@pytest.mark.parametrize("unit", [*UNITS, *INVERSE, "log10 Angstrom", "ln nm"])
def test_a_unit_is_understood_again(unit: str) -> None:
    assert ReadOptions(unit=unit).unit == unit


def test_a_keyword_that_is_none() -> None:
    with pytest.raises(TypeError, match="'foo' is no argument; what may be told of a file: unit, medium"):
        ReadOptions.told(foo=1)

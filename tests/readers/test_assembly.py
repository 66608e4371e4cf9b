"""Sentences about spectra that hold too little of the window, and the range of those that hold it."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.spectrum import UnusableInput
from tests.readers.reading import read_spectrum


def refusal(*columns: np.ndarray) -> str:
    rows = "".join(" ".join(f"{value:.4f}" for value in row) + "\n" for row in zip(*columns, strict=True))
    with pytest.raises(UnusableInput) as caught:
        read_spectrum(rows.encode(), name="star.txt")
    return str(caught.value)


def test_the_range_is_said_to_be_in_vacuum() -> None:
    """It is that after the wavelengths of air were turned into those of vacuum, 2.4 Å longer."""
    wavelength = np.arange(8790.0, 8845.0, 0.05)
    flux = np.random.default_rng(1).normal(1000.0, 10.0, wavelength.size)
    rows = "".join(f"{w:.3f} {f:.3f}\n" for w, f in zip(wavelength, flux, strict=True))
    spectrum = read_spectrum(f"# medium: air\n{rows}".encode(), name="star.txt")
    (found,) = [finding for finding in spectrum.findings if finding.name == "range"]
    assert found.value.startswith("8792.4–8847.4 Å") and "of 8792.4–8847.4 Å in vacuum" in found.reason


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (8780.0, 8815.0, "and misses all but 15 Å of the window"),
        (8700.0, 8799.0, "and misses the window"),
        (8825.0, 8870.0, "and misses all but 10 Å of the window"),
    ],
)
def test_part_of_the_window(low: float, high: float, words: str) -> None:
    wavelength = np.arange(low, high + 0.01, 0.05)
    sentence = refusal(wavelength, np.full(wavelength.shape, 1000.0))
    assert sentence.startswith("star.txt covers ") and words in sentence


@pytest.mark.parametrize(
    ("pixels", "words"), [(0, "has no pixel in "), (1, "has only 1 pixel in "), (3, "has only 3 pixels in ")]
)
def test_too_few_pixels_in_the_window(pixels: int, words: str) -> None:
    inside = np.linspace(8805.0, 8830.0, pixels)
    wave = np.concatenate([np.linspace(8700.0, 8799.0, 40), inside, np.linspace(8840.0, 8940.0, 40)])
    rows = "".join(f"{w:.4f} {f:.4f}\n" for w, f in zip(wave, np.linspace(9.0, 10.0, len(wave)), strict=True))
    with pytest.raises(UnusableInput, match=words):
        read_spectrum(f"wavelength flux\n{rows}".encode(), name="star.txt")


def test_columns_that_are_no_wavelengths() -> None:
    flux = np.linspace(8000.0, 9600.0, 50)
    sentence = refusal(flux, np.linspace(8796.0, 8840.0, 50))
    assert "it has column 1, column 2" in sentence and "name the columns" in sentence

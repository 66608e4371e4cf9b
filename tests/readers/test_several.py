"""Spectra side by side are told, whatever their columns are called; other columns are no spectra."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.readers.several import is_other_spectrum, same_but_for_number
from tests.readers import layouts
from tests.readers.reading import read_spectrum

WAVE = layouts.grid()
RNG = np.random.default_rng(3)
STAR = layouts.truth(WAVE) + RNG.normal(0.0, 0.005, WAVE.size)
OTHER = 0.3 * layouts.truth(WAVE - 3.0) + RNG.normal(0.0, 0.002, WAVE.size)


def table(names: str, *columns: np.ndarray) -> bytes:
    rows = [",".join(f"{value:.6f}" for value in row) for row in zip(WAVE, *columns, strict=True)]
    return "\n".join([*([names] if names else []), *rows]).encode()


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        ("wavelength,GJ_1,GJ_2", (STAR, OTHER)),
        ("wavelength,HIP1234,HIP5678", (STAR, OTHER)),
        ("wave,GJ1,e_GJ1,GJ2,e_GJ2", (STAR, np.full(WAVE.size, 0.005), OTHER, np.full(WAVE.size, 0.002))),
        ("wavelength,exp1,exp2,err", (STAR, 1.1 * STAR, np.full(WAVE.size, 0.005))),
        ("wavelength,Aldebaran,Barnard", (STAR, OTHER)),
        ("wave,flux,flux.1", (STAR, OTHER)),
        ("wave,flux_epoch1,flux_epoch2", (STAR, OTHER)),
        ("wave,FLUX,err,FLUX2", (STAR, np.full(WAVE.size, 0.005), OTHER)),
        ("", (STAR, OTHER)),
        ("", (STAR, OTHER, OTHER[::-1])),
    ],
)
def test_stars_side_by_side_are_several_and_the_first_is_read(names: str, columns: tuple[np.ndarray, ...]) -> None:
    spectrum = read_spectrum(table(names, *columns))
    assert "several_spectra" in spectrum.flags
    near = (WAVE > 8790) & (WAVE < 8845)
    np.testing.assert_allclose(np.interp(WAVE[near], spectrum.wavelength, spectrum.flux), STAR[near], atol=0.05)
    if spectrum.uncertainty is not None:  # no flux of another star is taken for one
        assert 0.003 < np.nanmedian(spectrum.uncertainty) < 0.02


@pytest.mark.parametrize(
    "beside",
    [
        0.005 * np.sqrt(np.maximum(STAR, 0.1)),  # 1 sigma
        0.5 / np.sqrt(np.maximum(STAR, 0.1)),  # in per cent
        np.linspace(1.0, 1.1, WAVE.size),  # a continuum
        2.0 * STAR,  # the same, normalised
        layouts.truth(WAVE),  # a model of it
        np.zeros(WAVE.size),
        1e-4 * OTHER,  # far fainter than any star of a sample
    ],
)
def test_what_is_no_spectrum_of_its_own(beside: np.ndarray) -> None:
    assert not is_other_spectrum(STAR, beside)
    assert "several_spectra" not in read_spectrum(table("", STAR, beside)).flags


def test_the_same_star_in_other_words_is_no_other_spectrum() -> None:
    """Raw and reduced, by two ways of extraction: a blaze and a few pixels do not make another star of it."""
    blaze = np.exp(-(((WAVE - 8830.0) / 30.0) ** 2))
    box = np.where(np.arange(WAVE.size) % 190 == 0, 30.0, 1.001 * STAR)
    for names, beside in (
        ("wave,flux,flux_raw", STAR * blaze),
        ("wave,flux_opt,flux_box", box),
        ("wave,flux_corrected,flux_uncorrected", OTHER),
        ("wave,flux_skysub,flux_nosky", OTHER),
    ):
        assert "several_spectra" not in read_spectrum(table(names, STAR, beside)).flags


def test_a_noise_of_unknown_name_is_not_taken_for_the_star() -> None:
    for name in ("zorp", "Poissonrauschen"):
        noise = 0.005 * np.sqrt(np.maximum(STAR, 0.1))
        spectrum = read_spectrum(table(f"wave,{name},blah", noise, STAR))
        assert np.nanmedian(spectrum.flux) > 0.2
        assert "say nothing" in next(found.reason for found in spectrum.findings if found.name == "columns")


def test_names_that_only_count_say_nothing() -> None:
    assert same_but_for_number("GJ 1", "gj 22") and not same_but_for_number("col1", "col2")
    assert not same_but_for_number("flux", "flux") and not same_but_for_number("GJ1", "e_GJ1")

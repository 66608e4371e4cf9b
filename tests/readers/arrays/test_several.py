"""Spectra side by side are told, whatever their columns are called; other columns are no spectra."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest

from dtl.readers.arrays.several import (
    has_noise_of_its_own,
    is_other_spectrum,
    same_but_for_number,
)
from dtl.spectrum import UnusableInput
from tests.builders import observe
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
        ("wave,star1,star2", (STAR, 0.01 * layouts.truth(WAVE - 3.0) + RNG.normal(0.0, 0.004, WAVE.size))),
        ("wave,flux_fiber2,flux_fiber3,flux_fiber4", (STAR, OTHER, STAR[::-1])),
        ("wave,FLUX1,FLUX2,FLUX3", (STAR, STAR[::-1], OTHER)),
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
        2.0 * np.exp(-(((WAVE - 8817.0) / 30.0) ** 2)),  # a blaze
        2.0 * STAR,  # the same, normalised
        layouts.truth(WAVE),  # a model of it
        np.zeros(WAVE.size),
        1e-4 * OTHER,  # far fainter than any star of a sample
        np.where(np.arange(WAVE.size) < 0.15 * WAVE.size, OTHER, np.nan),  # the blue arm of a spectrograph
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


def test_another_exposure_has_a_noise_of_its_own() -> None:
    """Stars alike in all lines, or hundreds of times fainter, are told from one star treated in another way."""
    own = np.random.default_rng(5).normal(0.0, 0.007, WAVE.size)
    twin = 0.2 + 0.8 * layouts.truth(WAVE) + own
    for other in (twin, twin / 800, 800 * twin, OTHER / 400):
        assert has_noise_of_its_own(STAR, other) and has_noise_of_its_own(other, STAR)
        for names in ("wave,Aldebaran,Barnard", "wave,flux_primary,flux_secondary"):
            assert "several_spectra" in read_spectrum(table(names, STAR, other)).flags
    assert "several_spectra" in read_spectrum(table("", STAR, twin)).flags
    box = [np.convolve(np.pad(STAR, 9, mode="edge"), np.ones(n) / n, "same")[9:-9] for n in (2, 3, 5, 9)]
    shifted = [np.interp(WAVE + shift, WAVE, STAR) for shift in (0.01, 0.02, 0.05)]
    blocks = np.repeat(STAR[: WAVE.size // 4 * 4].reshape(-1, 4).mean(axis=1), 4)
    mean = np.mean([STAR, *(layouts.truth(WAVE) + RNG.normal(0.0, 0.005, (3, WAVE.size)))], axis=0)
    corrected = STAR * np.where(abs(np.sin(1.3 * WAVE)) > 0.95, 0.8, 1.0)
    for same in (*box, *shifted, blocks, mean, corrected, STAR**0.5, layouts.truth(WAVE), np.round(STAR, 2)):
        assert not has_noise_of_its_own(STAR[: same.size], same) and not has_noise_of_its_own(same, STAR[: same.size])
    assert not has_noise_of_its_own(STAR, np.full(WAVE.size, np.nan)) and not has_noise_of_its_own(STAR, 0.0 * STAR)


@pytest.mark.parametrize("names", ["wave,flux_A,flux_B", "wave,fluxA,fluxB", "wave,GJ15A,GJ15B", "wave,flux_I,flux_V"])
def test_names_that_differ_by_a_letter_are_judged_by_what_they_hold(names: str) -> None:
    assert "several_spectra" in read_spectrum(table(names, STAR, OTHER)).flags
    slope = STAR * (1.0 + 0.001 * (WAVE - WAVE[0]))
    for same in (slope, RNG.normal(0.0, 0.01, WAVE.size), np.zeros(WAVE.size), 3e-17 * STAR):
        assert "several_spectra" not in read_spectrum(table(names, STAR, same)).flags


@pytest.mark.parametrize("beside", [1.1 * STAR, RNG.normal(0.01, 0.002, WAVE.size), np.zeros(WAVE.size)])
def test_fibres_that_saw_one_star_or_the_sky_are_no_others(beside: np.ndarray) -> None:
    assert "several_spectra" not in read_spectrum(table("wave,flux_fiber1,flux_fiber2", STAR, beside)).flags


@pytest.mark.parametrize("curve", [lambda x: 3.0 - x**2, lambda x: 900.0 * np.sinc(0.6 * x) ** 2, lambda x: 2.0 + x])
def test_a_blaze_without_a_name_before_the_flux_is_not_taken_for_it(curve: Callable[[np.ndarray], np.ndarray]) -> None:
    found = read_spectrum(table("", curve((WAVE - 8817.0) / 50.0), STAR))
    np.testing.assert_allclose(found.flux, STAR, atol=1e-5)
    assert "several_spectra" not in found.flags


def test_a_treated_flux_is_the_same_star() -> None:
    assert "several_spectra" not in read_spectrum(table("wave,flux,flux_rebinned", STAR, OTHER)).flags


def test_names_that_only_count_say_nothing() -> None:
    assert same_but_for_number("GJ 1", "gj 22") and not same_but_for_number("col1", "col2")
    assert not same_but_for_number("flux", "flux") and not same_but_for_number("GJ1", "e_GJ1")


@pytest.mark.parametrize(
    ("names", "order"),
    [
        ("wave1,flux1,sigma1,wave2,flux2,sigma2", (3, 4, 5, 0, 1, 2)),
        ("wave,flux,err,wave.1,flux.1,err.1", (3, 4, 5, 0, 1, 2)),
        ("wave,flux,err,wave.1,flux.1,err.1", (0, 1, 2, 3, 4, 5)),
        ("wave,flux,err,wave,flux,err", (3, 4, 5, 0, 1, 2)),
        ("lam1,lam2,sp1,sp2,sigma1,sigma2", (3, 0, 4, 1, 5, 2)),
        ("wave_blue,flux_blue,err_blue,wave_red,flux_red,err_red", (3, 4, 5, 0, 1, 2)),
    ],
)
def test_an_arm_that_misses_the_window_has_no_part_in_the_other(names: str, order: tuple[int, ...]) -> None:
    sigma = np.full(WAVE.size, 0.005)
    other = 1 + 0.006 * RNG.normal(size=WAVE.size) - 0.3 * np.exp(-(((WAVE - 8820) / 3) ** 2))
    columns = np.array([WAVE, STAR, sigma, WAVE - 200, other, np.full(WAVE.size, 0.006)])[list(order)]
    rows = [",".join(f"{value:.5f}" for value in row) for row in columns.T]
    found = read_spectrum("\n".join([names, *rows]).encode())
    np.testing.assert_allclose(found.flux, np.interp(found.wavelength, WAVE, STAR), atol=1e-4)
    np.testing.assert_allclose(found.uncertainty, 0.005)


def test_arms_of_which_none_holds_the_window_are_said_to_miss_it() -> None:
    rows = [f"{w - 400:.3f},{f:.4f},{w - 200:.3f},{f:.4f}" for w, f in zip(WAVE, STAR, strict=True)]
    with pytest.raises(UnusableInput, match="misses the window"):
        read_spectrum("\n".join(["wave1,flux1,wave2,flux2", *rows]).encode())


def test_a_flux_without_molecular_lines_is_no_other_star() -> None:
    lines = 1.0 - 0.3 * np.exp(-0.5 * ((WAVE % 3.0 - 1.0) / 0.08) ** 2)
    same = read_spectrum(table("wave,flux,flux_molec", STAR * lines, STAR), name="m.csv")
    assert "several_spectra" not in same.flags
    assert "several_spectra" in read_spectrum(table("wave,flux,flux_b", STAR, OTHER), name="m.csv").flags


@pytest.mark.parametrize("order", list(permutations(("flux", "err", "sky"))))
@pytest.mark.parametrize("kind", ["lines", "zero"])
def test_a_faint_sky_among_columns_without_names_is_not_the_flux(kind: str, order: tuple[str, ...]) -> None:
    """It was, where it stood before the flux."""
    rng = np.random.default_rng(4)
    wave = np.arange(8780.0, 8860.0, 0.05)
    err = np.sqrt(250.0 * layouts.truth(wave) + 4.0)
    lines = 40.0 * np.exp(-(((wave - 8827.0) / 0.2) ** 2)) + 60.0 * np.exp(-(((wave - 8791.0) / 0.2) ** 2))
    sky = {"lines": 3.0 + lines + rng.normal(0, 2, wave.size), "zero": rng.normal(0, 15, wave.size)}[kind]
    columns = {"flux": 1000.0 * layouts.truth(wave) + err * rng.normal(size=wave.size), "err": err, "sky": sky}
    rows = zip(wave, *(columns[name] for name in order), strict=True)
    found = read_spectrum("\n".join(" ".join(f"{x:.9g}" for x in row) for row in rows).encode())
    np.testing.assert_allclose(found.flux, columns["flux"], rtol=1e-6)
    np.testing.assert_allclose(found.uncertainty, err, rtol=1e-6)


@pytest.mark.parametrize("other", ["err", "continuum", "normalised"])
def test_a_noisy_flux_stays_before_what_stands_beside_it(other: str) -> None:
    """An uncertainty, a continuum in counts and another scale of the same are no star that outshines it."""
    rng = np.random.default_rng(4)
    wave = np.arange(8780.0, 8860.0, 0.05)
    flux = layouts.truth(wave) + rng.normal(0, 0.7, wave.size)
    second = {"err": 0.7 + rng.normal(0, 0.01, wave.size), "continuum": 1e4 + wave, "normalised": 1e3 * flux}[other]
    found = read_spectrum(
        "\n".join(f"{a:.9g} {b:.9g} {c:.9g}" for a, b, c in zip(wave, flux, second, strict=True)).encode()
    )
    np.testing.assert_allclose(found.flux, flux, rtol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_a_faint_sky_without_a_name_is_no_star(seed: int) -> None:
    """It has no lines, only its noise; a star whose noise hides most of them has still more than that."""
    own = observe(snr=200.0)
    rng = np.random.default_rng(seed)
    level = float(np.median(own.flux))
    sky = np.abs(rng.normal(0.02, 0.005, own.flux.size)) * level
    star = 0.05 * observe(seed=9, velocity=80.0, snr=200.0).flux + rng.normal(0, 0.006, own.flux.size) * level
    for beside, several in ((sky, False), (star, True)):
        rows = "\n".join(
            " ".join(f"{x:.6f}" for x in row) for row in zip(own.wavelength, own.flux, beside, strict=True)
        )
        assert ("several_spectra" in read_spectrum(rows.encode()).flags) == several

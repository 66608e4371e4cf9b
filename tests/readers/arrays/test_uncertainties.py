"""What a column beside the flux holds is told at every noise level; what is no uncertainty is not taken for one."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from dtl.spectrum import Spectrum
from tests.builders import observe, observe_model
from tests.readers.reading import read_spectrum

LEVELS = (15.0, 45.0, 110.0, 290.0, 700.0)
SEEDS = (1, 2, 3)


@lru_cache(maxsize=32)
def star(snr: float, seed: int, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Wavelength, flux and sigma that grows with the root of the flux; a level of ``scale``."""
    clean = observe_model(snr=1e7, seed=seed)
    flux = clean.flux / np.median(clean.flux)
    sigma = np.sqrt(np.maximum(flux, 0.05)) / snr
    noisy = flux + sigma * np.random.default_rng(seed).normal(size=flux.size)
    return clean.wavelength, scale * noisy, scale * sigma


def read(*columns: np.ndarray, names: str = "") -> Spectrum:
    rows = "\n".join(" ".join(f"{x:.10g}" for x in row) for row in zip(*columns, strict=True))
    return read_spectrum(f"# vacuum wavelengths in Angstrom\n{names}\n{rows}\n".encode())


def signal_to_noise(spectrum: Spectrum) -> float:
    assert spectrum.uncertainty is not None
    return float(np.nanmedian(spectrum.flux / spectrum.uncertainty))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("snr", LEVELS)
@pytest.mark.parametrize("scale", [1.0, 700.0, 3e4])
@pytest.mark.parametrize("names", ["", "wave flux err"])
def test_sigma_is_sigma_at_every_level(names: str, scale: float, snr: float, seed: int) -> None:
    wave, flux, sigma = star(snr, seed, scale)
    spectrum = read(wave, flux, sigma, names=names)
    assert signal_to_noise(spectrum) == pytest.approx(snr, rel=0.15)
    assert "uncertainty_implausible" not in spectrum.flags


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("snr", LEVELS[1:])
@pytest.mark.parametrize("power", [2.0, -2.0], ids=["variance", "ivar"])
@pytest.mark.parametrize("named", [True, False])
def test_squares_are_squares_at_every_level(named: bool, power: float, snr: float, seed: int) -> None:
    wave, flux, sigma = star(snr, seed)
    names = ("wave flux var" if power > 0 else "wave flux ivar") if named else ""
    assert signal_to_noise(read(wave, flux, sigma**power, names=names)) == pytest.approx(snr, rel=0.15)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_a_named_sigma_stays_one_where_lines_scatter_more_than_noise(factor: float, seed: int) -> None:
    """And where the noise of coadded or resampled pixels is not what they scatter by."""
    wave, flux, sigma = star(300.0, seed)
    for other in (factor, 1.0 / factor):
        spectrum = read(wave, flux, sigma * other, names="wave flux sigma")
        assert signal_to_noise(spectrum) == pytest.approx(300.0 / other, rel=0.15)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("snr", [45.0, 110.0, 290.0])
@pytest.mark.parametrize("factor", [0.03, 0.1, 0.25, 0.4, 7.0, 15.0, 40.0, 300.0])
def test_a_named_sigma_far_from_the_scatter_is_flagged(factor: float, snr: float, seed: int) -> None:
    wave, flux, sigma = star(snr, seed)
    assert "uncertainty_implausible" in read(wave, flux, factor * sigma, names="wave flux error").flags


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("snr", [20.0, 110.0, 290.0])
@pytest.mark.parametrize("treated", ["smoothed by 2", "smoothed by 3", "shifted by half", "finer by 2", "finer by 5"])
def test_the_sigma_of_pixels_that_are_no_longer_independent_is_believed(treated: str, snr: float, seed: int) -> None:
    """Smoothed or interpolated after the noise was known."""
    wave, flux, sigma = star(snr, seed)
    number = int(treated[-1]) if treated[-1].isdigit() else 1
    if "smoothed" in treated:
        flux = np.convolve(flux, np.ones(number) / number, "same")
    else:
        step = 0.05 / number
        new = np.arange(wave[0] + 0.025, wave[-1], step)
        flux, sigma, wave = np.interp(new, wave, flux), np.interp(new, wave, sigma), new
    spectrum = read(wave, flux, sigma, names="wave flux error")
    assert "uncertainty_implausible" not in spectrum.flags
    assert signal_to_noise(spectrum) == pytest.approx(snr, rel=0.15)


@pytest.mark.parametrize("snr", [30.0, 110.0, 290.0])
@pytest.mark.parametrize("level", [1.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3e4])
@pytest.mark.parametrize("first", ["raw", "normalised"])
def test_the_flux_once_more_is_no_uncertainty(first: str, level: float, snr: float) -> None:
    """Counts beside the same divided by the continuum, in either order, and beside a model of them."""
    wave, flux, _ = star(snr, 1)
    raw = level * flux * (1.0 + 0.005 * (wave - 8820.0))
    pair = (raw, flux) if first == "raw" else (flux, raw)
    model = observe_model(snr=1e7, seed=1).flux
    for columns in (pair, (level * flux, model / np.median(model))):
        spectrum = read(wave, *columns)
        if spectrum.uncertainty is not None:  # as ratios or variances they happen to fit
            assert signal_to_noise(spectrum) == pytest.approx(snr, rel=0.4)
        else:
            assert any("column 3 has the lines of the flux" in f.reason for f in spectrum.findings)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("snr", LEVELS)
def test_ratios_beside_a_normalised_flux_are_no_flux(snr: float, seed: int) -> None:
    """Though the flux looks like their noise, of about one."""
    wave, flux, sigma = star(snr, seed)
    np.testing.assert_allclose(read(wave, flux, flux / sigma).flux, flux, rtol=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("snr", LEVELS)
@pytest.mark.parametrize("scale", [1.0, 3e4])
def test_a_noise_before_the_flux_is_no_flux(scale: float, snr: float, seed: int) -> None:
    wave, flux, sigma = star(snr, seed, scale)
    spectrum = read(wave, sigma, flux)
    np.testing.assert_allclose(spectrum.flux, flux, rtol=1e-6)
    assert signal_to_noise(spectrum) == pytest.approx(snr, rel=0.15)


N = star(100.0, 1)[0].size
GRID = np.arange(N)
RNG = np.random.default_rng(8)


@pytest.mark.parametrize("scale", [1.0, 2e4])
@pytest.mark.parametrize("snr", [60.0, 150.0, 400.0])
@pytest.mark.parametrize(
    "column",
    [
        np.ones(N), np.full(N, 1.23), np.full(N, 1800.0), np.full(N, 21.0), 2458562.1 + 1e-5 * GRID, 30.0 + 0.5 * GRID,
        1.0 - np.abs(RNG.normal(0.0, 0.002, N)), 1.0 - 0.1 * np.exp(-0.5 * ((GRID - 300) / 3.0) ** 2),
        0.05 + 1e-5 * GRID,
    ],
    ids=["one", "airmass", "exposure", "order", "date", "pixel", "transmission", "telluric", "step"],
)  # fmt: skip
def test_what_no_word_calls_an_uncertainty(column: np.ndarray, snr: float, scale: float) -> None:
    wave, flux, _ = star(snr, 4, scale)
    spectrum = read(wave, flux, column)
    assert spectrum.uncertainty is None
    assert any(f.name == "uncertainty" and f.value == "none" and "column 3" in f.reason for f in spectrum.findings)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("snr", [30.0, 100.0, 300.0])
def test_a_constant_sigma_is_taken_where_the_pixels_scatter_by_it(snr: float, seed: int) -> None:
    seen = observe(snr=snr, seed=seed)
    sigma = np.full(seen.flux.size, np.median(seen.uncertainty))
    assert read(seen.wavelength, seen.flux, sigma).uncertainty is not None
    assert read(seen.wavelength, seen.flux, 40 * sigma).uncertainty is None


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("snr", [60.0, 150.0, 306.0, 700.0])
@pytest.mark.parametrize("scale", [1.0, 700.0, 3e4])
def test_relative_errors_under_the_name_of_sigma(scale: float, snr: float, seed: int) -> None:
    wave, flux, sigma = star(snr, seed, scale)
    spectrum = read(wave, flux, sigma / flux, names="wave flux err")
    if spectrum.uncertainty is None:
        assert "uncertainty_implausible" in spectrum.flags
    else:
        assert signal_to_noise(spectrum) == pytest.approx(snr, rel=0.15)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("norm", [np.max, np.mean, np.sum])
def test_weights_without_a_scale_are_no_inverse_variances(norm, seed: int) -> None:
    wave, flux, sigma = star(200.0, seed, 700.0)
    weight = sigma**-2.0
    assert signal_to_noise(read(wave, flux, weight, names="wave flux weight")) == pytest.approx(200.0, rel=0.15)
    spectrum = read(wave, flux, weight / norm(weight), names="wave flux weight")
    assert spectrum.uncertainty is None and "uncertainty_implausible" in spectrum.flags


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("snr", [25.0, 150.0, 400.0])
@pytest.mark.parametrize("order", [(1, 0, 2), (1, 2, 0), (2, 1, 0), (2, 0, 1), (0, 2, 1)])
def test_the_noise_is_not_taken_for_the_flux(order: tuple[int, int, int], snr: float, seed: int) -> None:
    columns = star(snr, seed, 2e4)
    spectrum = read(*(columns[i] for i in order))
    assert np.nanmedian(spectrum.flux) == pytest.approx(2e4, rel=0.1)
    assert signal_to_noise(spectrum) == pytest.approx(snr, rel=0.15)


@pytest.mark.parametrize("scale", [1.0, 3e4])
@pytest.mark.parametrize("snr", LEVELS[1:])
@pytest.mark.parametrize("name", ["err_dex", "flux_err_dex", "err[dex]", "log_flux_err", "e_logF", "ln_flux_err"])
def test_errors_of_the_logarithm_beside_a_flux_or_its_logarithm(name: str, snr: float, scale: float) -> None:
    """An error of 0.01 dex is one of 2.3 per cent: the derivative of the logarithm."""
    wave, flux, sigma = star(snr, 1, scale)
    error = sigma / flux / (1.0 if "ln" in name else np.log(10))
    spectrum = read(wave, flux, error, names=f"wave flux {name}")
    assert signal_to_noise(spectrum) == pytest.approx(snr, rel=0.15)
    assert "of the logarithm" in next(found.reason for found in spectrum.findings if found.name == "uncertainty")
    logarithm = "lnF" if "ln" in name else "flux[dex]"
    both = read(wave, np.log(flux) if "ln" in name else np.log10(flux), error, names=f"wave {logarithm} {name}")
    np.testing.assert_allclose(both.uncertainty, spectrum.uncertainty, rtol=1e-4)


def test_an_output_of_sme() -> None:
    """The fit stands before what was observed (Valenti & Piskunov 1996, A&AS 118, 595)."""
    wave, flux, sigma = star(110.0, 1)
    spectrum = read(wave, np.convolve(flux, np.ones(9) / 9, "same"), flux, sigma, names="wave smod sob uob")
    np.testing.assert_allclose(spectrum.flux, flux[np.isin(wave.round(6), spectrum.wavelength.round(6))], rtol=1e-6)
    assert signal_to_noise(spectrum) == pytest.approx(110.0, rel=0.15)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("names", ["", "wave flux error"])
def test_a_residual_is_no_uncertainty(names: str, seed: int) -> None:
    """About half of it is negative, by chance less, and no pixel is bad for that."""
    wave, flux, sigma = star(60.0, seed)
    model = flux + 0.0 * sigma
    noise = sigma * np.random.default_rng(seed).normal(size=flux.size)
    columns = (wave, flux + noise, model, noise) if not names else (wave, flux + noise, noise)
    spectrum = read(*columns, names=names)
    assert spectrum.uncertainty is None
    assert np.isfinite(spectrum.flux[(spectrum.wavelength > 8800) & (spectrum.wavelength < 8835)]).all()


def test_uncertainties_with_a_number_for_none() -> None:
    wave, flux, sigma = star(60.0, 1)
    lost = np.arange(wave.size) % 7 == 0
    spectrum = read(wave, flux, np.where(lost, -99.0, sigma))
    assert spectrum.uncertainty is not None and 50 < signal_to_noise(spectrum) < 70
    assert np.isnan(spectrum.flux).mean() == pytest.approx(lost.mean(), abs=0.01)


@pytest.mark.parametrize("name", ["err", "err_3s", "3s_err"])
@pytest.mark.parametrize(
    ("words", "count"),
    [
        *(("RV errors are 3 sigma", 1), ("template errors: 3 sigma", 1), ("within the errors (3 sigma)", 1)),
        *(
            ("not 3-sigma errors", 1),
            ("input errors 3 sigma; converted to 1 sigma", 1),
            ("flux errors quoted at 2 sigma", 2),
        ),
        *(("errors are 3 sigma, outliers were removed at 5 sigma", 3), ("wave, flux, 3 sigma errors", 3)),
        *(("3-sigma errors", 3), ("errors are 3 sigma", 3), ("the uncertainty is 3σ", 3), ("errors (two sigma)", 2)),
        *(("error = 3*sigma", 3), ("err: 2.5 sigma", 2.5), ("errors are 95% confidence limits", 1.96)),
        *(("uncertainties at the 68 % level", 1), ("continuum within 95% confidence", 1), ("errors of 5 %", 1)),
        *(("1-sigma errors", 1), ("errors without those clipped at 3 sigma", 1), ("a 3 sigma detection", 1), ("", 1)),
    ],
)
def test_uncertainties_of_several_sigma_by_words(words: str, count: float, name: str) -> None:
    wave, flux, sigma = star(110.0, 1)
    spectrum = read(wave, flux, 3 * sigma, names=f"# {words}\nwave flux {name}")
    assert signal_to_noise(spectrum) == pytest.approx(110.0 * (count / 3 if name == "err" else 1.0), rel=0.15)
    said = next(found.reason for found in spectrum.findings if found.name == "uncertainty")
    assert (f"{count} sigma by a comment" in said) == (name == "err" and count > 1)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", [1.0, 3e4])
def test_a_sky_as_large_as_the_noise_is_none_of_it(scale: float, seed: int) -> None:
    """It has its own noise, while that of the star follows the light: a faint star stays one."""
    wave, flux, _ = star(25.0, seed, scale)
    sky = np.abs(np.random.default_rng(seed + 100).normal(0.04, 0.02, wave.size)) * scale
    assert read(wave, flux, sky).uncertainty is None


@pytest.mark.parametrize("before", [True, False])
def test_of_columns_without_names_that_with_its_noise_beside_is_the_flux(before: bool) -> None:
    """A sky before it, or behind the wavelengths, is not; nor is one that has its own noise beside it."""
    wave, flux, sigma = star(110.0, 1, 3e4)
    sky = np.abs(np.random.default_rng(1).normal(1000, 250, wave.size))  # as noisy as the star
    columns = (wave, sky, flux, sigma) if before else (flux, sigma, wave, sky)
    found = read(*columns)
    np.testing.assert_allclose(found.flux, flux, rtol=1e-8)
    assert signal_to_noise(found) == pytest.approx(110, rel=0.15)
    beside = read(wave, flux, sky, np.full(wave.size, 50.0))
    np.testing.assert_allclose(beside.flux, flux, rtol=1e-8)

"""Orders joined: the sky of an order goes with its flux."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from dtl.readers.pixels.joining import merge
from dtl.readers.pixels.orders import Order, tidy
from dtl.spectrum import UnusableInput
from tests.builders import star_flux
from tests.readers.layouts import to_bytes
from tests.readers.reading import read_spectrum


def test_sky_is_scaled_and_averaged_with_its_order() -> None:
    """Two orders of different throughput see the same star and sky; what is left of both is the star."""
    blue, red = np.arange(8780.0, 8825.0, 0.05), np.arange(8810.0, 8850.0, 0.05)

    def order(wave: np.ndarray, throughput: float, number: int) -> Order:
        star, sky = 2.0 + np.sin(wave), 0.3 + 0.1 * np.sin(wave / 7)
        sigma = np.full(wave.size, 0.01 * throughput)
        return Order(wave, throughput * (star + sky), sigma, throughput * sky, number)

    merged, _ = merge([order(blue, 1.0, 0), order(red, 0.4, 1)])
    np.testing.assert_allclose(merged.flux - merged.sky, 2.0 + np.sin(merged.wavelength), atol=0.015)


@pytest.mark.parametrize("first", [0, 1])
def test_orders_under_blazes_that_are_alike_are_joined_without_a_kink(first: int) -> None:
    """Of exp(-k (x + d)^2) and exp(-k (x - d)^2) a parabola in the logarithm is left, which any continuum takes."""
    blue, red, d = np.arange(8740.0, 8823.0, 0.05), np.arange(8813.0, 8890.0, 0.05), 60.0
    lines = 1 - 0.5 * np.exp(-(((np.arange(8740.0, 8890.0, 0.01) - 8806.0) / 0.3) ** 2))

    def order(wave: np.ndarray, centre: float, number: int) -> Order:
        blaze = 300.0 * np.exp(-1.2 * ((wave - centre) / (2 * d)) ** 2)
        return Order(wave, blaze * np.interp(wave, np.arange(8740.0, 8890.0, 0.01), lines), 0.01 * blaze, None, number)

    orders = [order(blue, 8818.0 - d, 0), order(red, 8818.0 + d, 1)]
    merged, words = merge([orders[first], orders[1 - first]])
    assert "averaged over 8813.0–882" in words[0] and "blazes" in words[0]
    log_flux = np.log(merged.flux)
    away = np.abs(merged.wavelength - 8806.0) > 2
    curve = np.polynomial.Polynomial.fit(merged.wavelength[away], log_flux[away], 2)
    np.testing.assert_allclose(curve(merged.wavelength[away]), log_flux[away], atol=2e-3)
    np.testing.assert_allclose(curve.convert().coef[2], -1.2 / (2 * d) ** 2, rtol=0.02)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("end", [0, 1])
def test_the_shadow_at_the_end_of_an_order_is_not_averaged_into_the_other(end: int, known: bool) -> None:
    """It was, with the more weight as what is darker has the smaller uncertainties, and moved Teff by 100 K."""
    rng, waves = np.random.default_rng(5), (np.arange(8740.0, 8823.0, 0.05), np.arange(8813.0, 8890.0, 0.05))
    orders = []
    for number, wave in enumerate(waves):
        depth = np.clip(1.0 - np.abs(wave - wave[[-1, 0][number]]) / 2.0, 0.0, 1.0) * (number == end)
        light = star_flux(wave) * (1.0 - 0.7 * depth)
        sigma = 0.005 * np.sqrt(light)
        orders.append(Order(wave, light + sigma * rng.normal(size=wave.size), sigma if known else None, None, number))
    merged, words = merge(orders)
    assert "pixels at their ends" in words[0]
    assert np.abs(merged.flux / star_flux(merged.wavelength) - 1.0).max() < 0.06
    assert known == (merged.uncertainty is not None) and np.isfinite(merged.flux).all()


@pytest.mark.parametrize("snr", [8, 30, 200])
def test_noise_and_stray_light_leave_an_overlap_whole(snr: int) -> None:
    rng, waves = np.random.default_rng(6), (np.arange(8740.0, 8823.0, 0.05), np.arange(8813.0, 8890.0, 0.05))
    for stray in (0.0, 0.05):
        flux = [star_flux(wave) + stray * n + rng.normal(0.0, 1 / snr, wave.size) for n, wave in enumerate(waves)]
        orders = [
            Order(w, f, np.full(w.size, 1 / snr), None, n) for n, (w, f) in enumerate(zip(waves, flux, strict=True))
        ]
        assert "pixels at their ends" not in merge(orders)[1][0]


def test_the_level_of_an_order_is_known_by_few_pixels_that_it_shares() -> None:
    """Twenty pixels of either, in fewer blocks: less in each would be left aside."""
    blue, red = np.arange(8790.0, 8818.0, 0.05), np.arange(8817.0, 8845.0, 0.05)
    merged, words = merge([Order(blue, np.full(blue.size, 3.0)), Order(red, np.full(red.size, 1.2))])
    assert "averaged over 8817.0–881" in words[0]
    np.testing.assert_allclose(merged.flux, 3.0)


def test_the_edge_of_a_shadow_is_no_slope_of_a_blaze() -> None:
    """A slope of it was taken from both orders over all their length."""
    rng = np.random.default_rng(8)
    blue, red = np.arange(8740.0, 8820.0, 0.05), np.arange(8812.0, 8890.0, 0.05)
    fluxes = [np.ones(blue.size), np.where(red < 8816.0, 0.8, 1.0)]
    orders = [
        Order(w, f + rng.normal(0.0, 1e-3, w.size), np.full(w.size, 1e-3), None, n)
        for n, (w, f) in enumerate(zip((blue, red), fluxes, strict=True))
    ]
    merged, words = merge(orders)
    assert "blaze" not in words[0] and np.ptp(merged.flux[merged.wavelength < 8812]) < 0.02


def test_noise_is_no_slope_of_a_blaze() -> None:
    """Normalised orders that share little keep their level over all their length."""
    rng = np.random.default_rng(7)
    told = 0
    for _ in range(50):
        blue, red = np.arange(8740.0, 8820.0, 0.05), np.arange(8815.0, 8890.0, 0.05)
        orders = [
            Order(w, rng.normal(1.0, 0.03, w.size), np.full(w.size, 0.03), None, n) for n, w in enumerate((blue, red))
        ]
        told += "blaze" in merge(orders)[1][0]
    assert told <= 2


@pytest.mark.parametrize("width", [26.6, 20.0, 40.0])
def test_orders_that_do_not_overlap_are_joined_from_the_nearest(width: float) -> None:
    """The middle one was left out where that at one end came first and that at the other end second."""
    wave = np.arange(8780.0, 8780.0 + 3 * width, 0.05)
    parts = np.array_split(np.arange(wave.size), 3)
    pieces = [Order(wave[part], np.sin(wave[part]), None, None, number) for number, part in enumerate(parts)]
    for first, second, third in ((2, 0, 1), (0, 2, 1), (1, 0, 2)):
        merged, _ = merge([pieces[first], pieces[second], pieces[third]])
        np.testing.assert_array_equal(merged.wavelength, wave)
        np.testing.assert_array_equal(merged.flux, np.sin(wave))


@pytest.mark.parametrize("apart", [0.0, 1e-12, 1e-8, 1e-5, 1e-3])
def test_pixels_as_good_as_at_one_place_are_averaged(apart: float) -> None:
    wave = np.arange(8790.0, 8850.0, 0.05)
    order = Order(np.r_[wave, wave[500] + apart], np.r_[wave, 20.0], np.r_[np.full(wave.size, 0.2), 0.1])
    order.flux[500] = 10.0
    merged, surplus = tidy(order)
    assert surplus == 1 and merged.wavelength.size == wave.size
    np.testing.assert_allclose(merged.flux[500], (10.0 * 25 + 20.0 * 100) / 125)
    np.testing.assert_allclose(merged.uncertainty[500], 125**-0.5)
    np.testing.assert_allclose(merged.wavelength[500], wave[500] + 0.8 * apart, rtol=1e-14)
    np.testing.assert_array_equal(np.delete(merged.wavelength, 500), np.delete(wave, 500))


def test_pixels_of_their_own_stay() -> None:
    """Beside a gap, in steps that grow along the order, and of two grids that interleave."""
    arms = np.r_[np.arange(5000.0, 5010.0, 0.05), np.arange(8790.0, 8850.0, 0.05)]
    growing = 8790.0 + 0.01 * np.cumsum(1.004 ** np.arange(1000.0))
    half = np.sort(np.r_[arms, arms + 0.01])
    for wave in (arms, growing, half, arms[:2]):
        assert tidy(Order(wave, np.ones(wave.size)))[1] == 0


@pytest.mark.parametrize("step", [0.025, 0.05])
def test_orders_of_one_grid_in_tables(step: float) -> None:
    """Starts of their own make the pixels of two orders agree but for the last bits."""
    parts = [np.arange(low, low + 45.0, step) for low in (8780.0, 8815.0)]
    hdus = [
        fits.BinTableHDU.from_columns(
            [fits.Column(n, "D", array=a) for n, a in (("WAVE", w), ("FLUX", star_flux(w)), ("ERR", 0.01 + 0 * w))],
            name=f"ORDER{i}",
        )
        for i, w in enumerate(parts)
    ]
    spectrum = read_spectrum(to_bytes(fits.PrimaryHDU(), *hdus))
    assert np.diff(spectrum.wavelength).min() > 0.9 * step and spectrum.wavelength[-1] > 8859
    inside = (spectrum.wavelength > 8800) & (spectrum.wavelength < 8835) & np.isfinite(spectrum.flux)
    np.testing.assert_allclose(spectrum.flux[inside], star_flux(spectrum.wavelength)[inside], rtol=0.01)


@pytest.mark.parametrize(("factor", "refused"), [(1.0, False), (1.3, True)])
def test_two_spectra_row_by_row(factor: float, refused: bool) -> None:
    """Two exposures of one star are averaged; what differs by more than its noise is not."""
    wave = 8780.0 * np.exp(np.arange(1200) * 6e-6 * (1 + 1e-5 * np.arange(1200)))
    rng = np.random.default_rng(1)
    rows = [
        (w, scale * f * (1 + 0.01 * rng.normal()), 0.01 * f)
        for w, f in zip(wave, star_flux(wave), strict=True)
        for scale, w in ((1.0, w), (factor, w + 1e-4))
    ]
    data = "\n".join(["wave flux err", *(" ".join(f"{x:.10g}" for x in row) for row in rows)]).encode()
    if refused:
        with pytest.raises(UnusableInput, match=r"two rows for most wavelengths.*save each spectrum for itself"):
            read_spectrum(data)
    else:
        spectrum = read_spectrum(data)
        inside = (spectrum.wavelength > 8800) & (spectrum.wavelength < 8835)
        assert inside.sum() == ((wave > 8800) & (wave < 8835)).sum()
        np.testing.assert_allclose(spectrum.flux[inside], star_flux(spectrum.wavelength[inside]), rtol=0.05)
        np.testing.assert_allclose(spectrum.uncertainty[inside] / spectrum.flux[inside], 0.01 / 2**0.5, rtol=0.1)

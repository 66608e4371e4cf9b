"""Velocities that were put in are found again."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.preparation.continuum import fit_continuum
from dtl.preparation.velocity import Templates, Velocity, add_velocities, measure_velocity
from dtl.wavelengths import SPEED_OF_LIGHT, Window, doppler_shift
from tests.builders import line_flux, observe, star_flux, target

TARGET = target()


def measure(wavelength: np.ndarray, flux: np.ndarray, templates: np.ndarray = TARGET.templates) -> Velocity:
    return measure_velocity(wavelength, flux, Templates(TARGET.wavelength, templates))


@pytest.mark.parametrize("velocity", [-300.0, -110.5, -0.15, 0.0, 33.33, 300.0])
@pytest.mark.parametrize("pixel", [0.03, 0.06])
def test_injected(velocity: float, pixel: float) -> None:
    spectrum = observe(velocity=velocity, snr=100.0, pixel=pixel, seed=int(abs(velocity)))
    found = measure(spectrum.wavelength, spectrum.flux)
    assert found.value == pytest.approx(velocity, abs=0.1)
    assert found.quality > 0.98 and not found.uncertain


def test_between_the_steps_of_the_correlation() -> None:
    """Without noise the parabola places the peak far better than the step of 0.3 km/s."""
    errors = [
        measure(s.wavelength, s.flux).value - v
        for v in np.arange(10.0, 10.4, 0.07)
        for s in [observe(velocity=v, snr=np.inf, pixel=0.03)]
    ]
    assert np.abs(errors).max() < 0.02


@pytest.mark.parametrize("gaps", [[(8806.0, 8810.0)], [(8801.0, 8802.0), (8815.0, 8818.0), (8830.0, 8831.0)]])
def test_gaps(gaps: list[tuple[float, float]]) -> None:
    spectrum = observe(velocity=-60.0)
    flux = spectrum.flux.copy()
    for start, stop in gaps:
        flux[(spectrum.wavelength > start) & (spectrum.wavelength < stop)] = np.nan
    found = measure(spectrum.wavelength, flux)
    assert found.value == pytest.approx(-60.0, abs=0.15) and not found.uncertain


def test_best_template_wins() -> None:
    other = line_flux(TARGET.wavelength, seed=9)
    spectrum = observe(velocity=12.0)
    for order in (0, 1):
        templates = np.stack([other, TARGET.templates[0]][:: 1 if order else -1])
        found = measure(spectrum.wavelength, spectrum.flux, templates)
        assert found.template == order and found.value == pytest.approx(12.0, abs=0.1)


def test_correlation_is_pearsons() -> None:
    """The curve at the true shift against numpy's own coefficient."""
    spectrum = observe(velocity=0.0, snr=np.inf, pixel=0.02)
    found = measure(spectrum.wavelength, spectrum.flux)
    assert found.correlation[np.argmin(np.abs(found.velocities))] == pytest.approx(1.0, abs=2e-3)
    assert np.nanmax(np.abs(found.correlation)) <= 1 + 1e-9
    at = int(np.argmin(np.abs(found.velocities - 37.2)))
    rest = doppler_shift(spectrum.wavelength, -found.velocities[at])
    inside = (rest > 8800.0) & (rest < 8835.0)
    template = np.interp(rest[inside], TARGET.wavelength, TARGET.templates[0])
    continuum = np.exp(0.004 * (spectrum.wavelength - 8817.0) - 1e-4 * (spectrum.wavelength - 8817.0) ** 2)
    expected = np.corrcoef((spectrum.flux / continuum)[inside], template)[0, 1]
    assert found.correlation[at] == pytest.approx(expected, abs=0.02)


def one_shift_after_the_other(
    wavelength: np.ndarray, flux: np.ndarray, templates: Templates
) -> tuple[np.ndarray, np.ndarray]:
    """Velocities, and numpy's coefficient of each template at each of them: where template and data both are."""
    step, reach = 0.3 / SPEED_OF_LIGHT, 1.0 + 440.0 / SPEED_OF_LIGHT
    lower, upper = templates.wavelength[[0, -1]]
    near = (wavelength > lower / reach) & (wavelength < upper * reach)
    x, y = wavelength[near], flux[near]
    good, depth = np.isfinite(y), 1.0 - y / fit_continuum(x, y, window=Window(x[0], x[-1], margin=0.0))
    first, last = np.log(x[[0, -1]] / lower) / step
    numbers = np.arange(np.ceil(first), np.floor(last) + 1).astype(int)
    places = lower * np.exp(step * numbers)
    present, data = np.interp(places, x, good) > 0.99, np.interp(places, x[good], depth[good])
    points = int(np.log(upper / lower) / step)
    rest = lower * np.exp(step * np.arange(points))
    lines = np.stack([1.0 - np.interp(rest, templates.wavelength, one) for one in templates.flux])
    shifts = [k for k in range(-1333, 1334) if numbers[0] - k < points and numbers[-1] - k >= 0]
    correlation = np.full((len(lines), len(shifts)), np.nan)
    for column, shift in enumerate(shifts):
        seen = present & (numbers >= shift) & (numbers < shift + points)
        if seen.sum() > 0.5 * points:
            correlation[:, column] = np.corrcoef(data[seen], lines[:, numbers[seen] - shift])[0, 1:]
    return 0.3 * np.array(shifts), correlation


REACH = 8800.0 / (1 + 440 / SPEED_OF_LIGHT), 8835.0 * (1 + 440 / SPEED_OF_LIGHT)


@pytest.mark.parametrize(
    ("wavelength", "gaps", "rest", "strength"),
    [
        (np.linspace(REACH[0] - 0.996, REACH[1] + 0.996, 6273), [], TARGET.wavelength, 1.0),
        (np.arange(8803.0, 8860.0, 0.05), [(8803.0, 8803.4), (8812.0, 8815.0)], TARGET.wavelength, 1e-3),
        (np.arange(8790.0, 8830.0, 0.03), [(8820.0, 8820.1), (8829.0, 8830.0)], TARGET.wavelength, 1.0),
        (np.arange(8797.0, 8833.0, 0.04), [(8818.0, 8819.0)], np.arange(8800.0, 8827.4, 0.01), 1.0),
        (np.arange(8815.0, 8821.0, 0.02), [], np.arange(8815.0, 8821.0, 0.01), 1.0),
    ],
    ids=["beyond reach", "weak lines", "blue part", "odd length of the transform", "narrow window"],
)
def test_correlation_is_that_of_one_shift_after_the_other(
    wavelength: np.ndarray, gaps: list[tuple[float, float]], rest: np.ndarray, strength: float
) -> None:
    """Of pixels that end just within reach, of some that begin or end inside the window, and of gaps."""
    lines = np.stack([line_flux(rest, seed=9), star_flux(rest)])
    flux = 3e-15 * np.exp(0.004 * (wavelength - 8817.0)) * star_flux(doppler_shift(wavelength, -31.7)) ** strength
    for start, stop in gaps:
        flux[(wavelength > start) & (wavelength < stop)] = np.nan
    templates = Templates(rest, lines**strength)
    found = measure_velocity(wavelength, flux, templates)
    velocities, correlation = one_shift_after_the_other(wavelength, flux, templates)
    np.testing.assert_allclose(found.velocities, velocities, atol=1e-9)
    np.testing.assert_allclose(found.correlation, correlation[1], atol=1e-8)
    assert found.template == 1 and found.quality == np.nanmax(found.correlation)
    assert found.quality == pytest.approx(np.nanmax(correlation), abs=1e-8)
    assert found.value == pytest.approx(velocities[np.nanargmax(correlation[1])], abs=0.15)


def test_places_on_the_grid() -> None:
    """Number 0 is the first wavelength of the templates, and from one to the next a velocity of 0.3 km/s."""
    templates = TARGET.at_rest
    grid = templates.grid(-40, 100)
    assert grid[40] == TARGET.wavelength[0] and len(grid) == 100
    np.testing.assert_allclose([templates.place(x) for x in grid], np.arange(-40, 60), atol=1e-6)
    np.testing.assert_allclose(np.diff(np.log(grid)) * SPEED_OF_LIGHT, 0.3, rtol=1e-6)


@pytest.mark.parametrize(
    ("reach", "end"),
    [((8780.0, 8860.0), 0), ((8780.0, 8860.0), -1), ((8817.5, 8860.0), 0), ((8780.0, 8817.5), -1)],
    ids=["slowest", "fastest", "red half", "blue half"],
)
def test_a_peak_at_the_end_of_what_is_searched_is_uncertain(reach: tuple[float, float], end: int) -> None:
    """At the end of the range, and where at the next velocity too little of the template overlaps the data."""
    wavelength, inward = np.arange(*reach, 0.02), -0.3 if end else 0.3
    searched = measure(wavelength, star_flux(wavelength))
    limit = searched.velocities[np.isfinite(searched.correlation)][end]
    for steps in (-1, 0, 1, 2):
        found = measure(wavelength, star_flux(doppler_shift(wavelength, -(limit + steps * inward))))
        assert found.uncertain is (steps < 1)
        assert found.value == pytest.approx(limit + max(steps, 0) * inward, abs=0.05 if steps > 0 else 1e-9)


@pytest.mark.parametrize(
    ("apart", "share", "uncertain"), [(80.0, 0.5, True), (80.0, 0.45, False), (30.0, 0.5, True), (20.0, 0.5, False)]
)
def test_two_stars_of_like_strength_are_uncertain(apart: float, share: float, uncertain: bool) -> None:
    """Unless they are so close that they are one peak."""
    x = np.arange(8780.0, 8860.0, 0.02)
    found = measure(x, (1 - share) * star_flux(x) + share * star_flux(doppler_shift(x, -apart)))
    assert found.uncertain is uncertain and found.quality > 0.6


@pytest.mark.parametrize(("snr", "uncertain"), [(6.0, False), (4.0, True)])
def test_a_weak_peak_is_uncertain_without_a_rival_too(snr: float, uncertain: bool) -> None:
    spectrum = observe(velocity=20.0, snr=snr)
    found = measure(spectrum.wavelength, spectrum.flux)
    others = found.correlation[np.abs(found.velocities - found.value) > 25.0]
    assert found.value == pytest.approx(20.0, abs=0.5) and others.max() < 0.5 * found.quality
    assert found.uncertain is uncertain and (found.quality < 0.45) is uncertain


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_uncertain(seed: int) -> None:
    wavelength = np.arange(8780.0, 8860.0, 0.05)
    assert measure(wavelength, np.random.default_rng(seed).normal(1.0, 0.03, wavelength.size)).uncertain


def test_nothing_to_measure() -> None:
    spectrum = observe()
    with pytest.raises(ValueError, match="only 0 usable points near 8800-8835 Angstrom"):
        measure(spectrum.wavelength, np.full(spectrum.flux.shape, np.nan))
    with pytest.raises(ValueError, match=r"reaches from 8832\.0 to 8847\.9 Angstrom and misses most"):
        part = spectrum.wavelength > 8832.0
        measure(spectrum.wavelength[part], spectrum.flux[part])
    with pytest.raises(ValueError, match=r"reaches from 8830\.0 to 8837\.1 Angstrom and misses most"):
        coarse = 8830.0 + 0.12 * np.arange(60)
        measure(coarse, star_flux(coarse))
    with pytest.raises(ValueError, match=r"reaches from 8847\.0 to 8848\.0 Angstrom and misses most"):
        beyond = np.arange(8847.0, 8860.0, 0.01)  # no velocity that is searched brings it to the window
        measure(beyond, star_flux(beyond))


def test_fifty_points_are_enough() -> None:
    """Of 31 km/s each."""
    wavelength = 8796.0 + 0.9 * np.arange(50)
    flux = star_flux(doppler_shift(wavelength, -10.0))
    assert measure(wavelength, flux).value == pytest.approx(10.0, abs=2.0)
    flux[20] = np.nan
    with pytest.raises(ValueError, match="only 49 usable points near 8800-8835 Angstrom"):
        measure(wavelength, flux)


def test_add_velocities() -> None:
    assert add_velocities(0.0, 12.0) == 12.0 and add_velocities(-110.0, 26.0) == add_velocities(26.0, -110.0)
    one_plus_z = (1 - 110 / SPEED_OF_LIGHT) * (1 + 26 / SPEED_OF_LIGHT)
    assert add_velocities(-110.0, 26.0) == pytest.approx((one_plus_z - 1) * SPEED_OF_LIGHT, rel=1e-9)
    assert add_velocities(-110.0, 26.0) < -84.0
